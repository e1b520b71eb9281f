//! What remains of candidates that overlap: the longest, then the more certain, then the earlier.

use super::detect::Candidate;

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
/// earlier, and whatever does not overlap those.
pub(super) fn settle(cluster: &[Candidate], found: &mut Vec<Candidate>) {
    let first_of_cluster = found.len();
    loop {
        let taken = found.get(first_of_cluster..).unwrap_or_default();
        let mut best: Option<&Candidate> = None;
        for candidate in cluster {
            let is_free = !taken.iter().any(|taken| taken.overlaps(candidate));
            if is_free && best.is_none_or(|best| candidate.beats(best)) {
                best = Some(candidate);
            }
        }
        let Some(best) = best else { break };
        insert(found, *best);
    }
}

/// Inserts in the order of the starts.
pub(super) fn insert(found: &mut Vec<Candidate>, finding: Candidate) {
    let place = found.iter().rposition(|earlier| earlier.start <= finding.start);
    found.insert(place.map_or(0, |place| place + 1), finding);
}

impl Candidate {
    fn beats(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.end - self.start, other.end - other.start);
        // Both are met in the order of their starts, so a tie leaves the earlier one in place.
        mine > theirs || (mine == theirs && self.certainty > other.certainty)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Category, Certainty, Reason};
    use super::*;

    fn candidate(start: usize, end: usize, certainty: Certainty) -> Candidate {
        Candidate { start, end, category: Category::Phone, certainty, reason: Reason::Cue }
    }

    fn settled(candidates: &[Candidate]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for cluster in Clusters::new(candidates) {
            settle(cluster, &mut found);
        }
        found.iter().map(|finding| (finding.start, finding.end)).collect()
    }

    #[test]
    fn the_longest_wins_then_the_surer_then_the_earlier() {
        use Certainty::{Certain, Cued};
        assert_eq!(settled(&[candidate(0, 5, Certain), candidate(3, 10, Cued)]), [(3, 10)]);
        assert_eq!(settled(&[candidate(0, 5, Cued), candidate(3, 8, Certain)]), [(3, 8)]);
        assert_eq!(settled(&[candidate(0, 5, Cued), candidate(3, 8, Cued)]), [(0, 5)]);
        assert_eq!(settled(&[candidate(0, 5, Cued), candidate(5, 8, Cued)]), [(0, 5), (5, 8)]);
        // What the winner does not overlap stays.
        let chain = [candidate(0, 4, Cued), candidate(3, 9, Cued), candidate(8, 10, Cued)];
        assert_eq!(settled(&chain), [(3, 9)]);
        let chain = [candidate(0, 4, Cued), candidate(3, 6, Cued), candidate(5, 10, Cued)];
        assert_eq!(settled(&chain), [(0, 4), (5, 10)]);
    }

    #[test]
    fn an_endless_chain_is_settled_in_pieces() {
        let chain: Vec<_> =
            (0..300).map(|n| candidate(n * 10, n * 10 + 11, Certainty::Cued)).collect();
        let found = settled(&chain);
        assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        assert!(found.len() > 100);
    }
}
