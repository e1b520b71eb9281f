//! What opens doors: keys of providers, tokens, passwords; and names of banks, which also stand
//! behind a word that announces them.

use super::Category;
use super::cue::{self, Cue};
use super::detect::{Candidate, Certainty, Reason};
use super::fold::{BREAK, byte, byte_before, is_word};
use super::run::{Of, is_listed, number, run_end, run_start};
use super::view::View;
use super::words::{MAX_WORD as MAX_LINK, Meaning, look_up};

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

/// How providers' keys and JSON Web Tokens begin, behind the number of characters that follow at
/// least.
static KEYS: &[u8] = b"16 AKIA ASIA pk_live_ pk_test_ rk_live_ rk_test_ sk_live_ sk_test_ \
20 eyJ EAACEdEose0cBA GOCSPX- dckr_pat_ glpat- sk- sq0atp- sq0csp- whsec_ xapp- xoxa- xoxb- xoxp- xoxr- \
xoxs- ya29. 30 AIza dapi dp.pt. figd_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ hf_ key- lin_api_ npm_ r8_ \
shpat_ shpss_ 40 AGE-SECRET-KEY-1 SG. doo_v1_ dop_v1_ gsk_ ntn_ pplx- pypi- rubygems_ xai-";

/// The first three bytes of everything in [`KEYS`] and [`PARAMETERS`], of JSON Web
/// Tokens and PEM blocks.
pub(super) const STARTS: &[u8] = b"AGEAIzAKIASIEAAGOCSG.dapdckdoodopdp.figghpghoghughsghrgitglp\
gskhf_keylinnpmntnpk_pplpypr8_rk_rubshpsk-sk_sq0whsxaixapxoxya2apiautjwtkeypaspwdsecsessigtokeyJBEGbea";

/// Names of parameters whose value is a secret behind `=`.
static PARAMETERS: &[u8] =
    b"api apikey auth jwt key passwd password pwd secret session sig signature token";

/// What is said of a password, and is none.
static STATES: &[u8] = b"wrong incorrect invalid failed forgotten expired required reset changed \
falsch vergessen abgelaufen ungultig incorrecta incorrecto olvidada caducada sbagliata errata scaduta \
incorrect oublie refuse expire vergeten verkeerd verlopen bledne";

/// Words between a secret's name and the secret, beside those that `words` knows.
static LINKS: &[u8] =
    b"acceso address adresse banca bank da de della der este key moy my now of schlussel the token";

/// The countries of ISO 3166, and Kosovo: for each first letter a bit for each second one.
static COUNTRIES: [u32; 27] = {
    let codes =
        b"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO \
BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ \
DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP \
GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE \
PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM \
US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";
    let mut bits = [0; 27];
    let mut at = 0;
    while at < codes.len() {
        bits[(codes[at] & 31) as usize] |= 1 << (codes[at + 1] & 31);
        at += 3;
    }
    bits
};

/// Finds what the word that starts at `at` begins or announces.
pub(super) fn find(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = run_end(bytes, at, 25, Of::Letters, b"");
    let token = if is_part(bytes, at, end) { token(bytes, at, from) } else { None };
    let (start, end, category) = token.or_else(|| announced(bytes, at, end))?;
    (start >= from).then(|| match category {
        Category::Secret => Candidate::by_form(start, end, category),
        _ => Candidate::by_cue(start, end, category),
    })
}

/// Whether the word `at..end` is part of something longer, as a key's first letters are.
pub(super) fn is_part(bytes: &[u8], at: usize, end: usize) -> bool {
    let next = byte(bytes, end);
    is_token(next) || next == b'.' || byte_before(bytes, at) == b'-'
}

/// Finds the long token of mixed characters that starts at `at`, behind none of its characters.
pub(super) fn find_mixed(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = run_end(bytes, at, MAX_TOKEN + 1, Of::Words, b"-_+=");
    let token = bytes.get(at..end)?;
    let [upper, lower, digits] = census(token);
    // A file's content in a `data:` URL, and a file's checksum.
    let is_content = token.starts_with(b"sha")
        || bytes.get(at.saturating_sub(7)..at).is_some_and(|before| before == b"base64,");
    let is_mixed = at >= from
        && (MIN_MIXED..=MAX_TOKEN).contains(&token.len())
        && upper.min(lower).min(digits) >= 3
        && !token.iter().all(u8::is_ascii_hexdigit)
        // The title in an address has a hyphen behind each word.
        && token.len() - upper - lower - digits <= token.len() / 10
        && !is_content;
    is_mixed
        .then(|| Candidate::new(at, end, Category::Secret, Certainty::Likely, Reason::Structure))
}

