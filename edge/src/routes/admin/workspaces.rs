//! `POST /v1/admin/workspaces`: a new tenant.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use sotto_shared::id::WorkspaceId;
use sotto_shared::limits::ADMIN_BODY_BYTES;
use sotto_shared::wire::admin::{NewWorkspace, WorkspaceCreated};

use super::super::Edge;
use super::super::caller::{bearer, json};
use super::super::sessions::new_object_id;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::workspace::command::{BINDING, Create};

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
pub async fn create(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    if !edge.config.platform_token.is(bearer(&head.headers)?) {
        return Err(ApiError::TokenInvalid);
    }
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
