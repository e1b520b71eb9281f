//! International bank account numbers: a country, its exact length, and mod 97.

use super::Category;
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{byte, byte_before, is_word};
use super::view::View;

/// Characters between two groups.
const MAX_SEPARATORS: usize = 3;

/// Country and length, as registered (SWIFT IBAN registry, release 101), and those of Algeria, Iran
/// and Morocco, which use the form without being registered.
static LENGTHS: &[u8] =
    b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18\
DO28DZ26EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IR26IS26IT27JO30KW30\
KZ20LB28LC32LI21LT20LU20LV21LY25MA28MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25\
QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/// Finds the IBAN whose check digits begin at `at`.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    // `D E 8 9 3 7 …`: letter by letter.
    let step = 1 + usize::from(byte_before(bytes, at) == b' ');
    let start = at.checked_sub(2 * step).filter(|start| *start >= from)?;
    let country =
        [byte(bytes, start).to_ascii_uppercase(), byte(bytes, start + step).to_ascii_uppercase()];
    let is_apart = step == 1 || byte(bytes, start + 1) == b' ' && byte(bytes, at + 1) == b' ';
    if !may_start(bytes, start) || !is_apart || !byte(bytes, at + step).is_ascii_digit() {
        return None;
    }
    let length = length_of(country)?;
    let mut end = at + step + 1;
    let mut read = 4;
    let mut remainder = 0;
    // Two groups of letters in a row are words.
    let mut group_has_digit = true;
    let mut last_group_has_digit = true;
    while read < length {
        let next = skip_separators(bytes, end);
        if next > end {
            if !group_has_digit && !last_group_has_digit {
                return None;
            }
            last_group_has_digit = group_has_digit;
            group_has_digit = false;
            end = next;
        }
        let char = byte(bytes, end);
        group_has_digit |= char.is_ascii_digit();
        remainder = mod97(remainder, char)?;
        read += 1;
        end += 1;
    }
    if !group_has_digit && !last_group_has_digit {
        return None;
    }
    // The country and the check digits come last.
    for place in 0..4 {
        remainder = mod97(remainder, byte(bytes, start + place * step))?;
    }
    (remainder == 1 && may_end(bytes, start, end)).then_some(Candidate {
        start,
        end,
        category: Category::Iban,
        certainty: Certainty::Certain,
        reason: Reason::CheckDigit,
    })
}

fn length_of(country: [u8; 2]) -> Option<usize> {
    LENGTHS.chunks_exact(4).find_map(|row| match row {
        [first, second, tens, ones] if [*first, *second] == country => {
            Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
        }
        _ => None,
    })
}

/// Whether a word ends before `start`. An upper-case country after a lower-case letter begins a
/// new one (`isDE89…`), and so does one after its own name (`IBANDE89…`).
fn may_start(bytes: &[u8], start: usize) -> bool {
    let before = byte_before(bytes, start);
    if !is_word(before) || before.is_ascii_lowercase() && byte(bytes, start).is_ascii_uppercase() {
        return true;
    }
    start
        .checked_sub(4)
        .and_then(|name| bytes.get(name..start))
        .is_some_and(|name| name.eq_ignore_ascii_case(b"iban"))
}

/// Whether no word goes on at `end`. A small letter after a number in capitals begins a new one
/// (`DE89…danke`).
fn may_end(bytes: &[u8], start: usize, end: usize) -> bool {
    let after = byte(bytes, end);
    !is_word(after) || after.is_ascii_lowercase() && byte(bytes, start).is_ascii_uppercase()
}

fn skip_separators(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + MAX_SEPARATORS
        && matches!(byte(bytes, end), b' ' | b'-' | b'.' | b'/' | b'_' | b'\n')
    {
        end += 1;
    }
    end
}

