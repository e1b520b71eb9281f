//! What a visitor asks of a session beside talking: the copy, single messages, restriction, review.

use serde::{Deserialize, Serialize};
use sotto_shared::id::MessageId;
use sotto_shared::pii::Scrubbed;
use sotto_shared::redacted_debug;
use sotto_shared::wire::rights::ReviewReason;

use super::Caller;

/// Takes the visitor's copy, signed. It is recorded.
#[derive(Debug, Serialize, Deserialize)]
pub struct Export {
    /// Who asks.
    pub caller: Caller,
}

/// Gives a message of the visitor's another text.
#[derive(Serialize, Deserialize)]
pub struct Rectify {
    /// Who asks.
    pub caller: Caller,
    /// Which message.
    pub message: MessageId,
    /// Its text from now on.
    #[serde(with = "crate::hop")]
    pub text: Scrubbed,
}

/// Removes a message. It can be repeated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Remove {
    /// Who asks.
    pub caller: Caller,
    /// Which message.
    pub message: MessageId,
}

/// Restricts the conversation, or lifts the restriction. It can be repeated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Restrict {
    /// Who asks.
    pub caller: Caller,
    /// Whether the conversation is to be kept and not used.
    pub restricted: bool,
}

/// Asks for a person to look. It can be repeated.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskReview {
    /// Who asks.
    pub caller: Caller,
    /// Why, if the visitor says so.
    pub reason: Option<ReviewReason>,
}

redacted_debug!(Rectify);
