//! Whether an export is the log that checkpoints were signed over.

use core::fmt;
use std::collections::BTreeMap;

use super::{Checkpoint, Digest, Entry, Export, Tree, beginning};

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries in the export.
    pub entries: u64,
    /// Those of them whose content has gone when its time had come.
    pub gone: u64,
    /// The entries before this one are covered by a checkpoint.
    pub covered: u64,
    /// What is wrong; nothing if the export is the log.
    pub findings: Vec<Finding>,
}

/// What is wrong with an export. Numbers are those of entries; ranges leave out their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The export is of another log than a checkpoint.
    OtherLog {
        /// The checkpoint's log.
        origin: String,
    },
    /// Entries are not there.
    Missing {
        /// The first.
        from: u64,
        /// The first that is there again.
        to: u64,
    },
    /// A number stands twice.
    Repeated {
        /// Which.
        number: u64,
    },
    /// An entry stands behind one with a higher number.
    OutOfOrder {
        /// Which.
        number: u64,
    },
    /// Salt or payload are not those that were written.
    ContentChanged {
        /// Which.
        number: u64,
    },
    /// Salt or payload is missing, but not both.
    ContentTorn {
        /// Which.
        number: u64,
    },
    /// The content has gone before its retention was over.
    GoneEarly {
        /// Which.
        number: u64,
    },
    /// Time, class, commitment or leaf were changed, or another entry stood before it.
    NotLinked {
        /// Which.
        number: u64,
    },
    /// An entry is older than the one before it.
    TimeRunsBack {
        /// Which.
        number: u64,
    },
    /// The entries are linked, and are not those that the checkpoint was signed over.
    Rewritten {
        /// The entries before this one fit the checkpoint before.
        from: u64,
        /// The checkpoint's size.
        to: u64,
    },
    /// The log had more entries when the checkpoint was signed.
    Truncated {
        /// How many there are.
        has: u64,
        /// How many there were.
        had: u64,
    },
    /// The last page says that there is another one.
    PageMissing {
        /// Where it begins.
        from: u64,
    },
    /// The export breaks off without a checkpoint at its end.
    BrokenOff,
}

/// Verifies an export against checkpoints whose signatures were verified: those kept elsewhere and
/// the export's own. `now` (Unix milliseconds) tells whether a content could have gone.
#[must_use]
pub fn verify(export: &Export, checkpoints: &[Checkpoint], now: u64) -> Report {
    let mut report = Report::default();
    let entries = in_order(export, &mut report.findings);
    report.entries = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let mut before: Option<&Entry> = None;
    let mut expected = 0;
    for entry in entries.values() {
        let number = entry.number;
        if number > expected {
            report.findings.push(Finding::Missing { from: expected, to: number });
        }
        // Behind a gap there is nothing to link to: the gap is the finding.
        let previous = match before {
            None if number == 0 => Some(beginning(&export.origin)),
            Some(before) if number == expected => Some(before.leaf),
            _ => None,
        };
        if previous.is_some_and(|previous| entry.head().leaf(&previous) != entry.leaf) {
            report.findings.push(Finding::NotLinked { number });
        }
        if before.is_some_and(|before| before.at > entry.at) {
            report.findings.push(Finding::TimeRunsBack { number });
        }
        match (entry.content(), entry.salt.is_none() && entry.payload.is_none()) {
            (Some(content), _) if content.commitment() == entry.commitment => {}
            (Some(_), _) => report.findings.push(Finding::ContentChanged { number }),
            (None, false) => report.findings.push(Finding::ContentTorn { number }),
            (None, true) if entry.head().may_have_gone(now) => report.gone += 1,
            (None, true) => report.findings.push(Finding::GoneEarly { number }),
        }
        before = Some(entry);
        expected = number.saturating_add(1);
    }
    let is_whole = report.entries == expected;
    compare(export, checkpoints, is_whole.then_some(&entries), expected, &mut report);
    match (export.next, &export.checkpoint) {
        (Some(from), _) => report.findings.push(Finding::PageMissing { from }),
        (None, None) => report.findings.push(Finding::BrokenOff),
        (None, Some(_)) => {}
    }
    report
}

