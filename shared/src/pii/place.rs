//! Dates of birth and of expiry, addresses, positions, and the lines of a passport: what a word
//! beside it, or its form, makes personal.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{byte, byte_before, is_letter, is_word};
use super::view::View;

/// Finds the date whose first number is at `at`, beside a word for birth or expiry.
pub(super) fn find_date(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let before = byte_before(bytes, at);
    if at < from || is_word(before) || matches!(before, b'.' | b'/' | b'-') {
        return None;
    }
    let (first, size) = number(bytes, at);
    let month_and_year = expiry_end(bytes, at, first, size);
    let date = date_end(bytes, at, first, size);
    if month_and_year.is_none() && date.is_none() {
        return None;
    }
    let (start, end, category) = match cue::before(bytes, at) {
        // `May 12, 1984`: the month may be the word before.
        Cue::Birth => (month_before(bytes, at, from), date?, Category::BirthDate),
        Cue::Expiry => (at, month_and_year?, Category::CardExpiry),
        _ => return None,
    };
    Some(Candidate { start, end, category, certainty: Certainty::Cued, reason: Reason::Cue })
}

/// The number at `at`, of eight digits at most, and how many digits it has.
fn number(bytes: &[u8], at: usize) -> (u32, usize) {
    let mut value = 0;
    let mut end = at;
    while end < at + 9 && byte(bytes, end).is_ascii_digit() {
        value = value * 10 + u32::from(byte(bytes, end) - b'0');
        end += 1;
    }
    (value, end - at)
}

/// `12.05.1984`, `1984-05-12`, `12 May 1984`, `12051984`, `May 12, 1984`.
fn date_end(bytes: &[u8], at: usize, first: u32, size: usize) -> Option<usize> {
    let end = at + size;
    if is_word(byte(bytes, end)) && !matches!(byte(bytes, end), b's' | b'n' | b'r' | b't') {
        return None;
    }
    if size == 8 {
        let is_year_first = is_year(first / 10_000) && first / 100 % 100 <= 12;
        return (is_year_first || is_year(first % 10_000)).then_some(end);
    }
    let joint = byte(bytes, end);
    if matches!(joint, b'.' | b'/' | b'-' | b' ' | b',') {
        let second_at = skip(bytes, end);
        let (second, second_size) = number(bytes, second_at);
        let third_at = skip(bytes, second_at + second_size);
        let (third, third_size) = number(bytes, third_at);
        let is_third = third_at > second_at + second_size && (1..=4).contains(&third_size);
        if (1..=2).contains(&second_size)
            && is_third
            && !is_word(byte(bytes, third_at + third_size))
        {
            let is_date = match (size, third_size) {
                (4, 1 | 2) => is_year(first) && second <= 12 && third <= 31,
                (1 | 2, 4) => is_year(third) && first <= 31 && second <= 31,
                (1 | 2, 2) => joint != b' ' && first <= 31 && second <= 31,
                _ => false,
            };
            return is_date.then_some(third_at + third_size);
        }
        // The month was before the day.
        if second_size == 4
            && is_year(second)
            && first <= 31
            && is_letter(byte(bytes, at.wrapping_sub(2)))
        {
            return Some(second_at + second_size);
        }
    }
    // `12 May 1984`, `12. Mai 1984`, `12 de mayo de 1984`, `12th of May 1984`.
    if !(1..=2).contains(&size) || first > 31 {
        return None;
    }
    let mut place = end;
    for _ in 0..4 {
        while place < end + 32 && matches!(byte(bytes, place), b' ' | b'.' | b',' | b'-') {
            place += 1;
        }
        let (year, year_size) = number(bytes, place);
        if year_size > 0 {
            let is_last = !is_word(byte(bytes, place + year_size));
            return (year_size == 4 && is_year(year) && is_last).then_some(place + year_size);
        }
        let word = place;
        while place < word + 14 && is_letter(byte(bytes, place)) {
            place += 1;
        }
        if place == word {
            return None;
        }
    }
    None
}

