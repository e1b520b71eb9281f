//! The Worker, made by worker-build from the crate `sotto-edge`.

use std::fs;

use anyhow::{Context, Result};

use super::widget::FEATURES;
use super::{Mode, portable_paths};
use crate::sh::{self, Run};
use crate::tools;

/// worker-build downloads wasm-bindgen, wasm-opt and esbuild unless it is told where they are;
/// it gets ours, so that no build depends on a release page.
pub(crate) fn build(mode: Mode) -> Result<()> {
    let mut run = Run::new(tools::bin("worker-build"))
        .arg("edge")
        .args(["--out-dir", "build"])
        .env("WASM_BINDGEN_BIN", tools::bin("wasm-bindgen"))
        .env("WASM_OPT_BIN", sh::npm_bin("wasm-opt"))
        .env("ESBUILD_BIN", sh::npm_bin("esbuild"));
    match mode {
        Mode::Release | Mode::Trial => {
            run = run.args(["--profile", "edge"]).env("CARGO_ENCODED_RUSTFLAGS", portable_paths());
            run.run()?;
            shrink()
        }
        Mode::Quick => run.args(["--dev", "--no-opt"]).run(),
    }
}

/// Puts functions beside those that they resemble, which compress better so, and takes their names
/// out, which are a twelfth of the module. wasm-bindgen needs what else rustc could strip.
fn shrink() -> Result<()> {
    let module = sh::at("edge/build/index_bg.wasm");
    let whole = module.with_extension("named.wasm");
    fs::rename(&module, &whole).with_context(|| module.display().to_string())?;
    Run::npm_bin("wasm-opt")
        .args(["--reorder-functions-by-name", "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .arg(&whole)
        .arg("--output")
        .arg(&module)
        .run()?;
    fs::remove_file(&whole).with_context(|| whole.display().to_string())
}
