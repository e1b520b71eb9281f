use sotto_shared::wire::admin::Scope;

use super::*;
use crate::object::Unreachable;

fn refused_session(error: SessionError) -> ApiError {
    ApiError::Session(CallError::Refused(error))
}

fn refused_workspace(error: WorkspaceError) -> ApiError {
    ApiError::Workspace(CallError::Refused(error))
}

fn challenge() -> Challenge {
    Challenge { text: "ch_x".into(), bits: 17, expires_at: 1 }
}

/// Every error with the code that the wire promises for it.
fn table() -> Vec<(ApiError, Code)> {
    let (line, column) = (1, 2);
    vec![
        (ApiError::NotFound, Code::NotFound),
        (ApiError::MethodNotAllowed, Code::MethodNotAllowed),
        (ApiError::Head, Code::InvalidValue),
        (ConfigError { variable: "SOTTO_MODE", rule: "must be" }.into(), Code::Misconfigured),
        (ApiError::Binding("LIMIT_MINT"), Code::Misconfigured),
        (AddressMissing.into(), Code::Misconfigured),
        (ApiError::Jurisdiction(Said::new(&"no")), Code::Misconfigured),
        (OriginError::Missing.into(), Code::OriginMissing),
        (OriginError::Invalid.into(), Code::OriginInvalid),
        (ApiError::TokenMissing, Code::TokenMissing),
        (ApiError::TokenInvalid, Code::TokenInvalid),
        (ApiError::TokenExpired, Code::TokenExpired),
        (ApiError::TokenMismatch, Code::TokenMismatch),
        (AccessError::Invalid.into(), Code::TokenInvalid),
        (AccessError::Expired.into(), Code::TokenExpired),
        (BodyError::MediaType { wanted: "application/json" }.into(), Code::UnsupportedMediaType),
        (BodyError::TooLarge { limit: 9 }.into(), Code::TooLarge),
        (BodyError::Malformed.into(), Code::MalformedBody),
        (BodyError::UnknownField { line, column }.into(), Code::UnknownField),
        (BodyError::MissingField("site".into()).into(), Code::InvalidValue),
        (BodyError::InvalidValue { rule: "r".into(), line, column }.into(), Code::InvalidValue),
        (ApiError::InvalidValue { field: "f", rule: "must be" }, Code::InvalidValue),
        (ApiError::MessageEmpty, Code::MessageEmpty),
        (ApiError::MessageTooLong, Code::MessageTooLong),
        (ApiError::RateLimited { retry_after: 60 }, Code::RateLimited),
        (RandomError.into(), Code::Internal),
        (ApiError::Internal("broken"), Code::Internal),
        (CallError::<SessionError>::NoSuchObject.into(), Code::TokenInvalid),
        (
            CallError::<SessionError>::Unreachable(Unreachable::Status(500)).into(),
            Code::Unavailable,
        ),
        (refused_session(SessionError::Unknown), Code::ConversationEnded),
        (refused_session(SessionError::Erased { receipt: "R".into() }), Code::Erased),
        (refused_session(SessionError::TokenInvalid), Code::TokenInvalid),
        (refused_session(SessionError::Ended { receipt: "R".into() }), Code::ConversationEnded),
        (refused_session(SessionError::ErasedByOperator { receipt: "R".into() }), Code::Erased),
        (refused_session(SessionError::Closed), Code::ConversationEnded),
        (refused_session(SessionError::ReasonRequired), Code::ReasonRequired),
        (refused_session(SessionError::Held), Code::LegalHold),
        (refused_session(SessionError::TokenMismatch), Code::TokenMismatch),
        (refused_session(SessionError::NetworkMismatch), Code::NetworkMismatch),
        (refused_session(SessionError::TokenRevoked), Code::TokenRevoked),
        (refused_session(SessionError::MessageConflict), Code::MessageConflict),
        (refused_session(SessionError::MessageUnknown), Code::NotFound),
        (refused_session(SessionError::NotOwnMessage), Code::NotOwnMessage),
        (refused_session(SessionError::MessageRemoved), Code::MessageConflict),
        (refused_session(SessionError::Restricted), Code::Restricted),
        (refused_session(SessionError::NoReview), Code::NotFound),
        (refused_session(SessionError::ReplyInProgress), Code::ReplyInProgress),
        (refused_session(SessionError::NothingToRegenerate), Code::NothingToRegenerate),
        (refused_session(SessionError::Full), Code::ConversationFull),
        (refused_session(SessionError::RateLimited { retry_after: 3 }), Code::RateLimited),
        (refused_session(SessionError::BudgetSpent { retry_after: 3 }), Code::BudgetSpent),
        (refused_session(SessionError::ConsentWithdrawn), Code::ConsentWithdrawn),
        (refused_session(SessionError::ConsentUnproven), Code::ConsentUnproven),
        (refused_session(SessionError::PurposeNotOffered), Code::InvalidValue),
        (refused_session(SessionError::SiteGone), Code::SiteUnknown),
        (refused_session(SessionError::Failed), Code::Internal),
        (CallError::<WorkspaceError>::NoSuchObject.into(), Code::SiteUnknown),
        (
            CallError::<WorkspaceError>::Unreachable(Unreachable::Status(500)).into(),
            Code::Unavailable,
        ),
        (ApiError::ChallengeRequired(challenge()), Code::ChallengeRequired),
        (
            refused_workspace(WorkspaceError::ChallengeRequired { bits: 17 }),
            Code::ChallengeRequired,
        ),
        (refused_workspace(WorkspaceError::RateLimited { retry_after: 3 }), Code::RateLimited),
        (refused_workspace(WorkspaceError::Unknown), Code::SiteUnknown),
        (refused_workspace(WorkspaceError::KeyInvalid), Code::TokenInvalid),
        (refused_workspace(WorkspaceError::KeyExpired), Code::TokenExpired),
        (
            refused_workspace(WorkspaceError::ScopeMissing { scope: Scope::Audit }),
            Code::ScopeMissing,
        ),
        (refused_workspace(WorkspaceError::KeyUnknown), Code::NotFound),
        (refused_workspace(WorkspaceError::SiteUnknown), Code::SiteUnknown),
        (refused_workspace(WorkspaceError::ConversationUnknown), Code::NotFound),
        (refused_workspace(WorkspaceError::DocumentUnknown), Code::NotFound),
        (refused_workspace(WorkspaceError::Conversation(SessionError::Held)), Code::LegalHold),
        (refused_workspace(WorkspaceError::Unreachable), Code::Unavailable),
        (refused_workspace(WorkspaceError::OriginNotAllowed), Code::OriginNotAllowed),
        (refused_workspace(WorkspaceError::ConsentRequired), Code::ConsentRequired),
        (
            refused_workspace(WorkspaceError::NoticeChanged { notice: "N".into() }),
            Code::NoticeChanged,
        ),
        (
            refused_workspace(WorkspaceError::InvalidValue {
                field: "f".into(),
                rule: "must be".into(),
            }),
            Code::InvalidValue,
        ),
        (refused_workspace(WorkspaceError::LimitReached { what: "w".into() }), Code::LimitReached),
        (refused_workspace(WorkspaceError::BudgetSpent { retry_after: 3 }), Code::BudgetSpent),
        (refused_workspace(WorkspaceError::Failed), Code::Internal),
    ]
}

