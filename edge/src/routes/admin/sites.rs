//! `/v1/admin/sites`: the sites of a workspace.
//!
//! Every call: the API key fits (401), the body is a [`SiteSettings`] where there is one (413, 415,
//! 400), the site is there (404 `site_unknown`).

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use sotto_shared::limits::ADMIN_BODY_BYTES;
use sotto_shared::wire::admin::SiteSettings;

use super::super::Edge;
use super::super::caller::json;
use super::{Operator, site_number, wrong_reply};
use crate::error::ApiError;
use crate::http::body;
use crate::workspace::command::{AdminAction, AdminReply};

/// `POST /v1/admin/sites`: makes a site; 201.
///
/// # Errors
/// As the module says; 422 `limit_reached`.
#[worker::send]
pub async fn create(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (operator, settings) = read(edge, request).await?;
    match operator.run(AdminAction::CreateSite(settings)).await? {
        AdminReply::Site(site) => Ok(json(StatusCode::CREATED, &site)),
        _ => Err(wrong_reply()),
    }
}

/// `PUT /v1/admin/sites/{number}`: replaces a site's settings. Lives that have become shorter hold
/// for conversations that exist, which the workspace's alarm tells from now on.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn change(
    State(edge): State<Edge>,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (operator, settings) = read(edge, request).await?;
    match operator.run(AdminAction::ChangeSite(site_number(&site)?, settings)).await? {
        AdminReply::Site(site) => Ok(json(StatusCode::OK, &site)),
        _ => Err(wrong_reply()),
    }
}

/// `DELETE /v1/admin/sites/{number}`: removes a site with its documents; 204. Its conversations
/// take no more messages, and the workspace's alarm has them erase themselves from now on, as at the
/// end of their lives.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn remove(
    State(edge): State<Edge>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    match operator.run(AdminAction::DeleteSite(site_number(&site)?)).await? {
        AdminReply::Done => Ok(StatusCode::NO_CONTENT.into_response()),
        _ => Err(wrong_reply()),
    }
}

/// `POST /v1/admin/sites/{number}/key`: gives the site a new public key. The old one opens nothing
/// from then on, and conversations that were begun with it take no more messages.
///
/// # Errors
/// As the module says; 422 `limit_reached` after 65,535 keys.
#[worker::send]
pub async fn replace_key(
    State(edge): State<Edge>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    match operator.run(AdminAction::ReplaceSiteKey(site_number(&site)?)).await? {
        AdminReply::Site(site) => Ok(json(StatusCode::OK, &site)),
        _ => Err(wrong_reply()),
    }
}

/// `GET /v1/admin/sites`: lists the sites.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn list(State(edge): State<Edge>, headers: HeaderMap) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    match operator.run(AdminAction::ListSites).await? {
        AdminReply::Sites(sites) => Ok(json(StatusCode::OK, &sites)),
        _ => Err(wrong_reply()),
    }
}

/// Who asks, and the settings that are sent.
async fn read(edge: Edge, request: Request) -> Result<(Operator, Box<SiteSettings>), ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let text = body::json_text(&head.headers, stream, ADMIN_BODY_BYTES).await?;
    Ok((operator, body::parse(&text)?))
}
