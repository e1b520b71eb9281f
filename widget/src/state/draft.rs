//! What stands in the composer, read as it would be sent.

use sotto_shared::pii::{BrowserScrub, Finding, PlaceholderMap, scrub_found};

use crate::texts::characters;

/// A message that has not been sent.
#[derive(Debug)]
pub(crate) struct Draft {
    /// What would be sent, and what is hidden in it; `None` if it was not read.
    pub(crate) scrubbed: Option<BrowserScrub>,
    /// Characters left up to the longest message, or how many there are too many.
    pub(crate) left: Result<usize, usize>,
    /// Whether there is nothing to send.
    pub(crate) is_empty: bool,
}

impl Draft {
    /// Reads what was typed, which may have `most` characters; what is hidden is added to `map`.
    /// `find` finds that, or nothing can be said of the text.
    ///
    /// A text that is too long in any script (a character has at most four bytes) is not searched:
    /// it cannot be sent, and somebody who pasted a book should still be able to type.
    pub(crate) fn read(
        typed: &str,
        most: usize,
        mut find: impl FnMut(&str) -> Option<Vec<Finding>>,
        map: &mut PlaceholderMap,
    ) -> Self {
        let typed = typed.trim();
        let mut is_read = typed.len() / 4 <= most;
        let mut scrubbed = BrowserScrub::default();
        if is_read {
            let find = |text: &str| {
                let found = find(text);
                is_read &= found.is_some();
                found.unwrap_or_default()
            };
            scrubbed = scrub_found(typed, find, map);
        }
        let used = characters(if is_read { &scrubbed.text } else { typed });
        Self {
            scrubbed: is_read.then_some(scrubbed),
            left: most.checked_sub(used).ok_or(used.saturating_sub(most)),
            is_empty: typed.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::pii::{Policy, detect};

    use super::*;

    fn read(typed: &str) -> Draft {
        let find = |text: &str| Some(detect(text, &Policy::chat()));
        Draft::read(typed, 4_000, find, &mut PlaceholderMap::new())
    }

    fn scrubbed(draft: Draft) -> BrowserScrub {
        draft.scrubbed.unwrap()
    }

    #[test]
    fn what_counts_is_what_would_be_sent() {
        let draft = read(" I am jo.doe@private.example \n");
        assert_eq!((draft.left, draft.is_empty), (Ok(4_000 - 14), false));
        assert_eq!(scrubbed(draft).text, "I am [EMAIL_1]");
        assert!(read(" \n ").is_empty);
        let draft = read(&"jo.doe@private.example ".repeat(400));
        assert_eq!((draft.left, scrubbed(draft).chips.len()), (Ok(1), 400));
    }

    #[test]
    fn a_text_that_is_too_long_says_by_how_much() {
        assert_eq!(read(&"a".repeat(4_000)).left, Ok(0));
        assert_eq!(read(&"é".repeat(4_003)).left, Err(3));
        assert!(!read(&"a".repeat(4_003)).is_empty);
    }

    /// Nothing may be sent of it, since nothing in it was hidden.
    #[test]
    fn a_book_is_not_searched_and_never_short_enough() {
        for (page, count) in [("jo@private.example ", 20_000), ("😀", 4_001), ("a", 16_004)] {
            let text = page.repeat(count);
            let draft = read(&text);
            assert!(draft.scrubbed.is_none() && !draft.is_empty);
            assert_eq!(draft.left, Err(text.trim().chars().count() - 4_000));
        }
        assert_eq!(read(&"😀".repeat(4_000)).left, Ok(0));
    }

    /// Promise 2: what nobody has looked through is nothing that could be sent.
    #[test]
    fn a_text_that_nothing_can_be_said_of_is_not_read() {
        let mut map = PlaceholderMap::new();
        let unread = Draft::read(" jo@private.example ", 4_000, |_| None, &mut map);
        assert!(unread.scrubbed.is_none() && !unread.is_empty);
        assert_eq!(unread.left, Ok(4_000 - 18));
        // The first reading found something, and the second one broke.
        let mut readings = 0;
        let find = |text: &str| {
            readings += 1;
            (readings == 1).then(|| detect(text, &Policy::chat()))
        };
        let broken = Draft::read("jo@private.example", 4_000, find, &mut map);
        assert!(broken.scrubbed.is_none());
    }
}
