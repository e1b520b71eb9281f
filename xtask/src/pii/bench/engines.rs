//! The programs that are timed. Each reads corpora and prints the seconds for each, one a line.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::corpora::Corpus;
use super::report::Speed;
use crate::build::modules;
use crate::sh::{self, Run};

/// The native program, `shared/bench`.
const PACKAGE: &str = "sotto-scrub-bench";

/// The best of so many runs over chat counts, since others share the machine.
const RUNS: &str = "7";

/// Likewise over hostile texts, of which there are many.
const HOSTILE_RUNS: &str = "3";

/// The package compared with, and its version.
const REDACT: (&str, &str) = ("redact-pii", "3.4.0");

/// Presidio is a thousand times slower than the others and reads a tenth of the messages.
const PRESIDIO_MESSAGES: &str = "1200";

/// A program and how it is called.
pub(super) struct Engine {
    pub(super) name: String,
    program: PathBuf,
    args: Vec<PathBuf>,
    /// The argument that follows: how often chat is read, or how much of it.
    amount: &'static str,
    /// Whether it reads hostile texts too.
    is_ours: bool,
}

/// Builds the scrubber natively as a release, and for Wasm as the widget is built. Returns the
/// Wasm.
///
/// # Errors
/// If it does not build.
pub(super) fn build(dir: &Path) -> Result<Vec<u8>> {
    sh::step("building the scrubber", || {
        Run::new("cargo").args(["build", "--release", "--package", PACKAGE, "--bins"]).run()
    })?;
    sh::step("building the scrubber for Wasm", || modules::scrubber(&module(dir)))
}

fn module(dir: &Path) -> PathBuf {
    dir.join("scrubber.wasm")
}

fn script(name: &str) -> PathBuf {
    sh::at("xtask/src/pii/bench").join(name)
}

/// Everything that this machine can run.
///
/// # Errors
/// Never for want of the others' programs: that is told and passed over.
pub(super) fn all(dir: &Path) -> Result<Vec<Engine>> {
    let native = sh::at("target/release").join(PACKAGE);
    let mut engines = vec![
        Engine {
            name: "Sotto, native".to_owned(),
            program: native.with_extension(std::env::consts::EXE_EXTENSION),
            args: Vec::new(),
            amount: RUNS,
            is_ours: true,
        },
        Engine {
            name: "Sotto, Wasm under Node".to_owned(),
            program: "node".into(),
            args: vec![script("wasm.cjs"), module(dir)],
            amount: RUNS,
            is_ours: true,
        },
    ];
    match redact(dir) {
        Ok(package) => engines.push(Engine {
            name: format!("{} {}, names off", REDACT.0, REDACT.1),
            program: "node".into(),
            args: vec![script("redact.cjs"), package],
            amount: RUNS,
            is_ours: false,
        }),
        Err(error) => eprintln!("{} cannot be had: {error:#}", REDACT.0),
    }
    match Run::new("python3").args(["-c", PRESIDIO_VERSION]).read() {
        Ok(version) => engines.push(Engine {
            name: format!("Presidio {version}, English, no language model"),
            program: "python3".into(),
            args: vec![script("presidio.py")],
            amount: PRESIDIO_MESSAGES,
            is_ours: false,
        }),
        Err(_) => eprintln!("Python has no Presidio (`pip install presidio-analyzer`)"),
    }
    Ok(engines)
}

const PRESIDIO_VERSION: &str =
    "import importlib.metadata as m; print(m.version('presidio-analyzer'))";

/// The npm package, installed on demand outside the project.
fn redact(dir: &Path) -> Result<PathBuf> {
    let package = dir.join("node_modules").join(REDACT.0);
    if !package.exists() {
        let (name, version) = REDACT;
        Run::new("npm")
            .args(["install", "--silent", "--no-save", "--prefix"])
            .arg(dir)
            .arg(format!("{name}@{version}"))
            .run()?;
    }
    Ok(package)
}

impl Engine {
    /// Reads the corpora.
    pub(super) fn measure(&self, corpora: &[Corpus]) -> Result<Vec<Speed>> {
        let is_chat = |corpus: &&Corpus| corpus.kind.is_chat();
        let (chat, hostile): (Vec<&Corpus>, Vec<&Corpus>) = corpora.iter().partition(is_chat);
        let mut seconds = self.seconds(self.amount, &chat)?;
        let mut read = chat;
        if self.is_ours {
            seconds.extend(self.seconds(HOSTILE_RUNS, &hostile)?);
            read.extend(hostile);
        }
        Ok(Speed::all(&self.name, &read, &seconds))
    }

    fn seconds(&self, amount: &str, corpora: &[&Corpus]) -> Result<Vec<f64>> {
        let files =
            corpora.iter().map(|corpus| sh::at("target/bench-pii/corpora").join(&corpus.file));
        let printed = Run::new(&self.program).args(&self.args).arg(amount).args(files).read()?;
        let seconds: Vec<f64> = printed
            .lines()
            .map(|line| line.trim().parse().with_context(|| format!("`{line}` are no seconds")))
            .collect::<Result<_>>()?;
        if seconds.len() != corpora.len() {
            bail!("{} read {} of {} corpora", self.name, seconds.len(), corpora.len());
        }
        Ok(seconds)
    }
}
