//! The folded view: what a text looks like once disguises and typography are taken away.
//!
//! Every character that matters becomes one byte; characters that cannot be seen become none.
//! Detectors read these bytes and nothing else, and [`Folded::range`] leads back.
//!
//! | in the text | in the view |
//! |---|---|
//! | ASCII | itself, its case kept |
//! | full-width forms | their ASCII characters |
//! | decimal digits of any script, mathematical digits | `0` to `9` |
//! | spaces of any width | a space |
//! | dashes and hyphens of any length, the minus sign | `-` |
//! | Latin letters with marks | the letter without |
//! | currency signs | `$` |
//! | `(at)`, `[dot]` and their kin, with the spaces around | `@`, `.` |
//! | Cyrillic and Greek letters | the Latin letter that looks or sounds like them |
//! | percent-encoded ASCII, HTML entities | the character |
//! | zero-width and direction marks, soft hyphens, combining marks | nothing |
//! | other letters | [`LETTER`] |
//! | scripts that write no spaces, symbols, emoji | [`BREAK`] |

use super::short::Short;

/// A letter of another alphabet: may stand in an e-mail address.
pub(super) const LETTER: u8 = 0x80;
/// Something no value contains.
pub(super) const BREAK: u8 = 0x81;

/// So many invisible characters in a row are passed over; the next one is a [`BREAK`]. The cap
/// bounds how many bytes of the original a folded byte can stand for.
const MAX_INVISIBLE: u8 = 4;

/// So many spaces on either side belong to `(at)` and `(dot)`.
const MAX_SPELLED_SPACES: usize = 2;

/// The longest entity that is read, `&#x1D7CE;`.
const MAX_ENTITY: usize = 9;

/// The byte at `at`, or [`BREAK`] outside the text, so that detectors need no bounds of their own.
/// Not inlined in the browser: it is called from a hundred places, each paid for by the byte.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    #[cfg(test)]
    LOOKS.set(LOOKS.get() + 1);
    match bytes.get(at) {
        Some(byte) => *byte,
        None => BREAK,
    }
}

#[cfg(test)]
thread_local! {
    /// How many bytes this test has looked at: what a detector costs, without a clock.
    pub(super) static LOOKS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// The byte before `at`.
pub(super) fn byte_before(bytes: &[u8], at: usize) -> u8 {
    byte(bytes, at.wrapping_sub(1))
}

/// A letter of any alphabet.
pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == LETTER
}

/// A letter or a digit: what a value must not touch on its outside.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == LETTER
}

/// A text's folded view. That of a chat message needs no allocation.
pub(super) struct Folded<'a> {
    text: &'a str,
    /// `None` when the view is the text itself.
    other: Option<Other>,
}

/// A view that is not the text itself.
#[derive(Default)]
struct Other {
    bytes: Short<u8, 512>,
    /// The folded bytes that are not just one plain byte of the text after the one before, in
    /// order. All others lie as far apart as in the original.
    odd: Short<Odd, 128>,
}

/// A folded byte and where its character starts and ends in the original.
#[derive(Clone, Copy, Default)]
struct Odd {
    at: u32,
    start: u32,
    end: u32,
}

impl Folded<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.other {
            Some(other) => other.bytes.as_slice(),
            None => self.text.as_bytes(),
        }
    }

    fn odd(&self) -> &[Odd] {
        self.other.as_ref().map_or(&[], |other| other.odd.as_slice())
    }

    /// The range of the original text that the folded bytes `start..end` stand for; `start < end`.
    pub(super) fn range(&self, start: usize, end: usize) -> (usize, usize) {
        let (first, last) = (self.place(start).0, self.place(end.saturating_sub(1)).1);
        (first, last.max(first))
    }

    /// Where in the original the folded byte `at` begins; the original's length past the end.
    pub(super) fn position(&self, at: usize) -> usize {
        if at >= self.bytes().len() { self.text.len() } else { self.place(at).0 }
    }

    /// The first folded byte that stands for the original from `position` on.
    pub(super) fn index_of(&self, position: usize) -> usize {
        let before = self.odd().partition_point(|odd| (odd.start as usize) < position);
        let plain = match before.checked_sub(1).and_then(|last| self.odd().get(last)) {
            Some(odd) => odd.at as usize + 1 + position.saturating_sub(odd.end as usize),
            None => position,
        };
        // What cannot be seen lies before an odd byte, or at the end.
        let next = self.odd().get(before).map_or(self.bytes().len(), |odd| odd.at as usize);
        plain.min(next)
    }

    /// Where the character of the folded byte `at` starts and ends in the original.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.odd().partition_point(|odd| odd.at as usize <= at);
        match before.checked_sub(1).and_then(|last| self.odd().get(last)) {
            Some(odd) if odd.at as usize == at => (odd.start as usize, odd.end as usize),
            Some(odd) => {
                let start = odd.end as usize + at - odd.at as usize - 1;
                (start, start + 1)
            }
            None => (at, at + 1),
        }
    }
}

