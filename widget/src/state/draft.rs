//! What stands in the composer, read as it would be sent.

use sotto_shared::pii::{BrowserScrub, PlaceholderMap, scrub_for_browser};

use crate::settings::Settings;
use crate::texts::characters;

/// A message that has not been sent.
#[derive(Debug)]
pub(crate) struct Draft {
    /// What would be sent, and what is hidden in it. Empty when it was not read.
    pub(crate) scrubbed: BrowserScrub,
    /// Characters left up to the longest message, or how many there are too many.
    pub(crate) left: Result<usize, usize>,
}

impl Draft {
    /// Reads what was typed; what is hidden is added to `map`.
    ///
    /// A text that is too long in any script (a character has at most four bytes) is not searched:
    /// it cannot be sent, and somebody who pasted a book should still be able to type.
    pub(crate) fn read(typed: &str, settings: &Settings, map: &mut PlaceholderMap) -> Self {
        let typed = typed.trim();
        let most = settings.site.message_chars as usize;
        let mut scrubbed = BrowserScrub::default();
        let used = if typed.len() / 4 > most {
            characters(typed)
        } else {
            scrubbed = scrub_for_browser(typed, &settings.policy, map);
            characters(&scrubbed.text)
        };
        Self { scrubbed, left: most.checked_sub(used).ok_or(used.saturating_sub(most)) }
    }

    /// Whether there is nothing to send.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_ok() && self.scrubbed.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Draft {
        let fixture = include_str!("../../../shared/tests/fixtures/wire/site.json");
        let settings = Settings::read(fixture, "en", "").unwrap();
        assert_eq!(settings.site.message_chars, 4_000);
        Draft::read(typed, &settings, &mut PlaceholderMap::new())
    }

    #[test]
    fn what_counts_is_what_would_be_sent() {
        let draft = read(" I am jo.doe@private.example \n");
        assert_eq!(draft.scrubbed.text, "I am [EMAIL_1]");
        assert_eq!(draft.left, Ok(4_000 - 14));
        assert!(read(" \n ").is_empty());
        let draft = read(&"jo.doe@private.example ".repeat(400));
        assert_eq!((draft.left, draft.scrubbed.chips.len()), (Ok(1), 400));
    }

    #[test]
    fn a_text_that_is_too_long_says_by_how_much() {
        assert_eq!(read(&"a".repeat(4_000)).left, Ok(0));
        assert_eq!(read(&"é".repeat(4_003)).left, Err(3));
        assert!(!read(&"a".repeat(4_003)).is_empty());
    }

    /// Nothing may be sent of it, since nothing in it was hidden.
    #[test]
    fn a_book_is_not_searched_and_never_short_enough() {
        for (page, count) in [("jo@private.example ", 20_000), ("😀", 4_001), ("a", 16_004)] {
            let text = page.repeat(count);
            let draft = read(&text);
            assert!(draft.scrubbed.text.is_empty() && draft.scrubbed.chips.is_empty());
            assert!(!draft.is_empty());
            assert_eq!(draft.left, Err(text.trim().chars().count() - 4_000));
        }
        assert_eq!(read(&"😀".repeat(4_000)).left, Ok(0));
    }
}
