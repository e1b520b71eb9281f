//! The pages of `www/`, made by Trunk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::sh::{self, Run};
use crate::tools;

/// Files by their path below `dist/`, with forward slashes.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Trunk empties its output directory, so it gets one of its own.
const OUT: &str = "target/work/pages";

pub(crate) fn build() -> Result<Files> {
    Run::new(tools::bin("trunk"))
        .args(["build", "--release", "--offline", "--dist", OUT])
        // Trunk refuses the usual `NO_COLOR=1`.
        .env("NO_COLOR", "true")
        .run()?;
    let mut files = Files::new();
    collect(&sh::at(OUT), "", &mut files)?;
    Ok(files)
}

fn collect(directory: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    let entries = fs::read_dir(directory).with_context(|| directory.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}
