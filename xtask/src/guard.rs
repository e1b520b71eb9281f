//! `cargo xtask guard eval` and `cargo xtask bench guard`: the guard measured and timed, natively by a
//! program of its own, so that xtask does not have to wait for the edge to be compiled, and in Wasm
//! as the edge is built.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser};

use crate::bench::PACKAGE;
use crate::build::widget;
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
    Bench,
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
    let is_release = *task == Task::Bench;
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
        Task::Bench => Run::new(&program).arg("guard").read(),
    }?;
    println!("{}", printed.trim_end());
    if is_release {
        setup::run(Need::Build)?;
        sh::step("building the guard in Wasm", || widget::compile(PACKAGE, "edge"))?;
        let module = sh::at(format!("target/{WASM}/edge/sotto_edge_bench.wasm"));
        let script = sh::at("xtask/src/bench/node/guard.mjs");
        println!("{}", Run::new("node").arg(script).arg(module).read()?.trim_end());
    }
    Ok(())
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
        assert_eq!(check("bench guard"), Command::Guard(Task::Bench));
        assert!(refusal("guard").contains("`eval FILE`"));
        assert!(refusal("guard eval").contains("file"));
        assert!(refusal("bench guard --write").contains("write"));
    }
}
