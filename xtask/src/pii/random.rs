//! Pseudo-random choices that are the same in every run.

/// A linear congruential generator with the multiplier of Knuth's MMIX: good enough to vary
/// sentences and numbers.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to and without `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    /// One of `from`; the default of nothing.
    pub(super) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    /// So many decimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_repeat_and_spread() {
        let (mut one, mut other) = (Random::new(1), Random::new(1));
        assert_eq!(one.digits(50), other.digits(50));
        let mut seen = [0; 10];
        for _ in 0..10_000 {
            seen[one.below(10)] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(one.below(0), 0);
        assert_eq!(one.pick::<&str>(&[]), "");
    }
}
