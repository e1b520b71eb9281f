//! `GET /v1/admin/sites/{number}/counts`: what a site's days came to.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::super::Edge;
use super::super::query::value;
use super::{Operator, site_number};
use crate::error::ApiError;
use crate::workspace::command::AdminAction;

/// `GET /v1/admin/sites/{number}/counts?from=…&to=…`: conversations that began and messages of
/// visitors, day by day (UTC), of conversations that were given to `analytics`. Days that are not
/// over are left out; without dates it is the last thirty. Scope `counts`.
///
/// # Errors
/// 401, 403 `scope_missing`; 404 `site_unknown`; 400 `invalid_value` for what is no date, and for
/// more than 400 days.
#[worker::send]
pub async fn read(
    edge: Edge,
    Path(site): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let named = |name| value(query.as_deref(), name).map(str::to_owned);
    let site = site_number(&site)?;
    let action = AdminAction::ReadCounts { site, from: named("from"), to: named("to") };
    operator.answer(StatusCode::OK, action).await
}
