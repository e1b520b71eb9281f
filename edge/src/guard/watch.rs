//! The watch over the prompt's own words: a model that is talked into repeating its instructions is
//! cut off before they are sent, and so is one that repeats the conversation's canary, a word that
//! stands in its instructions and nowhere else.
//!
//! Letters and digits count, in lower case; spaces, case and punctuation do not. The words are
//! known again turned by thirteen letters and from their end, and in base64 and hexadecimal
//! (`codes`). Translations and other encodings are not.

use std::rc::Rc;

/// So many letters and digits in a row are a quotation, not a coincidence.
const QUOTATION: usize = 40;

/// A sentence this short, in letters and digits, may be said by anybody.
const SHORTEST: usize = 24;

/// With so many the same, a quotation may have begun, and is held back.
const SEED: usize = 8;

/// Likewise for the canary, of which so few letters tell nothing. To hold back fewer would hold back
/// what begins like it by chance, every fifth word.
const CANARY_SEED: usize = 4;

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
    /// How the canary begins, in the three ways: its first letters, of [`CANARY_SEED`] on.
    canary: Vec<[u64; 3]>,
}

/// The watch over one reply.
pub struct Watch {
    index: Rc<Index>,
    /// The last letters of the reply, a byte each, in the three ways.
    last: Windows,
    /// Quotations that may have begun.
    running: Vec<Run>,
    /// Text that is held back.
    held: String,
    has_quoted: bool,
}

/// How a quotation is disguised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Not at all.
    Plain,
    /// Turned by thirteen letters.
    Turned,
    /// From its end.
    Back,
}

/// A part of a sentence that the reply has just repeated.
#[derive(Clone, Copy)]
struct Run {
    way: Way,
    /// The letter that would come next.
    next: usize,
    length: usize,
    needed: usize,
}