fn skip(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + 2 && matches!(byte(bytes, end), b'.' | b'/' | b'-' | b' ' | b',') {
        end += 1;
    }
    end
}

fn is_year(value: u32) -> bool {
    (1900..=2099).contains(&value)
}

/// The start of a month's name before a day: a capital letter, as month names have where they
/// come first.
fn month_before(bytes: &[u8], at: usize, from: usize) -> usize {
    let Some(end) = at.checked_sub(1).filter(|_| byte_before(bytes, at) == b' ') else { return at };
    let mut start = end;
    while start > from && end - start < 10 && is_letter(byte_before(bytes, start)) {
        start -= 1;
    }
    let is_month = b"janfebmaraprmayjunjulaugsepoctnovdec".chunks(3).any(|month| {
        bytes.get(start..start + 3).is_some_and(|word| word.eq_ignore_ascii_case(month))
    });
    if is_month && end - start >= 3 { start } else { at }
}

/// `12/27`, `12/2027`.
fn expiry_end(bytes: &[u8], at: usize, month: u32, size: usize) -> Option<usize> {
    if size != 2 || !(1..=12).contains(&month) || !matches!(byte(bytes, at + 2), b'/' | b'-') {
        return None;
    }
    let (year, year_size) = number(bytes, at + 3);
    let is_year = year_size == 2 || year_size == 4 && is_year(year);
    let end = at + 3 + year_size;
    (is_year && !is_word(byte(bytes, end)) && byte(bytes, end) != b'/').then_some(end)
}

/// Finds the pair of degrees whose first digit is at `at`.
pub(super) fn find_position(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let before = byte_before(bytes, at);
    if is_word(before) || matches!(before, b'.' | b',') {
        return None;
    }
    let start = if before == b'-' { at - 1 } else { at };
    let first = degrees_end(bytes, at, 90)?;
    let mut second = first;
    while second < first + 4 && matches!(byte(bytes, second), b',' | b' ' | b';' | b'/') {
        second += 1;
    }
    let is_apart = second > first;
    second += usize::from(byte(bytes, second) == b'-');
    let end = degrees_end(bytes, second, 180)?;
    (start >= from && is_apart && !is_word(byte(bytes, end))).then_some(Candidate {
        start,
        end,
        category: Category::Geo,
        certainty: Certainty::Likely,
        reason: Reason::Structure,
    })
}

/// `52.5200`: degrees up to `most` with four decimals or more.
fn degrees_end(bytes: &[u8], at: usize, most: u32) -> Option<usize> {
    let (degrees, size) = number(bytes, at);
    let point = at + size;
    if !(1..=3).contains(&size) || degrees > most || byte(bytes, point) != b'.' {
        return None;
    }
    let mut end = point + 1;
    while end < point + 16 && byte(bytes, end).is_ascii_digit() {
        end += 1;
    }
    (end - point > 4).then_some(end)
}

/// Words for streets: alone before or after a number, or as the end of a name.
static STREETS: &[&[u8]] = &[
    b"street",
    b"st",
    b"road",
    b"rd",
    b"avenue",
    b"ave",
    b"lane",
    b"ln",
    b"drive",
    b"dr",
    b"boulevard",
    b"blvd",
    b"court",
    b"ct",
    b"way",
    b"place",
    b"square",
    b"terrace",
    b"close",
    b"strasse",
    b"strase",
    b"str",
    b"weg",
    b"allee",
    b"platz",
    b"gasse",
    b"rue",
    b"avenue",
    b"chemin",
    b"impasse",
    b"calle",
    b"avenida",
    b"plaza",
    b"paseo",
    b"via",
    b"viale",
    b"piazza",
    b"corso",
    b"straat",
    b"laan",
    b"plein",
    b"gracht",
    b"ulica",
    b"ul",
    b"aleja",
    b"rua",
    b"travessa",
    b"gatan",
    b"gata",
    b"vagen",
    b"gade",
    b"vej",
    b"veien",
    b"gate",
    b"katu",
    b"tie",
    b"ulice",
    b"utca",
    b"ut",
    b"strada",
    b"bulevardul",
    b"odos",
    b"sokak",
    b"caddesi",
    b"bylnur",
    b"bylnuya",
    b"tanav",
    b"iela",
    b"gatve",
];

