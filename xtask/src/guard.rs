//! `cargo xtask guard eval` and `cargo xtask bench guard`: the guard natively, measured and timed by a
//! program of its own, so that xtask does not have to wait for the edge to be compiled.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser};
use serde::Deserialize;

use crate::bench::PACKAGE;
use crate::page::Slot;
use crate::sh::{self, Run};

/// What `guard` and `bench guard` do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// How much the screen finds of the texts in a file.
    Eval {
        /// JSON lines with `text` and `label`.
        file: PathBuf,
        /// Whether each text that it is wrong about is printed too.
        shows_misses: bool,
    },
    /// What the guard costs.
    Bench {
        /// Whether the table goes into docs/guard.md.
        is_written: bool,
    },
}

const SLOT: Slot = Slot {
    page: "docs/guard.md",
    begin: "<!-- costs: made by `cargo xtask bench guard --write` -->",
    end: "<!-- end of costs -->",
};

/// A line that `bench guard` prints.
#[derive(Deserialize)]
struct Cost {
    what: String,
    figure: f64,
    unit: String,
    /// What it is to reach, if anything.
    limit: Option<f64>,
}

impl Task {
    /// Reads what follows its name on the command line.
    ///
    /// # Errors
    /// If that is none of its tasks; the sentence says what would be.
    pub(crate) fn read(parser: &mut Parser) -> Result<Self> {
        match parser.next()? {
            Some(Arg::Value(name)) if name == "eval" => {}
            _ => bail!("`guard` takes `eval FILE`"),
        }
        let (mut file, mut shows_misses) = (None, false);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("misses") => shows_misses = true,
                Arg::Value(name) if file.is_none() => file = Some(PathBuf::from(name)),
                other => return Err(other.unexpected().into()),
            }
        }
        let file = file.context("`guard eval` needs a file")?;
        Ok(Self::Eval { file, shows_misses })
    }
}

/// Does it.
///
/// # Errors
/// If the program does not build, or cannot read the file.
pub(crate) fn run(task: &Task) -> Result<()> {
    let is_release = matches!(task, Task::Bench { .. });
    sh::step("building the guard", || {
        let build = Run::new("cargo").args(["build", "--quiet", "--package", PACKAGE, "--bins"]);
        if is_release { build.arg("--release").run() } else { build.run() }
    })?;
    let folder = if is_release { "target/release" } else { "target/debug" };
    let program = sh::at(folder).join(PACKAGE).with_extension(std::env::consts::EXE_EXTENSION);
    let printed = match task {
        Task::Eval { file, shows_misses } => {
            let file = file.canonicalize().with_context(|| file.display().to_string())?;
            let eval = Run::new(&program).arg("eval").arg(file);
            if *shows_misses { eval.arg("--misses").read() } else { eval.read() }
        }
        Task::Bench { .. } => Run::new(&program).arg("guard").read(),
    }?;
    println!("{printed}");
    match task {
        Task::Bench { is_written: true } => SLOT.write(&table(&printed)?),
        _ => Ok(()),
    }
}

/// The table for docs/guard.md.
///
/// # Errors
/// If a line is none of [`Cost`].
fn table(printed: &str) -> Result<String> {
    let mut table = String::from("| what | measured | to reach |\n|---|---|---|\n");
    for line in printed.lines() {
        let Cost { what, figure, unit, limit } =
            serde_json::from_str(line).with_context(|| format!("`{line}` is no figure"))?;
        let limit = limit.map_or_else(String::new, |limit| format!("≤ {limit} {unit}"));
        let _ = writeln!(table, "| {what} | {figure:.3} {unit} | {limit} |");
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Command;
    use crate::args::lines::{check, refusal};

    #[test]
    fn guard_measures_a_file_and_times_itself() {
        let eval =
            |shows_misses| Command::Guard(Task::Eval { file: "cases.jsonl".into(), shows_misses });
        assert_eq!(check("guard eval cases.jsonl"), eval(false));
        assert_eq!(check("guard eval --misses cases.jsonl"), eval(true));
        let bench = |is_written| Command::Guard(Task::Bench { is_written });
        assert_eq!(check("bench guard"), bench(false));
        assert_eq!(check("bench guard --write"), bench(true));
        assert!(refusal("guard").contains("`eval FILE`"));
        assert!(refusal("guard eval").contains("file"));
        assert!(refusal("bench guard --built").contains("built"));
    }

    #[test]
    fn what_the_guard_costs_becomes_a_table() {
        SLOT.find().unwrap();
        let printed = r#"{"figure":0.00312,"holds":true,"limit":0.1,"unit":"ms","what":"a message"}
{"figure":0.2141,"holds":true,"limit":null,"unit":"ms","what":"the longest history"}"#;
        assert_eq!(
            table(printed).unwrap().lines().skip(2).collect::<Vec<_>>(),
            ["| a message | 0.003 ms | ≤ 0.1 ms |", "| the longest history | 0.214 ms |  |"]
        );
        assert!(table("fast").is_err());
    }
}
