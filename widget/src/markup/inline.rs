//! What stands within a line: emphasis, code, links.

use super::link::Target;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inline {
    /// Text, in which placeholders may stand.
    Text(String),
    /// Strong emphasis.
    Strong(Vec<Self>),
    /// Emphasis.
    Emphasis(Vec<Self>),
    /// Code. It holds no placeholder.
    Code(String),
    /// A link. Neither its words nor its address hold a placeholder.
    Link {
        /// The words.
        text: String,
        /// The address.
        url: String,
        /// What to show beside the words, where they do not say it themselves.
        host: Option<String>,
    },
    /// A new line.
    Break,
}

/// Longest text of a link, in bytes. Together with the longest address it bounds how far one
/// bracket makes the parser look ahead.
const LINK_TEXT: usize = 500;

/// Longest address that is looked for, in bytes.
const LINK_URL: usize = 2_000;

/// Emphasis within emphasis: deeper marks are text.
const DEPTH: usize = 6;

/// Reads the text of a block.
pub(super) fn parse(text: &str, growing: bool, guarded: &dyn Fn(&str) -> bool) -> Vec<Inline> {
    let mut parser =
        Parser { text, at: 0, open: vec![Open::default()], guarded, no_code: [false; 4] };
    parser.run();
    parser.close_all(growing)
}

/// A text without any markup, line by line.
pub(super) fn plain(text: &str) -> Vec<Inline> {
    let mut pieces = Vec::new();
    for line in text.split('\n') {
        if !pieces.is_empty() {
            pieces.push(Inline::Break);
        }
        pieces.push(Inline::Text(line.into()));
    }
    pieces
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// What is open, outermost first; the first is the block itself and never closes.
    open: Vec<Open>,
    guarded: &'a dyn Fn(&str) -> bool,
    /// For runs of one to three backticks: no closing run is left, so none is looked for again.
    no_code: [bool; 4],
}

/// Emphasis that has begun.
#[derive(Default)]
struct Open {
    mark: &'static str,
    pieces: Vec<Inline>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            let start = self.at;
            match byte {
                b'\\' => {
                    // A backslash hides the mark behind it.
                    let hidden = self.byte(start + 1).is_some_and(|b| b.is_ascii_punctuation());
                    let from = start + usize::from(hidden);
                    self.take(from, from + 1);
                }
                b'\n' => {
                    self.push(Inline::Break);
                    self.at += 1;
                }
                b'`' if self.code() => {}
                b'*' | b'_' | b'~' if self.emphasis(byte) => {}
                b'[' if self.link(start) => {}
                // An image is never fetched: its description stays.
                b'!' if self.byte(start + 1) == Some(b'[') && self.image() => {}
                b'<' if self.pointed() => {}
                b'h' | b'H' if self.bare() => {}
                _ => self.plain_run(),
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Text up to the next byte that may mean something.
    fn plain_run(&mut self) {
        let special = |b: u8| b"\\\n`*_~[!<hH".contains(&b);
        let rest = self.text.as_bytes().iter().skip(self.at + 1);
        let length = rest.take_while(|b| !special(**b)).count();
        self.take(self.at, self.at + 1 + length);
    }

    /// Takes a range as text and goes on behind it.
    fn take(&mut self, from: usize, to: usize) {
        let text = self.text.get(from..to).unwrap_or_default();
        self.push_text(text);
        self.at = to;
    }

    fn push(&mut self, piece: Inline) {
        if let Some(open) = self.open.last_mut() {
            open.pieces.push(piece);
        }
    }

    fn push_text(&mut self, text: &str) {
        if let Some(open) = self.open.last_mut() {
            add_text(&mut open.pieces, text);
        }
    }

    /// A run of backticks up to the same run again.
    fn code(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let run = rest.bytes().take_while(|b| *b == b'`').count();
        if self.no_code.get(run) != Some(&false) {
            self.take(self.at, self.at + run);
            return true;
        }
        let body = rest.get(run..).unwrap_or_default();
        let Some(end) = find_run(body, run) else {
            if let Some(none) = self.no_code.get_mut(run) {
                *none = true;
            }
            self.take(self.at, self.at + run);
            return true;
        };
        let code = body.get(..end).unwrap_or_default();
        if (self.guarded)(code) {
            self.push_text(code);
        } else {
            self.push(Inline::Code(code.into()));
        }
        self.at += run + end + run;
        true
    }

    /// `**`, `__`, `*`, `_`: opens or closes emphasis; `~~` is passed over.
    fn emphasis(&mut self, byte: u8) -> bool {
        // In `*a**` the first mark closes what is innermost.
        let inner = self.open.last().map_or("", |open| open.mark);
        let single = inner.len() == 1 && inner.as_bytes().first() == Some(&byte);
        let double = self.byte(self.at + 1) == Some(byte) && !(single && self.closes());
        let mark = match (byte, double) {
            (b'*', true) => "**",
            (b'*', false) => "*",
            (b'_', true) => "__",
            (b'_', false) => "_",
            (b'~', true) => {
                self.at += 2;
                return true;
            }
            _ => return false,
        };
        let before = self.at.checked_sub(1).and_then(|at| self.byte(at));
        let after = self.byte(self.at + mark.len());
        let space_after = after.is_none_or(|b| b.is_ascii_whitespace());
        let word = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b >= 0x80);
        if byte == b'_' && word(before) && word(after) {
            return false;
        }
        let is_open = self.open.iter().skip(1).any(|open| open.mark == mark);
        if is_open && self.closes() {
            self.close(mark);
        } else if !is_open && !space_after && self.open.len() <= DEPTH {
            self.open.push(Open { mark, pieces: Vec::new() });
        } else {
            return false;
        }
        self.at += mark.len();
        true
    }

