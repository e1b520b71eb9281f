//! `POST /v1/review`: a person is asked to look.

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::rights::ReviewRequest;

use super::Edge;
use super::caller::json_for;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::session::command::AskReview;

/// `POST /v1/review`
///
/// The operator sees when it was asked for and why, from a closed list; the answer stands in the
/// visitor's copy. Asking again is answered with the review that there is.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is a [`ReviewRequest`]: 413, 415, 400.
/// 4. The session asks: 401 `network_mismatch`, `token_revoked`; 410; 429.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn ask(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: ReviewRequest = body::parse(&text)?;
    // 4
    let command = AskReview { caller: visitor.caller(), reason: request.reason };
    let review = object::call(&edge.env, &visitor.object(), &command).await?;
    Ok(json_for(visitor.origin, StatusCode::OK, &review))
}
