//! The guard natively: `sotto-guard-bench eval FILE [--misses]` measures the screen,
//! `sotto-guard-bench bench` times screen and output.

#![expect(clippy::print_stdout, reason = "results of a command are its standard output")]
#![expect(clippy::disallowed_methods, reason = "this program runs natively, where clocks work")]

mod bench;
mod eval;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["eval", file] => eval::run(file, false),
        ["eval", file, "--misses"] => eval::run(file, true),
        ["bench"] => bench::run(),
        _ => bail!("usage: sotto-guard-bench eval FILE [--misses] | bench"),
    }
}
