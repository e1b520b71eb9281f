//! Identity, tax and social security numbers: one table of shapes and check digits, one reader.
//!
//! A number is read once, from its first character on: letters and digits, groups, and where the
//! separators stood. At the end of each group the rows of that length are tried. A row of tier A
//! is believed by its shape and check digit, one of tier B when it is written as such numbers are,
//! when a word names it, or when the message is nothing but the number; one of tier C only when a
//! word names it. What no row knows is believed by its word alone and is called by that.

use super::check;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, MAX_SEPARATORS, Reason, is_alone, is_in_row, is_joint};
use super::fold::{byte, byte_before, is_letter, is_word};
use super::view::View;
use super::{Category, Tier};

/// The longest number, without separators: Italy's and Britain's have 16 characters.
const MAX_LENGTH: usize = 18;

/// One written form of a number.
struct Row {
    /// `d` digit, `l` letter, `x` either, `n` X, Y or Z; `aa` a day, `ee` a day to which 40 or 60
    /// may be added, `oo` a month, `mm` a month to which 20, 40, 50, 60, 70 or 80 may be added;
    /// `-` a place for a separator, `/` one for a slash; anything else itself.
    shape: &'static [u8],
    check: &'static [u8],
    category: Category,
    tier: Tier,
}

const fn row(category: Category, tier: Tier, shape: &'static [u8], check: &'static [u8]) -> Row {
    Row { shape, check, category, tier }
}

/// In the order of their lengths without separators.
#[rustfmt::skip]
static ROWS: &[Row] = &[
    row(Category::EsNif, Tier::B, b"ddddddd-l", b"e"),
    row(Category::IePps, Tier::B, b"ddddddd-l", b"k"),
    row(Category::DeIdCard, Tier::B, b"lxxxxxxxd", b"m"),
    row(Category::UkNino, Tier::A, b"ll-dd-dd-dd-l", b"g"),
    row(Category::EsNif, Tier::A, b"dddddddd-l", b"e"),
    row(Category::EsNie, Tier::A, b"n-ddddddd-l", b"e"),
    row(Category::UsSsn, Tier::B, b"ddd-dd-dddd", b"s"),
    row(Category::UsItin, Tier::B, b"ddd-dd-dddd", b"u"),
    row(Category::NlBsn, Tier::C, b"dddd-dd-ddd", b"wpb98765432."),
    row(Category::CaSin, Tier::B, b"ddd-ddd-ddd", b"c"),
    row(Category::PtNif, Tier::C, b"ddd-ddd-ddd", b"wZb98765432."),
    row(Category::IePps, Tier::B, b"ddddddd-ll", b"k"),
    row(Category::DeHealth, Tier::B, b"lddddddddd", b"h"),
    row(Category::UkNhs, Tier::C, b"ddd-ddd-dddd", b"wzba98765432."),
    row(Category::AtSvnr, Tier::B, b"dddd-aaoodd", b"wpb379.584216"),
    row(Category::FiHetu, Tier::B, b"aaoodd-dddx", b"y"),
    row(Category::SePersonnummer, Tier::B, b"ddooee-dddd", b"l"),
    row(Category::DkCpr, Tier::B, b"aaoodd-dddd", b""),
    row(Category::CzRc, Tier::B, b"ddmmaa/dddd", b"z"),
    row(Category::BgEgn, Tier::B, b"ddmmaadddd", b"wPb2485a9736."),
    row(Category::IsKennitala, Tier::B, b"eeoodd-dddd", b"wzb32765432.0"),
    row(Category::DeTaxNumber, Tier::B, b"dd/ddd/ddddd", b""),
    row(Category::DeTaxId, Tier::A, b"dd-ddd-ddd-ddd", b"t"),
    row(Category::FiHetu, Tier::A, b"aaooddldddx", b"y"),
    row(Category::BeNn, Tier::A, b"ddooaa-ddd-dd", b"b"),
    row(Category::BeNn, Tier::A, b"dd-oo-aa-ddd-dd", b"b"),
    row(Category::NoFnr, Tier::A, b"eeoodd-ddddd", b"o"),
    row(Category::PlPesel, Tier::B, b"ddmmaaddddd", b"wza1379137913."),
    row(Category::EeLtCode, Tier::B, b"dddooaadddd", b"d"),
    row(Category::LvCode, Tier::B, b"aaoodd-ddddd", b"v"),
    row(Category::GrAmka, Tier::B, b"aaooddddddd", b"l"),
    row(Category::TrId, Tier::A, b"ddddddddddd", b"T"),
    row(Category::HrOib, Tier::B, b"ddddddddddd", b"i"),
    row(Category::ItVat, Tier::B, b"ddddddddddd", b"l"),
    row(Category::DeTaxNumber, Tier::B, b"ddd/ddd/ddddd", b""),
    row(Category::DeTaxNumber, Tier::B, b"ddd/dddd/dddd", b""),
    row(Category::DeSocial, Tier::A, b"dd-eeoodd-l-ddd", b"r"),
    row(Category::SePersonnummer, Tier::A, b"ddddooee-dddd", b"L"),
    row(Category::ChAhv, Tier::A, b"756-dddd-dddd-dd", b"wza131313131313."),
    row(Category::RoCnp, Tier::B, b"dddooaadddddd", b"w1b279146358279."),
    row(Category::SiEmso, Tier::B, b"aaooddddddddd", b"wZb765432765432."),
    row(Category::FrNir, Tier::A, b"d-dd-mm-dx-ddd-ddd-dd", b"n"),
    row(Category::ItFiscal, Tier::A, b"lll-lll-xxlxx-lxxxl", b"f"),
    row(Category::UkLicence, Tier::B, b"lxxxx-dmmaad-xxxll", b"j"),
];

