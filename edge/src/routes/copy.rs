//! The visitor's copy in the format that is wanted: JSON as it was signed, or for a person as HTML
//! or plain text, each with the signed JSON in it.

mod html;
mod text;
mod words;

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use sotto_shared::wire::conversation::Conversation;

use super::caller::json;
use super::query::value;
use crate::error::ApiError;
use crate::language::weight;

/// What is wanted of `GET /v1/conversation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What a client needs to go on; no export.
    Resume,
    /// The signed copy.
    Copy(Format),
}

/// A format of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The signed JSON itself.
    Json,
    /// One page.
    Html,
    /// Plain text.
    Text,
}

impl Format {
    /// In the order in which they are preferred where a client takes several alike.
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Json, "json", "application/json"),
        (Self::Html, "html", "text/html"),
        (Self::Text, "text", "text/plain"),
    ];
}

/// Reads what a query and the header `Accept` want; the query goes before the header.
///
/// # Errors
/// 400 `invalid_value`
pub fn wanted(query: Option<&str>, headers: &HeaderMap) -> Result<Wanted, ApiError> {
    match value(query, "purpose") {
        Some("resume") => return Ok(Wanted::Resume),
        None | Some("export") => {}
        Some(_) => {
            return Err(ApiError::InvalidValue {
                field: "purpose",
                rule: "must be resume or export",
            });
        }
    }
    let format = match value(query, "format") {
        None => accepted(headers),
        Some(name) => Format::ALL
            .into_iter()
            .find_map(|(format, known, _)| (known == name).then_some(format))
            .ok_or(ApiError::InvalidValue {
                field: "format",
                rule: "must be json, html or text",
            })?,
    };
    Ok(Wanted::Copy(format))
}

/// The copy in a format.
#[must_use]
pub fn response(format: Format, copy: &Conversation) -> Response {
    match format {
        Format::Json => json(StatusCode::OK, copy),
        Format::Html => html::response(copy),
        Format::Text => text::response(copy),
    }
}

/// The format that the header `Accept` gives the highest weight; JSON where it names none of them.
fn accepted(headers: &HeaderMap) -> Format {
    let accept: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut best = (Format::Json, 0.0);
    for (format, _, media_type) in Format::ALL {
        let weight = accept
            .iter()
            .flat_map(|value| value.split(','))
            .map(|entry| entry.split_once(';').unwrap_or((entry, "")))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(media_type))
            .map_or(0.0, |(_, parameters)| weight(parameters));
        if weight > best.1 {
            best = (format, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
