//! From the tree to nodes. Only here, and only in text nodes, are values put back.

use sotto_shared::pii::{PlaceholderMap, Segment, segments};

use super::{Block, Inline, Item};
use crate::dom::{El, el, text};

/// What a text needs to become nodes.
pub(crate) struct Renderer<'a> {
    /// The values behind the placeholders.
    pub(crate) map: &'a PlaceholderMap,
    /// Told with every link, for screen readers: that it opens a new window.
    pub(crate) opens_window: &'a str,
}

impl Renderer<'_> {
    /// Brings `parent` from the blocks it shows to the new ones. What a growing reply has already
    /// shown stays in place, and with it a visitor's selection; as a rule only the last block is
    /// drawn again.
    pub(crate) fn update(&self, parent: &El, shown: &mut Vec<Block>, blocks: Vec<Block>) {
        let same = shown.iter().zip(&blocks).take_while(|(old, new)| old == new).count();
        while parent.child_element_count() as usize > same {
            if let Some(last) = parent.last_element_child() {
                last.remove();
            }
        }
        for block in blocks.iter().skip(same) {
            parent.put(&self.block(block));
        }
        *shown = blocks;
    }

    fn block(&self, block: &Block) -> El {
        match block {
            Block::Paragraph(pieces) => self.line(el("p"), pieces),
            Block::Heading(pieces) => self.line(el("p.head"), pieces),
            Block::Code(code) => el("pre|tabindex=0").add(&text("code", code)),
            Block::Rule => el("hr"),
            Block::Quote(blocks) => {
                let quote = el("blockquote");
                for block in blocks {
                    quote.put(&self.block(block));
                }
                quote
            }
            Block::List(items) => self.list(items, 0),
        }
    }

    /// The list that begins with the first of `items`, and the deeper ones inside its items.
    fn list(&self, items: &[Item], depth: u8) -> El {
        let number = items.first().and_then(|item| item.number);
        let list = el(if number.is_some() { "ol" } else { "ul" });
        if let Some(number) = number {
            list.set("start", &crate::texts::decimal(number.into()));
        }
        let mut rest = items;
        while let Some((item, after)) = rest.split_first() {
            let inner = after.iter().take_while(|item| item.depth > depth).count();
            let (inner, after) = after.split_at(inner);
            let line = self.line(el("li"), &item.text);
            if !inner.is_empty() {
                line.put(&self.list(inner, depth + 1));
            }
            list.put(&line);
            rest = after;
        }
        list
    }

    fn line(&self, parent: El, pieces: &[Inline]) -> El {
        for piece in pieces {
            match piece {
                Inline::Text(words) => values(&parent, words, self.map),
                Inline::Strong(inner) => parent.put(&self.line(el("strong"), inner)),
                Inline::Emphasis(inner) => parent.put(&self.line(el("em"), inner)),
                Inline::Code(code) => parent.put(&text("code", code)),
                Inline::Break => parent.put(&el("br")),
                Inline::Link { text: words, url, host } => {
                    parent.put(&link(words, url, self.opens_window));
                    if let Some(host) = host {
                        parent.put(&text("span.host", host));
                    }
                }
            }
        }
        parent
    }
}

/// A link to another site: it learns neither the page nor the window it came from.
pub(crate) fn link(words: &str, url: &str, opens_window: &str) -> El {
    const LINK: &str =
        "a|target=_blank|rel=noopener noreferrer nofollow ugc|referrerpolicy=no-referrer";
    text(LINK, words).with("href", url).add(&text("span.unseen", opens_window))
}

/// Appends a text with its values put back, each marked as one that only this window knows.
pub(crate) fn values(parent: &El, words: &str, map: &PlaceholderMap) {
    for segment in segments(words, map) {
        match segment {
            Segment::Text(words) => parent.put_text(words),
            Segment::Value { placeholder, value, .. } => {
                parent.put(&text("span.value", value).with("title", placeholder));
            }
            Segment::Unknown { placeholder, .. } => parent.put(&text("span.value", placeholder)),
        }
    }
}
