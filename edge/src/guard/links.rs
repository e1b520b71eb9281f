//! Links and images in a reply: an image becomes its description, a link to anything but a web
//! page or a mail address becomes its words. What a reader's program would fetch by itself, or
//! take somewhere by one click, a model does not decide.
//!
//! The text is Markdown on its way, so what may be part of a link is held back until it is whole.
//! Code is not told apart: a reader's program may see its end elsewhere than we do.

use serde::{Deserialize, Serialize};

/// Longest link that is waited for, in bytes; what is longer is no link any more.
const LONGEST: usize = 4_096;

/// Longest address of a link, in bytes: a longer one is there to carry something.
pub(super) const LONGEST_ADDRESS: usize = 2_000;

/// How deep images stand in links that are looked into.
const DEEPEST: usize = 3;

/// Elements of HTML that fetch, run or lead somewhere, for readers that take HTML.
const ELEMENTS: [&str; 19] = [
    "img", "image", "iframe", "script", "object", "embed", "svg", "link", "video", "audio",
    "picture", "source", "style", "base", "meta", "form", "input", "a", "body",
];

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
    rules: LinkRules,
    held: String,
    /// Whether nothing but marks of lists and quotations stands on the line so far.
    at_line_start: bool,
}

/// What stands at the beginning of a text.
enum Step {
    /// So many bytes, and what is sent of them.
    Take(usize, String),
    /// Nobody can tell yet.
    Wait,
}

/// A link as it is written.
enum Written<'a> {
    /// `[label](target)`: label, what stands in the brackets, the address, the length of all.
    Inline(&'a str, &'a str, &'a str, usize),
    /// `[label]: …` where it names an address for other places.
    Definition,
    /// Brackets.
    Plain,
    /// Nobody can tell yet.
    Open,
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
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let is_host = !host.is_empty()
            && !authority.contains('@')
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        let within = |known: &String| {
            host == *known
                || host.strip_suffix(known.as_str()).is_some_and(|sub| sub.ends_with('.'))
        };
        is_host && (self.hosts.is_empty() || self.hosts.iter().any(within))
    }
}

impl Links {
    /// Begins a reply.
    pub(super) const fn new(rules: LinkRules) -> Self {
        Self { rules, held: String::new(), at_line_start: true }
    }

    /// Takes what comes next and adds what may be sent.
    pub(super) fn push(&mut self, text: &str, sent: &mut String) {
        if self.held.is_empty() && !text.contains(Self::is_special) {
            self.send(text, sent);
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
        while !rest.is_empty() {
            let plain = rest.find(Self::is_special).unwrap_or(rest.len());
            if let Some((before, special)) = rest.split_at_checked(plain).filter(|_| plain > 0) {
                self.send(before, sent);
                rest = special;
                continue;
            }
            match step(rest, &self.rules, self.at_line_start, is_end, 0) {
                Step::Take(length, text) => {
                    self.send(&text, sent);
                    rest = rest.get(length..).unwrap_or_default();
                }
                Step::Wait if rest.len() > LONGEST => {
                    // It is no link, and whoever reads it shall not take it for one.
                    self.send(if rest.starts_with('!') { "" } else { "\\" }, sent);
                    let first = rest.chars().next().map_or(0, char::len_utf8);
                    if !rest.starts_with('!') {
                        self.send(rest.get(..first).unwrap_or_default(), sent);
                    }
                    rest = rest.get(first..).unwrap_or_default();
                }
                Step::Wait => {
                    rest.clone_into(&mut self.held);
                    break;
                }
            }
        }
    }

    fn is_special(c: char) -> bool {
        matches!(c, '\\' | '!' | '[' | '<')
    }

    fn send(&mut self, text: &str, sent: &mut String) {
        let line = match text.rsplit_once('\n') {
            Some((_, line)) => {
                self.at_line_start = true;
                line
            }
            None => text,
        };
        let is_mark = |c: char| c.is_whitespace() || c.is_ascii_digit() || ">-*+.)".contains(c);
        self.at_line_start = self.at_line_start && line.chars().all(is_mark);
        sent.push_str(text);
    }
}

/// What stands at the beginning of a text that begins with a special sign.
fn step(text: &str, rules: &LinkRules, at_line_start: bool, is_end: bool, depth: usize) -> Step {
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    let literal = |length: usize| Step::Take(length, text.get(..length).unwrap_or_default().into());
    match (first, second) {
        (Some('\\' | '!' | '<'), None) if !is_end => Step::Wait,
        // What a backslash takes its meaning from.
        (Some('\\'), Some(c)) => literal(1 + c.len_utf8()),
        (Some('!'), Some('[')) => {
            let link = text.get(1..).unwrap_or_default();
            match written(link, false, is_end) {
                Written::Inline(label, _, _, length) => {
                    Step::Take(1 + length, inner(label, rules, depth))
                }
                Written::Open => Step::Wait,
                Written::Definition | Written::Plain => literal(1),
            }
        }
        (Some('['), _) => match written(text, at_line_start, is_end) {
            Written::Inline(label, target, address, length) if rules.allow(address) => {
                Step::Take(length, format!("[{}]({target})", inner(label, rules, depth)))
            }
            Written::Inline(label, _, _, length) => Step::Take(length, inner(label, rules, depth)),
            Written::Definition => Step::Take(1, "\\[".into()),
            Written::Plain => literal(1),
            Written::Open => Step::Wait,
        },
        (Some('<'), Some(c)) if c.is_ascii_alphabetic() || c == '/' => angle(text, rules, is_end),
        (Some(c), _) => literal(c.len_utf8()),
        (None, _) => Step::Wait,
    }
}

/// The words of a link, whose own images and links are taken out.
fn inner(label: &str, rules: &LinkRules, depth: usize) -> String {
    if depth >= DEEPEST {
        return String::new();
    }
    let mut words = String::with_capacity(label.len());
    let mut rest = label;
    while let Some(c) = rest.chars().next() {
        let is_special = matches!(c, '\\' | '!' | '[' | '<');
        let step = if is_special { step(rest, rules, false, true, depth + 1) } else { Step::Wait };
        let (length, text) = match step {
            Step::Take(length, text) => (length, text),
            Step::Wait => (c.len_utf8(), c.to_string()),
        };
        words.push_str(&text);
        rest = rest.get(length..).unwrap_or_default();
    }
    words
}

/// Reads what begins with an opening bracket.
fn written(text: &str, at_line_start: bool, is_end: bool) -> Written<'_> {
    let open = || if is_end { Written::Plain } else { Written::Open };
    let label_end = match closing(text, '[', ']') {
        Closing::At(end) => end,
        Closing::Never => return Written::Plain,
        Closing::Open => return open(),
    };
    let label = text.get(1..label_end).unwrap_or_default();
    let behind = text.get(label_end + 1..).unwrap_or_default();
    match behind.chars().next() {
        None => open(),
        Some('(') => match closing(behind, '(', ')') {
            Closing::At(end) => {
                let target = behind.get(1..end).unwrap_or_default();
                Written::Inline(label, target, address(target), label_end + 1 + end + 1)
            }
            Closing::Never => Written::Plain,
            Closing::Open => open(),
        },
        Some(':') if at_line_start => Written::Definition,
        Some(_) => Written::Plain,
    }
}

