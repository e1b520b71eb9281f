//! Payment cards: an issuer's prefix, a length that the issuer uses, and the Luhn check digit.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, MAX_SEPARATORS, Reason, is_alone, is_in_row, is_joint};
use super::fold::{byte, byte_before, is_word};
use super::view::View;

const MIN_DIGITS: usize = 12;
const MAX_DIGITS: usize = 19;

/// Finds the card number whose first digit is at `at`.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let before = byte_before(bytes, at);
    if at < from
        || is_word(before)
        || (matches!(before, b'.' | b',') && byte_before(bytes, at - 1).is_ascii_digit())
    {
        return None;
    }
    let mut digits = [0; MAX_DIGITS];
    let mut length = 0;
    let mut groups = 1;
    let mut group = 0;
    let mut first_group = 0;
    let mut end = at;
    let mut best = None;
    let in_row = is_in_row(bytes, at);
    loop {
        let next = byte(bytes, end);
        if next.is_ascii_digit() {
            let Some(place) = digits.get_mut(length) else { break };
            *place = next - b'0';
            length += 1;
            group += 1;
            end += 1;
            continue;
        }
        if groups == 1 {
            first_group = group;
        }
        // A group ends here. The first has four digits or more, or each has one.
        let is_spelled_out = groups == length;
        let has_form = group >= 2 && (groups > 1 || group >= 4) || is_spelled_out;
        // In the middle of a row only the first of its groups is tried digit by digit.
        let is_hopeless =
            !has_form && (groups == 1 || group > 1) || in_row && group == 1 && groups == 1;
        if is_word(next) || is_hopeless {
            break;
        }
        let mut next = end;
        while next < end + MAX_SEPARATORS && is_joint(byte(bytes, next)) {
            next += 1;
        }
        let goes_on = next > end && byte(bytes, next).is_ascii_digit();
        // Inside a longer row of numbers only a full-length card is believed, in one piece or in
        // fours.
        let is_full = length >= 15 && (groups == 1 || first_group == 4);
        let is_whole = is_full || !goes_on && !in_row;
        let number = digits.get(..length)?;
        if is_whole && length >= MIN_DIGITS && luhn(number) {
            best = Some((end, groups, has_issuer(number)));
        }
        if !goes_on {
            break;
        }
        end = next;
        groups += 1;
        group = 0;
    }
    let (end, groups, has_issuer) = best?;
    // One number in ten has a right check digit by chance. So a bare one is left alone where a
    // word says that it is an order or a parcel, and a prefix that no known issuer uses is
    // believed only where a word says that it is a card.
    let is_card = match cue::before(bytes, at) {
        Cue::Card => true,
        // Nothing else in the message: the answer to a question.
        Cue::None if !has_issuer => groups == 1 && is_alone(bytes, at, end),
        Cue::Phone | Cue::None | Cue::Cvv | Cue::Expiry | Cue::Money => has_issuer,
        // The number has another name.
        _ => has_issuer && groups > 1,
    };
    let certainty = if has_issuer { Certainty::Certain } else { Certainty::Likely };
    is_card.then(|| Candidate::new(at, end, Category::Card, certainty, Reason::CheckDigit))
}

/// The first and the last prefix of four digits, and the lengths of the numbers: a bit for each of
/// the lengths from 12 on.
static ISSUERS: &[(u16, u16, u8)] = &[
    // Visa.
    (4000, 4999, 0b1001_0010),
    // Mastercard, its second range too.
    (5100, 5599, 0b1_0000),
    (2221, 2720, 0b1_0000),
    // American Express.
    (3400, 3499, 0b1000),
    (3700, 3799, 0b1000),
    // Diners Club.
    (3000, 3059, 0b1_0100),
    (3095, 3095, 0b1_0100),
    (3800, 3999, 0b1_0100),
    (3600, 3699, 0b1111_1100),
    // JCB, its older numbers too.
    (3528, 3589, 0b1111_0000),
    (2131, 2131, 0b1000),
    (1800, 1800, 0b1000),
    // Mir, Troy.
    (2200, 2204, 0b1111_0000),
    (9792, 9792, 0b1_0000),
    // UnionPay's second range.
    (8100, 8171, 0b1111_0000),
    // Maestro and the national schemes among it; Discover, UnionPay, RuPay lie in 60 to 69.
    (5000, 5099, 0b1111_1111),
    (5600, 5899, 0b1111_1111),
    (6000, 6999, 0b1111_1111),
];

/// Whether an issuer with this prefix gives out numbers of this length.
fn has_issuer(digits: &[u8]) -> bool {
    let prefix = digits.iter().take(4).fold(0, |prefix, digit| prefix * 10 + u16::from(*digit));
    let length = digits.len().wrapping_sub(MIN_DIGITS) as u32;
    ISSUERS.iter().any(|(first, last, lengths)| {
        (*first..=*last).contains(&prefix) && lengths.checked_shr(length).unwrap_or(0) & 1 == 1
    })
}

/// ISO/IEC 7812-1, annex B. The digits are values or ASCII.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let digits = digits.iter().map(|digit| digit & 0xF);
    let mut sum = 0;
    for (place, digit) in digits.clone().rev().enumerate() {
        let weighted = if place % 2 == 1 { digit * 2 } else { digit };
        sum += u32::from(if weighted > 9 { weighted - 9 } else { weighted });
    }
    sum.is_multiple_of(10) && digits.into_iter().any(|digit| digit != 0)
}

