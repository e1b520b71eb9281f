//! The scrubber natively, for `cargo xtask bench pii`.
//!
//! usage: `sotto-scrub-bench RUNS FILE...`; prints, for each file, the seconds of the best of so
//! many runs over its messages. A message in a file is a line `repeats bytes` and so many bytes.

#![expect(clippy::print_stdout, reason = "results of a command are its standard output")]
#![expect(clippy::disallowed_methods, reason = "this program runs natively, where clocks work")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use sotto_shared::pii::{Policy, detect};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let runs: usize = args.next().ok_or("how many runs?")?.to_string_lossy().parse()?;
    for file in args {
        let messages = read(&std::fs::read_to_string(file)?).ok_or("this is no corpus")?;
        println!("{}", best(runs, &messages));
    }
    Ok(())
}

fn read(corpus: &str) -> Option<Vec<String>> {
    let mut messages = Vec::new();
    let mut rest = corpus;
    while !rest.is_empty() {
        let (header, after) = rest.split_once('\n')?;
        let (repeats, length) = header.split_once(' ')?;
        let (piece, after) = after.split_at_checked(length.parse().ok()?)?;
        messages.push(piece.repeat(repeats.parse().ok()?));
        rest = after;
    }
    Some(messages)
}

fn best(runs: usize, messages: &[String]) -> f64 {
    let policy = Policy::chat();
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let begun = Instant::now();
        for message in messages {
            black_box(detect(black_box(message), &policy));
        }
        best = best.min(begun.elapsed().as_secs_f64());
    }
    best
}
