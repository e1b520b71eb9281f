//! Citations of a reply: a model is given numbered passages and cites them as `[1]`.
//!
//! What it cites is looked up here: a number that no passage has is taken out, so that nobody is
//! pointed to a document that is not there, and the others are numbered in the order in which the
//! reply comes to them, as its sources are. Only a number with brackets around it, or several with
//! commas between, is a citation; a link's words are not, nor is anything where no passages were
//! given.

use core::fmt::Write as _;

/// Longest citation that is waited for, in bytes: some numbers with commas and spaces between.
const LONGEST: usize = 32;

/// Reads a reply as it comes.
#[derive(Default)]
pub struct Citations {
    /// How many passages were given.
    given: usize,
    /// Those that were cited, from 0, in the order of their first citation.
    cited: Vec<usize>,
    /// What may be the beginning of a citation.
    held: String,
}

/// What a text begins with.
enum Found {
    /// Nothing that matters.
    Other,
    /// What may become a citation.
    Unfinished,
    /// A citation of so many bytes and these numbers.
    Citation(usize, Vec<usize>),
}

impl Citations {
    /// Of a reply for which so many passages were given.
    #[must_use]
    pub fn of(given: usize) -> Self {
        Self { given, ..Self::default() }
    }

    /// Appends what can be said so far, with `text` coming next.
    pub fn push(&mut self, text: &str, said: &mut String) {
        if self.held.is_empty() && (self.given == 0 || !text.contains([' ', '['])) {
            said.push_str(text);
            return;
        }
        self.held.push_str(text);
        self.say(false, said);
    }

    /// Appends what is left at the end.
    pub fn finish(&mut self, said: &mut String) {
        self.say(true, said);
    }

    /// The passages that were cited, from 0, in the order of their numbers in the reply; `None`
    /// where none were given.
    #[must_use]
    pub fn cited(&self) -> Option<&[usize]> {
        (self.given > 0).then_some(&self.cited)
    }

    fn say(&mut self, is_end: bool, said: &mut String) {
        let held = core::mem::take(&mut self.held);
        let mut rest = held.as_str();
        while let Some(at) = rest.find([' ', '[']) {
            let (before, from) = rest.split_at(at);
            said.push_str(before);
            match found(from, is_end) {
                Found::Unfinished => {
                    from.clone_into(&mut self.held);
                    return;
                }
                Found::Other => {
                    // Both characters have one byte.
                    let (one, after) = from.split_at(1);
                    said.push_str(one);
                    rest = after;
                }
                Found::Citation(length, numbers) => {
                    let (marker, after) = from.split_at(length);
                    self.cite(marker.starts_with(' '), &numbers, said);
                    rest = after;
                }
            }
        }
        said.push_str(rest);
    }

    fn cite(&mut self, is_apart: bool, numbers: &[usize], said: &mut String) {
        let given = numbers.iter().filter_map(|number| number.checked_sub(1));
        let known: Vec<usize> = given.filter(|passage| *passage < self.given).collect();
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
fn found(text: &str, is_end: bool) -> Found {
    let unfinished = || if is_end { Found::Other } else { Found::Unfinished };
    let inner = text.strip_prefix(' ').unwrap_or(text);
    let Some(inner) = inner.strip_prefix('[') else {
        return if inner.is_empty() { unfinished() } else { Found::Other };
    };
    let begin = text.len() - inner.len();
    let Some(length) = inner.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | ' '))) else {
        return if inner.len() > LONGEST { Found::Other } else { unfinished() };
    };
    let (numbers, behind) = inner.split_at(length);
    let Some(behind) = behind.strip_prefix(']').filter(|_| length <= LONGEST) else {
        return Found::Other;
    };
    match behind.chars().next() {
        // The words of a link, or the name of one.
        Some('(' | ':') => return Found::Other,
        None if !is_end => return Found::Unfinished,
        _ => {}
    }
    let numbers: Result<Vec<usize>, _> = numbers.split(',').map(|one| one.trim().parse()).collect();
    numbers.map_or(Found::Other, |numbers| Found::Citation(begin + length + 1, numbers))
}

/// What it holds back is somebody's: only numbers are printed.
impl core::fmt::Debug for Citations {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Citations({} of {})", self.cited.len(), self.given)
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
            (said, citations.cited)
        };
        for length in 1..reply.len() {
            let (mut citations, mut said) = (Citations::of(given), String::new());
            let letters: Vec<char> = reply.chars().collect();
            for piece in letters.chunks(length) {
                citations.push(&piece.iter().collect::<String>(), &mut said);
            }
            citations.finish(&mut said);
            assert_eq!((said, citations.cited), whole, "in pieces of {length}");
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
        assert_eq!(read(1, "So it is [99999999999999999999]").0, "So it is [99999999999999999999]");
    }

    #[test]
    fn what_is_no_citation_stays() {
        for text in [
            "[1](https://shop.example) and [2]: https://shop.example",
            "[EMAIL_1], [a1], [ ], [], [1,], [x][y], a [ 1",
            "- [ ] open, 2 [kg], [1 2]",
            "ends with [1",
            "ends with [",
            "ends with a space ",
            "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
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