/// Folds `text`. ASCII without disguises is borrowed.
pub(super) fn fold(text: &str) -> Folded<'_> {
    let bytes = text.as_bytes();
    let mut folded = Folded { text, other: None };
    let mut plain_from = 0;
    let mut at = 0;
    let mut invisible = 0;
    while let Some(rest) = bytes.get(at..) {
        let Some(plain) = rest.iter().position(|byte| !IS_PLAIN[usize::from(*byte)]) else { break };
        at += plain;
        let Some(meant) = read(bytes, text, at) else {
            at += 1;
            continue;
        };
        let other = folded.other.get_or_insert_with(Other::default);
        other.plain(bytes, plain_from, at, &mut invisible);
        let mut start = at;
        at = meant.end;
        plain_from = at;
        let char = match meant.char {
            Some(char) => char,
            None if invisible < MAX_INVISIBLE => {
                invisible += 1;
                continue;
            }
            None => BREAK,
        };
        invisible = 0;
        if meant.takes_spaces {
            for _ in 0..MAX_SPELLED_SPACES {
                start = folded.take_space().unwrap_or(start);
            }
        }
        if let Some(other) = &mut folded.other {
            other.odd(start, at);
            other.bytes.push(char);
        }
    }
    if let Some(other) = &mut folded.other {
        other.plain(bytes, plain_from, bytes.len(), &mut invisible);
    }
    folded
}

impl Other {
    /// Adds the plain bytes `from..to`. Behind something invisible the first of them is odd.
    fn plain(&mut self, bytes: &[u8], from: usize, to: usize, invisible: &mut u8) {
        if from < to {
            if *invisible > 0 {
                self.odd(from, from + 1);
            }
            *invisible = 0;
            self.bytes.extend(bytes.get(from..to).unwrap_or_default());
        }
    }

    /// Notes where the next byte comes from.
    fn odd(&mut self, start: usize, end: usize) {
        let at = self.bytes.length as u32;
        self.odd.push(Odd { at, start: start as u32, end: end as u32 });
    }
}

impl Folded<'_> {
    /// Takes back a space at the end, and says where it began.
    fn take_space(&mut self) -> Option<usize> {
        let last = self.bytes().len().checked_sub(1)?;
        let start = self.place(last).0;
        let other = self.other.as_mut()?;
        if other.bytes.as_slice().last() != Some(&b' ') {
            return None;
        }
        other.bytes.truncate(last);
        if other.odd.as_slice().last().is_some_and(|odd| odd.at as usize == last) {
            other.odd.truncate(other.odd.length - 1);
        }
        Some(start)
    }
}

/// The bytes that are themselves in every view.
static IS_PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut byte = 0;
    while byte < 0x80 {
        is_plain[byte] = !matches!(byte as u8, b'%' | b'(' | b'[' | b'{' | b'&');
        byte += 1;
    }
    is_plain
};

/// What stands in a text instead of a plain byte.
struct Meant {
    /// The byte it is read as; `None` for what cannot be seen.
    char: Option<u8>,
    /// Where the text goes on.
    end: usize,
    /// Whether the spaces before belong to it.
    takes_spaces: bool,
}

/// Reads the character, or the disguise, at `at`; `None` when it is plain after all.
fn read(bytes: &[u8], text: &str, at: usize) -> Option<Meant> {
    let of = |(char, end)| Meant { char: Some(char), end, takes_spaces: false };
    match byte(bytes, at) {
        b'%' => percent(bytes, at).map(|char| of((char, at + 3))),
        b'&' => entity(bytes, at).map(|(char, end)| Meant {
            char: fold_char(char),
            end,
            takes_spaces: false,
        }),
        b'(' | b'[' | b'{' => {
            spelled(bytes, at).map(|sign| Meant { takes_spaces: true, ..of(sign) })
        }
        // Most letters with marks.
        0xC3 => {
            let letter = byte(LATIN, usize::from(byte(bytes, at + 1) & 0x3F));
            Some(of((letter, at + 2)))
        }
        _ => {
            let char = text.get(at..).and_then(|rest| rest.chars().next())?;
            let end = at + char.len_utf8();
            Some(Meant { char: fold_char(char), end, takes_spaces: false })
        }
    }
}

