//! From text to findings: folds, asks the detectors, settles overlaps.

use super::cue::is_address;
use super::fold::{BREAK, Folded, LETTER, byte as byte_at, fold, is_letter, is_word};
use super::policy::Policy;
use super::settle::{Clusters, insert, settle};
use super::view::View;
use super::words::{may_be_key, may_open, table};
use super::{Category, card, email, iban, ident, net, phone, place, secret};
use core::fmt;

/// How sure a finding is. The order counts: of two equally long candidates the surer one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A word beside it says so.
    Cued,
    /// It is written the way such values are.
    Likely,
    /// Its structure or its check digit says so.
    Certain,
}

impl Certainty {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 3] = [Self::Cued, Self::Likely, Self::Certain];
}

/// Why something was found, for the note "why is this hidden?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its structure is unmistakable: an `@` between a name and a domain, a `+` before a number.
    Structure,
    /// Its check digits are right.
    CheckDigit,
    /// Its digits are grouped the way such numbers are.
    Grouping,
    /// A word beside it names it.
    Cue,
}

impl Reason {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 4] =
        [Self::Structure, Self::CheckDigit, Self::Grouping, Self::Cue];
}

/// A place of personal data in a text. It carries no text, so it may be logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// First byte in the original text.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// What it is.
    pub category: Category,
    /// How sure that is.
    pub certainty: Certainty,
    /// Why it was found.
    pub reason: Reason,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{} {} ({:?})", self.start, self.end, self.category.label(), self.reason)
    }
}

/// Everything in `text` that `policy` wants found, in order and without overlaps.
#[must_use]
pub fn detect(text: &str, policy: &Policy) -> Vec<Finding> {
    let folded = fold(text);
    let mut found = Vec::new();
    let candidates = candidates(folded.bytes(), 0, policy);
    for cluster in Clusters::new(&candidates) {
        settle(cluster, &mut found);
    }
    locate(&mut found, &folded, text, policy);
    found
}

/// What a detector proposes: a finding in positions of the folded view.
pub(super) type Candidate = Finding;

impl Candidate {
    /// Not inlined: every detector ends with it.
    #[cfg_attr(target_family = "wasm", inline(never))]
    pub(super) fn new(
        start: usize,
        end: usize,
        category: Category,
        certainty: Certainty,
        reason: Reason,
    ) -> Self {
        Self { start, end, category, certainty, reason }
    }

    /// What is unmistakable by its form.
    pub(super) fn by_form(start: usize, end: usize, category: Category) -> Self {
        Self::new(start, end, category, Certainty::Certain, Reason::Structure)
    }

    /// What a word says it is.
    pub(super) fn by_cue(start: usize, end: usize, category: Category) -> Self {
        Self::new(start, end, category, Certainty::Cued, Reason::Cue)
    }
}

/// Turns candidates into findings: positions of the original text, without the values that the
/// site has exempted.
pub(super) fn locate(found: &mut Vec<Finding>, folded: &Folded<'_>, text: &str, policy: &Policy) {
    found.retain_mut(|finding| {
        (finding.start, finding.end) = folded.range(finding.start, finding.end);
        let value = text.get(finding.start..finding.end).unwrap_or_default();
        !policy.is_exempt(finding.category, value)
    });
}

/// Every candidate that starts at `from` or later, in the order of their starts. What lies before
/// `from` is context only.
pub(super) fn candidates(bytes: &[u8], from: usize, policy: &Policy) -> Vec<Candidate> {
    let view = View::new(bytes);
    let mut search =
        Search { view: &view, policy, found: Vec::new(), address: 0, free: [from; PATTERN + 1] };
    let has_url = policy.is_on(Category::Url);
    let table = table();
    // A word before `from` may announce a value after it.
    let mut at = from.saturating_sub(ANNOUNCED);
    let mut space = at;
    // Whether the byte before is one of a word or an address.
    let mut was_word = false;
    while let Some(byte) = bytes.get(at) {
        let class = class_of(*byte);
        match class {
            Class::Letter | Class::Digit => {
                let end = at + run(bytes, at, class);
                if !was_word && at >= from {
                    for pattern in policy.patterns() {
                        search.add(PATTERN, pattern.find(bytes, at));
                    }
                }
                if class == Class::Digit && at >= from {
                    let is_glued = is_word(byte_at(bytes, at.wrapping_sub(1)));
                    search.number(at, end, is_glued);
                } else if class == Class::Letter
                    && (may_open(table, bytes, at)
                        || (byte_at(bytes, end) != b' ' || at != space + 1)
                            && secret::is_part(bytes, at, end)
                            && may_be_key(table, bytes, at))
                {
                    search.ask(SECRET, at);
                    if is_address(bytes, at, end) {
                        search.address = end + ANNOUNCED;
                    }
                }
                was_word = true;
                at = end;
                continue;
            }
            Class::Space => {
                if at - space > secret::MIN_WALLET {
                    search.long_word(space, at);
                }
                space = at;
            }
            Class::Sign if at >= from => match byte {
                b'@' => {
                    search.ask(EMAIL, at);
                    search.ask(USERINFO, at);
                }
                b':' => search.ask(COLON, at),
                b'-' if byte_at(bytes, at + 3) == b'-' => search.ask(HYPHEN, at),
                b'<' if was_word && byte_at(bytes, at + 1) == b'<' => search.ask(MRZ, at),
                b'.' if has_url => search.ask(URL, at),
                _ => {}
            },
            Class::Sign | Class::Other => {}
        }
        was_word = *byte == b'@';
        at += 1;
    }
    if at - space > secret::MIN_WALLET {
        search.long_word(space, at);
    }
    search.found
}