/// How many capital letters, small letters and digits a token has.
#[cfg_attr(target_family = "wasm", inline(never))]
fn census(token: &[u8]) -> [usize; 3] {
    let mut census = [0; 3];
    for byte in token {
        let [upper, lower, digits] = &mut census;
        match byte {
            b'A'..=b'Z' => *upper += 1,
            b'a'..=b'z' => *lower += 1,
            b'0'..=b'9' => *digits += 1,
            _ => {}
        }
    }
    census
}

/// Finds name, password and host around the `@` at `at` of a URL: `https://jane:secret@host`.
pub(super) fn find_userinfo(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let floor = at.saturating_sub(128).max(from);
    let start = run_start(bytes, at, floor, Of::AllBut, b"[]/ \n@\x81");
    let is_url = bytes.get(start.saturating_sub(3)..start) == Some(b"://")
        && byte(bytes, start) != b':'
        && bytes.get(start..at).is_some_and(|user| user.contains(&b':'));
    let end = run_end(bytes, at + 1, 255, Of::Words, b".-");
    let end = run_start(bytes, end, at, Of::Signs, b".-");
    (is_url && end > at + 1).then(|| Candidate::by_form(start, end, Category::Secret))
}

/// Finds a wallet's address that starts at `at`.
pub(super) fn find_wallet(bytes: &View<'_>, at: usize, from: usize) -> Option<Candidate> {
    let end = run_end(bytes, at, 91, Of::Words, b"");
    let wallet = bytes.get(at..end)?;
    let [upper, lower, digits] = census(wallet);
    let is_wallet = match wallet {
        [b'0', b'x' | b'X', rest @ ..] => {
            rest.len() == 40 && rest.iter().all(u8::is_ascii_hexdigit)
        }
        [b'1' | b'3', ..] => {
            wallet.len() <= 35
                && !wallet.iter().any(|byte| b"0OIl".contains(byte))
                && upper.min(lower) >= 4
                && digits >= 3
        }
        _ => upper.min(lower) == 0 && is_bech32(wallet),
    };
    (is_wallet && at >= from && !is_word(byte_before(bytes, at)) && !is_word(byte(bytes, end)))
        .then(|| Candidate::by_form(at, end, Category::Crypto))
}

/// BIP 173 and BIP 350: a prefix that names the network, 1, and 5 bits for each character; the last
/// six bring the checksum to a constant.
fn is_bech32(wallet: &[u8]) -> bool {
    let Some(one) = wallet.iter().position(|byte| *byte == b'1') else { return false };
    let mut sum = 1_u32;
    let mut add = |value: u32| {
        let top = sum >> 25;
        sum = (sum & 0x1FF_FFFF) << 5 ^ value;
        for (bit, term) in BECH32_TERMS.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= term;
            }
        }
    };
    let network = wallet.get(..one).unwrap_or_default();
    network.iter().for_each(|char| add(u32::from((char | 0x20) >> 5)));
    add(0);
    network.iter().for_each(|char| add(u32::from(char & 31)));
    for char in wallet.iter().skip(one + 1) {
        let value = BECH32.iter().position(|known| *known == char | 0x20);
        add(value.map_or(32, |value| value as u32));
    }
    matches!(sum, 1 | 0x2BC8_30A3)
}

static BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static BECH32_TERMS: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];

pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'=')
}

/// A key or a PEM block that begins at `at`, behind no character of keys, so that each run of them
/// is read once.
fn token(bytes: &View<'_>, at: usize, from: usize) -> Option<(usize, usize, Category)> {
    if at < from {
        return None;
    }
    let before = byte_before(bytes, at);
    let (start, end) = match block(bytes, at) {
        Some(block) => block,
        None if is_token(before) && before != b'=' || before == b'.' => return None,
        None => (at, key(bytes, at)?),
    };
    Some((start, end, Category::Secret))
}

/// The end of a provider's key: its prefix, and a body with digits in it.
fn key(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let mut least = 0;
    let prefix = KEYS.split(|byte| *byte == b' ').find(|prefix| {
        let (number, size) = number(prefix, 0);
        if size > 0 {
            least = number as usize;
        }
        size == 0 && rest.starts_with(prefix)
    })?;
    let body = at + prefix.len();
    let (end, digits) = value(bytes, body, b"-_+.");
    let length = end - body;
    ((least..=MAX_TOKEN).contains(&length) && (digits > 1 || least == 16)).then_some(end)
}

