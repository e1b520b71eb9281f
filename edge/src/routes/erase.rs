//! `POST /v1/erase`: the erase token in, a signed receipt out.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::session::EraseRequest;

use super::Edge;
use super::caller::{json, json_for};
use super::sessions::unverified;
use crate::auth::tokens::EraseToken;
use crate::error::ApiError;
use crate::http::{body, origin};
use crate::object;
use crate::session::command::Erase;

/// `POST /v1/erase`
///
/// It needs no access token and no known page: it works after everything else has expired, from
/// anywhere, and again and again.
///
/// 1. The body is an [`EraseRequest`]: 413, 415, 400.
/// 2. The erase token was copied whole, before an object is woken: 401 `token_invalid`.
/// 3. The session erases: 401 `token_invalid`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn erase(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: EraseRequest = body::parse(&text)?;
    // 2
    let token = EraseToken::parse(&request.erase_token).ok_or(ApiError::TokenInvalid)?;
    // 3
    let command = Erase { secret: token.secret.to_vec() };
    let receipt = object::call(&edge.env, &token.conversation.to_hex(), &command)
        .await
        .map_err(unverified)?;
    // The holder of the erase token may read the receipt on whichever page it was pasted.
    Ok(match origin::stated(&head.headers)? {
        Some(origin) => json_for(origin, StatusCode::OK, &receipt),
        None => json(StatusCode::OK, &receipt),
    })
}
