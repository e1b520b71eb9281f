//! Telephone numbers: international forms always, national ones when they are written as such
//! numbers are or when a word beside them says so.
//!
//! | written | found |
//! |---|---|
//! | `+49 30 1234567`, `0049 …` | always |
//! | `(030) 1234567` | an area code in parentheses: always |
//! | `415-555-0132`, `1-800-555-0132` | the North American grouping, unless a word says otherwise |
//! | `030 1234567`, `06 12 34 56 78` | a trunk 0 and groups, unless a word says otherwise |
//! | `5403926876`, `73 448 266` | beside a word for telephone |
//!
//! Dates, times, amounts, versions, IP addresses and book numbers are none of these.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason, is_alone};
use super::fold::{byte, byte_before, is_letter, is_word};
use super::place::date_end;
use super::place::is_year;
use super::run::{Of, is_listed, run_end, run_start};
use super::view::View;

/// E.164 allows 15 digits; a trunk 0 in parentheses and `00` may come on top.
const MAX_DIGITS: usize = 17;

/// Characters between two groups: `") - "`.
const MAX_SEPARATORS: usize = 4;

const MAX_EXTENSION: usize = 6;

/// Finds the telephone number one of whose groups begins at `at`.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let (start, prefix) = prefix(bytes, at, from)?;
    if prefix != Prefix::Plus && !may_start(bytes, start) {
        return None;
    }
    let run = Run::read(bytes, start, at, prefix)?;
    let (reason, certainty) = judge(bytes, &run)?;
    let end = extension_end(bytes, run.end).unwrap_or(run.end);
    (!is_word(byte(bytes, end)))
        .then(|| Candidate::new(run.start, end, Category::Phone, certainty, reason))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Plus,
    Parenthesis,
    None,
}

/// What stands before the first digit, and where that starts: `+`, `+ `, `(+`, `+(`, `(`.
fn prefix(bytes: &[u8], at: usize, from: usize) -> Option<(usize, Prefix)> {
    let one = byte_before(bytes, at);
    let two = at.checked_sub(1).map_or(b' ', |at| byte_before(bytes, at));
    let (length, prefix) = match (two, one) {
        (b'(', b'+') | (b'+', b' ' | b'(') => (2, Prefix::Plus),
        (_, b'+') => (1, Prefix::Plus),
        (_, b'(') => (1, Prefix::Parenthesis),
        _ => (0, Prefix::None),
    };
    let start = at.checked_sub(length).filter(|start| *start >= from)?;
    (prefix != Prefix::Plus || !byte_before(bytes, start).is_ascii_digit())
        .then_some((start, prefix))
}

/// Whether a number without `+` may start here: not in the middle of a word, a longer number, a
/// date, an amount or a code.
fn may_start(bytes: &View<'_>, start: usize) -> bool {
    let (before, beyond) = (byte_before(bytes, start), byte(bytes, start.wrapping_sub(2)));
    // A group of digits before it, on the same line, makes it part of a longer row. So does the
    // sign of an amount.
    let floor = start.saturating_sub(MAX_SEPARATORS);
    let first = byte_before(bytes, run_start(bytes, start, floor, Of::Signs, b" -./_"));
    // 1,234567 or 12:30.
    let is_row = first.is_ascii_digit()
        || first == b'$'
        || beyond.is_ascii_digit() && !matches!(before, b')' | b'\n');
    if is_row || is_word(before) || b"#@\\%+".contains(&before) {
        return false;
    }
    // INV-20240101 and example.com/12345678, but Tel.0301234567.
    let is_joint = matches!(before, b'-' | b'_' | b'/' | b'.' | b'=');
    !(is_joint && is_letter(beyond)) || cue::before(bytes, start) == Cue::Phone
}

/// Groups of digits with separators between them, as far as they matter.
struct Run {
    start: usize,
    end: usize,
    prefix: Prefix,
    /// The first eight digits, four bits each, from the top.
    head: u32,
    /// How many digits there are.
    length: usize,
    /// The sizes of the groups, four bits each, the last one lowest: `0x334` is 415-555-0132.
    shape: u64,
    /// How many groups there are.
    count: usize,
    /// The punctuation between groups, if it is the same everywhere and not a space.
    joint: Option<u8>,
    first_joint: Option<u8>,
    /// Which group is the one in parentheses.
    area: Option<usize>,
}

