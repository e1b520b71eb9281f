//! `PUT /v1/restriction`: a conversation is kept and not used, until its visitor says otherwise.

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::rights::RestrictionRequest;

use super::Edge;
use super::caller::json_for;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::session::command::Restrict;

/// `PUT /v1/restriction`
///
/// A restricted conversation is stored, not sent to a model and not shown to operators; its visitor
/// can read, export, rectify and erase it. A reply that is under way stops. It can be repeated.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is a [`RestrictionRequest`]: 413, 415, 400.
/// 4. The session restricts, or lifts: 401 `network_mismatch`, `token_revoked`; 410; 429.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn put(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: RestrictionRequest = body::parse(&text)?;
    // 4
    let caller = visitor.caller();
    let command = Restrict { caller, restricted: request.restricted };
    let restriction = object::call(&edge.env, &visitor.object(), &command).await?;
    Ok(json_for(visitor.origin, StatusCode::OK, &restriction))
}
