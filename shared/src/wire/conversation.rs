//! `GET /v1/conversation`: the visitor's copy.

use crate::consent::{ConsentEvent, NoticeVersion, Purposes};
use crate::id::ConversationId;
use crate::json::Value;
use crate::redacted_debug;
use crate::wire::stream::{Author, Source};

/// A whole conversation as it is stored: with placeholders, never with the values behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Conversation {
    /// Its id.
    pub conversation: ConversationId,
    /// When it began.
    pub created_at: u64,
    /// When it erases itself if nothing more is said.
    pub ends_at: u64,
    /// Version of the notice that was agreed to.
    pub notice: NoticeVersion,
    /// Whether the consent to the chat holds; without it there are no more messages.
    pub chat: bool,
    /// The optional purposes that hold.
    pub purposes: Purposes,
    /// The optional purposes that were objected to.
    pub objections: Purposes,
    /// What the visitor did about the consent, oldest first. The widget shows what holds and not how
    /// it came to that: its reader passes over them.
    pub consent: Vec<ConsentEvent>,
    /// The messages, oldest first. A reply that is under way stands last, as far as it is.
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub text: String,
    /// When it was accepted or begun.
    pub at: u64,
    /// How far it has come.
    pub state: MessageState,
    /// The documents behind a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub sources: Vec<Source>,
    /// Which provider wrote a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub provider: Option<String>,
    /// Which model wrote a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub model: Option<String>,
}

redacted_debug!(Message);

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum MessageState {
    /// A reply that is being written.
    Running,
    /// Whole.
    Complete,
    /// A reply that the visitor stopped.
    Stopped,
    /// A reply that broke off.
    Interrupted,
}

impl MessageState {
    /// The name on the wire and in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Running, Self::Complete, Self::Stopped, Self::Interrupted]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

impl Conversation {
    /// Reads the copy; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            conversation: ConversationId::parse(value.get("conversation").as_str()?).ok()?,
            created_at: value.get("created_at").unsigned()?,
            ends_at: value.get("ends_at").unsigned()?,
            notice: NoticeVersion::parse(value.get("notice").as_str()?).ok()?,
            chat: value.get("chat").is_true(),
            purposes: Purposes::read(value.get("purposes")),
            objections: Purposes::read(value.get("objections")),
            consent: Vec::new(),
            messages: value.get("messages").items().iter().filter_map(Message::read).collect(),
        })
    }
}

impl Message {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").string()?,
            author: Author::parse(value.get("author").as_str()?)?,
            text: value.get("text").string()?,
            at: value.get("at").unsigned()?,
            state: MessageState::parse(value.get("state").as_str()?)?,
            sources: value.get("sources").items().iter().filter_map(Source::read).collect(),
            provider: value.get("provider").string(),
            model: value.get("model").string(),
        })
    }
}
