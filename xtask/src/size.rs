//! What ships, weighed: raw, gzip and brotli bytes of each artefact, against the budgets.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::build::assets;
use crate::page::{Slot, grouped};
use crate::sh;

/// The one table of budgets.
const BUDGETS: [Budget; 5] = [
    // What a host page pays for before the visitor does anything (promise 1).
    Budget {
        artefact: LOADER,
        what: "loader, which is all that a closed widget costs",
        measure: Measure::Brotli,
        bytes: 2_000,
    },
    // All that is fetched until the visitor can type: the settings of the site aside, which are
    // its owner's, and the locale, which English does not need. docs/measured.md says what the
    // bytes are spent on.
    Budget {
        artefact: UNTIL_TYPING,
        what: "everything until the visitor can type: loader, module, Wasm with styles and English",
        measure: Measure::Brotli,
        bytes: 75_000,
    },
    // The same and the scrubber, which is fetched while the visitor reads and types: no message
    // leaves without it.
    Budget {
        artefact: UNTIL_SENDING,
        what: "everything until the first message leaves: the same and the scrubber",
        measure: Measure::Brotli,
        bytes: 106_500,
    },
    // A tenth of a second on a slow connection, beside the second that solving takes.
    Budget {
        artefact: SOLVER,
        what: "solver of challenges, loaded by who is asked",
        measure: Measure::Brotli,
        bytes: 4_000,
    },
    // A third of what the platform's free plan takes.
    Budget { artefact: EDGE, what: "edge", measure: Measure::Gzip, bytes: 1_000_000 },
];

const SLOT: Slot = Slot {
    page: "docs/measured.md",
    begin: "<!-- sizes: made by `cargo xtask size --write` -->",
    end: "<!-- end of sizes -->",
};

const LOADER: &str = "embed.js";
const WIDGET_JS: &str = "widget.js";
const WIDGET_WASM: &str = "widget.wasm";
const UNTIL_TYPING: &str = "until typing";
const UNTIL_SENDING: &str = "until sending";
/// Loaded while the visitor reads and types.
const SCRUBBER: &str = "scrubber.wasm";
/// Loaded by those alone whom a site asks to solve a challenge.
const SOLVER: &str = "challenge.wasm";
const EDGE: &str = "edge.wasm";

/// A cap on one measure of one artefact.
struct Budget {
    artefact: &'static str,
    /// What it is to people.
    what: &'static str,
    measure: Measure,
    bytes: usize,
}

#[derive(Clone, Copy, Debug)]
enum Measure {
    Gzip,
    Brotli,
}

/// One line of the output, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Size {
    artefact: String,
    pub(crate) raw: usize,
    /// Level 9.
    gzip: usize,
    /// Quality 11, the window of the HTTP encoding.
    pub(crate) brotli: usize,
}

/// Prints one JSON line per artefact of the last build; writes the table of budgets, if that is
/// wanted.
///
/// # Errors
/// If an artefact is missing or a budget is exceeded.
pub(crate) fn run(is_written: bool) -> Result<()> {
    let sizes = measure()?;
    for size in &sizes {
        println!("{}", serde_json::to_string(size)?);
    }
    if is_written {
        SLOT.write(&table(&sizes))?;
    }
    let excesses = excesses(&sizes);
    if !excesses.is_empty() {
        bail!("past the budget: {}", excesses.join("; "));
    }
    Ok(())
}

fn measure() -> Result<Vec<Size>> {
    let names = assets::current().context("nothing is built")?;
    let dist = sh::at("dist");
    let read = |path: &str| fs::read(dist.join(path)).with_context(|| format!("dist/{path}"));

    let needed = [
        Size::of(LOADER, &read(LOADER)?)?,
        Size::of(WIDGET_JS, &read(&names.widget_js)?)?,
        Size::of(WIDGET_WASM, &read(&names.widget_wasm)?)?,
    ];
    let mut sizes = needed.to_vec();
    sizes.push(Size::sum(UNTIL_TYPING, &needed));
    let scrubber = Size::of(SCRUBBER, &read(&names.scrubber)?)?;
    sizes.push(scrubber.clone());
    sizes.push(Size::sum(UNTIL_SENDING, &[&needed[..], &[scrubber]].concat()));
    sizes.push(Size::of(SOLVER, &read(&names.solver)?)?);
    for (tag, path) in &names.locales {
        sizes.push(Size::of(&format!("locale-{tag}.json"), &read(path)?)?);
    }
    let wasm = "edge/build/index_bg.wasm";
    sizes.push(Size::of(EDGE, &fs::read(sh::at(wasm)).context(wasm)?)?);
    Ok(sizes)
}

