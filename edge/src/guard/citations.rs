//! Citations of a reply: a model is given numbered passages and cites them as `[1]`.
//!
//! What it cites is looked up here: a number that no passage has is taken out, so that nobody is
//! pointed to a document that is not there, and the others are numbered in the order in which the
//! reply comes to them, as its sources are. A number in brackets is a citation, and so are several with
//! commas between, a range of them, and what vendors train models to write (`【1†source】`). A link's
//! words are not, nor is what defines a link, code, or anything where no passages were given.

use core::fmt::Write as _;
use core::ops::RangeInclusive;

use super::held::{Stage, go_on};
use super::verbatim::{Piece, Verbatim, is_mark};

/// Longest citation that is waited for, in bytes: more numbers than passages are ever given.
const LONGEST: usize = 64;

/// Reads a reply as it comes.
#[derive(Default)]
pub struct Citations {
    reader: Reader,
    /// What may be the beginning of a citation.
    held: String,
}

#[derive(Default)]
struct Reader {
    /// How many passages were given.
    given: usize,
    /// Those that were cited, from 0, in the order of their first citation.
    cited: Vec<usize>,
    verbatim: Verbatim,
    /// Whether words stand on the line so far.
    has_words: bool,
}

/// What a text begins with.
enum Found {
    /// Nothing that matters.
    Other,
    /// What may become a citation.
    Unfinished,
    /// A citation of so many bytes and these numbers.
    Citation(usize, Vec<RangeInclusive<usize>>),
}

impl Citations {
    /// Of a reply for which so many passages were given.
    #[must_use]
    pub fn of(given: usize) -> Self {
        Self { reader: Reader { given, ..Reader::default() }, held: String::new() }
    }

    /// How many bytes are held back.
    #[cfg(test)]
    pub(super) const fn held(&self) -> usize {
        self.held.len()
    }

    /// Appends what can be said so far, with `text` coming next.
    pub fn push(&mut self, text: &str, said: &mut String) {
        if self.reader.given == 0 {
            said.push_str(text);
            return;
        }
        // The second is what `【` begins with.
        let matters = |b: u8| matches!(b, b'[' | 0xe3);
        if matches!(self.held.as_str(), "" | " ")
            && self.reader.has_words
            && self.reader.verbatim.is_within(text)
            && !text.is_empty()
            && !text.bytes().any(matters)
        {
            said.push_str(&self.held);
            self.held.clear();
            let words = text.strip_suffix(' ').unwrap_or(text);
            said.push_str(words);
            self.held.push_str(text.get(words.len()..).unwrap_or_default());
            return;
        }
        go_on(&mut self.reader, &mut self.held, text, false, said);
    }

    /// Appends what is left at the end.
    pub fn finish(&mut self, said: &mut String) {
        go_on(&mut self.reader, &mut self.held, "", true, said);
    }

    /// The passages that were cited, from 0, in the order of their numbers in the reply; `None`
    /// where none were given.
    #[must_use]
    pub fn cited(&self) -> Option<&[usize]> {
        (self.reader.given > 0).then_some(&self.reader.cited)
    }
}

impl Stage for Reader {
    fn step(&mut self, text: &str, is_end: bool, said: &mut String) -> Option<usize> {
        let look = self.verbatim.look(text, is_end);
        let taken = match look.piece {
            Piece::Unfinished => return None,
            Piece::Words(length) | Piece::Signs { before: length, .. } if length > 0 => {
                let mut read = 0;
                while let Some(rest) = text.get(read..).filter(|_| read < length) {
                    let Some(taken) = self.read(rest, length - read, is_end, said) else { break };
                    self.has_words |= !rest.bytes().take(taken).all(is_mark);
                    read += taken;
                }
                Some(read).filter(|read| *read > 0)?
            }
            Piece::Code { length, .. }
            | Piece::Words(length)
            | Piece::Signs { signs: length, .. } => {
                said.push_str(text.get(..length).unwrap_or_default());
                length
            }
        };
        let passed = text.get(..taken).unwrap_or_default();
        self.verbatim.pass(passed, look);
        if passed.ends_with('\n') {
            self.has_words = false;
        } else {
            self.has_words |= !passed.bytes().all(is_mark);
        }
        Some(taken)
    }
}

