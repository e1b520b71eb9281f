//! What happens when a provider fails before its first word: the same one again, the next one, or
//! an end. It is plain; [`chain`](super::chain) waits and calls.
//!
//! | failure | again | the next one |
//! |---|---|---|
//! | no connection, a stream that ends before its first word | once | yes |
//! | 408, 409, 429, 5xx and 529; an error within the stream that stands for one of them, or for none | once, unless it asks for too long a wait | yes |
//! | a time-out | once, if it is the last | yes |
//! | money or quota used up | no | yes |
//! | an end without a word | no | yes |
//! | a blocked prompt | no | no |
//! | any other status | no | no |
//!
//! `x-should-retry` decides about the same one again, whatever the status, except where money is used
//! up or the prompt is blocked.

use super::failure::{Failure, ProviderError, Why};

/// How often the same provider is asked again.
const RETRIES: u8 = 1;

/// How long to wait before that unless the provider says, in milliseconds.
const WAIT_MS: u64 = 500;

/// The longest wait that a provider may ask for while another one could answer, in milliseconds.
const PATIENCE_MS: u64 = 2_000;

/// Likewise where there is no other.
const PATIENCE_WITH_LAST_MS: u64 = 5_000;

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the same provider again after a while.
    Again {
        /// How long, in milliseconds.
        after_ms: u64,
    },
    /// Ask the next one.
    Next,
    /// Give up.
    Stop,
}

/// How far the list has come.
#[derive(Clone, Copy, Debug)]
pub struct Failover {
    count: usize,
    at: usize,
    retries: u8,
    jitter_ms: u64,
}

impl Failover {
    /// Begins with the first of so many. The jitter is added to waits of our own, so that the
    /// visitors whom one failure met do not come back together.
    #[must_use]
    pub const fn new(count: usize, jitter_ms: u64) -> Self {
        Self { count, at: 0, retries: 0, jitter_ms }
    }

    /// Which one is asked.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What to do after the one that is asked has failed before its first word.
    pub fn failed(&mut self, error: &ProviderError) -> Step {
        let is_last = self.at + 1 >= self.count;
        let advice = match error {
            ProviderError::Failed(failure) => failure.advice,
            ProviderError::Unreachable
            | ProviderError::Timeout
            | ProviderError::Cut
            | ProviderError::Silent => super::failure::Advice::default(),
        };
        let passes = passes(error);
        let again = match error {
            // It kept the visitor waiting once.
            ProviderError::Timeout => is_last,
            ProviderError::Silent
            | ProviderError::Failed(Failure { why: Why::Blocked | Why::Spent, .. }) => false,
            ProviderError::Failed(_) | ProviderError::Unreachable | ProviderError::Cut => {
                advice.should_retry.unwrap_or(passes)
            }
        };
        let after_ms = advice.wait_ms.unwrap_or(WAIT_MS + self.jitter_ms);
        let patience = if is_last { PATIENCE_WITH_LAST_MS } else { PATIENCE_MS };
        if again && self.retries < RETRIES && after_ms <= patience {
            self.retries += 1;
            return Step::Again { after_ms };
        }
        if passes && !is_last {
            self.at += 1;
            self.retries = 0;
            return Step::Next;
        }
        Step::Stop
    }

    /// Passes over whatever stands between the one that failed and the last one: there is no time
    /// left to try. The last one itself is still asked.
    pub const fn skip_to_last(&mut self, failed: usize) -> Step {
        if failed + 1 >= self.count {
            return Step::Stop;
        }
        self.at = self.count - 1;
        self.retries = 0;
        Step::Next
    }
}

/// Whether a provider that failed works nevertheless: a circuit breaker counts the others. One that
/// has nothing to say may have been asked to say nothing.
#[must_use]
pub const fn works(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Silent) || !passes(error)
}

