//! The written form of a placeholder: `[EMAIL_1]` in the browser's text, `[EMAIL]` at the edge.
//!
//! **What counts as one.** `[`, a label of the table of categories, at most one space, `_` or `-`,
//! at most five digits, `]`. Case does not count and a space may stand inside either bracket, so
//! that a model which writes `[email 1]`, `[ EMAIL_1 ]` or `[Email-1]` is still understood. The
//! brackets are required; anything else is ordinary text.
//!
//! **What a visitor types** in that form is sent with a `=` after the bracket: `[EMAIL_1]` as
//! `[=EMAIL_1]`, `[=EMAIL_1]` as `[==EMAIL_1]`. Such a text is never restored, and it is shown
//! with one `=` less: as it was typed. Detectors take brackets for the end of any value, so the
//! edge leaves both forms as they are.
//!
//! **In a reply that is still coming** a placeholder may be split over chunks. The widget always
//! renders the whole text so far, so [`segments`] sees it whole in the end; until then
//! [`stable_len`] says how much may be shown. A link's target or code is shown as it stands: only
//! text nodes go through `segments`.

use super::category::LABELS;
use super::fold::byte;
use super::{Category, PlaceholderMap};
use crate::json::write_number;

/// A longer unfinished placeholder at the end of a growing text is not waited for.
const MAX_HELD_BACK: usize = 64;

const MAX_NUMBER_DIGITS: usize = 5;

/// A part of a text with placeholders in it. Values may be shown in text nodes alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Ordinary text, shown as it is.
    Text(&'a str),
    /// A placeholder whose value is known here.
    Value {
        /// As it stands in the text.
        placeholder: &'a str,
        /// Its category.
        category: Category,
        /// What the visitor typed.
        value: &'a str,
    },
    /// A placeholder without a value: one of the edge's, or one that the model made up.
    Unknown {
        /// As it stands in the text.
        placeholder: &'a str,
        /// Its category.
        category: Category,
    },
}

impl core::fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Value { placeholder, .. } => write!(f, "Value({placeholder})"),
            Self::Unknown { placeholder, .. } => write!(f, "Unknown({placeholder})"),
        }
    }
}

/// Cuts `text` into ordinary text and placeholders. The parts, with each value put back and each
/// escape undone, are what the visitor should read.
#[must_use]
pub fn segments<'a>(text: &'a str, map: &'a PlaceholderMap) -> Segments<'a> {
    Segments { text, map, at: 0 }
}

/// The parts of a text: see [`segments`].
#[derive(Clone)]
pub struct Segments<'a> {
    text: &'a str,
    map: &'a PlaceholderMap,
    at: usize,
}

impl core::fmt::Debug for Segments<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Segments at {} of {}", self.at, self.text.len())
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut at = start;
        while at < bytes.len() {
            let Some(found) = parse(bytes, at) else {
                at += 1;
                continue;
            };
            if found.escapes > 0 {
                // Everything up to and with the bracket is text; one sign is left out.
                self.at = found.first_escape + 1;
                return Some(Segment::Text(self.text.get(start..found.first_escape)?));
            }
            if at > start {
                self.at = at;
                return Some(Segment::Text(self.text.get(start..at)?));
            }
            self.at = found.end;
            let placeholder = self.text.get(at..found.end)?;
            let category = found.category;
            return Some(match found.number.and_then(|number| self.map.value(category, number)) {
                Some(value) => Segment::Value { placeholder, category, value },
                None => Segment::Unknown { placeholder, category },
            });
        }
        self.at = bytes.len();
        Some(Segment::Text(self.text.get(start..)?))
    }
}

/// `text` with every known value put back and every escape undone: what the visitor reads, as
/// plain text. It holds personal data and belongs on the visitor's screen or clipboard only.
#[must_use]
pub fn restore(text: &str, map: &PlaceholderMap) -> String {
    let mut restored = String::with_capacity(text.len());
    for segment in segments(text, map) {
        restored.push_str(match segment {
            Segment::Text(text) => text,
            Segment::Value { value, .. } => value,
            Segment::Unknown { placeholder, .. } => placeholder,
        });
    }
    restored
}

