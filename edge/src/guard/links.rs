//! Links and images in a reply: an image becomes its description, a link to anything but a web
//! page or a mail address becomes its words. What a reader's program would fetch by itself, or
//! take somewhere by one click, a model does not decide.
//!
//! The text is Markdown on its way, so the words of what may be a link are held back until it is
//! whole. What readers see otherwise than we do is left to `harmless`.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::held::{Stage, go_on};
use super::verbatim::{Piece, Verbatim};

/// Longest words of a link that are waited for, in bytes: a sentence. With longer ones it is no link,
/// and a bracket that nothing closes keeps a reader waiting no longer.
const LONGEST_WORDS: usize = 512;

/// Longest address of a link, in bytes: a longer one is there to carry something.
pub(super) const LONGEST_ADDRESS: usize = 2_000;

/// Longest address with its title that is waited for, in bytes.
const LONGEST_TARGET: usize = LONGEST_ADDRESS + 256;

/// Where links may lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRules {
    /// Hosts, and with each whatever stands below it; all if there are none.
    pub hosts: Vec<String>,
    /// The site's own addresses, which may be linked whatever they are.
    pub own: Vec<String>,
}

/// The links of one reply.
#[derive(Debug)]
pub(super) struct Links {
    reader: Reader,
    held: String,
}

#[derive(Debug)]
struct Reader {
    rules: LinkRules,
    verbatim: Verbatim,
    /// What is sent once the brackets in it are known for what they are.
    words: String,
    /// Brackets that have opened, by their places behind all that was sent.
    open: VecDeque<Open>,
    /// How much has been sent.
    sent: usize,
    target: Target,
    is_blank: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    place: usize,
    is_image: bool,
}

impl LinkRules {
    /// Whether an address may be linked.
    #[must_use]
    pub fn allow(&self, address: &str) -> bool {
        if self.own.iter().any(|own| own == address) {
            return true;
        }
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'<' | b'>' | b'"' | b'`');
        if address.len() > LONGEST_ADDRESS || !address.bytes().all(plain) {
            return false;
        }
        let Some((scheme, rest)) = address.split_once(':') else { return false };
        if scheme.eq_ignore_ascii_case("mailto") {
            return rest.contains('@');
        }
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return false;
        }
        let Some(rest) = rest.strip_prefix("//") else { return false };
        // Whatever a reader of Markdown or of addresses would decode is not in a host.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
        let host = host.to_ascii_lowercase();
        let is_host = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
            && (1..=5).contains(&port.len())
            && port.bytes().all(|b| b.is_ascii_digit());
        let within = |known: &String| {
            host == *known
                || host.strip_suffix(known.as_str()).is_some_and(|sub| sub.ends_with('.'))
        };
        // A page of the site's may send its visitors on to an address within its own.
        let leads_on = rest.contains("://");
        is_host && (self.hosts.is_empty() || (self.hosts.iter().any(within) && !leads_on))
    }
}

impl Links {
    /// Begins a reply.
    pub(super) fn new(rules: LinkRules) -> Self {
        let reader = Reader {
            rules,
            verbatim: Verbatim::default(),
            words: String::new(),
            open: VecDeque::new(),
            sent: 0,
            target: Target::default(),
            is_blank: true,
        };
        Self { reader, held: String::new() }
    }

    /// How many bytes are held back.
    #[cfg(test)]
    pub(super) const fn held(&self) -> usize {
        self.held.len() + self.reader.words.len()
    }

    /// Takes what comes next and adds what may be sent.
    pub(super) fn push(&mut self, text: &str, sent: &mut String) {
        let reader = &mut self.reader;
        let matters = |b: u8| matches!(b, b'!' | b'[' | b']');
        if self.held.is_empty()
            && reader.open.is_empty()
            && reader.verbatim.is_within(text)
            && !text.bytes().any(matters)
        {
            reader.is_blank &= text.trim().is_empty();
            reader.sent += text.len();
            sent.push_str(text);
            return;
        }
        go_on(&mut self.reader, &mut self.held, text, false, sent);
    }

    /// Adds what was held back.
    pub(super) fn finish(&mut self, sent: &mut String) {
        go_on(&mut self.reader, &mut self.held, "", true, sent);
        self.reader.open.clear();
        self.reader.send(sent);
    }
}

