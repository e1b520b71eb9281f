//! Codes on their way out: base64, hexadecimal, numbers of characters and binary digits are undone
//! letter by letter, wherever they begin and whatever stands between, and what they say is listened
//! to like the reply itself.

use super::ear::{Ear, Heard};
use super::index::Index;
use crate::guard::screen::sextet;

/// All that listens for codes.
#[derive(Default)]
pub(super) struct Codes {
    base64: Base64,
    hexadecimal: Hexadecimal,
    number: Number,
    binary: Binary,
}

impl Codes {
    /// Hears a character of the reply at a place.
    pub(super) fn character(&mut self, index: &Index, c: char, place: usize) -> Heard {
        let byte = u8::try_from(c).unwrap_or(0xff);
        let of_base64 = self.base64.character(index, byte, place);
        let heard = of_base64.or(self.hexadecimal.character(index, byte, place));
        if byte.is_ascii_digit() {
            self.number.digit(byte, place);
            return heard.or(self.binary.digit(index, byte, place));
        }
        self.binary.length = 0;
        heard.or(self.number.end(index))
    }

    /// Hears that the reply is over.
    pub(super) fn finish(&mut self, index: &Index) -> Heard {
        self.base64.end_word(index).or(self.number.end(index))
    }

    pub(super) fn ears(&self) -> impl Iterator<Item = &Ear> {
        let several = self.base64.ears.iter().chain(&self.hexadecimal.ears);
        several.chain([&self.base64.word, &self.number.ear, &self.binary.ear])
    }
}

/// Both alphabets. Each of four ears begins to listen at another character; a fifth one begins anew
/// with each word.
#[derive(Default)]
struct Base64 {
    /// The last four characters, six bits each, and their places.
    bits: u32,
    places: [usize; 4],
    read: usize,
    of_word: usize,
    ears: [Ear; 4],
    word: Ear,
}

impl Base64 {
    fn character(&mut self, index: &Index, byte: u8, place: usize) -> Heard {
        let Some(value) = sextet(byte) else {
            let heard = self.end_word(index);
            // It fills up the last characters; with a new word, others may begin.
            return if byte == b'=' { heard.or(self.push(index, 0, place)) } else { heard };
        };
        self.of_word += 1;
        let heard = self.push(index, value, place);
        if !self.of_word.is_multiple_of(4) {
            return heard;
        }
        let first = self.first();
        let [_, bytes @ ..] = self.bits.to_be_bytes();
        heard.or(self.word.bytes(index, bytes, first))
    }

    /// The place of the first of the last four.
    fn first(&self) -> usize {
        self.places.get(self.read % 4).copied().unwrap_or_default()
    }

    fn push(&mut self, index: &Index, value: u8, place: usize) -> Heard {
        self.bits = (self.bits << 6 | u32::from(value)) & 0xff_ffff;
        if let Some(slot) = self.places.get_mut(self.read % 4) {
            *slot = place;
        }
        self.read += 1;
        let first = self.first();
        let [_, bytes @ ..] = self.bits.to_be_bytes();
        let Some(ear) = self.ears.get_mut(self.read % 4).filter(|_| self.read >= 4) else {
            return Heard::Nothing;
        };
        bytes.into_iter().fold(Heard::Nothing, |heard, byte| heard.or(ear.byte(index, byte, first)))
    }

    /// What the last characters of a word say that are fewer than four.
    fn end_word(&mut self, index: &Index) -> Heard {
        let length = core::mem::take(&mut self.of_word) % 4;
        if length < 2 {
            return Heard::Nothing;
        }
        let place = self.places.get((self.read - length) % 4).copied().unwrap_or_default();
        let [_, bytes @ ..] = (self.bits << (6 * (4 - length))).to_be_bytes();
        bytes
            .into_iter()
            .take(length - 1)
            .fold(Heard::Nothing, |heard, byte| heard.or(self.word.byte(index, byte, place)))
    }
}

/// Pairs of digits: two ears for those that touch, from each of two digits on, and two for those with
/// signs between.
#[derive(Default)]
struct Hexadecimal {
    last: (u8, usize),
    touching: usize,
    apart: usize,
    ears: [Ear; 4],
}

impl Hexadecimal {
    fn character(&mut self, index: &Index, byte: u8, place: usize) -> Heard {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            other => {
                self.touching = 0;
                if other.is_ascii_alphabetic() {
                    self.apart = 0;
                }
                return Heard::Nothing;
            }
        };
        let (before, at) = core::mem::replace(&mut self.last, (value, place));
        self.touching += 1;
        self.apart += 1;
        let said = before << 4 | value;
        let mut heard = Heard::Nothing;
        for (ear, digits) in [(self.touching % 2, self.touching), (2 + self.apart % 2, self.apart)]
        {
            if let Some(ear) = self.ears.get_mut(ear).filter(|_| digits > 1) {
                heard = heard.or(ear.byte(index, said, at));
            }
        }
        heard
    }
}

/// Characters by their numbers, as in `&#107;`.
#[derive(Default)]
struct Number {
    value: u32,
    place: Option<usize>,
    ear: Ear,
}

impl Number {
    fn digit(&mut self, byte: u8, place: usize) {
        self.place.get_or_insert(place);
        self.value = self.value.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
    }

    fn end(&mut self, index: &Index) -> Heard {
        let Some(place) = self.place.take() else { return Heard::Nothing };
        match char::from_u32(core::mem::take(&mut self.value)).filter(|c| *c >= ' ') {
            Some(c) => self.ear.character(index, c, place),
            None => Heard::Nothing,
        }
    }
}

/// Eight zeros and ones, and as many again.
#[derive(Default)]
struct Binary {
    value: u8,
    length: usize,
    place: usize,
    ear: Ear,
}

impl Binary {
    fn digit(&mut self, index: &Index, byte: u8, place: usize) -> Heard {
        if byte > b'1' {
            self.length = 0;
            return Heard::Nothing;
        }
        if self.length.is_multiple_of(8) {
            self.place = place;
        }
        self.value = self.value << 1 | (byte - b'0');
        self.length += 1;
        if self.length.is_multiple_of(8) {
            self.ear.byte(index, self.value, self.place)
        } else {
            Heard::Nothing
        }
    }
}