impl Size {
    /// Weighs `bytes`.
    ///
    /// # Errors
    /// If a compressor fails.
    pub(crate) fn of(artefact: &str, bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let gzip = gzip.finish()?.len();

        let mut brotli = Vec::new();
        let params =
            brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &*bytes, &mut brotli, &params)?;

        Ok(Self { artefact: artefact.to_owned(), raw: bytes.len(), gzip, brotli: brotli.len() })
    }

    fn sum(artefact: &str, parts: &[Self]) -> Self {
        Self {
            artefact: artefact.to_owned(),
            raw: parts.iter().map(|part| part.raw).sum(),
            gzip: parts.iter().map(|part| part.gzip).sum(),
            brotli: parts.iter().map(|part| part.brotli).sum(),
        }
    }
}

impl Budget {
    /// What was measured of its artefact.
    fn measured(&self, sizes: &[Size]) -> Option<usize> {
        let size = sizes.iter().find(|size| size.artefact == self.artefact)?;
        Some(match self.measure {
            Measure::Gzip => size.gzip,
            Measure::Brotli => size.brotli,
        })
    }
}

impl Measure {
    const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "brotli",
        }
    }
}

/// The table for docs/measured.md.
fn table(sizes: &[Size]) -> String {
    let mut table = String::from("| artefact | bytes | budget |\n|---|---|---|\n");
    for budget in &BUDGETS {
        let measured = budget.measured(sizes);
        let _ = writeln!(
            table,
            "| {}, {} | {} | {} |",
            budget.what,
            budget.measure.name(),
            measured.map_or_else(String::new, grouped),
            grouped(budget.bytes)
        );
    }
    table
}

/// A sentence for each budget that is exceeded or has nothing to measure.
fn excesses(sizes: &[Size]) -> Vec<String> {
    let excess = |budget: &Budget| {
        let Budget { artefact, measure, bytes, .. } = budget;
        let Some(measured) = budget.measured(sizes) else {
            return Some(format!("{artefact} was not measured"));
        };
        let name = measure.name();
        (measured > *bytes).then(|| format!("{artefact} is {measured} bytes {name}, of {bytes}"))
    };
    BUDGETS.iter().filter_map(excess).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(loader: usize, until_typing: usize, edge: usize) -> Vec<Size> {
        let size = |artefact: &str, gzip, brotli| Size {
            artefact: artefact.to_owned(),
            raw: 9_999_999,
            gzip,
            brotli,
        };
        vec![
            size(LOADER, 9_999_999, loader),
            size(UNTIL_TYPING, 9_999_999, until_typing),
            size(UNTIL_SENDING, 9_999_999, 106_500),
            size(SOLVER, 9_999_999, 4_000),
            size(EDGE, edge, 9_999_999),
        ]
    }

    #[test]
    fn a_budget_may_be_used_up_but_not_passed() {
        assert!(excesses(&sizes(2_000, 75_000, 1_000_000)).is_empty());
        assert_eq!(excesses(&sizes(2_001, 75_000, 1_000_000)).len(), 1);
        assert_eq!(excesses(&sizes(2_000, 75_001, 1_000_000)).len(), 1);
        assert_eq!(
            excesses(&sizes(2_000, 75_000, 1_000_001)),
            ["edge.wasm is 1000001 bytes gzip, of 1000000"]
        );
    }

    #[test]
    fn the_table_has_every_budget() {
        SLOT.find().unwrap();
        let table = table(&sizes(1_982, 74_111, 959_311));
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(rows.len(), BUDGETS.len());
        assert!(rows[0].ends_with("costs, brotli | 1,982 | 2,000 |"), "{table}");
        assert!(rows[1].ends_with("| 74,111 | 75,000 |"), "{table}");
        assert_eq!(rows[4], "| edge, gzip | 959,311 | 1,000,000 |");
    }

    /// An artefact that was renamed must not slip past its budget.
    #[test]
    fn a_budget_without_its_artefact_fails() {
        assert_eq!(excesses(&[]).len(), BUDGETS.len());
    }

    #[test]
    fn sizes_are_those_of_the_compressed_bytes() {
        let size = Size::of("zeros", &[0; 10_000]).unwrap();
        assert_eq!(size.raw, 10_000);
        assert!(size.gzip < 100 && size.brotli < 30, "{size:?}");
        let sum = Size::sum("both", &[size.clone(), size.clone()]);
        assert_eq!((sum.raw, sum.brotli), (20_000, 2 * size.brotli));
    }

    #[test]
    fn a_line_has_four_members() {
        let size = Size { artefact: "a".to_owned(), raw: 3, gzip: 2, brotli: 1 };
        assert_eq!(
            serde_json::to_string(&size).unwrap(),
            r#"{"artefact":"a","raw":3,"gzip":2,"brotli":1}"#
        );
    }
}
