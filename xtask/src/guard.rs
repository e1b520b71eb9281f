//! `cargo xtask guard eval` and `cargo xtask bench guard`: the guard measured and timed, natively by a
//! program of its own, so that xtask does not have to wait for the edge to be compiled, and in Wasm
//! as the edge is built.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser};
use serde::Deserialize;

use crate::bench::PACKAGE;
use crate::build::widget;
use crate::page::Slot;
use crate::setup::{self, Need, WASM};
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
    /// Milliseconds.
    figure: f64,
    /// What it is to reach, if anything.
    limit: Option<f64>,
}

impl Cost {
    fn shown(&self) -> String {
        let Self { figure, limit, .. } = self;
        match limit {
            Some(limit) if figure > limit => format!("**{figure:.3} ms**"),
            _ => format!("{figure:.3} ms"),
        }
    }
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
    let Task::Bench { is_written } = task else { return Ok(()) };
    setup::run(Need::Build)?;
    sh::step("building the guard in Wasm", || widget::compile(PACKAGE, "edge"))?;
    let module = sh::at(format!("target/{WASM}/edge/sotto_edge_bench.wasm"));
    let script = sh::at("xtask/src/bench/node/guard.mjs");
    let in_wasm = Run::new("node").arg(script).arg(module).read()?;
    println!("{in_wasm}");
    if *is_written { SLOT.write(&table(&printed, &in_wasm)?) } else { Ok(()) }
}

/// The table for docs/guard.md. What does not reach what it has to is bold.
///
/// # Errors
/// If a line is none of [`Cost`], or one measured something else than the other.
fn table(native: &str, in_wasm: &str) -> Result<String> {
    let read = |line: &str| {
        serde_json::from_str::<Cost>(line).with_context(|| format!("`{line}` is no figure"))
    };
    let mut table = String::from("| what | natively | in Wasm | to reach |\n|---|---|---|---|\n");
    let mut lines = in_wasm.lines();
    for line in native.lines() {
        let native = read(line)?;
        let in_wasm = read(lines.next().context("Wasm measured less")?)?;
        if in_wasm.what != native.what {
            bail!("`{}` stands beside `{}`", native.what, in_wasm.what);
        }
        let reach = native.limit.map_or_else(String::new, |limit| format!("≤ {limit} ms"));
        let (what, native, in_wasm) = (&native.what, native.shown(), in_wasm.shown());
        let _ = writeln!(table, "| {what} | {native} | {in_wasm} | {reach} |");
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
        let native = r#"{"figure":0.00312,"holds":true,"limit":0.1,"unit":"ms","what":"a message"}
{"figure":0.2141,"holds":true,"limit":null,"unit":"ms","what":"the longest history"}"#;
        let in_wasm = native.replace("0.00312", "0.1412");
        assert_eq!(
            table(native, &in_wasm).unwrap().lines().skip(2).collect::<Vec<_>>(),
            [
                "| a message | 0.003 ms | **0.141 ms** | ≤ 0.1 ms |",
                "| the longest history | 0.214 ms | 0.214 ms |  |"
            ]
        );
        assert!(table("fast", native).is_err());
        assert!(table(native, "").is_err());
        assert!(table(native, &native.replace("a message", "another")).is_err());
    }
}