/// Finds the street and house number whose first digit is at `at`, beside a word for address.
pub(super) fn find_address(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let (_, size) = number(bytes, at);
    let mut end = at + size;
    if at < from || is_word(byte_before(bytes, at)) || !(1..=4).contains(&size) {
        return None;
    }
    if is_letter(byte(bytes, end)) && !is_word(byte(bytes, end + 1)) {
        end += 1;
    }
    if is_word(byte(bytes, end))
        || byte_before(bytes, at) == b'-'
        || cue::before(bytes, at) != Cue::Address
    {
        return None;
    }
    // `12 Baker Street`, `12 rue de la Paix`.
    let mut place = end;
    let mut street = None;
    for count in 0..4 {
        let word = place + usize::from(byte(bytes, place) == b',') + 1;
        if !matches!(byte(bytes, place), b' ' | b',') {
            break;
        }
        let stop = word_end(bytes, word);
        if stop == word {
            break;
        }
        if is_street(bytes, word, stop) {
            // A street that comes first is followed by its name.
            street = Some(if count == 0 { name_end(bytes, stop) } else { stop });
            break;
        }
        place = stop;
    }
    let (start, end) = match street {
        Some(end) => (at, end),
        // `Hauptstraße 12`, `via Roma 12`.
        None => (street_before(bytes, at, from)?, end),
    };
    Some(Candidate {
        start,
        end,
        category: Category::Address,
        certainty: Certainty::Cued,
        reason: Reason::Cue,
    })
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + 24 && is_letter(byte(bytes, end)) {
        end += 1;
    }
    end
}

fn is_street(bytes: &[u8], start: usize, end: usize) -> bool {
    let Some(word) = bytes.get(start..end) else { return false };
    STREETS.iter().any(|street| {
        let Some(rest) = word.len().checked_sub(street.len()) else { return false };
        (rest == 0
            || street.len() > 2
                && rest > 2
                && !matches!(*street, b"tie" | b"via" | b"way" | b"rue" | b"rua"))
            && word.get(rest..).is_some_and(|tail| tail.eq_ignore_ascii_case(street))
    })
}

/// The end of up to four words of a name: capitals, and the small words between them.
fn name_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut place = at;
    for _ in 0..4 {
        let word = place + 1;
        let stop = word_end(bytes, word);
        if byte(bytes, place) != b' ' || stop == word {
            break;
        }
        if byte(bytes, word).is_ascii_uppercase() {
            end = stop;
        }
        place = stop;
    }
    end
}

fn street_before(bytes: &[u8], at: usize, from: usize) -> Option<usize> {
    let mut end = at;
    let mut start = None;
    for _ in 0..4 {
        let stop =
            end.checked_sub(1).filter(|stop| matches!(byte(bytes, *stop), b' ' | b',' | b'.'))?;
        let stop = if byte_before(bytes, stop) == b'.' { stop - 1 } else { stop };
        let mut word = stop;
        while word > from && stop - word < 24 && is_letter(byte_before(bytes, word)) {
            word -= 1;
        }
        if word == stop {
            break;
        }
        if is_street(bytes, word, stop) {
            start = Some(word);
            break;
        }
        end = word;
    }
    start
}

/// Finds the machine-readable line with the filler at `at`, the first of two.
pub(super) fn find_mrz(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<';
    let mut start = at;
    while start > from && at - start < 45 && is_part(byte_before(bytes, start)) {
        start -= 1;
    }
    let mut end = at;
    while end < start + 46 && is_part(byte(bytes, end)) {
        end += 1;
    }
    matches!(end - start, 30 | 36 | 44).then_some(Candidate {
        start,
        end,
        category: Category::Mrz,
        certainty: Certainty::Certain,
        reason: Reason::Structure,
    })
}