struct Search<'a> {
    view: &'a View<'a>,
    policy: &'a Policy,
    found: Vec<Candidate>,
    /// How far the last word for address reaches.
    address: usize,
    /// Candidates of one detector never overlap: the next one starts where the last one ended.
    free: [usize; PATTERN + 1],
}

impl Search<'_> {
    fn ask(&mut self, detector: usize, at: usize) {
        let (Some(find), Some(free)) = (DETECTORS.get(detector), self.free.get_mut(detector))
        else {
            return;
        };
        let candidate = find(self.view, at, *free);
        self.add(detector, candidate);
    }

    /// Asks for what may begin with the digits `at..end`; `is_glued` when a letter stands right
    /// before them.
    fn number(&mut self, at: usize, end: usize, is_glued: bool) {
        self.ask(IBAN, at);
        if is_glued {
            self.ask(IDENT, at);
            return;
        }
        let length = end - at;
        let (before, next) = (byte_at(self.view, at.wrapping_sub(1)), byte_at(self.view, end));
        // In the middle of a row of numbers only some begin.
        let is_in_row = is_in_row(self.view, at);
        if length >= 4 || length == 1 && !is_in_row {
            self.ask(CARD, at);
        }
        self.ask(PHONE, at);
        if !is_in_row {
            self.ask(IDENT, at);
            if length <= 4 && at < self.address {
                self.ask(ADDRESS, at);
            }
        }
        if matches!(length, 1 | 2 | 4 | 8) && !matches!(before, b'.' | b'/' | b'-') {
            self.ask(DATE, at);
        }
        if length <= 3 && next == b'.' {
            self.ask(IP4, at);
            self.ask(POSITION, at);
        }
    }

    /// Asks for the wallets and the long tokens between two spaces.
    fn long_word(&mut self, from: usize, to: usize) {
        for (detector, least) in [(WALLET, secret::MIN_WALLET), (MIXED, secret::MIN_MIXED)] {
            let is_part = |byte: &u8| {
                byte.is_ascii_alphanumeric() || detector == MIXED && secret::is_token(*byte)
            };
            let word = self.view.get(from..to).unwrap_or_default();
            let mut start = from;
            for part in word.split(|byte| !is_part(byte)) {
                if part.len() >= least {
                    self.ask(detector, start);
                }
                start += part.len() + 1;
            }
        }
    }

    fn add(&mut self, detector: usize, candidate: Option<Candidate>) {
        if let Some(candidate) = candidate
            && let Some(free) = self.free.get_mut(detector)
            && candidate.start >= *free
            && self.policy.is_on(candidate.category)
        {
            *free = candidate.end;
            insert(&mut self.found, candidate);
        }
    }
}

/// Reads around the anchor `at` (an `@`, the first digit of a number) for a candidate that starts
/// at `from` or later. It looks at most [`REACH`] folded bytes to either side.
type Detector = fn(view: &View<'_>, at: usize, from: usize) -> Option<Candidate>;

static DETECTORS: [Detector; PATTERN] = [
    iban::find,
    card::find,
    phone::find,
    ident::find,
    place::find_date,
    net::find_ip4,
    place::find_position,
    place::find_address,
    email::find,
    secret::find_userinfo,
    secret::find,
    secret::find_mixed,
    secret::find_wallet,
    net::find_colon,
    net::find_hyphen,
    place::find_mrz,
    net::find_url,
];

const IBAN: usize = 0;
const CARD: usize = 1;
const PHONE: usize = 2;
const IDENT: usize = 3;
const DATE: usize = 4;
const IP4: usize = 5;
const POSITION: usize = 6;
const ADDRESS: usize = 7;
const EMAIL: usize = 8;
const USERINFO: usize = 9;
const SECRET: usize = 10;
const MIXED: usize = 11;
const WALLET: usize = 12;
const COLON: usize = 13;
const HYPHEN: usize = 14;
const MRZ: usize = 15;
const URL: usize = 16;
/// A site's own patterns.
const PATTERN: usize = 17;

/// How far a candidate and the words beside it may reach from its anchor, in folded bytes. Each
/// detector keeps its own, smaller limits; the longest is the PEM block's.
pub(super) const REACH: usize = secret::MAX_BLOCK + 100;

/// How far before a value the word that announces it may start.
const ANNOUNCED: usize = 80;

/// Whether the text is nothing but `bytes[start..end]`: then it answers a question.
pub(super) fn is_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_empty =
        |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| !bytes.iter().any(|byte| is_word(*byte)));
    bytes.len() <= end - start + MAX_AROUND
        && is_empty(bytes.get(..start))
        && is_empty(bytes.get(end..))
}

