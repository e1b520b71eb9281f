//! Which addresses a reply may link to.

/// An address that passed: absolute, `http`, `https` or `mailto`, and what it shows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The address as it goes into the link.
    pub(crate) url: String,
    /// Its host, or the mail address: shown beside the words of the link.
    pub(crate) host: String,
}

/// Longest address, in bytes: a longer one is there to carry something.
const LONGEST: usize = 2_000;

impl Target {
    /// Checks an address. Refused are other schemes, relative addresses, credentials, hosts with
    /// other letters than ASCII (which can imitate one another), white space and control marks.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'<' | b'>' | b'"' | b'`');
        if url.len() > LONGEST || !url.bytes().all(plain) {
            return None;
        }
        let (scheme, rest) = url.split_once(':')?;
        let host = if scheme.eq_ignore_ascii_case("mailto") {
            let address = rest.split('?').next()?;
            let (name, domain) = address.split_once('@')?;
            let ascii = |b: u8| b.is_ascii_alphanumeric() || b"._-+@".contains(&b);
            (!name.is_empty() && domain.contains('.') && address.bytes().all(ascii))
                .then_some(address)?
        } else if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") {
            let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
            let ascii = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
            (host.bytes().any(|b| b.is_ascii_alphanumeric()) && host.bytes().all(ascii))
                .then_some(host)?
        } else {
            return None;
        };
        Some(Self { url: url.into(), host: host.to_ascii_lowercase() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_pass_and_show_their_host() {
        for (url, host) in [
            ("https://Shop.example/a?b#c", "shop.example"),
            ("http://127.0.0.1:8787", "127.0.0.1:8787"),
            ("mailto:hello@shop.example?subject=x", "hello@shop.example"),
        ] {
            assert_eq!(Target::parse(url).unwrap().host, host);
        }
    }

    #[test]
    fn tricks_do_not_pass() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt://x.example/%0aalert(1)",
            "java\tscript:alert(1)",
            " https://a.example",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://a.example/x",
            "file:///etc/passwd",
            "//a.example",
            "/relative",
            "a.example",
            "https:/a.example",
            "https://",
            "https://?x",
            "https://shop.example@evil.example",
            "https://shop.example\\@evil.example",
            "https://sh\u{43e}p.example",
            "https://a.example/\u{202e}",
            "https://a.example/\n",
            "mailto:",
            "mailto:@x.example",
            "mailto:a@b",
            "mailto:a@b.example%0abcc:c@d.example",
            "tel:+49",
        ] {
            assert_eq!(Target::parse(url), None, "{url}");
        }
        assert_eq!(Target::parse(&("https://a.example/".to_owned() + &"x".repeat(LONGEST))), None);
    }
}
