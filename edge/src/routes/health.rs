//! What standards expect at fixed addresses.

use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::admin::Operator;
use super::{Edge, caller, limits};
use crate::clock::{Clock as _, DAY_MS, PlatformClock, date};
use crate::error::ApiError;
use crate::http::cors::Readable;
use crate::workspace::command::{AdminAction, AdminReply};

/// When the way Global Privacy Control is honoured was last changed.
const GPC_SINCE: &str = "2026-11-20";

/// How long a `security.txt` is good for. RFC 9116 recommends less than a year.
const SECURITY_DAYS: u64 = 180;

/// `GET /healthz`: that the edge runs, is configured, and which version it is. With an API key, also
/// how the workspace's providers do that failed lately; only then is an object woken, and the
/// request counted.
///
/// # Errors
/// None without a credential. With one: 401 `token_invalid`, `token_expired`, 403 `scope_missing`
/// without the scope `sites`, 429 `rate_limited`.
#[worker::send]
pub async fn healthz(edge: Edge, headers: HeaderMap) -> Result<Response, ApiError> {
    let mut body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    if headers.contains_key(header::AUTHORIZATION) {
        limits::count(&edge.env, &edge.config, limits::OPERATORS, &headers).await?;
        let operator = Operator::new(edge, &headers)?;
        let AdminReply::Health(providers) = operator.run(AdminAction::ReadHealth).await? else {
            return Err(ApiError::Internal("the workspace told of something else"));
        };
        body["providers"] = json!(providers);
    }
    Ok(caller::json(StatusCode::OK, &body))
}

/// `GET /.well-known/gpc.json`: that Global Privacy Control is honoured.
pub async fn gpc() -> Response {
    cacheable(caller::json(StatusCode::OK, &json!({ "gpc": true, "lastUpdate": GPC_SINCE })))
}

/// `GET /.well-known/security.txt` (RFC 9116): where a weakness is reported.
///
/// # Errors
/// 404 if the operator names no contact (`SOTTO_SECURITY_CONTACT`).
pub async fn security(edge: Edge) -> Result<Response, ApiError> {
    let contact = edge.config.security_contact.as_deref().ok_or(ApiError::NotFound)?;
    let expires = date(PlatformClock.now_ms() / DAY_MS + SECURITY_DAYS);
    let issuer = &edge.config.issuer;
    let text = format!(
        "Contact: {contact}\nExpires: {expires}T00:00:00Z\n\
         Canonical: {issuer}/.well-known/security.txt\n"
    );
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok(cacheable((kind, text).into_response()))
}

/// `GET /.well-known/jwks.json`: the public keys that verify receipts (RFC 8037), the active one
/// first. Keys stay here after rotation, so that old receipts verify.
pub async fn keys(edge: Edge) -> Response {
    let keys = edge
        .config
        .keyring
        .receipt_public_keys()
        .map(|key| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": key.kid.to_string(),
                "x": BASE64URL_NOPAD.encode(&key.value),
            })
        })
        .collect::<Vec<_>>();
    cacheable(caller::json(StatusCode::OK, &json!({ "keys": keys })))
}

/// Lets caches keep a reply for an hour and every page read it.
fn cacheable(mut response: Response) -> Response {
    let hour = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, hour);
    response.extensions_mut().insert(Readable::ByAll);
    response
}
