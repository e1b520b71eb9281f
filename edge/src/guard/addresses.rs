//! Addresses that stand in a reply by themselves, which readers make links of: where a site names
//! the hosts that may be linked, one of another host loses its scheme and is words.
//!
//! It comes behind [`links`](super::links), and so sees what is left when images and links have gone.

use super::links::{LONGEST_ADDRESS, LinkRules};

const SCHEMES: [&str; 2] = ["https://", "http://"];

/// The addresses of one reply.
#[derive(Debug)]
pub(super) struct Addresses {
    rules: LinkRules,
    held: String,
}

/// What stands at the beginning of a text.
enum Found {
    /// So many bytes that are sent, behind so many that are not.
    Sent(usize, usize),
    /// Nobody can tell yet.
    Unfinished,
}

impl Addresses {
    /// Begins a reply.
    pub(super) const fn new(rules: LinkRules) -> Self {
        Self { rules, held: String::new() }
    }

    /// Takes what comes next and adds what may be sent.
    pub(super) fn push(&mut self, text: &str, sent: &mut String) {
        if self.rules.hosts.is_empty() {
            sent.push_str(text);
            return;
        }
        self.held.push_str(text);
        self.go_on(false, sent);
    }

    /// Adds what was held back.
    pub(super) fn finish(&mut self, sent: &mut String) {
        self.go_on(true, sent);
    }

    fn go_on(&mut self, is_end: bool, sent: &mut String) {
        let held = core::mem::take(&mut self.held);
        let mut rest = held.as_str();
        while let Some(at) = rest.find(['h', 'H']) {
            let (before, from) = rest.split_at(at);
            sent.push_str(before);
            match self.found(from, is_end) {
                Found::Sent(left_out, length) => {
                    let (taken, after) = from.split_at(left_out + length);
                    sent.push_str(taken.get(left_out..).unwrap_or_default());
                    rest = after;
                }
                Found::Unfinished => {
                    from.clone_into(&mut self.held);
                    return;
                }
            }
        }
        sent.push_str(rest);
    }

    /// What a text begins with that begins with the first letter of a scheme.
    fn found(&self, text: &str, is_end: bool) -> Found {
        let begins = |scheme: &&str| {
            text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        };
        let Some(scheme) = SCHEMES.into_iter().find(begins) else {
            let may_become = SCHEMES.into_iter().any(|scheme| {
                scheme.get(..text.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(text))
            });
            return if may_become && !is_end { Found::Unfinished } else { Found::Sent(0, 1) };
        };
        let stop = text.find(|c: char| c.is_whitespace() || "<>\"`|[]()".contains(c));
        let end = match stop {
            Some(stop) => stop,
            None if is_end => text.len(),
            None if text.len() > LONGEST_ADDRESS => return Found::Sent(scheme.len(), 0),
            None => return Found::Unfinished,
        };
        let address = text.get(..end).unwrap_or_default();
        let plain = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'']);
        if self.rules.allow(plain) {
            Found::Sent(0, end)
        } else {
            // What follows may be another one.
            Found::Sent(scheme.len(), 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::links::Links;
    use super::*;

    /// What is sent of a text that comes in pieces of a size.
    fn run(text: &str, size: usize) -> String {
        let rules = LinkRules {
            hosts: vec!["shop.example".into()],
            own: vec!["https://help.example/a".into()],
        };
        let (mut links, mut addresses) = (Links::new(rules.clone()), Addresses::new(rules));
        let (mut linked, mut sent) = (String::new(), String::new());
        for piece in text.chars().collect::<Vec<_>>().chunks(size) {
            links.push(&piece.iter().collect::<String>(), &mut linked);
            addresses.push(&core::mem::take(&mut linked), &mut sent);
        }
        links.finish(&mut linked);
        addresses.push(&linked, &mut sent);
        addresses.finish(&mut sent);
        sent
    }

    #[test]
    fn an_allow_list_holds_for_every_form() {
        for (text, wanted) in [
            ("[a](https://shop.example/x)", "[a](https://shop.example/x)"),
            ("[a](https://www.shop.example)", "[a](https://www.shop.example)"),
            ("[a](https://help.example/a)", "[a](https://help.example/a)"),
            ("[a](https://evilshop.example)", "a"),
            ("[a](https://shop.example.evil.example)", "a"),
            ("see https://shop.example/x, ok", "see https://shop.example/x, ok"),
            ("see https://evil.example/x, ok", "see evil.example/x, ok"),
            ("he has HTTP://evil.example", "he has evil.example"),
            ("<https://evil.example/x>", "evil.example/x"),
            ("[https://evil.example](https://evil.example)", "evil.example"),
            ("![https://evil.example/q](x)", "evil.example/q"),
            ("\\https://evil.example", "\\evil.example"),
            ("ht![](x)tps://evil.example", "evil.example"),
            ("hthttps://https://evil.example", "htevil.example"),
            ("h", "h"),
            ("https:/", "https:/"),
        ] {
            for size in 1..20 {
                assert_eq!(run(text, size), wanted, "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn little_is_held_back() {
        let rules = LinkRules { hosts: vec!["shop.example".into()], own: vec![] };
        let (mut addresses, mut sent) = (Addresses::new(rules), String::new());
        for piece in ("https://a.example/".to_owned() + &"x".repeat(10_000)).as_bytes().chunks(100)
        {
            addresses.push(core::str::from_utf8(piece).unwrap(), &mut sent);
            assert!(addresses.held.len() <= LONGEST_ADDRESS + 100);
        }
        assert!(sent.starts_with("a.example/x"));
    }
}