/// The end of the value of letters, digits and `signs` at `at`, without a full stop behind it, and
/// how many digits it begins with.
fn value(bytes: &[u8], at: usize, signs: &[u8]) -> (usize, usize) {
    let end = run_end(bytes, at, MAX_TOKEN + 1, Of::Words, signs);
    let end = end - usize::from(end > at && byte_before(bytes, end) == b'.');
    let [.., digits] = census(bytes.get(at..end.min(at + LOOKED_AT)).unwrap_or_default());
    (end, digits)
}

/// `-----BEGIN … -----` up to its end line; without one, up to its last long word of base 64.
fn block(view: &View<'_>, at: usize) -> Option<(usize, usize)> {
    let start = at.checked_sub(5)?;
    if view.get(start..at + 6)? != b"-----BEGIN " {
        return None;
    }
    let label_end = |at: usize| {
        let end = run_end(view, at, 40, Of::Letters, b" ");
        run_end(view, end, 5, Of::Signs, b"-")
    };
    if let Some(last) = view.end_line(at, start + MAX_BLOCK) {
        return Some((start, label_end(last + 9)));
    }
    let mut end = label_end(at);
    loop {
        let word = run_end(view, end, 4, Of::Signs, b" \n\r\\");
        let next = run_end(view, word, MAX_TOKEN, Of::Words, b"-_+=/");
        if next - word < MIN_LINE || next - start > MAX_BLOCK {
            break;
        }
        end = next;
    }
    Some((start, end))
}

/// What the word `at..end` announces: `token=…`, `API key: …`, `password is …`, `BIC: …`,
/// `e-mail: jane at example dot com`, and `… is my PIN`.
fn announced(bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize, Category)> {
    let word = bytes.get(at..end)?;
    let secret = |start: usize, least: usize| {
        let (end, digits) = value(bytes, start, b"-_+.~/%");
        let padded = run_end(bytes, end, 2, Of::Signs, b"=");
        (end - start >= least && digits > 0).then_some((start, padded, Category::Secret))
    };
    if byte(bytes, end) == b'='
        && is_listed(word, PARAMETERS)
        && let Some(secret) = secret(end + 1, 8)
    {
        return Some(secret);
    }
    let cue = cue::announces(bytes, at, end)?;
    let linked = value_start(bytes, end);
    if cue == Cue::Key {
        return secret(linked?.0, 16);
    }
    // "my code WELCOME10" is a voucher's.
    let is_number =
        is_listed(word, b"pin tan otp") || look_up(bytes, at, end) == Some(Meaning::Code);
    let end_of = |start: usize, is_marked: bool| match cue {
        Cue::Bic => bank(bytes, start),
        Cue::Email => spoken_address(bytes, start),
        _ => password(bytes, start, is_marked, is_number),
    };
    let category = match cue {
        Cue::Bic => Category::Bic,
        Cue::Email => Category::Email,
        _ => Category::Password,
    };
    if let Some((start, is_marked)) = linked
        && let Some(end) = end_of(start, is_marked)
    {
        return Some((start, end, category));
    }
    let (start, end) = value_before(bytes, at)?;
    (end_of(start, false) == Some(end)).then_some((start, end, category))
}

/// Where the value behind the name that ends at `end` starts: behind signs and small words. And
/// whether a colon or a quotation mark says that there is one.
fn value_start(bytes: &[u8], end: usize) -> Option<(usize, bool)> {
    let mut start = end;
    let mut is_marked = false;
    for _ in 0..4 {
        let before = start;
        start = run_end(bytes, before, 4, Of::Signs, b" \n\t-():=\"'`");
        let signs = bytes.get(before..start).filter(|signs| !signs.is_empty())?;
        is_marked = signs.iter().any(|sign| matches!(sign, b':' | b'='))
            || signs.iter().skip(1).any(|sign| matches!(sign, b'"' | b'\'' | b'`'));
        let word = run_end(bytes, start, MAX_LINK, Of::Letters, b"");
        if is_marked || is_word(byte(bytes, word)) || !is_link(bytes, start, word) {
            break;
        }
        start = word;
    }
    Some((start, is_marked))
}

/// The value with a digit before `is my` and the name that starts at `at`.
fn value_before(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut start = at;
    let mut has_verb = false;
    for _ in 0..4 {
        let end = start.checked_sub(1)?;
        let floor = end.saturating_sub(MAX_LINK);
        let word = run_start(bytes, end, floor, Of::AllBut, b" \n\t\"\x81");
        if byte(bytes, end) != b' ' {
            return None;
        }
        if !is_link(bytes, word, end) {
            let has_digit = bytes.get(word..end)?.iter().any(u8::is_ascii_digit);
            return (has_digit && has_verb).then_some((word, end));
        }
        has_verb |= look_up(bytes, word, end) == Some(Meaning::Link);
        start = word;
    }
    None
}

