//! `bench edge`: what Sotto adds to a chat; [`mod@seal`]: what it costs that things are stored sealed.
//!
//! For `bench edge`, the edge and a Worker that only passes bytes on run
//! under workerd on loopback, before the same provider, which answers at once; both are asked by
//! the same client in the same run, a while each in turns, so that what the machine does meanwhile
//! touches both. A third one takes the edge's way through objects and storage and does nothing on
//! it: what is left of the difference is the edge's own.

mod client;
mod load;
mod report;
mod seal;
mod server;

pub(crate) use seal::{PACKAGE, seal};

use std::fs;
use std::io::ErrorKind;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser};
use serde_json::json;

use crate::admin::Admin;
use crate::args::{Command, is_written};
use crate::page::Slot;
use crate::setup::{self, Need};
use crate::{build, dev, guard, keys, pii, sh};

use client::{Plain, Sotto};
use load::{Crowd, Made};
use report::{Calls, Chat, Report};
use server::Script;

const SLOT: Slot = Slot {
    page: "docs/measured.md",
    begin: "<!-- edge: made by `cargo xtask bench edge --write` -->",
    end: "<!-- end of edge -->",
};

/// Options of `bench edge` and `bench seal`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether it measures what was built before.
    pub(crate) is_built: bool,
    /// Whether the tables go into the documents.
    pub(crate) is_written: bool,
}

/// How many are served at a time.
const CONCURRENCIES: [usize; 2] = [1, 16];

/// How long each of them is asked before it is the other's turn.
const TURN: Duration = Duration::from_secs(2);

/// How often each has its turn.
const TURNS: usize = 5;

/// How long each is asked before anything counts: compilers and caches warm up.
const WARM_UP: Duration = Duration::from_secs(3);

/// How long conversations are minted; likewise how long those are resumed and erased.
const CALLS: Duration = Duration::from_secs(5);

/// What the provider says: of usual length.
const REPLY: &str = "Parcels to the islands take six working days, and delivery costs 4.90. From an \
order of 60 on it is free. You will get a message with a number by which you can follow the parcel \
as soon as it has left our workshop. Is there anything else that you would like to know?";

/// Reads what follows its name on the command line.
///
/// # Errors
/// If that is none of its tasks; the sentence says what would be.
pub(crate) fn read(parser: &mut Parser) -> Result<Command> {
    match parser.next()? {
        Some(Arg::Value(name)) if name == "edge" => Ok(Command::BenchEdge(options(parser)?)),
        Some(Arg::Value(name)) if name == "pii" => {
            let is_written = is_written(parser)?;
            Ok(Command::Pii(pii::Task::Bench(is_written)))
        }
        Some(Arg::Value(name)) if name == "seal" => Ok(Command::BenchSeal(options(parser)?)),
        Some(Arg::Value(name)) if name == "guard" => {
            let is_written = is_written(parser)?;
            Ok(Command::Guard(guard::Task::Bench { is_written }))
        }
        _ => bail!("`bench` takes `edge`, `seal`, `pii` or `guard`"),
    }
}

