//! Check digits of identity numbers. Each rule is one byte, some with parameters behind it, so
//! that the table in `ident` stays a table.

use super::card::luhn;

/// Whether `chars` (digits and upper-case letters, no separators) pass the rule `spec`.
///
/// | rule | |
/// |---|---|
/// | `w` mode modulus weights | weighted sum; `.` is where the check digit stands |
/// | `l`, `L` | Luhn over all digits; over the last ten behind a century |
/// | `i`, `t` | ISO 7064 mod 11,10; the same with the repeated digit of a German tax number |
/// | others | one number's own rule, named where it is |
pub(super) fn passes(spec: &[u8], chars: &[u8]) -> bool {
    let Some((rule, parameters)) = spec.split_first() else { return true };
    match rule {
        b'w' => weighted(parameters, chars),
        b'l' => is_luhn(chars),
        b'L' => {
            matches!(chars, [b'1', b'8' | b'9', ..] | [b'2', b'0', ..])
                && chars.get(2..).is_some_and(is_luhn)
        }
        b'c' => !matches!(chars.first(), Some(b'0' | b'8')) && is_luhn(chars),
        b'i' => mod_11_10(chars),
        b't' => has_repeated_digit(chars) && mod_11_10(chars),
        b's' => is_ssn(chars),
        b'u' => is_itin(chars),
        b'e' => has_spanish_letter(chars),
        b'n' => is_nir(chars),
        b'f' => is_fiscal_code(chars),
        b'b' => is_belgian(chars),
        b'B' => 97 - value(chars, 2, 8) % 97 == value(chars, 10, 2),
        b'j' => chars.first().is_some_and(u8::is_ascii_alphabetic),
        b'y' => is_hetu(chars),
        b'k' => is_pps(chars),
        b'd' => is_baltic(chars),
        b'o' => {
            sum(chars, b"37618945210").is_multiple_of(11)
                && sum(chars, b"54327654321").is_multiple_of(11)
        }
        b'v' => (1 + 10 * sum(chars, b"16379a5842")) % 11 % 10 == last(chars),
        b'z' => value(chars, 0, 9) % 11 % 10 == last(chars),
        b'T' => is_turkish(chars),
        b'g' => is_nino(chars),
        b'm' => icao(chars),
        b'h' => cross_sums(chars, b"1212121212"),
        b'r' => cross_sums(chars, b"2125712121212"),
        _ => false,
    }
}

/// A digit's value, a letter's as in ISO 13616: A is 10.
fn of(char: u8) -> u32 {
    (char as char).to_digit(36).unwrap_or(0)
}

fn last(chars: &[u8]) -> u32 {
    chars.last().map_or(0, |char| of(*char))
}

/// The number in some of the digits.
fn value(chars: &[u8], from: usize, size: usize) -> u32 {
    chars.iter().skip(from).take(size).fold(0, |value, char| value * 10 + of(*char))
}

fn sum(chars: &[u8], weights: &[u8]) -> u32 {
    chars.iter().zip(weights).map(|(char, weight)| of(*char) * of(*weight)).sum()
}

/// Modes: `z` the sum's complement, `p` the sum itself; in upper case a remainder of ten is
/// written 0, with `1` the sum itself and ten is written 1.
fn weighted(parameters: &[u8], chars: &[u8]) -> bool {
    let [mode, modulus, weights @ ..] = parameters else { return false };
    let modulus = of(*modulus);
    let Some(place) = weights.iter().position(|weight| *weight == b'.') else { return false };
    let remainder = sum(chars, weights) % modulus;
    let check = match mode {
        b'z' | b'Z' => (modulus - remainder) % modulus,
        _ => remainder,
    };
    let check = match (check, mode) {
        (10, b'Z' | b'P') => 0,
        (10, b'1') => 1,
        _ => check,
    };
    chars.get(place).is_some_and(|char| of(*char) == check) && chars.iter().any(|c| *c != b'0')
}

fn is_luhn(chars: &[u8]) -> bool {
    let mut digits = [0; 16];
    for (digit, char) in digits.iter_mut().zip(chars) {
        *digit = of(*char) as u8;
    }
    digits.get(..chars.len()).is_some_and(luhn)
}

