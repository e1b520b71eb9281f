//! Check digits of identity numbers. Each rule is a byte, some with parameters behind it, so that
//! the table in `ident` stays a table.

use super::card::luhn;

/// Whether `chars` (digits and upper-case letters, no separators) pass every rule of `rules`, which
/// stand between spaces.
///
/// | rule | |
/// |---|---|
/// | `w` modulus ten constant weights | the weighted sum and the constant are divisible; `ten` says what is left when a digit stands for a check digit of ten: 9 when that digit is 1, else it is 0 |
/// | `=` table | the last character is the one at the place of the number modulo the table's length |
/// | `%`, `%2` | the last two digits bring the number modulo 97 to 0; also with a 2 before it |
/// | `l`, `l2` | Luhn; without the first two characters |
/// | `i` | ISO 7064 mod 11,10 |
/// | `x` weights | a sum of the products' digits |
/// | `d`, `f` | a Baltic number's two rounds, an Italian fiscal code's letter |
/// | `^`, `!` characters | it begins with none of them, has none of them |
/// | `r`, `s`, `u`, `g`, `j` | a number's own form, named where it is |
pub(super) fn passes(rules: &[u8], chars: &[u8]) -> bool {
    rules.is_empty() || rules.split(|byte| *byte == b' ').all(|rule| passes_one(rule, chars))
}

