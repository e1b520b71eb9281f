//! Workspaces, as the platform's operator makes them.

use crate::id::WorkspaceId;
use crate::redacted_debug;

/// Reply to `GET /v1/admin/workspaces/{id}/root`: whether an older root key than the one in use may
/// still be needed by this workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RootState {
    /// The root key in use, under which the workspace's key is wrapped.
    pub active: u8,
    /// Since when it is, Unix milliseconds.
    pub since: u64,
    /// Conversations that may have keys under an older one. Nothing else here does; with 0, no
    /// older one is needed.
    pub older_conversations: u64,
    /// When the last of these ends unless more is said in it, Unix milliseconds.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub needed_until: Option<u64>,
}

/// Body of `POST /v1/admin/workspaces`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NewWorkspace {
    /// Its name, for the operator.
    pub name: String,
}

/// Reply to `POST /v1/admin/workspaces`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WorkspaceCreated {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its first API key, which has every scope. It is shown once and stored as a hash.
    pub api_key: String,
    /// When that key ends.
    pub expires_at: u64,
}

redacted_debug!(WorkspaceCreated);
