//! `bench pii`: how fast the scrubber reads chat and hostile text, natively and in Wasm under Node,
//! beside others on the same messages in the same run; and what the scrubber weighs.

mod chat;
mod corpora;
mod texts;

mod engines;

mod report;

use anyhow::Result;

use crate::page::Slot;
use crate::setup::{self, Need};
use crate::sh;
use crate::size::Size;

const SLOT: Slot = Slot {
    page: "docs/measured.md",
    begin: "<!-- speeds: made by `cargo xtask bench pii --write` -->",
    end: "<!-- end of speeds -->",
};

pub(super) fn run(is_written: bool) -> Result<()> {
    setup::run(Need::Build)?;
    let dir = sh::at("target/bench-pii");
    let corpora = corpora::write(&dir.join("corpora"))?;
    let wasm = engines::build(&dir)?;
    let engines = engines::all(&dir)?;

    let mut speeds = Vec::new();
    for engine in &engines {
        speeds.extend(sh::step(&engine.name, || engine.measure(&corpora))?);
    }
    for speed in &speeds {
        println!("{}", serde_json::to_string(speed)?);
    }
    let size = Size::of("scrubber alone, as in the widget", &wasm)?;
    println!("{}", serde_json::to_string(&size)?);
    let report = report::table(&speeds, &size);
    print!("\n{report}");
    if is_written { SLOT.write(&report) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_place_for_the_table() {
        SLOT.find().unwrap();
    }
}