/// What one character looks like; `None` when it cannot be seen.
pub(super) fn fold_char(char: char) -> Option<u8> {
    let code = char as u32;
    Some(match code {
        0..=0x7F => code as u8,
        0x80..=0x9F => BREAK,
        0xA0 => b' ',
        0xAD => return None,
        0xA2..=0xA5 => b'$',
        0xA7 => b'#',
        0xB7 => b'-',
        0xA1..=0xBF => BREAK,
        0xC0..=0x17F => byte(LATIN, code as usize - 0xC0),
        0x218 | 0x219 => b's',
        0x21A | 0x21B => b't',
        0x300..=0x36F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F => return None,
        0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180E | 0x200B..=0x200F => {
            return None;
        }
        0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE0FFF => {
            return None;
        }
        0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 => b' ',
        0x2010..=0x2015 | 0x2043 | 0x2212 | 0xFE58 | 0xFE63 => b'-',
        0x2018 | 0x2019 => b'\'',
        0x201C | 0x201D => b'"',
        0x2024 => b'.',
        0x2044 | 0x2215 => b'/',
        0x20A0..=0x20CF => b'$',
        0xFF01..=0xFF5E => (code - 0xFF01) as u8 + b'!',
        0x1D7CE..=0x1D7FF => (code - 0x1D7CE) as u8 % 10 + b'0',
        _ => {
            match code {
                0x391..=0x3CE => byte(GREEK, code as usize - 0x391),
                0x386 | 0x388..=0x390 => byte(GREEK_MARKED, code as usize - 0x386),
                0x400..=0x45F => byte(CYRILLIC, code as usize - 0x400),
                0x490 | 0x491 => b'g',
                _ if let Some(digit) = foreign_digit(code) => digit,
                // Thai, Lao, Burmese, Khmer and the scripts of East Asia put no spaces between
                // words: a value beside them would grow over the sentence.
                0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17FF => BREAK,
                0x180..=0x1FFF => LETTER,
                _ => BREAK,
            }
        }
    })
}

/// Latin letters U+00C0 to U+017F without their marks; the two signs among them are no letters.
static LATIN: &[u8; 192] =
    b"AAAAAAACEEEEIIIIDNOOOOO\x81OUUUUYTsaaaaaaaceeeeiiiidnooooo\x81ouuuuyty\
AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOo\
OoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Cyrillic letters U+0400 to U+045F: the Latin letter that looks like them, in either case, else
/// one that sounds like them. So a disguised `jаne` reads `jane`, and a cue word has one spelling.
static CYRILLIC: &[u8; 96] = b"EEDGESIIJLNHKUYD\
ABBGDEZZUUKLMHONPCTYFXCHWWBYBEURabbgdezzuuklmhonpctyfxchwwbybeur\
eedgesiijlnhkuyd";

/// Greek letters U+0391 to U+03CE, in the same way.
static GREEK: &[u8; 62] = b"ABGDEZHTIKLMNXOPP\x80STYFXYOIYaehiyabgdezhtiklmnxoppsstyfxyoiyoyo";

/// Greek letters U+0386 to U+0390, with marks.
static GREEK_MARKED: &[u8; 11] = b"A\x81EHI\x80O\x80YOi";

/// The zeros of the decimal digits in the Basic Multilingual Plane (Unicode category Nd); nine
/// more follow each.
static ZEROS: &[u16] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
];

fn foreign_digit(code: u32) -> Option<u8> {
    ZEROS
        .iter()
        .map(|zero| code.wrapping_sub(u32::from(*zero)))
        .find(|digit| *digit < 10)
        .map(|digit| digit as u8 + b'0')
}

/// `%40` at `at`: the visible ASCII character or the space that it encodes.
fn percent(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at| (byte(bytes, at) as char).to_digit(16).map(|digit| digit as u8);
    if byte(bytes, at) != b'%' {
        return None;
    }
    let char = digit(at + 1)? * 16 + digit(at + 2)?;
    (b' '..=b'~').contains(&char).then_some(char)
}

/// `&#64;`, `&#x40;`, `&nbsp;` at `at`: the character and where the text goes on.
fn entity(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let rest = bytes.get(at + 1..)?;
    let length = rest.iter().take(MAX_ENTITY).position(|byte| *byte == b';')?;
    let name = str::from_utf8(rest.get(..length)?).ok()?;
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(number) => u32::from_str_radix(number, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "nbsp" => 0xA0,
            "commat" => 0x40,
            "period" => 0x2E,
            "hyphen" | "dash" => 0x2D,
            "shy" => 0xAD,
            "lowbar" => 0x5F,
            "plus" => 0x2B,
            "colon" => 0x3A,
            "amp" => 0x26,
            _ => return None,
        },
    };
    char::from_u32(code).filter(|char| *char >= ' ').map(|char| (char, at + length + 2))
}

