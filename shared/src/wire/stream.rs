//! The parts of a reply: the AI SDK's UI message stream, version 1, and our own `data-sotto-*`
//! parts beside it. Each is the data of one server-sent event; the stream ends with [`DONE`].

use crate::json::Value;
use crate::wire::conversation::Provenance;
use crate::wire::problem::Code;

/// Header that names the protocol.
pub const HEADER: &str = "x-vercel-ai-ui-message-stream";

/// Value of [`HEADER`].
pub const VERSION: &str = "v1";

/// Header that says who writes (draft-abaris-aicdh-01, a courtesy to machines on the way).
pub const DISCLOSURE_HEADER: &str = "ai-disclosure";

/// Value of [`DISCLOSURE_HEADER`]: a structured field, a dictionary.
pub const DISCLOSURE: &str = "mode=machine-generated";

/// Data of the last event.
pub const DONE: &str = "[DONE]";

/// One part of a reply.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "type", rename_all_fields = "camelCase"))]
pub enum Part {
    /// A reply begins, or is given again from its beginning.
    #[cfg_attr(feature = "serde", serde(rename = "start"))]
    Start {
        /// Id of the reply.
        message_id: String,
    },
    /// Who answers. Comes right after `start`.
    #[cfg_attr(feature = "serde", serde(rename = "data-sotto-reply"))]
    Reply {
        /// The facts.
        data: Reply,
    },
    /// A text begins.
    #[cfg_attr(feature = "serde", serde(rename = "text-start"))]
    TextStart {
        /// Names the text within the reply.
        id: String,
    },
    /// The text goes on.
    #[cfg_attr(feature = "serde", serde(rename = "text-delta"))]
    TextDelta {
        /// Names the text.
        id: String,
        /// What comes next.
        delta: String,
    },
    /// The text ends.
    #[cfg_attr(feature = "serde", serde(rename = "text-end"))]
    TextEnd {
        /// Names the text.
        id: String,
    },
    /// A document that the reply quotes or was given.
    #[cfg_attr(feature = "serde", serde(rename = "source-document"))]
    Source(Source),
    /// Why the reply broke off. Comes before `error`, for clients that act on codes.
    #[cfg_attr(feature = "serde", serde(rename = "data-sotto-problem"))]
    Problem {
        /// The facts.
        data: StreamProblem,
    },
    /// The reply broke off.
    #[cfg_attr(feature = "serde", serde(rename = "error"))]
    Error {
        /// One sentence for a person.
        error_text: String,
    },
    /// The reply ends.
    #[cfg_attr(feature = "serde", serde(rename = "finish"))]
    Finish {
        /// How.
        finish_reason: FinishReason,
    },
}

/// Who answers, and what the edge hid in the visitor's message beyond what the browser hid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Reply {
    /// Always `ai` here.
    pub author: Author,
    /// Which provider writes ("local", "openai").
    pub provider: String,
    /// Which model, where there is one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub model: Option<String>,
    /// When the reply began.
    pub at: u64,
    /// The visitor's message as it was stored. It differs from what was sent where the edge's own
    /// pass found something.
    pub question: String,
    /// How it comes about, for machines. The widget marks every reply of the AI without it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub provenance: Option<Provenance>,
}

/// A document behind a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct Source {
    /// Names the passage within the site.
    pub source_id: String,
    /// Media type of the document.
    pub media_type: String,
    /// Title of the document and heading of the passage.
    pub title: String,
    /// Name of the document.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub filename: Option<String>,
}

/// Why a reply broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamProblem {
    /// The code.
    pub code: Code,
    /// Seconds after which a new try makes sense.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retry_after: Option<u64>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Author {
    /// The visitor.
    Visitor,
    /// The AI.
    Ai,
    /// A person of the operator's.
    Human,
    /// The software itself.
    System,
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum FinishReason {
    /// It is whole.
    Stop,
    /// It reached the limit of its length.
    Length,
    /// The provider's filter cut it off.
    ContentFilter,
    /// It broke off, or the visitor stopped it.
    Other,
    /// The provider failed.
    Error,
}

impl Author {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Ai => "ai",
            Self::Human => "human",
            Self::System => "system",
        }
    }

    /// The author of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Visitor, Self::Ai, Self::Human, Self::System].into_iter().find(|a| a.name() == name)
    }
}

impl Part {
    /// Reads the data of one event; `None` for [`DONE`], for parts of other versions, and for
    /// what is not JSON: all of them are passed over.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        let value = Value::parse(data)?;
        let text = |name| value.get(name).string();
        let inner = value.get("data");
        Some(match value.get("type").as_str()? {
            "start" => Self::Start { message_id: text("messageId")? },
            "data-sotto-reply" => Self::Reply {
                data: Reply {
                    author: Author::parse(inner.get("author").as_str()?)?,
                    provider: inner.get("provider").string()?,
                    model: inner.get("model").string(),
                    at: inner.get("at").unsigned()?,
                    question: inner.get("question").string()?,
                    provenance: None,
                },
            },
            "text-start" => Self::TextStart { id: text("id")? },
            "text-delta" => Self::TextDelta { id: text("id")?, delta: text("delta")? },
            "text-end" => Self::TextEnd { id: text("id")? },
            "source-document" => Self::Source(Source::read(&value)?),
            "data-sotto-problem" => {
                let (code, retry_after) = super::problem::Problem::read(inner)?;
                Self::Problem { data: StreamProblem { code, retry_after } }
            }
            "error" => Self::Error { error_text: text("errorText")? },
            "finish" => Self::Finish {
                finish_reason: match value.get("finishReason").as_str()? {
                    "stop" => FinishReason::Stop,
                    "length" => FinishReason::Length,
                    "content-filter" => FinishReason::ContentFilter,
                    "error" => FinishReason::Error,
                    _ => FinishReason::Other,
                },
            },
            _ => return None,
        })
    }
}

impl Source {
    /// Reads a source; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            source_id: value.get("sourceId").string()?,
            media_type: value.get("mediaType").string()?,
            title: value.get("title").string()?,
            filename: value.get("filename").string(),
        })
    }
}

/// The texts of a reply are somebody's: only its kind is printed.
impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Start { .. } => "start",
            Self::Reply { .. } => "data-sotto-reply",
            Self::TextStart { .. } => "text-start",
            Self::TextDelta { .. } => "text-delta",
            Self::TextEnd { .. } => "text-end",
            Self::Source(_) => "source-document",
            Self::Problem { .. } => "data-sotto-problem",
            Self::Error { .. } => "error",
            Self::Finish { .. } => "finish",
        })
    }
}
