//! Files that are named after their content, and the assembly of `dist/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384};

use super::WORK;
use super::headers;
use super::loader::Bundle;
use super::pages::Files;
use super::releases::{self, Releases};
use crate::sh;

/// Where the names of the last build are kept for those who measure it.
const NAMES: &str = "names.json";

/// How many hexadecimal digits of the hash stand in a name: 64 bits, enough that two contents do
/// not meet. What protects a page is the integrity, not the name.
const NAME_DIGITS: usize = 16;

/// A file that never changes under its name.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    /// Its path below `dist/`, which is its URL below the edge's.
    pub(crate) path: String,
    /// Its SHA-384, as the attribute `integrity` takes it.
    pub(crate) integrity: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asset {
    pub(crate) fn new(stem: &str, extension: &str, bytes: Vec<u8>) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(&bytes));
        let digits: String = hash.chars().take(NAME_DIGITS).collect();
        Self {
            path: format!("assets/{stem}-{digits}.{extension}"),
            integrity: format!("sha384-{}", BASE64.encode(&Sha384::digest(&bytes))),
            bytes,
        }
    }
}

/// Where the parts of the last build are, below `dist/`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Names {
    pub(crate) widget_js: String,
    pub(crate) widget_wasm: String,
    pub(crate) scrubber: String,
    pub(crate) solver: String,
    /// By language tag.
    pub(crate) locales: BTreeMap<String, String>,
}

/// The names of the last build.
///
/// # Errors
/// If there was none.
pub(crate) fn current() -> Result<Names> {
    let text = fs::read_to_string(sh::at(WORK).join(NAMES)).context(NAMES)?;
    Ok(serde_json::from_str(&text)?)
}

/// Brings `dist/` to hold the new files, those of earlier releases, and nothing else. With
/// `record`, the new files count as a release.
pub(crate) fn publish(dist: &Path, bundle: Bundle, pages: Files, record: bool) -> Result<()> {
    let names = Names {
        widget_js: bundle.widget_js.path.clone(),
        widget_wasm: bundle.widget_wasm.path.clone(),
        scrubber: bundle.scrubber.path.clone(),
        solver: bundle.solver.path.clone(),
        locales: bundle.locales.iter().map(|(tag, it)| (tag.clone(), it.path.clone())).collect(),
    };
    fs::write(sh::at(WORK).join(NAMES), serde_json::to_string(&names)?).context(NAMES)?;

    let mut assets = vec![bundle.widget_js, bundle.widget_wasm, bundle.scrubber, bundle.solver];
    assets.extend(bundle.locales.into_values());

    let mut releases = read_releases(dist)?;
    if record {
        releases = releases.record(assets.iter().map(|asset| asset.path.clone()).collect());
    }

    let mut files = pages;
    for path in releases.files() {
        match fs::read(dist.join(path)) {
            Ok(bytes) => drop(files.insert(path.to_owned(), bytes)),
            // New in this very build, or lost with an earlier dist/.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| path.to_owned()),
        }
    }
    files.extend(assets.into_iter().map(|asset| (asset.path, asset.bytes)));
    files.insert("embed.js".to_owned(), bundle.loader);
    files.insert("_headers".to_owned(), headers::text().into_bytes());
    files.insert(releases::PATH.to_owned(), serde_json::to_vec(&releases)?);
    synchronise(dist, &files)
}

fn read_releases(dist: &Path) -> Result<Releases> {
    match fs::read_to_string(dist.join(releases::PATH)) {
        Ok(text) => serde_json::from_str(&text).context(releases::PATH),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Releases::default()),
        Err(error) => Err(error).context(releases::PATH),
    }
}

/// Writes what differs and removes what is not wanted; a server that watches the directory is
/// woken by changes alone.
fn synchronise(directory: &Path, files: &Files) -> Result<()> {
    for (name, bytes) in files {
        let path = directory.join(name);
        if fs::read(&path).is_ok_and(|there| there == *bytes) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    let wanted: BTreeSet<_> = files.keys().map(|name| directory.join(name)).collect();
    remove_others(directory, &wanted)
}

fn remove_others(directory: &Path, wanted: &BTreeSet<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_others(&path, wanted)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Folder;

    #[test]
    fn an_asset_is_named_and_vouched_for_by_its_content() {
        let asset = Asset::new("widget", "js", b"abc".to_vec());
        assert_eq!(asset.path, "assets/widget-ba7816bf8f01cfea.js");
        assert_eq!(
            asset.integrity,
            "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
        );
    }

    #[test]
    fn a_directory_ends_up_with_exactly_the_files() {
        let folder = Folder::new();
        let files = |names: &[&str]| -> Files {
            names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
        };
        synchronise(folder.path(), &files(&["a", "old/b", "keep/c"])).unwrap();
        synchronise(folder.path(), &files(&["a", "keep/c", "keep/d"])).unwrap();
        assert!(folder.at("keep/d").exists());
        assert!(!folder.at("old").exists());
        assert_eq!(folder.read("keep/c"), "keep/c");
    }
}
