//! What a workspace asks of a session: for its operator, and for its own sweep. No route calls
//! these; the workspace has checked the API key, its scope and its own list before, and records
//! what came of it.

use serde::{Deserialize, Serialize};
use sotto_shared::id::WorkspaceId;
use sotto_shared::wire::admin::{AccessReason, Hold};
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::rights::ReviewOutcome;
use sotto_shared::wire::session::ErasureReceipt;

use super::Lifetimes;
use crate::workspace::command::Listing;

/// Does something for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The workspace that asks; to any other the conversation is unknown.
    pub workspace: WorkspaceId,
    /// What.
    pub action: OperatorAction,
}

/// What an operator can do to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAction {
    /// Reads it.
    Read {
        /// Why; needed where it was not given to `improve`.
        reason: Option<AccessReason>,
    },
    /// Takes its signed copy.
    Export {
        /// Why; needed where it was not given to `improve`.
        reason: Option<AccessReason>,
    },
    /// Erases it.
    Erase,
    /// Puts it under a legal hold in place of the one before, or lifts that.
    Hold(Option<Hold>),
    /// Tells what came of a person's look.
    Answer(ReviewOutcome),
    /// Shows that there is a consent, or was one: it is asked for by its id, also when the
    /// conversation is no longer on the list.
    Consent,
}

/// Reply to [`Operator`]; the workspace gives it on with the entry of its list for `L`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorReply<L = Listing> {
    /// What was said.
    Read(Box<Conversation>),
    /// It was erased.
    Erased(ErasureReceipt),
    /// How it stands now.
    Listed(L),
    /// The signed receipt of the consent, or the proof that is left of it.
    Consent(String),
}

/// Tells a conversation how long its site lets conversations live, and asks how it stands. One whose
/// life is over erases itself before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLife {
    /// The workspace that asks; to any other the conversation is unknown.
    pub workspace: WorkspaceId,
    /// The site's lifetimes; [`Lifetimes::OVER`] if the site is gone.
    pub lifetimes: Lifetimes,
}
