//! The calls of `/v1` that the widget makes.

use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::wire::chat::{ChatRequest, StopRequest};
use sotto_shared::wire::session::{EraseRequest, MintRequest, RefreshRequest};

/// A request to the edge.
pub(crate) struct Request {
    pub(super) path: String,
    /// JSON; without one the request is a GET.
    pub(super) body: Option<String>,
    /// Whether the answer is wanted as it comes in.
    pub(super) streams: bool,
    /// The access token. It goes into a header, never into a URL.
    pub(crate) token: Option<String>,
}

impl Request {
    /// `GET /v1/sites/{key}`
    pub(crate) fn site(key: &str, lang: &str) -> Self {
        Self::get(&["/v1/sites/", key, "?lang=", lang])
    }

    /// `POST /v1/sessions`
    pub(crate) fn mint(request: &MintRequest) -> Self {
        Self::post("/v1/sessions", request.to_json())
    }

    /// `POST /v1/sessions/refresh`
    pub(crate) fn refresh(refresh_token: String, rotation_id: MessageId) -> Self {
        let body = RefreshRequest { refresh_token, rotation_id }.to_json();
        Self::post("/v1/sessions/refresh", body)
    }

    /// `POST /v1/chat`
    pub(crate) fn chat(request: &ChatRequest) -> Self {
        Self { streams: true, ..Self::post("/v1/chat", request.to_json()) }
    }

    /// `GET /v1/chat/{conversation}/stream`
    pub(crate) fn resume(conversation: &ConversationId) -> Self {
        let path = ["/v1/chat/", &conversation.to_hex(), "/stream"];
        Self { streams: true, ..Self::get(&path) }
    }

    /// `POST /v1/chat/stop`
    pub(crate) fn stop(id: ConversationId) -> Self {
        Self::post("/v1/chat/stop", StopRequest { id }.to_json())
    }

    /// `GET /v1/conversation?purpose=resume`: what is stored, to go on with.
    pub(crate) fn conversation() -> Self {
        Self::get(&["/v1/conversation?purpose=resume"])
    }

    /// `GET /v1/conversation`: the signed copy, to keep. It is recorded as an export.
    pub(crate) fn copy() -> Self {
        Self::get(&["/v1/conversation"])
    }

    /// `POST /v1/erase`
    pub(crate) fn erase(erase_token: String) -> Self {
        Self::post("/v1/erase", EraseRequest { erase_token }.to_json())
    }

    fn get(path: &[&str]) -> Self {
        Self { path: path.concat(), body: None, streams: false, token: None }
    }

    fn post(path: &str, body: String) -> Self {
        Self { path: path.into(), body: Some(body), streams: false, token: None }
    }
}
