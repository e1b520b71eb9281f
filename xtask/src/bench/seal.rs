//! `bench seal`: what it costs that things are stored sealed. One text of a conversation, sealed and
//! opened, natively and in Wasm as the edge is built; and a reply from confidential documents beside
//! one from the same documents with an index, each by an edge under workerd on loopback.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::json;

use super::Options;
use super::client::{self, Client, Sotto};
use super::report::{rounded, share, sorted};
use super::server;
use crate::admin::Admin;
use crate::build::{self, widget};
use crate::page::{Slot, grouped};
use crate::setup::{self, Need, WASM};
use crate::sh::{self, Run};
use crate::{dev, keys};

/// The package with parts of the edge alone, `edge/bench`.
pub(crate) const PACKAGE: &str = "sotto-edge-bench";

/// The best of so many runs counts.
const RUNS: &str = "400";

/// The texts that are sealed: how many bytes each has, and what it stands for.
const TEXTS: [(usize, &str); 4] = [
    (200, "a usual message"),
    (4_000, "the longest message in letters of one byte"),
    (16_000, "the longest in signs of four bytes"),
    (65_536, "the longest reply"),
];

const SLOT: Slot = Slot {
    page: "ARCHITECTURE.md",
    begin: "<!-- sealing: made by `cargo xtask bench seal --write` -->",
    end: "<!-- end of sealing -->",
};

/// The two engines, as the program and the script measure them.
const ENGINES: [&str; 2] = ["native", "Wasm under Node"];

/// Confidential documents of a site: as many as a handbook has, and as many as there may be.
const DOCUMENTS: [usize; 2] = [128 * 1024, 1024 * 1024];

/// Conversations of each site, and messages in each.
const CONVERSATIONS: usize = 6;
const MESSAGES: usize = 10;

/// One text, sealed and opened.
#[derive(Debug, Serialize)]
struct Text {
    engine: &'static str,
    bytes: usize,
    seal_ms: f64,
    open_ms: f64,
}

/// Replies from documents, confidential ones and the same with an index.
#[derive(Debug, Serialize)]
struct Replies {
    document_bytes: usize,
    turns: usize,
    confidential_first_token_ms_p50: f64,
    indexed_first_token_ms_p50: f64,
    added_ms_p50: f64,
}

/// Runs `cargo xtask bench seal`.
///
/// # Errors
/// If a part does not build or start, or a call is refused.
pub(crate) fn seal(options: &Options) -> Result<()> {
    setup::run(Need::Build)?;
    let texts = sh::step("sealing and opening", texts)?;
    for text in &texts {
        println!("{}", serde_json::to_string(text)?);
    }
    if options.is_written {
        SLOT.write(&table(&texts))?;
    }
    if !options.is_built {
        sh::step("building the edge", || build::edge::build(build::Mode::Trial))?;
    }
    for bytes in DOCUMENTS {
        let replies = sh::step("asking", || replies(bytes))?;
        println!("{}", serde_json::to_string(&replies)?);
    }
    Ok(())
}

fn texts() -> Result<Vec<Text>> {
    Run::new("cargo").args(["build", "--release", "--package", PACKAGE, "--bins"]).run()?;
    widget::compile(PACKAGE, "edge")?;
    let program = sh::at("target/release").join(PACKAGE);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    let module = sh::at(format!("target/{WASM}/edge/sotto_edge_bench.wasm"));
    let script = sh::at("xtask/src/bench/node/seal.mjs");
    let [native, wasm] = ENGINES;
    let mut texts = read(native, Run::new(program).arg("seal"))?;
    texts.extend(read(wasm, Run::new("node").arg(script).arg(module))?);
    Ok(texts)
}

fn read(engine: &'static str, run: Run) -> Result<Vec<Text>> {
    let printed = run.arg(RUNS).args(TEXTS.map(|(bytes, _)| bytes.to_string())).read()?;
    let mut texts = Vec::new();
    for (line, (bytes, _)) in printed.lines().zip(TEXTS) {
        let (seal, open) = line.split_once(' ').with_context(|| format!("{engine}: `{line}`"))?;
        // Thousandths of a microsecond are noise.
        let ms = |text: &str| text.parse().map(|ms: f64| (ms * 1e6).round() / 1e6);
        texts.push(Text { engine, bytes, seal_ms: ms(seal)?, open_ms: ms(open)? });
    }
    if texts.len() != TEXTS.len() {
        bail!("{engine} measured {} of {} sizes", texts.len(), TEXTS.len());
    }
    Ok(texts)
}

