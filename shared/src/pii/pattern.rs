//! A site's own patterns: `'KD'-9{6,8}+luhn`.
//!
//! Signs are read from left to right: `9` a digit, `A` a letter, `*` either, `-` a separator that
//! may be left out, `'KD'` these characters in any case; `{3}` or `{3,8}` behind a sign says how
//! often. `+luhn` or `+mod97` at the end asks for a check digit. A pattern is tried at the start
//! of a word; each sign takes as many characters as it may and is never tried again, so the time
//! for one place is bounded by [`MAX_CHARS`].

use super::Category;
use super::card::luhn;
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{byte, is_letter, is_word};
use super::iban::mod97;
use crate::limits::{SCRUB_PATTERN_BYTES, SCRUB_PATTERN_TAKES as MAX_CHARS};

/// How often one sign may be repeated.
const MAX_REPEAT: u8 = 32;

/// Fewer signs would hide ordinary words.
const MIN_CHARS: usize = 4;

/// Why a pattern is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// A sign that means nothing, or a bracket or quote that does not end.
    Syntax,
    /// Fewer than four characters, or more than 64.
    Length,
    /// It begins with a separator or another sign at which no word begins: it would never match.
    Start,
    /// Neither a quoted prefix nor a check digit: it would hide too much.
    Vague,
    /// The site has 16 patterns already.
    TooMany,
}

impl core::fmt::Display for PatternError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Syntax => {
                "the pattern has a sign that means nothing, or an open bracket or quote"
            }
            Self::Length => "the pattern takes fewer than 4 or more than 64 characters",
            Self::Start => "the pattern has to begin with a letter or a digit",
            Self::Vague => "the pattern needs a quoted prefix or a check digit",
            Self::TooMany => "a site has at most 16 patterns",
        })
    }
}

impl core::error::Error for PatternError {}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Either,
    Separator,
    Itself(u8),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    None,
    Luhn,
    Mod97,
}

/// One pattern, read.
#[derive(Clone)]
pub(super) struct Pattern {
    /// Each class with how often it comes at least and at most.
    signs: Vec<(Class, u8, u8)>,
    check: Check,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        if text.len() > SCRUB_PATTERN_BYTES {
            return Err(PatternError::Length);
        }
        let (body, check) = if let Some(body) = text.strip_suffix("+luhn") {
            (body, Check::Luhn)
        } else if let Some(body) = text.strip_suffix("+mod97") {
            (body, Check::Mod97)
        } else {
            (text, Check::None)
        };
        let mut signs = Vec::new();
        let mut rest = body;
        while let Some(sign) = rest.chars().next() {
            rest = rest.get(sign.len_utf8()..).unwrap_or_default();
            let class = match sign {
                '9' => Class::Digit,
                'A' => Class::Letter,
                '*' => Class::Either,
                '-' => Class::Separator,
                '\'' => {
                    let (quoted, after) = rest.split_once('\'').ok_or(PatternError::Syntax)?;
                    if quoted.is_empty()
                        || !quoted.bytes().all(|byte| (b'!'..=b'~').contains(&byte))
                    {
                        return Err(PatternError::Syntax);
                    }
                    signs.extend(
                        quoted.bytes().map(|byte| (Class::Itself(byte.to_ascii_lowercase()), 1, 1)),
                    );
                    rest = after;
                    continue;
                }
                _ => return Err(PatternError::Syntax),
            };
            let (least, most) = match rest.strip_prefix('{') {
                None => (1, 1),
                Some(inner) => {
                    let (inner, after) = inner.split_once('}').ok_or(PatternError::Syntax)?;
                    rest = after;
                    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
                    let number =
                        |text: &str| text.parse().ok().filter(|n| (1..=MAX_REPEAT).contains(n));
                    let least = number(least).ok_or(PatternError::Syntax)?;
                    (least, number(most).filter(|most| *most >= least).ok_or(PatternError::Syntax)?)
                }
            };
            let least = if class == Class::Separator { 0 } else { least };
            signs.push((class, least, most));
        }
        let sum = |of: fn(&(Class, u8, u8)) -> u8| signs.iter().map(|s| usize::from(of(s))).sum();
        let (least, most): (usize, usize) = (sum(|sign| sign.1), sum(|sign| sign.2));
        if least < MIN_CHARS || most > MAX_CHARS {
            return Err(PatternError::Length);
        }
        let starts_word = match signs.first() {
            Some((Class::Itself(byte), ..)) => is_word(*byte),
            Some((class, ..)) => *class != Class::Separator,
            None => false,
        };
        if !starts_word {
            return Err(PatternError::Start);
        }
        let has_prefix = matches!(signs.first(), Some((Class::Itself(_), ..)));
        if !has_prefix && check == Check::None {
            return Err(PatternError::Vague);
        }
        Ok(Self { signs, check })
    }

    /// The value at the start of a word, `at`.
    pub(super) fn find(&self, bytes: &[u8], at: usize) -> Option<Candidate> {
        let mut end = at;
        for (class, least, most) in &self.signs {
            let start = end;
            while end - start < usize::from(*most) && class.takes(byte(bytes, end)) {
                end += 1;
            }
            if end - start < usize::from(*least) {
                return None;
            }
        }
        let value = bytes.get(at..end)?;
        (!is_word(byte(bytes, end)) && self.passes(value)).then_some(Candidate {
            start: at,
            end,
            category: Category::Custom,
            certainty: Certainty::Certain,
            reason: if self.check == Check::None { Reason::Structure } else { Reason::CheckDigit },
        })
    }

    fn passes(&self, value: &[u8]) -> bool {
        match self.check {
            Check::None => true,
            Check::Luhn => {
                let mut digits = [0; MAX_CHARS];
                let mut length = 0;
                for (place, byte) in
                    digits.iter_mut().zip(value.iter().filter(|b| b.is_ascii_digit()))
                {
                    *place = byte - b'0';
                    length += 1;
                }
                digits.get(..length).is_some_and(luhn)
            }
            Check::Mod97 => {
                let signs = || value.iter().filter(|byte| byte.is_ascii_alphanumeric());
                let rest = signs().skip(4).chain(signs().take(4));
                rest.copied().try_fold(0, mod97) == Some(1)
            }
        }
    }
}

