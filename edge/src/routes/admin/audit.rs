//! `/v1/admin/audit`: the audit log, to be kept and verified elsewhere.
//!
//! Every call: the API key fits and has the scope `audit` (401, 403 `scope_missing`).

use axum::extract::RawQuery;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::super::Edge;
use super::super::query::value;
use super::Operator;
use crate::error::ApiError;
use crate::workspace::command::AdminAction;

/// `GET /v1/admin/audit?from=…`: entries as JSON lines, at most 2,000, from the first or the named
/// one on. The last line is the newest checkpoint, or says with which entry the next page begins.
///
/// # Errors
/// As the module says; 400 `invalid_value` for a number that no entry has.
#[worker::send]
pub async fn export(
    edge: Edge,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let action = AdminAction::ExportAudit(value(query.as_deref(), "from").map(str::to_owned));
    operator.answer(StatusCode::OK, action).await
}

/// `GET /v1/admin/audit/checkpoint`: how long the log is and what its root is, a signed note.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn checkpoint(edge: Edge, headers: HeaderMap) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::OK, AdminAction::ReadCheckpoint).await
}
