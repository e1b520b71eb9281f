//! Running programs: where they run, what is shown of them, and what is said when they fail.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The repository's root, absolute.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A path below the root.
pub(crate) fn at(path: impl AsRef<Path>) -> PathBuf {
    root().join(path)
}

/// Shows a heading, does the work, shows how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {name}");
    let begun = Instant::now();
    let outcome = work().with_context(|| name.to_owned());
    let seconds = begun.elapsed().as_secs_f32();
    match &outcome {
        Ok(_) => eprintln!("    {name}: {seconds:.1} s"),
        Err(_) => eprintln!("    {name}: failed after {seconds:.1} s"),
    }
    outcome
}

/// A program about to run in the repository's root.
pub(crate) struct Run {
    command: Command,
    shown: String,
}

impl Run {
    /// A program by name (looked up on PATH, so that `npm.cmd` is found too) or by path.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let resolved = which::which(program).unwrap_or_else(|_| PathBuf::from(program));
        let mut command = Command::new(resolved);
        command.current_dir(root());
        let shown = Path::new(program).file_name().unwrap_or(program);
        Self { command, shown: shown.to_string_lossy().into_owned() }
    }

    /// A Node program that npm installed.
    pub(crate) fn npm_bin(name: &str) -> Self {
        Self::new(npm_bin(name))
    }

    /// One argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Several arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// A variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Another working directory.
    pub(crate) fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it to its end; what it prints goes to standard error.
    ///
    /// # Errors
    /// If it cannot start or ends with another status than zero.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self
            .command
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status()
            .with_context(|| format!("`{}` cannot be started", self.shown))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs it silently and returns what it printed, without the white space around it.
    ///
    /// # Errors
    /// If it cannot start or fails; then what it said on standard error is the reason given.
    pub(crate) fn read(mut self) -> Result<String> {
        let output = self
            .command
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("`{}` cannot be started", self.shown))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed ({}): {}", self.shown, output.status, said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Path of a program that npm installed.
pub(crate) fn npm_bin(name: &str) -> PathBuf {
    let suffix = if cfg!(windows) { ".cmd" } else { "" };
    at(format!("node_modules/.bin/{name}{suffix}"))
}
