//! Identity, tax and social security numbers: one reader for the rows of `rules`, and for what a
//! word names.
//!
//! A number is read once, from its first character on: letters and digits, groups, and where the
//! separators stood. At the end of each group the rows of that length are tried. A row of tier A
//! is believed by its shape and check digit, one of tier B when it is written as such numbers are,
//! when a word names it, or when the message is nothing but the number; one of tier C only when a
//! word names its own kind. A row without a check digit needs its own separators or its own word.
//! Of several rows the best founded wins. What no row knows is believed by its word alone and is
//! called by that.

use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, MAX_SEPARATORS, Reason, is_alone, is_in_row, is_joint};
use super::fold::{byte, byte_before, is_word};
use super::rules::{self, MAX_RULE};
use super::view::View;
use super::words::{Meaning, look_up};
use super::{Category, Tier, check};

/// The longest number, without separators: a Polish account has 26 digits.
const MAX_LENGTH: usize = 28;

/// The most letters that may stand apart before a number: a fiscal code begins with six.
const MAX_LETTERS: usize = 6;

/// The most of them for a number that no row knows, and of letters that stand apart behind one.
const MAX_SHORT: usize = 3;

/// Finds the number of whose first run of digits `at` is the start.
pub(super) fn find(view: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let mut start = at;
    while start > from && at - start < MAX_LETTERS && byte_before(view, start).is_ascii_alphabetic()
    {
        start -= 1;
    }
    let before = byte_before(view, start);
    if is_word(before) || start < from {
        // `code is030594W903B`: a small letter before a digit, where no other can be meant.
        let is_glued = start < at || before.is_ascii_lowercase();
        return (is_glued && at >= from).then(|| read(view, at, true, false)).flatten();
    }
    if matches!(before, b'#' | b'$' | b'\\' | b'@') || is_in_row(view, start) {
        return None;
    }
    let letters = letters_before(view, start, from);
    if start == at && !matches!(letters, Some((_, false))) && !is_worth_reading(view, at) {
        return None;
    }
    let mut best = read(view, start, false, false);
    if best.is_none() && start < at && byte_before(view, at).is_ascii_lowercase() {
        best = read(view, at, true, false);
    }
    // `DE 136 695 976`, `B-AB 1234`: one or two groups of letters before the digits.
    let mut letters = letters;
    for _ in 0..2 {
        let Some((first, is_word)) = letters else { break };
        if is_word && !has_digits(view, at, MIN_ROW_DIGITS) {
            break;
        }
        let longer = read(view, first, false, is_word);
        if let Some(longer) = longer
            && best
                .is_none_or(|best| best.reason == Reason::Cue || longer.certainty >= best.certainty)
        {
            best = Some(longer);
        }
        if is_word {
            break;
        }
        letters = letters_before(view, first, from);
    }
    best
}

/// Whether the digits at `at` may be a number: a word names them, or there are as many as the
/// shortest row has, and no word says that they are something else.
fn is_worth_reading(view: &View<'_>, at: usize) -> bool {
    let mut end = at;
    let mut digits = 0;
    let mut groups = 0;
    loop {
        let group = end;
        while byte(view, end).is_ascii_digit() {
            end += 1;
        }
        digits += end - group;
        groups += 1;
        let mut next = end;
        while next < end + MAX_SEPARATORS && is_joint(byte(view, next)) {
            next += 1;
        }
        if byte(view, next).is_ascii_uppercase() || is_word(byte(view, end)) {
            return true;
        }
        if digits > MAX_LENGTH || !byte(view, next).is_ascii_digit() {
            break;
        }
        end = next;
    }
    // 12.50 or 21
    if digits < if groups > 1 { 5 } else { 3 } {
        return false;
    }
    let cue = cue::around(view, at, end);
    kind(cue).is_some()
        || digits >= MIN_ROW
            && (groups > 1 || !matches!(cue, Cue::Other | Cue::Money | Cue::Version))
}

/// The shortest row that begins with a digit has so many characters before its letter.
const MIN_ROW: usize = 7;

/// Numbers that begin with small letters have so many digits at least.
const MIN_ROW_DIGITS: usize = 5;

/// Whether `least` digits follow within the length of a number.
fn has_digits(bytes: &[u8], at: usize, least: usize) -> bool {
    let number = bytes.get(at..).unwrap_or_default().iter().take(2 * MAX_RULE);
    number.filter(|byte| byte.is_ascii_digit()).count() >= least
}

