//! What listens to letters, as a reply writes them or as a code in it does, and knows when they are
//! those of the instructions.

use super::index::{Index, QUOTATION, SEED, counted, turned};

/// With so many letters the same, the canary may have begun; so few tell nothing. To hold back fewer
/// would hold back what begins like it by chance, every fifth word.
const CANARY_SEED: usize = 4;

/// Places of the last letters: more than a quotation has.
const PLACES: usize = 64;

const _: () = assert!(PLACES > QUOTATION);

/// What came of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    /// A quotation may have begun.
    Begun,
    Quotation,
}

/// One that listens.
pub(super) struct Ear {
    /// The last letters, a byte each.
    last: u64,
    /// Quotations that may have begun.
    running: Vec<Run>,
    /// How many letters of the canary were the last ones, in the three ways.
    canary: [usize; 3],
    /// Where in the reply the last letters are written.
    places: [u32; PLACES],
    heard: usize,
    /// Whether a quotation or the canary may have begun, by one letter or more.
    is_attentive: bool,
    /// What is left to come of a character of several bytes, and what has come of it.
    open: (u8, u32),
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

impl Default for Ear {
    fn default() -> Self {
        Self {
            last: 0,
            running: Vec::new(),
            canary: [0; 3],
            places: [0; PLACES],
            heard: 0,
            is_attentive: false,
            open: (0, 0),
        }
    }
}

impl Ear {
    /// Hears a letter in lower case that is written at a place.
    #[inline]
    pub(super) fn letter(&mut self, index: &Index, c: char, place: usize) -> Heard {
        if let Some(slot) = self.places.get_mut(self.heard % PLACES) {
            *slot = u32::try_from(place).unwrap_or(u32::MAX);
        }
        self.heard += 1;
        self.last = and(self.last, c);
        // Of fewer letters nothing is known.
        let is_full = self.last >> (8 * (SEED - 1)) != 0;
        let is_seed = is_full && index.may_know(self.last);
        if is_seed || self.is_attentive || index.may_begin(self.last).is_some() {
            self.attend(index, c, is_seed)
        } else {
            Heard::Nothing
        }
    }

    /// Compares a letter with what may have begun, and looks for what may begin.
    fn attend(&mut self, index: &Index, c: char, is_seed: bool) -> Heard {
        self.running.retain_mut(|run| {
            let written = if run.way == Way::Turned { turned(c) } else { c };
            let same = index.letter(run.next) == Some(written);
            run.length += 1;
            run.next = if run.way == Way::Back { run.next.saturating_sub(1) } else { run.next + 1 };
            same
        });
        self.hear_canary(index, c);
        if is_seed {
            let [turned, back] = disguised(self.last);
            for (way, window) in [(Way::Plain, self.last), (Way::Turned, turned), (Way::Back, back)]
            {
                for end in index.behind(window) {
                    let next = if way == Way::Back { (end - SEED).saturating_sub(1) } else { end };
                    if !self.running.iter().any(|run| run.way == way && run.next == next) {
                        let needed = index.needed(end - 1);
                        self.running.push(Run { way, next, length: SEED, needed });
                    }
                }
            }
        }
        self.is_attentive = !self.running.is_empty() || self.canary != [0; 3];
        if self.running.iter().any(|run| run.length >= run.needed) {
            Heard::Quotation
        } else if self.begun() > 0 {
            Heard::Begun
        } else {
            Heard::Nothing
        }
    }

    /// Counts how much of the canary there is, from two letters on.
    fn hear_canary(&mut self, index: &Index, c: char) {
        let begun = index.may_begin(self.last);
        for (way, known) in self.canary.iter_mut().enumerate() {
            let [first, last] = index.canary(*known);
            let next = [first, first.map(turned), last];
            let goes_on = *known > 0 && next.get(way) == Some(&Some(c));
            *known = match () {
                () if goes_on => *known + 1,
                () if begun == Some(way) => 2,
                () => 0,
            };
        }
    }

    /// Hears a character that is written at a place.
    #[inline]
    pub(super) fn character(&mut self, index: &Index, c: char, place: usize) -> Heard {
        if c.is_ascii() {
            return if c.is_ascii_alphanumeric() {
                self.letter(index, c.to_ascii_lowercase(), place)
            } else {
                Heard::Nothing
            };
        }
        counted(c).fold(Heard::Nothing, |heard, c| heard.or(self.letter(index, c, place)))
    }

