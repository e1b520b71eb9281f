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
/// | `a` | Luhn, behind the code of an Italian tax office |
/// | `K` | an Icelandic weighted sum, behind it the century |
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
        b'a' => is_luhn(chars) && has_italian_office(chars),
        b'i' => mod_11_10(chars),
        b't' => has_repeated_digit(chars) && mod_11_10(chars),
        b's' => is_ssn(chars),
        b'u' => is_itin(chars),
        b'e' => has_spanish_letter(chars),
        b'n' => is_nir(chars),
        b'f' => is_fiscal_code(chars),
        b'b' => is_belgian(chars),
        b'B' => {
            matches!(chars.get(2), Some(b'0' | b'1'))
                && 97 - value(chars, 2, 8) % 97 == value(chars, 10, 2)
        }
        b'j' => has_padded_name(chars),
        b'y' => is_hetu(chars),
        b'k' => is_pps(chars),
        b'K' => {
            matches!(chars.last(), Some(b'0' | b'8' | b'9')) && weighted(b"zb32765432.0", chars)
        }
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

/// Luhn over the digits behind a country's letters.
fn is_luhn(chars: &[u8]) -> bool {
    let digits = chars.iter().position(u8::is_ascii_digit).unwrap_or(0);
    chars.get(digits..).is_some_and(luhn)
}

