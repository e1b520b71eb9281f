//! The Worker, made by worker-build from the crate `sotto-edge`.

use anyhow::Result;

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
            run = run.args(["--profile", "edge"]);
            run.env("CARGO_ENCODED_RUSTFLAGS", portable_paths()).run()?;
            strip()
        }
        Mode::Quick => run.args(["--dev", "--no-opt"]).run(),
    }
}

/// Takes out the names of functions, which worker-build keeps: an eighth of the module, and nothing
/// reads them, since logs name codes. A quick build has them.
fn strip() -> Result<()> {
    let module = sh::at("edge/build/index_bg.wasm");
    Run::npm_bin("wasm-opt")
        .args(["--strip-debug", "--strip-producers", "-o"])
        .arg(&module)
        .arg(&module)
        .run()
}