    /// Whether a mark here may close: it does not follow a space.
    fn closes(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.byte(at));
        before.is_some_and(|b| !b.is_ascii_whitespace())
    }

    /// Closes the emphasis of `mark`; what was opened within it and not closed is text.
    fn close(&mut self, mark: &'static str) {
        while self.open.len() > 1 {
            let Some(open) = self.open.pop() else { return };
            let closes = open.mark == mark;
            self.put_back(open, closes);
            if closes {
                return;
            }
        }
    }

    fn put_back(&mut self, open: Open, closed: bool) {
        if !closed {
            self.push_text(open.mark);
            for piece in open.pieces {
                match piece {
                    Inline::Text(text) => self.push_text(&text),
                    other => self.push(other),
                }
            }
        } else if !open.pieces.is_empty() {
            let strong = open.mark.len() == 2;
            self.push(if strong {
                Inline::Strong(open.pieces)
            } else {
                Inline::Emphasis(open.pieces)
            });
        }
    }

    fn close_all(mut self, growing: bool) -> Vec<Inline> {
        while self.open.len() > 1 {
            if let Some(open) = self.open.pop() {
                self.put_back(open, growing);
            }
        }
        self.open.pop().map(|block| block.pieces).unwrap_or_default()
    }

    /// `[text](address)`, with the opening bracket at `from`. Brackets alone are text.
    fn link(&mut self, from: usize) -> bool {
        let Some((text, url, end)) = self.brackets(from) else { return false };
        let link = self.guard(text, url);
        self.push_link(link);
        self.at = end;
        true
    }

    fn image(&mut self) -> bool {
        let Some((text, _, end)) = self.brackets(self.at + 1) else { return false };
        self.push_text(text);
        self.at = end;
        true
    }

    /// Text and address of `[text](address "title")` and where it ends.
    fn brackets(&self, from: usize) -> Option<(&'a str, &'a str, usize)> {
        let rest = self.text.get(from + 1..)?;
        let end = rest.bytes().take(LINK_TEXT).position(|b| matches!(b, b']' | b'[' | b'\n'))?;
        let text = rest.get(..end)?;
        let rest = rest.get(end..)?.strip_prefix("](")?;
        let mut inside = 0;
        let close = rest.bytes().take(LINK_URL).position(|b| {
            inside += match b {
                b'(' => 1,
                b')' => -1,
                _ => 0,
            };
            inside < 0 || b == b'\n'
        })?;
        let inner = rest.get(..close).filter(|_| inside < 0)?;
        let url = inner.split_ascii_whitespace().next().unwrap_or_default();
        Some((text, url.trim_matches(['<', '>']), from + 1 + end + 2 + close + 1))
    }

    /// `<https://…>`
    fn pointed(&mut self) -> bool {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let Some(end) = rest.bytes().take(LINK_URL).position(|b| b == b'>' || b <= b' ') else {
            return false;
        };
        let url = rest.get(..end).unwrap_or_default();
        if rest.as_bytes().get(end) != Some(&b'>') || Target::parse(url).is_none() {
            return false;
        }
        let link = self.guard(url, url);
        self.push_link(link);
        self.at += end + 2;
        true
    }

    /// An address that stands in the text as it is.
    fn bare(&mut self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.byte(at));
        let rest = self.text.get(self.at..).unwrap_or_default();
        let head = rest.get(..8).unwrap_or_default().to_ascii_lowercase();
        if before.is_some_and(|b| b.is_ascii_alphanumeric())
            || !(head.starts_with("http://") || head == "https://")
        {
            return false;
        }
        let stops = |b: &u8| !b.is_ascii_graphic() || b"<>\"`*|\\".contains(b);
        let length = rest.bytes().take(LINK_URL).position(|b| stops(&b)).unwrap_or(rest.len());
        let url = rest.get(..length).unwrap_or_default();
        let mut url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ']', '_']);
        if !url.contains('(') {
            url = url.trim_end_matches(')');
        }
        if Target::parse(url).is_none() {
            return false;
        }
        let link = self.guard(url, url);
        self.push_link(link);
        self.at += url.len();
        true
    }

    /// A link, or its words alone where the address is refused, or words and address as text
    /// where a placeholder stands in one of them.
    fn guard(&self, text: &str, url: &str) -> Inline {
        let Some(target) = Target::parse(url) else { return Inline::Text(text.into()) };
        if (self.guarded)(text) || (self.guarded)(url) {
            return Inline::Text(text.into());
        }
        let text = text.trim();
        let words: &str = if text.is_empty() { url } else { text };
        let says_it = words == url || words.eq_ignore_ascii_case(&target.host);
        Inline::Link {
            text: words.into(),
            url: target.url,
            host: (!says_it).then_some(target.host),
        }
    }

    fn push_link(&mut self, link: Inline) {
        match link {
            Inline::Text(text) => self.push_text(&text),
            other => self.push(other),
        }
    }
}

