//! Who writes replies: one file for each wire format, behind one trait.
//!
//! A provider gets a [`Prompt`], whose texts are `Scrubbed` by type, and gives [`Event`]s. Only
//! this folder talks to a model, and only [`http`] does so over the network.
//!
//! A wire format is plain: [`format`](mod@format) says what is sent and who reads what comes back.
//! The [`exchange`] around it (send, wait, split into [`frames`], give up) is written once.
//! [`failover`] decides what happens when a provider fails before its first word, and [`chain`]
//! does it.

pub mod anthropic;
pub mod azure;
pub mod gemini;
pub mod local;
pub mod openai;
pub mod openai_responses;
pub mod workers_ai;

pub mod format;

pub mod chain;
pub mod failover;

pub mod platform;

pub mod exchange;
pub mod failure;
pub mod frames;
pub mod http;
pub mod tokens;

use core::future::Future;

use sotto_shared::pii::Scrubbed;
use sotto_shared::wire::stream::FinishReason;

use self::tokens::tokens_of;

pub use self::failure::{Failure, ProviderError, Why};
pub use self::tokens::{Taken, Usage};

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
    /// How many tokens it took so far.
    Usage(Usage),
    /// The reply ended. Nothing follows.
    Finish(FinishReason),
}

/// Someone who writes a reply.
pub trait Provider {
    /// What comes next; `None` after [`Event::Finish`] or an error.
    fn next(&mut self) -> impl Future<Output = Option<Result<Event, ProviderError>>>;
}

impl Prompt {
    /// How many tokens it has, about.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        let bytes = self.messages.iter().map(|message| message.text.as_str().len()).sum::<usize>();
        tokens_of(bytes)
    }

    /// What the system says, all of it.
    #[must_use]
    pub fn system(&self) -> String {
        let of_system = self.messages.iter().filter(|message| message.role == Role::System);
        let texts: Vec<&str> = of_system.map(|message| message.text.as_str()).collect();
        texts.join("\n\n")
    }

    /// What visitor and model say, oldest first.
    pub fn turns(&self) -> impl Iterator<Item = (Role, &str)> {
        let turns = self.messages.iter().filter(|message| message.role != Role::System);
        turns.map(|message| (message.role, message.text.as_str()))
    }
}

impl Role {
    /// The name that most wire formats use.
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
