//! What must not be repeated: the sentences of the instructions, and the canary.

use super::super::screen::{Folded, fold};
use super::ear::{and, disguised};

/// So many letters and digits in a row are a quotation, not a coincidence.
pub(super) const QUOTATION: usize = 40;

/// A sentence this short, in letters and digits, may be said by anybody.
const SHORTEST: usize = 24;

/// With so many the same, a quotation may have begun, and is held back.
pub(super) const SEED: usize = 8;

/// Bits of the filter before the table of seeds: most letters end there.
const FILTER_BITS: u64 = 1 << 17;

/// Slots of the table of seeds.
const SLOTS: usize = 1 << 12;

/// What must not be repeated.
#[derive(Default)]
pub(super) struct Index {
    /// The sentences, one after the other.
    letters: Vec<char>,
    /// For each letter, how many in a row are a quotation of its sentence; 0 behind a sentence.
    needed: Vec<usize>,
    /// The run of [`SEED`] letters that ends before each place; 0 where none does.
    seeds: Vec<u64>,
    /// For each place, the one before it whose run falls into the same slot; 0 for none.
    before: Vec<u32>,
    /// The last place of each slot.
    slots: Vec<u32>,
    filter: Vec<u64>,
    /// Whether the texts have letters that are none of ASCII.
    is_wide: bool,
    canary: Vec<char>,
    /// The two letters that the canary begins with, in the three ways.
    begins: [u64; 3],
}

impl Index {
    /// The sentences of some texts. Addresses and links in them may be repeated; the canary may
    /// not, however short it is.
    pub(super) fn new<'a>(texts: impl IntoIterator<Item = &'a str>, canary: Option<&str>) -> Self {
        let mut index = Self {
            filter: vec![0; (FILTER_BITS / 64) as usize],
            slots: vec![0; SLOTS],
            ..Self::default()
        };
        for text in texts {
            index.is_wide |= text.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
            for sentence in split(text).filter(|sentence| sentence.len() >= SHORTEST) {
                index.add(&sentence);
            }
        }
        if let Some(canary) = canary {
            let canary: Vec<char> = canary.chars().flat_map(counted).collect();
            index.add(&canary);
            let two = |letters: &mut dyn Iterator<Item = &char>| {
                letters.take(2).fold(0, |letters, letter| and(letters, *letter))
            };
            let plain = two(&mut canary.iter());
            let [turned, _] = disguised(plain);
            index.begins = [plain, turned & 0xffff, two(&mut canary.iter().rev())];
            index.canary = canary;
        }
        index
    }

    fn add(&mut self, sentence: &[char]) {
        // A place before the first letter, so that a way back ends there.
        self.letters.push('\0');
        self.needed.push(0);
        let start = self.letters.len();
        self.letters.extend(sentence);
        let needed = sentence.len().min(QUOTATION);
        self.needed.extend(core::iter::repeat_n(needed, sentence.len()));
        let mut last = 0;
        for (place, letter) in sentence.iter().enumerate() {
            last = and(last, *letter);
            if place + 1 >= SEED {
                self.add_seed(last, start + place + 1);
            }
        }
    }

    /// A run of letters ends before a place.
    fn add_seed(&mut self, letters: u64, place: usize) {
        let [turned, back] = disguised(letters);
        // However a reply writes it, its letters as they stand are in the filter.
        for letters in [letters, turned, back] {
            let Mixed { word, bit, .. } = Mixed::of(letters);
            if let Some(bits) = self.filter.get_mut(word) {
                *bits |= bit;
            }
        }
        let Mixed { slot, .. } = Mixed::of(letters);
        let (Ok(number), Some(last)) = (u32::try_from(place), self.slots.get_mut(slot)) else {
            return;
        };
        self.seeds.resize(place + 1, 0);
        self.before.resize(place + 1, 0);
        if let (Some(seed), Some(before)) = (self.seeds.get_mut(place), self.before.get_mut(place))
        {
            *seed = letters;
            *before = core::mem::replace(last, number);
        }
    }

    /// Whether a reply's last letters may be those of a sentence, in one of the ways.
    pub(super) fn may_know(&self, letters: u64) -> bool {
        let Mixed { word, bit, .. } = Mixed::of(letters);
        self.filter.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Where sentences go on behind these letters.
    pub(super) fn behind(&self, letters: u64) -> impl Iterator<Item = usize> + '_ {
        let last = self.slots.get(Mixed::of(letters).slot).copied().unwrap_or(0);
        core::iter::successors((last > 0).then_some(last as usize), |place| {
            let before = self.before.get(*place).copied().unwrap_or(0);
            (before > 0).then_some(before as usize)
        })
        .filter(move |place| self.seeds.get(*place) == Some(&letters))
    }

    pub(super) fn letter(&self, place: usize) -> Option<char> {
        self.letters.get(place).copied()
    }

    /// How many letters in a row are a quotation of the sentence that ends or goes on at a place.
    pub(super) fn needed(&self, place: usize) -> usize {
        self.needed.get(place).copied().unwrap_or(QUOTATION)
    }

    pub(super) const fn is_wide(&self) -> bool {
        self.is_wide
    }

    pub(super) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// In which way the canary may begin with the last two of some letters.
    pub(super) fn may_begin(&self, letters: u64) -> Option<usize> {
        self.begins.iter().position(|begin| *begin == letters & 0xffff)
    }

    /// A letter of the canary, and one from its end.
    pub(super) fn canary(&self, place: usize) -> [Option<char>; 2] {
        let from_end = self.canary.len().checked_sub(place + 1);
        [self.canary.get(place), from_end.and_then(|place| self.canary.get(place))]
            .map(Option::<&char>::copied)
    }

    /// How many letters there are.
    pub(super) const fn len(&self) -> usize {
        self.letters.len()
    }
}

/// Where some letters stand: their slot, and the word and bit of the filter.
struct Mixed {
    slot: usize,
    word: usize,
    bit: u64,
}

impl Mixed {
    const fn of(letters: u64) -> Self {
        let mixed = letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        Self {
            slot: mixed as usize % SLOTS,
            word: (mixed >> 6) as usize % (FILTER_BITS / 64) as usize,
            bit: 1 << (mixed & 63),
        }
    }
}

/// A letter turned by thirteen.
pub(super) const fn turned(c: char) -> char {
    match c {
        'a'..='m' => (c as u8 + 13) as char,
        'n'..='z' => (c as u8 - 13) as char,
        other => other,
    }
}

/// The characters that count in one: letters and digits without case, marks and disguise.
pub(super) fn counted(c: char) -> impl Iterator<Item = char> {
    let (one, several) = match fold(c) {
        Folded::Ascii(c) | Folded::Other(c) => (Some(c), ""),
        Folded::Letters(letters) => (None, letters),
        Folded::Mark | Folded::Hidden | Folded::Tag(_) | Folded::Gap => (None, ""),
    };
    one.into_iter().chain(several.chars())
}

/// Sentences as the characters of them that count; addresses and links end one.
fn split(text: &str) -> impl Iterator<Item = Vec<char>> {
    let mut sentences = vec![Vec::new()];
    for word in text.split_inclusive(char::is_whitespace) {
        if word.contains("://") || word.contains('@') {
            sentences.push(Vec::new());
            continue;
        }
        if let Some(sentence) = sentences.last_mut() {
            sentence.extend(word.chars().flat_map(counted));
        }
        let ends_with = |end: char| word.trim_end_matches([' ', '\t']).ends_with(end);
        if ['.', '!', '?', ';', '\n'].into_iter().any(ends_with) {
            sentences.push(Vec::new());
        }
    }
    sentences.into_iter()
}
