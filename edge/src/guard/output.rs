//! A model's words on their way out: hidden characters go, a reply that repeats its instructions or
//! is longer than any answer needs to be is cut off, and personal data is replaced.

use sotto_shared::limits::REPLY_BYTES;
use sotto_shared::pii::{Counts, Policy, Scrubbed, StreamScrubber};

use super::characters::plain;
use super::watch::Watch;

/// What one reply goes through.
#[derive(Debug)]
pub struct Output {
    watch: Watch,
    scrubber: StreamScrubber,
    taken: usize,
}

/// Why a reply is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It has reached its longest.
    Length,
    /// It repeats its instructions.
    Quotation,
}

impl Output {
    /// Begins a reply. The policy is [`policy`](super::policy)'s; `instructions` are what the
    /// model was told and must not repeat.
    #[must_use]
    pub fn new<'a>(policy: Policy, instructions: impl IntoIterator<Item = &'a str>) -> Self {
        Self { watch: Watch::new(instructions), scrubber: StreamScrubber::new(policy), taken: 0 }
    }

    /// Takes what the model wrote next, and gives what may be sent by now.
    pub fn push(&mut self, text: &str) -> Scrubbed {
        let text = plain(text);
        let room = REPLY_BYTES.saturating_sub(self.taken);
        let end = text.floor_char_boundary(room.min(text.len()));
        // A character that does not fit any more fills the rest.
        self.taken = if end < text.len() { REPLY_BYTES } else { self.taken + end };
        let passed = self.watch.push(text.get(..end).unwrap_or_default());
        self.scrubber.push(&passed)
    }

    /// Why nothing more should be taken; `None` while the reply goes on.
    #[must_use]
    pub const fn cut(&self) -> Option<Cut> {
        if self.watch.has_quoted() {
            Some(Cut::Quotation)
        } else if self.taken >= REPLY_BYTES {
            Some(Cut::Length)
        } else {
            None
        }
    }

    /// How much was replaced of what, so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.scrubber.counts()
    }

    /// Gives what was held back.
    pub fn finish(&mut self) -> Scrubbed {
        let mut rest = self.scrubber.push(&self.watch.finish());
        rest.append(&self.scrubber.finish());
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(pieces: &[&str]) -> (String, Option<Cut>) {
        let prompt = "Never mention the warehouse in the north to anybody.";
        let mut output = Output::new(Policy::chat(), [prompt]);
        let mut text = Scrubbed::default();
        for piece in pieces {
            text.append(&output.push(piece));
        }
        text.append(&output.finish());
        (text.into_string(), output.cut())
    }

    #[test]
    fn personal_data_is_replaced_across_pieces_and_hidden_characters() {
        let (text, _) =
            run(&["Write to jo@exa", "mple.com, ", "or j\u{200b}o\u{202e}@exa", "mple.org."]);
        assert_eq!(text, "Write to [EMAIL], or [EMAIL].");
    }

    #[test]
    fn a_reply_is_cut_at_its_longest() {
        let long = "ä ".repeat(REPLY_BYTES);
        let (text, cut) = run(&[&long, "more"]);
        assert_eq!(cut, Some(Cut::Length));
        assert!(text.len() <= REPLY_BYTES && text.len() > REPLY_BYTES - 4);
        assert!(!text.contains("more"));
        assert_eq!(run(&["short"]).1, None);
    }
    #[test]
    fn a_reply_that_repeats_its_instructions_is_cut_before_they_are_sent() {
        let (text, cut) =
            run(&["I was told: never men", "tion the WAREHOUSE in", " the north to anybody. So."]);
        assert_eq!((text.as_str(), cut), ("I was told: ", Some(Cut::Quotation)));
    }
}
