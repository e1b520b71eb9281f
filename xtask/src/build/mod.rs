//! Makes what is deployed: the static files in `dist/` and the Worker in `edge/build/`.
//!
//! The Wasm comes first, the widget's and that of the modules which it loads later, since the scripts
//! carry its hash; then the module around it, the locales, the loader, the pages, the edge. At the end
//! `dist/` is brought to hold exactly the new files and those of earlier releases that are still
//! asked for.

pub(crate) mod assets;
pub(crate) mod edge;
pub(crate) mod modules;
pub(crate) mod widget;

mod headers;
mod loader;
mod names;
mod pages;
mod panics;
mod places;
mod releases;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sh;

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To be deployed: optimised, and remembered as a release.
    Release,
    /// To be tested or measured: the same bytes, not remembered.
    Trial,
    /// To be worked on: compiled fast, with debug assertions.
    Quick,
}

/// Where the steps leave what the next one takes. (`target/widget` and `target/edge` are cargo's,
/// named after the profiles.)
const WORK: &str = "target/work";

/// Flags for rustc, as `CARGO_ENCODED_RUSTFLAGS` takes them, so that what ships names no folder of
/// the machine that built it: panic messages hold the paths of sources, and those of dependencies
/// lie in somebody's home.
fn portable_paths() -> OsString {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home
        .and_then(|home| fs::read_dir(home.join("registry/src")).ok())
        .into_iter()
        .flatten()
        .flatten();
    let mut flags = vec![remap(&sh::root())];
    flags.extend(registries.map(|registry| remap(&registry.path())));
    flags.join(OsStr::new("\u{1f}"))
}

/// Leaves out this folder and the separator after it.
fn remap(folder: &Path) -> OsString {
    let mut flag = OsString::from("--remap-path-prefix=");
    flag.push(folder);
    flag.push(std::path::MAIN_SEPARATOR_STR);
    flag.push("=");
    flag
}

/// Builds everything.
///
/// # Errors
/// If a part does not build; the error names it.
pub(crate) fn run(mode: Mode) -> Result<()> {
    fs::create_dir_all(sh::at(WORK)).context(WORK)?;
    let widget = sh::step("building the widget", || widget::build(mode))?;
    let scrubber = sh::step("building the scrubber", || {
        modules::scrubber(&sh::at(WORK).join("sotto_scrubber.wasm"))
    })?;
    let solver = sh::step("building the challenge's solver", modules::solver)?;
    let bundle =
        sh::step("bundling the loader", || loader::bundle(&widget, scrubber, solver, mode))?;
    let pages = sh::step("building the pages", pages::build)?;
    sh::step("building the edge", || edge::build(mode))?;
    assets::publish(&sh::at("dist"), bundle, pages, mode == Mode::Release)
}
