//! `POST /v1/chat` and `POST /v1/chat/stop`: the request body of the AI SDK's chat transport.

use crate::id::{ConversationId, MessageId};
use crate::json::write_string;
use crate::redacted_debug;

/// What a chat request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Trigger {
    /// Answer a new message.
    SubmitMessage,
    /// Answer the last message again; the reply that stood there is replaced.
    RegenerateMessage,
}

/// A chat request once it has been read: of the history that a client sends along, only the last
/// message is looked at, and of that only the visitor's text.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatRequest {
    /// The conversation, which must be the token's.
    pub conversation: ConversationId,
    /// New message or new reply.
    pub trigger: Trigger,
    /// The visitor's message.
    pub message: VisitorMessage,
}

/// A visitor's message on its way in. Its text is not scrubbed by type: it may come from a client
/// that does not scrub.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitorMessage {
    /// Chosen by the client; unique in the conversation.
    pub id: MessageId,
    /// The text, at most [`limits::MESSAGE_CHARS`](crate::limits::MESSAGE_CHARS) characters.
    pub text: String,
}

impl ChatRequest {
    /// The request as the widget sends it: without a history.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"id\":\"");
        out.push_str(&self.conversation.to_hex());
        out.push_str("\",\"messages\":[{\"id\":");
        write_string(&mut out, self.message.id.as_str());
        out.push_str(",\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":");
        write_string(&mut out, &self.message.text);
        out.push_str(match self.trigger {
            Trigger::SubmitMessage => "}]}],\"trigger\":\"submit-message\"}",
            Trigger::RegenerateMessage => "}]}],\"trigger\":\"regenerate-message\"}",
        });
        out
    }
}

redacted_debug!(ChatRequest);

redacted_debug!(VisitorMessage);

/// Body of `POST /v1/chat/stop`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct StopRequest {
    /// The conversation, which must be the token's.
    pub id: ConversationId,
}

impl StopRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"id\":\"");
        out.push_str(&self.id.to_hex());
        out.push_str("\"}");
        out
    }
}
