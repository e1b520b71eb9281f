//! Wasm modules without glue, which the widget loads when it needs them: the scrubber, and the solver
//! of the challenge before a new conversation.

use std::path::Path;

use anyhow::Result;

use super::WORK;
use super::widget::{compile, compile_with, shrink, shrink_with};
use crate::setup::WASM;
use crate::sh;

/// The solver has vector instructions, which make it half as fast again. Every browser has them that
/// can show the widget: that needs adopted style sheets that can be changed (Chrome 99, Firefox 101,
/// Safari 16.4), and vectors came with 91, 89 and 16.4.
const SOLVER_FLAGS: &[&str] = &["-Ctarget-feature=+simd128"];

/// The solver is optimised for speed: a visitor waits for it.
const SOLVER_PASSES: &[&str] = &["--enable-simd", "-O3", "--converge"];

/// Compiles the solver. It is small, so it is always the one that ships.
pub(crate) fn solver() -> Result<Vec<u8>> {
    compile_with("sotto-challenge", "widget", SOLVER_FLAGS)?;
    let wasm = sh::at(format!("target/{WASM}/widget/sotto_challenge.wasm"));
    shrink_with(&wasm, &sh::at(WORK).join("sotto_challenge.wasm"), SOLVER_PASSES)
}

/// Compiles the scrubber to `shrunk`, small before fast like the widget. It is always the one that
/// ships.
pub(crate) fn scrubber(shrunk: &Path) -> Result<Vec<u8>> {
    compile("sotto-scrubber", "widget")?;
    shrink(&sh::at(format!("target/{WASM}/widget/sotto_scrubber.wasm")), shrunk)
}
