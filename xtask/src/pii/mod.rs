//! `cargo xtask pii` and `cargo xtask bench pii`: the scrubber on text from outside, measured.

mod bench;
mod chat;
mod eval;
mod scan;
mod table;

use std::path::PathBuf;

use anyhow::Result;

/// What `pii` and `bench pii` do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// JSON lines on standard input, spans on standard output.
    Scan,
    /// Figures from the cases in a directory.
    Eval(PathBuf),
    /// The documentation's table of categories; with `true` written into its file.
    Table(bool),
    /// Megabytes and messages a second.
    Bench,
}

/// Does it.
///
/// # Errors
/// If a file or a line cannot be read; the error names it.
pub(crate) fn run(task: &Task) -> Result<()> {
    match task {
        Task::Scan => scan::run(),
        Task::Eval(cases) => eval::run(cases),
        Task::Table(is_written) => table::run(*is_written),
        Task::Bench => bench::run(),
    }
}
