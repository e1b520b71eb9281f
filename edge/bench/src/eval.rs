//! How much the screen finds of texts whose nature is known.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};

use crate::guard::screen::{Verdict, screen};
use anyhow::{Context as _, Result, anyhow};
use serde::{Deserialize, Serialize};

/// One line of the file. Cases from test sets may carry more, which is not read.
#[derive(Deserialize)]
struct Line {
    text: String,
    /// 1 for an attempt, 0 for an ordinary text; absent where nobody says.
    label: Option<u8>,
}

/// How many texts of a kind came to what.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    all: u64,
    caution: u64,
    block: u64,
}

/// The last line of the output.
#[derive(Serialize)]
struct Figures {
    /// How many texts there are.
    n: u64,
    /// The share of them that are not passed.
    flagged: f64,
    /// The share of attempts that are not passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<f64>,
    /// The share of ordinary texts that are not passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    false_positives: Option<f64>,
}

impl Count {
    const fn flagged(self) -> u64 {
        self.caution + self.block
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a count of texts")]
    fn share(self) -> Option<f64> {
        (self.all > 0).then(|| self.flagged() as f64 / self.all as f64)
    }

    fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            caution: self.caution + other.caution,
            block: self.block + other.block,
        }
    }
}

pub(super) fn run(file: &str, shows_misses: bool) -> Result<()> {
    let opened = File::open(file).with_context(|| file.to_owned())?;
    let mut counts: BTreeMap<Option<u8>, Count> = BTreeMap::new();
    let mut families: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, line) in (1_u64..).zip(BufReader::new(opened).lines()) {
        let line = line.with_context(|| format!("line {number} cannot be read"))?;
        if line.trim().is_empty() {
            continue;
        }
        // The reader's own message would quote what somebody wrote.
        let Line { text, label } = serde_json::from_str(&line).map_err(|error| {
            anyhow!(
                "line {number} is not {{\"text\", \"label\"}}, from column {} on",
                error.column()
            )
        })?;
        let screened = screen(&text);
        let count = counts.entry(label).or_default();
        count.all += 1;
        match screened.verdict {
            Verdict::Pass => {}
            Verdict::Caution => count.caution += 1,
            Verdict::Block => count.block += 1,
        }
        for family in &screened.families {
            *families.entry(family.name()).or_default() += 1;
        }
        let is_attempt = label == Some(1);
        if shows_misses && label.is_some() && is_attempt == (screened.verdict == Verdict::Pass) {
            let names: Vec<&str> = screened.families.iter().map(|one| one.name()).collect();
            println!(
                "{number} {} {text:?}",
                if is_attempt { "missed".to_owned() } else { names.join(",") }
            );
        }
    }
    report(&counts, &families)
}

fn report(counts: &BTreeMap<Option<u8>, Count>, families: &BTreeMap<&str, u64>) -> Result<()> {
    let of = |label| counts.get(&label).copied().unwrap_or_default();
    let (attempts, ordinary) = (of(Some(1)), of(Some(0)));
    let all = counts.values().copied().fold(Count::default(), Count::and);
    let percent =
        |share: Option<f64>| share.map_or("–".into(), |s| format!("{:.2} %", s * 100.0));
    println!(
        "attempts   {:>6}: recall {} (blocked {}, caution {})",
        attempts.all,
        percent(attempts.share()),
        attempts.block,
        attempts.caution
    );
    println!(
        "ordinary   {:>6}: false positives {} (blocked {}, caution {})",
        ordinary.all,
        percent(ordinary.share()),
        ordinary.block,
        ordinary.caution
    );
    for (family, texts) in families {
        println!("{family:<14} {texts}");
    }
    let figures = Figures {
        n: all.all,
        flagged: all.share().unwrap_or(0.0),
        recall: attempts.share(),
        false_positives: ordinary.share(),
    };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}
