//! `/v1/conversation/messages/{id}`: rectifying and removing single messages.

use axum::extract::{Path, Request};
use axum::response::Response;
use futures_util::future::join;
use http::{HeaderMap, Method, StatusCode};
use sotto_shared::id::MessageId;
use sotto_shared::limits::MESSAGE_BODY_BYTES;
use sotto_shared::wire::rights::RectifyRequest;

use super::caller::json_for;
use super::{Edge, chat_body};
use crate::error::ApiError;
use crate::http::body;
use crate::object::{self, CallError};
use crate::session::command::{Rectify, Remove, SessionError};

/// `PATCH /v1/conversation/messages/{id}`: gives a message of the visitor's another text. The one
/// before is gone; the reply to it stays, and says that it answers an earlier text.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is a [`RectifyRequest`] with a text that a message may have: 413, 415, 400, 422.
/// 4. The text is scrubbed by the site's policy: 503. From here on there is no other text.
/// 5. The path can name a message: 404 `not_found`.
/// 6. The session overwrites: 401 `network_mismatch`, `token_revoked`; 403 `not_own_message`;
///    404 `not_found`; 409 `reply_in_progress` while it is answered, `message_conflict` if it was
///    removed; 410; 429.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn rectify(
    edge: Edge,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let json = body::json_text(&head.headers, stream, MESSAGE_BODY_BYTES);
    let (json, policy) = join(json, edge.policy(&visitor.access)).await;
    let request: RectifyRequest = body::parse(&json?)?;
    chat_body::check(&request.text)?;
    // 4
    let text = edge.scrub(&request.text, &*policy?);
    // 5
    let message = named(&id)?;
    // 6
    let command = Rectify { caller: visitor.caller(), message, text };
    let message = object::call(&edge.env, &visitor.object(), &command).await?;
    Ok(json_for(visitor.origin, StatusCode::OK, &message))
}

/// `DELETE /v1/conversation/messages/{id}`: removes a message, whoever wrote it. Its place stays,
/// so that its id is not used again. It can be repeated. A reply that is under way to it stops.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The path can name a message: 404 `not_found`.
/// 4. The session removes: 401 `network_mismatch`, `token_revoked`; 404 `not_found`; 410; 429.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn remove(
    edge: Edge,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1, 2
    let visitor = edge.visitor(&method, &headers)?;
    // 3
    let message = named(&id)?;
    // 4
    let command = Remove { caller: visitor.caller(), message };
    let message = object::call(&edge.env, &visitor.object(), &command).await?;
    Ok(json_for(visitor.origin, StatusCode::OK, &message))
}

/// The message that a path names. What cannot be an id names none.
fn named(id: &str) -> Result<MessageId, ApiError> {
    MessageId::parse(id).map_err(|_| CallError::Refused(SessionError::MessageUnknown).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_shared::wire::problem::Code;

    #[test]
    fn what_cannot_be_an_id_names_no_message() {
        assert_eq!(named("m-1").unwrap().as_str(), "m-1");
        for path in ["", "a b", "\u{e4}", &"x".repeat(65)] {
            assert_eq!(named(path).unwrap_err().facts().code, Code::NotFound, "{path}");
        }
    }
}
