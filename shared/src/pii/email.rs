//! E-mail addresses: a name, `@`, and a domain whose last label is made of letters.
//!
//! Wider than RFC 5321 where people are (letters of any alphabet), narrower where the RFC allows
//! what no mailbox has (comments, quoted names with spaces inside angle brackets).

use super::Category;
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{BREAK, byte, byte_before, is_letter, is_word};
use super::view::View;

/// RFC 5321 allows 64 octets; generated bounce and tracking addresses are longer.
const MAX_LOCAL: usize = 128;

/// RFC 5321, 4.5.3.1.2.
const MAX_DOMAIN: usize = 255;

/// RFC 1035, 2.3.4.
const MAX_LABEL: usize = 63;

/// Finds the address around the `@` at `at`.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let (start, end) = if byte_before(bytes, at) == b' ' && byte(bytes, at + 1) == b' ' {
        spelled_out(bytes, at, from)?
    } else {
        (local_start(bytes, at, from)?, domain_end(bytes, at + 1)?)
    };
    Some(Candidate {
        start,
        end,
        category: Category::Email,
        certainty: Certainty::Certain,
        reason: Reason::Structure,
    })
}

/// An address letter by letter, `j a n e @ e x a m p l e . c o m`: the letters without the spaces
/// between them are read as any address.
fn spelled_out(bytes: &[u8], at: usize, from: usize) -> Option<(usize, usize)> {
    const MOST: usize = 64;
    let is_one = |place: usize| byte(bytes, place) > b' ' && byte(bytes, place) != BREAK;
    let mut start = at;
    while start >= from + 2
        && at - start < 2 * MOST
        && is_one(start - 2)
        && byte_before(bytes, start) == b' '
        && !(start > 2 && is_one(start - 3))
    {
        start -= 2;
    }
    let mut letters = [0; 2 * MOST];
    let mut length = 0;
    let mut place = start;
    while let Some(letter) = letters.get_mut(length)
        && is_one(place)
        && !is_one(place + 1)
    {
        *letter = byte(bytes, place);
        length += 1;
        place += 2;
    }
    let letters = letters.get(..length)?;
    let sign = (at - start) / 2;
    let first = local_start(letters, sign, 0)?;
    let end = domain_end(letters, sign + 1)?;
    Some((start + 2 * first, start + 2 * end - 1))
}

fn local_start(bytes: &[u8], at: usize, from: usize) -> Option<usize> {
    let floor = at.saturating_sub(MAX_LOCAL).max(from);
    if byte_before(bytes, at) == b'"' {
        return quoted_start(bytes, at, floor);
    }
    let mut start = at;
    while start > floor && is_local(byte_before(bytes, start)) {
        start -= 1;
    }
    // Punctuation in front belongs to the sentence: '...jane@', '-jane@', "'jane@".
    while start < at && !is_word(byte(bytes, start)) && byte(bytes, start) != b'_' {
        start += 1;
    }
    (start < at).then_some(start)
}

/// `"jane doe"@`: from quote to quote, on one line.
fn quoted_start(bytes: &[u8], at: usize, floor: usize) -> Option<usize> {
    let mut start = at - 1;
    while start > floor {
        start -= 1;
        match byte(bytes, start) {
            b'"' => return (start + 2 < at).then_some(start),
            b'\n' | b'@' => return None,
            _ => {}
        }
    }
    None
}

fn is_local(byte: u8) -> bool {
    is_word(byte)
        || matches!(
            byte,
            b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'&' | b'~' | b'*' | b'#' | b'!'
        )
}

fn domain_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut valid = None;
    let mut label_start = from;
    let mut is_lower = true;
    while label_start - from < MAX_DOMAIN {
        let mut end = label_start;
        let mut letters = 0;
        let mut lower = 0;
        while end - label_start < MAX_LABEL
            && (is_word(byte(bytes, end)) || byte(bytes, end) == b'-')
        {
            letters += usize::from(is_letter(byte(bytes, end)));
            lower += usize::from(byte(bytes, end).is_ascii_lowercase());
            end += 1;
        }
        // A hyphen at the end belongs to the sentence.
        let mut label_end = end;
        while label_end > label_start && byte(bytes, label_end - 1) == b'-' {
            label_end -= 1;
        }
        let length = label_end - label_start;
        if length == 0 || byte(bytes, label_start) == b'-' {
            break;
        }
        let is_first = label_start == from;
        // "…@example.com.Then": a sentence that starts without a space.
        let starts_sentence =
            byte(bytes, label_start).is_ascii_uppercase() && lower > 0 && is_lower;
        if valid.is_some() && starts_sentence {
            break;
        }
        is_lower &= !bytes.iter().skip(label_start).take(length).any(u8::is_ascii_uppercase);
        let is_top_level = length >= 2 && (letters == length || is_punycode(bytes, label_start));
        if !is_first && is_top_level {
            valid = Some(label_end);
        }
        if label_end < end || byte(bytes, end) != b'.' {
            break;
        }
        label_start = end + 1;
    }
    valid
}

fn is_punycode(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 4).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"xn--"))
}

#[cfg(test)]
mod tests {
    use crate::pii::Category;
    use crate::pii::corpus::{check, check_none};

    #[test]
    fn addresses_in_sentences() {
        check(
            Category::Email,
            &[
                "Write to «jane.doe@example.com», please.",
                "Meine Adresse ist «max.mustermann+shop@post.example.de».",
                "Mon adresse : «amelie_d@exemple.fr»!",
                "Mi correo es <«josé.garcía@correo.example.es»>",
                "la mia mail («mario.rossi@posta.example.it»)",
                "mailto:«info@example.nl»?subject=hallo",
                "Proszę pisać na «zażółć@poczta.example.pl».",
                "JANE: «JANE@EXAMPLE.CO.UK»",
                "email=«jane@mail.example»&x=1",
                "«o'brien@example.ie», «a@b.ee»; «x-1@sub-domain.example.org»",
                "reach me: «jane (at) example (dot) com»",
                "«jane[at]example[dot]com» works too, https://x.example/?u=«jane%40example.com»",
                "Пишите на «иван@почта.рф» сегодня",
                "请写信给«li@example.cn»谢谢",
                "«jane@example.com».Then call me",
                "«\"jane doe\"@example.com» is quoted",
                "«j\u{200b}ane@exam\u{ad}ple.com» hidden",
                "IDN «info@xn--mnchen-3ya.xn--p1ai»",
            ],
        );
    }

    #[test]
    fn near_misses() {
        check_none(&[
            "Follow @jane or @jane.doe on the site",
            "Meet me @ 5 p.m.",
            "jane@localhost",
            "the price is 3@2.50",
            "user@",
            "@example.com",
            "a @ b . com",
            "look (at) this. Then go",
            "npm install @scope/package@1.2.3",
            "git@github:repo",
            "jane@-example-",
            "x@y.z",
            "\"@example.com",
        ]);
    }
}
