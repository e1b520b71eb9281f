//! The edge's pass: what it finds becomes an unnumbered placeholder that is never restored.

use super::placeholder::write;
use super::{Counts, Finding, Policy, detect};
use core::fmt;

/// Text that the scrubber has read. A session, a provider, storage and a log line accept nothing
/// else, and only this module makes one. It may still be personal data: names stay.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Scrubbed(String);

impl Scrubbed {
    /// Text that comes out of storage, where it was put as `Scrubbed`. For nothing else: text
    /// from anywhere else goes through [`scrub_for_edge`].
    #[must_use]
    pub const fn from_storage(text: String) -> Self {
        Self(text)
    }

    pub(super) const fn from_scrubber(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be stored or sent.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the next piece of the same stream. Pieces of different texts are not joined this way:
    /// half a number at the end of one and half at the start of another would become one.
    pub fn append(&mut self, next: &Self) {
        self.0.push_str(&next.0);
    }

    /// Cuts off what stands before a place and gives it; nothing where no character begins there.
    #[must_use]
    pub fn take_before(&mut self, place: usize) -> Self {
        let Some((before, rest)) = self.0.split_at_checked(place) else { return Self::default() };
        if rest.is_empty() {
            return core::mem::take(self);
        }
        let (before, rest) = (before.to_owned(), rest.to_owned());
        self.0 = rest;
        Self(before)
    }

    /// The text with a backslash before each of these places, which are in order: a backslash hides
    /// a sign from a reader of Markdown, and nothing from a reader of words.
    #[must_use]
    pub fn escaped_at(&self, places: &[usize]) -> Self {
        let mut escaped = String::with_capacity(self.0.len() + places.len());
        let mut from = 0;
        for place in places {
            escaped.push_str(self.0.get(from..*place).unwrap_or_default());
            escaped.push('\\');
            from = *place;
        }
        escaped.push_str(self.0.get(from..).unwrap_or_default());
        Self(escaped)
    }
}

impl fmt::Debug for Scrubbed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubbed({} bytes)", self.0.len())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Scrubbed {
    /// The text itself.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Replaces what `policy` wants found. Placeholders that are in the text already, numbered or
/// not, stay as they are.
#[must_use]
pub fn scrub_for_edge(text: &str, policy: &Policy) -> (Scrubbed, Counts) {
    let mut counts = Counts::default();
    let mut scrubbed = String::with_capacity(text.len());
    replace(text, 0, text.len(), &detect(text, policy), &mut scrubbed, &mut counts);
    (Scrubbed(scrubbed), counts)
}

/// Writes `text[from..to]` with the findings in it replaced.
pub(super) fn replace(
    text: &str,
    from: usize,
    to: usize,
    findings: &[Finding],
    into: &mut String,
    counts: &mut Counts,
) {
    let mut at = from;
    for finding in findings {
        into.push_str(text.get(at..finding.start).unwrap_or_default());
        write(finding.category, None, into);
        counts.count(finding.category);
        at = finding.end;
    }
    into.push_str(text.get(at..to).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::Category;

    fn edge(text: &str) -> String {
        scrub_for_edge(text, &Policy::chat()).0.into_string()
    }

    #[test]
    fn finds_become_unnumbered_placeholders() {
        let (text, counts) = scrub_for_edge(
            "I am jane@example.com, jim@example.com or +49 30 1234567.",
            &Policy::chat(),
        );
        assert_eq!(text.as_str(), "I am [EMAIL], [EMAIL] or [PHONE].");
        assert_eq!((counts.get(Category::Email), counts.get(Category::Phone)), (2, 1));
        assert_eq!(counts.total(), 3);
    }

    #[test]
    fn placeholders_pass_unchanged() {
        for text in ["[EMAIL_1] and [PHONE]", "[=EMAIL_1] [==PHONE_12]", "[CARD_99999]"] {
            assert_eq!(edge(text), text);
        }
    }

    #[test]
    fn a_scrubbed_text_can_be_cut_and_escaped() {
        let mut text = Scrubbed::from_storage("aä[b]".into());
        assert_eq!(text.escaped_at(&[3, 5]).as_str(), "aä\\[b\\]");
        assert_eq!(text.take_before(2).as_str(), "", "within a character");
        assert_eq!((text.take_before(3).as_str(), text.as_str()), ("aä", "[b]"));
        assert_eq!((text.take_before(3).as_str(), text.as_str()), ("[b]", ""));
    }

    #[test]
    fn debug_prints_no_text() {
        let (text, counts) = scrub_for_edge("Jane, jane@example.com", &Policy::chat());
        assert_eq!(format!("{text:?} {counts:?}"), "Scrubbed(13 bytes) {\"EMAIL\": 1}");
    }
}