/// How many bytes of a text that is still growing may be shown: an unfinished placeholder at its
/// end, `[EMA`, is held back so that it does not flash.
#[must_use]
pub fn stable_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let Some(open) = bytes.iter().rposition(|byte| *byte == b'[') else { return bytes.len() };
    let is_short = bytes.len() - open <= MAX_HELD_BACK;
    if is_short && could_become_one(bytes, open) { open } else { bytes.len() }
}

/// Something that reads as a placeholder.
pub(super) struct Parsed {
    pub(super) category: Category,
    pub(super) number: Option<u32>,
    /// How many `=` follow the bracket.
    pub(super) escapes: usize,
    /// Where the first of them is, or would be put.
    pub(super) first_escape: usize,
    /// The byte after the closing bracket.
    pub(super) end: usize,
}

/// Reads a placeholder, escaped or not, at `at`.
pub(super) fn parse(bytes: &[u8], at: usize) -> Option<Parsed> {
    if byte(bytes, at) != b'[' {
        return None;
    }
    let first_escape = at + 1;
    let mut end = first_escape;
    while byte(bytes, end) == b'=' {
        end += 1;
    }
    let escapes = end - first_escape;
    end = skip(bytes, end, b" ");
    let (category, after_label) = label_at(bytes, end)?;
    end = skip(bytes, after_label, b" _-");
    let digits = end;
    let mut number = 0;
    while end < digits + MAX_NUMBER_DIGITS && byte(bytes, end).is_ascii_digit() {
        number = number * 10 + u32::from(byte(bytes, end) - b'0');
        end += 1;
    }
    let number = (end > digits).then_some(number);
    end = skip(bytes, end, b" ");
    (byte(bytes, end) == b']').then_some(Parsed {
        category,
        number,
        escapes,
        first_escape,
        end: end + 1,
    })
}

/// `[LABEL]` or `[LABEL_n]`.
pub(super) fn write(category: Category, number: Option<u32>, into: &mut String) {
    into.push('[');
    into.push_str(category.label());
    if let Some(number) = number {
        into.push('_');
        write_number(into, number);
    }
    into.push(']');
}

/// The longest label that `bytes` continue with.
fn label_at(bytes: &[u8], at: usize) -> Option<(Category, usize)> {
    let mut longest: Option<(Category, usize)> = None;
    for (category, label) in &LABELS {
        let end = at + label.len();
        let matches =
            label.bytes().zip(at..).all(|(letter, place)| is_same(letter, byte(bytes, place)));
        if matches && longest.is_none_or(|(_, longest)| end > longest) {
            longest = Some((*category, end));
        }
    }
    longest
}

/// A label's letter and what stands in the text; within a label `_` may be written as a space.
fn is_same(letter: u8, written: u8) -> bool {
    letter == written.to_ascii_uppercase() || (letter == b'_' && matches!(written, b' ' | b'-'))
}

/// One byte of `any`, if there is one.
fn skip(bytes: &[u8], at: usize, any: &[u8]) -> usize {
    if any.contains(&byte(bytes, at)) { at + 1 } else { at }
}

