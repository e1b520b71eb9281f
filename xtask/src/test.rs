//! `cargo xtask test`: the checks, in the order in which they are quickest to fail.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::args::Part;
use crate::build::Mode;
use crate::setup::{self, Need, WASM};
use crate::sh::{self, Run};
use crate::{browser, build, size, tools};

/// Runs one part, or all of them; the first that fails ends it.
///
/// # Errors
/// If a check fails; the error names it.
pub(crate) fn run(part: Option<Part>) -> Result<()> {
    let begun = Instant::now();
    let parts = part.map_or(Part::ALL.to_vec(), |part| vec![part]);
    let browser = parts.contains(&Part::EndToEnd);
    setup::run(if browser { Need::Browser } else { Need::Build })?;

    let mut built = false;
    for part in &parts {
        if matches!(part, Part::Size | Part::EndToEnd) && !built {
            build::run(Mode::Trial)?;
            built = true;
        }
        run_part(*part).with_context(|| format!("test {}", part.name()))?;
    }

    let names: Vec<_> = parts.iter().map(|part| part.name()).collect();
    let minutes = begun.elapsed().as_secs_f32() / 60.0;
    println!("\nall checks passed: {} ({minutes:.1} min)", names.join(", "));
    Ok(())
}

fn run_part(part: Part) -> Result<()> {
    match part {
        Part::Lint => lint(),
        Part::Unit => sh::step("unit tests", || {
            Run::new("cargo").args(["test", "--workspace", "--", "--quiet"]).run()
        }),
        Part::Wasm => wasm(),
        Part::Size => sh::step("sizes", || size::run(false)),
        Part::EndToEnd => end_to_end(),
    }
}

fn lint() -> Result<()> {
    sh::step("format", || Run::new("cargo").args(["fmt", "--all", "--check"]).run())?;
    sh::step("lints", || {
        Run::new("cargo")
            .args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
            .run()
    })?;
    sh::step("lints for Wasm", || {
        Run::new("cargo")
            .args(["clippy", "--package", "sotto-widget", "--package", "sotto-edge"])
            .args(["--lib", "--test", "wasm", "--target", WASM])
            .args(["--", "-D", "warnings"])
            .run()
    })?;
    sh::step("documentation", || {
        Run::new("cargo")
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()
    })
}

/// What the widget rests on, compiled to Wasm and run by Node.
fn wasm() -> Result<()> {
    sh::step("tests on Wasm", || {
        Run::new("cargo")
            .args(["test", "--package", "sotto-widget", "--test", "wasm"])
            .args(["--target", WASM])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                tools::bin("wasm-bindgen-test-runner"),
            )
            .run()
    })
}

fn end_to_end() -> Result<()> {
    let chromium = browser::ensure()?;
    sh::step("end-to-end tests", || {
        Run::npm_bin("playwright")
            .arg("test")
            .dir(sh::at("tests"))
            .env("SOTTO_CHROMIUM", &chromium)
            .run()
    })
}
