//! The audit log's format: what an entry is hashed to, what a checkpoint signs, what an export
//! holds, and how all of it is verified without the edge. `docs/audit.md` describes it for people
//! who verify with tools of their own.
//!
//! - [`Head`] and [`Content`] are one entry: the content (salt and payload) goes when its retention
//!   is over, the head stays.
//! - [`Tree`] is the Merkle tree of RFC 6962 over the entries' leaves, each of which also holds the
//!   leaf before it: the log is a hash chain and a tree at once.
//! - [`Checkpoint`] and [`SignedNote`] are C2SP's tlog-checkpoint and signed-note.
//! - [`Line`] is a line of an export, [`Export`] a whole one, [`verify`] what tells whether it is
//!   the log that checkpoints were signed over.
//!
//! The edge writes it, `cargo xtask audit verify` reads it; the widget does not carry it (feature
//! `audit`).

mod entry;

mod tree;

mod checkpoint;

mod export;

mod verify;

use core::fmt;

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use checkpoint::{Checkpoint, NoteError, SignedNote, VerifierKey, origin};
pub use entry::{Class, Content, Head, beginning, object};
pub use export::{Entry, Export, FORMAT, Line, LogStart, Unreadable};
pub use tree::Tree;
pub use verify::{Finding, Report, verify};

/// A SHA-256 hash, or a salt of the same size; base64 with padding in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Reads base64 with padding.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// Its bytes; `None` unless there are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not 32 bytes in base64"))
    }
}

#[cfg(test)]
mod tests;
