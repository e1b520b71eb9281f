//! `cargo xtask dev`: the edge on this machine with a demo site, and what it needs remembered.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::admin::Admin;
use crate::args::Dev;
use crate::server::{self, Server};
use crate::setup::{self, Need};
use crate::{build, keys, sh};

/// Everything that `--fresh` forgets.
const HOME: &str = ".sotto";

/// What is remembered of the demo between two starts. The API key makes it a secret.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Demo {
    workspace: String,
    api_key: String,
    site_key: String,
    number: u16,
    port: u16,
    /// Hash of the settings that the edge has.
    settings: String,
    /// Hash of each document that the edge has, by name.
    documents: BTreeMap<String, String>,
}

/// Runs `cargo xtask dev` until Ctrl-C.
///
/// # Errors
/// If the port is taken, a part does not build, or the edge does not take the demo.
pub(crate) fn run(options: &Dev) -> Result<()> {
    server::check_port(options.port)?;
    setup::run(Need::Build)?;
    build::run(if options.release { build::Mode::Trial } else { build::Mode::Quick })?;
    if options.fresh {
        forget(&sh::at(HOME))?;
    }
    let state = sh::at(HOME).join("state");
    fs::create_dir_all(&state).with_context(|| state.display().to_string())?;
    let secrets = keys::dev_file();
    if keys::create(&secrets)? {
        eprintln!("made secrets for development in .dev.vars");
    }

    let interrupt = server::interrupt()?;
    let mut server = Server::start(&server::Options {
        port: options.port,
        state: &state,
        secrets: &secrets,
        vars: &[],
    })?;
    if !server.ready(&interrupt)? {
        return Ok(());
    }
    let demo = load_demo(options.port, &secrets)
        .context("the demo could not be loaded; `--fresh` begins without earlier data")?;

    let address = server::address(options.port);
    let key = &demo.site_key;
    println!("\n  demo   {address}/demo/?site={key}");
    println!("  embed  <script async src=\"{address}/embed.js\" data-site=\"{key}\"></script>");
    println!("\n  Ctrl-C ends it; a second start finds the same data.\n");
    server.wait(&interrupt)
}

fn forget(home: &Path) -> Result<()> {
    match fs::remove_dir_all(home) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| home.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Creates the demo workspace and site once; brings settings and documents up to date.
fn load_demo(port: u16, secrets: &Path) -> Result<Demo> {
    let file = sh::at(HOME).join("dev.json");
    let settings = settings(&sh::at("www/demo/site.json"), port)?;
    let documents = documents(&sh::at("www/demo/documents"))?;
    let edge = server::address(port);

    let mut demo = match read(&file)? {
        Some(demo) => demo,
        None => {
            let platform = Admin::new(edge.clone(), keys::platform_token(secrets)?);
            let created = platform.create_workspace("Demo")?;
            let site = Admin::new(edge.clone(), created.api_key.clone()).create_site(&settings)?;
            Demo {
                workspace: created.workspace,
                api_key: created.api_key,
                site_key: site.key,
                number: site.number,
                settings: hash(settings.to_string().as_bytes()),
                ..Demo::default()
            }
        }
    };
    demo.port = port;
    write(&file, &demo)?;

    let admin = Admin::new(edge, demo.api_key.clone());
    let settings_hash = hash(settings.to_string().as_bytes());
    if demo.settings != settings_hash {
        admin.put_site(demo.number, &settings)?;
        demo.settings = settings_hash;
    }
    for change in changes(&demo.documents, &documents) {
        match change {
            Change::Put(name, text) => admin.put_document(demo.number, name, text)?,
            Change::Delete(name) => admin.delete_document(demo.number, name)?,
        }
    }
    demo.documents =
        documents.iter().map(|(name, text)| (name.clone(), hash(text.as_bytes()))).collect();
    write(&file, &demo)?;
    Ok(demo)
}

/// What has to happen to one document.
#[derive(Debug, PartialEq, Eq)]
enum Change<'a> {
    /// Name and text.
    Put(&'a str, &'a str),
    /// Name.
    Delete(&'a str),
}

/// From the documents that the edge has (name and hash) to those in the folder (name and text).
fn changes<'a>(
    there: &'a BTreeMap<String, String>,
    here: &'a BTreeMap<String, String>,
) -> Vec<Change<'a>> {
    let gone = there.keys().filter(|name| !here.contains_key(*name));
    let new = here.iter().filter(|(name, text)| there.get(*name) != Some(&hash(text.as_bytes())));
    gone.map(|name| Change::Delete(name))
        .chain(new.map(|(name, text)| Change::Put(name, text)))
        .collect()
}

/// The demo's settings with the origins of this start.
fn settings(file: &Path, port: u16) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut settings: Value =
        serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    if let Some(members) = settings.as_object_mut() {
        let origins = json!([server::address(port), format!("http://localhost:{port}")]);
        members.insert("origins".to_owned(), origins);
    }
    Ok(settings)
}

/// The Markdown files of a folder, by name.
pub(crate) fn documents(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut documents = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path: PathBuf = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            documents.insert(name, text);
        }
    }
    Ok(documents)
}

fn read(file: &Path) -> Result<Option<Demo>> {
    match fs::read_to_string(file) {
        Ok(text) => {
            Ok(Some(serde_json::from_str(&text).with_context(|| file.display().to_string())?))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

fn write(file: &Path, demo: &Demo) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    keys::owner_only(&mut options);
    let mut opened = options.open(file).with_context(|| file.display().to_string())?;
    opened.write_all(&serde_json::to_vec_pretty(demo)?)?;
    Ok(())
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn only_what_changed_is_sent() {
        let same = hash(b"same");
        let there = map(&[("same.md", &same), ("old.md", "0"), ("gone.md", "0")]);
        let here = map(&[("same.md", "same"), ("old.md", "changed"), ("new.md", "new")]);
        assert_eq!(
            changes(&there, &here),
            [
                Change::Delete("gone.md"),
                Change::Put("new.md", "new"),
                Change::Put("old.md", "changed"),
            ]
        );
    }

    #[test]
    fn the_demo_is_read_as_it_was_written() {
        let demo = Demo { site_key: "pk_x".to_owned(), port: 1, ..Demo::default() };
        let text = serde_json::to_string(&demo).unwrap();
        assert_eq!(serde_json::from_str::<Demo>(&text).unwrap(), demo);
    }
}