/// The entries by number; what does not stand where it belongs is found.
fn in_order<'a>(export: &'a Export, findings: &mut Vec<Finding>) -> BTreeMap<u64, &'a Entry> {
    let mut entries = BTreeMap::new();
    let mut highest = None;
    for entry in &export.entries {
        let number = entry.number;
        if entries.contains_key(&number) {
            findings.push(Finding::Repeated { number });
            continue;
        }
        if highest.is_some_and(|highest| number < highest) {
            findings.push(Finding::OutOfOrder { number });
        }
        highest = highest.max(Some(number));
        entries.insert(number, entry);
    }
    entries
}

/// Compares the tree over the leaves with the root of each checkpoint, smallest first.
fn compare(
    export: &Export,
    checkpoints: &[Checkpoint],
    entries: Option<&BTreeMap<u64, &Entry>>,
    has: u64,
    report: &mut Report,
) {
    let mut checkpoints = checkpoints.iter().collect::<Vec<_>>();
    checkpoints.sort_by_key(|checkpoint| checkpoint.size);
    let mut tree = Tree::default();
    let mut leaves = entries.into_iter().flat_map(BTreeMap::values).map(|entry| entry.leaf);
    let mut fits = 0;
    for Checkpoint { origin, size, root } in checkpoints {
        if *origin != export.origin {
            report.findings.push(Finding::OtherLog { origin: origin.clone() });
        } else if *size > has {
            report.findings.push(Finding::Truncated { has, had: *size });
        } else if entries.is_some() {
            grow(&mut tree, &mut leaves, *size);
            if tree.root() == *root {
                fits = *size;
            } else {
                report.findings.push(Finding::Rewritten { from: fits, to: *size });
            }
        }
    }
    report.covered = fits;
}

fn grow(tree: &mut Tree, leaves: &mut impl Iterator<Item = Digest>, size: u64) {
    while tree.size() < size
        && let Some(leaf) = leaves.next()
    {
        tree.push(leaf);
    }
}

impl Report {
    /// Whether the export is the log that the checkpoints were signed over.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherLog { origin } => write!(f, "a checkpoint is of another log: {origin}"),
            Self::Missing { from, to } if to - from == 1 => write!(f, "entry {from} is missing"),
            Self::Missing { from, to } => {
                write!(f, "entries {from} to {} are missing", to.saturating_sub(1))
            }
            Self::Repeated { number } => write!(f, "entry {number} stands there twice"),
            Self::OutOfOrder { number } => write!(f, "entry {number} does not stand in its place"),
            Self::ContentChanged { number } => {
                write!(f, "entry {number} was changed: its payload or salt is not what was written")
            }
            Self::ContentTorn { number } => {
                write!(f, "entry {number} was changed: of its payload and salt, one is missing")
            }
            Self::GoneEarly { number } => {
                write!(f, "entry {number} has lost its payload before its retention was over")
            }
            Self::NotLinked { number } => write!(
                f,
                "entry {number} was changed or moved: it does not follow from the one before it"
            ),
            Self::TimeRunsBack { number } => {
                write!(f, "entry {number} is older than the one before it")
            }
            Self::Rewritten { from, to } => write!(
                f,
                "entries were rewritten: those from {from} to {} are not what a checkpoint was signed over",
                to.saturating_sub(1)
            ),
            Self::Truncated { has, had } => write!(
                f,
                "entries are missing at the end: a checkpoint was signed over {had}, and {has} are there"
            ),
            Self::PageMissing { from } => {
                write!(f, "the export is not whole: the page from entry {from} on is missing")
            }
            Self::BrokenOff => {
                f.write_str("the export is not whole: it breaks off without its checkpoint")
            }
        }
    }
}