/// The start of a group of letters that stands apart before `at`, and whether it may be a word of
/// the sentence: small letters, or one that says something, as in `DNI 12345678`.
fn letters_before(bytes: &[u8], at: usize, from: usize) -> Option<(usize, bool)> {
    let before = bytes.get(from..at)?;
    let joints = before.iter().rev().take_while(|byte| is_joint(**byte)).count();
    let end = at - joints;
    let letters = before.iter().rev().skip(joints).take_while(|byte| byte.is_ascii_alphabetic());
    let length = letters.count().min(MAX_LETTERS + 1);
    let start = end - length;
    let is_upper = bytes.get(start..end)?.iter().all(u8::is_ascii_uppercase);
    let is_group = (1..=MAX_SEPARATORS).contains(&joints)
        && (1..=if is_upper { MAX_LETTERS } else { MAX_SHORT }).contains(&length)
        && !is_word(byte_before(bytes, start));
    let says = || length > 1 && !matches!(look_up(bytes, start, end), None | Some(Meaning::Card));
    is_group.then(|| (start, !is_upper || says()))
}

/// A number without its separators.
struct Number {
    chars: [u8; MAX_LENGTH],
    length: usize,
    /// A bit for each character before which a separator stands.
    joints: u32,
    /// Those of them that are more than a space.
    hard_joints: u32,
    /// The one that all of those are; 0 when they differ.
    separator: u8,
    digits: usize,
    /// Whether no small letter stands before the first digit.
    is_upper: bool,
    /// Whether letters stand apart before the first digit that only a row can tell from a word.
    is_apart: bool,
}

impl Number {
    fn as_bytes(&self) -> &[u8] {
        self.chars.get(..self.length).unwrap_or_default()
    }

    /// Whether each character stands alone: `1 2 3 - 4 5 - 6 7 8 9`.
    fn is_spelled_out(&self) -> bool {
        self.length > 3 && self.joints.count_ones() as usize == self.length - 1
    }
}

/// Reads the number at `start`. `is_glued` says that a letter stands right before it, `is_apart`
/// that it begins with a word, and only a row can tell that this is none.
fn read(view: &View<'_>, start: usize, is_glued: bool, is_apart: bool) -> Option<Candidate> {
    let mut number = Number {
        chars: [0; MAX_LENGTH],
        length: 0,
        joints: 0,
        hard_joints: 0,
        separator: b' ',
        digits: 0,
        is_upper: true,
        is_apart,
    };
    let mut best = None;
    let mut end = start;
    loop {
        let group = end;
        let digits_before = number.digits;
        while let char = byte(view, end)
            && char.is_ascii_alphanumeric()
            && let Some(place) = number.chars.get_mut(number.length)
        {
            *place = char.to_ascii_uppercase();
            number.length += 1;
            if char.is_ascii_digit() {
                number.digits += 1;
            } else if number.digits == 0 {
                number.is_upper &= char.is_ascii_uppercase();
            }
            end += 1;
        }
        if is_word(byte(view, end)) {
            break;
        }
        let mut next = end;
        while next < end + MAX_SEPARATORS && is_joint(byte(view, next)) {
            next += 1;
        }
        // Small letters that stand apart behind digits are a word.
        let char = byte(view, next);
        let goes_on = next > end
            && (char.is_ascii_digit()
                || char.is_ascii_uppercase()
                || char.is_ascii_lowercase() && (number.digits == 0 || byte(view, end) == b'-'));
        let is_row = goes_on
            && byte(view, next).is_ascii_digit()
            && byte(view, end - 1).is_ascii_digit()
            && !(byte(view, end) == b'.' && next > end + 1);
        let has_digits = number.digits > digits_before;
        if digits_before == 0 {
            let letters = number.joints.trailing_zeros() as usize;
            number.is_apart |= number.joints != 0 && (!number.is_upper || letters > MAX_SHORT);
        }
        // What stands behind the digits may be a word of the sentence.
        let is_tail = !has_digits && digits_before > 0;
        let is_short = end - group <= MAX_SHORT && byte(view, group).is_ascii_uppercase();
        let reading = Reading { view, start, group, end, is_row, is_glued };
        if let Some(candidate) = known(&number, &reading) {
            best = Some(candidate);
        } else if !is_glued
            && !is_row
            && (!is_tail || is_short)
            && best.is_none_or(|best: Candidate| best.reason == Reason::Cue)
        {
            best = named(&number, &reading, is_tail).or(best);
        }
        let most = if is_glued { MAX_RULE } else { MAX_LENGTH };
        if !goes_on || is_tail && !is_short || number.length >= most {
            break;
        }
        let bit = 1 << number.length;
        number.joints |= bit;
        let mut separators = view.get(end..next)?.iter();
        if let Some(separator) = separators.find(|separator| !matches!(separator, b' ' | b'\n')) {
            let is_even = number.hard_joints == 0 || number.separator == *separator;
            number.separator = if is_even { *separator } else { 0 };
            number.hard_joints |= bit;
        }
        end = next;
    }
    best
}

