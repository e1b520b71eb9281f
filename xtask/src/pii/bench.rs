//! `bench pii`: how fast the scrubber reads chat and hostile text, natively, in Wasm under Node
//! with the widget's profile, and beside others on the same messages in the same run.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;
use sotto_shared::pii::{Policy, detect};

use super::chat;
use crate::sh::{self, Run};

/// Messages of the corpus.
const MESSAGES: usize = 12_000;

/// The best of so many runs counts: others share the machine.
const RUNS: usize = 5;

/// Texts that cost a careless scanner much, each repeated to a megabyte.
const HOSTILE: [&str; 14] = [
    "1",
    "a",
    "@",
    "-",
    "1 ",
    "1-",
    "a@",
    "a.",
    "+1",
    "4111 ",
    "12 34 56 ",
    "password ",
    "::1 ",
    "x1Y_",
];

/// One line of the output.
#[derive(Serialize)]
struct Speed {
    engine: String,
    corpus: String,
    mb_per_s: f64,
    messages_per_s: f64,
}

pub(super) fn run() -> Result<()> {
    let corpus = chat::messages(MESSAGES);
    let dir = sh::at("target/bench-pii");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("corpus.json"), serde_json::to_vec(&corpus)?)?;
    print(&native("chat", &corpus))?;
    let mut worst: Option<Speed> = None;
    for piece in HOSTILE {
        let speed = native(&format!("1 MB of {piece:?}"), &[piece.repeat(1_000_000 / piece.len())]);
        if worst.as_ref().is_none_or(|worst| speed.mb_per_s < worst.mb_per_s) {
            worst = Some(speed);
        }
    }
    if let Some(worst) = worst {
        print(&worst)?;
    }
    sh::step("build for Wasm", || {
        Run::new("cargo")
            .args(["build", "--release", "--target", "wasm32-unknown-unknown"])
            .arg("--manifest-path")
            .arg(sh::at("shared/bench/Cargo.toml"))
            .arg("--target-dir")
            .arg(dir.join("wasm"))
            .run()
    })?;
    println!("{}", Run::new("node").arg(sh::at("xtask/src/pii/bench.mjs")).arg(&dir).read()?);
    others(&dir)
}

/// The npm package `redact-pii`, installed on demand outside the project; Presidio when Python
/// has it.
fn others(dir: &std::path::Path) -> Result<()> {
    if !dir.join("node_modules/redact-pii").exists() {
        let installed = Run::new("npm")
            .args(["install", "--silent", "--no-save", "--prefix"])
            .arg(dir)
            .arg("redact-pii@3.4.0")
            .run();
        if let Err(error) = installed {
            eprintln!("redact-pii cannot be had: {error:#}");
        }
    }
    if dir.join("node_modules/redact-pii").exists() {
        let script = sh::at("xtask/src/pii/bench-redact.cjs");
        println!("{}", Run::new("node").arg(script).arg(dir).read()?);
    }
    let presidio = Run::new("python3").args(["-c", "import presidio_analyzer"]).read();
    if presidio.is_ok() {
        println!("{}", Run::new("python3").arg(sh::at("xtask/src/pii/bench.py")).arg(dir).read()?);
    } else {
        eprintln!("presidio: Python has none");
    }
    Ok(())
}

fn native(name: &str, corpus: &[String]) -> Speed {
    let policy = Policy::chat();
    let bytes: usize = corpus.iter().map(String::len).sum();
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let begun = Instant::now();
        for message in corpus {
            black_box(detect(black_box(message), &policy));
        }
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Speed {
        engine: "sotto, native".to_owned(),
        corpus: name.to_owned(),
        mb_per_s: (bytes as f64 / best / 1e4).round() / 100.0,
        messages_per_s: (corpus.len() as f64 / best).round(),
    }
}

fn print(speed: &Speed) -> Result<()> {
    println!("{}", serde_json::to_string(speed).context("a figure")?);
    Ok(())
}
