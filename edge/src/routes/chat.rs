//! `POST /v1/chat`, `GET /v1/chat/{conversation}/stream` and `POST /v1/chat/stop`: a message in,
//! its reply streamed out.

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use futures_util::future::join;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sotto_shared::id::{ConversationId, Origin};
use sotto_shared::limits::{CHAT_BODY_BYTES, SMALL_BODY_BYTES};
use sotto_shared::wire::chat::StopRequest;
use sotto_shared::wire::stream;

use super::caller::{own, readable};
use super::{Edge, chat_body};
use crate::error::ApiError;
use crate::http::body;
use crate::http::platform::HandedOn;
use crate::object::{self, Streamed};
use crate::session::command::{Chat, Resume, Stop};

/// `POST /v1/chat`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is what `useChat` sends, about this conversation: 413, 415, 400, 422,
///    403 `token_mismatch`.
/// 4. The text is scrubbed by the site's policy, which is had while the body comes in: 503. From
///    here on there is no other text.
/// 5. The session stores the message and answers: 401 `network_mismatch`, `token_revoked`, 409, 410, 422 `conversation_full`, 429.
///
/// # Errors
/// As its steps say. What fails once the reply has begun is told in the stream.
#[worker::send]
pub async fn send(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let json = body::json_text(&head.headers, stream, CHAT_BODY_BYTES);
    let (json, policy) = join(json, edge.policy(&visitor.access)).await;
    let request = chat_body::parse(&json?)?;
    own(&visitor.access, Some(request.conversation))?;
    // 4
    let text = edge.scrub(&request.message.text, &*policy?);
    // 5
    let caller = visitor.caller();
    let command = Chat { trigger: request.trigger, message_id: request.message.id, text, caller };
    let reply = object::stream(&edge.env, &visitor.object(), &command).await?;
    Ok(streamed(visitor.origin, reply))
}

/// `GET /v1/chat/{conversation}/stream`: the reply that is under way or just ended, from its
/// beginning; 204 if there is none.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens this conversation for this page: 401, 403 `token_mismatch`.
/// 3. The session streams: 401 `network_mismatch`, `token_revoked`, 410.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn resume(
    edge: Edge,
    Path(conversation): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1, 2
    let visitor = edge.visitor(&method, &headers)?;
    own(&visitor.access, ConversationId::parse(&conversation).ok())?;
    // 3
    let command = Resume { caller: visitor.caller() };
    let reply = object::stream(&edge.env, &visitor.object(), &command).await?;
    Ok(streamed(visitor.origin, reply))
}

/// `POST /v1/chat/stop`: stops the reply under way; does nothing if there is none.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is a [`StopRequest`] about this conversation: 413, 415, 400,
///    403 `token_mismatch`.
/// 4. The session stops: 401 `network_mismatch`, `token_revoked`, 410.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn stop(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: StopRequest = body::parse(&text)?;
    own(&visitor.access, Some(request.id))?;
    // 4
    let command = Stop { caller: visitor.caller() };
    object::call(&edge.env, &visitor.object(), &command).await?;
    Ok(readable(visitor.origin, StatusCode::NO_CONTENT.into_response()))
}

/// The session's event stream under our own headers.
fn streamed(origin: Origin, reply: Streamed) -> Response {
    let Streamed::Events(events) = reply else {
        return readable(origin, StatusCode::NO_CONTENT.into_response());
    };
    let mut response = Response::default();
    response.extensions_mut().insert(HandedOn::of(&events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Compressed on the way, a stream would come in lumps and its padding would tell lengths.
    let cache = HeaderValue::from_static("no-store, no-transform");
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(stream::HEADER, HeaderValue::from_static(stream::VERSION));
    let disclosure = HeaderValue::from_static(stream::DISCLOSURE);
    headers.insert(stream::DISCLOSURE_HEADER, disclosure);
    // A proxy that buffered would hold a reply back until it is whole.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    readable(origin, response)
}