/// Whether more text could make a placeholder of what starts at `open` and reaches the end.
fn could_become_one(bytes: &[u8], open: usize) -> bool {
    let mut at = open + 1;
    while byte(bytes, at) == b'=' {
        at += 1;
    }
    at = skip(bytes, at, b" ");
    if at >= bytes.len() {
        return true;
    }
    if let Some((_, after_label)) = label_at(bytes, at) {
        let tail = skip(bytes, after_label, b" _-");
        let digits = bytes.iter().skip(tail).take_while(|byte| byte.is_ascii_digit()).count();
        let end = skip(bytes, tail + digits.min(MAX_NUMBER_DIGITS), b" ");
        if end >= bytes.len() {
            return true;
        }
    }
    LABELS.iter().any(|(_, label)| {
        bytes.len() - at < label.len()
            && label
                .bytes()
                .zip(bytes.iter().skip(at))
                .all(|(letter, written)| is_same(letter, *written))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PlaceholderMap {
        let mut map = PlaceholderMap::new();
        super::super::scrub_for_browser(
            "jane@example.com +49 30 1234567",
            &super::super::Policy::chat(),
            &mut map,
        );
        map
    }

    fn show(text: &str) -> String {
        segments(text, &map())
            .map(|segment| match segment {
                Segment::Text(text) => text.to_owned(),
                Segment::Value { value, .. } => format!("<{value}>"),
                Segment::Unknown { placeholder, .. } => format!("?{placeholder}?"),
            })
            .collect()
    }

    #[test]
    fn placeholders_are_put_back() {
        assert_eq!(
            show("Hi [EMAIL_1], call [PHONE_1]."),
            "Hi <jane@example.com>, call <+49 30 1234567>."
        );
        assert_eq!(show("[EMAIL_1][EMAIL_1]"), "<jane@example.com><jane@example.com>");
        assert_eq!(show("[[EMAIL_1]]"), "[<jane@example.com>]");
        assert_eq!(show(""), "");
    }

    #[test]
    fn a_model_may_alter_a_placeholder_slightly() {
        for text in ["[email_1]", "[Email 1]", "[ EMAIL_1 ]", "[EMAIL-1]", "[EMAIL1]", "[EMAIL_01]"]
        {
            assert_eq!(show(text), "<jane@example.com>", "{text}");
        }
        for text in [
            "EMAIL_1",
            "[EMAIL_1",
            "EMAIL_1]",
            "(EMAIL_1)",
            "[E-MAIL_1]",
            "[EMAIL__1]",
            "[EMAIL_1 a]",
            "[EMAIL_100001]",
            "[EMAILS_1]",
            "[NAME_1]",
        ] {
            assert_eq!(show(text), text, "{text}");
        }
    }

    #[test]
    fn unknown_placeholders_stay() {
        assert_eq!(show("[EMAIL_2] [PHONE] [CARD_1]"), "?[EMAIL_2]? ?[PHONE]? ?[CARD_1]?");
    }

    #[test]
    fn escapes_are_undone_and_never_restored() {
        assert_eq!(show("[=EMAIL_1]"), "[EMAIL_1]");
        assert_eq!(show("[==EMAIL_1]"), "[=EMAIL_1]");
        assert_eq!(show("a [=EMAIL_1] b [EMAIL_1] [=x]"), "a [EMAIL_1] b <jane@example.com> [=x]");
    }

    #[test]
    fn an_unfinished_placeholder_is_held_back() {
        for tail in [
            "[",
            "[E",
            "[EMA",
            "[email",
            "[EMAIL_",
            "[EMAIL_1",
            "[EMAIL_1 ",
            "[ E",
            "[=",
            "[=EMAIL_12",
            "[iban 1",
        ] {
            assert_eq!(stable_len(&format!("Hello {tail}")), 6, "{tail}");
        }
        for tail in ["[EMAIL_1]", "[x", "[EMAILS", "[EMAIL_123456", "[1]", "[a](b", "E"] {
            let text = format!("Hello {tail}");
            assert_eq!(stable_len(&text), text.len(), "{tail}");
        }
        let endless = format!("[{}", "=".repeat(100));
        assert_eq!(stable_len(&endless), endless.len());
    }

    #[test]
    fn debug_prints_no_value() {
        let map = map();
        let parts: Vec<_> = segments("Hi [EMAIL_1]", &map).collect();
        assert_eq!(format!("{parts:?}"), "[Text(3 bytes), Value([EMAIL_1])]");
    }
}
