//! OpenAI's responses. The vendor is always told not to store them: its default is to do so.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};
use sotto_shared::wire::provider::Remote;
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::format::{Reader, bearer, number, set, text};
use super::http::Post;
use super::{Event, Prompt, Usage};

/// A request.
#[must_use]
pub fn post(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let input: Vec<Value> = prompt
        .turns()
        .map(|(role, text)| serde_json::json!({ "role": role.name(), "content": text }))
        .collect();
    let mut body = Map::new();
    body.insert("model".into(), remote.model.as_str().into());
    body.insert("instructions".into(), prompt.system().into());
    body.insert("input".into(), input.into());
    body.insert("stream".into(), true.into());
    body.insert("store".into(), false.into());
    set(&mut body, "max_output_tokens", remote.max_output_tokens);
    set(&mut body, "temperature", remote.temperature.map(f64::from));
    set(&mut body, "top_p", remote.top_p.map(f64::from));
    Post {
        url: format!("{base}/responses"),
        headers: vec![bearer(key)],
        json: Value::Object(body).to_string(),
    }
}

/// Reads the stream of named events.
#[derive(Debug, Default)]
pub struct ResponsesReader;

/// What a reply has hundreds of, which is read without a tree of it.
#[derive(Deserialize)]
struct Words<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    delta: Cow<'a, str>,
}

impl Reader for ResponsesReader {
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure> {
        if let Ok(Words { r#type: "response.output_text.delta", delta }) =
            serde_json::from_str(data)
            && !delta.is_empty()
        {
            into.push(Event::Text(delta.into_owned()));
            return Ok(());
        }
        if data.trim() == "[DONE]" {
            into.push(Event::Finish(FinishReason::Stop));
            return Ok(());
        }
        let Ok(event) = serde_json::from_str::<Value>(data) else {
            return if name == "error" { Err(Failure::of_status(200)) } else { Ok(()) };
        };
        let kind = text(&event, "/type").unwrap_or(name);
        match kind {
            "response.output_text.delta" | "response.refusal.delta" => {
                into.extend(text(&event, "/delta").map(|text| Event::Text(text.to_owned())));
            }
            "response.completed" => {
                into.extend(usage(&event));
                into.push(Event::Finish(FinishReason::Stop));
            }
            "response.incomplete" => {
                into.extend(usage(&event));
                let reason = text(&event, "/response/incomplete_details/reason");
                into.push(Event::Finish(match reason {
                    Some("max_output_tokens") => FinishReason::Length,
                    Some("content_filter") => FinishReason::ContentFilter,
                    _ => FinishReason::Other,
                }));
            }
            "error" | "response.failed" => {
                into.extend(usage(&event));
                return Err(Failure::of_body(200, &event));
            }
            _ if event.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(Failure::of_body(200, &event));
            }
            _ => {}
        }
        Ok(())
    }

    fn ended(&self) -> Option<FinishReason> {
        None
    }
}

fn usage(event: &Value) -> Option<Event> {
    let usage = event.pointer("/response/usage").filter(|usage| usage.is_object())?;
    Some(Event::Usage(Usage {
        input: number(usage, "/input_tokens").unwrap_or(0),
        output: number(usage, "/output_tokens").unwrap_or(0),
    }))
}
