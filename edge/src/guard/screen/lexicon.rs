//! The words that patterns ask for, each with the classes that it belongs to.

/// A class of words, by its number.
pub(super) type Class = u16;

/// A word or the beginning of words.
#[derive(Debug)]
struct Entry {
    letters: String,
    /// Which bits of a [`head`] its letters fill.
    mask: u64,
    /// Whether any word counts that begins so.
    is_prefix: bool,
    classes: Vec<Class>,
    /// The longest entry that this one begins with.
    shorter: Option<usize>,
}

/// All words, sorted.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    entries: Vec<Entry>,
    /// The head of each: most words are told apart by that, without a way to their letters.
    heads: Vec<u64>,
    /// Where the words begin that have these first two letters, each `a` to `z`, and those behind
    /// them.
    pairs: Vec<usize>,
}

impl Lexicon {
    /// A lexicon of words with their classes; `*` at the end of a word stands for any letters.
    pub(super) fn new<'a>(words: impl Iterator<Item = (&'a str, Class)>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut sorted: Vec<(&str, bool, Class)> = words
            .map(|(word, class)| (word.trim_end_matches('*'), word.ends_with('*'), class))
            .collect();
        sorted.sort_unstable();
        for (letters, is_prefix, class) in sorted {
            match entries.last_mut() {
                Some(last) if last.letters == letters && last.is_prefix == is_prefix => {
                    if !last.classes.contains(&class) {
                        last.classes.push(class);
                    }
                }
                _ => entries.push(Entry {
                    letters: letters.to_owned(),
                    mask: u64::MAX
                        .checked_shl(64 - 8 * u32::try_from(letters.len().min(HEAD)).unwrap_or(8))
                        .unwrap_or(0),
                    is_prefix,
                    classes: vec![class],
                    shorter: None,
                }),
            }
        }
        // In sorted order, whatever begins an entry stands before it.
        let mut open: Vec<usize> = Vec::new();
        for place in 0..entries.len() {
            let Some(letters) = entries.get(place).map(|entry| entry.letters.clone()) else {
                break;
            };
            let begins = |at: &usize| {
                entries.get(*at).is_some_and(|entry| letters.starts_with(&entry.letters))
            };
            while open.last().is_some_and(|at| !begins(at)) {
                open.pop();
            }
            let shorter = open.last().copied();
            if let Some(entry) = entries.get_mut(place) {
                entry.shorter = shorter;
            }
            open.push(place);
        }
        let bound = |n: usize| [b'a' + (n / 26) as u8, b'a' + (n % 26) as u8];
        let begins = |n: usize| {
            entries.partition_point(|entry| entry.letters.as_bytes() < bound(n).as_slice())
        };
        let pairs = (0..=26 * 26).map(begins).collect();
        let heads = entries.iter().map(|entry| head(&entry.letters)).collect();
        Self { entries, heads, pairs }
    }

    /// The classes of a word, each entry's on their own.
    pub(super) fn classes<'a>(&'a self, word: &'a str) -> impl Iterator<Item = Class> + 'a {
        self.found(word)
            .filter(|entry| entry.is_prefix || entry.letters.len() == word.len())
            .flat_map(|entry| entry.classes.iter().copied())
    }

    /// Whether a word has a class.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.classes(word).next().is_some()
    }

    /// Lengths of the entries that a text begins with, the longest first, of those that have three
    /// letters, and whether any letters may follow.
    pub(super) fn beginnings<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (usize, bool)> + 'a {
        self.found(text)
            .map(|entry| (entry.letters.len(), entry.is_prefix))
            .filter(|(length, _)| *length >= 3)
    }

    /// Every entry that a word begins with, the longest first.
    fn found<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Entry> + 'a {
        let range = match word.as_bytes() {
            [first @ b'a'..=b'z', second @ b'a'..=b'z', ..] => {
                let n = usize::from(first - b'a') * 26 + usize::from(second - b'a');
                let at = |n: usize| self.pairs.get(n).copied().unwrap_or(self.entries.len());
                at(n)..at(n + 1).max(at(n))
            }
            _ => 0..self.entries.len(),
        };
        let head = head(word);
        let (start, end) = (range.start, range.end);
        let heads = self.heads.get(range).unwrap_or_default();
        let mut behind = start + heads.partition_point(|known| *known <= head);
        // Those of the same eight letters are compared whole.
        let same = start + heads.partition_point(|known| *known < head);
        if same < behind && word.len() > HEAD {
            let entries = self.entries.get(same..behind.min(end)).unwrap_or_default();
            behind = same + entries.partition_point(|entry| entry.letters.as_str() <= word);
        }
        // Whatever begins the word begins the last entry that does not stand behind it, too.
        core::iter::successors(behind.checked_sub(1), |at| self.entries.get(*at)?.shorter)
            .filter_map(move |at| {
                let entry = self.entries.get(at)?;
                let begins = self.heads.get(at).copied() == Some(head & entry.mask)
                    && (entry.letters.len() <= HEAD || word.starts_with(&entry.letters));
                begins.then_some(entry)
            })
    }
}

/// Letters of a word that its head has, in bytes.
const HEAD: usize = 8;

/// The first eight bytes of a word as a number, so that numbers stand in the order of words; a
/// shorter word has zeros behind it.
fn head(word: &str) -> u64 {
    let mut bytes = [0; HEAD];
    for (byte, letter) in bytes.iter_mut().zip(word.bytes()) {
        *byte = letter;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let words = [
            ("ignor*", 1),
            ("ignore", 2),
            ("in", 3),
            ("inst*", 4),
            ("instruction*", 5),
            ("zebra", 6),
            ("a", 7),
            ("вы*", 8),
            ("ignor*", 9),
        ];
        Lexicon::new(words.into_iter())
    }

    #[test]
    fn words_have_the_classes_of_what_they_are_and_begin_with() {
        let lexicon = lexicon();
        let classes = |word| {
            let mut classes: Vec<Class> = lexicon.classes(word).collect();
            classes.sort_unstable();
            classes
        };
        assert_eq!(classes("ignore"), [1, 2, 9]);
        assert_eq!(classes("ignoring"), [1, 9]);
        assert_eq!(classes("instructions"), [4, 5]);
        assert_eq!(classes("instead"), [4]);
        assert_eq!(classes("in"), [3]);
        assert_eq!(classes("выбор"), [8]);
        for word in ["ign", "zebras", "b", "", "zz", "я"] {
            assert!(classes(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn beginnings_are_found_the_longest_first() {
        let lexicon = lexicon();
        let beginnings = |text| lexicon.beginnings(text).collect::<Vec<_>>();
        assert_eq!(beginnings("instructionsall"), [(11, true), (4, true)]);
        assert_eq!(beginnings("inst"), [(4, true)]);
        assert_eq!(beginnings("zebras"), [(5, false)]);
        assert_eq!(beginnings("ignored"), [(6, false), (5, true)]);
        assert!(beginnings("inside").is_empty());
    }
}
