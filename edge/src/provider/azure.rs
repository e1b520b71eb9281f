//! Azure's chat completions, in the form of its version 1 and in the classic one, which names a
//! deployment and a version of the API. What comes back is read as chat completions are; that the
//! first chunk has no choices, and that others carry nothing but a filter's results, is no news to
//! that reader.

use serde_json::{Value, json};
use sotto_shared::wire::provider::Remote;

use super::Prompt;
use super::format::key_header;
use super::http::Post;
use super::openai::body;

/// A request. The model is the name of a deployment, which the settings hold to characters that
/// mean nothing in a URL.
#[must_use]
pub fn post(base: &str, remote: &Remote, key: &str, prompt: &Prompt) -> Post {
    let mut body = body(remote, prompt, "max_completion_tokens");
    body.insert("stream_options".into(), json!({ "include_usage": true }));
    Post {
        url: url(base, remote),
        headers: vec![key_header(remote, "api-key", key)],
        json: Value::Object(body).to_string(),
    }
}

fn url(base: &str, remote: &Remote) -> String {
    let resource = base.strip_suffix("/openai/v1").or_else(|| base.strip_suffix("/openai"));
    let resource = resource.unwrap_or(base);
    match &remote.api_version {
        None => format!("{resource}/openai/v1/chat/completions"),
        Some(version) => format!(
            "{resource}/openai/deployments/{}/chat/completions?api-version={version}",
            remote.model
        ),
    }
}