/// Where the rows of each length begin in [`ROWS`].
static ROWS_OF: [u8; MAX_LENGTH + 2] = {
    let mut rows_of = [0; MAX_LENGTH + 2];
    let (mut length, mut row) = (0, 0);
    while length < rows_of.len() {
        while row < ROWS.len() && length_of(ROWS[row].shape) < length {
            row += 1;
        }
        rows_of[length] = row as u8;
        length += 1;
    }
    rows_of
};

/// A shape's length without its separators.
const fn length_of(shape: &[u8]) -> usize {
    let (mut length, mut at) = (0, 0);
    while at < shape.len() {
        length += (shape[at] != b'-' && shape[at] != b'/') as usize;
        at += 1;
    }
    length
}

/// Country and form of VAT numbers. Each prefix and its length is unmistakable; forms that a
/// security's number shares have a check digit.
#[rustfmt::skip]
static VAT: &[(&[u8], &[u8])] = &[
    (b"DEddddddddd", b"i"), (b"ATUdddddddd", b""), (b"BEdddddddddd", b"B"),
    (b"BGddddddddd", b""), (b"BGdddddddddd", b"wPb002485a9736."), (b"CYddddddddl", b""),
    (b"CZdddddddd", b""), (b"CZddddddddd", b""), (b"CZddmmaadddd", b""),
    (b"DKdddddddd", b""), (b"EEddddddddd", b""), (b"ELddddddddd", b""), (b"GRddddddddd", b""),
    (b"ESxdddddddx", b""), (b"FIdddddddd", b""), (b"FRxxddddddddd", b""),
    (b"GBddddddddd", b""), (b"GBdddddddddddd", b""), (b"XIddddddddd", b""),
    (b"HRddddddddddd", b"i"), (b"HUdddddddd", b""), (b"IEdxdddddl", b""), (b"IEdddddddll", b""),
    (b"ITddddddddddd", b"l"), (b"LTddddddddd", b""), (b"LTdddddddddddd", b""),
    (b"LUdddddddd", b""), (b"LVddddddddddd", b""), (b"MTdddddddd", b""),
    (b"NLdddddddddBdd", b""), (b"NOdddddddddMVA", b""), (b"PLdddddddddd", b"wpb00657234567."),
    (b"PTddddddddd", b""), (b"ROdddddddd", b""), (b"ROddddddd", b""), (b"ROdddddddddd", b""),
    (b"SEdddddddddddd", b""), (b"SIdddddddd", b""), (b"SKdddddddddd", b""),
    (b"CHEddddddddd", b""), (b"CHEdddddddddMWST", b""), (b"CHEdddddddddTVA", b""),
    (b"CHEdddddddddIVA", b""),
];

