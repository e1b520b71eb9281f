//! Payment cards: an issuer's prefix, a length that the issuer uses, and the Luhn check digit.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason, is_alone};
use super::fold::{byte, byte_before, is_word};
use super::view::View;

const MIN_DIGITS: usize = 12;
const MAX_DIGITS: usize = 19;

/// Characters between two groups of digits: `" - "` at most.
const MAX_SEPARATORS: usize = 3;

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
    let in_row = follows_digits(bytes, at);
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
        let next = skip_separators(bytes, end);
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
        Cue::Phone | Cue::None | Cue::Cvv | Cue::Expiry => has_issuer,
        // The number has another name.
        _ => has_issuer && groups > 1,
    };
    is_card.then_some(Candidate {
        start: at,
        end,
        category: Category::Card,
        certainty: if has_issuer { Certainty::Certain } else { Certainty::Likely },
        reason: Reason::CheckDigit,
    })
}

/// Whether a group of digits stands before `at`.
fn follows_digits(bytes: &[u8], at: usize) -> bool {
    let mut place = at;
    while at - place < MAX_SEPARATORS && is_separator(byte_before(bytes, place)) {
        place -= 1;
    }
    byte_before(bytes, place).is_ascii_digit()
}

fn skip_separators(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + MAX_SEPARATORS && is_separator(byte(bytes, end)) {
        end += 1;
    }
    end
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'_' | b'\n' | b'\t')
}

/// Whether an issuer with this prefix gives out numbers of this length.
fn has_issuer(digits: &[u8]) -> bool {
    let prefix = digits.iter().take(4).fold(0, |prefix, digit| prefix * 10 + u32::from(*digit));
    let length = digits.len();
    match prefix {
        // Visa.
        4000..=4999 => matches!(length, 13 | 16 | 19),
        // Mastercard, its second range too.
        5100..=5599 | 2221..=2720 => length == 16,
        // American Express.
        3400..=3499 | 3700..=3799 => length == 15,
        // Diners Club.
        3000..=3059 | 3095 | 3800..=3999 => matches!(length, 14 | 16),
        3600..=3699 => (14..=19).contains(&length),
        // JCB, its older numbers too.
        3528..=3589 => (16..=19).contains(&length),
        2131 | 1800 => length == 15,
        // Mir, Troy.
        2200..=2204 => (16..=19).contains(&length),
        9792 => length == 16,
        // UnionPay's second range.
        8100..=8171 => (16..=19).contains(&length),
        // Maestro and the national schemes among it; Discover, UnionPay, RuPay lie in 60 to 69.
        5000..=5099 | 5600..=5899 | 6000..=6999 => (12..=19).contains(&length),
        _ => false,
    }
}

/// ISO/IEC 7812-1, annex B.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let weighted = if place % 2 == 1 { digit * 2 } else { *digit };
        sum += u32::from(if weighted > 9 { weighted - 9 } else { weighted });
    }
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use crate::pii::Category;
    use crate::pii::corpus::{check, check_none};

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