impl Run {
    fn read(bytes: &[u8], start: usize, at: usize, prefix: Prefix) -> Option<Self> {
        let mut is_open = bytes.get(start..at).is_some_and(|prefix| prefix.contains(&b'('));
        let mut run = Self {
            start,
            end: at,
            prefix,
            head: 0,
            length: 0,
            shape: 0,
            count: 0,
            joint: None,
            first_joint: None,
            area: is_open.then_some(0),
        };
        let mut next = at;
        loop {
            let end = run_end(bytes, next, MAX_DIGITS + 1, Of::Digits, b"");
            let size = end - next;
            // The North American plan has ten digits after its 1.
            let most = match prefix {
                Prefix::Plus if run.digit(0) == 1 => 11,
                Prefix::Plus => 16,
                _ => MAX_DIGITS,
            };
            if run.length + size > most {
                // What follows an international number is another one; a national one has no end.
                if prefix == Prefix::Plus && run.length >= MIN_INTERNATIONAL {
                    break;
                }
                return None;
            }
            for place in next..end {
                if run.length < 8 {
                    run.head |= u32::from(byte(bytes, place) - b'0') << (28 - 4 * run.length);
                }
                run.length += 1;
            }
            run.shape = run.shape << 4 | size.min(15) as u64;
            run.count += 1;
            run.end = end;
            let Some((after, joint)) = run.separator(bytes, &mut is_open) else { break };
            if run.count == 1 {
                run.first_joint = joint;
                run.joint = joint;
            } else if run.joint != joint {
                run.joint = None;
            }
            next = after;
        }
        // What was opened before the number and not closed in it belongs to the sentence.
        if is_open && byte(bytes, run.start) == b'(' {
            run.start += 1;
            run.area = None;
        }
        run.cut_off_time(bytes);
        Some(run)
    }

    /// Where the next group begins, and the punctuation on the way.
    fn separator(&mut self, bytes: &[u8], is_open: &mut bool) -> Option<(usize, Option<u8>)> {
        let mut next = self.end;
        let mut joint = None;
        let (mut open, mut area) = (*is_open, self.area);
        while next < self.end + MAX_SEPARATORS {
            match byte(bytes, next) {
                b' ' | b'\t' => {}
                // A number may be written over several lines when its + shows where it began.
                b'\n' if self.prefix == Prefix::Plus && self.length < 10 => {}
                // A full stop before a space ends the sentence.
                b'.' if byte(bytes, next + 1) == b' ' => return None,
                sign @ (b'-' | b'.' | b'/' | b'_') if joint.is_none() => joint = Some(sign),
                b'(' if area.is_none() && self.length <= 5 => {
                    (open, area) = (true, Some(self.count))
                }
                b')' if open => open = false,
                _ => break,
            }
            next += 1;
        }
        if next == self.end || !byte(bytes, next).is_ascii_digit() {
            return None;
        }
        (*is_open, self.area) = (open, area);
        Some((next, joint))
    }

    /// `… 14:30`: the hour is no part of the number.
    fn cut_off_time(&mut self, bytes: &[u8]) {
        let last = self.last();
        if byte(bytes, self.end) == b':'
            && byte(bytes, self.end + 1).is_ascii_digit()
            && last <= 2
            && self.count > 1
        {
            self.count -= 1;
            self.shape >>= 4;
            self.length -= last;
            self.end = run_start(bytes, self.end - last, self.start, Of::Signs, b" \t\n-./_()");
        }
    }

    /// One of the first eight digits.
    fn digit(&self, at: usize) -> u32 {
        self.head.checked_shr(28_u32.wrapping_sub(4 * at as u32)).unwrap_or(0) & 0xF
    }

    /// The number in some of the first eight digits.
    fn value(&self, from: usize, size: usize) -> u32 {
        (from..from + size).fold(0, |value, at| value * 10 + self.digit(at))
    }

    /// The size of a group, 0 past the last one.
    fn group(&self, at: usize) -> usize {
        let shift = self.count.wrapping_sub(at + 1).wrapping_mul(4);
        (self.shape.checked_shr(shift as u32).unwrap_or(0) & 0xF) as usize
    }

    fn last(&self) -> usize {
        (self.shape & 0xF) as usize
    }
}

const MIN_INTERNATIONAL: usize = 7;

