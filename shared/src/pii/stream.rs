//! The edge's pass over a reply that is still being written.

use super::cue::{is_address, may_be_named};
use super::detect::{REACH, candidates, locate};
use super::edge::replace;
use super::fold::{BREAK, byte, fold, is_letter, is_word};
use super::secret::MAX_BLOCK;
use super::settle::{Clusters, MAX_CLUSTER, settle};
use super::{Counts, Policy, Scrubbed};

/// So many folded bytes before the held text are kept, for the words that name what follows.
const CONTEXT: usize = 160;

/// Held texts of so many bytes are read again with every chunk.
const PATIENCE: usize = 256;

/// So many folded bytes after a number may still name it.
const NAMED_AFTER: usize = 120;

/// So many plain words may begin a value: two groups of letters in an identity number.
const BEFORE_VALUE: usize = 2;

/// So many where a word announces an address: a street's name.
const BEFORE_ADDRESS: usize = 4;

/// So many folded bytes at most are held back, plus one chain of overlapping candidates. Ordinary
/// prose waits for two words; this much only what looks like an endless number or address.
const MAX_HELD: usize = 2 * REACH + MAX_CLUSTER;

/// Scrubs a text that comes in chunks. The pieces it gives, put together, are what
/// [`scrub_for_edge`](super::scrub_for_edge) makes of the whole text, wherever the chunks end.
#[derive(Clone)]
pub struct StreamScrubber {
    policy: Policy,
    counts: Counts,
    /// Context, then the text that is held back.
    text: String,
    /// Where in `text` the context ends.
    done: usize,
    /// A long held text is read again only when it has this length, so that the time stays linear
    /// however small the chunks are.
    read_again: usize,
}

impl StreamScrubber {
    /// Starts a text.
    #[must_use]
    pub const fn new(policy: Policy) -> Self {
        Self { policy, counts: Counts::new(), text: String::new(), done: 0, read_again: 0 }
    }

    /// Takes the next chunk and gives what is certain by now; often nothing.
    pub fn push(&mut self, chunk: &str) -> Scrubbed {
        self.text.push_str(chunk);
        if self.text.len() < self.read_again {
            return Scrubbed::default();
        }
        let scrubbed = self.advance(false);
        let held = self.text.len() - self.done;
        self.read_again = if held > PATIENCE { self.text.len() + held / 4 } else { 0 };
        scrubbed
    }

    /// Gives the rest. The scrubber is then ready for another text.
    pub fn finish(&mut self) -> Scrubbed {
        let rest = self.advance(true);
        self.text.clear();
        self.done = 0;
        self.read_again = 0;
        rest
    }

    /// What was found so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// How many bytes are held back.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.text.len() - self.done
    }

    fn advance(&mut self, is_end: bool) -> Scrubbed {
        let folded = fold(&self.text);
        let from = folded.index_of(self.done);
        let candidates = candidates(folded.bytes(), from, &self.policy);
        let mut cut =
            if is_end { folded.bytes().len() } else { settled_until(folded.bytes(), from) };
        let mut findings = Vec::new();
        for cluster in Clusters::new(&candidates) {
            let start = cluster.first().map_or(cut, |first| first.start);
            if start >= cut {
                break;
            }
            let end = cluster.iter().map(|candidate| candidate.end).max().unwrap_or(start);
            if end > cut {
                // It may still grow: it waits as a whole.
                cut = start;
                break;
            }
            settle(cluster, &mut findings);
        }
        locate(&mut findings, &folded, &self.text, &self.policy);
        let to = folded.position(cut).max(self.done);
        let keep = folded.position(cut.saturating_sub(CONTEXT)).min(to);
        let mut scrubbed = String::new();
        replace(&self.text, self.done, to, &findings, &mut scrubbed, &mut self.counts);
        drop(folded);
        self.text.drain(..keep);
        self.done = to - keep;
        Scrubbed::from_scrubber(scrubbed)
    }
}