/// Whether the word may stand between a name and its value.
fn is_link(bytes: &[u8], start: usize, end: usize) -> bool {
    match look_up(bytes, start, end) {
        None
        | Some(Meaning::Says(Cue::Other) | Meaning::Currency | Meaning::Unit | Meaning::Place) => {
            bytes.get(start..end).is_some_and(|word| is_listed(word, LINKS))
        }
        Some(_) => true,
    }
}

/// Four letters, a country, two characters, and three of a branch; in one piece, or 4 2 2 3.
fn bank(bytes: &[u8], at: usize) -> Option<usize> {
    let gap = usize::from(byte(bytes, at + 4) == b' ');
    let (first, second) = (byte(bytes, at + 4 + gap), byte(bytes, at + 5 + gap));
    if COUNTRIES.get(usize::from(first & 31))? >> (second & 31) & 1 == 0 {
        return None;
    }
    let mut end = at;
    let mut whole = None;
    for place in 0..11 {
        if matches!(place, 4 | 6 | 8) && gap == 1 {
            if byte(bytes, end) != b' ' {
                break;
            }
            end += 1;
        }
        let char = byte(bytes, end);
        if !(char.is_ascii_uppercase() || place > 5 && char.is_ascii_digit()) {
            break;
        }
        end += 1;
        if matches!(place, 7 | 10) && !is_word(byte(bytes, end)) {
            whole = Some(end);
        }
    }
    whole
}

/// `jane at example dot com`.
fn spoken_address(bytes: &[u8], at: usize) -> Option<usize> {
    let local = run_end(bytes, at, 64, Of::Words, b"-_.");
    let mut end = local + 4;
    if local == at || bytes.get(local..end)? != b" at " {
        return None;
    }
    let mut labels = 0;
    loop {
        let label = run_end(bytes, end, 63, Of::Words, b"-");
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
/// capitals inside, or it stands alone behind a colon. One in quotation marks reaches to the
/// closing one.
fn password(bytes: &[u8], at: usize, is_marked: bool, is_number: bool) -> Option<usize> {
    let quote = byte_before(bytes, at);
    let closing = run_end(bytes, at, MAX_PASSWORD, Of::AllBut, &[quote, b'\n', b'[', BREAK]);
    // At the end of the text the closing one may still come.
    let is_closed = is_marked
        && matches!(quote, b'"' | b'\'' | b'`')
        && (byte(bytes, closing) == quote || closing == bytes.len());
    let (stop, end) = if is_closed {
        (closing, closing)
    } else {
        let stop = run_end(bytes, at, MAX_PASSWORD + 1, Of::AllBut, b" \n\t\r[\"\x81");
        (stop, run_start(bytes, stop, at, Of::Signs, b".,;!?)'`:"))
    };
    let value = bytes.get(at..end)?;
    // A hidden one, one that stands elsewhere, a path, a call.
    let call = run_end(bytes, at, MAX_PASSWORD, Of::Words, b"._");
    let is_call = byte(bytes, call) == b'(' && byte(bytes, end) == b')';
    if !value.iter().any(|byte| is_word(*byte))
        || is_listed(value, STATES)
        || matches!(value, [b'[' | b'<' | b'/', ..] | [b'$', b'{', ..])
        || is_call
    {
        return None;
    }
    let [.., digits] = census(value);
    if digits == value.len() {
        // `123 456`
        let other = run_end(bytes, end + 1, 4, Of::Digits, b"");
        if digits == 3 && matches!(byte(bytes, end), b' ' | b'-') && other == end + 4 {
            return Some(other);
        }
        let most = if is_marked { MAX_PASSWORD } else { 10 };
        return (4..=most).contains(&digits).then_some(end);
    }
    let has_sign = value
        .iter()
        .any(|byte| !is_word(*byte) && !matches!(byte, b'\'' | b'-' | b'/' | b'.' | b','));
    let has_capital = value.windows(2).any(|pair| {
        matches!(pair, [first, second]
            if first.is_ascii_lowercase() && second.is_ascii_uppercase())
    });
    let is_last = end < stop || matches!(byte(bytes, stop), b'\n' | BREAK | b'"');
    let is_odd = is_closed || digits > 0 || has_sign || has_capital || is_marked && is_last;
    let is_password = is_odd && !is_number && (4..=MAX_PASSWORD).contains(&value.len());
    // It is likelier to end in `!` than a sentence that gives it away.
    is_password.then(|| run_end(bytes, end, 3, Of::Signs, b"!"))
}