/// Where a run of just so many backticks begins.
fn find_run(text: &str, run: usize) -> Option<usize> {
    let mut length = 0;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte == b'`' {
            length += 1;
        } else if length == run {
            return Some(at - run);
        } else {
            length = 0;
        }
    }
    None
}

/// Appends text to the piece of text that stands last, so that a placeholder is never cut in two.
fn add_text(pieces: &mut Vec<Inline>, text: &str) {
    if let Some(Inline::Text(last)) = pieces.last_mut() {
        last.push_str(text);
    } else if !text.is_empty() {
        pieces.push(Inline::Text(text.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<Inline> {
        parse(line, false, &|text| text.contains("[EMAIL_1]"))
    }

    fn text(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    fn link(text: &str, url: &str, host: Option<&str>) -> Inline {
        Inline::Link { text: text.into(), url: url.into(), host: host.map(Into::into) }
    }

    #[test]
    fn reads_emphasis_and_code() {
        assert_eq!(
            read("a **b *c*** `d*e*` snake_case_name _f_ \\*g\\* 2 * 3"),
            [
                text("a "),
                Inline::Strong(vec![text("b "), Inline::Emphasis(vec![text("c")])]),
                text(" "),
                Inline::Code("d*e*".into()),
                text(" snake_case_name "),
                Inline::Emphasis(vec![text("f")]),
                text(" *g* 2 * 3"),
            ]
        );
    }

    #[test]
    fn code_ends_at_a_run_of_the_same_length() {
        let code = |text: &str| Inline::Code(text.into());
        assert_eq!(read("`` a`b `` c"), [code(" a`b "), text(" c")]);
        assert_eq!(read("`a"), [text("`a")]);
    }

    #[test]
    fn what_is_open_at_the_end_is_text_unless_more_is_to_come() {
        assert_eq!(read("**a"), [text("**a")]);
        assert_eq!(parse("**a", true, &|_| false), [Inline::Strong(vec![text("a")])]);
        assert_eq!(parse("**", true, &|_| false), [text("**")]);
    }

    #[test]
    fn reads_links_and_shows_their_host() {
        assert_eq!(
            read("[us](https://shop.example/x \"t\"), <https://a.example>, https://b.example/c."),
            [
                link("us", "https://shop.example/x", Some("shop.example")),
                text(", "),
                link("https://a.example", "https://a.example", None),
                text(", "),
                link("https://b.example/c", "https://b.example/c", None),
                text("."),
            ]
        );
    }

    #[test]
    fn a_refused_address_leaves_its_words() {
        assert_eq!(read("[click](javascript:alert(1)) b"), [text("click b")]);
        assert_eq!(read("<javascript:x>"), [text("<javascript:x>")]);
        assert_eq!(read("a <img src=x onerror=y> b"), [text("a <img src=x onerror=y> b")]);
    }

    #[test]
    fn an_image_is_its_description() {
        assert_eq!(read("![a cat](https://evil.example/?x)"), [text("a cat")]);
    }

    #[test]
    fn a_link_or_code_with_a_placeholder_is_text() {
        for line in [
            "[a](https://evil.example/?[EMAIL_1])",
            "[[EMAIL_1]](https://evil.example/)",
            "<https://evil.example/[EMAIL_1]>",
            "https://evil.example/?q=[EMAIL_1]&r",
            "`[EMAIL_1]`",
            "**[x [EMAIL_1] y](https://evil.example)**",
        ] {
            let pieces = read(line);
            assert!(no_link(&pieces), "{line}: {pieces:?}");
        }
    }

    fn no_link(pieces: &[Inline]) -> bool {
        pieces.iter().all(|piece| match piece {
            Inline::Link { url, .. } => !url.contains("EMAIL") && !url.contains('['),
            Inline::Code(_) => false,
            Inline::Strong(inner) | Inline::Emphasis(inner) => no_link(inner),
            Inline::Text(_) | Inline::Break => true,
        })
    }

    #[test]
    fn a_placeholder_stays_in_one_piece() {
        assert_eq!(read("to [EMAIL_1], [EMAIL_2]"), [text("to [EMAIL_1], [EMAIL_2]")]);
    }

    /// Each of these is quadratic in a parser that looks ahead without a bound.
    #[test]
    fn hostile_lines_take_linear_time_and_stay_flat() {
        for unit in [
            "[", "![", "](", "`", "`` ` ", "**a ", "*a_b ", "<", "<h", "https://", "\\", "[a](",
            "_a*b_ ",
        ] {
            let line = unit.repeat(20_000 / unit.len());
            let pieces = read(&line);
            assert!(pieces.iter().map(depth).max().unwrap_or(0) <= DEPTH, "{unit}");
        }
    }

    fn depth(piece: &Inline) -> usize {
        match piece {
            Inline::Strong(inner) | Inline::Emphasis(inner) => {
                1 + inner.iter().map(depth).max().unwrap_or(0)
            }
            _ => 0,
        }
    }
}