impl core::fmt::Debug for StreamScrubber {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StreamScrubber({:?}, {} bytes held)", self.counts, self.held())
    }
}

/// How much of a text that goes on is settled: no candidate that starts before this place can
/// reach the text's end, and nothing that follows can change what is found before it.
///
/// A value is made of words that contain a digit or a sign such as `@`, with at most one plain
/// word between two of them (`NWBK` in an IBAN, `ext.` before an extension), and up to
/// [`BEFORE_VALUE`] plain words before it (`TTG GGN 45…`), [`BEFORE_ADDRESS`] where an address is
/// announced (`Avenida de la Constitución 5`). Letters that stand alone and the words of a
/// spelled-out address are not plain. So the text is settled before that many of the last plain
/// words that follow each other, unless a number before them may still be named. A PEM block waits
/// for its end line, which decides how much belongs to it.
fn settled_until(bytes: &[u8], from: usize) -> usize {
    let cut = between_words(bytes).max(from);
    let held = bytes.get(from..cut).unwrap_or_default();
    // A line that has only just begun waits too.
    let begun = held.windows(BEGIN.len()).position(|line| line == BEGIN).map(|line| from + line);
    match begun {
        Some(line) if bytes.len() - line <= MAX_BLOCK && !has_end_line(bytes, line) => line,
        _ => cut,
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";

/// Whether the end line of the block that begins at `line` is complete: a word follows it.
fn has_end_line(bytes: &[u8], line: usize) -> bool {
    let rest = bytes.get(line..).unwrap_or_default();
    let end = rest.windows(9).position(|line| line == b"-----END ");
    end.is_some_and(|end| rest.len() > end + 60)
}

/// Whether a word for address stands near the end.
fn announces_address(bytes: &[u8]) -> bool {
    let near = bytes.len().saturating_sub(CONTEXT);
    let mut start = near;
    bytes.get(near..).unwrap_or_default().split(|byte| !is_letter(*byte)).any(|word| {
        let end = start + word.len();
        let is_found = is_address(bytes, start, end);
        start = end + 1;
        is_found
    })
}

/// Whether what follows may still name the number of which a digit is at `at`, or make a date of it.
fn is_undecided(bytes: &[u8], at: usize) -> bool {
    let run = |from: usize, of: fn(&u8) -> bool| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|byte| of(byte)).count()
    };
    let digits = run(at, u8::is_ascii_digit);
    let mut end = at + run(at, |byte| is_word(*byte));
    // `AB12 CDE`
    let tail = run(end + 1, u8::is_ascii_uppercase);
    if (1..=3).contains(&tail) && !is_word(byte(bytes, end + 1 + tail)) {
        end += 1 + tail;
    }
    may_be_named(bytes, end) || digits <= 2 && bytes.len() <= at + MAX_DATE_WORDS
}

/// A day's number and the words before its year.
const MAX_DATE_WORDS: usize = 48;

