//! From text to findings: folds, asks the detectors, settles overlaps.

use super::fold::{Folded, fold};
use super::policy::Policy;
use super::{Category, card, email, iban, phone};
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
    if !worth_reading(text) {
        return Vec::new();
    }
    let folded = fold(text);
    let mut found = Vec::new();
    let candidates = candidates(folded.bytes(), 0, policy);
    for cluster in Clusters::new(&candidates) {
        settle(cluster, &folded, policy, text, &mut found);
    }
    found
}

/// A candidate, in positions of the folded view.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) category: Category,
    pub(super) certainty: Certainty,
    pub(super) reason: Reason,
}

impl Candidate {
    fn beats(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.end - self.start, other.end - other.start);
        // Both are met in the order of their starts, so a tie leaves the earlier one in place.
        mine > theirs || (mine == theirs && self.certainty > other.certainty)
    }
}

/// Candidates that overlap in a chain are settled together as long as the chain is no longer than
/// this many folded bytes; what overlaps a longer one is dropped. It bounds what a stream holds.
pub(super) const MAX_CLUSTER: usize = 512;

/// Groups of overlapping candidates, in order; groups do not overlap each other.
pub(super) struct Clusters<'a> {
    rest: &'a [Candidate],
    floor: usize,
}

impl<'a> Clusters<'a> {
    /// `candidates` are in the order of their starts.
    pub(super) fn new(candidates: &'a [Candidate]) -> Self {
        Self { rest: candidates, floor: 0 }
    }
}

impl<'a> Iterator for Clusters<'a> {
    type Item = &'a [Candidate];

    fn next(&mut self) -> Option<Self::Item> {
        while let [first, rest @ ..] = self.rest
            && first.start < self.floor
        {
            self.rest = rest;
        }
        let first = self.rest.first()?;
        let mut end = first.end;
        let count = 1 + self
            .rest
            .iter()
            .skip(1)
            .take_while(|next| {
                let joins = next.start < end && next.end - first.start <= MAX_CLUSTER;
                end = end.max(if joins { next.end } else { end });
                joins
            })
            .count();
        self.floor = end;
        let (cluster, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(cluster)
    }
}

/// Adds to `found` what remains of a cluster: the longest, then the more certain, then the
/// earlier, and whatever does not overlap those; without the values that the site has exempted.
pub(super) fn settle(
    cluster: &[Candidate],
    folded: &Folded<'_>,
    policy: &Policy,
    text: &str,
    found: &mut Vec<Finding>,
) {
    let first_of_cluster = found.len();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    loop {
        let mut best: Option<&Candidate> = None;
        for candidate in cluster {
            let is_free = taken.iter().all(|(start, end)| candidate.end <= *start || *end <= candidate.start);
            if is_free && best.is_none_or(|best| candidate.beats(best)) {
                best = Some(candidate);
            }
        }
        let Some(best) = best else { break };
        taken.push((best.start, best.end));
        let (start, end) = folded.range(best.start, best.end);
        let value = text.get(start..end).unwrap_or_default();
        if !policy.is_exempt(best.category, value) {
            let place = found
                .iter()
                .skip(first_of_cluster)
                .position(|earlier| earlier.start > start)
                .map_or(found.len(), |place| first_of_cluster + place);
            let Candidate { category, certainty, reason, .. } = *best;
            found.insert(place, Finding { start, end, category, certainty, reason });
        }
    }
}

/// Every candidate that starts at `from` or later, in the order of their starts. What lies before
/// `from` is context only.
pub(super) fn candidates(bytes: &[u8], from: usize, policy: &Policy) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    // Candidates of one category never overlap: the next one starts where the last one ended.
    let mut free = [from; 4];
    let mut was_digit = false;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        let is_digit = byte.is_ascii_digit();
        let detectors: &[(Category, Detector)] = if *byte == b'@' {
            &[(Category::Email, email::find)]
        } else if is_digit && !was_digit {
            &[(Category::Iban, iban::find), (Category::Card, card::find), (Category::Phone, phone::find)]
        } else {
            &[]
        };
        was_digit = is_digit;
        for (category, find) in detectors {
            let Some(free) = free.get_mut(*category as usize) else { continue };
            if !policy.is_on(*category) {
                continue;
            }
            if let Some(candidate) = find(bytes, at, *free) {
                *free = candidate.end;
                let place = found.iter().rposition(|earlier| earlier.start <= candidate.start);
                found.insert(place.map_or(0, |place| place + 1), candidate);
            }
        }
    }
    found
}

/// Reads around the anchor `at` (an `@`, the first digit of a number) for a candidate that starts
/// at `from` or later. It looks at most [`REACH`] folded bytes to either side.
type Detector = fn(bytes: &[u8], at: usize, from: usize) -> Option<Candidate>;

/// How far a candidate and the words beside it may reach from its anchor, in folded bytes. Each
/// detector keeps its own, smaller limits; the longest is the e-mail address'.
pub(super) const REACH: usize = 400;

/// Whether `text` can contain anything at all, told without folding it: an `@` or its spelling,
/// or six digits. Most sentences have neither.
pub(super) fn worth_reading(text: &str) -> bool {
    let mut digits = 0;
    let mut last = 0;
    for byte in text.bytes() {
        match byte {
            b'4' if last == b'%' => return true,
            b'0'..=b'9' => digits += 1,
            b'@' => return true,
            b'a' | b'A' | b' ' if matches!(last, b'(' | b'[' | b'{') => return true,
            // First bytes of the characters that fold to a digit or an @ (see `fold`).
            0xEF => return true,
            0xD9..=0xE1 | 0xEA | 0xF0 => digits += 1,
            _ => {}
        }
        if digits >= 6 {
            return true;
        }
        last = byte;
    }
    false
}
