//! Blocks: paragraphs, headings, lists, quotes, code.

use super::inline::{self, Inline};

/// A block of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// Lines that belong together.
    Paragraph(Vec<Inline>),
    /// A heading; its level does not show, since it stands within a bubble.
    Heading(Vec<Inline>),
    /// The items of a list and of the lists within it, in the order of the text.
    List(Vec<Item>),
    /// Somebody else's words.
    Quote(Vec<Self>),
    /// Text that stays as it is.
    Code(String),
    /// A line across.
    Rule,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// 0 for the outermost list.
    pub(crate) depth: u8,
    /// The number, in a numbered list.
    pub(crate) number: Option<u32>,
    /// What it says.
    pub(crate) text: Vec<Inline>,
}

/// Lists and quotes within each other: deeper ones are drawn as if they were of this depth.
const DEPTH: u8 = 4;

/// Reads a text. `growing` says that more is to come, so that what is open at its end counts as
/// closed; `guarded` tells which texts hold a placeholder, which no link or code may carry.
pub(crate) fn parse(text: &str, growing: bool, guarded: &dyn Fn(&str) -> bool) -> Vec<Block> {
    Parser { growing, guarded }.blocks(text, DEPTH)
}

struct Parser<'a> {
    growing: bool,
    guarded: &'a dyn Fn(&str) -> bool,
}

/// What a line is, seen alone.
enum Line<'a> {
    Blank,
    Fence(&'a str),
    Heading(&'a str),
    Rule,
    Quote(&'a str),
    Item { indent: usize, number: Option<u32>, text: &'a str },
    Text(&'a str),
}

impl Parser<'_> {
    fn blocks(&self, text: &str, depth: u8) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            match classify(line) {
                Line::Blank => {}
                Line::Rule => blocks.push(Block::Rule),
                Line::Heading(text) => blocks.push(Block::Heading(self.inline(text))),
                Line::Fence(fence) => {
                    let mut code = String::new();
                    for line in lines.by_ref() {
                        if line.trim() == fence {
                            break;
                        }
                        push_line(&mut code, line);
                    }
                    blocks.push(if (self.guarded)(&code) {
                        Block::Paragraph(inline::plain(&code))
                    } else {
                        Block::Code(code)
                    });
                }
                Line::Quote(text) => {
                    let mut inner = String::from(text);
                    while let Some(Line::Quote(text)) = lines.peek().map(|line| classify(line)) {
                        push_line(&mut inner, text);
                        lines.next();
                    }
                    blocks.push(if depth == 0 {
                        Block::Paragraph(self.inline(&inner))
                    } else {
                        Block::Quote(self.blocks(&inner, depth - 1))
                    });
                }
                Line::Item { indent, number, text } => {
                    let mut list = List::default();
                    list.start(indent, number, text);
                    while let Some(line) = lines.peek() {
                        match classify(line) {
                            Line::Item { indent, number, text } => list.start(indent, number, text),
                            Line::Text(text) => list.go_on(text),
                            // A blank line ends the list unless another item follows it.
                            Line::Blank => {}
                            Line::Fence(_) | Line::Heading(_) | Line::Rule | Line::Quote(_) => {
                                break;
                            }
                        }
                        let blank = line.trim().is_empty();
                        lines.next();
                        let more = lines.peek().map(|line| classify(line));
                        if blank && !matches!(more, Some(Line::Item { .. })) {
                            break;
                        }
                    }
                    blocks.push(Block::List(list.items(self)));
                }
                Line::Text(text) => {
                    let mut paragraph = String::from(text);
                    while let Some(Line::Text(text)) = lines.peek().map(|line| classify(line)) {
                        push_line(&mut paragraph, text);
                        lines.next();
                    }
                    blocks.push(Block::Paragraph(self.inline(&paragraph)));
                }
            }
        }
        blocks
    }

    fn inline(&self, text: &str) -> Vec<Inline> {
        inline::parse(text, self.growing, self.guarded)
    }
}

/// The items of a list while its lines are read.
#[derive(Default)]
struct List {
    /// Indentation at which each open list began.
    indents: Vec<usize>,
    items: Vec<(u8, Option<u32>, String)>,
}

impl List {
    fn start(&mut self, indent: usize, number: Option<u32>, text: &str) {
        while self.indents.len() > 1 && self.indents.last().is_some_and(|open| *open > indent) {
            self.indents.pop();
        }
        let deeper = self.indents.last().is_none_or(|open| indent > open + 1);
        if deeper && self.indents.len() <= usize::from(DEPTH) {
            self.indents.push(indent);
        }
        let depth = self.indents.len().saturating_sub(1) as u8;
        self.items.push((depth, number, text.into()));
    }

    fn go_on(&mut self, text: &str) {
        if let Some((_, _, item)) = self.items.last_mut() {
            push_line(item, text);
        }
    }

    fn items(self, parser: &Parser<'_>) -> Vec<Item> {
        self.items
            .into_iter()
            .map(|(depth, number, text)| Item { depth, number, text: parser.inline(&text) })
            .collect()
    }
}

fn push_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

fn classify(line: &str) -> Line<'_> {
    let text = line.trim();
    let Some(first) = text.bytes().next() else { return Line::Blank };
    match first {
        b'`' if text.starts_with("```") => return Line::Fence("```"),
        b'~' if text.starts_with("~~~") => return Line::Fence("~~~"),
        b'#' => {
            let title = text.trim_start_matches('#');
            if text.len() - title.len() <= 6 && title.starts_with(' ') {
                return Line::Heading(title.trim().trim_end_matches('#').trim_end());
            }
        }
        b'>' => return Line::Quote(text.get(1..).unwrap_or_default().trim_start()),
        b'-' | b'*' | b'_' if is_rule(text, first) => return Line::Rule,
        _ => {}
    }
    match marker(text) {
        Some((number, text)) => {
            Line::Item { indent: line.len() - line.trim_start().len(), number, text }
        }
        None => Line::Text(text),
    }
}

