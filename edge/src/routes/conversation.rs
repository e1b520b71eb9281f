//! `GET /v1/conversation`: the visitor's copy, and what a client resumes with.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use super::Edge;
use super::caller::{Limit, json_for};
use super::copy::{self, Wanted};
use crate::error::ApiError;
use crate::object;
use crate::session::command::{Caller, Export, Read};

/// `GET /v1/conversation?purpose=resume|export`
///
/// Without a purpose it gives the signed copy, which the audit log records as an export. A client that only goes on with the
/// conversation says so: it gets what it needs for that as JSON, and nothing is recorded.
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The network is within its rate: 429 `rate_limited`.
/// 3. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 4. The query names what there is: 400 `invalid_value`.
/// 5. The session gives it: 401 `network_mismatch`, `token_revoked`, 410.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn read(
    State(edge): State<Edge>,
    RawQuery(query): RawQuery,
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
    let wanted = copy::wanted(query.as_deref().unwrap_or_default())?;
    // 5
    let caller = Caller::new(&access, network);
    let object = access.conversation.to_hex();
    let conversation = match wanted {
        Wanted::Resume => object::call(&edge.env, &object, &Read { caller }).await?,
        Wanted::Copy => object::call(&edge.env, &object, &Export { caller }).await?,
    };
    Ok(json_for(origin, StatusCode::OK, &conversation))
}
