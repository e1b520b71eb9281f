//! `cargo xtask pii` and `cargo xtask bench pii`: the scrubber on text from outside, measured.

mod random;
mod spans;

mod scan;

mod eval;

mod table;

mod bench;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};

use crate::args::{finish, is_written};

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
    /// into docs/measured.md.
    Bench(bool),
}

/// Options of `pii eval`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Eval {
    /// Where the cases are.
    pub(crate) cases: PathBuf,
    /// Whether each case that is missed goes to standard error.
    pub(crate) shows_misses: bool,
    /// Whether the table goes into docs/measured.md.
    pub(crate) is_written: bool,
}

impl Task {
    /// Reads what follows its name on the command line.
    ///
    /// # Errors
    /// If that is none of its tasks; the sentence says what would be.
    pub(crate) fn read(parser: &mut Parser) -> Result<Self> {
        let task = match parser.next()? {
            Some(Arg::Value(name)) => name.string()?,
            _ => bail!("`pii` takes `scan`, `eval DIR` or `table`"),
        };
        let task = match task.as_str() {
            "scan" => Self::Scan,
            "eval" => return Ok(Self::Eval(Eval::read(parser)?)),
            "table" => Self::Table(is_written(parser)?),
            other => bail!("`pii` has no task `{other}`"),
        };
        finish(parser, task)
    }
}

impl Eval {
    fn read(parser: &mut Parser) -> Result<Self> {
        let (mut cases, mut shows_misses, mut is_written) = (None, false, false);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("misses") => shows_misses = true,
                Arg::Long("write") => is_written = true,
                Arg::Value(dir) if cases.is_none() => cases = Some(PathBuf::from(dir)),
                other => return Err(other.unexpected().into()),
            }
        }
        let cases = cases.context("`pii eval` needs a directory")?;
        Ok(Self { cases, shows_misses, is_written })
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Command;
    use crate::args::lines::{check, refusal};

    #[test]
    fn pii_has_tasks() {
        assert_eq!(check("pii scan"), Command::Pii(Task::Scan));
        let eval = |shows_misses, is_written| {
            let cases = PathBuf::from("some/dir");
            Command::Pii(Task::Eval(Eval { cases, shows_misses, is_written }))
        };
        assert_eq!(check("pii eval some/dir"), eval(false, false));
        assert_eq!(check("pii eval --misses some/dir"), eval(true, false));
        assert_eq!(check("pii eval some/dir --write"), eval(false, true));
        assert_eq!(check("pii table"), Command::Pii(Task::Table(false)));
        assert_eq!(check("pii table --write"), Command::Pii(Task::Table(true)));
        assert_eq!(check("bench pii"), Command::Pii(Task::Bench(false)));
        assert_eq!(check("bench pii --write"), Command::Pii(Task::Bench(true)));
        assert!(refusal("bench pii --fast").contains("fast"));
        assert!(refusal("pii eval").contains("directory"));
        assert!(refusal("pii eval a b").contains('b'));
        assert!(refusal("pii find").contains("find"));
    }
}
