//! Anthropic's messages.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sotto_shared::wire::provider::Remote;
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::format::{Reader, key_header, number, set, text};
use super::http::Post;
use super::{Event, Prompt, Usage};

/// The version of the API unless the settings name another. It refuses sampling parameters.
pub const API_VERSION: &str = "2026-10-21";

/// The longest reply unless the settings say otherwise: the vendor wants to be told one. Replies
/// are asked to be brief; this leaves room for those that think first.
pub const MAX_TOKENS: u32 = 1_024;

/// A request. What the system says has a member of its own; no message has its role.
#[must_use]
pub fn post(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let messages: Vec<Value> = prompt
        .turns()
        .map(|(role, text)| json!({ "role": role.name(), "content": text }))
        .collect();
    let mut body = Map::new();
    body.insert("model".into(), remote.model.as_str().into());
    body.insert("max_tokens".into(), remote.max_output_tokens.unwrap_or(MAX_TOKENS).into());
    body.insert("system".into(), prompt.system().into());
    body.insert("messages".into(), messages.into());
    body.insert("stream".into(), true.into());
    set(&mut body, "inference_geo", remote.region.as_deref());
    set(&mut body, "temperature", remote.temperature.map(f64::from));
    set(&mut body, "top_p", remote.top_p.map(f64::from));
    let version = remote.api_version.as_deref().unwrap_or(API_VERSION);
    Post {
        url: format!("{base}/messages"),
        headers: vec![
            key_header(remote, "x-api-key", key),
            ("anthropic-version", version.to_owned()),
        ],
        json: Value::Object(body).to_string(),
    }
}

/// Reads the stream of named events.
#[derive(Debug, Default)]
pub struct MessagesReader {
    usage: Usage,
    finish: Option<FinishReason>,
}

/// What a reply has hundreds of, which is read without a tree of it.
#[derive(Deserialize)]
struct Words<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

impl Reader for MessagesReader {
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure> {
        if let Ok(Words { r#type: "content_block_delta", delta }) = serde_json::from_str(data)
            && delta.r#type == "text_delta"
            && !delta.text.is_empty()
        {
            into.push(Event::Text(delta.text.into_owned()));
            return Ok(());
        }
        let Ok(event) = serde_json::from_str::<Value>(data) else {
            return if name == "error" { Err(Failure::of_status(200)) } else { Ok(()) };
        };
        match text(&event, "/type").unwrap_or(name) {
            "message_start" => self.count(event.pointer("/message/usage"), into),
            "content_block_start" => {
                let block = event.get("content_block").unwrap_or(&Value::Null);
                if text(block, "/type") == Some("text") {
                    into.extend(text(block, "/text").map(|text| Event::Text(text.to_owned())));
                }
            }
            // Thoughts, signatures, citations and tools have deltas of other types.
            "content_block_delta" if text(&event, "/delta/type") == Some("text_delta") => {
                into.extend(text(&event, "/delta/text").map(|text| Event::Text(text.to_owned())));
            }
            "message_delta" => {
                if let Some(reason) = text(&event, "/delta/stop_reason") {
                    self.finish = Some(finish_reason(reason));
                }
                self.count(event.get("usage"), into);
            }
            "message_stop" => {
                into.push(Event::Finish(self.finish.unwrap_or(FinishReason::Other)));
            }
            "error" => return Err(Failure::of_body(200, &event)),
            _ if event.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(Failure::of_body(200, &event));
            }
            _ => {}
        }
        Ok(())
    }

    fn ended(&self) -> Option<FinishReason> {
        self.finish
    }
}

impl MessagesReader {
    /// Counts are totals, not increments; what a cache held is input too.
    fn count(&mut self, usage: Option<&Value>, into: &mut Vec<Event>) {
        let Some(usage) = usage.filter(|usage| usage.is_object()) else { return };
        if let Some(fresh) = number(usage, "/input_tokens") {
            let cached = ["/cache_creation_input_tokens", "/cache_read_input_tokens"];
            let cached: u64 = cached.iter().filter_map(|place| number(usage, place)).sum();
            self.usage.input = fresh.saturating_add(cached);
        }
        if let Some(output) = number(usage, "/output_tokens") {
            self.usage.output = output;
        }
        into.push(Event::Usage(self.usage));
    }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "refusal" => FinishReason::ContentFilter,
        _ => FinishReason::Other,
    }
}
