//! `GET /v1/admin/conversations`: which conversations there are, not what was said in them.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::super::Edge;
use super::super::caller::json;
use super::{Operator, wrong_reply};
use crate::error::ApiError;
use crate::workspace::command::{AdminAction, AdminReply};

/// `GET /v1/admin/conversations?after=…`: at most 100, oldest first.
///
/// 1. The API key fits: 401 `token_missing`, `token_invalid`.
/// 2. The cursor is one that a reply gave: 400 `invalid_value`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn list(
    State(edge): State<Edge>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    match operator.run(AdminAction::ListConversations(cursor(query.as_deref()))).await? {
        AdminReply::Conversations(list) => Ok(json(StatusCode::OK, &list)),
        _ => Err(wrong_reply()),
    }
}

fn cursor(query: Option<&str>) -> Option<String> {
    query?.split('&').find_map(|pair| pair.strip_prefix("after=")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_from_the_query() {
        assert_eq!(cursor(None), None);
        assert_eq!(cursor(Some("after=12")).as_deref(), Some("12"));
        assert_eq!(cursor(Some("a=1&after=")).as_deref(), Some(""));
    }
}
