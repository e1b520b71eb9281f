//! The Chromium that the end-to-end tests drive.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::sh::{self, Run};

/// Names of an installed Chromium, in order of preference.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// The browser: the one that `SOTTO_CHROMIUM` names, else one on PATH, else one that Playwright
/// downloaded; if there is none, Playwright's download is tried, then Debian's package.
///
/// # Errors
/// If none can be had; the sentence says what to do.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("SOTTO_CHROMIUM") {
        let path = PathBuf::from(named);
        if !path.is_file() {
            bail!("SOTTO_CHROMIUM names {}, which is not there", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    let downloaded = sh::step("downloading Chromium", || {
        Run::npm_bin("playwright").args(["install", "chromium"]).run()
    });
    if downloaded.is_err() && debian_as_root() {
        sh::step("installing Debian's chromium", || {
            Run::new("apt-get").args(["update", "--quiet"]).run()?;
            Run::new("apt-get")
                .args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"])
                .env("DEBIAN_FRONTEND", "noninteractive")
                .run()
        })?;
    }
    match installed() {
        Some(path) => Ok(path),
        None => {
            bail!("the end-to-end tests need a Chromium: install one, or name it in SOTTO_CHROMIUM")
        }
    }
}

fn installed() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| which::which(name).ok()).or_else(|| {
        let path = PathBuf::from(Run::new("node").arg("xtask/chromium.mjs").read().ok()?);
        path.is_file().then_some(path)
    })
}

fn debian_as_root() -> bool {
    let root = Run::new("id").arg("-u").read().is_ok_and(|id| id == "0");
    root && which::which("apt-get").is_ok()
}
