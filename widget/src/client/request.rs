//! The calls of `/v1` that the widget makes.

use sotto_shared::consent::Choice;
use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::wire::challenge::Solution;
use sotto_shared::wire::chat::{ChatRequest, StopRequest};
use sotto_shared::wire::rights::{RectifyRequest, RestrictionRequest, ReviewReason, ReviewRequest};
use sotto_shared::wire::session::{EraseRequest, MintRequest, RefreshRequest};

/// A request to the edge.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(super) path: String,
    /// JSON.
    pub(super) body: Option<String>,
    /// Whether the answer is wanted as it comes in.
    pub(super) streams: bool,
    /// Whether it needs no access token.
    pub(crate) open: bool,
    /// Whether it is sent even if the page goes meanwhile: what is taken back or erased.
    pub(super) lasts: bool,
    /// The access token. It goes into a header, never into a URL.
    pub(crate) token: Option<String>,
}

impl Request {
    /// `GET /v1/sites/{key}`
    pub(crate) fn site(key: &str, lang: &str) -> Self {
        Self { open: true, ..Self::get(&["/v1/sites/", key, "?lang=", lang]) }
    }

    /// `POST /v1/sessions`
    pub(crate) fn mint(request: &MintRequest) -> Self {
        Self { open: true, ..Self::post("/v1/sessions", request.to_json()) }
    }

    /// The same call with the answer to the challenge that it was refused with.
    pub(crate) fn solved(&self, text: &str, nonce: &str) -> Self {
        let body = self.body.as_deref().unwrap_or_default();
        Self::post(&self.path, Solution::put_into(text, nonce, body))
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

    /// `GET /v1/conversation`: the signed copy, to keep, as `json`, `html` or `text`. It is
    /// recorded as an export.
    pub(crate) fn copy(format: &str) -> Self {
        Self::get(&["/v1/conversation?format=", format])
    }

    /// `PUT /v1/consent`
    pub(crate) fn consent(choice: &Choice) -> Self {
        Self { lasts: true, ..Self::with("PUT", &["/v1/consent"], choice.to_json()) }
    }

    /// `PATCH /v1/conversation/messages/{id}`
    pub(crate) fn rectify(id: &str, text: String) -> Self {
        Self::with("PATCH", &[MESSAGES, id], RectifyRequest { text }.to_json())
    }

    /// `DELETE /v1/conversation/messages/{id}`
    pub(crate) fn remove(id: &str) -> Self {
        Self { method: "DELETE", ..Self::get(&[MESSAGES, id]) }
    }

    /// `PUT /v1/restriction`
    pub(crate) fn restrict(restricted: bool) -> Self {
        Self::with("PUT", &["/v1/restriction"], RestrictionRequest { restricted }.to_json())
    }

    /// `POST /v1/review`
    pub(crate) fn review(reason: Option<ReviewReason>) -> Self {
        Self::post("/v1/review", ReviewRequest { reason }.to_json())
    }

    /// `POST /v1/erase`
    pub(crate) fn erase(erase_token: String) -> Self {
        let erase = Self::post("/v1/erase", EraseRequest { erase_token }.to_json());
        Self { open: true, lasts: true, ..erase }
    }

    /// Whether it changes something, or begins something.
    pub(crate) fn acts(&self) -> bool {
        self.open || self.method != "GET"
    }

    /// Whether it has a message answered.
    pub(crate) fn is_message(&self) -> bool {
        self.streams && self.method != "GET"
    }

    fn get(path: &[&str]) -> Self {
        Self {
            method: "GET",
            path: path.concat(),
            body: None,
            streams: false,
            open: false,
            lasts: false,
            token: None,
        }
    }

    fn post(path: &str, body: String) -> Self {
        Self::with("POST", &[path], body)
    }

    fn with(method: &'static str, path: &[&str], body: String) -> Self {
        Self { method, body: Some(body), ..Self::get(path) }
    }
}

const MESSAGES: &str = "/v1/conversation/messages/";
