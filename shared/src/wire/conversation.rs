//! `GET /v1/conversation`: the visitor's copy, and what a client resumes with.
//!
//! The call gives the whole copy, signed, and counts as an export. With `?purpose=resume` it gives
//! what a client needs to go on: the same without the members that are marked as the copy's.

use crate::consent::{ConsentEvent, NoticeVersion, Purposes};
use crate::id::ConversationId;
use crate::json::Value;
use crate::redacted_debug;
use crate::wire::admin::Hold;
use crate::wire::rights::Review;
use crate::wire::session::{Holder, Signature};
use crate::wire::stream::{Author, Source};

/// A whole conversation as it is stored: with placeholders, never with the values behind them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Conversation {
    /// In a copy: that it is one, for those who verify signed documents.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub kind: Option<String>,
    /// In a copy: [`COPY_SCHEMA`].
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub schema: Option<String>,
    /// Its id.
    pub conversation: ConversationId,
    /// In a copy: the language of the conversation (BCP 47).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub lang: Option<String>,
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
    /// Since when the conversation is kept and not used; absent if it is used.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub restricted_at: Option<u64>,
    /// Whether a person was asked to look, and what came of it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub review: Option<Review>,
    /// The legal hold that keeps the conversation from its end and from the operator, and not from
    /// the erase token; absent without one. The widget's reader passes over it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub hold: Option<Hold>,
    /// The messages, oldest first. A reply that is under way stands last, as far as it is.
    pub messages: Vec<Message>,
    /// In a copy: who else received text and keeps copies by its own terms.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub recipients: Option<Vec<Holder>>,
    /// In a copy: when it was taken.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub exported_at: Option<u64>,
    /// In a copy: Ed25519 over everything before it; see [`Signature`].
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub signature: Option<Signature>,
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
    /// The message that a reply answers.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub reply_to: Option<String>,
    /// Whether the message that a reply answers had another text then: it was rectified since.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "core::ops::Not::not"))]
    pub answers_earlier_text: bool,
    /// When the visitor rectified it. The earlier text is gone.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub changed_at: Option<u64>,
    /// When the visitor removed it; there if `state` is [`MessageState::Removed`].
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub removed_at: Option<u64>,
    /// The documents behind a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub sources: Vec<Source>,
    /// Which provider wrote a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub provider: Option<String>,
    /// Which model wrote a reply.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub model: Option<String>,
    /// In a copy: how a reply of the AI came about.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub provenance: Option<Provenance>,
}

redacted_debug!(Message);

/// How a text of the AI came about, for machines; provider, model, time and sources stand beside
/// it in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Provenance {
    /// Always `true` here.
    pub generated_by_ai: bool,
    /// [`TRAINED_ALGORITHMIC_MEDIA`]
    pub digital_source_type: String,
    /// The mark that the text itself carries: `none`, the scheme that the operator declares of the
    /// model, or `unknown` where an earlier version did not store it.
    pub text_marking: String,
    /// Version of the notice under which it was written, which names the AI and who runs it.
    pub notice: NoticeVersion,
    /// Names of the passages that its writer was given; its sources are those that it cites or
    /// quotes.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub passages: Vec<String>,
}

impl Provenance {
    /// A text of the AI's.
    #[must_use]
    pub fn new(text_marking: String, notice: NoticeVersion, passages: Vec<String>) -> Self {
        Self {
            generated_by_ai: true,
            digital_source_type: TRAINED_ALGORITHMIC_MEDIA.into(),
            text_marking,
            notice,
            passages,
        }
    }
}

/// Names the schema of a copy, docs/copy.schema.json; the number changes when a member changes its
/// meaning.
pub const COPY_SCHEMA: &str = "urn:sotto:schema:conversation-copy:1";

/// IPTC's term for media that a trained model made. Every reply of the AI carries it, those that
/// quote documents too: a mark that says too much passes nothing off as a person's.
pub const TRAINED_ALGORITHMIC_MEDIA: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum MessageState {
    /// A reply that is being written.
    Running,
    /// Whole.
    Complete,
    /// A reply that was cut off at its greatest length.
    Cut,
    /// A reply that a filter cut off, the edge's guard or the provider's.
    Withheld,
    /// A reply that the visitor stopped.
    Stopped,
    /// A reply that broke off.
    Interrupted,
    /// A message that the visitor removed: its text is gone, its place stays.
    Removed,
}

impl MessageState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Running,
        Self::Complete,
        Self::Cut,
        Self::Withheld,
        Self::Stopped,
        Self::Interrupted,
        Self::Removed,
    ];

    /// The name on the wire and in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Cut => "cut",
            Self::Withheld => "withheld",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Removed => "removed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Conversation {
    /// Reads what a client resumes with; `None` if something is missing. The copy's own members are
    /// passed over.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            kind: None,
            schema: None,
            conversation: ConversationId::parse(value.get("conversation").as_str()?).ok()?,
            lang: None,
            created_at: value.get("created_at").unsigned()?,
            ends_at: value.get("ends_at").unsigned()?,
            notice: NoticeVersion::parse(value.get("notice").as_str()?).ok()?,
            chat: value.get("chat").is_true(),
            purposes: Purposes::read(value.get("purposes")),
            objections: Purposes::read(value.get("objections")),
            consent: Vec::new(),
            restricted_at: value.get("restricted_at").unsigned(),
            review: Review::read(value.get("review")),
            hold: None,
            messages: value.get("messages").items().iter().filter_map(Message::read).collect(),
            recipients: None,
            exported_at: None,
            signature: None,
        })
    }
}

impl Message {
    /// Reads one; `None` if something is missing. The copy's own members are passed over.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").string()?,
            author: Author::parse(value.get("author").as_str()?)?,
            text: value.get("text").string()?,
            at: value.get("at").unsigned()?,
            state: MessageState::parse(value.get("state").as_str()?)?,
            reply_to: value.get("reply_to").string(),
            answers_earlier_text: value.get("answers_earlier_text").is_true(),
            changed_at: value.get("changed_at").unsigned(),
            removed_at: value.get("removed_at").unsigned(),
            sources: value.get("sources").items().iter().filter_map(Source::read).collect(),
            provider: value.get("provider").string(),
            model: value.get("model").string(),
            provenance: None,
        })
    }
}
