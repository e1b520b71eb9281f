//! What a visitor asks for beside reading and erasing: `PATCH` and
//! `DELETE /v1/conversation/messages/{id}`, `PUT /v1/restriction`, `POST /v1/review`.
//!
//! | call | body | reply |
//! |---|---|---|
//! | `PATCH /v1/conversation/messages/{id}` | [`RectifyRequest`] | the [`Message`](super::conversation::Message) as it is now |
//! | `DELETE /v1/conversation/messages/{id}` | – | the [`Message`](super::conversation::Message) as it is now |
//! | `PUT /v1/restriction` | [`RestrictionRequest`] | [`Restriction`] |
//! | `POST /v1/review` | [`ReviewRequest`] | [`Review`] |

use crate::json::{Value, write_string};
use crate::redacted_debug;
use crate::words::words;

/// Body of `PATCH /v1/conversation/messages/{id}`. The text is scrubbed like that of a new message.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct RectifyRequest {
    /// What the message should have said, at most
    /// [`limits::MESSAGE_CHARS`](crate::limits::MESSAGE_CHARS) characters.
    pub text: String,
}

redacted_debug!(RectifyRequest);

/// Body of `PUT /v1/restriction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct RestrictionRequest {
    /// Whether the conversation is to be kept and not used.
    pub restricted: bool,
}

/// Reply to `PUT /v1/restriction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Restriction {
    /// Since when the conversation is not used; absent if it is.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub restricted_at: Option<u64>,
    /// When the conversation erases itself if nothing more is said.
    pub ends_at: u64,
}

words! {
    /// Why a person should look at a conversation. The list is closed: whoever wants to say more
    /// says it in the conversation, where it is scrubbed and stored like everything else.
    ReviewReason {
        /// A reply is wrong.
        Wrong = "wrong",
        /// A reply is unfair, or decides something about the visitor.
        Decision = "decision",
        /// A reply is offensive or dangerous.
        Harmful = "harmful",
        /// Personal data is not treated as it should be.
        Data = "data",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// What came of a person's look.
    ReviewOutcome {
        /// What the AI said stands.
        Confirmed = "confirmed",
        /// What the AI said does not hold.
        Corrected = "corrected",
        /// The visitor was answered in another way, such as by mail.
        Elsewhere = "elsewhere",
        /// Nobody will look, for a reason that the operator can name.
        Declined = "declined",
    }
}

/// Body of `POST /v1/review`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct ReviewRequest {
    /// Why, if the visitor says so.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub reason: Option<ReviewReason>,
}

/// A person was asked to look; and reply to `POST /v1/review`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Review {
    /// When it was asked for.
    pub asked_at: u64,
    /// Why, if the visitor said so.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub reason: Option<ReviewReason>,
    /// When a person answered.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub answered_at: Option<u64>,
    /// What came of it; there if `answered_at` is.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub outcome: Option<ReviewOutcome>,
}

impl RectifyRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"text\":");
        write_string(&mut out, &self.text);
        out.push('}');
        out
    }
}

impl RestrictionRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(self) -> String {
        let json = if self.restricted { "{\"restricted\":true}" } else { "{\"restricted\":false}" };
        json.into()
    }
}

impl ReviewRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(self) -> String {
        let mut out = String::from("{");
        if let Some(reason) = self.reason {
            out.push_str("\"reason\":");
            write_string(&mut out, reason.name());
        }
        out.push('}');
        out
    }
}

impl Restriction {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            restricted_at: value.get("restricted_at").unsigned(),
            ends_at: value.get("ends_at").unsigned()?,
        })
    }
}

impl Review {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            asked_at: value.get("asked_at").unsigned()?,
            reason: value.get("reason").as_str().and_then(ReviewReason::parse),
            answered_at: value.get("answered_at").unsigned(),
            outcome: value.get("outcome").as_str().and_then(ReviewOutcome::parse),
        })
    }
}
