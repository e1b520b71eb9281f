//! Dates of birth and of expiry, addresses, positions, and the lines of a passport: what a word
//! beside it, or its form, makes personal.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{BREAK, byte, byte_before, is_word};
use super::run::{Of, is_listed, number, run_end, run_start};
use super::view::View;

/// Longer words are no part of a date or an address.
const MAX_WORD: usize = 24;

/// So many characters behind its day the year of a date with words begins.
const MAX_DATE: usize = 32;

/// Finds the date whose first number is at `at`, beside a word for birth or expiry.
pub(super) fn find_date(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let date = date_end(bytes, at);
    let expiry = expiry_end(bytes, at);
    let cue = cue::around(bytes, at, date.or(expiry)?);
    let month = month_before(bytes, at, from);
    let (start, end, category) = match cue {
        Cue::Birth => (month, date?, Category::BirthDate),
        // "in 12-24 hours"
        Cue::Expiry if cue::after(bytes, expiry?) != Cue::Other => {
            (month, expiry?, Category::CardExpiry)
        }
        _ => return None,
    };
    Some(Candidate::by_cue(start, end, category))
}

/// `12.05.1984`, `1984-05-12`, `12 May 1984`, `12051984`, and `12, 1984` behind a month.
pub(super) fn date_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (first, size) = number(bytes, at);
    let end = at + size;
    let has_more =
        |most| bytes.get(end..).unwrap_or_default().iter().take(most).any(u8::is_ascii_digit);
    // Most numbers stand alone.
    let has_word = (end + 1..end + 3).any(|next| is_word(byte(bytes, next)));
    if size != 8 && !has_more(if has_word { MAX_DATE } else { 3 }) {
        return None;
    }
    let is_date = |year: u32, one: u32, two: u32| is_year(year) && is_day_and_month(one, two);
    if size == 8 {
        let is_date = is_date(first / 10_000, first / 100 % 100, first % 100)
            || is_date(first % 10_000, first / 1_000_000, first / 10_000 % 100);
        return (is_date && !is_word(byte(bytes, end))).then_some(end);
    }
    let second_at = joint_end(bytes, end);
    let (second, second_size) = number(bytes, second_at);
    let second_end = second_at + second_size;
    if second_size == 4 {
        // The month was before the day.
        let is_date = month_before(bytes, at, 0) < at && is_year(second) && first <= 31;
        return (is_date && !is_word(byte(bytes, second_end))).then_some(second_end);
    }
    if second_size > 0 {
        let third_at = joint_end(bytes, second_end);
        let (third, third_size) = number(bytes, third_at);
        let third_end = third_at + third_size;
        let joint = byte(bytes, end);
        let has_joints = joint != b' ' && byte(bytes, second_end) == joint;
        let is_date = is_date(first, second, third)
            || is_date(third, first, second)
            || has_joints && size <= 2 && third_size == 2 && is_day_and_month(first, second);
        let next = byte(bytes, third_end);
        let goes_on = is_word(next)
            || matches!(next, b'.' | b'/' | b'-') && byte(bytes, third_end + 1).is_ascii_digit();
        return (is_date && !goes_on).then_some(third_end);
    }
    // `12 May 1984`, `12. Mai 1984`, `12 de mayo de 1984`, `12th of May 1984`.
    if !(1..=2).contains(&size) || first > 31 {
        return None;
    }
    let mut place = end;
    for _ in 0..4 {
        let word = run_end(bytes, place, 3, Of::Signs, b" .,-");
        let (year, size) = number(bytes, word);
        if size > 0 {
            let is_last = size == 4 && !is_word(byte(bytes, word + 4));
            return (is_last && is_year(year)).then_some(word + 4);
        }
        place = run_end(bytes, word, MAX_WORD, Of::Letters, b"");
        if place == word {
            return None;
        }
    }
    None
}

fn joint_end(bytes: &[u8], at: usize) -> usize {
    run_end(bytes, at, 2, Of::Signs, b"./- ,")
}

pub(super) fn is_year(value: u32) -> bool {
    (1900..=2099).contains(&value)
}

fn is_day_and_month(one: u32, two: u32) -> bool {
    one.min(two) > 0 && one.min(two) <= 12 && one.max(two) <= 31
}