/// Where a number stands, up to the end of one of its groups.
struct Reading<'a> {
    view: &'a View<'a>,
    start: usize,
    group: usize,
    end: usize,
    /// Whether more digits follow.
    is_row: bool,
    /// Whether a letter stands right before it.
    is_glued: bool,
}

impl Reading<'_> {
    fn cue(&self) -> Cue {
        cue::around(self.view, self.start, self.end)
    }

    /// Whether a counted thing or a currency stands behind it.
    fn is_counted(&self) -> bool {
        cue::after(self.view, self.end) == Cue::Other
    }

    fn candidate(&self, category: Category, certainty: Certainty, reason: Reason) -> Candidate {
        Candidate { start: self.start, end: self.end, category, certainty, reason }
    }
}

/// The number up to here as one that a row knows.
fn known(number: &Number, reading: &Reading<'_>) -> Option<Candidate> {
    let chars = number.as_bytes();
    if number.digits < 3 {
        return None;
    }
    let rows = rules::of_length(chars.len())?;
    let is_spelled_out = number.is_spelled_out();
    let written = if is_spelled_out { number.hard_joints } else { number.joints };
    let is_bare = written == 0;
    let is_numeric = number.digits == chars.len();
    let is_capital = byte(reading.view, reading.start).is_ascii_uppercase();
    let is_even =
        number.separator != 0 && (number.hard_joints == 0 || number.hard_joints == written);
    let mut best = None;
    let mut best_weight = -1;
    for (rule, (category, tier)) in rows {
        let Some((joints, checks)) = rules::fit(rule, chars) else { continue };
        let has_check = !matches!(checks.first(), None | Some(b's' | b'u'));
        let is_country = rule.first().is_some_and(u8::is_ascii_uppercase);
        let is_slashed = rule.contains(&b'/');
        // A letter's separator may be left out: Y8063915-Z.
        let is_written = written == joints || !is_numeric && written & !joints == 0;
        let is_formatted = is_country
            || !is_bare
                && is_written
                && (has_check || is_even)
                && (!is_slashed || number.separator == b'/');
        if reading.is_row && !is_formatted || !check::passes(checks, chars) {
            continue;
        }
        let is_certain = *tier == Tier::A && (is_formatted || is_bare);
        if reading.is_glued {
            if is_certain {
                return Some(reading.candidate(*category, Certainty::Certain, Reason::CheckDigit));
            }
            continue;
        }
        let cue = reading.cue();
        let is_own = kind(cue).is_some_and(|(own, ..)| own.label() == category.label());
        let is_named = if has_check {
            is_own || *tier != Tier::C && matches!(cue, Cue::Tax | Cue::Identity | Cue::Social)
        } else {
            is_own && (is_formatted || !is_slashed && (is_bare || *tier == Tier::C))
        };
        // `es 12345678Z`: without a check digit, small letters are a word.
        if is_country && !has_check && !is_capital {
            continue;
        }
        let is_plain = is_numeric && !is_formatted;
        let is_denied = match cue {
            Cue::Other | Cue::Money | Cue::Version => !is_certain || is_plain,
            Cue::Phone => !is_certain,
            _ => false,
        };
        let (founded, reason) = if is_denied {
            continue;
        } else if is_certain {
            (Certainty::Certain, Reason::CheckDigit)
        } else if is_named {
            (Certainty::Cued, Reason::Cue)
        } else if *tier == Tier::B && is_formatted {
            (Certainty::Likely, Reason::Grouping)
        } else if *tier == Tier::B
            && is_bare
            && has_check
            && is_alone(reading.view, reading.start, reading.end)
        {
            (Certainty::Likely, Reason::CheckDigit)
        } else {
            continue;
        };
        let is_founded = has_check && (is_named || is_formatted);
        let certainty = if is_founded { Certainty::Certain } else { founded };
        let weight = i32::from(is_formatted) * 4 + i32::from(has_check) * 2 + i32::from(is_own);
        if weight > best_weight {
            best_weight = weight;
            best = Some(reading.candidate(*category, certainty, reason));
        }
    }
    best.filter(|_| !is_numeric || !reading.is_counted())
}

