//! `GET /v1/conversation`: the visitor's copy.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use super::Edge;
use super::caller::json_for;
use crate::error::ApiError;
use crate::object;
use crate::session::command::{Caller, Read};

/// `GET /v1/conversation`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The session gives the copy: 401 `network_mismatch`, `token_revoked`, 410.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn read(
    State(edge): State<Edge>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1
    let origin = edge.origin(&method, &headers)?;
    let network = edge.network()?;
    // 2
    let access = edge.access(&headers, &origin)?;
    // 3
    let command = Read { caller: Caller::new(&access, network) };
    let copy = object::call(&edge.env, &access.conversation.to_hex(), &command).await?;
    Ok(json_for(origin, StatusCode::OK, &copy))
}