fn options(parser: &mut Parser) -> Result<Options> {
    let mut options = Options { is_built: false, is_written: false };
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("built") => options.is_built = true,
            Arg::Long("write") => options.is_written = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// Runs `cargo xtask bench edge`.
///
/// # Errors
/// If a part does not build or start, or a call is refused.
pub(crate) fn edge(options: &Options) -> Result<()> {
    setup::run(Need::Build)?;
    if !options.is_built {
        sh::step("building the edge", || build::edge::build(build::Mode::Trial))?;
    }
    let report = sh::step("measuring", measure)?;
    for line in report.lines()? {
        println!("{line}");
    }
    let table = report.table();
    print!("\n{table}");
    if options.is_written { SLOT.write(&table) } else { Ok(()) }
}

fn measure() -> Result<Report> {
    let state = sh::at("target/bench-edge");
    // What an earlier run left there would be measured too.
    if let Err(error) = fs::remove_dir_all(&state)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error).context("target/bench-edge");
    }
    fs::create_dir_all(&state).context("target/bench-edge")?;
    let secrets = state.join("secrets.vars");
    keys::create(&secrets)?;
    let provider = Script::start("provider.mjs", &[REPLY], &[])?;
    let upstream = format!("{}/v1/chat/completions", provider.origin());
    let through = Plain(Script::start("worker.mjs", &["through", &upstream], &[])?);
    let folder = state.join("least");
    let least = ["least", &folder.to_string_lossy(), &upstream];
    let least = Plain(Script::start("worker.mjs", &least, &[])?);
    let edge = server::edge(&state, &secrets)?;
    let site = site(&edge, keys::platform_token(&secrets)?, &provider)?;
    let sotto = Sotto { notice: client::notice(&edge, &site)?, site, server: edge };

    let (mut report, begun) = (Report::default(), AtomicUsize::new(0));
    for size in CONCURRENCIES {
        let crowd = Crowd::new(&sotto, &begun, size);
        crowd.mint(WARM_UP)?;
        crowd.chat(WARM_UP)?;
        crowd.plain(&through, WARM_UP)?;
        crowd.plain(&least, WARM_UP)?;

        report.calls.push(Calls::new("mint", size, &crowd.mint(CALLS)?));
        let (mut own, mut passed, mut stored) = (Made::default(), Made::default(), Made::default());
        for _ in 0..TURNS {
            passed.append(crowd.plain(&through, TURN)?);
            stored.append(crowd.plain(&least, TURN)?);
            own.append(crowd.chat(TURN)?);
        }
        report.chats.push(Chat::new(size, &own, &passed, &stored));
        report.calls.push(Calls::new("resume", size, &crowd.resume(CALLS)?));
        report.calls.push(Calls::new("erase", size, &crowd.erase(CALLS)?));
    }
    Ok(report)
}

/// Makes the demo's site, with its documents, for the provider. Its budgets are out of the way: what
/// is measured is what they cost, not what they refuse.
fn site(edge: &Script, platform: String, provider: &Script) -> Result<String> {
    let created = Admin::new(edge.origin(), platform).create_workspace("Bench")?;
    let admin = Admin::new(edge.origin(), created.api_key);
    let site = admin.create_site(&json!({
        "name": "Bench",
        "lang": "en",
        "origins": [client::ORIGIN],
        "controller": { "name": "Bench Ltd", "contact": "privacy@bench.example" },
        "provider": {
            "kind": "openai",
            "base_url": format!("{}/v1", provider.origin()),
            "model": "m",
            "key": "sk-bench",
            "recipient": { "name": "Model Inc", "role": "writes the answers", "place": "EU" },
        },
        "budget": {
            "sessions": 1_000_000, "sessions_per_network": 1_000_000,
            "sessions_per_minute": 1_000_000,
            "messages": 1_000_000, "messages_per_network": 1_000_000,
            "messages_per_minute": 1_000_000, "tokens": 1_000_000_000_000_u64,
            "tokens_per_conversation": 1_000_000_000_000_u64,
        },
    }))?;
    for (name, text) in dev::documents(&sh::at("www/demo/documents"))? {
        admin.put_document(site.number, &name, &text)?;
    }
    Ok(site.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::lines::{check, refusal};

    #[test]
    fn the_page_has_a_place_for_the_table() {
        SLOT.find().unwrap();
    }

    #[test]
    fn each_is_named() {
        let edge = |is_built, is_written| Command::BenchEdge(Options { is_built, is_written });
        assert_eq!(check("bench edge"), edge(false, false));
        assert_eq!(check("bench edge --write --built"), edge(true, true));
        assert!(refusal("bench edge --fast").contains("fast"));
        let seal = |is_built, is_written| Command::BenchSeal(Options { is_built, is_written });
        assert_eq!(check("bench seal --built"), seal(true, false));
        assert_eq!(check("bench seal --write"), seal(false, true));
        assert!(refusal("bench").contains("`pii`"));
    }
}