fn is_rule(text: &str, mark: u8) -> bool {
    text.len() >= 3 && text.bytes().all(|b| b == mark || b == b' ') && !text.starts_with("* *")
}

/// `- text`, `* text`, `+ text`, `1. text`, `1) text`.
fn marker(text: &str) -> Option<(Option<u32>, &str)> {
    if let Some(rest) = text.strip_prefix(['-', '*', '+']) {
        return rest.strip_prefix(' ').map(|rest| (None, rest.trim_start()));
    }
    let digits = text.bytes().take(9).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    let mut digits = number.bytes().map(|digit| u32::from(digit - b'0'));
    let number = digits.next()?;
    // Nine digits at most, so that it cannot overflow.
    let number = digits.fold(number, |number, digit| number * 10 + digit);
    let rest = rest.strip_prefix(['.', ')'])?.strip_prefix(' ')?;
    Some((Some(number), rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Block> {
        parse(text, false, &|text| text.contains("[EMAIL_1]"))
    }

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.into())]
    }

    fn item(depth: u8, number: Option<u32>, words: &str) -> Item {
        Item { depth, number, text: text(words) }
    }

    #[test]
    fn reads_the_blocks() {
        let blocks = read(
            "## Delivery ##\nTwo\n\n> quoted\n> - a\n\n---\n```rust\nlet a = 1;\n\n# b\n```\nend",
        );
        assert_eq!(
            blocks,
            [
                Block::Heading(text("Delivery")),
                Block::Paragraph(text("Two")),
                Block::Quote(vec![
                    Block::Paragraph(text("quoted")),
                    Block::List(vec![item(0, None, "a")]),
                ]),
                Block::Rule,
                Block::Code("let a = 1;\n\n# b".into()),
                Block::Paragraph(text("end")),
            ]
        );
    }

    #[test]
    fn reads_lists_within_lists() {
        let blocks = read("- a\n  1. b\n  2. c\n\n- d\ngoes on\n\nafter");
        assert_eq!(
            blocks,
            [
                Block::List(vec![
                    item(0, None, "a"),
                    item(1, Some(1), "b"),
                    item(1, Some(2), "c"),
                    Item {
                        depth: 0,
                        number: None,
                        text: vec![
                            Inline::Text("d".into()),
                            Inline::Break,
                            Inline::Text("goes on".into()),
                        ],
                    },
                ]),
                Block::Paragraph(text("after")),
            ]
        );
    }

    #[test]
    fn code_with_a_placeholder_is_text() {
        assert_eq!(read("```\n<a>[EMAIL_1]\n```"), [Block::Paragraph(text("<a>[EMAIL_1]"))]);
    }

    #[test]
    fn an_open_fence_is_code_to_the_end() {
        assert_eq!(read("```\na\n"), [Block::Code("a".into())]);
        assert_eq!(read("```"), [Block::Code(String::new())]);
    }

    #[test]
    fn hostile_texts_stay_small_and_flat() {
        for hostile in [
            ">".repeat(50_000),
            "> ".repeat(50_000),
            (0..2_000).map(|n| " ".repeat(n % 40) + "- x\n").collect(),
            "- ".repeat(50_000),
            "#".repeat(50_000),
            "1".repeat(50_000) + ". x",
            "```\n".repeat(9_999),
        ] {
            let blocks = read(&hostile);
            let deepest = blocks.iter().map(depth).max().unwrap_or(0);
            assert!(deepest <= DEPTH + 1);
        }
    }

    fn depth(block: &Block) -> u8 {
        match block {
            Block::Quote(inner) => 1 + inner.iter().map(depth).max().unwrap_or(0),
            Block::List(items) => items.iter().map(|item| item.depth).max().unwrap_or(0),
            Block::Paragraph(_) | Block::Heading(_) | Block::Code(_) | Block::Rule => 0,
        }
    }
}