impl Reader {
    /// Takes a citation or the words before it, of so many bytes of words.
    fn read(
        &mut self,
        text: &str,
        length: usize,
        is_end: bool,
        said: &mut String,
    ) -> Option<usize> {
        let words = text.get(..length).unwrap_or_default();
        // A space goes with the citation behind it.
        let mut before = match words.find(['[', '【']) {
            Some(bracket) => words.get(..bracket).map_or(0, |words| {
                words.trim_end_matches(' ').len().max(bracket.saturating_sub(1))
            }),
            None if length < text.len() || is_end => length,
            None => length - usize::from(words.ends_with(' ')),
        };
        if before == 0 {
            match found(text, !self.has_words, is_end) {
                Found::Unfinished => return None,
                Found::Other => {
                    before = 1 + words
                        .chars()
                        .nth(usize::from(words.starts_with(' ')))
                        .map_or(0, char::len_utf8);
                    before -= usize::from(!words.starts_with(' '));
                }
                Found::Citation(length, numbers) => {
                    self.cite(words.starts_with(' '), &numbers, said);
                    return Some(length);
                }
            }
        }
        said.push_str(words.get(..before).unwrap_or_default());
        Some(before)
    }

    fn cite(&mut self, is_apart: bool, numbers: &[RangeInclusive<usize>], said: &mut String) {
        let mut known: Vec<usize> = Vec::new();
        for range in numbers {
            let passages = (0..self.given).filter(|passage| range.contains(&(passage + 1)));
            for passage in passages {
                if !known.contains(&passage) {
                    known.push(passage);
                }
            }
        }
        if is_apart && !known.is_empty() {
            said.push(' ');
        }
        for passage in known {
            let place = self.cited.iter().position(|cited| *cited == passage);
            let place = place.unwrap_or_else(|| {
                self.cited.push(passage);
                self.cited.len() - 1
            });
            // Writing to a string cannot fail.
            let _ = write!(said, "[{}]", place + 1);
        }
    }
}

/// Whether a citation stands at the beginning, a space before it included, which goes with it.
fn found(text: &str, is_line_start: bool, is_end: bool) -> Found {
    let unfinished = if is_end { Found::Other } else { Found::Unfinished };
    let inner = text.strip_prefix(' ').unwrap_or(text);
    let (inner, closes) = match (inner.strip_prefix('['), inner.strip_prefix('【')) {
        (Some(inner), _) => (inner, ']'),
        (_, Some(inner)) => (inner, '】'),
        _ => return if inner.is_empty() { unfinished } else { Found::Other },
    };
    let begin = text.len() - inner.len();
    let is_wide = closes == '】';
    // Vendors' own citations go on behind the number.
    let of_citation = |c: char| {
        c.is_ascii_digit()
            || ", ;-–—^".contains(c)
            || (is_wide && (c.is_alphanumeric() || "†:".contains(c)))
    };
    let Some(length) = inner.find(|c: char| !of_citation(c)) else {
        return if inner.len() > LONGEST { Found::Other } else { unfinished };
    };
    let (numbers, behind) = inner.split_at_checked(length).unwrap_or_default();
    let Some(behind) = behind.strip_prefix(closes).filter(|_| length <= LONGEST) else {
        return Found::Other;
    };
    match behind.chars().next() {
        // The words of a link.
        Some('(') => return Found::Other,
        // The name of one.
        Some(':') if is_line_start && !is_wide => return Found::Other,
        None if !is_end => return Found::Unfinished,
        _ => {}
    }
    let numbers = match numbers.split_once('†') {
        Some((number, _)) => number.split(':').next().unwrap_or_default(),
        None => numbers.strip_prefix('^').unwrap_or(numbers),
    };
    let numbers: Option<Vec<_>> = numbers.split([',', ';']).map(range).collect();
    let length = begin + length + closes.len_utf8();
    numbers.map_or(Found::Other, |numbers| Found::Citation(length, numbers))
}

