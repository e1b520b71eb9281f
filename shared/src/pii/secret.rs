//! What opens doors: keys of providers, tokens, passwords; and names of banks, which also stand
//! behind a word that announces them.

use super::Category;
use super::cue;
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{BREAK, byte, byte_before, is_letter, is_word};
use super::view::View;

/// A block between PEM lines: a 4096-bit key has 3,300 bytes.
pub(super) const MAX_BLOCK: usize = 4_096;

/// A word of base 64 in a block without an end.
const MIN_LINE: usize = 16;

/// The longest token, a signed one with its claims.
const MAX_TOKEN: usize = 2_048;

const MAX_PASSWORD: usize = 64;

/// A token without a known prefix is a secret from this length on, when it mixes capital letters,
/// small ones and digits: 40 characters of base 64 are what the large clouds' secrets have, and
/// checksums are written in one case.
pub(super) const MIN_MIXED: usize = 40;

/// The shortest address of a wallet.
pub(super) const MIN_WALLET: usize = 26;

/// So many characters of a long value are asked for digits: the time stays linear.
const LOOKED_AT: usize = 48;

/// How providers' keys begin, and how many characters follow at least. Sorted.
#[rustfmt::skip]
static KEYS: &[(&[u8], usize)] = &[
    (b"AGE-SECRET-KEY-1", 50), (b"AIza", 30), (b"AKIA", 16), (b"ASIA", 16), (b"EAACEdEose0cBA", 20),
    (b"GOCSPX-", 20), (b"SG.", 40), (b"dapi", 32), (b"dckr_pat_", 20), (b"doo_v1_", 40),
    (b"dop_v1_", 40), (b"dp.pt.", 30), (b"figd_", 30), (b"ghp_", 30), (b"gho_", 30), (b"ghu_", 30),
    (b"ghs_", 30), (b"ghr_", 30), (b"github_pat_", 30), (b"glpat-", 20), (b"gsk_", 40), (b"hf_", 30),
    (b"key-", 32), (b"lin_api_", 30), (b"npm_", 30), (b"ntn_", 40), (b"pk_live_", 16),
    (b"pk_test_", 16), (b"pplx-", 40), (b"pypi-", 40), (b"r8_", 30), (b"rk_live_", 16),
    (b"rk_test_", 16), (b"rubygems_", 40), (b"shpat_", 30), (b"shpss_", 30), (b"sk-", 20),
    (b"sk_live_", 16), (b"sk_test_", 16), (b"sq0atp-", 20), (b"sq0csp-", 20), (b"whsec_", 24),
    (b"xai-", 40), (b"xapp-", 20), (b"xoxa-", 20), (b"xoxb-", 20), (b"xoxp-", 20), (b"xoxr-", 20),
    (b"xoxs-", 20), (b"ya29.", 20),
];

/// The first three bytes of everything in [`KEYS`] and [`PARAMETERS`], of JSON Web Tokens, PEM
/// blocks and `Bearer`.
pub(super) const STARTS: &[u8] = b"AGEAIzAKIASIEAAGOCSG.dapdckdoodopdp.figghpghoghughsghrgitglp\
gskhf_keylinnpmntnpk_pplpypr8_rk_rubshpsk-sk_sq0whsxaixapxoxya2apiautjwtkeypaspwdsecsessigtokeyJBEGBea";

/// Names of parameters whose value is a secret, behind `=`.
static PARAMETERS: &[&[u8]] = &[
    b"apikey",
    b"auth",
    b"jwt",
    b"key",
    b"passwd",
    b"password",
    b"pwd",
    b"secret",
    b"session",
    b"sig",
    b"signature",
    b"token",
];

/// Words between a secret's name and the secret.
static LINKS: &[&[u8]] = &[
    b"ar", b"code", b"e", b"er", b"es", b"est", b"is", b"ist", b"jest", b"je", b"key", b"kod",
    b"kode", b"code", b"nr", b"number", b"nummer", b"on", b"to", b"token", b"was", b"yra", b"ir",
    b"eihai", b"codigo", b"codice", b"koodi", b"now", b"adresse", b"address",
];