#[test]
fn every_error_has_its_code_and_a_sentence() {
    for (error, code) in table() {
        let facts = error.facts();
        assert_eq!(facts.code, code, "{error:?}");
        assert!(facts.detail.ends_with('.'), "{}", facts.detail);
    }
}

#[test]
fn every_code_of_a_reply_can_be_reached() {
    // These two come from a provider, inside the stream of a reply that has begun.
    let in_streams = [Code::ProviderFailed, Code::ProviderTimeout];
    for code in Code::ALL {
        assert!(
            in_streams.contains(code) || table().iter().any(|(_, reached)| reached == code),
            "{}",
            code.name()
        );
    }
}

#[test]
fn what_asks_to_wait_says_for_how_long() {
    for (error, code) in table() {
        let waits = matches!(code, Code::RateLimited | Code::BudgetSpent | Code::Unavailable);
        assert_eq!(error.facts().retry_after.is_some(), waits, "{error:?}");
    }
}

#[test]
fn the_facts_of_a_code_come_along() {
    let erased = refused_session(SessionError::Erased { receipt: "R".into() }).facts();
    assert_eq!(erased.receipt.as_deref(), Some("R"));
    let required = ApiError::ChallengeRequired(challenge()).facts();
    assert_eq!(required.challenge, Some(challenge()));
    let changed = refused_workspace(WorkspaceError::NoticeChanged { notice: "N".into() });
    assert_eq!(changed.facts().notice.as_deref(), Some("N"));
}

#[test]
fn faults_of_the_platform_stay_inside() {
    for error in [
        ApiError::Jurisdiction(Said::new(&"hunter")),
        ApiError::Session(CallError::Unreachable(Unreachable::Platform(Said::new(&"hunter")))),
        ApiError::Workspace(CallError::Unreachable(Unreachable::Platform(Said::new(&"hunter")))),
        ApiError::Internal("hunter"),
    ] {
        assert!(!error.facts().detail.contains("hunter"));
    }
}
