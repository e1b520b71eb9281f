//! `GET /v1/conversation`: the visitor's copy, and what a client resumes with.

use axum::extract::RawQuery;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::Edge;
use super::caller::{json, readable};
use super::copy::{self, Wanted};
use crate::error::ApiError;
use crate::object;
use crate::session::command::{Export, Read};

/// `GET /v1/conversation?purpose=resume|export&format=json|html|text`
///
/// Without a purpose it gives the signed copy, which the audit log records as an export, in the
/// format that the query or the header `Accept` names. A client that only goes on with the
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
    edge: Edge,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1, 2
    let visitor = edge.visitor(&method, &headers)?;
    // 3
    let wanted = copy::wanted(query.as_deref(), &headers)?;
    // 4
    let (caller, object) = (visitor.caller(), visitor.object());
    let mut response = match wanted {
        Wanted::Resume => {
            json(StatusCode::OK, &object::call(&edge.env, &object, &Read { caller }).await?)
        }
        Wanted::Copy(format) => {
            let signed = object::call(&edge.env, &object, &Export { caller }).await?;
            copy::response(format, &signed)
        }
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    Ok(readable(visitor.origin, response))
}
