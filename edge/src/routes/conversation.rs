//! `GET /v1/conversation`: the visitor's copy, and what a client resumes with.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};

use super::Edge;
use super::caller::json_for;
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
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The query names what there is: 400 `invalid_value`.
/// 4. The session gives it: 401 `network_mismatch`, `token_revoked`, 410, 429.
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
    let network = edge.network()?;
    // 2
    let access = edge.access(&headers, &origin)?;
    // 3
    let wanted = copy::wanted(query.as_deref().unwrap_or_default())?;
    // 4
    let caller = Caller::new(&access, network);
    let object = access.conversation.to_hex();
    let conversation = match wanted {
        Wanted::Resume => object::call(&edge.env, &object, &Read { caller }).await?,
        Wanted::Copy => object::call(&edge.env, &object, &Export { caller }).await?,
    };
    Ok(json_for(origin, StatusCode::OK, &conversation))
}
