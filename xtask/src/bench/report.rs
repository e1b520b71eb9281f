//! What was measured: a line of JSON each, and a table for docs/measured.md.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::client::Took;
use super::load::Made;

/// Everything that was measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) chats: Vec<Chat>,
    pub(super) calls: Vec<Calls>,
}

/// Chats, through Sotto and past it.
#[derive(Debug, Serialize)]
pub(super) struct Chat {
    concurrency: usize,
    /// The difference of the two medians.
    added_first_token_ms_p50: f64,
    turns_per_s: f64,
    turns: usize,
    first_token_ms_p50: f64,
    first_token_ms_p95: f64,
    turn_ms_p50: f64,
    turn_ms_p95: f64,
    pass_through_turns: usize,
    pass_through_turns_per_s: f64,
    pass_through_first_token_ms_p50: f64,
    pass_through_first_token_ms_p95: f64,
    /// Sotto's time to the first token, in that of the other.
    first_token_ratio: f64,
    /// The same for the Worker that stores and separates, and does nothing else.
    least_turns: usize,
    least_turns_per_s: f64,
    least_first_token_ms_p50: f64,
    least_first_token_ms_p95: f64,
    least_added_first_token_ms_p50: f64,
}

/// Calls of one kind.
#[derive(Debug, Serialize)]
pub(super) struct Calls {
    call: &'static str,
    concurrency: usize,
    count: usize,
    per_s: f64,
    ms_p50: f64,
    ms_p95: f64,
}

impl Chat {
    pub(super) fn new(
        concurrency: usize,
        own: &Made<Took>,
        passed: &Made<Took>,
        least: &Made<Took>,
    ) -> Self {
        let first = |made: &Made<Took>| sorted(made.took.iter().map(|took| took.first));
        let (own_first, passed_first) = (first(own), first(passed));
        let least_first = first(least);
        let least_p50 = share(&least_first, 0.5);
        let whole = sorted(own.took.iter().map(|took| took.whole));
        let (own_p50, passed_p50) = (share(&own_first, 0.5), share(&passed_first, 0.5));
        Self {
            concurrency,
            added_first_token_ms_p50: rounded(own_p50 - passed_p50),
            turns_per_s: per_second(own),
            turns: own.took.len(),
            first_token_ms_p50: rounded(own_p50),
            first_token_ms_p95: rounded(share(&own_first, 0.95)),
            turn_ms_p50: rounded(share(&whole, 0.5)),
            turn_ms_p95: rounded(share(&whole, 0.95)),
            pass_through_turns: passed.took.len(),
            pass_through_turns_per_s: per_second(passed),
            pass_through_first_token_ms_p50: rounded(passed_p50),
            pass_through_first_token_ms_p95: rounded(share(&passed_first, 0.95)),
            first_token_ratio: rounded(own_p50 / passed_p50),
            least_turns: least.took.len(),
            least_turns_per_s: per_second(least),
            least_first_token_ms_p50: rounded(least_p50),
            least_first_token_ms_p95: rounded(share(&least_first, 0.95)),
            least_added_first_token_ms_p50: rounded(least_p50 - passed_p50),
        }
    }
}

impl Calls {
    pub(super) fn new(call: &'static str, concurrency: usize, made: &Made<Duration>) -> Self {
        let times = sorted(made.took.iter().copied());
        Self {
            call,
            concurrency,
            count: times.len(),
            per_s: per_second(made),
            ms_p50: rounded(share(&times, 0.5)),
            ms_p95: rounded(share(&times, 0.95)),
        }
    }
}

impl Report {
    /// A line of JSON for each figure.
    ///
    /// # Errors
    /// Never: numbers can be written.
    pub(super) fn lines(&self) -> Result<Vec<String>> {
        let chats = self.chats.iter().map(serde_json::to_string);
        let calls = self.calls.iter().map(serde_json::to_string);
        Ok(chats.chain(calls).collect::<Result<_, _>>()?)
    }

    /// The tables for docs/measured.md.
    pub(super) fn table(&self) -> String {
        let mut table = String::from(
            "| at a time | asked | first token, p50 (p95) | added | turns/s |\n|---|---|---|---|---|\n",
        );
        for chat in &self.chats {
            let rows = [
                (
                    "the provider, bytes passed on",
                    chat.pass_through_first_token_ms_p50,
                    chat.pass_through_first_token_ms_p95,
                    None,
                    chat.pass_through_turns_per_s,
                ),
                (
                    "objects and storage alone, in JavaScript",
                    chat.least_first_token_ms_p50,
                    chat.least_first_token_ms_p95,
                    Some(chat.least_added_first_token_ms_p50),
                    chat.least_turns_per_s,
                ),
                (
                    "Sotto",
                    chat.first_token_ms_p50,
                    chat.first_token_ms_p95,
                    Some(chat.added_first_token_ms_p50),
                    chat.turns_per_s,
                ),
            ];
            for (asked, p50, p95, added, turns) in rows {
                let added = added.map_or(String::new(), |added| format!("{added} ms"));
                let _ = writeln!(
                    table,
                    "| {} | {asked} | {p50} ms ({p95} ms) | {added} | {turns} |",
                    chat.concurrency
                );
            }
        }
        table.push_str("\n| call | at a time | p50 (p95) | calls/s |\n|---|---|---|---|\n");
        for calls in &self.calls {
            let Calls { call, concurrency, per_s, ms_p50, ms_p95, .. } = calls;
            let _ =
                writeln!(table, "| {call} | {concurrency} | {ms_p50} ms ({ms_p95} ms) | {per_s} |");
        }
        table
    }
}

fn per_second<T>(made: &Made<T>) -> f64 {
    rounded(made.took.len() as f64 / made.time.as_secs_f64())
}

/// Milliseconds, shortest first.
pub(super) fn sorted(times: impl Iterator<Item = Duration>) -> Vec<f64> {
    let mut times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// What this share of the values does not exceed (the nearest rank); not a number where there are
/// none.
pub(super) fn share(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(milliseconds: &[u64]) -> Made<Took> {
        let took = milliseconds.iter().map(|ms| Took {
            first: Duration::from_millis(*ms),
            whole: Duration::from_millis(2 * ms),
        });
        Made { took: took.collect(), time: Duration::from_secs(2) }
    }

    #[test]
    fn shares_are_nearest_ranks() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!((share(&values, 0.5), share(&values, 0.95)), (10.0, 19.0));
        assert_eq!((share(&[7.0], 0.5), share(&[7.0], 0.95)), (7.0, 7.0));
        assert!(share(&[], 0.5).is_nan());
    }

    #[test]
    fn what_is_added_is_the_difference_of_the_medians() {
        let chat = Chat::new(16, &made(&[5, 9, 4]), &made(&[2, 1, 3, 9]), &made(&[3]));
        let line = serde_json::to_string(&chat).unwrap();
        assert!(
            line.starts_with(
                r#"{"concurrency":16,"added_first_token_ms_p50":3.0,"turns_per_s":1.5,"turns":3,"#
            ),
            "{line}"
        );
        assert!(line.contains(r#","first_token_ratio":2.5,"#), "{line}");
        assert!(line.ends_with(r#","least_added_first_token_ms_p50":1.0}"#), "{line}");
        assert_eq!((chat.turn_ms_p50, chat.pass_through_turns_per_s), (10.0, 2.0));
    }
}
