//! API keys.

use crate::redacted_debug;

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Scope {
    /// Make, read, change and remove sites, and replace their public keys.
    #[cfg_attr(feature = "serde", serde(rename = "sites"))]
    Sites,
    /// Put, list and remove documents.
    #[cfg_attr(feature = "serde", serde(rename = "documents"))]
    Documents,
    /// List and read conversations.
    #[cfg_attr(feature = "serde", serde(rename = "conversations:read"))]
    ConversationsRead,
    /// Erase conversations.
    #[cfg_attr(feature = "serde", serde(rename = "conversations:erase"))]
    ConversationsErase,
    /// Put conversations under a legal hold, lift it, and answer what visitors ask for.
    #[cfg_attr(feature = "serde", serde(rename = "conversations:manage"))]
    ConversationsManage,
    /// Read the day's figures.
    #[cfg_attr(feature = "serde", serde(rename = "counts"))]
    Counts,
    /// Read and export the audit log.
    #[cfg_attr(feature = "serde", serde(rename = "audit"))]
    Audit,
    /// Make API keys with scopes of its own, list and remove keys.
    #[cfg_attr(feature = "serde", serde(rename = "keys"))]
    Keys,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::Sites,
        Self::Documents,
        Self::ConversationsRead,
        Self::ConversationsErase,
        Self::ConversationsManage,
        Self::Counts,
        Self::Audit,
        Self::Keys,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Documents => "documents",
            Self::ConversationsRead => "conversations:read",
            Self::ConversationsErase => "conversations:erase",
            Self::ConversationsManage => "conversations:manage",
            Self::Counts => "counts",
            Self::Audit => "audit",
            Self::Keys => "keys",
        }
    }
}

/// Body of `POST /v1/admin/keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NewKey {
    /// Its name, for the operator: who or what uses it.
    pub name: String,
    /// What it may do: at least one scope, each of them one of the key that makes it.
    pub scopes: Vec<Scope>,
    /// How long it lives, in seconds: a minute to 400 days.
    #[cfg_attr(feature = "serde", serde(default = "default_key_life"))]
    pub life_seconds: u64,
}

/// An API key as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyEntry {
    /// Names the key (ULID); it opens nothing.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Its last four characters.
    pub ends: String,
    /// When it was made.
    pub created_at: u64,
    /// When it ends.
    pub expires_at: u64,
}

/// Reply to `POST /v1/admin/keys`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyCreated {
    /// The key as it is listed.
    pub entry: KeyEntry,
    /// The key itself. It is shown once and stored as a hash.
    pub api_key: String,
}

/// Reply to `GET /v1/admin/keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyList {
    /// The keys, oldest first; expired ones too, until they are removed.
    pub keys: Vec<KeyEntry>,
}

redacted_debug!(KeyCreated);

#[cfg(feature = "serde")]
const fn default_key_life() -> u64 {
    crate::limits::API_KEY_SECONDS_DEFAULT
}