/// How months begin where they stand before the day or the year.
static MONTHS: &[u8] = b"janenegenfebmaravrabraprmaymaimagjunjuigiujullugagoaugsepsetoctoktott\
novdecdezdic";

/// The start of a month's name before `at`; `at` itself when there is none.
fn month_before(bytes: &[u8], at: usize, from: usize) -> usize {
    let end = at - usize::from(at > from && byte_before(bytes, at) == b' ');
    let start = run_start(bytes, end, end.saturating_sub(10).max(from), Of::Letters, b"");
    let word = bytes.get(start..end).and_then(|word| word.get(..3)).unwrap_or_default();
    let is_month = MONTHS.chunks_exact(3).any(|month| month.eq_ignore_ascii_case(word));
    if is_month { start } else { at }
}

/// `12/27`, `12 / 2027`, and `2027` behind a month.
fn expiry_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (month, size) = number(bytes, at);
    let joint = at + size;
    let is_after_month = size == 4 && month_before(bytes, at, 0) < at;
    let year_at = if is_after_month { at } else { run_end(bytes, joint, 3, Of::Signs, b" /-") };
    let has_joint = bytes.get(joint..year_at).is_some_and(|joint| joint != b" ");
    let (year, year_size) = number(bytes, year_at);
    let end = year_at + year_size;
    let is_month = is_after_month || size == 2 && (1..=12).contains(&month) && has_joint;
    let is_year = year_size == 2 || year_size == 4 && is_year(year);
    let next = byte(bytes, end);
    (is_month && is_year && !is_word(next) && next != b'/').then_some(end)
}

/// Finds the pair of degrees whose first digit is at `at`.
pub(super) fn find_position(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let before = byte_before(bytes, at);
    if matches!(before, b'.' | b',') {
        return None;
    }
    let has_sign = matches!(before, b'-' | b'+');
    let start = at - usize::from(has_sign);
    let first = degrees_end(bytes, at, 90)?;
    let second = run_end(bytes, first, 3, Of::Signs, b", ;");
    // ISO 6709 puts nothing but a sign between the two.
    let is_apart = second > first || has_sign;
    let second = run_end(bytes, second, 1, Of::Signs, b"-+");
    let end = degrees_end(bytes, second, 180)?;
    (start >= from && is_apart && second > first && !is_word(byte(bytes, end)))
        .then(|| Candidate::new(start, end, Category::Geo, Certainty::Likely, Reason::Structure))
}

/// `52.5200`, `52.5200° N`: degrees up to `most` with four decimals or more.
fn degrees_end(bytes: &[u8], at: usize, most: u32) -> Option<usize> {
    let (degrees, size) = number(bytes, at);
    let point = at + size;
    if !(1..=3).contains(&size) || degrees > most || byte(bytes, point) != b'.' {
        return None;
    }
    let end = run_end(bytes, point + 1, 15, Of::Digits, b"");
    let hemisphere = run_end(bytes, end, 2, Of::Signs, &[BREAK, b' ']);
    let has_hemisphere = matches!(byte(bytes, hemisphere), b'N' | b'S' | b'E' | b'W' | b'O')
        && !is_word(byte(bytes, hemisphere + 1));
    (end - point > 4).then_some(if has_hemisphere { hemisphere + 1 } else { end })
}

/// Words for streets that stand alone or end a name.
static STREETS: &[u8] = b"street road avenue lane drive boulevard court place square terrace close \
strasse strase str weg allee platz gasse chemin impasse calle avenida plaza paseo viale piazza corso \
straat laan plein gracht ulica aleja travessa gatan gata vagen gade vej veien gate katu ulice utca \
strada bulevardul odos sokak caddesi bylnur bylnuya tanav iela gatve";

/// Words for streets that stand alone.
static SHORT_STREETS: &[u8] = b"st rd ave ln dr blvd ct way rue via rua ul ut tie byl";

/// Finds the street and house number whose first digit is at `at`, beside a word for address.
pub(super) fn find_address(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = house_end(bytes, at + number(bytes, at).1);
    if is_word(byte(bytes, end)) || cue::before(bytes, at) != Cue::Address {
        return None;
    }
    let (start, end) = match street_after(bytes, end) {
        Some(_) if cue::after(bytes, end) == Cue::Other => return None,
        Some(end) => (at, end),
        None => (street_before(bytes, at, from)?, end),
    };
    Some(Candidate::by_cue(start, end, Category::Address))
}