fn passes_one(rule: &[u8], chars: &[u8]) -> bool {
    let Some((rule, parameters)) = rule.split_first() else { return false };
    let is_listed = |char: &u8| parameters.contains(char);
    match rule {
        b'w' => weighted(parameters, chars),
        b'=' => looks_up(parameters, chars),
        b'%' => mod_97(!parameters.is_empty(), chars),
        b'l' => chars.get(2 * parameters.len()..).is_some_and(luhn),
        b'i' => mod_11_10(chars),
        b'x' => cross_sums(parameters, chars),
        b'd' => is_baltic(chars),
        b'f' => is_fiscal_code(chars),
        b'^' => !chars.first().is_some_and(is_listed),
        b'!' => !chars.iter().any(is_listed),
        b'r' => has_repeated_digit(chars),
        b's' => is_ssn(chars),
        b'u' => matches!(value(chars, 3, 2), 50..=65 | 70..=88 | 90..=92 | 94..=99),
        b'g' => is_nino(chars),
        b'j' => has_padded_name(chars),
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

/// All parameters are digits of base 36; the check digit has its weight among the others.
fn weighted(parameters: &[u8], chars: &[u8]) -> bool {
    let [modulus, ten, constant, weights @ ..] = parameters else { return false };
    let left = (of(*constant) + sum(chars, weights)) % of(*modulus).max(1);
    let is_ten = left == of(*ten) && last(chars) == u32::from(*ten == b'9');
    (left == 0 || is_ten) && chars.iter().any(|char| *char != b'0')
}

/// X, Y and Z count 0, 1 and 2 at the beginning; other letters do not count.
fn looks_up(table: &[u8], chars: &[u8]) -> bool {
    let Some((letter, body)) = chars.split_last() else { return false };
    let number = body.iter().enumerate().fold(0, |value, (at, char)| match char {
        b'X'..=b'Z' if at == 0 => u32::from(char - b'X'),
        b'0'..=b'9' => value * 10 + of(*char),
        _ => value,
    });
    table.get(number as usize % table.len().max(1)) == Some(letter)
}

/// The digits behind a country's letters. Corsica's 2A and 2B count as 19 and 18: as 20 less 1 or 2.
fn mod_97(is_twofold: bool, chars: &[u8]) -> bool {
    let Some((body, [tens, ones])) = chars.split_last_chunk() else { return false };
    let digits = body.iter().skip_while(|char| !char.is_ascii_digit());
    let left = digits.fold(0, |left, char| {
        (left * 10 + if char.is_ascii_digit() { of(*char) } else { 97 + 9 - of(*char) }) % 97
    });
    let left = (left + of(*tens) * 10 + of(*ones)) % 97;
    // 2 000 000 000 leaves 68.
    left == 0 || is_twofold && left == 97 - 68
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
    repeated == 1 && counts.iter().all(|count| *count <= 3)
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

/// Two rounds of weights; the second is for a remainder of ten.
fn is_baltic(chars: &[u8]) -> bool {
    let mut check = sum(chars, b"1234567891") % 11;
    if check == 10 {
        check = sum(chars, b"3456789123") % 11 % 10;
    }
    check == last(chars)
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

/// A letter counts as its two digits; products count by their digits.
fn cross_sums(weights: &[u8], chars: &[u8]) -> bool {
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
        rule("%2", "ddddddddddd", ["80010112311", "99123127189", "05061598768"], 0..0, 2.06),
        rule("%", "BE0ddddddddd", ["BE0123456749", "BE0271828147", "BE1987654318"], 2..12, 1.03),
        rule("^08 l", "ddddddddd", ["123456782", "271828188", "987654324"], 0..9, 8.0),
        rule("^0789 d", "ddddddddddd", ["38001011235", "49912312713", "60506159871"], 0..0, 6.0),
        rule("=TRWAGMYFPDXBNJZSQVHLCKE", "dddddddl", ["1234567L", "2718281A", "7654321J"], 0..7, 3.85),
        rule("=TRWAGMYFPDXBNJZSQVHLCKE", "ddddddddl", ["12345678Z", "27182818S", "87654321X"], 0..8, 3.85),
        rule("=TRWAGMYFPDXBNJZSQVHLCKE", "ndddddddl", ["X1234567L", "Y2718281V", "Z7654321H"], 1..8, 3.85),
        rule("f", "llllllddlddldddl", ["ABCDEF80A01H501M", "NGRPLA99T71Z102E", "ZYXWVUURP15LMNPL"], 0..16, 1.78),
        rule("g", "llddddddl", ["AA123456A", "JG271828B", "ZY987654D"], 0..0, 8.9),
        rule("x1212121212", "lddddddddd", ["A123456780", "M271828189", "Z987654321"], 1..10, 10.0),
        rule("i", "ddddddddddd", ["12345678903", "27182818283", "98765432106"], 0..11, 10.0),
        rule("i", "DEddddddddd", ["DE123456788", "DE271828180", "DE987654328"], 2..11, 10.0),
        rule("j", "lllxxddddddlldll", ["MILLE657054SM9IJ", "FOX99657054SM9IJ", "X9999657054SM9IJ"], 0..0, 54.4),
        rule("wn098765432m", "dddddddl", ["1234567T", "2718281G", "7654321G"], 0..7, 3.85),
        rule("wn0k8765432m9", "dddddddll", ["1234567FA", "2718281JH", "7654321GW"], 0..7, 4.35),
        rule("l", "ddddddddddd", ["01018012342", "31129927187", "15065598763"], 0..11, 10.0),
        rule("l2", "ITddddddddddd", ["IT12345678903", "IT27182818289", "IT98765432103"], 2..13, 10.0),
        rule("l2", "19dddddddddd", ["198001011231", "191512312719", "195506159879"], 2..12, 10.0),
        rule("!AEIOUBDQS wa00731731739", "lxxxxxxxd", ["L01X00T44", "CFGHJKLM4", "T22000124"], 1..9, 0.87),
        rule("^0569 %", "ddddddddddddddd", ["180017512345660", "299129927182803", "285062A12345696"], 0..15, 0.62),
        rule("wb0037618945210 wb0054327654321", "ddddddddddd", ["01018012371", "31129927197", "15065598717"], 0..11, 0.83),
        rule("x2125712121212", "ddddddddlddd", ["12010180A122", "27311299M710", "98150655Z872"], 0..0, 10.0),
        rule("s", "ddddddddd", ["123456788", "271828182", "899999999"], 0..0, 88.9),
        rule("^0 r i", "ddddddddddd", ["11234567890", "27182034566", "98765432122"], 0..11, 0.34),
        rule("^0 wa0079797979790 wa0011111111119", "ddddddddddd", ["12345678950", "27182818254", "98765432150"], 0..11, 0.9),
        rule("u", "9dddddddd", ["912701234", "999881234", "900500000"], 0..0, 43.0),
        rule("wba1a584216379a", "ddddddddddd", ["01018011230", "31129912716", "15060529873"], 0..0, 10.0),
        rule("=0123456789ABCDEFHJKLMNPRSTUVWXY", "ddddddxxxx", ["0101801232", "311299271Y", "150655987J"], 0..9, 2.78),
        rule("=0123456789ABCDEFHJKLMNPRSTUVWXY", "ddddddldddx", ["010180A1232", "311299B271Y", "150605F987M"], 0..6, 2.78),
        rule("wba01a1a1a1a1a", "dddddddddd", ["8001011238", "9952312711", "5506159879"], 0..0, 10.0),
        rule("wb0098765432a", "ddddddddd", ["123456782", "271828183", "987654329"], 0..9, 9.09),
        rule("wb10987654321", "ddddddddd", ["123456789", "271828188", "987654322"], 0..0, 10.0),
        rule("wb00a987654321", "dddddddddd", ["1234567881", "2718281820", "9876543210"], 0..10, 9.09),
        rule("wb00379a584216", "dddddddddd", ["1237010180", "2714311299", "9877150655"], 0..10, 9.09),
        rule("wba02485a9736a", "dddddddddd", ["8001011236", "9922312716", "5546159871"], 0..0, 10.0),
        rule("wba0002485a9736a", "BGdddddddddd", ["BG8001011236", "BG9922312716", "BG5546159871"], 0..0, 10.0),
        rule("wa0013791379131", "ddddddddddd", ["80010112340", "99123127181", "05261598761"], 0..11, 10.0),
        rule("wa001313131313131", "756dddddddddd", ["7561234567897", "7562718281827", "7569876543217"], 0..13, 10.0),
        rule("wb90279146358279a", "ddddddddddddd", ["1800101123450", "2991231271821", "6050615987654"], 0..0, 10.0),
        rule("wb107654327654321", "ddddddddddddd", ["0101980501230", "3112999502710", "1506005509879"], 0..0, 10.0),
        rule("wb003276543210", "dddddddddd", ["0101801209", "3112992719", "1506059890"], 0..9, 9.09),
        rule("wb0000657234567a", "PLdddddddddd", ["PL1234567883", "PL2718281919", "PL9876543210"], 2..12, 9.09),
        rule("wa00371371371", "ddddddddd", ["123456780", "271828189", "987654320"], 0..9, 10.0),
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