/// Finds what the word that starts at `at` begins or announces.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = word_end(bytes, at);
    let next = byte(bytes, end);
    let is_part = is_token(next) || next == b'.' || byte_before(bytes, at) == b'-';
    let found = if is_part { token(bytes, at, from) } else { None };
    let found =
        found.or_else(|| parameter(bytes, at, end)).or_else(|| announced(bytes, at, end))?;
    let (start, end, category) = found;
    let (certainty, reason) = match category {
        Category::Secret => (Certainty::Certain, Reason::Structure),
        _ => (Certainty::Cued, Reason::Cue),
    };
    (start >= from).then_some(Candidate { start, end, category, certainty, reason })
}

/// Finds the long token of mixed characters that starts at `at`, behind none of its characters.
pub(super) fn find_mixed(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = token_end(bytes, at, MAX_TOKEN + 1, is_token);
    let token = bytes.get(at..end)?;
    let (mut upper, mut lower, mut digits, mut joints, mut hex) = (0, 0, 0, 0, 0);
    for byte in token {
        hex += usize::from(byte.is_ascii_hexdigit());
        match byte {
            b'A'..=b'Z' => upper += 1,
            b'a'..=b'z' => lower += 1,
            b'0'..=b'9' => digits += 1,
            b'-' | b'_' => joints += 1,
            _ => {}
        }
    }
    let is_mixed = at >= from
        && (MIN_MIXED..=MAX_TOKEN).contains(&token.len())
        && upper.min(lower).min(digits) >= 3
        && hex < token.len()
        && joints <= token.len() / 12;
    is_mixed.then_some(Candidate {
        start: at,
        end,
        category: Category::Secret,
        certainty: Certainty::Likely,
        reason: Reason::Structure,
    })
}

/// Finds name, password and host around the `@` at `at` of a URL: `https://jane:secret@host`.
pub(super) fn find_userinfo(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let floor = at.saturating_sub(128).max(from);
    let mut start = at;
    let mut has_colon = false;
    while start > floor
        && !matches!(byte_before(bytes, start), b'[' | b']' | b'/' | b' ' | b'\n' | b'@' | BREAK)
    {
        start -= 1;
        has_colon |= byte(bytes, start) == b':';
    }
    let is_url = has_colon && start >= 3 && bytes.get(start - 3..start) == Some(b"://");
    let end = token_end(bytes, at + 1, 255, |byte| is_word(byte) || matches!(byte, b'.' | b'-'));
    let end = (at..end).rev().find(|end| is_word(byte(bytes, *end))).map_or(at, |end| end + 1);
    (is_url && end > at && byte(bytes, start) != b':').then_some(Candidate {
        start,
        end,
        category: Category::Secret,
        certainty: Certainty::Certain,
        reason: Reason::Structure,
    })
}

/// Finds a wallet's address that starts at `at`.
pub(super) fn find_wallet(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    if at < from || is_word(byte_before(bytes, at)) {
        return None;
    }
    let end = token_end(bytes, at, 91, |byte| byte.is_ascii_alphanumeric());
    let wallet = bytes.get(at..end)?;
    let count = |class: fn(&u8) -> bool| wallet.iter().filter(|byte| class(byte)).count();
    let is_wallet = match wallet {
        [b'0', b'x' | b'X', rest @ ..] => {
            rest.len() == 40 && rest.iter().all(u8::is_ascii_hexdigit)
        }
        [b'1' | b'3', ..] => {
            (MIN_WALLET..=35).contains(&wallet.len())
                && !wallet.iter().any(|byte| b"0OIl".contains(byte))
                && count(u8::is_ascii_uppercase) >= 4
                && count(u8::is_ascii_lowercase) >= 4
                && count(u8::is_ascii_digit) >= 3
        }
        [b'b', b'c', b'1', ..] | [b'B', b'C', b'1', ..] => {
            matches!(wallet.len(), 42 | 62)
                && !wallet.iter().skip(3).any(|byte| b"1bioBIO".contains(byte))
                && (count(u8::is_ascii_uppercase) == 0 || count(u8::is_ascii_lowercase) == 0)
        }
        _ => false,
    };
    (is_wallet && !is_word(byte(bytes, end))).then_some(Candidate {
        start: at,
        end,
        category: Category::Crypto,
        certainty: Certainty::Certain,
        reason: Reason::Structure,
    })
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    token_end(bytes, at, 25, is_letter)
}

