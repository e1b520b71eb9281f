//! Words that say what a number beside them is.
//!
//! Words are compared whole, in the folded view (without marks, without case), so `Téléphone`
//! and `TELEPHONE` are one entry. The nearest word that says anything decides: in "call me about
//! order 1234567890" that is "order". Three things soften that:
//!
//! - Words that say little ("number", "code", "id", "tax") ask the word before them.
//! - A word for telephone or card yields to one before it that is more exact: in "the IMEI of my
//!   phone" that is "IMEI".
//! - Names of things that are short or have no check digit reach only over small words and names:
//!   in "the passport photo has 400 pixels" nothing is a passport's number.

use super::fold::{byte, byte_before, is_letter};
use super::view::View;
use super::words::{MAX_WORD, Meaning, look_up};

/// How far before a number its word may be, in folded bytes and in words: a clause.
const MAX_DISTANCE: usize = 64;
const MAX_WORDS: usize = 6;

/// How far after a value its name may begin and how many words may stand before it.
const MAX_AFTER: usize = 48;
const MAX_WORDS_AFTER: usize = 6;

/// What the words beside a value say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    Phone,
    Card,
    Email,
    Tax,
    Identity,
    /// Social security and health insurance.
    Social,
    Passport,
    Birth,
    Account,
    Bic,
    /// A password, a PIN, a code to log in with.
    Password,
    /// A key or token of a program.
    Key,
    /// A payment card's security code.
    Cvv,
    Expiry,
    Licence,
    Plate,
    Postcode,
    Address,
    Device,
    Version,
    /// A payment or its amount: a card's number may stand beside it, and no other.
    Money,
    /// Something else: an order, an invoice.
    Other,
    /// Something that a word names without saying what: an "id", a "Vorgangsnummer".
    Unnamed,
    /// Nothing.
    None,
}

impl Cue {
    /// Whether a number of a person, of whatever office, is named.
    pub(super) fn is_identity(self) -> bool {
        matches!(self, Self::Tax | Self::Identity | Self::Social | Self::Passport | Self::Licence)
    }

    /// Whether the name reaches only over small words and names: values of these are short, or have
    /// no check digit.
    fn is_narrow(self) -> bool {
        matches!(
            self,
            Self::Cvv
                | Self::Expiry
                | Self::Postcode
                | Self::Account
                | Self::Passport
                | Self::Licence
                | Self::Plate
                | Self::Password
                | Self::Birth
        )
    }

    /// Whether the words speak of something that is no telephone.
    pub(super) fn excludes_phone(self) -> bool {
        !matches!(self, Self::Phone | Self::None | Self::Email | Self::Birth | Self::Address)
    }
}

impl Meaning {
    /// What the word says of a value behind it, whatever stands before the word.
    fn cue(self) -> Option<Cue> {
        match self {
            Self::Says(cue) => Some(cue),
            Self::Telephone => Some(Cue::Phone),
            Self::Card => Some(Cue::Card),
            Self::Currency => Some(Cue::Other),
            _ => None,
        }
    }
}

/// What the words before `at` say.
pub(super) fn before(view: &View<'_>, at: usize) -> Cue {
    view.remember_cue(at, read_before)
}

