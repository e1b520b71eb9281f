//! `/v1/admin/workspaces`: a new tenant, and whether it needs an older root key.

use axum::extract::{Path, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::id::WorkspaceId;
use sotto_shared::limits::ADMIN_BODY_BYTES;
use sotto_shared::wire::admin::{NewWorkspace, WorkspaceCreated};

use super::super::Edge;
use super::super::caller::json;
use super::super::sessions::new_object_id;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::workspace::command::{BINDING, Create, ReadRoot};

/// `POST /v1/admin/workspaces` with the platform token
///
/// 1. The platform token fits: 401 `token_missing`, `token_invalid`.
/// 2. The body is a [`NewWorkspace`]: 413, 415, 400.
/// 3. A new object's id is had in the configured jurisdiction: 503 `misconfigured`.
/// 4. The workspace is made, and its API key shown this once.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn create(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    edge.platform(&head.headers)?;
    // 2
    let text = body::json_text(&head.headers, stream, ADMIN_BODY_BYTES).await?;
    let request: NewWorkspace = body::parse(&text)?;
    // 3
    let namespace = edge.env.durable_object(BINDING).map_err(|_| ApiError::Binding(BINDING))?;
    let id = new_object_id(&edge, &namespace)?;
    let workspace = WorkspaceId::parse(&id)
        .map_err(|_| ApiError::Internal("an object's id has another form"))?;
    // 4
    let created = object::call(&edge.env, &id, &Create { name: request.name }).await?;
    let reply = WorkspaceCreated {
        workspace,
        api_key: created.api_key,
        expires_at: created.entry.expires_at,
    };
    Ok(json(StatusCode::CREATED, &reply))
}

/// `GET /v1/admin/workspaces/{id}/root` with the platform token: whether an older root key is still
/// needed here.
///
/// 1. The platform token fits: 401 `token_missing`, `token_invalid`.
/// 2. The workspace is there: 404 `not_found`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn root(
    edge: Edge,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1
    edge.platform(&headers)?;
    // 2
    let workspace = WorkspaceId::parse(&workspace).map_err(|_| ApiError::NotFound)?;
    let state = object::call(&edge.env, &workspace.to_hex(), &ReadRoot {}).await;
    Ok(json(StatusCode::OK, &state.map_err(super::or_not_found)?))
}
