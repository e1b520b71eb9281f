//! E-mail addresses: a name, `@`, and a domain whose last label is made of letters.
//!
//! Wider than RFC 5321 where people are (letters of any alphabet), narrower where the RFC allows
//! what no mailbox has (comments, quoted names with spaces inside angle brackets).

use super::Category;
use super::detect::Candidate;
use super::fold::{BREAK, byte, byte_before, is_letter};
use super::run::{Of, is_listed, run_end, run_start};
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
    Some(Candidate::by_form(start, end, Category::Email))
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
        // `"jane doe"@`: from quote to quote, on one line.
        let start = run_start(bytes, at - 1, floor, Of::AllBut, b"\"\n@");
        return (start + 1 < at && start > floor && byte_before(bytes, start) == b'"')
            .then(|| start - 1);
    }
    let start = run_start(bytes, at, floor, Of::Words, b"._-+%'&~*#!");
    // Punctuation in front belongs to the sentence: '...jane@', '-jane@', "'jane@".
    let start = run_end(bytes, start, MAX_LOCAL, Of::Signs, b".-+%'&~*#!");
    (start < at).then_some(start)
}

fn domain_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut valid = None;
    let mut start = from;
    let mut is_lower = true;
    while start - from < MAX_DOMAIN {
        let end = run_end(bytes, start, MAX_LABEL, Of::Words, b"-");
        // A hyphen at the end belongs to the sentence.
        let label_end = run_start(bytes, end, start, Of::Signs, b"-");
        let label = bytes.get(start..label_end)?;
        if matches!(label, [] | [b'-', ..]) {
            break;
        }
        // "…@example.com.Then": a sentence that starts without a space.
        let has_capital = label.iter().any(u8::is_ascii_uppercase);
        let starts_sentence = is_lower
            && label.first().is_some_and(u8::is_ascii_uppercase)
            && label.iter().any(u8::is_ascii_lowercase);
        if valid.is_some() && starts_sentence {
            break;
        }
        is_lower &= !has_capital;
        let is_top_level = label.len() >= 2
            && (label.iter().all(|byte| is_letter(*byte)) && !is_listed(label, FILES)
                || label.starts_with(b"xn--")
                || label.starts_with(b"XN--"));
        if start > from && is_top_level {
            valid = Some(label_end);
        }
        if label_end < end || byte(bytes, end) != b'.' {
            break;
        }
        start = end + 1;
    }
    valid
}

/// Types of files that stand where a top-level domain would: `logo@2x.png`.
const FILES: &[u8] = b"png jpg jpeg gif svg webp css js";

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
