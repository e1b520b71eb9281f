//! Every way a call can fail, and the one match that says what the caller gets to know of it.
//!
//! A handler returns an [`ApiError`]; `http::respond` writes it once as a problem (RFC 9457) and,
//! where it is the edge's own fault, once to the log. The sentence in a problem is for the caller
//! to act on. It holds nothing of the request's texts and nothing of the edge's insides.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use sotto_shared::limits;
use sotto_shared::wire::problem::Code;

use crate::auth::access::AccessError;
use crate::config::ConfigError;
use crate::http::body::BodyError;
use crate::http::client_address::AddressMissing;
use crate::http::origin::OriginError;
use crate::object::CallError;
use crate::random::RandomError;
use crate::session::command::SessionError;
use crate::workspace::command::WorkspaceError;

/// Seconds after which a new try makes sense when an object could not be reached.
const UNAVAILABLE_RETRY_SECONDS: u64 = 5;

/// Why a call fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Nothing is at this path.
    #[error("nothing is at this path")]
    NotFound,
    /// The path does not take this method.
    #[error("the path does not take this method")]
    MethodNotAllowed,
    /// The request's head cannot be read: a header or the address is not valid HTTP.
    #[error("the head of the request cannot be read")]
    Head,
    /// The configuration breaks a rule.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A binding of `wrangler.toml` is missing or failed.
    #[error("the binding {0} is missing or failed")]
    Binding(&'static str),
    /// The configured source of the client's address gives none.
    #[error(transparent)]
    Address(#[from] AddressMissing),
    /// The configured jurisdiction cannot be had.
    #[error("an object could not be made in the configured jurisdiction: {0}")]
    Jurisdiction(String),
    /// The request's origin is missing or not usable.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// There is no bearer token.
    #[error("there is no bearer token")]
    TokenMissing,
    /// The token is malformed, forged, of another kind, or its object never existed.
    #[error("the token is not valid")]
    TokenInvalid,
    /// The token was valid once.
    #[error("the token has expired")]
    TokenExpired,
    /// The token belongs to another origin or conversation.
    #[error("the token belongs elsewhere")]
    TokenMismatch,
    /// The body cannot be taken.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// A value breaks its rule. Both texts are this program's.
    #[error("{field} {rule}")]
    InvalidValue {
        /// Which value.
        field: &'static str,
        /// What it has to be.
        rule: &'static str,
    },
    /// The message has no text.
    #[error("the message is empty")]
    MessageEmpty,
    /// The message is too long.
    #[error("the message is too long")]
    MessageTooLong,
    /// Too many requests from one network.
    #[error("too many requests")]
    RateLimited {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// A session object refused or could not be reached.
    #[error("session: {0}")]
    Session(#[from] CallError<SessionError>),
    /// A workspace object refused or could not be reached.
    #[error("workspace: {0}")]
    Workspace(#[from] CallError<WorkspaceError>),
    /// The platform gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Something broke that the text names for the log.
    #[error("{0}")]
    Internal(&'static str),
}

/// What the caller gets to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The stable code.
    pub code: Code,
    /// One sentence that the caller can act on.
    pub detail: Cow<'static, str>,
    /// Seconds after which a new try makes sense.
    pub retry_after: Option<u64>,
    /// With [`Code::NoticeChanged`]: the version in force.
    pub notice: Option<String>,
    /// With [`Code::Erased`] and [`Code::ConversationEnded`]: the id of the receipt.
    pub receipt: Option<String>,
}

impl ApiError {
    /// What the caller gets to know: the one match from errors to problems.
    #[must_use]
    pub fn facts(&self) -> Facts {
        match self {
            Self::NotFound => Facts::new(Code::NotFound, "There is no resource at this address."),
            Self::MethodNotAllowed => Facts::new(
                Code::MethodNotAllowed,
                "This address does not take the request's method; the header Allow names those it takes.",
            ),
            Self::Head => Facts::new(
                Code::InvalidValue,
                "A header or the address of the request has characters that are not allowed there.",
            ),
            Self::Config(_) | Self::Binding(_) | Self::Address(_) | Self::Jurisdiction(_) => {
                Facts::new(
                    Code::Misconfigured,
                    "The operator has to complete the configuration of this service; its log says what is missing.",
                )
            }
            Self::Origin(OriginError::Missing) => Facts::new(
                Code::OriginMissing,
                "The request has to come from a web page: its header Origin is missing.",
            ),
            Self::Origin(OriginError::Invalid) => Facts::new(
                Code::OriginInvalid,
                "The header Origin is null or not an origin; a sandboxed frame or a local file cannot use the chat.",
            ),
            Self::TokenMissing => Facts::new(
                Code::TokenMissing,
                "Send the token in the header Authorization, after the word Bearer.",
            ),
            Self::TokenInvalid => Facts::new(
                Code::TokenInvalid,
                "The token is not one for this call, or it was not copied whole.",
            ),
            Self::TokenExpired => Facts::new(
                Code::TokenExpired,
                "Get a new access token with the refresh token and try again.",
            ),
            Self::TokenMismatch => Facts::new(
                Code::TokenMismatch,
                "The token was given for another page or another conversation.",
            ),
            Self::Body(error) => body(error),
            Self::InvalidValue { field, rule } => {
                Facts::new(Code::InvalidValue, format!("The value of {field} {rule}."))
            }
            Self::MessageEmpty => {
                Facts::new(Code::MessageEmpty, "The message needs at least one visible character.")
            }
            Self::MessageTooLong => Facts::new(
                Code::MessageTooLong,
                format!("Shorten the message to {} characters.", limits::MESSAGE_CHARS),
            ),
            Self::RateLimited { retry_after } => Facts::new(
                Code::RateLimited,
                "Too many requests come from this network; wait a moment.",
            )
            .after(*retry_after),
            Self::Session(error) => session(error),
            Self::Workspace(error) => workspace(error),
            Self::Random(_) | Self::Internal(_) => internal(),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Invalid => Self::TokenInvalid,
            AccessError::Expired => Self::TokenExpired,
        }
    }
}

impl Facts {
    fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), retry_after: None, notice: None, receipt: None }
    }

    fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

/// The error travels in the extensions; `http::respond` turns it into bytes, since it alone knows
/// the request's id and origin.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

fn internal() -> Facts {
    Facts::new(
        Code::Internal,
        "Something went wrong here; nothing you sent was lost on your side. Try again.",
    )
}

fn unavailable() -> Facts {
    Facts::new(Code::Unavailable, "The service cannot be reached at the moment; try again shortly.")
        .after(UNAVAILABLE_RETRY_SECONDS)
}

fn body(error: &BodyError) -> Facts {
    match error {
        BodyError::MediaType { wanted } => Facts::new(
            Code::UnsupportedMediaType,
            format!("Send the body uncompressed, in UTF-8, with the content type {wanted}."),
        ),
        BodyError::TooLarge { limit } => {
            Facts::new(Code::TooLarge, format!("The body may have at most {limit} bytes."))
        }
        BodyError::Malformed => Facts::new(
            Code::MalformedBody,
            "The body is not the UTF-8 text that the call takes, or not JSON.",
        ),
        BodyError::UnknownField { line, column } => Facts::new(
            Code::UnknownField,
            format!(
                "The body has a member that this call does not know, before line {line}, column {column}."
            ),
        ),
        BodyError::MissingField(name) => {
            Facts::new(Code::InvalidValue, format!("The body needs the member {name}."))
        }
        BodyError::InvalidValue { rule, line, column } => Facts::new(
            Code::InvalidValue,
            format!("A value is not allowed ({rule}), at line {line}, column {column}."),
        ),
    }
}

fn origin_not_allowed() -> Facts {
    Facts::new(
        Code::OriginNotAllowed,
        "The operator has to add this page's exact origin to the site's settings.",
    )
}

fn notice_changed(notice: &str) -> Facts {
    let mut facts = Facts::new(
        Code::NoticeChanged,
        "Read the site's settings again and ask the visitor about the notice in force.",
    );
    facts.notice = Some(notice.to_owned());
    facts
}

fn session(error: &CallError<SessionError>) -> Facts {
    match error {
        CallError::Refused(error) => conversation(error),
        CallError::NoSuchObject => ApiError::TokenInvalid.facts(),
        CallError::Unreachable(_) => unavailable(),
    }
}

fn conversation(error: &SessionError) -> Facts {
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
            Facts::new(Code::NotFound, "Nobody has asked for a review of this conversation.")
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
            "The conversation takes no more messages; begin a new one.",
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

fn workspace(error: &CallError<WorkspaceError>) -> Facts {
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
        WorkspaceError::BudgetSpent { retry_after } => budget_spent(*retry_after),
        WorkspaceError::Failed => internal(),
    }
}

fn site_unknown() -> Facts {
    Facts::new(Code::SiteUnknown, "There is no such site, or its key was replaced by a new one.")
}

fn budget_spent(retry_after: u64) -> Facts {
    Facts::new(Code::BudgetSpent, "What this site allows in a day is used up; come back tomorrow.")
        .after(retry_after)
}

#[cfg(test)]
mod tests {
    use sotto_shared::wire::admin::Scope;

    use super::*;

    fn refused_session(error: SessionError) -> ApiError {
        ApiError::Session(CallError::Refused(error))
    }

    fn refused_workspace(error: WorkspaceError) -> ApiError {
        ApiError::Workspace(CallError::Refused(error))
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
            (ApiError::Jurisdiction("no".into()), Code::Misconfigured),
            (OriginError::Missing.into(), Code::OriginMissing),
            (OriginError::Invalid.into(), Code::OriginInvalid),
            (ApiError::TokenMissing, Code::TokenMissing),
            (ApiError::TokenInvalid, Code::TokenInvalid),
            (ApiError::TokenExpired, Code::TokenExpired),
            (ApiError::TokenMismatch, Code::TokenMismatch),
            (AccessError::Invalid.into(), Code::TokenInvalid),
            (AccessError::Expired.into(), Code::TokenExpired),
            (
                BodyError::MediaType { wanted: "application/json" }.into(),
                Code::UnsupportedMediaType,
            ),
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
            (CallError::<SessionError>::Unreachable("x".into()).into(), Code::Unavailable),
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
            (CallError::<WorkspaceError>::Unreachable("x".into()).into(), Code::Unavailable),
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
            (
                refused_workspace(WorkspaceError::LimitReached { what: "w".into() }),
                Code::LimitReached,
            ),
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
        let changed = refused_workspace(WorkspaceError::NoticeChanged { notice: "N".into() });
        assert_eq!(changed.facts().notice.as_deref(), Some("N"));
    }

    #[test]
    fn faults_of_the_platform_stay_inside() {
        for error in [
            ApiError::Jurisdiction("hunter2".into()),
            ApiError::Session(CallError::Unreachable("hunter2".into())),
            ApiError::Workspace(CallError::Unreachable("hunter2".into())),
            ApiError::Internal("hunter2"),
        ] {
            assert!(!error.facts().detail.contains("hunter2"));
        }
    }
}