/// Where the characters of `class` from `at` on end, `most` of them at most.
fn token_end(bytes: &[u8], at: usize, most: usize, class: fn(u8) -> bool) -> usize {
    let mut end = at;
    while end < at + most && class(byte(bytes, end)) {
        end += 1;
    }
    end
}

pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'=')
}

/// A provider's key, a JSON Web Token or a PEM block that begins at `at`, behind no character of
/// such tokens, so that each run of them is read once.
fn token(bytes: &View<'_>, at: usize, from: usize) -> Option<(usize, usize, Category)> {
    if at < from {
        return None;
    }
    let (start, end) = match block(bytes, at) {
        Some(block) => block,
        None if is_key(byte_before(bytes, at)) => return None,
        None => (at, key(bytes, at).or_else(|| json_web_token(bytes, at))?),
    };
    Some((start, end, Category::Secret))
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'.')
}

/// The end of a provider's key: its prefix, and a body with digits in it.
fn key(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let first = rest.first();
    let (prefix, least) =
        KEYS.iter().find(|(prefix, _)| prefix.first() == first && rest.starts_with(prefix))?;
    let body = at + prefix.len();
    let end = token_end(bytes, body, MAX_TOKEN + 1, is_key);
    let length = end - body;
    let end = if byte_before(bytes, end) == b'.' { end - 1 } else { end };
    let digits = rest.iter().skip(prefix.len()).take(length.min(LOOKED_AT));
    let has_digits = digits.filter(|byte| byte.is_ascii_digit()).count() > 1
        || prefix.len() == 4 && prefix.ends_with(b"IA");
    ((*least..=MAX_TOKEN).contains(&length) && has_digits).then_some(end)
}

/// The end of three parts of base 64 with dots between them, the first two JSON.
fn json_web_token(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at..at + 3)? != b"eyJ" {
        return None;
    }
    let part_end =
        |at| token_end(bytes, at, MAX_TOKEN, |byte| is_key(byte) && !matches!(byte, b'.' | b'+'));
    let head = part_end(at);
    let claims = part_end(head + 1);
    if byte(bytes, head) != b'.' || head - at < 10 || claims - head < 4 {
        return None;
    }
    let signature = part_end(claims + 1);
    let has_signature = byte(bytes, claims) == b'.' && signature > claims + 1;
    Some(if has_signature { signature } else { claims })
}

/// `-----BEGIN … -----` up to its end line; without one, up to its last long word of base 64.
fn block(view: &View<'_>, at: usize) -> Option<(usize, usize)> {
    let start = at.checked_sub(5)?;
    if view.get(start..at)? != b"-----" || view.get(at..at + 6)? != b"BEGIN " {
        return None;
    }
    let label_end = |at: usize| {
        let end = token_end(view, at, 40, |byte| byte.is_ascii_uppercase() || byte == b' ');
        token_end(view, end, 5, |byte| byte == b'-')
    };
    if let Some(last) = view.end_line(at, start + MAX_BLOCK) {
        return Some((start, label_end(last + 9)));
    }
    let mut end = label_end(at);
    loop {
        let word = token_end(view, end, 4, |byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\\'));
        let is_part = |byte: u8| is_token(byte) || byte == b'/';
        let next = token_end(view, word, MAX_TOKEN, is_part);
        if next - word < MIN_LINE || next - start > MAX_BLOCK {
            break;
        }
        end = next;
    }
    Some((start, end))
}

/// `token=…`, `Bearer …`.
fn parameter(bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize, Category)> {
    let (start, least) = match byte(bytes, end) {
        b'=' if PARAMETERS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(bytes.get(at..end).unwrap_or_default())) =>
        {
            (end + 1, 8)
        }
        b' ' if bytes.get(at..end) == Some(b"Bearer") => (end + 1, 16),
        _ => return None,
    };
    let value = token_end(bytes, start, MAX_TOKEN, |byte| {
        is_key(byte) || matches!(byte, b'~' | b'/' | b'%')
    });
    let length = value - start;
    let value = if byte_before(bytes, value) == b'.' { value - 1 } else { value };
    let padded = token_end(bytes, value, 2, |byte| byte == b'=');
    let has_digit = bytes.iter().skip(start).take(length.min(LOOKED_AT)).any(u8::is_ascii_digit);
    (length >= least && has_digit).then_some((start, padded, Category::Secret))
}

