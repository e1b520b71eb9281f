//! The widget's Wasm and the JavaScript that wasm-bindgen writes around it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::names::{self, Table};
use super::{Mode, WORK, panics, places, portable_paths};
use crate::setup::WASM;
use crate::sh::{self, Run};
use crate::tools;

/// The widget, compiled.
pub(crate) struct Widget {
    /// The module that wasm-bindgen wrote.
    pub(crate) glue: PathBuf,
    pub(crate) wasm: Vec<u8>,
    /// The short names in the Wasm, which the module has to use too.
    pub(crate) names: Table,
}

/// What rustc's Wasm target may use by default. Named one by one, so that a newer binaryen does
/// not choose an encoding that browsers in use cannot read.
pub(super) const FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

pub(crate) fn build(mode: Mode) -> Result<Widget> {
    let profile = if mode == Mode::Quick { "dev" } else { "widget" };
    compile("sotto-widget", profile)?;

    // Cargo's directory for the profile `dev` is `debug`.
    let directory = if mode == Mode::Quick { "debug" } else { profile };
    let out = sh::at(WORK).join("pkg");
    Run::new(tools::bin("wasm-bindgen"))
        .args(["--target", "web", "--no-typescript", "--omit-default-module-path"])
        .arg("--remove-producers-section")
        .args(["--out-name", "sotto_widget", "--out-dir"])
        .arg(&out)
        .arg(sh::at(format!("target/{WASM}/{directory}/sotto_widget.wasm")))
        .run()?;

    let bound = out.join("sotto_widget_bg.wasm");
    let glue = out.join("sotto_widget.js");
    if mode == Mode::Quick {
        return Ok(Widget { glue, wasm: read(&bound)?, names: Table::new() });
    }
    let (wasm, names) = names::shorten(&shrink(&bound, &sh::at(WORK).join("sotto_widget.wasm"))?)?;
    Ok(Widget { glue, wasm, names })
}

/// Compiles a package's library to `target/wasm32-unknown-unknown/…`.
///
/// # Errors
/// If it does not compile.
pub(crate) fn compile(package: &str, profile: &str) -> Result<()> {
    compile_with(package, profile, &[])
}

/// The same with further flags for rustc.
///
/// # Errors
/// If it does not compile.
pub(crate) fn compile_with(package: &str, profile: &str, flags: &[&str]) -> Result<()> {
    let mut cargo = Run::new("cargo").args(["build", "--package", package, "--lib"]).args([
        "--target",
        WASM,
        "--profile",
        profile,
    ]);
    if profile != "dev" {
        let mut all = portable_paths();
        for flag in flags {
            all.push("\u{1f}");
            all.push(flag);
        }
        cargo = cargo.env("CARGO_ENCODED_RUSTFLAGS", all);
    }
    cargo.run()
}

/// Takes words and places of panics out of a module and makes it short; `out` holds the result
/// too.
///
/// # Errors
/// If the module formats, or wasm-opt cannot read it.
pub(crate) fn shrink(wasm: &Path, out: &Path) -> Result<Vec<u8>> {
    // In this order control flow gets shorter than `-Oz` alone makes it, and a second run finds
    // more. Functions of one module resemble each other: side by side they compress better.
    let short = [
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        "--converge",
        "--reorder-locals",
        "--reorder-functions-by-name",
    ];
    shrink_with(wasm, out, &short)
}

/// The same with other passes of wasm-opt.
///
/// # Errors
/// If the module formats, or wasm-opt cannot read it.
pub(crate) fn shrink_with(wasm: &Path, out: &Path, passes: &[&str]) -> Result<Vec<u8>> {
    let quiet = out.with_extension("quiet.wasm");
    fs::write(&quiet, places::forget(&panics::silence(&read(wasm)?)?)?)?;
    Run::npm_bin("wasm-opt")
        // A Rust module keeps its first KB of memory free.
        .arg("--low-memory-unused")
        .args(passes)
        .args(["--strip-debug", "--strip-producers"])
        .args(["--strip-target-features"])
        .args(FEATURES)
        .arg(&quiet)
        .arg("--output")
        .arg(out)
        .run()?;
    read(out)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| file.display().to_string())
}
