//! The table of identity, tax and social security numbers: their shapes and what checks them.

use super::{Category, Tier};

/// Rows of category, tier and rule: a shape and, behind a space, what [`check`] asks of it. In a
/// shape is `d` a digit, `l` a letter, `x` either, `n` X, Y or Z, `s` the sign of a Finnish century
/// and `t` of an Icelandic one; `aa` a day, `ee` a day to which 40 or 50 may be added and `ff` one
/// to which 60 may, `oo` a month, `mm` a month to which 20, 40, 50, 60, 70 or 80 may be added, `cc`
/// a century; `-` a place for a separator, `/` one for a slash; anything else itself.
macro_rules! rows {
    ($($category:ident $tier:ident $rule:literal)*) => {
        /// All rules, each closed by a line's end.
        static RULES: &[u8] = concat!($($rule, "\n"),*).as_bytes();
        static KINDS: &[(Category, Tier)] = &[$((Category::$category, Tier::$tier)),*];
    };
}

// In the order of their lengths without separators; among equally well founded rows of one length
// the first wins. A rule that begins with a country's letters is a VAT number's: each prefix with
// its length is unmistakable, and forms that a security's number shares have a check digit.
rows! {
    EsNif B "ddddddd-l =TRWAGMYFPDXBNJZSQVHLCKE"
    IePps B "ddddddd-l wn098765432m"
    DeIdCard B "lxxxxxxxd !AEIOUBDQS wa00731731739"
    UkNino A "ll-dd-dd-dd-l g"
    EsNif A "dddddddd-l =TRWAGMYFPDXBNJZSQVHLCKE"
    EsNie A "n-ddddddd-l =TRWAGMYFPDXBNJZSQVHLCKE"
    CaSin B "ddd-ddd-ddd ^08 l"
    NlBsn C "dddd-dd-ddd wb0098765432a"
    PtNif C "ddd-ddd-ddd wb10987654321"
    IePps B "ddddddd-ll wn0k8765432m9"
    IePps B "ddddddd-lT wn098765432m0"
    IePps B "ddddddd-lX wn098765432m0"
    Aba C "ddddddddd wa00371371371"
    UsSsn B "ddd-dd-dddd s"
    UsItin B "9dd-dd-dddd u"
    VatId A "ROddddddd"
    DeHealth B "lddddddddd x1212121212"
    DeIdCard B "lxxxxxxxxd !AEIOUBDQS wa007317317319"
    UkNhs C "ddd-ddd-dddd wb00a987654321"
    AtSvnr B "dddd-aaoodd wb00379a584216"
    FiHetu B "aaoodd-dddx =0123456789ABCDEFHJKLMNPRSTUVWXY"
    SePersonnummer B "ddooff-dddd l"
    CzRc B "ddmmaa/dddd wba01a1a1a1a1a"
    BgEgn B "ddmmaadddd wba02485a9736a"
    IsKennitala B "eeoodd-dddt wb003276543210"
    DkCpr B "aaoodd-dddd"
    DeTaxNumber B "dd/ddd/ddddd"
    DeTaxNumber C "ddddd/ddddd"
    VatId A "CZdddddddd"
    VatId A "DKdddddddd"
    VatId A "FIdddddddd"
    VatId A "HUdddddddd"
    VatId A "IEdxdddddl"
    VatId A "LUdddddddd"
    VatId A "MTdddddddd"
    VatId A "ROdddddddd"
    VatId A "SIdddddddd"
    DeTaxId A "dd-ddd-ddd-ddd ^0 r i"
    FiHetu A "aaooddsdddx =0123456789ABCDEFHJKLMNPRSTUVWXY"
    BeNn A "ddooaa-ddd-dd %2"
    BeNn A "dd-oo-aa-ddd-dd %2"
    NoFnr A "eeoodd-ddddd wb0037618945210 wb0054327654321"
    TrId A "ddddddddddd ^0 wa0079797979790 wa0011111111119"
    PlPesel B "ddmmaaddddd wa0013791379131"
    EeLtCode B "dddooaadddd ^0789 d"
    LvCode B "aaoodd-ddddd wba1a584216379a"
    LvCode B "32dddd-ddddd wba1a584216379a"
    GrAmka B "aaooddddddd l"
    HrOib B "ddddddddddd i"
    ItVat C "ddddddddddd l"
    DeTaxNumber B "ddd/ddd/ddddd"
    DeTaxNumber B "ddd/dddd/dddd"
    VatId A "ATUdddddddd"
    VatId A "BGddddddddd"
    VatId A "CYddddddddl"
    VatId A "CZddddddddd"
    DeVatId A "DEddddddddd i"
    VatId A "EEddddddddd"
    VatId A "ELddddddddd"
    VatId A "ESxdddddddx"
    VatId A "GBddddddddd"
    VatId A "GRddddddddd"
    VatId A "IEdddddddll"
    VatId A "LTddddddddd"
    VatId A "PTddddddddd"
    VatId A "XIddddddddd"
    VatId B "ddd-ddd-ddd-MVA"
    DeSocial A "dd-eeoodd-l-ddd x2125712121212"
    SePersonnummer A "ccddooff-dddd l2"
    VatId A "BE0ddddddddd %"
    VatId A "BE1ddddddddd %"
    VatId A "BGdddddddddd wba0002485a9736a"
    VatId A "CHEddddddddd"
    VatId A "CZddmmaadddd"
    VatId A "PLdddddddddd wb0000657234567a"
    VatId A "ROdddddddddd"
    VatId A "SKdddddddddd"
    ChAhv A "756-dddd-dddd-dd wa001313131313131"
    RoCnp B "dddooaadddddd wb90279146358279a"
    SiEmso B "aaooddddddddd wb107654327654321"
    VatId A "FRxxddddddddd"
    VatId A "HRddddddddddd i"
    VatId A "ITddddddddddd l2"
    VatId A "LVddddddddddd"
    VatId A "GBdddddddddddd"
    VatId A "LTdddddddddddd"
    VatId A "NLdddddddddBdd"
    VatId A "NOdddddddddMVA"
    VatId A "SEdddddddddddd"
    FrNir A "d-dd-mm-dd-ddd-ddd-dd ^0569 %"
    FrNir A "d-dd-mm-2A-ddd-ddd-dd ^0569 %"
    FrNir A "d-dd-mm-2B-ddd-ddd-dd ^0569 %"
    Imei C "dd-dddddd-dddddd-d l"
    VatId A "CHEdddddddddIVA"
    VatId A "CHEdddddddddTPV"
    VatId A "CHEdddddddddTVA"
    ItFiscal A "lll-lll-xxlxx-lxxxl f"
    UkLicence B "lxxxx-dmmaad-xxxll j"
    Imei C "dddddddddddddddd"
    VatId A "CHEdddddddddMWST"
}

