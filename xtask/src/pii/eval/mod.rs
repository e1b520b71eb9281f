//! `pii eval DIR`: how well the cases in a directory are found, as JSON lines and as the table of
//! docs/measured.md.
//!
//! One file per set of cases. A set that is not there is passed over. Everything is measured with
//! the policy of `pii scan`, false alarms with that of chat as well. `--misses` tells on standard
//! error which cases were missed, and which values of a set are not counted at all; `--write` puts
//! the table into docs/measured.md.

mod cases;
mod figure;
mod regions;

mod research;

mod presidio;

mod kinds;
mod numbers;

mod phones;

mod adversarial;

mod negatives;

mod orders;

use anyhow::{Result, bail};

use super::Eval;
use crate::page::Slot;
use cases::Cases;

const SLOT: Slot = Slot {
    page: "docs/measured.md",
    begin: "<!-- figures: made by `cargo xtask pii eval DIR --write` -->",
    end: "<!-- end of figures -->",
};

pub(super) fn run(options: &Eval) -> Result<()> {
    if !options.cases.is_dir() {
        bail!("{} is no directory", options.cases.display());
    }
    let cases = Cases::new(options);
    let mut figures = Vec::new();
    for measure in [
        research::measure,
        presidio::measure,
        numbers::measure,
        phones::measure,
        adversarial::measure,
        negatives::messages,
        negatives::values,
        orders::measure,
    ] {
        figures.extend(measure(&cases)?);
    }
    for figure in &figures {
        println!("{}", serde_json::to_string(figure)?);
    }
    let table = figure::table(&figures);
    print!("\n{table}");
    if options.is_written { SLOT.write(&table) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sh;

    #[test]
    fn the_page_has_a_place_for_the_table() {
        let page = std::fs::read_to_string(sh::at(SLOT.page)).unwrap();
        assert!(SLOT.filled(&page, "").is_ok());
    }
}