fn read_before(bytes: &[u8], at: usize) -> Cue {
    let floor = at.saturating_sub(MAX_DISTANCE);
    let mut end = at;
    let mut vague: Option<(Cue, usize)> = None;
    let (mut number, mut code, mut id, mut civil) = (None, None, None, None);
    let mut is_same_sentence = true;
    let mut is_linked = true;
    for count in 0..MAX_WORDS {
        while end > floor && !is_letter(byte_before(bytes, end)) {
            end -= 1;
            // A full stop right before the value abbreviates its name.
            is_same_sentence &=
                !ends_sentence(bytes, end) || count == 0 && byte(bytes, end) == b'.';
        }
        let letters = bytes.get(floor..end).unwrap_or_default();
        let letters = letters.iter().rev().take_while(|byte| is_letter(**byte)).count();
        if letters == 0 {
            break;
        }
        let mut start = end - letters;
        // The label in a placeholder is no word of the text.
        let is_label = matches!(byte_before(bytes, start), b'[' | b'=')
            && matches!(byte(bytes, end), b']' | b'_' | b'-');
        let meaning = if is_label {
            None
        } else if letters == 1 && byte_before(bytes, start) == b'.' {
            abbreviation(bytes, &mut start)
        } else {
            read_word(bytes, start, end)
        };
        let is_near = |seen: Option<usize>| seen.is_some_and(|seen| count <= seen + 2);
        let is_next_to = |seen: Option<usize>| seen == count.checked_sub(1) && count > 0;
        let mut cue = meaning.and_then(Meaning::cue);
        match meaning {
            Some(Meaning::Number) => number = number.or(Some(count)),
            Some(Meaning::Code) => code = Some(count),
            Some(Meaning::Id) => {
                id = Some(count);
                cue = is_next_to(code).then_some(Cue::Identity);
            }
            Some(Meaning::Civil) => civil = Some(count),
            Some(Meaning::TaxWord) => {
                let is_number = is_near(number) || is_next_to(id) || is_next_to(code);
                cue = Some(if is_number { Cue::Tax } else { Cue::Unnamed });
            }
            Some(Meaning::Whose) if code.is_some_and(|code| count <= code + 3) => {
                cue = Some(Cue::Password);
            }
            Some(Meaning::Whose) if is_near(id) => cue = Some(Cue::Identity),
            Some(Meaning::Whose) if is_near(number) && vague.is_none() => cue = Some(Cue::Phone),
            // "Desk: 123", but not "my desk is at 123".
            Some(Meaning::Place) if count == 0 => cue = Some(Cue::Phone),
            Some(Meaning::Says(Cue::Social) | Meaning::Office) if is_next_to(code) => {
                cue = Some(Cue::Cvv);
            }
            Some(Meaning::Office) if is_near(number) => cue = Some(Cue::Social),
            // "posta kodu"
            Some(Meaning::Says(Cue::Email)) if is_next_to(code) => cue = Some(Cue::Postcode),
            // "né le", "née le", "né(e) le"; elsewhere these say no.
            Some(Meaning::Says(Cue::Birth))
                if matches!(bytes.get(start..start + 2), Some(b"ne" | b"Ne")) && letters <= 3 =>
            {
                let rest = bytes.get(end..).unwrap_or_default();
                let is_born = rest.starts_with(b" le ") || rest.starts_with(b"(e) le ");
                cue = is_born.then_some(Cue::Birth);
            }
            _ => {}
        }
        // "personal code", "cod personal", "national id"
        if is_near(civil) && (is_near(id) || is_near(code) || is_near(number)) {
            cue = Some(Cue::Identity);
        }
        if let Some((known, since)) = vague {
            let since = count - since;
            let exact = match (known, cue) {
                (Cue::Phone, Some(Cue::Device)) if since <= 2 => cue,
                (Cue::Card, Some(Cue::Cvv | Cue::Expiry | Cue::Password)) => cue,
                // "identity card", but the security code of a card.
                (Cue::Card, Some(cue)) if since == 1 && cue.is_identity() => Some(cue),
                (Cue::Card, Some(Cue::Social)) => Some(Cue::Cvv),
                (Cue::Card, None) if since == 1 && id == Some(count) => Some(Cue::Identity),
                _ => None,
            };
            if let Some(exact) = exact {
                return exact;
            }
        } else if let Some(cue) = cue {
            match cue {
                Cue::Phone | Cue::Card => vague = Some((cue, count)),
                Cue::Other | Cue::Money => return cue,
                _ if !is_same_sentence || cue.is_narrow() && !is_linked => return Cue::None,
                _ => return cue,
            }
        }
        is_linked &= letters <= 3 || meaning.is_some() || byte(bytes, start).is_ascii_uppercase();
        end = start;
    }
    match vague {
        Some((cue, _)) => cue,
        // "ID: 123" and "code 123" alone may be anything's.
        None if code.or(id).is_some() => Cue::Unnamed,
        None => Cue::None,
    }
}

