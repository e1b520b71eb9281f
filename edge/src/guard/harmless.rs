//! The last look at a reply, when nothing will be taken out of it any more: what a reader of Markdown
//! would take for an image, a link that is not allowed, the definition of one, or HTML becomes text by
//! a backslash before it.
//!
//! [`links`](super::links) makes words of such things where it sees them. This stage does not depend
//! on that: it lets `[words](address)` and `<address>` pass where it has read the address itself, and
//! hides every sign that could begin anything else. It adds backslashes and nothing more, so a text
//! that was scrubbed and watched stays so. What is code for every reader stays as it is.

use sotto_shared::pii::Scrubbed;

use super::links::{LONGEST_ADDRESS, LinkRules};
use super::verbatim::{Piece, Verbatim, is_mark};

/// What has been read of one reply.
#[derive(Debug)]
pub(super) struct Harmless {
    rules: LinkRules,
    verbatim: Verbatim,
    held: Scrubbed,
    before: Before,
    /// Whether nothing but marks of lists and quotations stands on the line so far.
    at_margin: bool,
    is_blank: bool,
    /// Whether a bracket opened a line of this paragraph: a definition may have begun.
    may_define: bool,
    ahead: Ahead,
}

/// What the character before may make of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Other,
    /// `!`
    Bang,
    /// `]`
    Bracket,
}

/// How far an address has been read, so that it is not read again with every piece.
#[derive(Clone, Copy, Debug, Default)]
struct Ahead {
    at: usize,
    depth: usize,
}

/// What stands behind a bracket.
enum Address {
    /// One that may be linked; so many bytes with its brackets.
    Allowed(usize),
    Other,
    /// Nobody can tell yet.
    Unfinished,
}

impl Harmless {
    /// Begins a reply.
    pub(super) fn new(rules: LinkRules) -> Self {
        Self {
            rules,
            verbatim: Verbatim::strict(),
            held: Scrubbed::default(),
            before: Before::Other,
            at_margin: true,
            is_blank: true,
            may_define: false,
            ahead: Ahead::default(),
        }
    }

    /// How many bytes are held back.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held.as_str().len()
    }

    /// Takes what comes next and gives what may be sent.
    pub(super) fn push(&mut self, text: &Scrubbed) -> Scrubbed {
        self.held.append(text);
        self.go_on(false)
    }

    /// Gives what was held back.
    pub(super) fn finish(&mut self) -> Scrubbed {
        self.go_on(true)
    }

    fn go_on(&mut self, is_end: bool) -> Scrubbed {
        let mut held = core::mem::take(&mut self.held);
        let text = held.as_str();
        let (mut done, mut hidden) = (0, Vec::new());
        while let Some(rest) = text.get(done..).filter(|rest| !rest.is_empty()) {
            let look = self.verbatim.look(rest, is_end);
            let (length, signs) = match look.piece {
                Piece::Unfinished => break,
                Piece::Code { length, is_sure: true } => {
                    self.pass_code(rest.get(..length).unwrap_or_default());
                    self.verbatim.pass(rest.get(..length).unwrap_or_default(), look);
                    done += length;
                    continue;
                }
                Piece::Code { length, is_sure: false } | Piece::Words(length) => (length, 0),
                Piece::Signs { before, signs } => (before, signs),
            };
            let mut hide = |at: usize| hidden.push(done + at);
            let read = self.read(rest, length, is_end, &mut hide);
            let is_whole = read == length;
            let passed = if is_whole { length + signs } else { read };
            if is_whole && signs > 0 {
                (length..passed).for_each(hide);
                (self.before, self.at_margin, self.is_blank) = (Before::Other, false, false);
            }
            self.verbatim.pass(rest.get(..passed).unwrap_or_default(), look);
            done += passed;
            if !is_whole {
                break;
            }
        }
        let free = held.take_before(done);
        self.held = held;
        if hidden.is_empty() { free } else { free.escaped_at(&hidden) }
    }

    fn pass_code(&mut self, code: &str) {
        self.before = Before::Other;
        self.at_margin = code.ends_with('\n');
        self.is_blank = self.at_margin;
    }

    /// Reads words, so many bytes of a text. Gives how many were read: fewer where an address is
    /// unfinished.
    fn read(
        &mut self,
        text: &str,
        length: usize,
        is_end: bool,
        hide: &mut impl FnMut(usize),
    ) -> usize {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied().filter(|_| at < length) {
            let mut step = 1;
            let mut then = Before::Other;
            match byte {
                b'\\' if at + 1 < length => {
                    step += bytes.get(at + 1).map_or(0, |b| usize::from(b.is_ascii_punctuation()));
                }
                b'[' if self.before == Before::Bang => hide(at),
                b'[' => self.may_define |= self.at_margin,
                b']' => then = Before::Bracket,
                b'!' => then = Before::Bang,
                b':' if self.before == Before::Bracket && self.may_define => hide(at),
                b'<' => match self.address(text.get(at..).unwrap_or_default(), is_end) {
                    Address::Allowed(length) => step = length,
                    Address::Other => {
                        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
                        if next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?') {
                            hide(at);
                        }
                    }
                    Address::Unfinished => return at,
                },
                b'(' if self.before == Before::Bracket => {
                    match self.address(text.get(at..).unwrap_or_default(), is_end) {
                        Address::Allowed(length) => step = length,
                        Address::Other => hide(at),
                        Address::Unfinished => return at,
                    }
                }
                b'\n' => self.may_define &= !self.is_blank,
                _ => {}
            }
            self.before = then;
            self.at_margin = byte == b'\n' || (self.at_margin && is_mark(byte));
            self.is_blank = byte == b'\n' || (self.is_blank && byte.is_ascii_whitespace());
            at += step;
        }
        at
    }

    /// The address in the brackets, round or pointed, that a text begins with.
    fn address(&mut self, text: &str, is_end: bool) -> Address {
        let bytes = text.as_bytes();
        let Ahead { at, mut depth } = core::mem::take(&mut self.ahead);
        let mut at = at.max(1);
        let is_pointed = bytes.first() == Some(&b'<');
        if is_pointed && bytes.get(1).is_some_and(|b| !b.is_ascii_alphabetic()) {
            return Address::Other;
        }
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' if is_pointed => return self.judge(text, at, is_mail),
                b')' if depth == 0 && !is_pointed => return self.judge(text, at, |_| false),
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'<' | b'>' | b'[' | b']' | b'\\' | b'"' | b'`' => return Address::Other,
                byte if byte.is_ascii_whitespace() || at > LONGEST_ADDRESS => {
                    return Address::Other;
                }
                _ => {}
            }
            at += 1;
        }
        if is_end {
            return Address::Other;
        }
        self.ahead = Ahead { at, depth };
        Address::Unfinished
    }

    fn judge(&self, text: &str, end: usize, or: impl Fn(&str) -> bool) -> Address {
        let address = text.get(1..end).unwrap_or_default();
        if self.rules.allow(address) || or(address) {
            Address::Allowed(end + 1)
        } else {
            Address::Other
        }
    }
}