#[cfg(test)]
mod tests {
    use super::luhn;
    use crate::pii::corpus::{check, check_none};
    use crate::pii::{Category, Policy, detect};

    #[test]
    fn cards_in_sentences() {
        check(
            Category::Card,
            &[
                "My card is «4111 1111 1111 1111», please.",
                "Meine Kreditkarte «5555-5555-5555-4444» geht nicht",
                "ma carte «378282246310005» est refusée",
                "tarjeta «3782 822463 10005»",
                "carta «6011.1111.1111.1117»",
                "pas «30569309025904»",
                "karta «3530 1113 3330 0000»!",
                "2-series «2223003122003222»",
                "Maestro «676770000005», «6759649826438453», «5018 0000 0009»",
                "old JCB «213100000000001» and «180000000000002»",
                "long Visa «4000000000000000006»",
                "is:«4111111111111111»",
                "«4111\u{a0}1111\u{202f}1111\u{2011}1111»",
                "«4111\n1111\n1111\n1111»",
                "«4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1»",
                "«٤١١١١١١١١١١١١١١١»",
                "«4111 1111 1111 1111» 123",
                "my card «122000000000003»",
                "charge it to visa «4111111111111111» for the order",
            ],
        );
    }

    /// `prefix` filled up to `length` digits, the last of which is the check digit plus `error`.
    fn number(prefix: u32, length: usize, error: u32) -> String {
        let mut digits: Vec<u8> = format!("{prefix}2718281828459045")
            .bytes()
            .take(length - 1)
            .map(|d| d - b'0')
            .collect();
        digits.push(0);
        let check = (0..10).find(|check| {
            digits[length - 1] = *check;
            luhn(&digits)
        });
        digits[length - 1] = (check.unwrap() + error as u8) % 10;
        digits.iter().map(|digit| char::from(digit + b'0')).collect()
    }

    fn is_found(number: &str) -> bool {
        let text = format!("It is {number}, thanks");
        let whole = (6, 6 + number.len());
        detect(&text, &Policy::chat())
            .iter()
            .any(|found| found.category == Category::Card && (found.start, found.end) == whole)
    }

    /// Issuer, first and last prefix, lengths.
    static ISSUERS: &[(&str, u32, u32, &[usize])] = &[
        ("Visa", 4000, 4999, &[13, 16, 19]),
        ("Mastercard", 5100, 5599, &[16]),
        ("Mastercard, second range", 2221, 2720, &[16]),
        ("American Express", 3400, 3499, &[15]),
        ("American Express", 3700, 3799, &[15]),
        ("Diners Club", 3000, 3059, &[14, 16]),
        ("Diners Club", 3095, 3095, &[14, 16]),
        ("Diners Club", 3600, 3699, &[14, 15, 16, 17, 18, 19]),
        ("Diners Club", 3800, 3999, &[14, 16]),
        ("JCB", 3528, 3589, &[16, 17, 18, 19]),
        ("JCB, older", 2131, 2131, &[15]),
        ("JCB, older", 1800, 1800, &[15]),
        ("Mir", 2200, 2204, &[16, 17, 18, 19]),
        ("Troy", 9792, 9792, &[16]),
        ("UnionPay, second range", 8100, 8171, &[16, 17, 18, 19]),
        ("Maestro", 5000, 5099, &[12, 13, 14, 15, 16, 17, 18, 19]),
        ("Maestro", 5600, 5899, &[12, 13, 14, 15, 16, 17, 18, 19]),
        ("Discover, UnionPay, RuPay, Maestro", 6000, 6999, &[12, 13, 14, 15, 16, 17, 18, 19]),
    ];

    #[test]
    fn issuers_have_their_prefixes_and_lengths() {
        for (issuer, first, last, lengths) in ISSUERS {
            for prefix in [*first, u32::midpoint(*first, *last), *last] {
                for length in 12..=19 {
                    let right = number(prefix, length, 0);
                    assert_eq!(is_found(&right), lengths.contains(&length), "{issuer}: {right}");
                    for error in 1..10 {
                        let wrong = number(prefix, length, error);
                        assert!(!is_found(&wrong), "{issuer}: {wrong}");
                    }
                }
            }
        }
    }

    #[test]
    fn prefixes_beside_a_range_are_nobodys() {
        for prefix in [
            1799, 1801, 2130, 2132, 2199, 2205, 2220, 2721, 2999, 3060, 3094, 3096, 3399, 3500,
            3527, 3590, 5900, 7000, 8099, 8172, 9791, 9793,
        ] {
            for length in 12..=19 {
                let number = number(prefix, length, 0);
                assert!(!is_found(&number), "{number}");
            }
        }
    }

    #[test]
    fn near_misses() {
        check_none(&[
            "4111 1111 1111 1112 is no card",
            "9111111111111111",
            "411111111111111",
            "a4111111111111111",
            "4111111111111111b",
            "0.4111111111111111",
            "My order 4111111111111111 is late",
            "Sendungsnummer 5555555555554444",
            "0000 0000 0000 0000",
            "1234 5678 9012 3456",
            "41111111111111111111111111111111",
            "37828224631000",
            "it is 122000000000003",
            "1 1 9 52 6 64739 3000 75211 00 8710 799 199 40",
        ]);
    }

    #[test]
    fn a_list_of_cards_is_found_whole() {
        check(
            Category::Card,
            &["«4111 1111 1111 1111»\n«5555 5555 5555 4444»\n«3782 822463 10005»"],
        );
    }
}