/// A number, or the first and the last of several.
fn range(text: &str) -> Option<RangeInclusive<usize>> {
    let number = |text: &str| {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // One that is too large for us is one that no passage has.
        is_number.then(|| text.parse().unwrap_or(usize::MAX))
    };
    let (first, last) = text.split_once(['-', '–', '—']).unwrap_or((text, text));
    Some(number(first)?..=number(last)?)
}

/// What it holds back is somebody's: only numbers are printed.
impl core::fmt::Debug for Citations {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Citations({} of {})", self.reader.cited.len(), self.reader.given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a reply that comes in pieces of each length, and what it cites.
    fn read(given: usize, reply: &str) -> (String, Vec<usize>) {
        let whole = {
            let (mut citations, mut said) = (Citations::of(given), String::new());
            citations.push(reply, &mut said);
            citations.finish(&mut said);
            (said, citations.reader.cited)
        };
        for length in 1..reply.len() {
            let (mut citations, mut said) = (Citations::of(given), String::new());
            let letters: Vec<char> = reply.chars().collect();
            for piece in letters.chunks(length) {
                citations.push(&piece.iter().collect::<String>(), &mut said);
            }
            citations.finish(&mut said);
            assert_eq!((said, citations.reader.cited), whole, "in pieces of {length}");
        }
        whole
    }

    #[test]
    fn cited_passages_are_numbered_as_the_reply_comes_to_them() {
        let (said, cited) = read(3, "Free from 60 [3]. Two days [1]; free from 60 [3].");
        assert_eq!(said, "Free from 60 [1]. Two days [2]; free from 60 [1].");
        assert_eq!(cited, [2, 0]);
        let (said, cited) = read(3, "Both [2, 1][3].");
        assert_eq!((said.as_str(), &*cited), ("Both [1][2][3].", &[1, 0, 2][..]));
    }

    #[test]
    fn a_citation_of_what_was_not_given_is_taken_out() {
        let (said, cited) = read(2, "Free [7]. Really [0], [2, 9].");
        assert_eq!((said.as_str(), &*cited), ("Free. Really, [1].", &[1][..]));
        assert_eq!(read(1, "So it is [99999999999999999999]").0, "So it is");
        assert_eq!(
            read(2, "According to [9]: free, to [2]: two days").0,
            "According to: free, to [1]: two days"
        );
        assert_eq!(
            read(3, "All [1-9] 【9】 【2】 【3†source】 【4:0†a】 [^8].").0,
            "All [1][2][3] [2] [3]."
        );
        assert_eq!(read(3, "So [2–3; 7].").0, "So [1][2].");
    }

    #[test]
    fn code_cites_nothing() {
        for text in ["`x[5]` and ``y[1]``", "```\nx[5] = y[1]\n```", "- a\n  ```\n  x[5]\n  ```\n"]
        {
            let (said, cited) = read(2, text);
            assert_eq!((said.as_str(), &*cited), (text, &[][..]));
        }
        assert_eq!(
            read(2, "`x[5]` [5]\n```\nx [5]\n```\n [5][2]").0,
            "`x[5]`\n```\nx [5]\n```\n[1]"
        );
    }

    #[test]
    fn what_is_no_citation_stays() {
        for text in [
            "[1](https://shop.example), and the names of links:\n[2]: https://shop.example\n> [9]: a",
            "[EMAIL_1], [a1], [ ], [], [1,], [x][y], a [ 1",
            "- [ ] open, 2 [kg], [1 2]",
            "ends with [1",
            "ends with [",
            "ends with a space ",
            "【注意】 【2024年】 [1-] [-1] [1-2-3]",
            "ä [ü] 😀 [😀]",
        ] {
            let (said, cited) = read(5, text);
            assert_eq!((said.as_str(), &*cited), (text, &[][..]));
        }
    }

    #[test]
    fn without_passages_nothing_is_looked_at() {
        assert_eq!(read(0, "An array[1] and [9]"), ("An array[1] and [9]".into(), vec![]));
    }

    #[test]
    fn little_is_held_back() {
        let (mut citations, mut said) = (Citations::of(1), String::new());
        for (piece, so_far) in
            [("Free from 60 [1", "Free from 60"), ("]", "Free from 60"), (".", "Free from 60 [1].")]
        {
            citations.push(piece, &mut said);
            assert_eq!(said, so_far);
        }
    }
}