/// `password is …`, `BIC: …`, `e-mail: jane at example dot com`.
fn announced(bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize, Category)> {
    let cue = cue::announces(bytes, at, end)?;
    let mut start = end;
    let mut is_marked = false;
    for _ in 0..4 {
        let mut spaces = 0;
        while spaces < 3 {
            match byte(bytes, start) {
                b':' | b'=' => is_marked = true,
                b'"' | b'\'' | b'`' if is_marked || spaces > 0 => {
                    is_marked = true;
                }
                b' ' | b'\n' | b'\t' | b'-' | b'(' | b')' => {}
                _ => break,
            }
            spaces += 1;
            start += 1;
        }
        if spaces == 0 {
            return None;
        }
        let word = token_end(bytes, start, 10, is_letter);
        let is_link = !is_word(byte(bytes, word))
            && bytes
                .get(start..word)
                .is_some_and(|word| LINKS.iter().any(|link| link.eq_ignore_ascii_case(word)));
        if !is_link {
            break;
        }
        start = word;
    }
    match cue {
        cue::Cue::Bic => bank(bytes, start).map(|end| (start, end, Category::Bic)),
        cue::Cue::Email => spoken_address(bytes, start).map(|end| (start, end, Category::Email)),
        _ => password(bytes, start, is_marked).map(|end| (start, end, Category::Password)),
    }
}

/// Four letters, a country, two characters, and three of a branch.
fn bank(bytes: &[u8], at: usize) -> Option<usize> {
    let end = token_end(bytes, at, 12, |byte| byte.is_ascii_alphanumeric());
    let code = bytes.get(at..end)?;
    let has_form = matches!(code.len(), 8 | 11)
        && code.iter().take(6).all(u8::is_ascii_alphabetic)
        && !code.iter().any(u8::is_ascii_lowercase);
    has_form.then_some(end)
}

/// `jane at example dot com`.
fn spoken_address(bytes: &[u8], at: usize) -> Option<usize> {
    let is_label = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'_' | b'.');
    let local = token_end(bytes, at, 64, is_label);
    let mut end = local + 4;
    if local == at || bytes.get(local..end)? != b" at " {
        return None;
    }
    let mut labels = 0;
    loop {
        let label = token_end(bytes, end, 63, |byte| is_word(byte) || byte == b'-');
        if label == end {
            return None;
        }
        labels += 1;
        end = label;
        if bytes.get(label..label + 5) != Some(b" dot ") {
            break;
        }
        end = label + 5;
    }
    (labels > 1).then_some(end)
}

/// A password does not look like a word of the sentence: it has a digit or a sign in it, or
/// capitals inside, or it stands alone behind a colon.
fn password(bytes: &[u8], at: usize, is_marked: bool) -> Option<usize> {
    if matches!(byte(bytes, at), b'[' | b'<' | b'/') {
        return None;
    }
    let is_part = |byte: u8| !matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b'[' | b'"' | BREAK);
    let stop = token_end(bytes, at, MAX_PASSWORD + 1, is_part);
    let mut end = stop;
    while end > at
        && matches!(
            byte_before(bytes, end),
            b'.' | b',' | b';' | b'!' | b'?' | b')' | b'\'' | b'`' | b':'
        )
    {
        end -= 1;
    }
    let value = bytes.get(at..end)?;
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == value.len() {
        // `123 456`
        let other = token_end(bytes, end + 1, 4, |byte| byte.is_ascii_digit());
        if value.len() == 3 && matches!(byte(bytes, end), b' ' | b'-') && other == end + 4 {
            return Some(other);
        }
        return (4..=10).contains(&value.len()).then_some(end);
    }
    let has_sign = value
        .iter()
        .any(|byte| !is_word(*byte) && !matches!(byte, b'\'' | b'-' | b'/' | b'.' | b','));
    let has_capital = value.windows(2).any(|pair| matches!(pair, [first, second] if first.is_ascii_lowercase() && second.is_ascii_uppercase()));
    let is_last = end < stop || matches!(byte(bytes, stop), b'\n' | BREAK | b'"');
    let is_odd = digits > 0 || has_sign || has_capital || is_marked && is_last;
    (is_odd && (4..=MAX_PASSWORD).contains(&value.len())).then_some(end)
}
