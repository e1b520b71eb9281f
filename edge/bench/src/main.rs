//! Parts of the edge natively: `sotto-edge-bench seal RUNS BYTES...` times the vault, `guard` the
//! guard, and `eval FILE [--misses]` measures how much the guard's screen finds.

#![expect(clippy::print_stdout, reason = "results of a command are its standard output")]
#![expect(clippy::disallowed_methods, reason = "this program runs natively, where clocks work")]

/// Keys.
#[path = "../../src/auth"]
pub mod auth {
    pub mod seal;
}
#[path = "../../src/random.rs"]
pub mod random;
#[path = "../../src/session/vault.rs"]
pub mod vault;

/// What goes into and comes out of a model, as in `lib.rs`.
#[path = "../../src/guard"]
pub mod guard {
    mod addresses;
    #[cfg_attr(not(test), expect(dead_code, reason = "a prompt is not timed"))]
    pub(crate) mod characters;
    pub mod citations;
    mod harmless;
    mod held;
    pub mod links;
    pub mod output;
    pub mod screen;
    mod verbatim;
    pub mod watch;
}

mod cost;
mod eval;
mod seal;
mod work;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["seal", runs, bytes @ ..] => seal::run(runs.parse()?, bytes),
        ["guard"] => cost::run(),
        ["eval", file] => eval::run(file, false),
        ["eval", file, "--misses"] => eval::run(file, true),
        _ => bail!("usage: sotto-edge-bench seal RUNS BYTES... | guard | eval FILE [--misses]"),
    }
}