/// The province that gave out an Italian VAT number stands before its check digit.
fn has_italian_office(chars: &[u8]) -> bool {
    matches!(value(chars, chars.len().saturating_sub(4), 3), 1..=100 | 120 | 121 | 888 | 999)
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
        let is_corsica = matches!(chars.get(5..7), Some(b"2A" | b"2B"));
        let digit = match (at, char) {
            (5, _) if is_corsica => 1,
            (6, b'A') if is_corsica => 9,
            (6, b'B') if is_corsica => 8,
            (_, b'0'..=b'9') => of(*char),
            _ => return false,
        };
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
    // The month of birth.
    if !chars.get(8).is_some_and(|month| b"ABCDEHLMPRST".contains(month)) {
        return false;
    }
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

/// Weights 8 to 2, nine for the second letter, mod 23. Before 2013 the second letter was W, T or X
/// and did not count.
fn is_pps(chars: &[u8]) -> bool {
    let second = match chars.get(8) {
        None | Some(b'T' | b'W' | b'X') => 0,
        Some(letter @ b'A'..=b'I') => of(*letter) - 9,
        Some(_) => return false,
    };
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

/// A surname's first five letters, filled up with nines.
fn has_padded_name(chars: &[u8]) -> bool {
    let mut name = chars.iter().take(5);
    name.next().is_some_and(u8::is_ascii_alphabetic)
        && name.skip_while(|char| char.is_ascii_alphabetic()).all(|char| *char == b'9')
}

/// ICAO 9303: weights 7, 3, 1. German documents begin with some letters only and have no vowels.
fn icao(chars: &[u8]) -> bool {
    let Some((check, body)) = chars.split_last() else { return false };
    let sum: u32 =
        body.iter().zip([7, 3, 1].iter().cycle()).map(|(c, weight)| of(*c) * weight).sum();
    let has_form = b"CFGHJKLMNPRTVWXYZ".contains(body.first().unwrap_or(&b' '))
        && !body.iter().any(|char| b"AEIOUBDQS".contains(char));
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
    use std::ops::Range;

    struct Rule {
        spec: &'static str,
        /// `d` digit, `l` letter, `x` either, `n` X, Y or Z; anything else itself.
        shape: &'static str,
        /// Invented numbers; the check digits are computed.
        examples: [&'static str; 3],
        /// The places where any other digit is noticed; empty where the rule does not promise it:
        /// in sums mod 11 with a digit for ten, and where there is no check digit.
        guarded: Range<usize>,
        /// How many in a hundred random strings of the shape pass.
        chance: f64,
    }

    const fn rule(
        spec: &'static str,
        shape: &'static str,
        examples: [&'static str; 3],
        guarded: Range<usize>,
        chance: f64,
    ) -> Rule {
        Rule { spec, shape, examples, guarded, chance }
    }

    /// Every rule that the tables of `ident` name.
    #[rustfmt::skip]
    static RULES: &[Rule] = &[
        rule("a", "ITddddddddddd", ["IT12345670017", "IT27182811201", "IT98765431006"], 2..13, 1.04),
        rule("b", "ddddddddddd", ["80010112311", "99123127189", "05061598768"], 0..0, 2.06),
        rule("B", "BEdddddddddd", ["BE0123456749", "BE0271828147", "BE1987654318"], 2..12, 0.2),
        rule("c", "ddddddddd", ["123456782", "271828188", "987654324"], 0..9, 8.0),
        rule("d", "ddddddddddd", ["38001011235", "49912312713", "60506159871"], 0..0, 6.0),
        rule("e", "dddddddl", ["1234567L", "2718281A", "7654321J"], 0..7, 3.85),
        rule("e", "ddddddddl", ["12345678Z", "27182818S", "87654321X"], 0..8, 3.85),
        rule("e", "ndddddddl", ["X1234567L", "Y2718281V", "Z7654321H"], 1..8, 3.85),
        rule("f", "llllllddlddldddl", ["ABCDEF80A01H501M", "NGRPLA99T71Z102E", "ZYXWVUURP15LMNPL"], 0..16, 1.78),
        rule("g", "llddddddl", ["AA123456A", "JG271828B", "ZY987654D"], 0..0, 8.9),
        rule("h", "lddddddddd", ["A123456780", "M271828189", "Z987654321"], 1..10, 10.0),
        rule("i", "ddddddddddd", ["12345678903", "27182818283", "98765432106"], 0..11, 10.0),
        rule("i", "DEddddddddd", ["DE123456788", "DE271828180", "DE987654328"], 2..11, 10.0),
        rule("j", "lllxxddddddlldll", ["MILLE657054SM9IJ", "FOX99657054SM9IJ", "X9999657054SM9IJ"], 0..0, 54.4),
        rule("k", "dddddddl", ["1234567T", "2718281G", "7654321G"], 0..7, 3.85),
        rule("k", "dddddddll", ["1234567FA", "2718281JH", "7654321GW"], 0..7, 1.78),
        rule("K", "dddddddddd", ["0101801209", "3112992719", "1506059890"], 0..9, 2.73),
        rule("l", "ddddddddddd", ["01018012342", "31129927187", "15065598763"], 0..11, 10.0),
        rule("l", "ITddddddddddd", ["IT12345678903", "IT27182818289", "IT98765432103"], 2..13, 10.0),
        rule("L", "19dddddddddd", ["198001011231", "191512312719", "195506159879"], 2..12, 10.0),
        rule("m", "lxxxxxxxd", ["L01X00T44", "CFGHJKLM4", "T22000124"], 1..9, 0.87),
        rule("n", "ddddddddddddddd", ["180017512345660", "299129927182803", "285062A12345696"], 0..15, 0.62),
        rule("o", "ddddddddddd", ["01018012371", "31129927197", "15065598717"], 0..11, 0.83),
        rule("r", "ddddddddlddd", ["12010180A122", "27311299M710", "98150655Z872"], 0..0, 10.0),
        rule("s", "ddddddddd", ["123456788", "271828182", "899999999"], 0..0, 88.9),
        rule("t", "ddddddddddd", ["11234567890", "27182034566", "98765432122"], 0..11, 0.34),
        rule("T", "ddddddddddd", ["12345678950", "27182818254", "98765432150"], 0..11, 0.9),
        rule("u", "ddddddddd", ["912701234", "999881234", "900500000"], 0..0, 4.3),
        rule("v", "ddddddddddd", ["01018011230", "31129912716", "15060529873"], 0..0, 10.0),
        rule("y", "ddddddxxxx", ["0101801232", "311299271Y", "150655987J"], 0..9, 2.78),
        rule("y", "ddddddldddx", ["010180A1232", "311299B271Y", "150605F987M"], 0..6, 1.18),
        rule("z", "dddddddddd", ["8001011238", "9952312711", "5506159879"], 0..0, 10.0),
        rule("wpb98765432.", "ddddddddd", ["123456782", "271828183", "987654329"], 0..9, 9.09),
        rule("wZb98765432.", "ddddddddd", ["123456789", "271828188", "987654322"], 0..0, 10.0),
        rule("wzba98765432.", "dddddddddd", ["1234567881", "2718281820", "9876543210"], 0..10, 9.09),
        rule("wpb379.584216", "dddddddddd", ["1237010180", "2714311299", "9877150655"], 0..10, 9.09),
        rule("wPb2485a9736.", "dddddddddd", ["8001011236", "9922312716", "5546159871"], 0..0, 10.0),
        rule("wPb002485a9736.", "BGdddddddddd", ["BG8001011236", "BG9922312716", "BG5546159871"], 0..0, 10.0),
        rule("wza1379137913.", "ddddddddddd", ["80010112340", "99123127181", "05261598761"], 0..11, 10.0),
        rule("wza131313131313.", "756dddddddddd", ["7561234567897", "7562718281827", "7569876543217"], 0..13, 10.0),
        rule("w1b279146358279.", "ddddddddddddd", ["1800101123450", "2991231271821", "6050615987654"], 0..0, 10.0),
        rule("wZb765432765432.", "ddddddddddddd", ["0101980501230", "3112999502710", "1506005509879"], 0..0, 10.0),
        rule("wzb32765432.0", "dddddddddd", ["0101801209", "3112992719", "1506059890"], 0..9, 9.09),
        rule("wpb00657234567.", "PLdddddddddd", ["PL1234567883", "PL2718281919", "PL9876543210"], 2..12, 9.09),
        rule("wza37137137.", "ddddddddd", ["123456780", "271828189", "987654320"], 0..9, 10.0),
    ];

    /// The examples with one digit changed at a guarded place.
    fn neighbours(rule: &Rule, example: &str) -> Vec<Vec<u8>> {
        let mut neighbours = Vec::new();
        for place in rule.guarded.clone() {
            let digit = example.as_bytes()[place];
            for other in (b'0'..=b'9').filter(|other| digit.is_ascii_digit() && *other != digit) {
                let mut neighbour = example.as_bytes().to_vec();
                neighbour[place] = other;
                neighbours.push(neighbour);
            }
        }
        neighbours
    }

    #[test]
    fn rules_accept_their_examples_and_no_neighbour() {
        for rule in RULES {
            for example in rule.examples {
                assert!(
                    passes(rule.spec.as_bytes(), example.as_bytes()),
                    "{} {example}",
                    rule.spec
                );
                for neighbour in neighbours(rule, example) {
                    let name = String::from_utf8_lossy(&neighbour);
                    assert!(!passes(rule.spec.as_bytes(), &neighbour), "{} {name}", rule.spec);
                }
            }
        }
    }

    /// What a check digit is worth: the tiers of the categories rest on these shares.
    #[test]
    fn random_numbers_pass_as_rarely_as_stated() {
        const DRAWS: u32 = 50_000;
        // Knuth's MMIX generator: the same draws in every run.
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % below) as u8
        };
        let mut char = |class: u8| match class {
            b'd' => b'0' + draw(10),
            b'l' => b'A' + draw(26),
            b'n' => b'X' + draw(3),
            b'x' => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[usize::from(draw(36))],
            own => own,
        };
        for rule in RULES {
            let mut passed = 0;
            for _ in 0..DRAWS {
                let number: Vec<u8> = rule.shape.bytes().map(&mut char).collect();
                passed += u32::from(passes(rule.spec.as_bytes(), &number));
            }
            let share = 100.0 * f64::from(passed) / f64::from(DRAWS);
            let (low, high) = (0.85 * rule.chance, 1.15 * rule.chance);
            assert!((low..high).contains(&share), "{} {}: {share} %", rule.spec, rule.shape);
        }
    }

    #[test]
    fn an_unknown_rule_passes_nothing_and_none_everything() {
        assert!(!passes(b"?", b"123456782"));
        assert!(!passes(b"w", b"123456782"));
        assert!(passes(b"", b"123456782"));
    }
}