fn between_words(bytes: &[u8]) -> usize {
    let (mut word_start, mut word_end) = (bytes.len(), bytes.len());
    let mut next_word_start = bytes.len();
    // The last word is unfinished: it may become anything.
    let most = if announces_address(bytes) { BEFORE_ADDRESS } else { BEFORE_VALUE };
    let mut plain_words = 0;
    let mut in_word = false;
    let mut is_last = true;
    let mut is_plain = true;
    let floor = bytes.len().saturating_sub(MAX_HELD);
    let tail = bytes.len().saturating_sub(NAMED_AFTER);
    let first_number = (tail..bytes.len())
        .find(|at| byte(bytes, *at).is_ascii_digit() && is_undecided(bytes, *at))
        .unwrap_or(bytes.len());
    for (at, byte) in bytes.iter().enumerate().rev() {
        let is_space = matches!(*byte, b' ' | b'\n' | b'\t' | b'\r' | BREAK);
        if is_space {
            if in_word {
                // A whole word has been passed.
                if !is_last {
                    let word = bytes.get(word_start..word_end).unwrap_or_default();
                    is_plain &= word.len() > 1 && !matches!(word, b"at" | b"dot");
                    plain_words = if is_plain { plain_words + 1 } else { 0 };
                }
                if plain_words > most && next_word_start <= first_number {
                    return next_word_start.max(floor);
                }
                next_word_start = word_start;
            }
            is_last = false;
            in_word = false;
            is_plain = true;
        } else {
            if !in_word {
                word_end = at + 1;
            }
            in_word = true;
            word_start = at;
            is_plain &= !matches!(*byte, b'0'..=b'9' | b'@' | b'+' | b'(' | b'[' | b'{');
        }
        if at < floor {
            return floor;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::browser::tests::soup;
    use super::super::{Category, scrub_for_edge};
    use super::*;
    use proptest::prelude::*;

    /// What comes out when `text` is cut before the characters at `cuts` (taken modulo its
    /// length), and how much was held back at most.
    fn stream(text: &str, cuts: &[usize]) -> (String, Counts, usize) {
        let chars: Vec<char> = text.chars().collect();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (chars.len() + 1)).collect();
        cuts.push(0);
        cuts.push(chars.len());
        cuts.sort_unstable();
        let mut scrubber = StreamScrubber::new(Policy::chat());
        let mut out = Scrubbed::default();
        let mut held = 0;
        for pair in cuts.windows(2) {
            out.append(&scrubber.push(&chars[pair[0]..pair[1]].iter().collect::<String>()));
            held = held.max(scrubber.text.len());
        }
        out.append(&scrubber.finish());
        (out.into_string(), scrubber.counts(), held)
    }

    #[test]
    fn a_value_split_over_chunks_is_found() {
        let text =
            "Write to jane@example.com or call +49 30 1234567 ext. 12, thanks. [EMAIL_1] is yours.";
        let every_char: Vec<usize> = (0..text.len()).collect();
        let (out, counts, _) = stream(text, &every_char);
        assert_eq!(out, "Write to [EMAIL] or call [PHONE], thanks. [EMAIL_1] is yours.");
        assert_eq!((counts.get(Category::Email), counts.get(Category::Phone)), (1, 1));
    }

    #[test]
    fn prose_waits_for_two_words_and_for_four_behind_a_word_for_address() {
        let mut scrubber = StreamScrubber::new(Policy::chat());
        assert_eq!(
            scrubber.push("And the quick brown fox jumps ov").as_str(),
            "And the quick brown "
        );
        assert_eq!(scrubber.push("er the").as_str(), "fox ");
        assert_eq!(scrubber.finish().as_str(), "jumps over the");
        let held = scrubber.push("Our address is nowhere near the old market pl");
        assert_eq!(held.as_str(), "Our address is nowhere ");
    }

    #[test]
    fn what_is_held_is_bounded() {
        for piece in
            ["1", "a", "1 ", "@", "a@b.", "+1 ", "(1) ", "4111 1111 1111 1111 ", "[", "\u{200b}1"]
        {
            let text = piece.repeat(20_000 / piece.len());
            let every_tenth: Vec<usize> = (0..text.chars().count()).step_by(10).collect();
            let (out, _, held) = stream(&text, &every_tenth);
            assert_eq!(out, scrub_for_edge(&text, &Policy::chat()).0.as_str(), "{piece}");
            assert!(held < 8 * (MAX_HELD + MAX_CLUSTER + CONTEXT), "{piece}: {held}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn chunks_do_not_matter(text in soup(), cuts in prop::collection::vec(0_usize..400, 0..12)) {
            let (whole, counts) = scrub_for_edge(&text, &Policy::chat());
            let (out, streamed, _) = stream(&text, &cuts);
            prop_assert_eq!(out, whole.as_str());
            prop_assert_eq!(streamed, counts);
        }

        #[test]
        fn single_characters_do_not_matter(text in soup()) {
            let every: Vec<usize> = (0..text.chars().count()).collect();
            prop_assert_eq!(stream(&text, &every).0, scrub_for_edge(&text, &Policy::chat()).0.into_string());
        }
    }
}
