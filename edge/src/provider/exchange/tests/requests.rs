//! What is sent: our roles, no sampling parameters, the key where it belongs.

use serde_json::{Value, json};

use super::*;
use crate::provider::workers_ai;

/// The call that settings make of the prompt.
fn sent(settings: &Settings) -> Call {
    let (_, script) = run_as(settings, Script::pieces(200, vec![]));
    script.sent.take().unwrap()
}

fn post(settings: &Settings) -> (Post, Value) {
    let Call::Post(post) = sent(settings) else { panic!("a request over the network") };
    assert!(!post.url.contains("k-secret") && !post.json.contains("k-secret"));
    let json = serde_json::from_str(&post.json).unwrap();
    (post, json)
}

fn header<'a>(post: &'a Post, name: &str) -> Option<&'a str> {
    post.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// Everything that may be left out.
fn full() -> Remote {
    Remote {
        max_output_tokens: Some(300),
        temperature: Some(Hundredths(70)),
        top_p: Some(Hundredths(95)),
        ..remote()
    }
}

fn chat_messages() -> Value {
    json!([
        { "role": "system", "content": "Be \"brief\"." },
        { "role": "user", "content": "I am [EMAIL]" },
        { "role": "assistant", "content": "Hello." },
        { "role": "user", "content": "And now?" },
    ])
}

fn turns() -> Value {
    let mut messages = chat_messages();
    messages.as_array_mut().unwrap().remove(0);
    messages
}

#[test]
fn chat_completions() {
    let (got, body) = post(&Settings::OpenAi(remote()));
    assert_eq!(got.url, "https://models.example/v1/chat/completions");
    assert_eq!(header(&got, "authorization"), Some("Bearer k-secret"));
    let wanted = json!({ "model": "m-large", "messages": chat_messages(), "stream": true,
        "stream_options": { "include_usage": true } });
    assert_eq!(body, wanted);
    let (_, body) = post(&Settings::OpenAi(full()));
    assert_eq!(body["max_completion_tokens"], 300);
    assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.7), &json!(0.95)));
}

#[test]
fn compatible_servers_get_what_all_of_them_know() {
    let (_, body) = post(&Settings::OpenAiCompatible(full()));
    assert_eq!(body["max_tokens"], 300);
    assert_eq!(body["stream_options"]["include_usage"], true);
    assert!(body.get("max_completion_tokens").is_none());
    let mistral = Remote { base_url: Some("https://api.mistral.ai/v1".into()), ..full() };
    let (_, body) = post(&Settings::OpenAiCompatible(mistral));
    assert!(body.get("stream_options").is_none());
    // An Ollama beside the edge has no key.
    let script = Rc::new(Script::pieces(200, vec![]));
    let settings = Settings::OpenAiCompatible(remote());
    let mut exchange = Exchange::new(Rc::clone(&script), &settings, "", &prompt());
    exchange.next().now_or_never().unwrap();
    let Some(Call::Post(got)) = script.sent.take() else { panic!("nothing was sent") };
    assert_eq!(header(&got, "authorization"), None);
}

#[test]
fn responses_are_never_stored() {
    let (got, body) = post(&Settings::OpenAiResponses(remote()));
    assert_eq!(got.url, "https://models.example/v1/responses");
    let wanted = json!({ "model": "m-large", "instructions": "Be \"brief\".", "input": turns(),
        "stream": true, "store": false });
    assert_eq!(body, wanted);
    let (_, body) = post(&Settings::OpenAiResponses(full()));
    assert_eq!((&body["max_output_tokens"], &body["store"]), (&json!(300), &json!(false)));
    let eu = Remote { base_url: None, region: Some("eu".into()), ..remote() };
    let (got, _) = post(&Settings::OpenAiResponses(eu));
    assert_eq!(got.url, "https://eu.api.openai.com/v1/responses");
}

#[test]
fn azure_has_two_forms_and_two_keys() {
    let at = |base: &str| Remote { base_url: Some(base.into()), ..remote() };
    for base in ["https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/"] {
        let (got, body) = post(&Settings::Azure(at(base)));
        assert_eq!(got.url, "https://r.openai.azure.com/openai/v1/chat/completions");
        assert_eq!(header(&got, "api-key"), Some("k-secret"));
        assert_eq!(header(&got, "authorization"), None);
        assert_eq!(body["model"], "m-large");
    }
    let classic = Remote {
        api_version: Some("2024-10-21".into()),
        auth: Auth::Bearer,
        ..at("https://r.openai.azure.com")
    };
    let (got, _) = post(&Settings::Azure(classic));
    assert_eq!(
        got.url,
        "https://r.openai.azure.com/openai/deployments/m-large/chat/completions\
         ?api-version=2024-10-21"
    );
    assert_eq!(header(&got, "authorization"), Some("Bearer k-secret"));
    assert_eq!(header(&got, "api-key"), None);
}

