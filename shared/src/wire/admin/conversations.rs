//! Conversations as an operator sees them.

use crate::id::ConversationId;
use crate::wire::rights::ReviewOutcome;
use crate::words::words;

/// A conversation on the list: that it is there and how it stands, not what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConversationEntry {
    /// The conversation.
    pub conversation: ConversationId,
    /// The site's number.
    pub site: u16,
    /// When it began.
    pub created_at: u64,
    /// When it ends at the earliest, unless it is erased before. Each message moves its end; the
    /// list hears of that once a day.
    pub ends_at: u64,
    /// Whether the visitor gave it to `improve`, so that reading it takes no reason.
    pub improve: bool,
    /// Whether the visitor restricted it: it is kept and not shown.
    pub restricted: bool,
    /// When the visitor asked for a person to look; absent where nobody has to.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub review_asked_at: Option<u64>,
    /// The legal hold that it is under; it may be over.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub hold: Option<Hold>,
}

/// Reply to `GET /v1/admin/conversations`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConversationList {
    /// At most 100, oldest first.
    pub conversations: Vec<ConversationEntry>,
    /// Pass as `after` for the next page; absent on the last.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub next: Option<String>,
}

/// A legal hold: body of `PUT /v1/admin/conversations/{id}/hold`. It delays the end of the
/// conversation's life and the operator's erasure, never the visitor's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// Until when, at most 400 days from now.
    pub until: u64,
}

/// Body of `POST /v1/admin/conversations/{id}/review`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct ReviewAnswer {
    /// What came of a person's look.
    pub outcome: ReviewOutcome,
}

words! {
    /// Why an operator reads a conversation that its visitor did not give to `improve`. The list is
    /// closed, so that no words about a person come into the audit log.
    AccessReason {
        /// Someone complains about what was said.
        Complaint = "complaint",
        /// A legal claim is established, exercised or defended.
        LegalClaim = "legal_claim",
        /// An attack or a leak is looked into.
        Security = "security",
        /// The visitor asked for it.
        RequestOfVisitor = "request_of_visitor",
    }
}

words! {
    /// Why a conversation is held.
    HoldReason {
        /// A legal claim is established, exercised or defended.
        LegalClaim = "legal_claim",
        /// A court or an authority ordered it.
        AuthorityOrder = "authority_order",
    }
}

words! {
    /// What the list of conversations can be narrowed to.
    ConversationFlag {
        /// Given to `improve`.
        Improve = "improve",
        /// Restricted by the visitor.
        Restricted = "restricted",
        /// Waiting for a person to look.
        Review = "review",
        /// Under a legal hold, or once under one.
        Hold = "hold",
    }
}
