//! Runs of characters of one class: what the detectors read values from.

use super::fold::{byte, byte_before, is_letter, is_word};

/// What a run consists of, beside the signs that are named with it.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// Nothing but the signs.
    Signs,
    Digits,
    Hex,
    Letters,
    /// Letters and digits.
    Words,
    /// Anything but the signs; a run to the end needs [`BREAK`](super::fold::BREAK) among them.
    AllBut,
}

/// Where the run from `at` on ends, `most` characters long at most.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn run_end(bytes: &[u8], at: usize, most: usize, of: Of, signs: &[u8]) -> usize {
    let mut end = at;
    while end < at + most && is_in(byte(bytes, end), of, signs) {
        end += 1;
    }
    end
}

/// Where the run before `end` starts, not before `floor`.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn run_start(bytes: &[u8], end: usize, floor: usize, of: Of, signs: &[u8]) -> usize {
    let mut start = end;
    while start > floor && is_in(byte_before(bytes, start), of, signs) {
        start -= 1;
    }
    start
}

fn is_in(byte: u8, of: Of, signs: &[u8]) -> bool {
    let is_of = match of {
        Of::Signs => false,
        Of::Digits => byte.is_ascii_digit(),
        Of::Hex => byte.is_ascii_hexdigit(),
        Of::Letters => is_letter(byte),
        Of::Words => is_word(byte),
        Of::AllBut => false,
    };
    let is_sign = signs.contains(&byte);
    is_of || is_sign != matches!(of, Of::AllBut)
}

/// The number at `at`, of nine digits at most, and how many digits it has.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn number(bytes: &[u8], at: usize) -> (u32, usize) {
    let size = run_end(bytes, at, 9, Of::Digits, b"") - at;
    let digits = bytes.iter().skip(at).take(size);
    (digits.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), size)
}

/// Whether `word` is one of the words in `list`, which have spaces between them, in any case of its
/// letters.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn is_listed(word: &[u8], list: &[u8]) -> bool {
    list.split(|byte| *byte == b' ').any(|known| known.eq_ignore_ascii_case(word))
}