fn mod_11_10(chars: &[u8]) -> bool {
    let digits = chars.iter().filter(|char| char.is_ascii_digit());
    let mut product = 10;
    let mut sum = 0;
    for char in digits {
        sum = (product + of(*char)) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    // The check digit brings the sum to one.
    sum == 1
}

/// Among the first ten digits one occurs twice or thrice, the others once at most.
fn has_repeated_digit(chars: &[u8]) -> bool {
    let mut counts = [0_u8; 10];
    for char in chars.iter().take(10) {
        if let Some(count) = counts.get_mut(of(*char) as usize) {
            *count += 1;
        }
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    chars.first() != Some(&b'0') && repeated == 1 && counts.iter().all(|count| *count <= 3)
}

/// No area 000, 666 or 9xx, no group 00, no serial 0000, and none of those printed in
/// advertisements.
fn is_ssn(chars: &[u8]) -> bool {
    let (area, group, serial) = (value(chars, 0, 3), value(chars, 3, 2), value(chars, 5, 4));
    !matches!(area, 0 | 666 | 900..)
        && group != 0
        && serial != 0
        && !matches!(chars, b"078051120" | b"123456789" | b"219099999" | b"457555462")
        && chars.iter().any(|char| Some(char) != chars.first())
}

fn is_itin(chars: &[u8]) -> bool {
    chars.first() == Some(&b'9')
        && matches!(value(chars, 3, 2), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn has_spanish_letter(chars: &[u8]) -> bool {
    let Some((letter, number)) = chars.split_last() else { return false };
    let number = number.iter().fold(0, |value, char| {
        value * 10 + if *char >= b'X' { u32::from(char - b'X') } else { of(*char) }
    });
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize) == Some(letter)
}

/// Corsica's 2A and 2B count as 19 and 18.
fn is_nir(chars: &[u8]) -> bool {
    let mut remainder = 0;
    for (at, char) in chars.iter().take(13).enumerate() {
        let digit = match (at, char) {
            (6, b'A') => 9,
            (6, b'B') => 8,
            (_, b'0'..=b'9') => of(*char),
            _ => return false,
        };
        let digit = if at == 5 && matches!(chars.get(6), Some(b'A' | b'B')) { 1 } else { digit };
        remainder = (remainder * 10 + digit) % 97;
    }
    !matches!(chars.first(), Some(b'0' | b'5' | b'6' | b'9'))
        && 97 - remainder == value(chars, 13, 2)
}

/// The values of digits and letters at odd places; those at even places are their own.
static ODD: &[u8; 26] =
    &[1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

fn is_fiscal_code(chars: &[u8]) -> bool {
    let Some((letter, body)) = chars.split_last() else { return false };
    let mut sum = 0;
    for (at, char) in body.iter().enumerate() {
        let is_number = matches!(at, 6 | 7 | 9 | 10 | 12..=14);
        if is_number && !char.is_ascii_digit() && !b"LMNPQRSTUV".contains(char) {
            return false;
        }
        let own = if char.is_ascii_digit() { of(*char) } else { of(*char) - 10 };
        sum +=
            if at % 2 == 0 { ODD.get(own as usize).map_or(0, |odd| u32::from(*odd)) } else { own };
    }
    *letter == (sum % 26) as u8 + b'A'
}

/// 97 minus the number mod 97, with a 2 before it since 2000.
fn is_belgian(chars: &[u8]) -> bool {
    let (number, check) = (value(chars, 0, 9), value(chars, 9, 2));
    [number, number.wrapping_add(2_000_000_000)].iter().any(|number| 97 - number % 97 == check)
}

/// The character of mod 31 over the birth date and the running number.
fn is_hetu(chars: &[u8]) -> bool {
    let serial = chars.len().saturating_sub(4);
    let number = value(chars, 0, 6) * 1_000 + value(chars, serial, 3);
    let is_century = chars.len() == 10 || matches!(chars.get(6), Some(b'A'..=b'F' | b'U'..=b'Y'));
    is_century && b"0123456789ABCDEFHJKLMNPRSTUVWXY".get((number % 31) as usize) == chars.last()
}

/// Weights 8 to 2, nine for the second letter, mod 23.
fn is_pps(chars: &[u8]) -> bool {
    let second = chars.get(8).map_or(0, |char| if *char == b'W' { 0 } else { of(*char) - 9 });
    let remainder = (sum(chars, b"8765432") + 9 * second) % 23;
    b"WABCDEFGHIJKLMNOPQRSTUV".get(remainder as usize) == chars.get(7)
}

/// Two rounds of weights; the second is for a remainder of ten.
fn is_baltic(chars: &[u8]) -> bool {
    let mut check = sum(chars, b"1234567891") % 11;
    if check == 10 {
        check = sum(chars, b"3456789123") % 11 % 10;
    }
    matches!(chars.first(), Some(b'1'..=b'6')) && check == last(chars)
}

fn is_turkish(chars: &[u8]) -> bool {
    let (odd, even) = (sum(chars, b"10101010100"), sum(chars, b"01010101000"));
    chars.first() != Some(&b'0')
        && (odd * 7 + 10 * 9 - even) % 10 == value(chars, 9, 1)
        && sum(chars, b"11111111110") % 10 == last(chars)
}

/// Letters that no office gives out.
fn is_nino(chars: &[u8]) -> bool {
    let [first, second, .., suffix] = chars else { return false };
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && !matches!(
            (first, second),
            (b'B', b'G')
                | (b'G', b'B')
                | (b'N', b'K')
                | (b'K', b'N')
                | (b'N', b'T')
                | (b'T', b'N')
                | (b'Z', b'Z')
        )
        && (b'A'..=b'D').contains(suffix)
}

/// ICAO 9303: weights 7, 3, 1. German documents begin with some letters only and have no vowels.
fn icao(chars: &[u8]) -> bool {
    let Some((check, body)) = chars.split_last() else { return false };
    let sum: u32 =
        body.iter().zip([7, 3, 1].iter().cycle()).map(|(c, weight)| of(*c) * weight).sum();
    let has_form = b"CFGHJKLMNPRTVWXYZ".contains(body.first().unwrap_or(&b' '))
        && !body.iter().any(|char| b"AEIOUBDQS".contains(char))
        && body.iter().filter(|char| char.is_ascii_digit()).count() >= 4;
    has_form && sum % 10 == of(*check)
}

/// A letter counts as its two digits; products count by their digits.
fn cross_sums(chars: &[u8], weights: &[u8]) -> bool {
    let Some((check, body)) = chars.split_last() else { return false };
    let mut weights = weights.iter();
    let mut sum = 0;
    let mut add = |digit: u32| {
        let product = digit * weights.next().map_or(0, |weight| of(*weight));
        sum += product / 10 + product % 10;
    };
    for char in body {
        if char.is_ascii_digit() {
            add(of(*char));
        } else {
            let place = of(*char) - 9;
            add(place / 10);
            add(place % 10);
        }
    }
    sum % 10 == of(*check)
}

#[cfg(test)]
mod tests {
    use super::passes;

    /// Numbers made by the rules' own published examples.
    #[test]
    fn rules_accept_their_examples_and_no_neighbour() {
        let examples: &[(&[u8], &[u8])] = &[
            (b"t", b"86095742719"),
            (b"i", b"136695976"),
            (b"e", b"12345678Z"),
            (b"e", b"X1234567L"),
            (b"n", b"255081416802538"),
            (b"f", b"RSSMRA85T10A562S"),
            (b"b", b"85073003328"),
            (b"wza1379137913.", b"44051401458"),
            (b"o", b"15108695088"),
            (b"y", b"131052308T"),
            (b"k", b"1234567T"),
            (b"d", b"37605030299"),
            (b"T", b"10000000146"),
            (b"m", b"C01X00T41"),
            (b"h", b"A123456780"),
            (b"r", b"65070803A019"),
            (b"wza131313131313.", b"7569217076985"),
        ];
        for (spec, number) in examples {
            let name = String::from_utf8_lossy(number);
            assert!(passes(spec, number), "{name}");
            let mut wrong = number.to_vec();
            let last = wrong.last_mut().unwrap();
            *last = if *last == b'9' || *last == b'Z' { *last - 1 } else { *last + 1 };
            assert!(!passes(spec, &wrong), "{name}");
        }
    }
}
