//! The solver of the challenge before a new conversation: a Wasm module without glue.

use anyhow::Result;

use super::WORK;
use super::widget::{compile_with, shrink_with};
use crate::setup::WASM;
use crate::sh;

/// With vector instructions, which make it half as fast again. Every browser has them that can show
/// the widget: that needs adopted style sheets that can be changed (Chrome 99, Firefox 101,
/// Safari 16.4), and vectors came with 91, 89 and 16.4.
const FLAGS: &[&str] = &["-Ctarget-feature=+simd128"];

/// For speed: a visitor waits for it.
const PASSES: &[&str] = &["--enable-simd", "-O3", "--converge"];

/// Compiles the solver. It is small, so it is always the one that ships.
pub(crate) fn build() -> Result<Vec<u8>> {
    compile_with("sotto-challenge", "widget", FLAGS)?;
    let wasm = sh::at(format!("target/{WASM}/widget/sotto_challenge.wasm"));
    shrink_with(&wasm, &sh::at(WORK).join("sotto_challenge.wasm"), PASSES)
}
