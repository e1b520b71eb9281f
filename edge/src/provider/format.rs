//! What a wire format is: a request made of a prompt, and a reader of what comes back. Both are
//! plain; nothing here waits.
//!
//! Every reader is tolerant where servers differ (comments, pings, events it does not know, usage
//! in any place, a missing last event) and strict where a visitor would be misled: an error within
//! the stream, and a stream that ends without saying so.

use serde_json::{Map, Value};
use sotto_shared::wire::provider::{Auth, Provider as Settings, Remote};
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::http::{Call, Post};
use super::{Event, Prompt, ProviderError, anthropic, azure, gemini, openai};
use super::{openai_responses, workers_ai};

/// Reads the frames of one reply.
pub trait Reader {
    /// Takes the next frame. [`Event::Finish`] is pushed where the stream says that it is over.
    ///
    /// # Errors
    /// [`Failure`] if the frame is an error.
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure>;

    /// How the reply ended, if it said so before the body did.
    fn ended(&self) -> Option<FinishReason>;
}

/// What is sent to a provider, with its key, for a prompt.
///
/// # Errors
/// [`ProviderError::Unreachable`] for settings that name no address; they were refused when they
/// were sent.
pub fn call(settings: &Settings, key: &str, prompt: &Prompt) -> Result<Call, ProviderError> {
    let post = |post: fn(&str, &Remote, &str, &Prompt) -> Post, remote: &Remote| {
        let base = settings.base_url().ok_or(ProviderError::Unreachable)?;
        Ok(Call::Post(post(&base, remote, key, prompt)))
    };
    match settings {
        Settings::Local {} => Err(ProviderError::Unreachable),
        Settings::OpenAi(remote) => post(openai::post, remote),
        Settings::OpenAiCompatible(remote) => post(openai::post_compatible, remote),
        Settings::OpenAiResponses(remote) => post(openai_responses::post, remote),
        Settings::Azure(remote) => post(azure::post, remote),
        Settings::Anthropic(remote) => post(anthropic::post, remote),
        Settings::Gemini(remote) => post(gemini::post, remote),
        Settings::WorkersAi(remote) => Ok(Call::Run(workers_ai::run(remote, prompt))),
    }
}

/// Who reads what a provider answers.
#[must_use]
pub fn reader(settings: &Settings) -> Box<dyn Reader> {
    match settings {
        Settings::Local {}
        | Settings::OpenAi(_)
        | Settings::OpenAiCompatible(_)
        | Settings::Azure(_) => Box::new(openai::ChatReader::default()),
        Settings::OpenAiResponses(_) => Box::new(openai_responses::ResponsesReader),
        Settings::Anthropic(_) => Box::new(anthropic::MessagesReader::default()),
        Settings::Gemini(_) => Box::new(gemini::GeminiReader::default()),
        Settings::WorkersAi(_) => Box::new(workers_ai::RunReader::default()),
    }
}

/// The header that carries a bearer token.
pub(super) fn bearer(key: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {key}"))
}

/// The header that carries a key: the vendor's own, or a bearer token where the settings say so.
pub(super) fn key_header(
    remote: &Remote,
    vendor: &'static str,
    key: &str,
) -> (&'static str, String) {
    match remote.auth {
        Auth::Key => (vendor, key.to_owned()),
        Auth::Bearer => bearer(key),
    }
}

/// Sets a member where there is something to set. No sampling parameter is sent by itself: newer
/// models refuse them.
pub(super) fn set(body: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), value.into());
    }
}

/// A member as a number.
pub(super) fn number(value: &Value, place: &str) -> Option<u64> {
    value.pointer(place).and_then(Value::as_u64)
}

/// A member as a text that is not empty.
pub(super) fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place).and_then(Value::as_str).filter(|text| !text.is_empty())
}