impl Stage for Reader {
    fn step(&mut self, text: &str, is_end: bool, sent: &mut String) -> Option<usize> {
        let look = self.verbatim.look(text, is_end);
        let taken = match look.piece {
            Piece::Unfinished => return None,
            Piece::Words(length) | Piece::Signs { before: length, .. } if length > 0 => {
                let mut read = 0;
                while let Some(rest) = text.get(read..).filter(|_| read < length) {
                    let Some(taken) = self.read(rest, length - read, is_end) else { break };
                    read += taken;
                    self.send(sent);
                }
                Some(read).filter(|read| *read > 0)?
            }
            Piece::Code { length, .. }
            | Piece::Words(length)
            | Piece::Signs { signs: length, .. } => {
                self.words.push_str(text.get(..length).unwrap_or_default());
                self.is_blank = text.get(..length).is_some_and(|code| code.ends_with('\n'));
                length
            }
        };
        self.verbatim.pass(text.get(..taken).unwrap_or_default(), look);
        self.send(sent);
        Some(taken)
    }
}

impl Reader {
    /// Adds what waits for no bracket any more.
    fn send(&mut self, sent: &mut String) {
        let waiting = |open: &Open| self.sent + self.words.len() - open.place > LONGEST_WORDS;
        while self.open.front().is_some_and(waiting) {
            self.open.pop_front();
        }
        let free = self.open.front().map_or(self.words.len(), |open| open.place - self.sent);
        self.sent += free;
        sent.push_str(self.words.get(..free).unwrap_or_default());
        self.words.drain(..free);
    }

    /// Takes the next sign or the words before it, of so many bytes of words.
    fn read(&mut self, text: &str, length: usize, is_end: bool) -> Option<usize> {
        let bytes = text.as_bytes();
        let next = bytes.get(1).copied();
        let unknown = next.is_none() && !is_end;
        let place = self.sent + self.words.len();
        let taken = match bytes.first()? {
            b'\\' => 1 + next.map_or(0, |b| usize::from(b.is_ascii_punctuation())),
            b'!' | b']' if unknown => return None,
            b'!' if next == Some(b'[') => {
                self.open.push_back(Open { place, is_image: true });
                2
            }
            b'!' => 1,
            b'[' => {
                self.open.push_back(Open { place, is_image: false });
                1
            }
            b']' if next == Some(b'(') && !self.open.is_empty() => {
                let behind = text.get(1..).unwrap_or_default();
                match self.target.read(behind, is_end)? {
                    Some((address, length)) => {
                        self.close(address);
                        self.is_blank = false;
                        return Some(1 + length);
                    }
                    None => {
                        self.open.pop_back();
                        1
                    }
                }
            }
            b']' => {
                self.open.pop_back();
                1
            }
            b'\n' => {
                if self.is_blank {
                    // No link goes on behind a paragraph's end.
                    self.open.clear();
                }
                1
            }
            _ => {
                let special = |b: &u8| matches!(b, b'\\' | b'!' | b'[' | b']' | b'\n');
                let words = bytes.get(..length).unwrap_or(bytes);
                words.iter().position(special).unwrap_or(words.len())
            }
        };
        let words = text.get(..taken).unwrap_or_default();
        self.words.push_str(words);
        self.is_blank = words == "\n" || (self.is_blank && words.trim().is_empty());
        Some(taken)
    }

    /// Ends the words of the last bracket that has opened: a link to an address, or an image.
    fn close(&mut self, address: &str) {
        let Some(Open { place, is_image }) = self.open.pop_back() else { return };
        if !is_image && self.rules.allow(address) {
            self.words.push_str("](");
            self.words.push_str(address);
            self.words.push(')');
        } else {
            let from = place - self.sent;
            self.words.drain(from..from + 1 + usize::from(is_image));
        }
    }
}

/// How far what stands in round brackets has been read, so that it is not read again with every piece.
#[derive(Clone, Copy, Debug, Default)]
struct Target {
    at: usize,
    part: Part,
    /// Where the address begins, and where it ends.
    from: usize,
    to: usize,
}

/// Which part of it comes next.
#[derive(Clone, Copy, Debug, Default)]
enum Part {
    #[default]
    Before,
    /// The address, in so many round brackets.
    Plain(usize),
    /// The address, in pointed brackets.
    Pointed,
    Behind,
    /// A title up to this sign.
    Title(u8),
    /// Behind the title.
    End,
}

