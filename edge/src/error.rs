//! Every way a call can fail, and the one match that says what the caller gets to know of it.
//!
//! A handler returns an [`ApiError`]; `http::respond` writes it once as a problem (RFC 9457) and,
//! where it is the edge's own fault, once to the log. The sentence in a problem is for the caller
//! to act on. It holds nothing of the request's texts and nothing of the edge's insides.

mod session;
mod told;
mod workspace;

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use sotto_shared::limits;
use sotto_shared::wire::challenge::Challenge;
use sotto_shared::wire::problem::Code;

use crate::auth::access::AccessError;
use crate::config::ConfigError;
use crate::http::body::BodyError;
use crate::http::client_address::AddressMissing;
use crate::http::origin::OriginError;
use crate::log::Said;
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
    Jurisdiction(Said),
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
    /// A challenge has to be solved first.
    #[error("a challenge has to be solved first")]
    ChallengeRequired(Challenge),
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
    /// With [`Code::ChallengeRequired`]: what is to be solved.
    pub challenge: Option<Challenge>,
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
            Self::ChallengeRequired(challenge) => {
                let mut facts = challenge_required();
                facts.challenge = Some(challenge.clone());
                facts
            }
            Self::Session(error) => session::facts(error),
            Self::Workspace(error) => workspace::facts(error),
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
        Self {
            code,
            detail: detail.into(),
            retry_after: None,
            notice: None,
            receipt: None,
            challenge: None,
        }
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

fn challenge_required() -> Facts {
    Facts::new(
        Code::ChallengeRequired,
        "Solve the challenge and send the request again with the answer.",
    )
}

fn site_unknown() -> Facts {
    Facts::new(Code::SiteUnknown, "There is no such site, or its key was replaced by a new one.")
}

fn budget_spent(retry_after: u64) -> Facts {
    Facts::new(Code::BudgetSpent, "What this site allows in a day is used up; come back tomorrow.")
        .after(retry_after)
}

#[cfg(test)]
mod tests;