/// Finds the number of whose first run of digits `at` is the start.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let mut start = at;
    while start > from && at - start < 6 && byte_before(bytes, start).is_ascii_alphabetic() {
        start -= 1;
    }
    let before = byte_before(bytes, start);
    if is_word(before) || start < from {
        // `code is030594W903B`: a small letter before a digit, where no other can be meant.
        let is_glued = start < at || before.is_ascii_lowercase();
        return (is_glued && at >= from).then(|| read(bytes, at, true)).flatten();
    }
    if matches!(before, b'#' | b'$' | b'\\' | b'@') || is_in_row(bytes, start) {
        return None;
    }
    let glued_prefix = byte_before(bytes, at).is_ascii_lowercase() && start < at;
    let mut best = read(bytes, start, false);
    if glued_prefix && best.is_none() {
        best = read(bytes, at, true);
    }
    // `DE 136 695 976`, `B-AB 1234`: one or two groups of letters before the digits.
    if at - start <= 1 {
        let mut first = start;
        for _ in 0..2 {
            let group = letters_before(bytes, first, from);
            if group == first {
                break;
            }
            first = group;
            best = read(bytes, first, false).or(best);
            if byte(bytes, first).is_ascii_lowercase() {
                break;
            }
        }
    }
    best
}

/// The start of a group of one to three capital letters and a separator before `at`; `at` itself
/// when there is none.
fn letters_before(bytes: &[u8], at: usize, from: usize) -> usize {
    let mut end = at;
    while end > from && at - end < MAX_SEPARATORS && is_joint(byte_before(bytes, end)) {
        end -= 1;
    }
    if end == at {
        return at;
    }
    let mut start = end;
    while start > from && end - start < 4 && is_letter(byte_before(bytes, start)) {
        start -= 1;
    }
    let is_group = (1..=3).contains(&(end - start)) && !is_word(byte_before(bytes, start));
    if is_group { start } else { at }
}

/// A number without its separators.
struct Number {
    chars: [u8; MAX_LENGTH],
    length: usize,
    /// A bit for each character before which a separator stands.
    joints: u32,
    /// Those of them that are more than a space.
    hard_joints: u32,
    slashes: u32,
    digits: usize,
    /// Whether the first letter is a capital.
    is_upper: bool,
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

fn read(bytes: &View<'_>, start: usize, is_glued: bool) -> Option<Candidate> {
    let mut number = Number {
        chars: [0; MAX_LENGTH],
        length: 0,
        joints: 0,
        hard_joints: 0,
        slashes: 0,
        digits: 0,
        is_upper: byte(bytes, start).is_ascii_uppercase(),
    };
    // What the words before say is asked for once, when a row first wants to know.
    let mut context = Context { bytes, start, cue: None, may_be_named_after: false };
    let mut best = None;
    let mut end = start;
    loop {
        let group = end;
        let digits_before = number.digits;
        while let char = byte(bytes, end)
            && char.is_ascii_alphanumeric()
        {
            *number.chars.get_mut(number.length)? = char.to_ascii_uppercase();
            number.length += 1;
            number.digits += usize::from(char.is_ascii_digit());
            end += 1;
            if number.length == MAX_LENGTH {
                break;
            }
        }
        if is_word(byte(bytes, end)) {
            break;
        }
        let mut next = end;
        while next < end + MAX_SEPARATORS && is_joint(byte(bytes, next)) {
            next += 1;
        }
        let goes_on = next > end && byte(bytes, next).is_ascii_alphanumeric();
        let is_row = goes_on
            && byte(bytes, next).is_ascii_digit()
            && byte(bytes, end - 1).is_ascii_digit()
            && !(byte(bytes, end) == b'.' && next > end + 1);
        let has_digits = number.digits > digits_before;
        context.may_be_named_after = number.digits >= 6;
        let judged = known(&number, &mut context, end, is_row, is_glued);
        if let Some(candidate) = judged {
            best = Some(candidate);
        } else if !is_glued
            && !is_row
            && (has_digits || end - group == 1)
            && best.is_none_or(|best: Candidate| best.reason == Reason::Cue)
        {
            best = named(&number, &mut context, end).or(best);
        }
        // A word without digits ends the number, unless it is a letter or two of it.
        let is_word_group = !has_digits && end - group > 3;
        if !goes_on || is_word_group || number.length == MAX_LENGTH {
            break;
        }
        if number.digits > 0 && !has_digits && !byte(bytes, group).is_ascii_uppercase() {
            break;
        }
        let bit = 1 << number.length;
        number.joints |= bit;
        let separators = bytes.get(end..next)?;
        if separators.iter().any(|separator| !matches!(separator, b' ' | b'\n')) {
            number.hard_joints |= bit;
        }
        if separators.contains(&b'/') {
            number.slashes |= bit;
        }
        end = next;
    }
    best
}

/// What surrounds a number.
struct Context<'a> {
    bytes: &'a View<'a>,
    start: usize,
    cue: Option<Cue>,
    /// Whether enough digits were read that a word behind them may be asked.
    may_be_named_after: bool,
}