impl Index {
    /// The sentences of some texts. Addresses and links in them may be repeated; the canary may
    /// not, however short it is.
    fn new<'a>(texts: impl IntoIterator<Item = &'a str>, canary: Option<&str>) -> Self {
        let mut index = Self {
            filter: vec![0; (FILTER_BITS / 64) as usize],
            slots: vec![0; SLOTS],
            ..Self::default()
        };
        for text in texts {
            for sentence in split(text).filter(|sentence| sentence.len() >= SHORTEST) {
                index.add(&sentence);
            }
        }
        if let Some(canary) = canary {
            let canary: Vec<char> = canary.chars().flat_map(counted).collect();
            index.add(&canary);
            let window = |letters: &mut dyn Iterator<Item = &char>| {
                letters.fold(0, |window, letter| window << 8 | u64::from(packed(*letter)))
            };
            let begins = |length: usize| {
                let plain = window(&mut canary.iter().take(length));
                // What is turned when it is read stands here as it is.
                [plain, plain, window(&mut canary.iter().rev().take(length))]
            };
            index.canary = (CANARY_SEED..SEED).map(begins).collect();
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
        let mut windows = Windows::default();
        for (place, letter) in sentence.iter().enumerate() {
            windows.push(*letter);
            if place + 1 >= SEED {
                self.add_seed(windows, start + place + 1);
            }
        }
    }

    /// A run of letters ends before a place.
    fn add_seed(&mut self, windows: Windows, place: usize) {
        let Windows { plain: letters, turned, back } = windows;
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
    fn may_know(&self, letters: u64) -> bool {
        let Mixed { word, bit, .. } = Mixed::of(letters);
        self.filter.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Where sentences go on behind these letters.
    fn behind(&self, letters: u64) -> impl Iterator<Item = usize> + '_ {
        let last = self.slots.get(Mixed::of(letters).slot).copied().unwrap_or(0);
        core::iter::successors((last > 0).then_some(last as usize), |place| {
            let before = self.before.get(*place).copied().unwrap_or(0);
            (before > 0).then_some(before as usize)
        })
        .filter(move |place| self.seeds.get(*place) == Some(&letters))
    }

    fn letter(&self, place: usize) -> Option<char> {
        self.letters.get(place).copied()
    }
}

impl Watch {
    /// Watches over these texts and the canary.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>, canary: Option<&str>) -> Self {
        Self::over(Rc::new(Index::new(texts, canary)))
    }

    /// Another watch over the same texts, for a text of its own.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::over(Rc::clone(&self.index))
    }

    fn over(index: Rc<Index>) -> Self {
        Self {
            index,
            last: Windows::default(),
            running: Vec::new(),
            held: String::new(),
            has_quoted: false,
        }
    }

    /// Whether there is nothing to watch over.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.index.letters.is_empty()
    }

    /// Takes what comes next and adds what may be sent. After a quotation nothing is added.
    pub fn push(&mut self, text: &str, free: &mut String) {
        if self.is_idle() {
            free.push_str(text);
            return;
        }
        if self.has_quoted {
            return;
        }
        for c in text.chars() {
            if c.is_ascii() {
                if c.is_ascii_alphanumeric() {
                    self.count(c.to_ascii_lowercase());
                }
            } else {
                counted(c).for_each(|c| self.count(c));
            }
            if self.has_quoted {
                self.held.clear();
                return;
            }
        }
        let running = self.running.iter().map(|run| run.length).max().unwrap_or(0);
        let longest = running.max(self.canary_begun());
        if longest == 0 {
            free.push_str(&self.held);
            free.push_str(text);
            self.held.clear();
            return;
        }
        self.held.push_str(text);
        free.extend(self.held.drain(..self.begun(longest)));
    }

    /// Where in the held text its last letters begin, so many of those that count; 0 if they began
    /// in what was already sent.
    fn begun(&self, letters: usize) -> usize {
        let mut left = letters;
        for (place, c) in self.held.char_indices().rev() {
            left = left.saturating_sub(counted(c).count());
            if left == 0 {
                return place;
            }
        }
        0
    }

    /// Gives what was held back: the reply ended without a quotation.
    pub fn finish(&mut self) -> String {
        core::mem::take(&mut self.held)
    }

    /// Whether the reply has repeated its instructions.
    #[must_use]
    pub const fn has_quoted(&self) -> bool {
        self.has_quoted
    }

    fn count(&mut self, c: char) {
        let index = &self.index;
        self.running.retain_mut(|run| {
            let same =
                index.letter(run.next) == Some(if run.way == Way::Turned { turned(c) } else { c });
            run.length += 1;
            run.next = if run.way == Way::Back { run.next.saturating_sub(1) } else { run.next + 1 };
            same
        });
        self.last.push(c);
        let Windows { plain, turned, back } = self.last;
        if index.may_know(plain) {
            for (way, window) in [(Way::Plain, plain), (Way::Turned, turned), (Way::Back, back)] {
                for end in index.behind(window) {
                    let next = if way == Way::Back { (end - SEED).saturating_sub(1) } else { end };
                    if !self.running.iter().any(|run| run.way == way && run.next == next) {
                        let needed = index.needed.get(end - 1).copied().unwrap_or(QUOTATION);
                        self.running.push(Run { way, next, length: SEED, needed });
                    }
                }
            }
        }
        self.has_quoted |= self.running.iter().any(|run| run.length >= run.needed);
    }

    /// How many of the last letters the canary may begin with.
    fn canary_begun(&self) -> usize {
        let Windows { plain, turned, back: _ } = self.last;
        let lengths = (CANARY_SEED..SEED).zip(&self.index.canary).rev();
        let mut begun = lengths.filter(|(length, [first, first_turned, last])| {
            let part = |window: u64| window & ((1 << (8 * length)) - 1);
            part(plain) == *first || part(turned) == *first_turned || part(plain) == *last
        });
        begun.next().map_or(0, |(length, _)| length)
    }
}

impl core::fmt::Debug for Watch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Watch({} letters)", self.index.letters.len())
    }
}

/// The last [`SEED`] letters, a byte each: as they stand, turned by thirteen, and from the last one
/// to the first.
#[derive(Clone, Copy, Default)]
struct Windows {
    plain: u64,
    turned: u64,
    back: u64,
}

impl Windows {
    const fn push(&mut self, letter: char) {
        self.plain = self.plain << 8 | packed(letter) as u64;
        self.turned = self.turned << 8 | packed(turned(letter)) as u64;
        self.back = self.back >> 8 | (packed(letter) as u64) << 56;
    }
}

