//! `cargo xtask pii` and `cargo xtask bench pii`: the scrubber on text from outside, measured.

mod random;
mod spans;

mod scan;

mod eval;

mod table;

mod bench;

use std::path::PathBuf;

use anyhow::Result;

/// What `pii` and `bench pii` do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// JSON lines on standard input, spans on standard output.
    Scan,
    /// Figures from the cases in a directory.
    Eval(Eval),
    /// The documentation's table of categories; with `true` written into its file.
    Table(bool),
    /// Megabytes and messages a second, and the bytes that the scrubber weighs; with `true` written
    /// into the README.
    Bench(bool),
}

/// Options of `pii eval`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Eval {
    /// Where the cases are.
    pub(crate) cases: PathBuf,
    /// Whether each case that is missed goes to standard error.
    pub(crate) shows_misses: bool,
    /// Whether the table goes into the README.
    pub(crate) is_written: bool,
}

/// Does it.
///
/// # Errors
/// If a file or a line cannot be read; the error names it.
pub(crate) fn run(task: &Task) -> Result<()> {
    match task {
        Task::Scan => scan::run(),
        Task::Eval(options) => eval::run(options),
        Task::Table(is_written) => table::run(*is_written),
        Task::Bench(is_written) => bench::run(*is_written),
    }
}