/// Whether another provider may do better.
const fn passes(error: &ProviderError) -> bool {
    match error {
        ProviderError::Unreachable
        | ProviderError::Timeout
        | ProviderError::Cut
        | ProviderError::Silent => true,
        ProviderError::Failed(Failure { why: Why::Spent, .. }) => true,
        ProviderError::Failed(Failure { why: Why::Blocked, .. }) => false,
        // 200 is an error within the stream that says nothing about itself.
        ProviderError::Failed(Failure { why: Why::Other, status, .. }) => {
            matches!(status, 200 | 408 | 409 | 429 | 500..=599)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::failure::Advice;

    const WAIT: Step = Step::Again { after_ms: WAIT_MS + 7 };

    fn failed(status: u16, why: Why, advice: Advice) -> ProviderError {
        ProviderError::Failed(Failure { status, why, advice })
    }

    fn status(status: u16) -> ProviderError {
        failed(status, Why::Other, Advice::default())
    }

    /// What follows one failure after the other, until it stops.
    fn steps(count: usize, errors: &[ProviderError]) -> Vec<Step> {
        let mut failover = Failover::new(count, 7);
        errors.iter().map(|error| failover.failed(error)).collect()
    }

    #[test]
    fn what_may_pass_is_tried_again_and_then_elsewhere() {
        for error in [ProviderError::Unreachable, ProviderError::Cut]
            .into_iter()
            .chain([200, 408, 409, 429, 500, 502, 503, 504, 529].map(status))
        {
            assert_eq!(steps(2, &[error; 4]), [WAIT, Step::Next, WAIT, Step::Stop], "{error:?}");
        }
    }

    #[test]
    fn a_time_out_is_tried_elsewhere_at_once() {
        let error = ProviderError::Timeout;
        assert_eq!(steps(3, &[error; 4]), [Step::Next, Step::Next, WAIT, Step::Stop]);
    }

    #[test]
    fn a_bad_request_and_a_blocked_prompt_end_it() {
        for code in [300, 307, 400, 401, 403, 404, 413, 422] {
            assert_eq!(steps(3, &[status(code)]), [Step::Stop], "{code}");
        }
        for code in [200, 400, 403, 500] {
            let blocked = failed(code, Why::Blocked, Advice::default());
            assert_eq!(steps(3, &[blocked]), [Step::Stop], "{code}");
        }
    }

    #[test]
    fn a_spend_limit_is_no_use_to_try_again_and_the_last_ones_ends_it() {
        let spent = failed(429, Why::Spent, Advice::default());
        assert_eq!(steps(2, &[spent, spent]), [Step::Next, Step::Stop]);
        let insisting = Advice { should_retry: Some(true), wait_ms: None };
        assert_eq!(steps(1, &[failed(402, Why::Spent, insisting)]), [Step::Stop]);
    }

    /// A visitor may have asked for nothing: that is no reason to leave the provider alone.
    #[test]
    fn silence_is_tried_elsewhere_at_once_and_held_against_nobody() {
        assert_eq!(steps(2, &[ProviderError::Silent; 2]), [Step::Next, Step::Stop]);
        assert!(works(&ProviderError::Silent) && works(&status(400)));
        assert!(!works(&ProviderError::Cut) && !works(&status(503)));
    }

    #[test]
    fn the_providers_advice_is_followed() {
        let advised = |code, should_retry, wait_ms| {
            failed(code, Why::Other, Advice { should_retry, wait_ms })
        };
        assert_eq!(steps(2, &[advised(503, Some(false), None)]), [Step::Next]);
        assert_eq!(steps(1, &[advised(503, Some(false), None)]), [Step::Stop]);
        let again = advised(400, Some(true), None);
        assert_eq!(steps(2, &[again, again]), [WAIT, Step::Stop]);
        let wait = |ms| Step::Again { after_ms: ms };
        assert_eq!(steps(2, &[advised(429, None, Some(40))]), [wait(40)]);
        assert_eq!(steps(2, &[advised(429, None, Some(2_001))]), [Step::Next]);
        assert_eq!(steps(1, &[advised(429, None, Some(2_001))]), [wait(2_001)]);
        assert_eq!(steps(1, &[advised(429, None, Some(5_001))]), [Step::Stop]);
    }

    #[test]
    fn without_time_the_last_one_is_asked() {
        let mut failover = Failover::new(3, 0);
        assert_eq!((failover.skip_to_last(0), failover.at()), (Step::Next, 2));
        assert_eq!((failover.skip_to_last(1), failover.at()), (Step::Next, 2));
        assert_eq!((failover.skip_to_last(2), failover.at()), (Step::Stop, 2));
    }
}