/// What a word calls a number that no row knows: the category, the shortest and the longest, and
/// how many digits it has at least.
fn kind(cue: Cue) -> Option<(Category, usize, usize, usize)> {
    Some(match cue {
        Cue::Tax => (Category::TaxId, 7, 18, 5),
        Cue::Identity => (Category::NationalId, 6, 18, 4),
        // The European health insurance card's has 20.
        Cue::Social => (Category::SocialId, 7, 20, 6),
        Cue::Passport => (Category::Passport, 6, 10, 3),
        Cue::Licence => (Category::Licence, 5, 16, 4),
        Cue::Plate => (Category::Plate, 4, 9, 2),
        Cue::Account => (Category::Account, 6, MAX_LENGTH, 6),
        Cue::Postcode => (Category::Postcode, 4, 9, 2),
        Cue::Cvv => (Category::Cvv, 3, 4, 3),
        // Only with a check digit, or with the software's version.
        Cue::Device => (Category::Imei, 1, 0, 0),
        _ => return None,
    })
}

/// The number up to here as what the word beside it calls it.
fn named(number: &Number, reading: &Reading<'_>, is_tail: bool) -> Option<Candidate> {
    let (length, digits) = (number.length, number.digits);
    // 12.50, 14:30, 3rd.
    let is_small = digits < 3 && length < 5 || digits == length && digits < 5 && number.joints != 0;
    if length < 3 || digits < 2 || is_small || number.is_apart {
        return None;
    }
    let Reading { view, group, end, .. } = *reading;
    let cue = reading.cue();
    let (category, least, most, least_digits) = kind(cue)?;
    let fits = match cue {
        Cue::Plate => digits < length,
        Cue::Cvv => digits == length,
        _ => true,
    };
    // `1234 BCD`, `1234 AB`, `12-A`.
    let has_tail = !is_tail
        || byte_before(view, group) == b'-'
        || (cue == Cue::Plate || cue == Cue::Postcode && length == 6)
            && (end - group == 1 || look_up(view, group, end).is_none());
    // `1,234.50`
    let is_decimal =
        matches!(byte(view, end), b',' | b'.' | b':') && byte(view, end + 1).is_ascii_digit();
    ((least..=most).contains(&length)
        && digits >= least_digits
        && fits
        && has_tail
        && !is_decimal
        && !is_date(number)
        && (cue == Cue::Account || !is_version(number))
        && !reading.is_counted())
    .then(|| reading.candidate(category, Certainty::Cued, Reason::Cue))
}

/// `2024-03-14`, `14.03.2024`, `3/14/24`
fn is_date(number: &Number) -> bool {
    number.hard_joints == number.joints
        && (6..=8).contains(&number.length)
        && number.digits == number.length
        && matches!(number.joints, 0b101_0000 | 0b11_0000 | 0b1_0100 | 0b1100 | 0b1010 | 0b110)
}

/// `10.0.19041.1234`
fn is_version(number: &Number) -> bool {
    number.hard_joints == number.joints
        && number.separator == b'.'
        && number.joints.count_ones() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_by_its_row_or_by_its_word() {
        use super::super::corpus::{check, check_none};
        check(
            Category::DeTaxNumber,
            &["Steuernummer «133/8150/7642»", "Steuernummer «93415/27163»"],
        );
        check(Category::CaSin, &["My SIN is «612 345 678»", "«612345678»"]);
        check(Category::SocialId, &["TAJ-számom «118 472 905»", "EHIC «80276001447193022061»"]);
        check(Category::EsNif, &["DNI «15335924 F» y DNI «69402263Q»"]);
        check(Category::Plate, &["targa «AB 123 CD»", "matrícula «AA-00-AA»"]);
        check(Category::Account, &["Numer konta: «43 1000 0000 0000 1234 5678 9012»"]);
        check_none(&["811340005", "899-12 0001 is oddly written", "612 345 678 euros"]);
    }
}