/// Milliseconds for sealing and opening, by text and engine.
fn table(texts: &[Text]) -> String {
    let mut table = String::from("| text | native | Wasm |\n|---|---|---|\n");
    for (bytes, what) in TEXTS {
        let took = ENGINES.map(|engine| {
            let same = |text: &&Text| text.engine == engine && text.bytes == bytes;
            let text = texts.iter().find(same);
            text.map_or_else(String::new, |text| significant(text.seal_ms + text.open_ms))
        });
        let _ = writeln!(table, "| {} bytes, {what} | {} |", grouped(bytes), took.join(" | "));
    }
    table
}

/// Two digits that count; the rest is noise.
fn significant(value: f64) -> String {
    let place = 10_f64.powf(1.0 - value.log10().floor());
    ((value * place).round() / place).to_string()
}

/// Asks two sites in turns, message by message.
fn replies(bytes: usize) -> Result<Replies> {
    let state = sh::at("target/bench-seal");
    if let Err(error) = fs::remove_dir_all(&state)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error).context("target/bench-seal");
    }
    let confidential = site(&state.join("confidential"), bytes, true)?;
    let indexed = site(&state.join("indexed"), bytes, false)?;
    let client = Client::new();
    let mut first: [Vec<Duration>; 2] = Default::default();
    for number in 0..CONVERSATIONS {
        let (mut one, _) = client.mint(&confidential, number)?;
        let (mut other, _) = client.mint(&indexed, number)?;
        for message in 0..MESSAGES {
            let took = [client.chat(&confidential, &mut one)?, client.chat(&indexed, &mut other)?];
            // The first words of the first conversation warm up compilers and caches.
            if number > 0 || message > 0 {
                for (first, took) in first.iter_mut().zip(took) {
                    first.push(took.first);
                }
            }
        }
    }
    let turns = first[0].len();
    let [confidential, indexed] = first.map(|first| share(&sorted(first.into_iter()), 0.5));
    Ok(Replies {
        document_bytes: bytes,
        turns,
        confidential_first_token_ms_p50: rounded(confidential),
        indexed_first_token_ms_p50: rounded(indexed),
        added_ms_p50: rounded(confidential - indexed),
    })
}

/// An edge with a site that quotes the demo's documents, again and again until there are so many
/// bytes.
fn site(state: &Path, bytes: usize, is_confidential: bool) -> Result<Sotto> {
    fs::create_dir_all(state).context("target/bench-seal")?;
    let secrets = state.join("secrets.vars");
    keys::create(&secrets)?;
    let server = server::edge(state, &secrets)?;
    let platform = keys::platform_token(&secrets)?;
    let created = Admin::new(server.origin(), platform).create_workspace("Bench")?;
    let admin = Admin::new(server.origin(), created.api_key);
    let site = admin.create_site(&json!({
        "name": "Bench",
        "lang": "en",
        "origins": [client::ORIGIN],
        "controller": { "name": "Bench Ltd", "contact": "privacy@bench.example" },
    }))?;
    let text = dev::documents(&sh::at("www/demo/documents"))?.into_values().collect::<String>();
    for number in 0..bytes / text.len() {
        let name = format!("{number:04}.md");
        if is_confidential {
            admin.put_confidential(site.number, &name, &text)?;
        } else {
            admin.put_document(site.number, &name, &text)?;
        }
    }
    Ok(Sotto { notice: client::notice(&server, &site.key)?, site: site.key, server })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sealing_costs_has_a_row_for_each_text() {
        SLOT.find().unwrap();
        let text = |engine, bytes, seal_ms, open_ms| Text { engine, bytes, seal_ms, open_ms };
        let [native, wasm] = ENGINES;
        let texts = TEXTS.iter().flat_map(|(bytes, _)| {
            [text(native, *bytes, 0.000_51, 0.000_52), text(wasm, *bytes, 0.124, 0.32)]
        });
        let table = table(&texts.collect::<Vec<_>>());
        assert_eq!(table.lines().count(), 2 + TEXTS.len());
        let row = "| 65,536 bytes, the longest reply | 0.001 | 0.44 |";
        assert_eq!(table.lines().last(), Some(row));
    }

    #[test]
    fn two_digits_count() {
        for (value, written) in [(0.012_34, "0.012"), (0.998, "1"), (1.86, "1.9"), (23.4, "23")] {
            assert_eq!(significant(value), written);
        }
    }
}
