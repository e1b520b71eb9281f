//! `/v1/admin/audit`: the audit log, to be kept and verified elsewhere.
//!
//! Every call: the API key fits and has the scope `audit` (401, 403 `scope_missing`).

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};

use super::super::Edge;
use super::super::query::value;
use super::{Operator, wrong_reply};
use crate::error::ApiError;
use crate::workspace::command::{AdminAction, AdminReply};

/// `GET /v1/admin/audit?from=…`: entries as JSON lines, at most 2,000, from the first or the named
/// one on. The last line is the newest checkpoint, or says with which entry the next page begins.
///
/// # Errors
/// As the module says; 400 `invalid_value` for a number that no entry has.
#[worker::send]
pub async fn export(
    State(edge): State<Edge>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let action = AdminAction::ExportAudit(value(query.as_deref(), "from").map(str::to_owned));
    text(operator.run(action).await?, "application/jsonl")
}

/// `GET /v1/admin/audit/checkpoint`: how long the log is and what its root is, a signed note.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn checkpoint(
    State(edge): State<Edge>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    text(operator.run(AdminAction::ReadCheckpoint).await?, "text/plain; charset=utf-8")
}

fn text(reply: AdminReply, media_type: &'static str) -> Result<Response, ApiError> {
    match reply {
        AdminReply::Audit(text) => Ok(([(header::CONTENT_TYPE, media_type)], text).into_response()),
        _ => Err(wrong_reply()),
    }
}