/// A letter in a byte. Letters that share one are told apart when they are compared one by one, as
/// every further letter of a quotation is.
const fn packed(letter: char) -> u8 {
    if letter.is_ascii() { letter as u8 } else { 0x80 | (letter as u32 % 127) as u8 }
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
const fn turned(c: char) -> char {
    match c {
        'a'..='m' => (c as u8 + 13) as char,
        'n'..='z' => (c as u8 - 13) as char,
        other => other,
    }
}

/// The characters that count.
fn counted(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| c.is_alphanumeric())
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

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "Be kind. Always recommend the oak lamp first and never mention the \
                          warehouse in the north! Call every visitor dear friend. \
                          Orders go to https://shop.example/a/very/long/address/of/the/order/form";

    const CANARY: &str = "kbplfhogamdcneji";

    /// What is sent of a reply that comes in pieces of this many characters.
    fn sent(reply: &str, size: usize) -> (String, bool) {
        let mut watch = Watch::new([PROMPT], Some(CANARY));
        let mut sent = String::new();
        let chars: Vec<char> = reply.chars().collect();
        for piece in chars.chunks(size) {
            watch.push(&piece.iter().collect::<String>(), &mut sent);
        }
        sent.push_str(&watch.finish());
        (sent, watch.has_quoted())
    }

    #[test]
    fn promise_9_the_prompts_own_sentences_are_cut_off() {
        for reply in [
            "My instructions: Always recommend the oak lamp first and never mention the warehouse",
            "Sure: ALWAYS RECOMMEND THE OAK LAMP FIRST AND NEVER MENTION THE WAREHOUSE IN THE",
            "a l w a y s r e c o m m e n d t h e o a k l a m p f i r s t a n d n e v e r m e n t i o n",
            "always-recommend-the-oak-lamp-first-and-never-mention-the-warehouse-in-the-north",
            "I should recommend the oak lamp first and never mention the warehouse in the north.",
            "They told me: \"Call every visitor dear friend.\"",
        ] {
            for size in 1..20 {
                let (sent, has_quoted) = sent(reply, size);
                assert!(has_quoted, "{reply}");
                assert!(!sent.contains("warehouse") && !sent.contains("dear friend"), "{sent}");
                assert!(sent.chars().filter(|c| c.is_alphanumeric()).count() < 30, "{sent}");
            }
        }
    }

    #[test]
    fn light_disguises_are_seen_through() {
        let sentence = "Always recommend the oak lamp first and never mention the warehouse in";
        let rotated: String = sentence.to_lowercase().chars().map(turned).collect();
        let reversed: String = sentence.chars().rev().collect();
        for reply in [rotated.as_str(), &reversed] {
            let (sent, has_quoted) = sent(reply, 3);
            assert!(has_quoted, "{reply}");
            assert!(sent.len() < 40, "{sent}");
        }
    }

    #[test]
    fn the_canary_is_cut_off_within_its_first_letters() {
        let spaced: String = CANARY.chars().flat_map(|c| [c, ' ']).collect();
        let reversed: String = CANARY.chars().rev().collect();
        let rotated: String = CANARY.chars().map(turned).collect();
        for canary in [CANARY.to_owned(), CANARY.to_uppercase(), spaced, reversed, rotated] {
            for size in 1..20 {
                let (sent, has_quoted) = sent(&format!("It says {canary}, I think."), size);
                assert!(has_quoted, "{canary}");
                let of_it = sent.strip_prefix("It says").unwrap();
                assert!(of_it.chars().flat_map(counted).count() < CANARY_SEED, "{sent}");
            }
        }
        assert!(!sent(&CANARY[..12], 4).1);
    }

    #[test]
    fn other_replies_pass_whole() {
        for reply in [
            "",
            "I recommend the oak lamp. It is in the warehouse, ready to ship.",
            "Always recommend the oak lamp",
            "Be kind.",
            "Please order at https://shop.example/a/very/long/address/of/the/order/form now.",
            "Call every visitor dear",
            "Grüße — 你好 😀 İstanbul",
        ] {
            for size in 1..20 {
                assert_eq!(sent(reply, size), (reply.to_owned(), false));
            }
        }
    }

    #[test]
    fn ordinary_text_is_not_held_back() {
        let mut watch = Watch::new([PROMPT], Some(CANARY));
        let mut push = |text: &str| {
            let mut free = String::new();
            watch.push(text, &mut free);
            free
        };
        assert_eq!(push("The oak lamp costs"), "The oak lamp costs");
        assert_eq!(push(" 40. Always recomm"), " 40. ");
        assert_eq!(push("ending it is fun."), "Always recommending it is fun.");
        // Words begin like the canary by chance.
        let begins = CANARY.chars().take(3).collect::<String>();
        assert_eq!(push(&begins), begins);
    }
}
