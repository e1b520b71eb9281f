//! One entry: a head that stays for as long as the log, and a content that goes when its time has
//! come.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Digest;

/// Begins the hash over a log's name, from which its first entry follows.
const LOG: &[u8] = b"sotto audit log 1\n";

/// Begins the hash over a salt and a payload.
const PAYLOAD: &[u8] = b"sotto audit payload 1\n";

/// Begins the hash over a salt and what an entry is about.
const OBJECT: &[u8] = b"sotto audit object 1\n";

/// Begins a leaf (RFC 6962, section 2.1).
const LEAF: &[u8] = &[0];

/// A day, in milliseconds.
const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// How long an entry's content is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// What happens every day: accesses, documents. Two years.
    Operational,
    /// What has to be shown to others: exports, erasures, keys, settings. Seven years.
    Compliance,
}

/// What stays of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How long its content is kept.
    pub class: Class,
    /// When it was written, Unix milliseconds.
    pub at: u64,
    /// [`Content::commitment`].
    pub commitment: Digest,
}

/// What goes: without the salt, the commitment to a payload tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Random, one for each entry.
    pub salt: Digest,
    /// What happened, JSON as it was hashed.
    pub payload: String,
}

crate::redacted_debug!(Content);

impl Class {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Operational, Self::Compliance];

    /// Its byte in a leaf and in storage: the years of its retention.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Operational => 2,
            Self::Compliance => 7,
        }
    }

    /// The class of a byte.
    #[must_use]
    pub fn from_code(code: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|class| u64::from(class.code()) == code)
    }

    /// Its retention in milliseconds: 2 or 7 years, with as many leap days as they can have.
    #[must_use]
    pub const fn retention_ms(self) -> u64 {
        match self {
            Self::Operational => (2 * 365 + 1) * DAY_MS,
            Self::Compliance => (7 * 365 + 2) * DAY_MS,
        }
    }
}

impl Head {
    /// The entry's leaf in the tree: it holds the leaf before it, so that the leaves are a chain.
    #[must_use]
    pub fn leaf(&self, previous: &Digest) -> Digest {
        let hash = Sha256::new()
            .chain_update(LEAF)
            .chain_update(previous.0)
            .chain_update([self.class.code()])
            .chain_update(self.at.to_be_bytes())
            .chain_update(self.commitment.0);
        Digest(hash.finalize().into())
    }

    /// Whether the content may have gone by a time.
    #[must_use]
    pub const fn may_have_gone(&self, now: u64) -> bool {
        self.at.saturating_add(self.class.retention_ms()) <= now
    }
}

impl Content {
    /// The hash that the head keeps.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        let hash = Sha256::new()
            .chain_update(PAYLOAD)
            .chain_update(self.salt.0)
            .chain_update(&self.payload);
        Digest(hash.finalize().into())
    }
}

/// What the first entry of a log follows: an entry of one log is none of another.
#[must_use]
pub fn beginning(origin: &str) -> Digest {
    Digest(Sha256::new().chain_update(LOG).chain_update(origin).finalize().into())
}

/// The commitment to what an entry is about. Who knows the id and has the entry's salt can tell
/// that it is the one; nobody can read the id from it, nor tell that two entries share one.
#[must_use]
pub fn object(salt: &Digest, kind: &str, id: &[u8]) -> Digest {
    let hash = Sha256::new()
        .chain_update(OBJECT)
        .chain_update(salt.0)
        .chain_update(kind)
        .chain_update([0])
        .chain_update(id);
    Digest(hash.finalize().into())
}
