//! Brings in what is missing, and nothing twice. With all there, it takes well under a second.

use std::fs;

use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::sh::{self, Run};
use crate::{browser, tools};

/// The oldest Node that wrangler runs on.
const NODE_MIN: (u32, u32) = (20, 3);

/// The target of the widget and the edge.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Holds the hash of the lock file that `node_modules` was installed from.
const STAMP: &str = "node_modules/.sotto-lock";

/// How much a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Everything that builds and runs the edge.
    Build,
    /// That, and a browser to test it with.
    Browser,
}

/// Checks the prerequisites and installs the rest.
///
/// # Errors
/// If a prerequisite is missing or something cannot be installed, in one sentence.
pub(crate) fn run(need: Need) -> Result<()> {
    check_node()?;
    add_wasm_target()?;
    tools::install()?;
    install_packages()?;
    if need == Need::Browser {
        browser::ensure()?;
    }
    Ok(())
}

fn check_node() -> Result<()> {
    let (major, minor) = NODE_MIN;
    let Ok(version) = Run::new("node").arg("--version").read() else {
        bail!("Node.js is needed, {major}.{minor} or newer (https://nodejs.org): install it");
    };
    if !node_is_new_enough(&version) {
        bail!("Node.js {major}.{minor} or newer is needed; this one is {version}");
    }
    if which::which("npm").is_err() {
        bail!("npm is needed; it comes with Node.js, or as a package of its own on some systems");
    }
    Ok(())
}

fn node_is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|n| n.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => (major, minor) >= NODE_MIN,
        _ => false,
    }
}

/// rust-toolchain.toml names the target too, but a machine may have switched off that rustup
/// installs what such a file names.
fn add_wasm_target() -> Result<()> {
    let libraries =
        Run::new("rustc").args(["--print", "target-libdir", "--target", WASM]).read()?;
    if fs::exists(&libraries)? {
        return Ok(());
    }
    if which::which("rustup").is_err() {
        bail!("this Rust cannot compile for {WASM}, and there is no rustup to add the target with");
    }
    sh::step(&format!("adding the target {WASM}"), || {
        Run::new("rustup")
            .args(["target", "add", WASM])
            .run()
            .context("the target could not be added; is the network reachable from here?")
    })
}

fn install_packages() -> Result<()> {
    let lock = fs::read(sh::at("package-lock.json")).context("package-lock.json")?;
    let hash = HEXLOWER.encode(&Sha256::digest(&lock));
    let stamp = sh::at(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed.trim() == hash) {
        return Ok(());
    }
    sh::step("installing npm packages", || {
        // None of them needs its install script.
        Run::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .run()
            .context("npm packages could not be installed; is the npm registry reachable?")?;
        fs::write(stamp, hash).context(STAMP)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_must_run_wrangler() {
        for version in ["v20.3.0", "v20.20.2", "v22.0.0"] {
            assert!(node_is_new_enough(version), "{version}");
        }
        for version in ["v18.20.4", "v20.2.9", "v8.17.0", "", "unknown"] {
            assert!(!node_is_new_enough(version), "{version}");
        }
    }
}
