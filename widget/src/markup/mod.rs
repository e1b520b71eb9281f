//! A small Markdown: what a model writes becomes a tree, and the tree becomes nodes.
//!
//! Paragraphs, headings, lists, quotes, rules, code, emphasis and links. Everything else is text:
//! HTML is text, an image is its description, a table is its lines. Nothing is fetched, and no
//! markup is parsed by the browser.
//!
//! [`parse`] is linear in the length of the text and never fails.

mod block;
mod inline;
mod link;
mod render;

pub(crate) use block::{Block, parse};
pub(crate) use link::Target;
pub(crate) use render::{Renderer, link, values};

use block::Item;
use inline::Inline;
