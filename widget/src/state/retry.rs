//! When to try again after a lost connection.

/// Waits that double up to eight seconds, each shortened by chance so that the visitors of a
/// site that comes back do not all return at once. After [`Backoff::TRIES`] it gives up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// Tries without success: about half a minute.
    pub(crate) const TRIES: u32 = 7;

    const FIRST: u32 = 500;
    const LONGEST: u32 = 8_000;

    /// Milliseconds to wait before the next try; `None` to give up. `chance` is any number.
    pub(crate) fn next(&mut self, chance: u32) -> Option<u32> {
        if self.tries == Self::TRIES {
            return None;
        }
        let wait = (Self::FIRST << self.tries).min(Self::LONGEST);
        self.tries += 1;
        Some(wait - chance % (wait / 2))
    }

    /// The connection brought something: count from the beginning again.
    pub(crate) const fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(chance: u32) -> Vec<u32> {
        let mut backoff = Backoff::default();
        core::iter::from_fn(|| backoff.next(chance)).collect()
    }

    #[test]
    fn waits_double_and_end() {
        assert_eq!(waits(0), [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    }

    #[test]
    fn chance_shortens_a_wait_by_less_than_half() {
        for chance in [1, 250, 249, 3_999, u32::MAX] {
            for (wait, longest) in waits(chance).into_iter().zip(waits(0)) {
                assert!(wait <= longest && wait > longest / 2);
            }
        }
    }

    #[test]
    fn success_begins_anew() {
        let mut backoff = Backoff { tries: Backoff::TRIES };
        assert_eq!(backoff.next(0), None);
        backoff.reset();
        assert_eq!(backoff.next(0), Some(500));
    }
}
