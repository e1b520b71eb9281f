//! Workers AI, by the platform's binding. Its models stream one of two shapes: their own, or that
//! of chat completions.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use sotto_shared::redacted_debug;
use sotto_shared::wire::provider::Remote;
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::format::Reader;
use super::openai::ChatReader;
use super::{Event, Prompt};

/// A call of the binding.
pub struct Run {
    /// The model.
    pub model: String,
    /// What it is given.
    pub input: Input,
}

/// What a model is given. It is a structure of its own, since the binding takes JavaScript
/// objects, not JSON.
#[derive(Serialize)]
pub struct Input {
    messages: Vec<Message>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

redacted_debug!(Run, Input);

/// A call.
#[must_use]
pub fn run(remote: &Remote, prompt: &Prompt) -> Run {
    let messages = prompt
        .messages
        .iter()
        .map(|message| Message {
            role: message.role.name(),
            content: message.text.as_str().to_owned(),
        })
        .collect();
    Run {
        model: remote.model.clone(),
        input: Input {
            messages,
            stream: true,
            max_tokens: remote.max_output_tokens,
            temperature: remote.temperature.map(f64::from),
            top_p: remote.top_p.map(f64::from),
        },
    }
}

/// The status and the body that a refusal of the binding stands for; `None` if it names no code.
/// The binding throws `3040: Capacity temporarily exceeded`, with words around it or not.
#[must_use]
pub fn refusal(message: &str) -> Option<(u16, Vec<u8>)> {
    let digits = |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    let code: u16 = message
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find(digits)
        .and_then(|code| code.parse().ok())?;
    let status = match code {
        3006 => 413,
        3007 => 408,
        3036 | 3040 => 429,
        5007 => 400,
        3000..=3999 => 500,
        _ => 400,
    };
    Some((status, json!({ "error": { "code": code } }).to_string().into_bytes()))
}

/// Reads the stream, whichever of the two shapes it has.
#[derive(Debug, Default)]
pub struct RunReader {
    chat: ChatReader,
}

/// A chunk of their own shape.
#[derive(Deserialize)]
struct Native<'a> {
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

impl Reader for RunReader {
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure> {
        if let Ok(Native { response: Some(token) }) = serde_json::from_str(data)
            && let Some(words) = words(token.get())
        {
            self.chat.say(words, into);
        }
        self.chat.frame(name, data, into)
    }

    fn ended(&self) -> Option<FinishReason> {
        self.chat.ended()
    }
}

/// The words of a token; one that looks like a number arrives as one.
fn words(token: &str) -> Option<String> {
    match token.as_bytes().first()? {
        b'"' => serde_json::from_str(token).ok().filter(|words: &String| !words.is_empty()),
        b'0'..=b'9' | b'-' | b't' | b'f' => Some(token.to_owned()),
        _ => None,
    }
}