    /// Hears a byte of a text in UTF-8 that a code says at a place. What is no text ends a quotation.
    #[inline]
    pub(super) fn byte(&mut self, index: &Index, byte: u8, place: usize) -> Heard {
        if self.open.0 > 0 || (!byte.is_ascii() && index.is_wide()) {
            return self.part(index, byte, place);
        }
        match byte {
            b'0'..=b'9' | b'a'..=b'z' => self.letter(index, char::from(byte), place),
            b'A'..=b'Z' => self.letter(index, char::from(byte.to_ascii_lowercase()), place),
            // A character of two bytes has one of zero first in some codes.
            0 | b'\t' | b'\n' | b'\r' | b' '..=b'~' => Heard::Nothing,
            _ => self.stop(),
        }
    }

    /// Hears a byte of a character of several.
    fn part(&mut self, index: &Index, byte: u8, place: usize) -> Heard {
        let (left, bits) = core::mem::take(&mut self.open);
        match byte {
            0x80..=0xbf if left > 0 => {
                let bits = bits << 6 | u32::from(byte & 0x3f);
                match (left, char::from_u32(bits)) {
                    (1, Some(c)) => return self.character(index, c, place),
                    (1, None) => return self.stop(),
                    _ => self.open = (left - 1, bits),
                }
            }
            0xc2..=0xdf => self.open = (1, u32::from(byte & 0x1f)),
            0xe0..=0xef => self.open = (2, u32::from(byte & 0x0f)),
            0xf0..=0xf4 => self.open = (3, u32::from(byte & 0x07)),
            _ => return self.stop(),
        }
        Heard::Nothing
    }

    /// Hears what three bytes say that a code has at a place.
    #[inline]
    pub(super) fn bytes(&mut self, index: &Index, bytes: [u8; 3], place: usize) -> Heard {
        // Most of what words say when they are taken for a code is no text, which is seen at a glance.
        if !bytes.is_ascii() && !index.is_wide() {
            return self.stop();
        }
        bytes
            .into_iter()
            .fold(Heard::Nothing, |heard, byte| heard.or(self.byte(index, byte, place)))
    }

    /// Forgets what it heard.
    fn stop(&mut self) -> Heard {
        // What has no letter of a quotation is the usual case.
        if self.last != 0 {
            self.last = 0;
            self.running.clear();
            self.canary = [0; 3];
            self.is_attentive = false;
        }
        Heard::Nothing
    }

    /// How many of the last letters a quotation may have begun with.
    fn begun(&self) -> usize {
        let canary = self.canary.into_iter().filter(|known| *known >= CANARY_SEED);
        self.running.iter().map(|run| run.length).chain(canary).max().unwrap_or(0)
    }

    /// Where in the reply a quotation may have begun.
    pub(super) fn begun_at(&self) -> Option<usize> {
        let begun = Some(self.begun()).filter(|begun| *begun > 0)?;
        let first = self.heard.checked_sub(begun.min(PLACES))?;
        self.places.get(first % PLACES).map(|place| *place as usize)
    }
}

impl Heard {
    /// What came of this letter and then of another.
    pub(super) fn or(self, next: Self) -> Self {
        match (self, next) {
            (Self::Quotation, _) | (_, Self::Quotation) => Self::Quotation,
            (Self::Begun, _) | (_, Self::Begun) => Self::Begun,
            _ => Self::Nothing,
        }
    }
}

/// The last [`SEED`] letters of a text with one more, a byte each.
pub(super) const fn and(letters: u64, letter: char) -> u64 {
    letters << 8 | packed(letter) as u64
}

/// The same letters turned by thirteen, and from the last one to the first.
pub(super) fn disguised(letters: u64) -> [u64; 2] {
    let turned = letters
        .to_be_bytes()
        .map(|byte| if byte.is_ascii() { packed(turned(char::from(byte))) } else { byte });
    [u64::from_be_bytes(turned), letters.swap_bytes()]
}

/// A letter in a byte. Letters that share one are told apart when they are compared one by one, as
/// every further letter of a quotation is.
const fn packed(letter: char) -> u8 {
    if letter.is_ascii() { letter as u8 } else { 0x80 | (letter as u32 % 127) as u8 }
}
