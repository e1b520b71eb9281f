//! Problems (RFC 9457): one stable code for each way a call can fail.

use crate::json::Value;

/// Media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What every problem's `type` begins with; the code follows.
pub const TYPE_PREFIX: &str = "urn:sotto:problem:";

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $status:literal, $title:literal;)+) => {
        /// The stable code of a problem. Callers decide by it, never by the sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum Code {
            $($(#[$doc])+ #[cfg_attr(feature = "serde", serde(rename = $name))] $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// A short title, the same for every occurrence.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

codes! {
    /// The body is not the JSON that the call takes.
    MalformedBody = "malformed_body", 400, "The body could not be read";
    /// A member of the body is not known.
    UnknownField = "unknown_field", 400, "Unknown member in the body";
    /// A value breaks its rule.
    InvalidValue = "invalid_value", 400, "A value is not allowed";
    /// There is no bearer token.
    TokenMissing = "token_missing", 401, "A token is needed";
    /// The token is malformed, forged or of another kind.
    TokenInvalid = "token_invalid", 401, "The token is not valid";
    /// The token was valid once.
    TokenExpired = "token_expired", 401, "The token has expired";
    /// The token's family was revoked, since an old refresh token was used again.
    TokenRevoked = "token_revoked", 401, "The token was revoked";
    /// The access token was given to another network; the refresh token gets one for this network.
    NetworkMismatch = "network_mismatch", 401, "The token is for another network";
    /// There is no origin where one is needed.
    OriginMissing = "origin_missing", 403, "The origin of the request is missing";
    /// The origin is `null` or not one.
    OriginInvalid = "origin_invalid", 403, "The origin of the request is not usable";
    /// The origin is not one of the site's.
    OriginNotAllowed = "origin_not_allowed", 403, "The site does not allow this origin";
    /// The token belongs to another site, origin or conversation.
    TokenMismatch = "token_mismatch", 403, "The token belongs elsewhere";
    /// The API key may not do this.
    ScopeMissing = "scope_missing", 403, "The API key lacks the scope";
    /// The visitor did not agree to the chat.
    ConsentRequired = "consent_required", 403, "Consent is needed first";
    /// The visitor did not give the conversation to `improve`: reading it takes a reason.
    ReasonRequired = "reason_required", 403, "A reason is needed";
    /// The message is not the visitor's own.
    NotOwnMessage = "not_own_message", 403, "Only one's own messages can be changed";
    /// The visitor took the consent to the chat back; the conversation can still be read and erased.
    ConsentWithdrawn = "consent_withdrawn", 403, "The consent was withdrawn";
    /// The record of the visitor's consent is missing or cannot be read.
    ConsentUnproven = "consent_unproven", 403, "The consent is not on record";
    /// There is no such site, or the key is forged.
    SiteUnknown = "site_unknown", 404, "No such site";
    /// There is nothing at this path, or nothing the caller may see.
    NotFound = "not_found", 404, "Nothing is here";
    /// The path does not take this method.
    MethodNotAllowed = "method_not_allowed", 405, "This method is not allowed here";
    /// The visitor agreed to another notice than the one in force.
    NoticeChanged = "notice_changed", 409, "The notice has changed";
    /// The message id was used for another text, or the message was removed.
    MessageConflict = "message_conflict", 409, "The message id was used for another text";
    /// A reply is still being written.
    ReplyInProgress = "reply_in_progress", 409, "A reply is still being written";
    /// There is no reply that could be given again.
    NothingToRegenerate = "nothing_to_regenerate", 409, "There is no reply to replace";
    /// A legal hold keeps the conversation.
    LegalHold = "legal_hold", 409, "A legal hold keeps the conversation";
    /// The visitor restricted the conversation: it is kept and not used.
    Restricted = "restricted", 409, "The conversation is restricted";
    /// The conversation was erased; `receipt` names the receipt.
    Erased = "erased", 410, "The conversation was erased";
    /// The conversation ended by its lifetime.
    ConversationEnded = "conversation_ended", 410, "The conversation has ended";
    /// The body is larger than the call takes.
    TooLarge = "too_large", 413, "The body is too large";
    /// The content type is not one the call takes.
    UnsupportedMediaType = "unsupported_media_type", 415, "This content type is not supported";
    /// The message has no text.
    MessageEmpty = "message_empty", 422, "The message is empty";
    /// The message is longer than the site takes.
    MessageTooLong = "message_too_long", 422, "The message is too long";
    /// The conversation takes no more messages.
    ConversationFull = "conversation_full", 422, "The conversation is full";
    /// The workspace takes no more of these.
    LimitReached = "limit_reached", 422, "A limit of the workspace is reached";
    /// Too many requests; `retry_after` says when to come back.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// The day's budget is spent.
    BudgetSpent = "budget_spent", 429, "Today's budget is spent";
    /// Something broke that is not the caller's doing.
    Internal = "internal", 500, "Something went wrong";
    /// The model provider answered with an error.
    ProviderFailed = "provider_failed", 502, "The model provider failed";
    /// The edge is not configured to answer.
    Misconfigured = "misconfigured", 503, "The service is not configured";
    /// The object that holds the conversation cannot be reached.
    Unavailable = "unavailable", 503, "The service is not available";
    /// The model provider did not answer in time.
    ProviderTimeout = "provider_timeout", 504, "The model provider took too long";
}

impl Code {
    /// The code of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// A problem as it stands in a response body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Problem {
    /// [`TYPE_PREFIX`] and the code.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: String,
    /// [`Code::title`].
    pub title: String,
    /// [`Code::status`].
    pub status: u16,
    /// One sentence that the caller can act on. It holds nothing of the request's texts.
    pub detail: String,
    /// The code.
    pub code: Code,
    /// Names this request in the edge's log.
    pub request_id: String,
    /// Seconds after which a new try makes sense; also in the header `Retry-After`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retry_after: Option<u64>,
    /// With [`Code::NoticeChanged`]: the version in force.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub notice: Option<String>,
    /// With [`Code::Erased`]: the id of the receipt.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub receipt: Option<String>,
}

impl Problem {
    /// Reads what the widget acts on: the code and the seconds to wait.
    #[must_use]
    pub fn read(value: &Value) -> Option<(Code, Option<u64>)> {
        let code = Code::parse(value.get("code").as_str()?)?;
        Some((code, value.get("retry_after").unsigned()))
    }
}
