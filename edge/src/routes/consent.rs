//! `PUT /v1/consent`: the visitor changes the answer to the notice.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::consent::Choice;
use sotto_shared::limits::{CLIENT_VERSION_BYTES, SMALL_BODY_BYTES};
use sotto_shared::wire::session::Consented;

use super::Edge;
use super::caller::json_for;
use crate::error::ApiError;
use crate::http::body;
use crate::object;
use crate::session::command::SetConsent;

/// `PUT /v1/consent`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The access token opens a conversation for this page: 401, 403 `token_mismatch`.
/// 3. The body is a [`Choice`]: 413, 415, 400.
/// 4. The session takes back what is not given any more, and gives what is: 401 `network_mismatch`,
///    `token_revoked`; 403 `consent_withdrawn`, `consent_unproven`, `origin_not_allowed`;
///    409 `notice_changed`; 410; 422 `conversation_full`; 429, which is never answered to what only
///    takes back. What was taken back stays so, whatever fails after it.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn put(edge: Edge, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1, 2
    let visitor = edge.visitor(&head.method, &head.headers)?;
    // 3
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let mut choice: Choice = body::parse(&text)?;
    complete(&mut choice, &head.headers)?;
    // 4
    let command = SetConsent { choice, caller: visitor.caller() };
    let set = object::call(&edge.env, &visitor.object(), &command).await?;
    let reply = Consented {
        chat: set.chat,
        purposes: set.purposes,
        objections: set.objections,
        ends_at: set.ends_at,
        offers_erasure: !set.chat,
        receipt: set.receipt,
    };
    Ok(json_for(visitor.origin, StatusCode::OK, &reply))
}

/// Checks what a choice says beyond its form, and adds the browser's signal to it.
///
/// # Errors
/// 400 `invalid_value`
pub(super) fn complete(choice: &mut Choice, headers: &HeaderMap) -> Result<(), ApiError> {
    choice.gpc |= has_privacy_signal(headers);
    if choice.objections.remember {
        // What is kept on the device rests on consent alone, which is withdrawn.
        return Err(ApiError::InvalidValue { field: "objections.remember", rule: "must be false" });
    }
    let version = choice.source.as_ref().and_then(|source| source.version.as_deref());
    if !version.is_none_or(is_version) {
        let rule = "must be a version such as 1.2.3, of at most 40 characters";
        return Err(ApiError::InvalidValue { field: "source.version", rule });
    }
    Ok(())
}

fn is_version(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    (1..=CLIENT_VERSION_BYTES).contains(&text.len()) && text.bytes().all(is_sign)
}

/// Whether the browser sends Global Privacy Control; by its specification, only `1` counts.
fn has_privacy_signal(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use sotto_shared::consent::{ConsentSource, NoticeVersion, Purposes, SourceKind};

    fn choice() -> Choice {
        let notice = NoticeVersion::parse(&"0123".repeat(8)).unwrap();
        Choice::new(notice, true, Purposes::ALL, false)
    }

    #[test]
    fn only_the_digit_one_is_a_privacy_signal() {
        let sent = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-gpc", HeaderValue::from_static(value));
            let mut choice = choice();
            complete(&mut choice, &headers).unwrap();
            choice.gpc
        };
        assert!(sent("1"));
        assert!(!sent("0"));
        assert!(!sent("true"));
        assert!(!has_privacy_signal(&HeaderMap::new()));
        let mut said = Choice { gpc: true, ..choice() };
        complete(&mut said, &HeaderMap::new()).unwrap();
        assert!(said.gpc, "what the client says stays");
    }

    #[test]
    fn a_version_is_no_place_for_other_texts() {
        let with = |version: &str| {
            let version = Some(version.to_owned());
            let source = Some(ConsentSource { kind: SourceKind::Widget, version, host: None });
            complete(&mut Choice { source, ..choice() }, &HeaderMap::new())
        };
        for good in ["0.1.0", "12.0.0-rc.1+build5"] {
            assert_eq!(with(good), Ok(()), "{good}");
        }
        for bad in ["", "1 0", "Mozilla/5.0", &"1".repeat(41)] {
            let field = "source.version";
            assert!(
                matches!(with(bad), Err(ApiError::InvalidValue { field: at, .. }) if at == field),
                "{bad}"
            );
        }
    }

    #[test]
    fn what_is_kept_on_the_device_is_withdrawn_and_not_objected_to() {
        let objections = Purposes { remember: true, ..Purposes::default() };
        let refused = complete(&mut Choice { objections, ..choice() }, &HeaderMap::new());
        assert!(matches!(
            refused,
            Err(ApiError::InvalidValue { field: "objections.remember", .. })
        ));
    }
}
