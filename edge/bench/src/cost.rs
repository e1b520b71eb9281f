//! What the guard costs natively, or anything that can do its work.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::work::Work;

/// How long each is measured; the best run of it counts, since others share the machine.
const MEASURED: Duration = Duration::from_secs(1);

/// Prints a line for each task: what it takes, and what it has to. Of the same kind of task the one
/// counts that takes longest.
pub(super) fn run() -> Result<()> {
    let work = Work::new();
    let mut figures: Vec<(&str, f64, Option<f64>)> = Vec::new();
    for (n, task) in (0..).map_while(|n| Some((n, work.task(n)?))) {
        let figure = best(|| work.run(n)) / task.times;
        match figures.last_mut().filter(|(what, ..)| *what == task.what) {
            Some((_, longest, _)) => *longest = longest.max(figure),
            None => figures.push((task.what, figure, task.limit)),
        }
    }
    for (what, figure, limit) in figures {
        let holds = limit.is_none_or(|limit| figure <= limit);
        let line = json!({
            "engine": "native", "what": what, "figure": figure, "unit": "ms", "limit": limit, "holds": holds,
        });
        println!("{line}");
    }
    Ok(())
}

/// Milliseconds of the best run.
fn best(work: impl Fn()) -> f64 {
    work();
    let begun = Instant::now();
    let mut best = f64::INFINITY;
    while begun.elapsed() < MEASURED {
        let begun = Instant::now();
        work();
        best = best.min(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    best
}
