//! What the caller gets to know of a session's refusal.

use sotto_shared::wire::problem::Code;

use super::{
    ApiError, Facts, budget_spent, internal, notice_changed, origin_not_allowed, site_unknown,
    unavailable,
};
use crate::object::CallError;
use crate::session::command::SessionError;

pub(super) fn facts(error: &CallError<SessionError>) -> Facts {
    match error {
        CallError::Refused(error) => conversation(error),
        CallError::NoSuchObject => ApiError::TokenInvalid.facts(),
        CallError::Unreachable(_) => unavailable(),
    }
}

pub(super) fn conversation(error: &SessionError) -> Facts {
    match error {
        SessionError::Unknown => Facts::new(
            Code::ConversationEnded,
            "The conversation has ended and nothing of it is left; begin a new one.",
        ),
        SessionError::Ended { receipt } => {
            let mut facts = Facts::new(
                Code::ConversationEnded,
                "The conversation was left alone for too long and has erased itself; begin a new one.",
            );
            facts.receipt = Some(receipt.clone());
            facts
        }
        SessionError::Erased { receipt } => {
            let mut facts =
                Facts::new(Code::Erased, "The conversation was erased; begin a new one.");
            facts.receipt = Some(receipt.clone());
            facts
        }
        SessionError::ErasedByOperator { receipt } => {
            let mut facts = Facts::new(
                Code::Erased,
                "The operator of the site erased the conversation; begin a new one.",
            );
            facts.receipt = Some(receipt.clone());
            facts
        }
        SessionError::Closed => Facts::new(
            Code::ConversationEnded,
            "The conversation has ended; a legal hold keeps what was said, and the erase token still erases it.",
        ),
        SessionError::ReasonRequired => Facts::new(
            Code::ReasonRequired,
            "The visitor did not give the conversation for review; say why it is read in the parameter reason.",
        ),
        SessionError::Held => Facts::new(
            Code::LegalHold,
            "A legal hold keeps the conversation; lift it first, or wait for its end.",
        ),
        SessionError::ConsentWithdrawn => Facts::new(
            Code::ConsentWithdrawn,
            "The visitor took the consent to this conversation back; it can be read and erased, and takes nothing more.",
        ),
        SessionError::ConsentUnproven => Facts::new(
            Code::ConsentUnproven,
            "The record of the visitor's consent is missing or cannot be read, so nothing more is taken; begin a new conversation.",
        ),
        SessionError::PurposeNotOffered => Facts::new(
            Code::InvalidValue,
            "The value of purposes must be purposes that the site offers.",
        ),
        SessionError::NoticeChanged { notice } => notice_changed(notice),
        SessionError::OriginNotAllowed => origin_not_allowed(),
        SessionError::TokenInvalid => ApiError::TokenInvalid.facts(),
        SessionError::TokenMismatch => ApiError::TokenMismatch.facts(),
        SessionError::NetworkMismatch => Facts::new(
            Code::NetworkMismatch,
            "The access token was given to another network; get a new one with the refresh token and try again.",
        ),
        SessionError::TokenRevoked => Facts::new(
            Code::TokenRevoked,
            "The token was used a second time, so that all tokens of the conversation were revoked; begin a new one.",
        ),
        SessionError::MessageConflict => Facts::new(
            Code::MessageConflict,
            "This message id stands for another text already; send the text under a new id.",
        ),
        SessionError::MessageUnknown => {
            Facts::new(Code::NotFound, "The conversation has no message of this id.")
        }
        SessionError::NotOwnMessage => Facts::new(
            Code::NotOwnMessage,
            "Only what the visitor wrote can be changed; a reply can be removed.",
        ),
        SessionError::MessageRemoved => Facts::new(
            Code::MessageConflict,
            "The message of this id was removed; send the text under a new id.",
        ),
        SessionError::Restricted => Facts::new(
            Code::Restricted,
            "The visitor has restricted the conversation; lift the restriction to go on with it.",
        ),
        SessionError::NoReview => {
            Facts::new(Code::NotFound, "No review of this conversation waits for an answer.")
        }
        SessionError::ReplyInProgress => Facts::new(
            Code::ReplyInProgress,
            "Wait for the reply that is being written, or stop it first.",
        ),
        SessionError::NothingToRegenerate => Facts::new(
            Code::NothingToRegenerate,
            "There is no reply to this message that could be written again; send the message first.",
        ),
        SessionError::Full => Facts::new(
            Code::ConversationFull,
            "The conversation has no room for more; begin a new one.",
        ),
        SessionError::RateLimited { retry_after } => Facts::new(
            Code::RateLimited,
            "This was done too often in this conversation in a short time; wait a moment.",
        )
        .after(*retry_after),
        SessionError::BudgetSpent { retry_after } => budget_spent(*retry_after),
        SessionError::SiteGone => site_unknown(),
        SessionError::Failed => internal(),
    }
}