#[test]
fn anthropic_gets_the_system_apart_from_the_messages() {
    let (got, body) = post(&Settings::Anthropic(Remote { base_url: None, ..remote() }));
    assert_eq!(got.url, "https://api.anthropic.com/v1/messages");
    assert_eq!(header(&got, "x-api-key"), Some("k-secret"));
    assert_eq!(header(&got, "authorization"), None);
    assert_eq!(header(&got, "anthropic-version"), Some("2026-10-21"));
    let wanted = json!({ "model": "m-large", "max_tokens": 1024, "system": "Be \"brief\".",
        "messages": turns(), "stream": true });
    assert_eq!(body, wanted);
    let older = Remote {
        api_version: Some("2023-06-01".into()),
        region: Some("eu".into()),
        auth: Auth::Bearer,
        ..full()
    };
    let (got, body) = post(&Settings::Anthropic(older));
    assert_eq!(header(&got, "anthropic-version"), Some("2023-06-01"));
    assert_eq!(header(&got, "authorization"), Some("Bearer k-secret"));
    assert_eq!(header(&got, "x-api-key"), None);
    assert_eq!((&body["inference_geo"], &body["max_tokens"]), (&json!("eu"), &json!(300)));
}

#[test]
fn geminis_key_is_in_a_header() {
    let (got, body) = post(&Settings::Gemini(Remote { base_url: None, ..remote() }));
    assert_eq!(
        got.url,
        "https://generativelanguage.googleapis.com/v1beta/models/m-large\
         :streamGenerateContent?alt=sse"
    );
    assert_eq!(header(&got, "x-goog-api-key"), Some("k-secret"));
    let wanted = json!({
        "systemInstruction": { "parts": [{ "text": "Be \"brief\"." }] },
        "contents": [
            { "role": "user", "parts": [{ "text": "I am [EMAIL]" }] },
            { "role": "model", "parts": [{ "text": "Hello." }] },
            { "role": "user", "parts": [{ "text": "And now?" }] },
        ],
    });
    assert_eq!(body, wanted);
    let tuned = Remote { model: "tunedModels/shop".into(), ..full() };
    let (got, body) = post(&Settings::Gemini(tuned));
    assert!(got.url.ends_with("/v1/tunedModels/shop:streamGenerateContent?alt=sse"));
    let config = json!({ "maxOutputTokens": 300, "temperature": 0.7, "topP": 0.95 });
    assert_eq!(body["generationConfig"], config);
}

#[test]
fn workers_ai_is_called_by_its_binding() {
    let Call::Run(run) = sent(&Settings::WorkersAi(remote())) else { panic!("no request") };
    assert_eq!(run.model, "m-large");
    let input = serde_json::to_value(&run.input).unwrap();
    assert_eq!(input, json!({ "messages": chat_messages(), "stream": true }));
    let Call::Run(run) = sent(&Settings::WorkersAi(full())) else { panic!("no request") };
    let input = serde_json::to_value(&run.input).unwrap();
    assert_eq!((&input["max_tokens"], &input["temperature"]), (&json!(300), &json!(0.7)));
}

#[test]
fn a_refusal_of_the_binding_has_a_status() {
    let refused = |message| {
        workers_ai::refusal(message)
            .map(|(status, json)| Failure::of_body(status, &serde_json::from_slice(&json).unwrap()))
            .map(|failure| (failure.status, failure.why))
    };
    assert_eq!(refused("InferenceUpstreamError: 3040: out of capacity"), Some((429, Why::Other)));
    assert_eq!(refused("AiError: 3036: daily allocation"), Some((429, Why::Spent)));
    assert_eq!(refused("3007: timed out"), Some((408, Why::Other)));
    assert_eq!(refused("5007: No such model @cf/x/y-1234b"), Some((400, Why::Other)));
    assert_eq!(refused("network connection lost"), None);
}

#[test]
fn secrets_are_not_printed() {
    let call = sent(&Settings::OpenAi(remote()));
    let run = sent(&Settings::WorkersAi(remote()));
    let printed = format!("{call:?} {run:?} {:?}", Event::Text("text".into()));
    assert!(!printed.contains("k-secret") && !printed.contains("text") && !printed.contains("now"));
    let Call::Post(post) = call else { panic!("a request") };
    assert_eq!(format!("{post:?}"), "Post { redacted }");
}
