//! Characters that have no business in a chat: they hide text from a reader, or turn it around.

use std::borrow::Cow;

/// The text without control characters, embeddings and overrides of direction, tags and other
/// characters that are not seen. Joiners and marks of direction stay: scripts need them.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| is_plain(*c)).collect())
    }
}

/// The same of a model's words, which come in pieces, but for what a mark of their origin is made of
/// and what emoji need: a mark is not for us to remove.
///
/// All variation selectors stay, and so does a byte order mark before one, with which C2PA's marks in
/// texts begin; and so do the tags of a flag, as many as a flag has. What else is not seen goes, since a
/// text that a reader does not see is one that nobody watches over.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spoken {
    /// A byte order mark waits for a selector.
    has_mark: bool,
    /// How many more tags a flag may have.
    tags: u8,
}

/// Tags of the longest flag (`gbeng` and its end), and one more that longer codes would take.
const FLAG_TAGS: u8 = 7;

impl Spoken {
    /// What stays of the next piece.
    pub(crate) fn push<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t')) {
            if !text.is_empty() {
                *self = Self::default();
            }
            return Cow::Borrowed(text);
        }
        let mut kept = String::with_capacity(text.len());
        for c in text.chars() {
            let is_selector = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
            if core::mem::take(&mut self.has_mark) && is_selector {
                kept.push('\u{feff}');
            }
            match c {
                '\u{feff}' => self.has_mark = true,
                '\u{e0020}'..='\u{e007f}' => {
                    if self.tags > 0 {
                        kept.push(c);
                    }
                    self.tags = if c == '\u{e007f}' { 0 } else { self.tags.saturating_sub(1) };
                    continue;
                }
                c if is_selector || is_plain(c) => kept.push(c),
                _ => {}
            }
            self.tags = if c == '\u{1f3f4}' { FLAG_TAGS } else { 0 };
        }
        if kept == text { Cow::Borrowed(text) } else { Cow::Owned(kept) }
    }
}

/// Whether a character is none of those.
pub(crate) fn is_plain(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        // Soft hyphen, zero-width space, word joiner and invisible operators, byte order mark.
        '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => false,
        // Embeddings, overrides and isolates of direction.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => false,
        // Interlinear annotations and tags, in which whole sentences can be hidden.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_go_and_scripts_stay_whole() {
        assert_eq!(plain("a\u{202e}b\u{200b}c\u{7}d\u{e0041}\r\n"), "abcd\n");
        for text in [
            "नमस्ते\u{200d}",
            "می\u{200c}خواهم",
            "שלום\u{200f}!",
            "👩\u{200d}👩\u{200d}👧",
            "a\tb\nc",
        ] {
            assert!(matches!(plain(text), Cow::Borrowed(same) if same == text));
        }
    }

    /// What stays of a model's words, whole and letter by letter.
    fn spoken(text: &str) -> String {
        let whole = Spoken::default().push(text).into_owned();
        let mut spoken = Spoken::default();
        let pieces = text.chars().map(|c| spoken.push(&c.to_string()).into_owned());
        assert_eq!(pieces.collect::<String>(), whole, "{text:?}");
        whole
    }

    #[test]
    fn marks_of_origin_stay_in_what_a_model_says() {
        // C2PA's mark in a text: a byte order mark and bytes as selectors.
        let marked = "A\u{fe0e}\u{e0100}\u{e01ef} text.\u{feff}\u{fe03}\u{e0133}\u{e0140}\u{fe00}";
        assert_eq!(spoken(marked), marked);
        assert_eq!(plain(marked), "A\u{fe0e} text.\u{fe03}\u{fe00}");
    }

    #[test]
    fn what_languages_and_emoji_need_stays_in_what_a_model_says() {
        for text in [
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} won",
        ] {
            assert_eq!(spoken(text), text);
        }
    }

    #[test]
    fn words_that_are_not_seen_go_from_what_a_model_says() {
        for (text, wanted) in [
            ("a\u{202e}b\u{200b}c\u{e0041}", "abc"),
            ("a\u{2060}\u{2062}\u{2064}b\u{feff}c\u{feff}", "abc"),
            ("a\u{e0068}\u{e0069}\u{e007f}", "a"),
            // Behind a flag no more than a flag has.
            ("🏴\u{e0067}\u{e0062}\u{e007f}\u{e0068}", "🏴\u{e0067}\u{e0062}\u{e007f}"),
            ("🏴x\u{e0067}", "🏴x"),
        ] {
            assert_eq!(spoken(text), wanted);
        }
        let long: String = "🏴".chars().chain(core::iter::repeat_n('\u{e0061}', 50)).collect();
        assert_eq!(spoken(&long).chars().count(), 1 + usize::from(FLAG_TAGS));
    }
}
