//! `/v1/admin/sites`: the sites of a workspace.
//!
//! Every call: the API key fits (401), the body is a [`SiteSettings`] where there is one (413, 415,
//! 400), the site is there (404 `site_unknown`).

use axum::extract::{Path, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::limits::ADMIN_BODY_BYTES;
use sotto_shared::wire::admin::SiteSettings;

use super::super::Edge;
use super::{Operator, site_number};
use crate::error::ApiError;
use crate::http::body;
use crate::workspace::command::AdminAction;

/// `POST /v1/admin/sites`: makes a site; 201.
///
/// # Errors
/// As the module says; 422 `limit_reached`.
#[worker::send]
pub async fn create(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (operator, settings) = read(edge, request).await?;
    operator.answer(StatusCode::CREATED, AdminAction::CreateSite(settings)).await
}

/// `PUT /v1/admin/sites/{number}`: replaces a site's settings. Lives that have become shorter hold
/// for conversations that exist, which the workspace's alarm tells from now on.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn change(
    edge: Edge,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (operator, settings) = read(edge, request).await?;
    operator.answer(StatusCode::OK, AdminAction::ChangeSite(site_number(&site)?, settings)).await
}

/// `DELETE /v1/admin/sites/{number}`: removes a site with its documents; 204. Its conversations
/// take no more messages, and the workspace's alarm has them erase themselves from now on, as at the
/// end of their lives.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn remove(
    edge: Edge,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::NO_CONTENT, AdminAction::DeleteSite(site_number(&site)?)).await
}

/// `POST /v1/admin/sites/{number}/key`: gives the site a new public key. The old one opens nothing
/// from then on, and conversations that were begun with it take no more messages.
///
/// # Errors
/// As the module says; 422 `limit_reached` after 65,535 keys.
#[worker::send]
pub async fn replace_key(
    edge: Edge,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::OK, AdminAction::ReplaceSiteKey(site_number(&site)?)).await
}

/// `GET /v1/admin/sites`: lists the sites.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn list(edge: Edge, headers: HeaderMap) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::OK, AdminAction::ListSites).await
}

/// Who asks, and the settings that are sent.
async fn read(edge: Edge, request: Request) -> Result<(Operator, Box<SiteSettings>), ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let text = body::json_text(&head.headers, stream, ADMIN_BODY_BYTES).await?;
    Ok((operator, body::parse(&text)?))
}
