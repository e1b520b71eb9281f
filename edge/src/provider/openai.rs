//! Chat completions, as OpenAI and the many servers that follow it speak them.

mod chunk;
mod thoughts;

use chunk::Chunk;
use serde_json::{Map, Value, json};
use sotto_shared::wire::provider::Remote;
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::format::{Reader, bearer, set};
use super::http::Post;
use super::{Event, Prompt, Usage};
use thoughts::Thoughts;

/// A host whose server refuses members that it does not know, and counts tokens unasked.
const COUNTS_UNASKED: &str = "https://api.mistral.ai/";

/// A request to OpenAI.
#[must_use]
pub fn post(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let mut body = body(remote, prompt, "max_completion_tokens");
    body.insert("stream_options".into(), json!({ "include_usage": true }));
    request(base, key, body)
}

/// A request to a server that follows it: the name of the limit is the one that all of them know,
/// and there may be no key.
#[must_use]
pub fn post_compatible(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let mut body = body(remote, prompt, "max_tokens");
    if !base.starts_with(COUNTS_UNASKED) {
        body.insert("stream_options".into(), json!({ "include_usage": true }));
    }
    request(base, key, body)
}

fn request(base: &str, key: &str, body: Map<String, Value>) -> Post {
    let headers = if key.is_empty() { Vec::new() } else { vec![bearer(key)] };
    Post { url: format!("{base}/chat/completions"), headers, json: Value::Object(body).to_string() }
}

/// The body that all chat completions share.
pub(super) fn body(remote: &Remote, prompt: &Prompt, limit: &str) -> Map<String, Value> {
    let messages: Vec<Value> = prompt
        .messages
        .iter()
        .map(|message| json!({ "role": message.role.name(), "content": message.text.as_str() }))
        .collect();
    let mut body = Map::new();
    body.insert("model".into(), remote.model.as_str().into());
    body.insert("messages".into(), messages.into());
    body.insert("stream".into(), true.into());
    set(&mut body, limit, remote.max_output_tokens);
    set(&mut body, "temperature", remote.temperature.map(f64::from));
    set(&mut body, "top_p", remote.top_p.map(f64::from));
    body
}

/// Reads the stream of chunks.
#[derive(Debug, Default)]
pub struct ChatReader {
    thoughts: Thoughts,
    finish: Option<FinishReason>,
}

impl ChatReader {
    /// Words of the model's: those of its answer go on, its thoughts do not.
    pub(super) fn say(&mut self, words: String, into: &mut Vec<Event>) {
        let answer = self.thoughts.without(words);
        if !answer.is_empty() {
            into.push(Event::Text(answer));
        }
    }

    /// Nothing more is said.
    fn fall_silent(&mut self, into: &mut Vec<Event>) {
        let answer = self.thoughts.end();
        if !answer.is_empty() {
            into.push(Event::Text(answer));
        }
    }
}

impl Reader for ChatReader {
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure> {
        if data.trim() == "[DONE]" {
            self.fall_silent(into);
            into.push(Event::Finish(self.finish.unwrap_or(FinishReason::Stop)));
            return Ok(());
        }
        // What is not JSON is either noise or the torn end of a stream, which `ended` tells.
        let Some(chunk) = Chunk::read(data) else {
            return if name == "error" { Err(Failure::of_status(200)) } else { Ok(()) };
        };
        if chunk.is_error || name == "error" {
            return Err(Failure::of_bytes(200, data.as_bytes()));
        }
        for words in chunk.texts {
            self.say(words, into);
        }
        if chunk.finish.is_some() {
            self.fall_silent(into);
            self.finish = chunk.finish;
        }
        into.extend(chunk.usage.map(Event::Usage));
        Ok(())
    }

    fn ended(&self) -> Option<FinishReason> {
        self.finish
    }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "stop" | "end_turn" | "eos" => FinishReason::Stop,
        "length" | "max_tokens" | "model_length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => FinishReason::Other,
    }
}