/// A mail address without its scheme, which pointed brackets make a link of.
fn is_mail(address: &str) -> bool {
    let of_mail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && name.bytes().chain(host.bytes()).all(of_mail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::links::LinkRules;

    fn run(text: &str) -> String {
        let rules = LinkRules { hosts: vec!["shop.example".into()], own: vec!["tel:+1".into()] };
        let mut results = (1..20).map(|size| {
            let mut harmless = Harmless::new(rules.clone());
            let mut sent = Scrubbed::default();
            let chars: Vec<char> = text.chars().collect();
            for piece in chars.chunks(size) {
                let piece = Scrubbed::from_storage(piece.iter().collect());
                sent.append(&harmless.push(&piece));
            }
            sent.append(&harmless.finish());
            sent.into_string()
        });
        let first = results.next().unwrap();
        assert!(results.all(|other| other == first), "{text}");
        first
    }

    #[test]
    fn what_a_reader_would_take_for_more_than_words_is_hidden_from_it() {
        for (text, wanted) in [
            ("![a](https://shop.example/p.png)", "!\\[a](https://shop.example/p.png)"),
            ("[a](https://shop.example \"t\")", "[a]\\(https://shop.example \"t\")"),
            ("[a](https://evil.example)", "[a]\\(https://evil.example)"),
            ("![EMAIL](https://evil.example)", "!\\[EMAIL]\\(https://evil.example)"),
            ("[EMAIL]: https://evil.example", "[EMAIL]\\: https://evil.example"),
            ("> - [a\nb]: c [d]: e", "> - [a\nb]\\: c [d]\\: e"),
            (
                "<img src=x> </b> <!-- <?x <![CDATA[",
                "\\<img src=x> \\</b> \\<!-- \\<?x \\<!\\[CDATA[",
            ),
            ("<https://evil.example> <javascript:x>", "\\<https://evil.example> \\<javascript:x>"),
            ("a ` b\n`<img>`", "a \\` b\n`<img>`"),
            ("| `a | b` `<i>` |", "| `a | b` `\\<i>` |"),
            ("```<i>```", "\\`\\`\\`\\<i>\\`\\`\\`"),
            ("> ```\n> <i>\n\n<i>", "> ```\n> \\<i>\n\n\\<i>"),
            ("- a\n  ```\n<i>\n  ```\n<i>", "- a\n  ```\n\\<i>\n  ```\n\\<i>"),
            ("x\n    ```\n``a ` b```<i>`", "x\n    ```\n\\`\\`a \\` b\\`\\`\\`\\<i>\\`"),
            ("x\n    ```\n a `\n`<i>`", "x\n    ```\n a \\`\n`<i>`"),
            ("~~~\n~~~\t\n~~~\n<i>", "~~~\n~~~\t\n~~~\n\\<i>"),
            ("```\n<i>\n````  \n<i>", "```\n<i>\n````  \n\\<i>"),
        ] {
            assert_eq!(run(text), wanted, "{text}");
        }
    }

    #[test]
    fn words_links_and_code_stay() {
        for text in [
            "[a](https://shop.example/b_(c)?d=e&f#g) <https://www.shop.example> <a@b.example> [c](tel:+1)",
            "1 < 2, <3, a <- b, x<=y, Wow! [1] [EMAIL_1] [a] (b) - [ ] c, said [1]: yes",
            "\\[a\\](b) \\!\\[c\\](d) \\` \\<b> \\\\",
            "`<b>` and ``a ` <b>`` and `[x](y)` and `cat a | grep b`",
            "```html\n<img src=\"x\">\n\n![a](b)\n```\n",
            "1. See:\n   ```\n   <b>\n   ```\n2. `<i>`",
            "~~~\n``` <b>\n~~~",
            "It ends in `",
            "",
        ] {
            let wanted = text.replace("in `", "in \\`");
            assert_eq!(run(text), wanted);
        }
    }
}
