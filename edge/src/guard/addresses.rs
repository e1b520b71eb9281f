//! Addresses that stand in a reply by themselves, which readers make links of: one that leads elsewhere
//! than to a page loses its scheme and is words, and where a site names the hosts that may be linked,
//! so does one of another host.
//!
//! It comes behind [`links`](super::links), and so sees what is left when images and links have gone.

use super::held::{Stage, go_on};
use super::links::{LONGEST_ADDRESS, LinkRules};

/// What readers make a link of when it stands before a host.
const BEGINS: [&str; 5] = ["https://", "http://", "www.", "ftp://", "xmpp:"];

/// The addresses of one reply.
#[derive(Debug)]
pub(super) struct Addresses {
    reader: Reader,
    held: String,
}

#[derive(Debug)]
struct Reader {
    rules: LinkRules,
    /// How much of the address that waits is known to go on.
    read: usize,
    /// Whether what was sent last is of a word or an address, in which `www.` begins nothing.
    in_word: bool,
}

impl Addresses {
    /// Begins a reply.
    pub(super) const fn new(rules: LinkRules) -> Self {
        Self { reader: Reader { rules, read: 0, in_word: false }, held: String::new() }
    }

    /// How many bytes are held back.
    #[cfg(test)]
    pub(super) const fn held(&self) -> usize {
        self.held.len()
    }

    /// Takes what comes next and adds what may be sent.
    pub(super) fn push(&mut self, text: &str, sent: &mut String) {
        go_on(&mut self.reader, &mut self.held, text, false, sent);
    }

    /// Adds what was held back.
    pub(super) fn finish(&mut self, sent: &mut String) {
        go_on(&mut self.reader, &mut self.held, "", true, sent);
    }
}

impl Reader {
    /// Whether an address may begin with a letter.
    const fn begins(&self, byte: u8) -> bool {
        match byte {
            b'f' | b'F' | b'x' | b'X' => true,
            b'h' | b'H' | b'w' | b'W' => !self.rules.hosts.is_empty(),
            _ => false,
        }
    }
}

impl Stage for Reader {
    fn step(&mut self, text: &str, is_end: bool, sent: &mut String) -> Option<usize> {
        let bytes = text.as_bytes();
        let before = bytes.iter().position(|b| self.begins(*b)).unwrap_or(bytes.len());
        if before > 0 {
            let word = text.get(..before).unwrap_or_default();
            sent.push_str(word);
            self.in_word = word.ends_with(is_of_word);
            return Some(before);
        }
        let is_same = |begin: &str, length: usize| {
            let (one, other) = (begin.as_bytes().get(..length), bytes.get(..length));
            one.zip(other).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let Some(begin) = BEGINS.into_iter().find(|begin| is_same(begin, begin.len())) else {
            let is_open = BEGINS.into_iter().any(|begin| is_same(begin, bytes.len()));
            if is_open && !is_end {
                return None;
            }
            sent.push_str(text.get(..1).unwrap_or_default());
            self.in_word = true;
            return Some(1);
        };
        if !begin.starts_with(['h', 'w']) {
            self.in_word = false;
            return Some(begin.len());
        }
        let stops = |b: &u8| b.is_ascii_whitespace() || b"<>\"`|[]()".contains(b);
        let mut rest = bytes.iter().take(LONGEST_ADDRESS + 1).skip(self.read);
        let end = match rest.position(stops) {
            Some(length) => self.read + length,
            None => text.ceil_char_boundary(bytes.len().min(LONGEST_ADDRESS + 1)),
        };
        if end == text.len() && !is_end && end <= LONGEST_ADDRESS {
            self.read = end;
            return None;
        }
        self.read = 0;
        let address = text.get(..end).unwrap_or_default();
        let plain = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'']);
        let may_stay = match begin {
            "www." => self.in_word || self.rules.allow(&format!("https://{plain}")),
            _ => self.rules.allow(plain),
        };
        if !may_stay {
            // What follows may be another one.
            self.in_word = false;
            return Some(begin.len());
        }
        // Of an address that stays, nothing is looked at again.
        let length = if begin == "www." && self.in_word { 1 } else { end };
        let stays = text.get(..length).unwrap_or_default();
        sent.push_str(stays);
        self.in_word = stays.ends_with(is_of_word);
        Some(length)
    }
}

/// Whether a character may stand before `www.` without a link beginning there.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '/' | '=' | '&' | '?' | '%' | '#')
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
            ("<https://evil.example/x>", "<evil.example/x>"),
            ("[https://evil.example](https://evil.example)", "evil.example"),
            ("![https://evil.example/q](x)", "evil.example/q"),
            ("\\https://evil.example", "\\evil.example"),
            ("ht![](x)tps://evil.example", "evil.example"),
            ("[a](ftp://shop.example)", "a"),
            ("hthttps://https://evil.example", "htevil.example"),
            (
                "see www.evil.example/x or WWW.www.evil.example",
                "see evil.example/x or evil.example",
            ),
            ("https://www.evil.example", "evil.example"),
            ("www.shop.example and awww.cute", "www.shop.example and awww.cute"),
            ("<https://img src=//evil.example/p>", "<img src=//evil.example/p>"),
            ("https://shop.example:80&#64;evil.example/", "shop.example:80&#64;evil.example/"),
            (
                "https://shop.example:80&commat;evil.example/",
                "shop.example:80&commat;evil.example/",
            ),
            ("ftp://shop.example, xmpp:a@shop.example", "shop.example, a@shop.example"),
            ("https://shop.example/?to=https://evil.example", "shop.example/?to=evil.example"),
            ("h", "h"),
            ("https:/", "https:/"),
        ] {
            for size in 1..20 {
                assert_eq!(run(text, size), wanted, "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn without_hosts_pages_stay() {
        let (mut addresses, mut sent) = (Addresses::new(LinkRules::default()), String::new());
        addresses.push("https://a.example www.b.example ftp://c.example", &mut sent);
        addresses.finish(&mut sent);
        assert_eq!(sent, "https://a.example www.b.example c.example");
    }

    #[test]
    fn little_is_held_back() {
        let rules = LinkRules { hosts: vec!["shop.example".into()], own: vec![] };
        let (mut addresses, mut sent) = (Addresses::new(rules), String::new());
        for piece in ("https://a.example/".to_owned() + &"x".repeat(10_000)).as_bytes().chunks(100)
        {
            addresses.push(core::str::from_utf8(piece).unwrap(), &mut sent);
            assert!(addresses.held.len() <= LONGEST_ADDRESS);
        }
        assert!(sent.starts_with("a.example/x"));
    }
}