impl Class {
    fn takes(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Letter => is_letter(byte),
            Self::Either => is_word(byte),
            Self::Separator => matches!(byte, b' ' | b'-' | b'.' | b'/' | b'_'),
            Self::Itself(letter) => byte.to_ascii_lowercase() == letter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Policy, detect};
    use super::*;
    use crate::limits::SCRUB_PATTERNS;

    fn found<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
        let mut policy = Policy::chat();
        policy.add_pattern(pattern).unwrap();
        detect(text, &policy)
            .iter()
            .filter(|finding| finding.category == Category::Custom)
            .map(|finding| &text[finding.start..finding.end])
            .collect()
    }

    #[test]
    fn prefixes_ranges_and_separators() {
        let pattern = "'KD'-9{6,8}";
        assert_eq!(
            found(
                pattern,
                "KD-123456, kd 12345678 und KD1234567; nicht KD12345, xKD123456, KD-123456789"
            ),
            ["KD-123456", "kd 12345678", "KD1234567"]
        );
        assert_eq!(found("'P'A{2}-9{4}-*{3}", "police pab 1234/x9z"), ["pab 1234/x9z"]);
        assert_eq!(found("'A+B'-9{4}", "a+b 1234, ab1234"), ["a+b 1234"]);
    }

    #[test]
    fn check_digits() {
        assert_eq!(found("9{10}+luhn", "1234567897 or 1234567890"), ["1234567897"]);
        assert_eq!(found("A{2}9{2}-*{4,10}+mod97", "RF18 539007547034 or RF18539007").len(), 0);
        assert_eq!(found("A{2}9{2}*{5,21}+mod97", "ref RF18539007547034 ok"), ["RF18539007547034"]);
    }

    #[test]
    fn what_is_refused() {
        for (pattern, error) in [
            ("", PatternError::Length),
            ("'AB'9", PatternError::Length),
            ("9{8}", PatternError::Vague),
            ("'#'9{6}", PatternError::Start),
            ("-9{6}+luhn", PatternError::Start),
            ("'KD'9{6", PatternError::Syntax),
            ("'KD9", PatternError::Syntax),
            ("'KD'9{0,3}", PatternError::Syntax),
            ("'KD'9{8,3}", PatternError::Syntax),
            ("'KD'9{99}", PatternError::Syntax),
            ("'KD'9{6}+crc", PatternError::Syntax),
            ("'KD'x{6}", PatternError::Syntax),
            ("'KD'9{6}+", PatternError::Syntax),
            ("'KD'9{6}+luhn+luhn", PatternError::Syntax),
            ("'KD\u{e9}'9{6}", PatternError::Syntax),
            ("'KD'9{32}9{32}", PatternError::Length),
        ] {
            assert_eq!(Policy::chat().add_pattern(pattern), Err(error), "{pattern}");
        }
        let long = format!("'{}'", "a".repeat(SCRUB_PATTERN_BYTES));
        assert_eq!(Policy::chat().add_pattern(&long), Err(PatternError::Length));
        let mut policy = Policy::chat();
        for _ in 0..SCRUB_PATTERNS {
            policy.add_pattern("'KD'9{6}").unwrap();
        }
        assert_eq!(policy.add_pattern("'KD'9{6}"), Err(PatternError::TooMany));
    }
}
