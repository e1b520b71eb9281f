//! A circuit breaker: a provider that keeps failing is left alone for a while, then asked once, and
//! used again when it answers. There is one for each provider and workspace.

pub use sotto_shared::wire::provider::BreakerState;

/// So many failures in a row open it.
const FAILURES: u32 = 5;

/// Failures further apart than this are not in a row, in milliseconds.
const ROW_MS: u64 = 120_000;

/// How long it is open at first, in milliseconds; each failed probe doubles it.
const OPEN_MS: u64 = 30_000;

/// How long it is open at most, in milliseconds.
const LONGEST_MS: u64 = 600_000;

/// A probe that nobody tells of is over after this, in milliseconds: longer than any reply takes.
const PROBE_MS: u64 = 370_000;

/// What is remembered of a provider. Nothing is where it works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// Failures in a row.
    pub failures: u32,
    /// When the last of them was, Unix milliseconds.
    pub failed_at: u64,
    /// How often it has opened since the provider last worked; 0 is closed.
    pub trips: u32,
    /// Until when it is open, Unix milliseconds.
    pub open_until: u64,
    /// Until when a probe may be under way, Unix milliseconds.
    pub probe_until: u64,
}

impl Breaker {
    /// Whether the provider is asked.
    #[must_use]
    pub const fn state(&self, now: u64) -> BreakerState {
        if self.trips == 0 {
            BreakerState::Closed
        } else if now < self.open_until || now < self.probe_until {
            BreakerState::Open
        } else {
            BreakerState::HalfOpen
        }
    }

    /// A probe is sent; nobody else asks until it is back.
    pub const fn probe(&mut self, now: u64) {
        self.probe_until = now.saturating_add(PROBE_MS);
    }

    /// Nobody came to know what the probe would have shown: another one may be sent.
    pub const fn release(&mut self) {
        self.probe_until = 0;
    }

    /// The provider works.
    pub fn works(&mut self) {
        *self = Self::default();
    }

    /// The provider has failed.
    pub fn fails(&mut self, now: u64) {
        let in_row = now.saturating_sub(self.failed_at) <= ROW_MS;
        self.failures = if in_row { self.failures.saturating_add(1) } else { 1 };
        self.failed_at = now;
        match self.state(now) {
            BreakerState::Closed if self.failures < FAILURES => return,
            // Replies that began before it opened say nothing new.
            BreakerState::Open if now >= self.probe_until => return,
            BreakerState::Closed | BreakerState::Open | BreakerState::HalfOpen => {}
        }
        self.trips = self.trips.saturating_add(1);
        let doubled = OPEN_MS << (self.trips - 1).min(16);
        self.open_until = now.saturating_add(doubled.min(LONGEST_MS));
        self.probe_until = 0;
    }

    /// Whether there is nothing left to remember: it is closed, and its failures are in no row any
    /// more; or nobody has asked the provider for so long that it begins anew.
    #[must_use]
    pub const fn is_settled(&self, now: u64) -> bool {
        let since = if self.trips == 0 { self.failed_at } else { self.open_until };
        let span = if self.trips == 0 { ROW_MS } else { LONGEST_MS };
        now.saturating_sub(since) > span && now >= self.probe_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000_000;

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for n in 0..u64::from(FAILURES) {
            assert_eq!(breaker.state(NOW + n), BreakerState::Closed);
            breaker.fails(NOW + n);
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_others_do_not() {
        assert_eq!(opened().state(NOW + 10), BreakerState::Open);
        let mut rare = Breaker::default();
        for n in 0..20 {
            rare.fails(NOW + n * (ROW_MS + 1));
        }
        assert_eq!(rare.state(NOW + 20 * ROW_MS), BreakerState::Closed);
        let mut mixed = Breaker::default();
        for _ in 0..20 {
            mixed.fails(NOW);
            mixed.fails(NOW);
            mixed.works();
        }
        assert_eq!(mixed, Breaker::default());
    }

    #[test]
    fn one_probe_decides() {
        let mut breaker = opened();
        let later = breaker.open_until;
        assert_eq!(breaker.state(later - 1), BreakerState::Open);
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        breaker.probe(later);
        assert_eq!(breaker.state(later + 1), BreakerState::Open, "one asks, the others wait");
        let mut recovered = breaker;
        recovered.works();
        assert_eq!(recovered.state(later + 2), BreakerState::Closed);
        breaker.fails(later + 2);
        assert_eq!(breaker.state(later + 2 + 2 * OPEN_MS - 1), BreakerState::Open);
        assert_eq!(breaker.state(later + 2 + 2 * OPEN_MS), BreakerState::HalfOpen);
    }

    #[test]
    fn a_probe_that_never_comes_back_is_sent_again() {
        let mut breaker = opened();
        let later = breaker.open_until;
        breaker.probe(later);
        assert_eq!(breaker.state(later + PROBE_MS), BreakerState::HalfOpen);
    }

    #[test]
    fn a_probe_that_showed_nothing_is_sent_again_at_once() {
        let mut breaker = opened();
        let later = breaker.open_until;
        breaker.probe(later);
        breaker.release();
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        assert_eq!(breaker.state(later - 1), BreakerState::Open);
    }

    #[test]
    fn what_began_before_it_opened_does_not_keep_it_open() {
        let mut breaker = opened();
        let before = breaker;
        breaker.fails(NOW + 10);
        assert_eq!((breaker.trips, breaker.open_until), (before.trips, before.open_until));
    }

    #[test]
    fn it_is_never_open_for_long() {
        let mut breaker = opened();
        for _ in 0..100 {
            let later = breaker.open_until;
            breaker.fails(later);
            assert!(breaker.open_until - later <= LONGEST_MS);
        }
    }

    #[test]
    fn what_has_passed_is_forgotten() {
        let mut breaker = Breaker::default();
        breaker.fails(NOW);
        assert!(!breaker.is_settled(NOW + ROW_MS));
        assert!(breaker.is_settled(NOW + ROW_MS + 1));
        let breaker = opened();
        assert!(!breaker.is_settled(breaker.open_until + LONGEST_MS));
        assert!(breaker.is_settled(breaker.open_until + LONGEST_MS + 1));
        let mut probed = breaker;
        probed.probe(breaker.open_until + LONGEST_MS);
        assert!(!probed.is_settled(breaker.open_until + LONGEST_MS + 1));
    }
}