impl Target {
    /// The address in the round brackets that a text begins with, and the length of all; nothing if
    /// they hold something else, and `None` if nobody can tell yet.
    fn read<'a>(&mut self, text: &'a str, is_end: bool) -> Option<Option<(&'a str, usize)>> {
        let mut read = core::mem::take(self);
        let bytes = text.as_bytes();
        read.at = read.at.max(1);
        while let Some(byte) = bytes.get(read.at).copied().filter(|_| read.at <= LONGEST_TARGET) {
            let is_space = byte.is_ascii_whitespace();
            let at = read.at;
            if byte == b'\\' && at + 1 == bytes.len() && !is_end {
                break;
            }
            read.at += 1;
            read.part = match (read.part, byte) {
                (Part::Before | Part::Behind | Part::End, _) if is_space => {
                    if byte == b'\n' && bytes.get(at - 1) == Some(&b'\n') {
                        return Some(None);
                    }
                    read.part
                }
                // Another link begins: this is none.
                (_, b'[') => return Some(None),
                (Part::Before, b'<') => {
                    read.from = at + 1;
                    Part::Pointed
                }
                (Part::Before, b')') => return Some(Some(("", at + 1))),
                (Part::Before, _) => {
                    read.from = at;
                    read.at = at;
                    Part::Plain(0)
                }
                (Part::Plain(_), _) if is_space => {
                    read.to = at;
                    read.at = at;
                    Part::Behind
                }
                (Part::Plain(0), b')') => {
                    return Some(Some((text.get(read.from..at).unwrap_or_default(), at + 1)));
                }
                (Part::Plain(depth), b'(') => Part::Plain(depth + 1),
                (Part::Plain(depth), b')') => Part::Plain(depth - 1),
                (Part::Plain(_) | Part::Pointed | Part::Title(_), b'\\') => {
                    read.at +=
                        bytes.get(at + 1).map_or(0, |b| usize::from(b.is_ascii_punctuation()));
                    read.part
                }
                (Part::Pointed, b'>') => {
                    read.to = at;
                    Part::Behind
                }
                (Part::Pointed, b'\n' | b'<') => return Some(None),
                (Part::Behind | Part::End, b')') => {
                    return Some(Some((text.get(read.from..read.to).unwrap_or_default(), at + 1)));
                }
                (Part::Behind, b'"' | b'\'') => Part::Title(byte),
                (Part::Behind, b'(') => Part::Title(b')'),
                (Part::Behind | Part::End, _) => return Some(None),
                (Part::Title(end), _) if byte == end => Part::End,
                (part, _) => part,
            };
        }
        if is_end || read.at > LONGEST_TARGET {
            // It would have ended by now.
            return Some(None);
        }
        *self = read;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rules: &LinkRules, text: &str) -> String {
        let whole = {
            let mut links = Links::new(rules.clone());
            let mut sent = String::new();
            links.push(text, &mut sent);
            links.finish(&mut sent);
            sent
        };
        for size in 1..12 {
            let mut links = Links::new(rules.clone());
            let chars: Vec<char> = text.chars().collect();
            let mut sent = String::new();
            for piece in chars.chunks(size) {
                links.push(&piece.iter().collect::<String>(), &mut sent);
            }
            links.finish(&mut sent);
            assert_eq!(sent, whole, "in pieces of {size}");
        }
        whole
    }

    fn check(cases: &[(&str, &str)]) {
        let rules = LinkRules { hosts: vec![], own: vec!["tel:+49301234".into()] };
        for (text, wanted) in cases {
            assert_eq!(run(&rules, text), *wanted, "{text}");
        }
    }

    #[test]
    fn images_become_their_descriptions() {
        check(&[
            ("See ![a lamp](https://evil.example/?q=data) here", "See a lamp here"),
            ("![](https://evil.example/p.png)", ""),
            ("![x](data:image/png;base64,AAAA)", "x"),
            ("![x](<https://evil.example/a b> \"title\")", "x"),
            ("![a\nb](https://evil.example)", "a\nb"),
            (
                "[![lamp](https://evil.example/x)](https://shop.example/)",
                "[lamp](https://shop.example/)",
            ),
            ("![![a](https://b.example)](https://c.example)", "a"),
            ("![x](https://evil.example/(a)b) end", "x end"),
            ("!![x](https://evil.example)", "!x"),
        ]);
    }

    #[test]
    fn code_is_no_bracket_and_stays() {
        check(&[
            ("![a`]`](https://evil.example/p.png)", "a`]`"),
            (
                "`![x](https://evil.example)` and [a `b`](https://a.example)",
                "`![x](https://evil.example)` and [a `b`](https://a.example)",
            ),
            ("```\n![x](y)\n```\n![x](y)", "```\n![x](y)\n```\nx"),
            ("- [x](javascript:x)\n  ```\n  a[0](b)\n  ```", "- x\n  ```\n  a[0](b)\n  ```"),
        ]);
    }

    #[test]
    fn only_words_and_address_are_left_of_a_link() {
        check(&[
            ("[x](https://a.example 'title')", "[x](https://a.example)"),
            ("[x]( <https://a.example>\n(title) )", "[x](https://a.example)"),
            ("[a ![b](c) d](https://a.example)", "[a b d](https://a.example)"),
            // Where a link begins in another's brackets, readers differ: see `harmless`.
            (
                "[x](https://a.example ![y](https://evil.example/p.png?q=s))",
                "[x](https://a.example y)",
            ),
        ]);
    }

    #[test]
    fn links_to_pages_and_mail_stay_and_others_become_words() {
        check(&[
            ("[shop](https://shop.example/a?b=1#c)", "[shop](https://shop.example/a?b=1#c)"),
            ("[shop](https://shop.example \"Shop\")", "[shop](https://shop.example)"),
            ("[mail](mailto:a@shop.example)", "[mail](mailto:a@shop.example)"),
            ("[call](tel:+49301234) or [call](tel:+99)", "[call](tel:+49301234) or call"),
            ("[x](javascript:alert(1))", "x"),
            ("[x](JaVaScRiPt:alert(1))", "x"),
            ("[x]( java&#115;cript:alert(1))", "x"),
            ("[x](data:text/html,<script>)", "x"),
            ("[x](/relative)", "x"),
            ("[x](https://user:pass@evil.example)", "x"),
            ("[x](https:\\\\evil.example)", "x"),
            ("[x](vbscript:x) [y](file:///etc/passwd)", "x y"),
            ("[x](https://shop.example:80&#64;evil.example/)", "x"),
            ("[x](https://shop.example:80&commat;evil.example/)", "x"),
            ("[x](https://shop.example%40evil.example/)", "x"),
            (
                "[x](https://a.example:) [y](https://a.example:8080/)",
                "x [y](https://a.example:8080/)",
            ),
        ]);
    }

    #[test]
    fn everything_else_stays() {
        check(&[
            (
                "[EMAIL_1] and [PHONE]! Wow![IBAN] [a] (b)",
                "[EMAIL_1] and [PHONE]! Wow![IBAN] [a] (b)",
            ),
            ("1. *one* `code` \\[x](y) \\!\\[z](w)", "1. *one* `code` \\[x](y) \\!\\[z](w)"),
            ("- [ ] task\n- [x] done", "- [ ] task\n- [x] done"),
            ("an [open bracket", "an [open bracket"),
            ("[a\n\nb](https://x.example)", "[a\n\nb](https://x.example)"),
            ("Hi! 😀 <3", "Hi! 😀 <3"),
            ("", ""),
        ]);
    }

    #[test]
    fn what_never_ends_is_let_go() {
        for (begin, more) in [
            ("![", "x"),
            ("![x](", "x"),
            ("![x](https://a.example '", "x"),
            ("![x](<https://a.example/", "x"),
            ("![x](https://a.example/", "("),
            ("![", "["),
            ("![x](", " "),
            ("![x](", "\\"),
            ("![`", "x"),
            ("![x](https://a.example", "![x]("),
        ] {
            let text = begin.to_owned() + &more.repeat(20_000 / more.len());
            for size in [1, 100, 20_000] {
                let mut links = Links::new(LinkRules::default());
                let mut sent = String::new();
                let mut given = 0;
                for piece in text.as_bytes().chunks(size) {
                    given += piece.len();
                    links.push(core::str::from_utf8(piece).unwrap(), &mut sent);
                    let waits = given - sent.len();
                    assert!(waits <= LONGEST_WORDS + LONGEST_TARGET + 16, "{begin} {waits}");
                }
                links.finish(&mut sent);
                assert_eq!(sent, text, "{begin}: nothing is lost of what is no image");
            }
        }
    }
}
