//! Words that say what a number beside them is.
//!
//! Words are compared whole, in the folded view (without marks, without case), so `Téléphone`
//! and `TELEPHONE` are one entry. The nearest word that says anything decides: in "call me about
//! order 1234567890" that is "order".

use super::fold::{byte, byte_before, is_letter};
use super::view::View;
use super::words::{MAX_WORD, Meaning, look_up};

/// How far before a number its word may be, in folded bytes and in words: a clause.
const MAX_DISTANCE: usize = 64;
const MAX_WORDS: usize = 6;

/// How far after a value its name may begin and how many words may stand before it.
const MAX_AFTER: usize = 48;
const MAX_WORDS_AFTER: usize = 4;

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
    /// A payment card's security code.
    Cvv,
    Expiry,
    Licence,
    Plate,
    Postcode,
    Address,
    Device,
    Version,
    /// Something else: an order, an invoice, an amount.
    Other,
    /// Nothing.
    None,
}

impl Cue {
    /// Whether a number of a person, of whatever office, is named.
    pub(super) fn is_identity(self) -> bool {
        matches!(self, Self::Tax | Self::Identity | Self::Social | Self::Passport | Self::Licence)
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
    // "my number", "my new number": a word may stand between. "code", "id", "tax" and "card" say
    // little alone: the word before them is asked first.
    let (mut since_number, mut since_code, mut since_id) = (MAX_WORDS, MAX_WORDS, MAX_WORDS);
    let mut since_card = MAX_WORDS;
    let mut is_same_sentence = true;
    for count in 0..MAX_WORDS {
        while end > floor && !is_letter(byte_before(bytes, end)) {
            end -= 1;
            is_same_sentence &= !ends_sentence(bytes, end);
        }
        let letters = bytes.get(floor..end).unwrap_or_default();
        let letters = letters.iter().rev().take_while(|byte| is_letter(**byte)).count();
        if letters == 0 {
            break;
        }
        let start = end - letters;
        since_number += 1;
        since_code += 1;
        since_id += 1;
        since_card += 1;
        // The label in a placeholder is no word of the text.
        let is_label = matches!(byte_before(bytes, start), b'[' | b'=')
            && matches!(byte(bytes, end), b']' | b'_' | b'-');
        let meaning = if is_label { None } else { look_up(bytes, start, end) };
        let cue = meaning.and_then(Meaning::cue);
        if since_card == 1 && !cue.is_some_and(Cue::is_identity) {
            return Cue::Card;
        }
        if let Some(cue) = cue {
            let reaches = is_same_sentence || matches!(cue, Cue::Phone | Cue::Other);
            return if reaches { cue } else { Cue::None };
        }
        match meaning {
            Some(Meaning::Card) => since_card = 0,
            Some(Meaning::Number) => since_number = 0,
            Some(Meaning::Code) => since_code = 0,
            Some(Meaning::Id) => since_id = 0,
            Some(Meaning::TaxWord) if since_number <= 2 || since_id <= 1 || since_code <= 1 => {
                return Cue::Tax;
            }
            Some(Meaning::TaxWord) => return Cue::Other,
            Some(Meaning::Whose) if since_code <= 2 => return Cue::Password,
            Some(Meaning::Whose) if since_id <= 2 => return Cue::Identity,
            Some(Meaning::Whose) if since_number <= 2 => return Cue::Phone,
            // "Desk: 123", but not "my desk is at 123".
            Some(Meaning::Place) if count == 0 => return Cue::Phone,
            None if !is_label && is_compound_number(bytes, start, end) => return Cue::Other,
            _ => {}
        }
        end = start;
    }
    match MAX_WORDS.min(since_code).min(since_id) {
        _ if since_card < MAX_WORDS => Cue::Card,
        // "ID: 123" and "code 123" alone may be anything's.
        count if count < MAX_WORDS => Cue::Other,
        _ => Cue::None,
    }
}

/// `Kundennummer`, `ordernummer`: the number of something that is no telephone.
fn is_compound_number(bytes: &[u8], start: usize, end: usize) -> bool {
    end - start > 6
        && bytes.get(end - 6..end).is_some_and(|last| last.eq_ignore_ascii_case(b"nummer"))
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

/// What the next words after `end` say, for values that stand before their name: `… is my BSN`.
pub(super) fn named_after(bytes: &[u8], end: usize) -> Cue {
    let mut at = end;
    for _ in 0..MAX_WORDS_AFTER {
        while at < end + MAX_AFTER && matches!(byte(bytes, at), b' ' | b'(' | b',' | b':' | b'"') {
            at += 1;
        }
        let start = at;
        while at < start + MAX_WORD && is_letter(byte(bytes, at)) {
            at += 1;
        }
        if at == start {
            break;
        }
        if let Some(cue) = look_up(bytes, start, at).and_then(Meaning::cue) {
            return if cue.is_identity() { cue } else { Cue::None };
        }
    }
    Cue::None
}

/// What a word before a value of letters announces: a password, a bank's identifier, an e-mail
/// address. "Code" alone announces nothing; "my code" and "login code" do.
pub(super) fn announces(bytes: &[u8], start: usize, end: usize) -> Option<Cue> {
    match look_up(bytes, start, end)? {
        Meaning::Says(cue @ (Cue::Password | Cue::Bic | Cue::Email)) => Some(cue),
        Meaning::Code => {
            let last = start.checked_sub(1).filter(|last| byte(bytes, *last) == b' ')?;
            let mut first = last;
            while last - first < MAX_WORD && is_letter(byte_before(bytes, first)) {
                first -= 1;
            }
            (look_up(bytes, first, last)? == Meaning::Whose).then_some(Cue::Password)
        }
        _ => None,
    }
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
