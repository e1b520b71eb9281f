//! An export: JSON lines. Pages follow each other in one file, as they were fetched.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Class, Content, Digest, Head};

/// Names the format in an export's first line.
pub const FORMAT: &str = "sotto-audit/1";

/// One line of an export.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A page begins.
    Log(LogStart),
    /// An entry.
    Entry(Entry),
    /// The page is full; the next one begins with this entry.
    Next(u64),
    /// The export is whole: the newest checkpoint, a signed note.
    Checkpoint(String),
}

/// How a page begins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogStart {
    /// [`FORMAT`].
    pub format: String,
    /// The log's name.
    pub origin: String,
    /// Number of the page's first entry.
    pub from: u64,
}

/// An entry as it is exported.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number; the first is 0.
    pub number: u64,
    /// [`Head::at`].
    pub at: u64,
    /// [`Head::class`].
    pub class: Class,
    /// [`Head::commitment`].
    pub commitment: Digest,
    /// [`Head::leaf`].
    pub leaf: Digest,
    /// [`Content::salt`], until it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Digest>,
    /// [`Content::payload`], until it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

/// A whole export.
#[derive(Debug, PartialEq, Eq)]
pub struct Export {
    /// The log's name.
    pub origin: String,
    /// Its entries in the order of their lines.
    pub entries: Vec<Entry>,
    /// The page that was not fetched, if the last one says that there is one.
    pub next: Option<u64>,
    /// The signed note at its end.
    pub checkpoint: Option<String>,
}

/// A file is not an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong with the line.
    pub rule: &'static str,
}

impl Line {
    /// Its text, without an end of line.
    ///
    /// # Errors
    /// None of its members can fail to serialise; the signature is `serde_json`'s.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

impl Entry {
    /// What stays of it.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { class: self.class, at: self.at, commitment: self.commitment }
    }

    /// What goes, if it is whole.
    #[must_use]
    pub fn content(&self) -> Option<Content> {
        Some(Content { salt: self.salt?, payload: self.payload.clone()? })
    }
}

/// A payload names who did what: only the number is printed.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry {{ number: {}, redacted }}", self.number)
    }
}

impl Export {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`] names the first line that is not one of an export.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut export: Option<Self> = None;
        for (text, line) in text.lines().zip(1..) {
            let refuse = |rule| Unreadable { line, rule };
            let parsed = serde_json::from_str(text)
                .map_err(|_| refuse("is not a line of an audit export"))?;
            match (parsed, &mut export) {
                (Line::Log(log), _) if log.format != FORMAT => {
                    return Err(refuse("is of another version of the format"));
                }
                (Line::Log(log), export @ None) => {
                    *export = Some(Self {
                        origin: log.origin,
                        entries: Vec::new(),
                        next: None,
                        checkpoint: None,
                    });
                }
                (_, None) => return Err(refuse("comes before the line that names the log")),
                (Line::Log(log), Some(export)) => {
                    if log.origin != export.origin {
                        return Err(refuse("begins another log"));
                    }
                    if export.checkpoint.is_some() || export.next != Some(log.from) {
                        return Err(refuse("is not the page that follows"));
                    }
                    export.next = None;
                }
                (_, Some(export)) if export.checkpoint.is_some() || export.next.is_some() => {
                    return Err(refuse("stands behind the end of its page"));
                }
                (Line::Entry(entry), Some(export)) => export.entries.push(entry),
                (Line::Next(next), Some(export)) => export.next = Some(next),
                (Line::Checkpoint(note), Some(export)) => export.checkpoint = Some(note),
            }
        }
        export.ok_or(Unreadable { line: 1, rule: "is missing: the file is empty" })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} {}", self.line, self.rule)
    }
}

impl core::error::Error for Unreadable {}
