//! The command-line tools that are built from crates, at pinned versions, under `target/tools`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::sh::{self, Run};

/// A tool and the version that everything was tried with.
struct Tool {
    /// Its crate.
    krate: &'static str,
    /// Its program.
    bin: &'static str,
    version: &'static str,
    /// Roughly how long two cores compile it, so that nobody thinks it hangs.
    minutes: u32,
}

/// The one table of versions. `wasm-bindgen-cli` must equal the crate `wasm-bindgen`, and
/// `worker-build` the crate `worker`; a test holds them to that.
const TOOLS: [Tool; 3] = [
    Tool { krate: "wasm-bindgen-cli", bin: "wasm-bindgen", version: "0.2.129", minutes: 3 },
    Tool { krate: "worker-build", bin: "worker-build", version: "0.8.7", minutes: 3 },
    Tool { krate: "trunk", bin: "trunk", version: "0.21.14", minutes: 6 },
];

/// Path of a tool's program.
pub(crate) fn bin(name: &str) -> PathBuf {
    sh::at("target/tools/bin").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

/// Installs the tools that are missing or of another version.
///
/// # Errors
/// If one of them cannot be built, mostly for want of a network.
pub(crate) fn install() -> Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !is_installed(tool)).collect();
    for tool in &missing {
        let Tool { krate, version, minutes, .. } = tool;
        sh::step(&format!("installing {krate} {version} (about {minutes} min, once)"), || {
            install_one(tool).context(
                "a tool could not be installed; is the crate registry reachable from here?",
            )
        })?;
    }
    Ok(())
}

fn is_installed(tool: &Tool) -> bool {
    let path = bin(tool.bin);
    path.exists()
        && Run::new(path)
            .arg("--version")
            .read()
            .is_ok_and(|printed| printed.split_whitespace().any(|word| word == tool.version))
}

/// With `cargo binstall` if the machine has it, which takes seconds; else from source. One target
/// directory for all of them, since they share dependencies.
fn install_one(tool: &Tool) -> Result<()> {
    let package = format!("{}@{}", tool.krate, tool.version);
    let root = sh::at("target/tools");
    if which::which("cargo-binstall").is_ok() {
        let quick = Run::new("cargo")
            .args(["binstall", "--no-confirm", "--locked", "--root"])
            .args([root.as_os_str()])
            .arg(&package)
            .run();
        if quick.is_ok() {
            return Ok(());
        }
    }
    Run::new("cargo")
        .args(["install", "--locked", "--force", "--root"])
        .arg(&root)
        .arg("--target-dir")
        .arg(root.join("build"))
        .arg(&package)
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// wasm-bindgen refuses a crate of another version than the tool's, at the end of a build.
    #[test]
    fn tools_match_the_crates_they_serve() {
        let manifest = std::fs::read_to_string(sh::at("Cargo.toml")).unwrap();
        for (krate, dependency) in
            [("wasm-bindgen-cli", "wasm-bindgen"), ("worker-build", "worker")]
        {
            let tool = TOOLS.iter().find(|tool| tool.krate == krate).unwrap();
            let pinned =
                manifest.lines().find(|line| line.starts_with(&format!("{dependency} ="))).unwrap();
            assert!(pinned.contains(&format!("\"={}\"", tool.version)), "{pinned}");
        }
    }
}