/// `Kreditkartennummer`, `ordernr`: a compound whose last part says number is what its first part
/// is; when that is nothing known, it is no telephone.
fn read_word(bytes: &[u8], start: usize, end: usize) -> Option<Meaning> {
    let known = look_up(bytes, start, end);
    if known.is_some() {
        return known;
    }
    let word = bytes.get(start..end)?;
    let last = word.last()?.to_ascii_lowercase();
    let ending = NUMBERS.iter().filter(|ending| ending.last() == Some(&last)).find(|ending| {
        word.len()
            .checked_sub(ending.len())
            .and_then(|stem| word.get(stem..))
            .is_some_and(|last| last.eq_ignore_ascii_case(ending))
    })?;
    let stem = end - ending.len();
    // The first part may have a letter between it and the last.
    let first = look_up(bytes, start, stem).or_else(|| look_up(bytes, start, stem - 1));
    first.or((ending.len() >= 6 && stem > start).then_some(Meaning::Says(Cue::Unnamed)))
}

/// The last part of a compound.
static NUMBERS: &[&[u8]] =
    &[b"nummer", b"nummern", b"nummeret", b"numret", b"tunnus", b"numero", b"szam", b"nr", b"nro"];

/// `D.O.B.`: the letters without their full stops; moves `start` to the first.
fn abbreviation(bytes: &[u8], start: &mut usize) -> Option<Meaning> {
    let mut word = [0; 4];
    let mut first = word.len();
    loop {
        first = first.checked_sub(1)?;
        *word.get_mut(first)? = byte(bytes, *start);
        let before = start.wrapping_sub(2);
        let is_letter_before = byte_before(bytes, *start) == b'.' && is_letter(byte(bytes, before));
        if !is_letter_before || is_letter(byte_before(bytes, before)) {
            break;
        }
        *start = before;
    }
    look_up(&word, first, word.len())
}

/// `. ` or `! ` or `? ` at `at`; a full stop after a short word abbreviates it.
fn ends_sentence(bytes: &[u8], at: usize) -> bool {
    let ends = match byte(bytes, at) {
        b'!' | b'?' => true,
        b'.' => (1..=4).all(|back| is_letter(byte(bytes, at.wrapping_sub(back)))),
        _ => false,
    };
    ends && matches!(byte(bytes, at + 1), b' ' | b'\n')
}

/// What the word right after `end` says: `655 437 108 office`, `(mobile)`, `1234567 euros`.
pub(super) fn after(bytes: &[u8], end: usize) -> Cue {
    let mut start = end;
    while start < end + 3 && matches!(byte(bytes, start), b' ' | b'-' | b'(' | b',' | b'/' | b'\n')
    {
        start += 1;
    }
    let mut word_end = start;
    while word_end <= start + MAX_WORD && is_letter(byte(bytes, word_end)) {
        word_end += 1;
    }
    match look_up(bytes, start, word_end) {
        Some(Meaning::Telephone | Meaning::Place) => Cue::Phone,
        Some(Meaning::Currency | Meaning::Unit) => Cue::Other,
        _ if matches!(byte(bytes, start), b'$' | b'%') => Cue::Other,
        _ => Cue::None,
    }
}

/// What the words before the value `start..end` say, or those behind it: `… is my BSN`.
pub(super) fn around(view: &View<'_>, start: usize, end: usize) -> Cue {
    match before(view, start) {
        cue @ (Cue::None | Cue::Unnamed) => match named_after(view, end) {
            Cue::None => cue,
            after => after,
        },
        cue => cue,
    }
}

/// What the next words say: one that names the value, right behind it or behind "is my".
pub(super) fn named_after(bytes: &[u8], end: usize) -> Cue {
    read_after(bytes, end).0
}

