//! `/v1/admin/conversations`: which conversations there are, and what an operator may do to one.
//!
//! Every call: the network is within its rate (429), the API key fits and has the scope (401, 403
//! `scope_missing`). A call to one conversation goes by way of the workspace, which records it before
//! it answers; a conversation of another workspace is as unknown as one that never was (404
//! `not_found`), and one that is gone says how it went (410).

use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::admin::{AccessReason, ConversationFlag, Hold, ReviewAnswer};

use super::super::Edge;
use super::super::query::value;
use super::{Operator, site_number};
use crate::error::ApiError;
use crate::http::body;
use crate::session::command::OperatorAction;
use crate::workspace::command::AdminAction;

/// `GET /v1/admin/conversations?after=…&site=…&flag=…`: at most 100, oldest first; that they are
/// there and how they stand, not what was said. Scope `conversations:read`.
///
/// # Errors
/// As the module says; 400 `invalid_value` for a cursor that no reply gave and an unknown flag, 404
/// `site_unknown` for what is no site's number.
#[worker::send]
pub async fn list(
    edge: Edge,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let named = |name| value(query.as_deref(), name);
    let flag = named("flag")
        .map(|word| {
            ConversationFlag::parse(word).ok_or(ApiError::InvalidValue {
                field: "flag",
                rule: "must be improve, restricted, review or hold",
            })
        })
        .transpose()?;
    let action = AdminAction::ListConversations {
        after: named("after").map(str::to_owned),
        site: named("site").map(site_number).transpose()?,
        flag,
    };
    operator.answer(StatusCode::OK, action).await
}

/// `GET /v1/admin/conversations/{id}?reason=…`: what was said. Scope `conversations:read`. Where the
/// visitor did not give the conversation to `improve`, it takes a reason.
///
/// # Errors
/// As the module says; 400 `invalid_value` for an unknown reason, 403 `reason_required`.
#[worker::send]
pub async fn read(
    edge: Edge,
    Path(conversation): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let action = OperatorAction::Read { reason: reason(query.as_deref())? };
    operator.ask(&conversation, action).await
}

/// `GET /v1/admin/conversations/{id}/export?reason=…`: the same, to be taken away. Scope
/// `conversations:read`.
///
/// # Errors
/// As [`read`].
#[worker::send]
pub async fn export(
    edge: Edge,
    Path(conversation): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let action = OperatorAction::Export { reason: reason(query.as_deref())? };
    let mut response = operator.ask(&conversation, action).await?;
    let attachment = HeaderValue::from_static("attachment; filename=\"conversation.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment);
    Ok(response)
}

/// `GET /v1/admin/conversations/{id}/consent`: the signed receipt of the consent; of an erased
/// conversation the proof, as long as the site keeps one. Scope `conversations:read`.
///
/// # Errors
/// As the module says; of an erased conversation 410 if nothing is left of its consent.
#[worker::send]
pub async fn consent(
    edge: Edge,
    Path(conversation): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.ask(&conversation, OperatorAction::Consent).await
}

/// `DELETE /v1/admin/conversations/{id}`: erases the conversation at once and answers with the signed
/// receipt. Scope `conversations:erase`.
///
/// # Errors
/// As the module says; 409 `legal_hold`.
#[worker::send]
pub async fn erase(
    edge: Edge,
    Path(conversation): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.ask(&conversation, OperatorAction::Erase).await
}

/// `PUT /v1/admin/conversations/{id}/hold`: keeps the conversation from its lifetime and from the
/// operator until a time, in place of the hold before. Scope `conversations:manage`.
///
/// # Errors
/// As the module says; 413, 415, 400 for another body than a [`Hold`], or one that has ended or ends
/// in more than 400 days.
#[worker::send]
pub async fn hold(
    edge: Edge,
    Path(conversation): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let hold: Hold = body::parse(&text)?;
    operator.ask(&conversation, OperatorAction::Hold(Some(hold))).await
}

/// `DELETE /v1/admin/conversations/{id}/hold`: lifts the hold; a conversation whose life is over
/// erases itself then. Scope `conversations:manage`.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn release(
    edge: Edge,
    Path(conversation): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.ask(&conversation, OperatorAction::Hold(None)).await
}

/// `POST /v1/admin/conversations/{id}/review`: tells the visitor what came of a person's look. Scope
/// `conversations:manage`.
///
/// # Errors
/// As the module says; 413, 415, 400 for another body than a [`ReviewAnswer`]; 404 `not_found` if no
/// review waits for an answer.
#[worker::send]
pub async fn answer(
    edge: Edge,
    Path(conversation): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let answer: ReviewAnswer = body::parse(&text)?;
    operator.ask(&conversation, OperatorAction::Answer(answer.outcome)).await
}

/// Why the operator reads a conversation.
fn reason(query: Option<&str>) -> Result<Option<AccessReason>, ApiError> {
    let unknown = ApiError::InvalidValue {
        field: "reason",
        rule: "must be complaint, legal_claim, security or request_of_visitor",
    };
    value(query, "reason").map(|word| AccessReason::parse(word).ok_or(unknown)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_word_of_the_list() {
        assert_eq!(reason(None), Ok(None));
        assert_eq!(reason(Some("reason=complaint")), Ok(Some(AccessReason::Complaint)));
        for unknown in ["reason=", "reason=curiosity", "reason=complaint%20of%20Jane"] {
            assert!(matches!(reason(Some(unknown)), Err(ApiError::InvalidValue { .. })));
        }
        for reason in AccessReason::ALL {
            let ApiError::InvalidValue { rule, .. } = super::reason(Some("reason=x")).unwrap_err()
            else {
                panic!("another error");
            };
            assert!(rule.contains(reason.name()));
        }
    }
}
