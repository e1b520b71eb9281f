//! Who writes replies: one file for each wire format, behind one trait.
//!
//! A provider gets a [`Prompt`], whose texts are `Scrubbed` by type, and gives [`Event`]s. Only
//! this folder talks to a model, and only [`http`] does so over the network.

pub mod local;
pub mod openai;

pub mod http;

use core::future::Future;

use sotto_shared::pii::Scrubbed;
use sotto_shared::wire::stream::FinishReason;

use crate::log::{Loggable, Told};

/// What a model is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The messages, oldest first; the first is the system's, the last the visitor's.
    pub messages: Vec<PromptMessage>,
}

/// One message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who speaks. Roles come from us alone, never from a client.
    pub role: Role,
    /// What is said.
    pub text: Scrubbed,
}

/// Who speaks in a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules.
    System,
    /// The visitor.
    User,
    /// The model itself, earlier.
    Assistant,
}

/// What a provider gives.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// The reply goes on.
    Text(String),
    /// How many tokens it took.
    Usage(Usage),
    /// The reply ended. Nothing follows.
    Finish(FinishReason),
}

/// Tokens as the provider counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the reply.
    pub output: u64,
}

/// Why a provider gave no whole reply. What it said about it is neither shown nor logged, since
/// it may echo the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It could not be reached.
    #[error("the provider could not be reached")]
    Unreachable,
    /// It answered with an error; the status is 200 where that came within the stream.
    #[error("the provider answered with status {status}")]
    Failed {
        /// The HTTP status.
        status: u16,
    },
    /// It did not answer in time.
    #[error("the provider did not answer in time")]
    Timeout,
    /// Its stream ended in the middle.
    #[error("the provider's stream ended in the middle")]
    Cut,
}

impl Loggable for ProviderError {
    fn told(&self) -> Told {
        match self {
            Self::Unreachable => Told::new("the provider could not be reached"),
            Self::Failed { status } => {
                Told::new("the provider answered with status").number((*status).into())
            }
            Self::Timeout => Told::new("the provider did not answer in time"),
            Self::Cut => Told::new("the provider's stream ended in the middle"),
        }
    }
}

/// Someone who writes a reply.
pub trait Provider {
    /// What comes next; `None` after [`Event::Finish`] or an error.
    fn next(&mut self) -> impl Future<Output = Option<Result<Event, ProviderError>>>;
}

impl Role {
    /// The name that chat completions use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// A text of a reply is somebody's: only the kind of an event is printed.
impl core::fmt::Debug for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::Usage(usage) => usage.fmt(f),
            Self::Finish(reason) => reason.fmt(f),
        }
    }
}
