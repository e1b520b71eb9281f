//! `bench edge`: what Sotto adds to a chat. The edge and a Worker that only passes bytes on run
//! under workerd on loopback, before the same provider, which answers at once; both are asked by
//! the same client in the same run, a while each in turns, so that what the machine does meanwhile
//! touches both.

mod call;
mod client;
mod load;
mod report;
mod server;

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::admin::Admin;
use crate::page::Slot;
use crate::setup::{self, Need};
use crate::{build, dev, keys, sh};

use client::{Sotto, Through};
use load::{Conversations, Turns};
use report::{Calls, Chat, Report};
use server::Script;

const SLOT: Slot = Slot {
    page: "README.md",
    begin: "<!-- edge: made by `cargo xtask bench edge --write` -->",
    end: "<!-- end of edge -->",
};

/// How many are served at a time.
const CONCURRENCIES: [usize; 2] = [1, 16];

/// How long each of the two is asked before it is the other's turn.
const TURN: Duration = Duration::from_secs(2);

/// How often each has its turn.
const TURNS: usize = 5;

/// How long each is asked before anything counts: compilers and caches warm up.
const WARM_UP: Duration = Duration::from_secs(3);

/// How long conversations are minted, and how many at most; likewise resumed and erased, of those.
const MINTING: Duration = Duration::from_secs(5);
const CONVERSATIONS: usize = 1_000;

/// What the provider says: of usual length.
const REPLY: &str = "Parcels to the islands take six working days, and delivery costs 4.90. From an \
order of 60 on it is free. You will get a message with a number by which you can follow the parcel \
as soon as it has left our workshop. Is there anything else that you would like to know?";

/// Runs `cargo xtask bench edge`.
///
/// # Errors
/// If a part does not build or start, or a call is refused.
pub(crate) fn edge(is_written: bool) -> Result<()> {
    setup::run(Need::Build)?;
    sh::step("building the edge", || build::edge::build(build::Mode::Trial))?;
    let report = sh::step("measuring", measure)?;
    for line in report.lines()? {
        println!("{line}");
    }
    let table = report.table();
    print!("\n{table}");
    if is_written { SLOT.write(&table) } else { Ok(()) }
}

fn measure() -> Result<Report> {
    let state = sh::at("target/bench-edge");
    // What an earlier run left there would be measured too.
    match std::fs::remove_dir_all(&state) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context("target/bench-edge");
        }
        _ => std::fs::create_dir_all(&state).context("target/bench-edge")?,
    }
    let secrets = state.join("secrets.vars");
    keys::create(&secrets)?;
    let provider = Script::start("provider.mjs", &[REPLY], &[])?;
    let upstream = format!("{}/v1/chat/completions", provider.origin());
    let through = Script::start("worker.mjs", &["through", &upstream], &[])?;
    let edge = server::edge(&state, &secrets)?;

    let through = Through { origin: through.origin(), _server: through };
    let sotto = Sotto { site: site(&edge, &secrets, &provider.origin())?, server: edge };
    let mut report = Report::default();
    for concurrency in CONCURRENCIES {
        let conversations = Conversations::default();
        let warm = load::mint(&sotto, concurrency, WARM_UP, CONVERSATIONS, &conversations)?;
        drop(warm);
        load::chat(&sotto, concurrency, WARM_UP, &conversations)?;
        load::pass_through(&through, concurrency, WARM_UP)?;

        conversations.forget();
        let minted = load::mint(&sotto, concurrency, MINTING, CONVERSATIONS, &conversations)?;
        report.calls.push(Calls::new("mint", concurrency, minted));
        let (mut own, mut passed) = (Turns::default(), Turns::default());
        for _ in 0..TURNS {
            passed.append(load::pass_through(&through, concurrency, TURN)?);
            own.append(load::chat(&sotto, concurrency, TURN, &conversations)?);
        }
        report.chats.push(Chat::new(concurrency, own, passed));
        let resumed = load::resume(&sotto, concurrency, MINTING, &conversations)?;
        report.calls.push(Calls::new("resume", concurrency, resumed));
        let erased = load::erase(&sotto, concurrency, MINTING, &conversations)?;
        report.calls.push(Calls::new("erase", concurrency, erased));
    }
    Ok(report)
}