impl Context<'_> {
    fn cue(&mut self, end: usize) -> Cue {
        let (bytes, start) = (self.bytes, self.start);
        let before = *self.cue.get_or_insert_with(|| cue::before(bytes, start));
        if before == Cue::None && self.may_be_named_after {
            cue::named_after(bytes, end)
        } else {
            before
        }
    }
}

/// The number up to here as one that a row knows.
fn known(
    number: &Number,
    context: &mut Context<'_>,
    end: usize,
    is_row: bool,
    is_glued: bool,
) -> Option<Candidate> {
    let chars = number.as_bytes();
    if chars.len() < 8 || number.digits < 6 && chars.len() < 16 || number.digits < 3 {
        return None;
    }
    let start = context.start;
    let candidate =
        |category, certainty, reason| Some(Candidate { start, end, category, certainty, reason });
    if chars.first().is_some_and(u8::is_ascii_alphabetic) && !is_glued {
        for (shape, check) in VAT {
            if chars.first() == shape.first()
                && fit(shape, chars).is_some()
                && check::passes(check, chars)
                && (number.is_upper || *check == b"i")
            {
                let category =
                    if shape.starts_with(b"DE") { Category::DeVatId } else { Category::VatId };
                return candidate(category, Certainty::Certain, Reason::Structure);
            }
        }
    }
    let rows = |length| usize::from(ROWS_OF.get(length).copied().unwrap_or(0));
    let rows = rows(chars.len())..rows(chars.len() + 1);
    for row in ROWS.get(rows).unwrap_or_default() {
        let Some((joints, slashes)) = fit(row.shape, chars) else { continue };
        let written = if number.is_spelled_out() { number.hard_joints } else { number.joints };
        // A letter's separator may be left out: Y8063915-Z.
        let has_letter = row.shape.contains(&b'l');
        let is_formatted = written != 0
            && (written == joints || has_letter && written & !joints == 0)
            && number.slashes & slashes == slashes;
        let is_bare = number.joints == 0 || number.is_spelled_out() && written == 0;
        if !check::passes(row.check, chars) || is_row && !is_formatted {
            continue;
        }
        let has_letters = number.digits < chars.len();
        let is_certain = row.tier == Tier::A && (is_formatted || is_bare);
        if is_glued {
            if is_certain {
                return candidate(row.category, Certainty::Certain, Reason::CheckDigit);
            }
            continue;
        }
        let cue = match context.cue(end) {
            Cue::Account if row.category == Category::ItVat => Cue::None,
            cue => cue,
        };
        let is_named = names(cue, row.category);
        let found = if is_named {
            Some((Certainty::Cued, Reason::Cue))
        } else if matches!(cue, Cue::Other | Cue::Version | Cue::Card | Cue::Phone)
            && !(is_certain && (has_letters || cue == Cue::Phone || is_formatted))
        {
            None
        } else if is_certain {
            Some((Certainty::Certain, Reason::CheckDigit))
        } else if row.tier == Tier::B && is_formatted {
            Some((Certainty::Likely, Reason::Grouping))
        } else if row.tier == Tier::B
            && is_bare
            && !row.check.is_empty()
            && is_alone(context.bytes, start, end)
        {
            Some((Certainty::Likely, Reason::CheckDigit))
        } else {
            None
        };
        if let Some((certainty, reason)) = found {
            return candidate(row.category, certainty, reason);
        }
    }
    None
}

/// Whether the word names this kind of number. Offices share numbers, so any identity word names
/// any of them.
fn names(cue: Cue, category: Category) -> bool {
    match category {
        Category::DeIdCard => matches!(cue, Cue::Passport | Cue::Identity),
        Category::UkLicence => cue == Cue::Licence,
        Category::UsSsn => matches!(cue, Cue::Identity | Cue::Social),
        Category::UsItin => cue == Cue::Tax,
        _ => matches!(cue, Cue::Tax | Cue::Identity | Cue::Social),
    }
}