/// `(at)`, `[dot]`, `{ at }`, `(@)`, `(.)` at `at`: the sign meant and where the text goes on,
/// spaces after it included.
fn spelled(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let close = match byte(bytes, at) {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        _ => return None,
    };
    let inner = skip_spaces(bytes, at + 1);
    let (sign, length) = match byte(bytes, inner).to_ascii_lowercase() {
        b'@' => (b'@', 1),
        b'.' => (b'.', 1),
        b'a' if byte(bytes, inner + 1).eq_ignore_ascii_case(&b't') => (b'@', 2),
        b'd' if byte(bytes, inner + 1).eq_ignore_ascii_case(&b'o')
            && byte(bytes, inner + 2).eq_ignore_ascii_case(&b't') =>
        {
            (b'.', 3)
        }
        _ => return None,
    };
    let end = skip_spaces(bytes, inner + length);
    (byte(bytes, end) == close).then(|| (sign, skip_spaces(bytes, end + 1)))
}

fn skip_spaces(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + MAX_SPELLED_SPACES && byte(bytes, end) == b' ' {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view(text: &str) -> String {
        fold(text).bytes().iter().map(|b| if b.is_ascii() { *b as char } else { '?' }).collect()
    }

    #[test]
    fn disguises_fall_away() {
        for (text, expected) in [
            ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jane@example.com"),
            ("٠١٢٣ ०१२ 𝟒𝟗 𝟶", "0123 012 49 0"),
            ("a\u{a0}b\u{202f}c\u{3000}d", "a b c d"),
            ("1\u{2011}2\u{2013}3\u{2212}4", "1-2-3-4"),
            ("j\u{200b}a\u{200c}n\u{ad}e\u{2060}", "jane"),
            ("Téléphone, Łódź, Straße", "Telephone, Lodz, Strase"),
            ("e\u{301}te\u{301}", "ete"),
            ("€ 5 £", "$ 5 $"),
            ("jane (at) example [dot] com", "jane@example.com"),
            ("jane{ AT }example(.)com", "jane@example.com"),
            ("look (at me", "look (at me"),
            ("jane%40example.com%20100%", "jane@example.com 100%"),
            ("почта 中 🙂", "nohta ? ?"),
            ("jаnе@еxаmple.com", "jane@example.com"),
            ("Τηλέφωνο", "Thlefono"),
            ("jane&#64;example&period;com &#x34;&nbsp;&amp", "jane@example.com 4 &amp"),
        ] {
            assert_eq!(view(text), expected, "{text}");
        }
    }

    #[test]
    fn the_table_of_letters_is_aligned() {
        for (char, letter) in
            [('À', b'A'), ('ß', b's'), ('ÿ', b'y'), ('Đ', b'D'), ('ł', b'l'), ('ž', b'z')]
        {
            assert_eq!(fold_char(char), Some(letter));
        }
        assert_eq!(fold_char('×'), Some(BREAK));
        assert_eq!(fold_char('÷'), Some(BREAK));
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(fold("call (me) [now] 1234567").other.is_none());
        assert!(fold("grüße").other.is_some());
    }

    #[test]
    fn invisible_characters_are_passed_over_only_so_often() {
        assert_eq!(view(&format!("1{}2", "\u{200b}".repeat(4))), "12");
        assert_eq!(view(&format!("1{}2", "\u{200b}".repeat(5))), "1?2");
    }

    proptest! {
        /// Each folded byte leads back to whole characters, in order and without overlaps.
        #[test]
        fn the_way_back_is_exact(text in "(\\PC|[ (@).a-d0-9\u{200b}\u{301}]|\\(at\\)){0,60}") {
            let folded = fold(&text);
            let mut last = 0;
            for at in 0..folded.bytes().len() {
                let (start, end) = folded.range(at, at + 1);
                prop_assert!(last <= start && start < end);
                prop_assert!(text.get(start..end).is_some());
                prop_assert_eq!(folded.position(at), start);
                prop_assert_eq!(folded.index_of(start), at);
                let original = text.get(start..end).unwrap();
                let alone = fold(original);
                if original.chars().count() == 1 && alone.bytes().len() == 1 {
                    prop_assert_eq!(alone.bytes(), &folded.bytes()[at..=at]);
                }
                last = end;
            }
        }
    }
}
