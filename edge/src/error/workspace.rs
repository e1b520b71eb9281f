//! What the caller gets to know of a workspace's refusal.

use sotto_shared::wire::problem::Code;

use super::session::conversation;
use super::{
    ApiError, Facts, budget_spent, challenge_required, internal, notice_changed,
    origin_not_allowed, site_unknown, unavailable,
};
use crate::object::CallError;
use crate::session::command::SessionError;
use crate::workspace::command::WorkspaceError;

pub(super) fn facts(error: &CallError<WorkspaceError>) -> Facts {
    let error = match error {
        CallError::Refused(error) => error,
        CallError::NoSuchObject => return site_unknown(),
        CallError::Unreachable(_) => return unavailable(),
    };
    match error {
        WorkspaceError::Unknown | WorkspaceError::SiteUnknown => site_unknown(),
        WorkspaceError::KeyInvalid => ApiError::TokenInvalid.facts(),
        WorkspaceError::KeyExpired => Facts::new(
            Code::TokenExpired,
            "The API key has expired; make a new one with a key that may, or with the platform token.",
        ),
        WorkspaceError::ScopeMissing { scope } => Facts::new(
            Code::ScopeMissing,
            format!("Use an API key that has the scope {}.", scope.name()),
        ),
        WorkspaceError::KeyUnknown => {
            Facts::new(Code::NotFound, "The workspace has no API key of this id.")
        }
        WorkspaceError::ConversationUnknown => {
            Facts::new(Code::NotFound, "The workspace has no such conversation.")
        }
        WorkspaceError::Conversation(SessionError::Restricted) => Facts::new(
            Code::Restricted,
            "The visitor restricted the conversation: until that is lifted it is kept, and neither shown nor erased.",
        ),
        WorkspaceError::Conversation(error) => conversation(error),
        WorkspaceError::Unreachable => unavailable(),
        WorkspaceError::DocumentUnknown => {
            Facts::new(Code::NotFound, "The site has no document of this name.")
        }
        WorkspaceError::OriginNotAllowed => origin_not_allowed(),
        WorkspaceError::ConsentRequired => Facts::new(
            Code::ConsentRequired,
            "The visitor has to agree to the chat, and only to purposes that the site offers.",
        ),
        WorkspaceError::NoticeChanged { notice } => notice_changed(notice),
        WorkspaceError::InvalidValue { field, rule } => {
            Facts::new(Code::InvalidValue, format!("The value of {field} {rule}."))
        }
        WorkspaceError::LimitReached { what } => {
            Facts::new(Code::LimitReached, format!("The limit is reached: {what}."))
        }
        WorkspaceError::RateLimited { retry_after } => Facts::new(
            Code::RateLimited,
            "This was done too often here within a minute; wait a moment.",
        )
        .after(*retry_after),
        WorkspaceError::ChallengeRequired { .. } => challenge_required(),
        WorkspaceError::BudgetSpent { retry_after } => budget_spent(*retry_after),
        WorkspaceError::Failed => internal(),
    }
}