enum Closing {
    At(usize),
    /// A paragraph ended before.
    Never,
    Open,
}

/// Where what opens with the first sign closes, nested pairs and escaped signs passed over.
fn closing(text: &str, opens: char, closes: char) -> Closing {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut after_newline = false;
    for (place, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' => is_escaped = true,
            '\n' if after_newline => return Closing::Never,
            c if c == opens => depth += 1,
            c if c == closes => {
                depth -= 1;
                if depth == 0 {
                    return Closing::At(place);
                }
            }
            _ => {}
        }
        after_newline = c == '\n' || (after_newline && c.is_whitespace());
    }
    Closing::Open
}

/// The address in the brackets behind a label, its title left out.
fn address(target: &str) -> &str {
    let target = target.trim();
    match target.strip_prefix('<') {
        Some(address) => address.split('>').next().unwrap_or_default(),
        None => target.split(char::is_whitespace).next().unwrap_or_default(),
    }
}

/// What stands in angle brackets: an address, which stays if it may be linked, or an element, which
/// is shown as it is written.
fn angle(text: &str, rules: &LinkRules, is_end: bool) -> Step {
    let name = text.get(1..).unwrap_or_default().trim_start_matches('/');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    let word = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
    let behind = end.and_then(|end| name.get(end..)?.chars().next());
    match behind {
        None if !is_end => Step::Wait,
        Some(':' | '+' | '.' | '-' | '@') => {
            let stop = text.find(|c: char| c == '>' || c.is_whitespace());
            match stop.map(|stop| (stop, text.get(stop..).unwrap_or_default().starts_with('>'))) {
                Some((stop, true)) => {
                    let address = text.get(1..stop).unwrap_or_default();
                    // A mail address without its scheme is one as well.
                    let is_mail = !address.contains(':') && address.contains('@');
                    let text = if is_mail || rules.allow(address) {
                        text.get(..=stop).unwrap_or_default().to_owned()
                    } else {
                        address.to_owned()
                    };
                    Step::Take(stop + 1, text)
                }
                Some((_, false)) => Step::Take(1, "<".into()),
                None if is_end => Step::Take(1, "\\<".into()),
                None => Step::Wait,
            }
        }
        _ if ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(word)) => {
            Step::Take(1, "\\<".into())
        }
        _ => Step::Take(1, "<".into()),
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
    fn references_lead_nowhere() {
        check(&[
            ("![x][r]\n\n[r]: https://evil.example/x", "![x][r]\n\n\\[r]: https://evil.example/x"),
            ("> - [r]: https://evil.example", "> - \\[r]: https://evil.example"),
            ("note [r]: fine", "note [r]: fine"),
        ]);
    }

    #[test]
    fn links_to_pages_and_mail_stay_and_others_become_words() {
        check(&[
            ("[shop](https://shop.example/a?b=1#c)", "[shop](https://shop.example/a?b=1#c)"),
            ("[shop](https://shop.example \"Shop\")", "[shop](https://shop.example \"Shop\")"),
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
            (
                "<https://shop.example> <javascript:alert(1)> <a@b.example>",
                "<https://shop.example> javascript:alert(1) <a@b.example>",
            ),
            ("<img src=https://evil.example/x>", "\\<img src=https://evil.example/x>"),
            ("</script> <b>bold</b> 1 < 2", "\\</script> <b>bold</b> 1 < 2"),
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
        let rules = LinkRules::default();
        for begin in ["[", "![x](", "[x](https://a.example/", "<https://"] {
            let text = begin.to_owned() + &"x".repeat(3 * LONGEST);
            let mut links = Links::new(rules.clone());
            let mut sent = String::new();
            for piece in text.as_bytes().chunks(100) {
                links.push(core::str::from_utf8(piece).unwrap(), &mut sent);
                assert!(links.held.len() <= LONGEST + 100);
            }
            links.finish(&mut sent);
            assert!(!sent.contains("!["), "{begin}");
        }
    }
}