/// The end of a house number whose first digits end at `at`: `7a`, `3/5`, `3 B`.
fn house_end(bytes: &[u8], at: usize) -> usize {
    let second = if byte(bytes, at) == b'/' { number(bytes, at + 1).1 } else { 0 };
    let end = if second > 0 { at + 1 + second } else { at };
    let letter = run_end(bytes, end, 1, Of::Signs, b" ");
    let has_letter = match byte(bytes, letter) {
        b'A'..=b'H' => true,
        letter_of_it => letter == end && letter_of_it.is_ascii_alphabetic(),
    };
    if has_letter && !is_word(byte(bytes, letter + 1)) { letter + 1 } else { end }
}

/// The end of the street behind a house number: `12 Baker Street`, `12, rue de la Paix`.
fn street_after(bytes: &[u8], at: usize) -> Option<usize> {
    let mut place = at;
    let mut has_name = false;
    for _ in 0..4 {
        let word = run_end(bytes, place, 2, Of::Signs, b" ,");
        let end = run_end(bytes, word, MAX_WORD, Of::Letters, b"");
        if word == place || end == word {
            break;
        }
        if is_street(bytes, word, end) {
            // A street that comes first is followed by its name.
            return Some(if has_name { end } else { name_end(bytes, end) });
        }
        has_name |= byte(bytes, word).is_ascii_uppercase();
        place = end;
    }
    None
}

fn is_street(bytes: &[u8], start: usize, end: usize) -> bool {
    let word = bytes.get(start..end).unwrap_or_default();
    let is_ending = |street: &[u8]| {
        word.len().checked_sub(street.len()).is_some_and(|rest| {
            (rest == 0 || rest > 2)
                && word.get(rest..).is_some_and(|end| end.eq_ignore_ascii_case(street))
        })
    };
    is_listed(word, SHORT_STREETS) || STREETS.split(|byte| *byte == b' ').any(is_ending)
}

/// The end of up to four words of a name: capitals, and the small words between them.
fn name_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut place = at;
    for _ in 0..4 {
        let word = run_end(bytes, place, 1, Of::Signs, b" '");
        let stop = run_end(bytes, word, MAX_WORD, Of::Letters, b"");
        if word == place || stop == word {
            break;
        }
        if byte(bytes, word).is_ascii_uppercase() {
            end = stop;
        }
        place = stop;
    }
    end
}

/// The start of the street before a house number: `Hauptstraße 12`, `via Roma 10`, `Lange Laan 5`,
/// and capital words behind a colon, `Adresse: Am Alten Markt 3`.
fn street_before(bytes: &View<'_>, at: usize, from: usize) -> Option<usize> {
    let mut start = None;
    let mut place = at;
    let mut has_capitals = true;
    for _ in 0..4 {
        let end = run_start(bytes, place, place.saturating_sub(3).max(from), Of::Signs, b" ,.:");
        let floor = end.saturating_sub(MAX_WORD).max(from);
        let word = run_start(bytes, end, floor, Of::Letters, b"");
        has_capitals &= byte(bytes, word).is_ascii_uppercase();
        let goes_on = start.is_some() && has_capitals && place - end == 1;
        if word == end || start.is_some() && !goes_on {
            break;
        }
        place = word;
        let is_field = has_capitals && byte(bytes, word.wrapping_sub(2)) == b':' && word > from + 1;
        let is_start = goes_on || is_field || is_street(bytes, word, end);
        if is_start && cue::before(bytes, word) == Cue::Address {
            start = Some(word);
            // Words before a street are of its name when they are capitals.
            has_capitals = true;
        }
    }
    start
}

/// Finds the machine-readable line with the filler at `at`, the first of two.
pub(super) fn find_mrz(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let start = run_start(bytes, at, at.saturating_sub(45).max(from), Of::Words, b"<");
    let end = run_end(bytes, at, 46, Of::Words, b"<");
    let is_small = bytes.get(start..end)?.iter().any(u8::is_ascii_lowercase);
    (matches!(end - start, 30 | 36 | 44) && !is_small)
        .then(|| Candidate::by_form(start, end, Category::Mrz))
}