/// Whether the run is a telephone number, and why.
fn judge(bytes: &View<'_>, run: &Run) -> Option<(Reason, Certainty)> {
    let length = run.length;
    if run.prefix == Prefix::Plus {
        // No area code of North America begins with 0 or 1.
        let has_country =
            run.digit(0) > 1 || run.digit(0) == 1 && (run.digit(1) > 1 || length == 11);
        let is_number =
            has_country && length >= MIN_INTERNATIONAL && cue::after(bytes, run.end) != Cue::Other;
        return is_number.then_some((Reason::Structure, Certainty::Certain));
    }
    if length < 6 || is_something_else(bytes, run) {
        return None;
    }
    let after = cue::after(bytes, run.end);
    let cue = if after == Cue::None { cue::around(bytes, run.start, run.end) } else { after };
    let before = cue::before(bytes, run.start);
    if before.excludes_phone() || cue.excludes_phone() {
        return has_area_code(run).then_some((Reason::Structure, Certainty::Likely));
    }
    if is_dialled_abroad(run) || has_area_code(run) {
        return Some((Reason::Structure, Certainty::Certain));
    }
    if is_north_american(run) || has_trunk_prefix(run) {
        return Some((Reason::Grouping, Certainty::Likely));
    }
    // A message that is nothing but groups of digits, or begins with a trunk 0, answers a question.
    let may_answer = run.count > 2 || run.digit(0) == 0 && length > 9;
    if may_answer && (9..=12).contains(&length) && is_alone(bytes, run.start, run.end) {
        return Some((Reason::Grouping, Certainty::Likely));
    }
    let is_long_enough = length >= if run.count > 1 { 6 } else { 7 };
    (cue == Cue::Phone && is_long_enough && length <= 15).then_some((Reason::Cue, Certainty::Cued))
}

/// `(030) 1234567`, `8 (495) 123-45-67`. A longer area code begins with its trunk 0; `(2024)` is a
/// year.
fn has_area_code(run: &Run) -> bool {
    let Some(area) = run.area else { return false };
    let is_first =
        area == 0 || area == 1 && run.group(0) == 1 && matches!(run.digit(0), 0 | 1 | 7 | 8);
    let has_form = match run.group(area) {
        2 | 3 => true,
        4 | 5 => run.digit(area) == 0,
        _ => false,
    };
    is_first && has_form && run.count > area + 1 && (7..=13).contains(&run.length)
}

/// `0049 30 1234567`, `001-253-366-9781`: 00, a country, and its digits. North America and the
/// zone of +7 have ten.
fn is_dialled_abroad(run: &Run) -> bool {
    run.value(0, 2) == 0
        && match run.digit(2) {
            0 => false,
            1 | 7 => run.length == 13,
            _ => (11..=17).contains(&run.length),
        }
}

/// `415-555-0132`, `1 800 555 0132`
fn is_north_american(run: &Run) -> bool {
    run.shape == 0x334 || run.shape == 0x1334 && run.digit(0) == 1
}

/// `030 1234567`, `06 12 34 56 78`
fn has_trunk_prefix(run: &Run) -> bool {
    // Six pairs are drawn in a lottery.
    let has_groups = (2..=5).contains(&run.count) && run.last() >= 2;
    has_groups
        && run.group(0) >= 2
        && run.digit(0) == 0
        && run.digit(1) != 0
        && (8..=12).contains(&run.length)
}

/// Dates, amounts, spans, book numbers.
fn is_something_else(bytes: &[u8], run: &Run) -> bool {
    let next = byte(bytes, run.end);
    let is_amount =
        next == b'%' || matches!(next, b',' | b'.') && byte(bytes, run.end + 1).is_ascii_digit();
    // Eight digits in one piece are a date only when they begin with the year.
    let may_be_date = run.count > 1 || is_year(run.value(0, 4));
    if is_amount || may_be_date && date_end(bytes, run.start).is_some() {
        return true;
    }
    match run.joint {
        // 1234.50, 1.234.567
        Some(b'.') => {
            run.count == 2 && run.last() <= 2 || run.group(0) == 1 && !is_north_american(run)
        }
        // 2010-2015, the shape of a social security number, a book number with its check digit.
        Some(b'-') => {
            let is_span = run.shape == 0x44 && is_year(run.value(0, 4)) && is_year(run.value(4, 4));
            is_span || run.shape == 0x324 || run.last() == 1
        }
        // 09.00-18.00
        _ => run.first_joint == Some(b'.') && run.count == 4 && run.shape & 0xF0F == 0x202,
    }
}

/// Words for extensions.
static EXTENSIONS: &[u8] =
    b"x ext extension app dw durchwahl poste toestel wew dahili ramal int interno ankn anknytning \
linka esot dod";