/// Quotes, spaces and a full stop around a value that stands alone.
const MAX_AROUND: usize = 8;

/// What a byte of the folded view may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Sign,
    Other,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => Class::Digit,
            b'A'..=b'Z' | b'a'..=b'z' | LETTER => Class::Letter,
            b' ' | b'\n' | b'\t' | b'\r' | BREAK => Class::Space,
            b'@' | b':' | b'-' | b'<' | b'.' => Class::Sign,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Characters between two groups of one number, at most.
pub(super) const MAX_SEPARATORS: usize = 3;

/// What may stand between two groups of one number.
pub(super) fn is_joint(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'_' | b'+' | b'\n' | b'(' | b')')
}

/// Whether a group of digits stands before `at`, on the same line.
pub(super) fn is_in_row(bytes: &[u8], at: usize) -> bool {
    let mut place = at;
    let before = |place: usize| byte_at(bytes, place.wrapping_sub(1));
    while at - place < MAX_SEPARATORS && before(place) != b'\n' && is_joint(before(place)) {
        place -= 1;
    }
    if before(at) == b':' {
        place = at - 1;
    }
    if place == at || !before(place).is_ascii_digit() {
        return false;
    }
    // `IMEI1 350…`, `AHVN13 756…`: digits that end a word are none of the row.
    let is_part = |place: usize| before(place).is_ascii_digit();
    while at - place < 8 && is_part(place) {
        place -= 1;
    }
    !(1..=3).all(|back| is_letter(byte_at(bytes, place.wrapping_sub(back))))
}

fn class_of(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// How many bytes of `class` follow each other from `at` on.
fn run(bytes: &[u8], at: usize, class: Class) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().position(|byte| class_of(*byte) != class).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::super::fold::LOOKS;
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        detect(text, &Policy::chat())
            .iter()
            .map(|finding| &text[finding.start..finding.end])
            .collect()
    }

    #[test]
    fn different_values_side_by_side_are_all_found() {
        assert_eq!(
            found("jane@example.com,+49 30 1234567;4111 1111 1111 1111/DE89370400440532013000"),
            ["jane@example.com", "+49 30 1234567", "4111 1111 1111 1111", "DE89370400440532013000"]
        );
    }

    /// Ten times the text costs ten times the looks, and never many for one byte.
    #[test]
    fn the_work_is_linear() {
        let looks = |piece: &str, size: usize| {
            let text = piece.repeat(size / piece.len());
            LOOKS.set(0);
            let _ = detect(&text, &Policy::chat());
            LOOKS.get()
        };
        for piece in [
            "1",
            "a",
            "@",
            " ",
            "1 ",
            "a@",
            "a@b.",
            "a@b.cd",
            "+1",
            "+",
            "(1",
            "((",
            "(1)",
            "4111 ",
            "4111111111111111 ",
            "1-",
            "12 34 56 ",
            "DE89 ",
            "DE893704",
            "[",
            "[EMAIL_1]",
            "[=",
            "\u{200b}1",
            "é1",
            "(at)",
            "( at",
            "%40",
            "x1",
            "1.",
            "call 1234567 ",
            "qq qq qq qq qq qq 1234567 ",
            "my number 12345678 ",
            "1.1.1.1",
            "123-456-7890 ",
            "1234567x1",
            "\"@",
            "\" \"@b.cd",
            "a.a@a.a.",
            "-",
            "1/2/2024 ",
            "+1 (415) 555-0132 x1 ",
        ] {
            let (small, large) = (looks(piece, 10_000), looks(piece, 100_000));
            assert!(large <= small * 11 + 1_000, "{piece}: {small}, {large}");
            assert!(large <= 100_000 * 160, "{piece}: {large}");
        }
    }
}
