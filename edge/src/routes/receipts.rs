//! `POST /v1/receipts/verify` and, by another name for who looks for the origin of a text,
//! `POST /v1/provenance/verify`: whether a document is one that this edge signed.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use sotto_shared::limits::SIGNED_DOCUMENT_BYTES;
use sotto_shared::signed::{Document, DocumentError, PublicKey, Verdict};

use super::{Edge, caller};
use crate::auth::keyring::Keyring;
use crate::error::ApiError;
use crate::http::body;
use crate::http::cors::Readable;

/// What came of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Verified {
    /// Whether one of the published keys signed the document, and nothing was changed since.
    valid: bool,
    /// What it says it is.
    kind: &'static str,
    /// Number of the key that it says signed it.
    kid: u8,
    /// Why it is not valid: `unknown_key` or `changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// `POST /v1/receipts/verify`, `POST /v1/provenance/verify`
///
/// It takes a receipt of a consent or of an erasure, a proof, or a visitor's copy, whole and with
/// its signature, however it is printed. It needs no credential, keeps nothing, and is readable by
/// every page. Of a text that is no such document it says nothing.
///
/// 1. The body is JSON and not too large: 413, 415, 400 `malformed_body`.
/// 2. It is one of our signed documents: 400 `invalid_value`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn verify(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    let text = body::json_text(&head.headers, stream, SIGNED_DOCUMENT_BYTES).await?;
    // 2
    let verified = verified(&edge.config.keyring, &text)?;
    let mut response = caller::json(StatusCode::OK, &verified).into_response();
    response.extensions_mut().insert(Readable::ByAll);
    Ok(response)
}

fn verified(keyring: &Keyring, text: &str) -> Result<Verified, ApiError> {
    let document = Document::parse(text).map_err(|error| ApiError::InvalidValue {
        field: "body",
        rule: match error {
            DocumentError::NotAnObject => "must be a JSON object that was signed here",
            DocumentError::NotSigned => "must end with the member signature as it was given out",
            DocumentError::UnknownKind => "must be a receipt, a proof or a copy that is signed",
        },
    })?;
    let keys =
        keyring.receipt_public_keys().map(|key| PublicKey { kid: Some(key.kid), bytes: key.value });
    let verdict = document.verify(keys);
    Ok(Verified {
        valid: verdict == Verdict::Valid,
        kind: document.kind().name(),
        kid: document.kid(),
        reason: match verdict {
            Verdict::Valid => None,
            Verdict::UnknownKey => Some("unknown_key"),
            Verdict::Changed => Some("changed"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keyring::{test_json, test_keyring};
    use crate::auth::tokens::EraseToken;
    use crate::session::core::Erasure;
    use crate::session::core::tests::World;

    fn documents() -> [(&'static str, String); 2] {
        let world = World::minted();
        let consent = world.core().consent(&world.caller()).unwrap().receipt.get().to_owned();
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else { panic!("it erases") };
        let erasure = serde_json::to_string(&tombstone.receipt).unwrap();
        [("consent_receipt", consent), ("erasure_receipt", erasure)]
    }

    #[test]
    fn every_document_verifies_with_the_key_that_signed_it() {
        let rotated = Keyring::parse(&test_json(&[3, 2])).unwrap();
        let foreign = Keyring::parse(&test_json(&[9])).unwrap();
        for (kind, text) in documents() {
            let valid = Verified { valid: true, kind, kid: 2, reason: None };
            assert_eq!(verified(&test_keyring(), &text).unwrap(), valid);
            assert_eq!(verified(&rotated, &text).unwrap(), valid);
            let unknown = Verified { valid: false, reason: Some("unknown_key"), ..valid };
            assert_eq!(verified(&foreign, &text).unwrap(), unknown);
            let changed = text.replacen("0a0a", "0b0b", 1);
            let changed = verified(&test_keyring(), &changed).unwrap();
            assert_eq!(changed, Verified { reason: Some("changed"), ..unknown });
        }
    }

    #[test]
    fn of_a_bare_text_nothing_is_said() {
        for text in ["", "\"text\"", "{}", "[1]", "sotto-audit/x\n1\nAAAA\n", "{\"a\":1.5}"] {
            let refused = verified(&test_keyring(), text).unwrap_err();
            assert!(matches!(refused, ApiError::InvalidValue { field: "body", .. }), "{text}");
        }
    }
}