/// One more character of a number modulo 97, letters counted from A = 10 (ISO 7064).
pub(super) fn mod97(remainder: u32, char: u8) -> Option<u32> {
    match char {
        b'0'..=b'9' => Some((remainder * 10 + u32::from(char - b'0')) % 97),
        b'A'..=b'Z' => Some((remainder * 100 + u32::from(char - b'A') + 10) % 97),
        b'a'..=b'z' => Some((remainder * 100 + u32::from(char - b'a') + 10) % 97),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::corpus::{check, check_none};
    use crate::pii::{Policy, detect};

    #[test]
    fn ibans_in_sentences() {
        check(
            Category::Iban,
            &[
                "Please refund to «DE89 3704 0044 0532 0130 00», thanks.",
                "Meine IBAN: «DE89370400440532013000».",
                "IBAN«GB29NWBK60161331926819», ist«DE89370400440532013000»",
                "mon compte «FR14 2004 1010 0505 0001 3M02 606»",
                "mi cuenta «ES91 2100 0418 4502 0005 1332»",
                "il mio conto è «IT60 X054 2811 1010 0000 0123 456»",
                "rekening «NL91 ABNA 0417 1643 00»",
                "konto «PL61 1090 1014 0000 0712 1981 2874»",
                "België: «BE68 5390 0754 7034»",
                "Norge «NO93-8601-1117-947»",
                "Malta «MT84 MALT 0110 0001 2345 MTLC AST0 01S»",
                "de lower: «de89370400440532013000»",
                "«DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00»",
            ],
        );
    }

    #[test]
    fn near_misses() {
        check_none(&[
            "DE88 3704 0044 0532 0130 00",
            "DE89 3704 0044 0532 0130",
            "DE89 3704 0044 0532 0130 000",
            "XX89370400440532013000",
            "ADE89370400440532013000",
            "DE89370400440532013000A",
            "US64SVBKUS6S3300958879",
            "ISIN DE0007164600",
            "AT12 people came in 2019",
            "GB29 is a road",
            "container MEDU6246078",
        ]);
    }

    /// An IBAN of `length` characters with right check digits.
    fn iban(country: &str, length: usize) -> String {
        let account: String = "31415926535897932384626433832795".chars().take(length - 4).collect();
        let remainder = format!("{account}{country}00")
            .bytes()
            .fold(0, |remainder, char| mod97(remainder, char).unwrap());
        format!("{country}{:02}{account}", 98 - remainder)
    }

    fn countries() -> impl Iterator<Item = (String, usize)> {
        LENGTHS.chunks_exact(4).map(|row| {
            let row = String::from_utf8_lossy(row);
            (row[..2].to_owned(), row[2..].parse().unwrap())
        })
    }

    fn in_fours(iban: &str) -> String {
        let groups: Vec<_> = iban.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join(" ")
    }

    /// What is found as an IBAN in a sentence with `written` in it.
    fn found(written: &str) -> Vec<String> {
        let text = format!("Pay to {written}, thanks");
        let findings = detect(&text, &Policy::chat());
        let ibans = findings.iter().filter(|finding| finding.category == Category::Iban);
        ibans.map(|finding| text[finding.start..finding.end].to_owned()).collect()
    }

    #[test]
    fn each_country_has_its_exact_length() {
        for (country, length) in countries() {
            let right = iban(&country, length);
            assert_eq!(found(&right), [right.as_str()], "{country}");
            for wrong in [length - 1, length + 1] {
                let wrong = iban(&country, wrong);
                assert!(found(&wrong).is_empty(), "{wrong}");
                assert!(found(&in_fours(&wrong)).is_empty(), "{wrong}");
            }
        }
    }

    #[test]
    fn any_other_digit_is_noticed() {
        for (country, length) in countries() {
            let right = iban(&country, length);
            for place in 2..length {
                let digit = u32::from(right.as_bytes()[place] - b'0');
                let mut wrong = right.clone();
                wrong.replace_range(place..=place, &((digit + 3) % 10).to_string());
                assert!(found(&wrong).is_empty(), "{wrong}");
            }
        }
    }

    #[test]
    fn each_country_is_found_however_it_is_written() {
        for (country, length) in countries() {
            let plain = iban(&country, length);
            let fours = in_fours(&plain);
            let (start, account) = plain.split_at(4);
            let (odd, rest) = account.split_at(7);
            for written in [
                plain.to_lowercase(),
                fours.to_lowercase(),
                fours.replace(' ', "\u{a0}"),
                fours.replace(' ', "-"),
                fours.replace(' ', "\u{2011}"),
                fours.replace(' ', ". "),
                fours.replace(' ', "\n"),
                format!("{start} {odd} {rest}"),
                plain.chars().map(String::from).collect::<Vec<_>>().join(" "),
                fours,
            ] {
                assert_eq!(found(&written), [written.as_str()], "{written}");
            }
        }
    }

    #[test]
    fn a_word_may_be_glued_to_either_side() {
        check(
            Category::Iban,
            &[
                "to:«DE89370400440532013000»,please",
                "auf«DE89370400440532013000»danke",
                "(«DE89 3704 0044 0532 0130 00»)und",
                "«DE89370400440532013000»我的",
            ],
        );
        check_none(&["de89370400440532013000danke", "DE89370400440532013000UND"]);
    }

    #[test]
    fn the_table_has_every_registered_country() {
        assert_eq!(LENGTHS.len(), 4 * (89 + 3));
        assert!(LENGTHS.chunks_exact(4).is_sorted());
    }
}
