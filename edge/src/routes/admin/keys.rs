//! `/v1/admin/keys`: the API keys of a workspace, and the one that its owner gets anew.

use axum::extract::{Path, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::id::WorkspaceId;
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::admin::NewKey;

use super::super::Edge;
use super::super::caller::json;
use super::Operator;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::workspace::command::{AdminAction, IssueKey};

/// `POST /v1/admin/keys`: makes a key with scopes of the one that asks; 201. The key is shown this
/// once.
///
/// 1. The body is a [`NewKey`]: 413, 415, 400.
/// 2. The API key fits and has the scope `keys` and those it gives: 401, 403 `scope_missing`.
/// 3. There is room: 422 `limit_reached`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn create(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let new: NewKey = body::parse(&text)?;
    operator.answer(StatusCode::CREATED, AdminAction::CreateKey(new)).await
}

/// `GET /v1/admin/keys`: lists the keys, none of them whole.
///
/// # Errors
/// 429, 401, 403 `scope_missing`
#[worker::send]
pub async fn list(edge: Edge, headers: HeaderMap) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::OK, AdminAction::ListKeys).await
}

/// `DELETE /v1/admin/keys/{id}`: removes a key, which opens nothing from then on; 204.
///
/// # Errors
/// 429, 401, 403 `scope_missing`; 404 `not_found` if there is no such key
#[worker::send]
pub async fn remove(
    edge: Edge,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::NO_CONTENT, AdminAction::DeleteKey(id)).await
}

/// `POST /v1/admin/workspaces/{id}/keys` with the platform token: a key for everything, for the
/// owner whose keys are lost or expired; 201.
///
/// 1. The platform token fits: 401 `token_missing`, `token_invalid`.
/// 2. The workspace is there and has room: 404 `not_found`, 422 `limit_reached`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn issue(
    edge: Edge,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1
    edge.platform(&headers)?;
    // 2
    let workspace = WorkspaceId::parse(&workspace).map_err(|_| ApiError::NotFound)?;
    let created = object::call(&edge.env, &workspace.to_hex(), &IssueKey {}).await;
    Ok(json(StatusCode::CREATED, &created.map_err(super::or_not_found)?))
}
