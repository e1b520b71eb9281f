//! `/v1/admin/sites/{number}/documents`: what a site's replies quote.
//!
//! Every call: the API key fits (401), the site is there (404 `site_unknown`).

use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::limits::DOCUMENT_BYTES;

use super::super::Edge;
use super::{Operator, site_number};
use crate::error::ApiError;
use crate::http::body::{self, BodyError};
use crate::workspace::command::AdminAction;
use crate::workspace::documents::Format;

/// `PUT …/documents/{name}?confidential=true` with `text/markdown` or `text/plain`: puts a document in
/// place of the one that has its name. What is confidential is stored sealed and has no index;
/// without the parameter it is what the one before was, and a new one is not.
///
/// # Errors
/// As the module says; 415 for another type, 413 above 1 MB, 400 for another name, another query or
/// text that is not UTF-8, 422 `limit_reached`.
#[worker::send]
pub async fn put(
    edge: Edge,
    Path((site, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    let operator = Operator::new(edge, &head.headers)?;
    let site = site_number(&site)?;
    let format = body::media_type(&head.headers)
        .and_then(Format::parse)
        .ok_or(BodyError::MediaType { wanted: "text/markdown or text/plain" })?;
    let confidential = confidential(query.as_deref())?;
    let text = body::text(&head.headers, stream, DOCUMENT_BYTES).await?;
    let media_type = format.media_type().to_owned();
    operator
        .answer(
            StatusCode::OK,
            AdminAction::PutDocument { site, name, media_type, text, confidential },
        )
        .await
}

/// `DELETE …/documents/{name}`: removes a document; 204.
///
/// # Errors
/// As the module says; 404 `not_found` if there is no such document.
#[worker::send]
pub async fn remove(
    edge: Edge,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    let site = site_number(&site)?;
    operator.answer(StatusCode::NO_CONTENT, AdminAction::DeleteDocument { site, name }).await
}

/// `GET …/documents`: lists the documents.
///
/// # Errors
/// As the module says.
#[worker::send]
pub async fn list(
    edge: Edge,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let operator = Operator::new(edge, &headers)?;
    operator.answer(StatusCode::OK, AdminAction::ListDocuments(site_number(&site)?)).await
}

/// What the query says. It says nothing else, so that a misspelt word stores nothing in the clear.
fn confidential(query: Option<&str>) -> Result<Option<bool>, ApiError> {
    match query {
        None | Some("") => Ok(None),
        Some("confidential=true") => Ok(Some(true)),
        Some("confidential=false") => Ok(Some(false)),
        Some(_) => {
            let rule = "must be nothing but confidential=true or confidential=false";
            Err(ApiError::InvalidValue { field: "query", rule })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_is_misspelt_is_refused() {
        assert_eq!(confidential(None), Ok(None));
        assert_eq!(confidential(Some("")), Ok(None));
        assert_eq!(confidential(Some("confidential=true")), Ok(Some(true)));
        assert_eq!(confidential(Some("confidential=false")), Ok(Some(false)));
        for query in
            ["confidential", "confidential=1", "Confidential=true", "a=1", "confidential=true&a=1"]
        {
            assert!(confidential(Some(query)).is_err(), "{query}");
        }
    }
}