/// Whether what follows the end of the text may still name the value that ends at `end`.
pub(super) fn may_be_named(bytes: &[u8], end: usize) -> bool {
    read_after(bytes, end).1 >= bytes.len()
}

/// What the next words say, and how far they were read.
fn read_after(bytes: &[u8], end: usize) -> (Cue, usize) {
    let mut at = end;
    let (mut is_own, mut is_phone) = (false, false);
    for count in 0..MAX_WORDS_AFTER {
        while at < end + MAX_AFTER && matches!(byte(bytes, at), b' ' | b'(' | b',' | b'"' | b'\'') {
            at += 1;
        }
        let start = at;
        while at < start + MAX_WORD && is_letter(byte(bytes, at)) {
            at += 1;
        }
        let meaning = read_word(bytes, start, at);
        if let Some(cue) = meaning.and_then(Meaning::cue) {
            return (cue, at);
        }
        is_own |= meaning == Some(Meaning::Whose);
        is_phone |= is_own && meaning == Some(Meaning::Number);
        let goes_on =
            meaning == Some(Meaning::Link) || count > 0 && (meaning.is_some() || at - start <= 3);
        if at == start || !goes_on {
            break;
        }
    }
    (if is_phone { Cue::Phone } else { Cue::None }, at)
}

/// What a word before a value of letters announces: a password, a bank's identifier, an e-mail
/// address. "Code" alone announces nothing; "my code" and "login code" do.
pub(super) fn announces(bytes: &[u8], start: usize, end: usize) -> Option<Cue> {
    match read_word(bytes, start, end)? {
        Meaning::Says(cue @ (Cue::Password | Cue::Bic | Cue::Email | Cue::Key)) => Some(cue),
        Meaning::Code => (read_before(bytes, end) == Cue::Password).then_some(Cue::Password),
        _ => None,
    }
}

/// Whether the word `start..end` is one for address.
pub(super) fn is_address(bytes: &[u8], start: usize, end: usize) -> bool {
    look_up(bytes, start, end) == Some(Meaning::Says(Cue::Address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue_of(text: &str) -> Cue {
        let at = text.find(|char: char| char.is_ascii_digit()).unwrap();
        before(&View::new(text.as_bytes()), at)
    }

    #[test]
    fn the_nearest_word_decides() {
        assert_eq!(cue_of("call me about order 123"), Cue::Other);
        assert_eq!(cue_of("order late, call 123"), Cue::Phone);
        assert_eq!(cue_of("my number is 123"), Cue::Phone);
        assert_eq!(cue_of("my order number is 123"), Cue::Other);
        assert_eq!(cue_of("Meine Kundennummer: 123"), Cue::Other);
        assert_eq!(cue_of("Meine Filialnummer: 123"), Cue::Unnamed);
        assert_eq!(cue_of("Meine Nummer ist 123"), Cue::Phone);
        assert_eq!(cue_of("My new number: 123"), Cue::Phone);
        assert_eq!(cue_of("my credit card number is 123"), Cue::Card);
        assert_eq!(cue_of("Desk: 123"), Cue::Phone);
        assert_eq!(cue_of("The desk is at 123"), Cue::None);
        assert_eq!(cue_of("the number 123"), Cue::None);
        assert_eq!(cue_of("recall 123"), Cue::None);
        assert_eq!(cue_of("call one two three four five six 123"), Cue::None);
        assert_eq!(cue_of("[PHONE] 123"), Cue::None);
    }

    #[test]
    fn the_word_after_a_number_may_name_it() {
        assert_eq!(after(b"123 office", 3), Cue::Phone);
        assert_eq!(after(b"123 (mobile)", 3), Cue::Phone);
        assert_eq!(after(b"123 euros", 3), Cue::Other);
        assert_eq!(after(b"123 $", 3), Cue::Other);
        assert_eq!(after(b"123 officer", 3), Cue::None);
    }
}