/// The longest rule's length, without separators.
pub(super) const MAX_RULE: usize = 16;

/// The rows of a length without separators: rule, category and tier.
pub(super) fn of_length(
    length: usize,
) -> Option<impl Iterator<Item = (&'static [u8], &'static (Category, Tier))>> {
    let (from, row) = *ROWS_OF.get(length)?;
    let (to, _) = *ROWS_OF.get(length + 1)?;
    let rules = RULES.get(usize::from(from)..usize::from(to))?.split(|byte| *byte == b'\n');
    Some(rules.zip(KINDS.get(usize::from(row)..)?))
}

/// When `chars` have the form of `rule`: where its separators belong, and the checks behind it.
pub(super) fn fit<'a>(rule: &'a [u8], chars: &[u8]) -> Option<(u32, &'a [u8])> {
    let mut joints = 0_u32;
    let mut at = 0;
    let mut tens = 0;
    let mut previous = 0;
    let mut rest = rule;
    while let [class, behind @ ..] = rest {
        rest = behind;
        match class {
            b' ' => break,
            b'-' | b'/' => {
                joints |= 1 << at;
                continue;
            }
            _ => {}
        }
        let char = *chars.get(at)?;
        let digit = char.wrapping_sub(b'0');
        let is_digit = digit < 10;
        let fits = match class {
            b'd' => is_digit,
            b'l' => !is_digit,
            b'x' => true,
            b'n' => char >= b'X',
            b's' => matches!(char, b'A'..=b'F' | b'U'..=b'Y'),
            b't' => matches!(char, b'0' | b'8' | b'9'),
            b'a' | b'c' | b'e' | b'f' | b'o' | b'm' => {
                is_digit && (previous != *class || is_date_part(*class, tens * 10 + digit))
            }
            _ => char == *class,
        };
        if !fits {
            return None;
        }
        tens = digit;
        // The second of two is not the first of another two.
        previous = if previous == *class { 0 } else { *class };
        at += 1;
    }
    (at == chars.len()).then_some((joints, rest))
}

/// Whether the two digits may be what the class says.
fn is_date_part(class: u8, number: u8) -> bool {
    match class {
        b'a' => matches!(number, 1..=31),
        b'c' => matches!(number, 18..=20),
        b'e' => matches!(number, 1..=31 | 41..=81),
        b'f' => matches!(number, 1..=31 | 61..=91),
        b'o' => matches!(number, 1..=12),
        _ => matches!(number, 1..=12 | 20..=49 | 51..=62 | 71..=92),
    }
}

/// Where the rows of each length begin: in [`RULES`] and in [`KINDS`].
static ROWS_OF: [(u16, u8); MAX_RULE + 2] = {
    let mut rows_of = [(0, 0); MAX_RULE + 2];
    let (mut at, mut row, mut length) = (0, 0, 0);
    while length < rows_of.len() {
        rows_of[length] = (at as u16, row);
        while at < RULES.len() && length_at(at) == length {
            while RULES[at] != b'\n' {
                at += 1;
            }
            at += 1;
            row += 1;
        }
        length += 1;
    }
    rows_of
};

/// The length without its separators of the shape that begins at `at` in [`RULES`].
const fn length_at(mut at: usize) -> usize {
    let mut length = 0;
    while !matches!(RULES[at], b' ' | b'\n') {
        length += !matches!(RULES[at], b'-' | b'/') as usize;
        at += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::super::CATEGORIES;
    use super::*;

    #[test]
    fn the_rows_are_in_the_order_of_their_lengths() {
        assert_eq!(ROWS_OF[MAX_RULE + 1], (RULES.len() as u16, KINDS.len() as u8));
    }

    #[test]
    fn no_row_asks_for_less_than_its_category() {
        for (category, tier) in KINDS {
            // Twelve digits of a personnummer say more than ten.
            let least = match category {
                Category::SePersonnummer => Tier::A,
                category => CATEGORIES[*category as usize].tier,
            };
            assert!(*tier as u8 >= least as u8, "{}", category.entity());
        }
    }
}
