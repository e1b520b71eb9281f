//! How a visitor changes the consent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sotto_shared::consent::{Choice, Purposes};

use super::Caller;

/// Changes the visitor's consent.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetConsent {
    /// What holds from now on.
    pub choice: Choice,
    /// Who asks.
    pub caller: Caller,
}

/// Reply to [`SetConsent`].
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentSet {
    /// Whether the chat holds.
    pub chat: bool,
    /// The optional purposes that do.
    pub purposes: Purposes,
    /// The optional purposes that were objected to.
    pub objections: Purposes,
    /// When the conversation ends if nothing more is said, Unix milliseconds.
    pub ends_at: u64,
    /// The signed receipt of all that.
    pub receipt: Box<RawValue>,
}