/// Where an extension after `end` ends: `x123`, ` ext. 12`, `, Durchwahl 3`, `#45`.
fn extension_end(bytes: &[u8], end: usize) -> Option<usize> {
    let word = run_end(bytes, end, 2, Of::Signs, b" ,;");
    let mut at = run_end(bytes, word, 10, Of::Letters, b"");
    if byte(bytes, word) == b'#' {
        at += 1;
    } else if !is_listed(bytes.get(word..at)?, EXTENSIONS) {
        return None;
    }
    let digits = run_end(bytes, at, 2, Of::Signs, b" .:");
    let end = run_end(bytes, digits, MAX_EXTENSION + 1, Of::Digits, b"");
    (1..=MAX_EXTENSION).contains(&(end - digits)).then_some(end)
}

#[cfg(test)]
mod tests {
    use crate::pii::Category;
    use crate::pii::corpus::{check, check_none};

    #[test]
    fn international_numbers() {
        check(
            Category::Phone,
            &[
                "Call «+49 30 1234567» today",
                "«+1-903-140-4508x769» is my desk",
                "«+46 (0)157 548 89»",
                "tel:«+33612345678»",
                "is:«+44 20 7946 0958», thanks",
                "<«+31 20 123 4567»>",
                "«(+34) 612 345 678»",
                "«+(48) 22 123 45 67»",
                "«0049 30 1234567» oder «004930123456»",
                "«001-253-366-9781» fax",
                "«+49.30.1234567», «+49/30/1234567», «+49_30_1234567»",
                "«+4930 12345678» «+39 06 1234 5678»",
                "«+٤٩ ٣٠ ١٢٣٤٥٦٧»",
                "«+49\u{a0}30\u{2011}1234567»",
                "«+49\n30\n1234567»",
                "«+1 415 555 0132» 2024",
                "my order 12345 and «+49 30 1234567»",
            ],
        );
    }

    #[test]
    fn national_numbers_as_they_are_written() {
        check(
            Category::Phone,
            &[
                "Reach me at «(415) 555-0132»",
                "«415-555-0132», «415.555.0132» or «1-800-555-0132»",
                "«(030) 901820» ist besetzt",
                "«030 901820-10»",
                "«0660 565 36 45»",
                "«06 12 34 56 78»",
                "«06.12.34.56.78» est à moi",
                "«020 7946 0958»",
                "«0151/23456789»",
                "«(03) 5327 5996» ext",
                "«078 6657 2626 ext. 12» and «(898)666-3621x0135»",
                "1) «0660 565 36 45»",
                "«8 (495) 123-45-67», «1 (415) 555-0132»",
                "«08-123 456 78» är mitt",
                "«0171 / 123 45 67»",
            ],
        );
    }

    #[test]
    fn numbers_that_a_word_names() {
        check(
            Category::Phone,
            &[
                "You can call «73 448 266»",
                "My number is «5403926876», my US number «4155550132».",
                "Meine Handynummer ist «01701234567».",
                "unter «1701234567» erreichbar",
                "Tel.«0301234567»",
                "mon téléphone : «612345678»",
                "Mi móvil es «612 345 678»",
                "il mio cellulare è «3331234567»",
                "mijn telefoonnummer is «612345678»",
                "mój telefon: «601 234 567»",
                "O meu telemóvel é «912345678»",
                "Ring «70123456» efter kl. 16",
                "«2813882583» mobile",
                "«655 437 108» office",
                "They're not answering at «99 668472»",
                "Phone:\n«60-56-85-91»",
            ],
        );
    }

    #[test]
    fn near_misses() {
        check_none(&[
            "My order 1234567890 is late",
            "Call me about order 1234567890",
            "Bestellung 0123 456789 fehlt",
            "Rechnungsnummer 030 1234567",
            "commande 06 12 34 56 78",
            "on 2024-03-14 at 14:30",
            "14.03.2024, 3/14/2024 10:00",
            "call me on 14.03.2024 at 10:30",
            "between 2010-2015",
            "call at 10:30:15",
            "it costs 1.234.567 or $1234567.50",
            "call it 1 234 567 euros",
            "version 10.0.19041.1234",
            "open 09.00-18.00, closed 9.30 - 17.00",
            "in the city (2022) 1234567 people",
            "serial 0001-0002-0003 or just 0001-0002-0003",
            "the years 2010-2015 and 2024/2025",
            "1920x1080 and 100x200x300",
            "2024-01-01T00:00:00+01:00",
            "Meeting ID: 839 1234 5678",
            "ISBN 978-0-471-11709-4 and 3-8362-2119-5",
            "tracking 0998 0000 0200 34D",
            "INV-20240101 and /posts/12345678",
            "unix time 1700000000",
            "#1234567",
            "I have 2 cats and 150 fish",
            "0.1234567",
            "call 911",
            "078-05-1120",
            "12 34 56 78 90 12 34 56 78 90",
            "the year 2024 was 12 times 365 days",
        ]);
    }
}
