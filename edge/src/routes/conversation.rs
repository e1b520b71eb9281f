//! `GET /v1/conversation`: the visitor's copy.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use super::Edge;
use super::caller::{Limit, json_for};
use crate::error::ApiError;
use crate::object;
use crate::session::command::{Caller, Read};

/// `GET /v1/conversation`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The network is within its rate: 429 `rate_limited`.
/// 3. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 4. The session gives the copy: 401 `network_mismatch`, `token_revoked`, 410.
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
    // 2
    let network = edge.count(Limit::Other, &headers).await?;
    // 3
    let access = edge.access(&headers, &origin)?;
    // 4
    let command = Read { caller: Caller::new(&access, network) };
    let copy = object::call(&edge.env, &access.conversation.to_hex(), &command).await?;
    Ok(json_for(origin, StatusCode::OK, &copy))
}