/// The number up to here as what the word beside it calls it.
fn named(number: &Number, context: &mut Context<'_>, end: usize) -> Option<Candidate> {
    let (length, digits) = (number.length, number.digits);
    // `is 12345`: a small word before is none of it.
    let is_apart = !number.is_upper
        && byte(context.bytes, context.start).is_ascii_alphabetic()
        && number.joints & 0b1110 != 0;
    // 12.50, 14:30, 3rd.
    let is_small = digits < 3 && length < 5 || digits == length && digits < 5 && number.joints != 0;
    if length < 3 || digits < 2 || is_small || is_apart {
        return None;
    }
    let all_digits = digits == length;
    let (category, fits) = match context.cue(end) {
        Cue::Tax => (Category::TaxId, length >= 7 && digits >= 5),
        Cue::Identity => (Category::NationalId, length >= 6 && digits >= 4),
        Cue::Social => (Category::SocialId, length >= 7 && digits >= 6),
        Cue::Passport => (Category::Passport, (6..=10).contains(&length) && digits >= 4),
        Cue::Licence => (Category::Licence, (5..=16).contains(&length) && digits >= 4),
        Cue::Plate => (Category::Plate, (4..=9).contains(&length) && !all_digits),
        Cue::Account if is_aba(number) => (Category::Aba, true),
        Cue::Account => (Category::Account, length >= 6 && digits >= 6),
        Cue::Postcode => (Category::Postcode, (4..=8).contains(&length) && digits >= 2),
        Cue::Cvv => (Category::Cvv, all_digits && length <= 4),
        Cue::Device => (
            Category::Imei,
            // With the software's version behind it, it has 16 and no check digit.
            all_digits && (length == 16 || length == 15 && check::passes(b"l", number.as_bytes())),
        ),
        _ => return None,
    };
    (fits && !is_date(number) && !is_amount(context.bytes, end)).then_some(Candidate {
        start: context.start,
        end,
        category,
        certainty: Certainty::Cued,
        reason: Reason::Cue,
    })
}

fn is_aba(number: &Number) -> bool {
    number.length == 9 && number.digits == 9 && check::passes(b"wza37137137.", number.as_bytes())
}

/// `1,234.50`, `12 %`.
fn is_amount(bytes: &[u8], end: usize) -> bool {
    let next = byte(bytes, end);
    matches!(next, b'%' | b'$')
        || matches!(next, b',' | b'.' | b':') && byte(bytes, end + 1).is_ascii_digit()
        || cue::after(bytes, end) == Cue::Other
}

/// `2024-03-14`, `14.03.2024`, `3/14/24`.
fn is_date(number: &Number) -> bool {
    number.hard_joints == number.joints
        && number.joints.count_ones() == 2
        && (6..=8).contains(&number.length)
        && matches!(
            number.joints,
            0b101_0000 | 0b11_0000 | 0b1010_0000 | 0b1_0100 | 0b1_0010 | 0b1010 | 0b1100
        )
}

/// Whether `chars` have the form of `shape`; where its separators and slashes belong.
fn fit(shape: &[u8], chars: &[u8]) -> Option<(u32, u32)> {
    let (mut joints, mut slashes) = (0_u32, 0_u32);
    let mut at = 0;
    let mut tens = 0;
    let mut previous = 0;
    for class in shape {
        let char = match class {
            b'-' => {
                joints |= 1 << at;
                continue;
            }
            b'/' => {
                joints |= 1 << at;
                slashes |= 1 << at;
                continue;
            }
            _ => *chars.get(at)?,
        };
        let is_digit = char.is_ascii_digit();
        let fits = match class {
            b'd' => is_digit,
            b'l' => !is_digit,
            b'x' => true,
            b'n' => matches!(char, b'X'..=b'Z'),
            b'a' | b'e' | b'o' | b'm' if previous != *class => {
                tens = char.wrapping_sub(b'0');
                is_digit
            }
            b'a' | b'e' | b'o' | b'm' => {
                is_digit && is_date_part(*class, tens * 10 + (char - b'0'))
            }
            _ => char == *class,
        };
        if !fits {
            return None;
        }
        // The second of two is not the first of another two.
        previous = if previous == *class { 0 } else { *class };
        at += 1;
    }
    (at == chars.len()).then_some((joints, slashes))
}

fn is_date_part(class: u8, value: u8) -> bool {
    match class {
        b'a' => (1..=31).contains(&value),
        b'e' => matches!(value, 1..=31 | 41..=71 | 81..=91),
        b'o' => (1..=12).contains(&value),
        _ => matches!(value, 1..=12 | 21..=42 | 51..=62 | 71..=92),
    }
}
