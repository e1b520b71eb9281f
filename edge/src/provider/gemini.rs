//! Gemini's streamed content.

use serde_json::{Map, Value, json};
use sotto_shared::wire::provider::Remote;
use sotto_shared::wire::stream::FinishReason;

use super::failure::Failure;
use super::format::{Reader, number, set, text};
use super::http::Post;
use super::{Event, Prompt, Role, Usage};

/// A request. The key stands in a header: in the URL it would be in logs.
#[must_use]
pub fn post(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let contents: Vec<Value> = prompt
        .turns()
        .map(|(role, text)| {
            let role = if role == Role::Assistant { "model" } else { "user" };
            json!({ "role": role, "parts": [{ "text": text }] })
        })
        .collect();
    let mut config = Map::new();
    set(&mut config, "maxOutputTokens", remote.max_output_tokens);
    set(&mut config, "temperature", remote.temperature.map(f64::from));
    set(&mut config, "topP", remote.top_p.map(f64::from));
    let mut body = Map::new();
    body.insert("systemInstruction".into(), json!({ "parts": [{ "text": prompt.system() }] }));
    body.insert("contents".into(), contents.into());
    if !config.is_empty() {
        body.insert("generationConfig".into(), config.into());
    }
    let folder = if remote.model.contains('/') { "" } else { "models/" };
    Post {
        url: format!("{base}/{folder}{}:streamGenerateContent?alt=sse", remote.model),
        headers: vec![("x-goog-api-key", key.to_owned())],
        json: Value::Object(body).to_string(),
    }
}

/// Reads the stream of responses. Nothing marks its end but the end.
#[derive(Debug, Default)]
pub struct GeminiReader {
    finish: Option<FinishReason>,
}

impl Reader for GeminiReader {
    fn frame(&mut self, name: &str, data: &str, into: &mut Vec<Event>) -> Result<(), Failure> {
        let Ok(response) = serde_json::from_str::<Value>(data) else {
            return if name == "error" { Err(Failure::of_status(200)) } else { Ok(()) };
        };
        let is_error = |body: &Value| body.get("error").is_some_and(|error| !error.is_null());
        if is_error(&response) || response.get(0).is_some_and(is_error) {
            return Err(Failure::of_body(200, &response));
        }
        // The prompt was blocked: there are no candidates, and the status was 200.
        if text(&response, "/promptFeedback/blockReason").is_some() {
            self.finish = Some(FinishReason::ContentFilter);
        }
        let candidates = response.get("candidates").and_then(Value::as_array);
        for candidate in candidates.into_iter().flatten() {
            if number(candidate, "/index").unwrap_or(0) != 0 {
                continue;
            }
            let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
            for part in parts.into_iter().flatten() {
                let is_thought = part.get("thought").and_then(Value::as_bool).unwrap_or(false);
                if let Some(text) = text(part, "/text").filter(|_| !is_thought) {
                    into.push(Event::Text(text.to_owned()));
                }
            }
            if let Some(reason) = text(candidate, "/finishReason") {
                self.finish = Some(finish_reason(reason));
            }
        }
        if let Some(usage) = response.get("usageMetadata").filter(|usage| usage.is_object()) {
            let tokens = |place| number(usage, place).unwrap_or(0);
            into.push(Event::Usage(Usage {
                input: tokens("/promptTokenCount"),
                output: tokens("/candidatesTokenCount")
                    .saturating_add(tokens("/thoughtsTokenCount")),
            }));
        }
        Ok(())
    }

    fn ended(&self) -> Option<FinishReason> {
        self.finish
    }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
            FinishReason::ContentFilter
        }
        _ => FinishReason::Other,
    }
}
