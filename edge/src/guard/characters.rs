//! Characters that have no business in a chat: they hide text from a reader, or turn it around.

use std::borrow::Cow;

/// The text without control characters, embeddings and overrides of direction, tags and other
/// characters that are not seen. Joiners and marks of direction stay: scripts need them.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    keep(text, is_plain)
}

/// The same of a model's words, but for all variation selectors: the marks that say where a text
/// comes from are made of them, and a mark is not for us to remove.
pub(crate) fn spoken(text: &str) -> Cow<'_, str> {
    keep(text, |c| is_plain(c) || matches!(c, '\u{e0100}'..='\u{e01ef}'))
}

fn keep(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&stays) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| stays(*c)).collect())
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

    #[test]
    fn marks_of_origin_stay_in_what_a_model_says() {
        let marked = "A\u{fe0e}\u{e0100}\u{e01ef} text";
        assert_eq!(spoken(marked), marked);
        assert_eq!(plain(marked), "A\u{fe0e} text");
        assert_eq!(spoken("a\u{202e}b\u{200b}c\u{e0041}"), "abc");
    }
}
