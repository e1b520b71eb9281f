//! Who asks: the page, the network, the token.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Serialize;
use sotto_shared::id::{ConversationId, Origin};

use super::Edge;
use crate::auth::access::{self, Access};
use crate::auth::keyring::Keyring;
use crate::clock::{Clock as _, PlatformClock};
use crate::error::ApiError;
use crate::http::cors::Readable;
use crate::http::origin;
use crate::session::command::{Caller, Network};

/// A browser that brings an access token: the page, the network and what the token opens.
pub(super) struct Visitor {
    pub(super) origin: Origin,
    pub(super) access: Access,
    network: Network,
}

impl Visitor {
    /// Who asks, as the conversation checks it.
    pub(super) fn caller(&self) -> Caller {
        Caller::new(&self.access, self.network.clone())
    }

    /// The conversation's object, 64 hexadecimal digits.
    pub(super) fn object(&self) -> String {
        self.access.conversation.to_hex()
    }
}

impl Edge {
    /// Who asks for a conversation, as far as the edge knows without it: the page is there, the
    /// network is known, and the access token is one for this page.
    ///
    /// # Errors
    /// As [`origin`](Self::origin), [`network`](Self::network) and [`access`](Self::access), in this
    /// order.
    pub(super) fn visitor(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Visitor, ApiError> {
        let origin = self.origin(method, headers)?;
        let network = self.network()?;
        let access = self.access(headers, &origin)?;
        Ok(Visitor { origin, access, network })
    }

    /// Looks for the platform's token.
    ///
    /// # Errors
    /// 401 `token_missing`, `token_invalid`
    pub(super) fn platform(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if self.config.platform_token.is(bearer(headers)?) {
            Ok(())
        } else {
            Err(ApiError::TokenInvalid)
        }
    }

    /// The page that a request comes from.
    ///
    /// # Errors
    /// 403 `origin_missing`, `origin_invalid`
    pub(super) fn origin(&self, method: &Method, headers: &HeaderMap) -> Result<Origin, ApiError> {
        Ok(origin::required(method, headers, &self.config.issuer)?)
    }

    /// What the access token of a request opens, if it was given for the page that sends it.
    ///
    /// # Errors
    /// 401 `token_missing`, `token_invalid`, `token_expired`; 403 `token_mismatch`
    fn access(&self, headers: &HeaderMap, origin: &Origin) -> Result<Access, ApiError> {
        access(&self.config.keyring, &self.config.issuer, headers, origin, PlatformClock.now_ms())
    }
}

/// What the access token in `headers` opens for the page at `origin`. Whether it is used in its
/// network, its conversation says.
///
/// # Errors
/// 401 `token_missing`, `token_invalid`, `token_expired`; 403 `token_mismatch`
pub(super) fn access(
    keyring: &Keyring,
    issuer: &Origin,
    headers: &HeaderMap,
    origin: &Origin,
    now_ms: u64,
) -> Result<Access, ApiError> {
    let access = access::verify(keyring, issuer.as_str(), bearer(headers)?, now_ms)?;
    if access.origin == *origin { Ok(access) } else { Err(ApiError::TokenMismatch) }
}

/// Checks that a conversation named in a path or a body is the token's.
///
/// # Errors
/// 403 `token_mismatch`
pub(super) fn own(access: &Access, named: Option<ConversationId>) -> Result<(), ApiError> {
    if named == Some(access.conversation) { Ok(()) } else { Err(ApiError::TokenMismatch) }
}

/// The token of the header `Authorization: Bearer …`.
///
/// # Errors
/// 401 `token_missing`
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) =
        value.and_then(|text| text.split_once(' ')).ok_or(ApiError::TokenMissing)?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(ApiError::TokenMissing)
    }
}

/// A reply as JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    (status, Json(body)).into_response()
}

/// A reply as JSON that pages of one origin may read.
pub(super) fn json_for(origin: Origin, status: StatusCode, body: &impl Serialize) -> Response {
    readable(origin, json(status, body))
}

/// A reply that pages of one origin may read.
pub(super) fn readable(origin: Origin, mut response: Response) -> Response {
    response.extensions_mut().insert(Readable::By(origin));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::network::NetworkKey;
    use http::HeaderValue;

    #[test]
    fn a_bearer_token_is_read() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc"), Ok("abc".into()));
        assert_eq!(read("bearer abc"), Ok("abc".into()));
        for bad in ["", "abc", "Bearer", "Bearer ", "Basic abc"] {
            assert_eq!(read(bad), Err(ApiError::TokenMissing), "{bad}");
        }
        assert_eq!(bearer(&HeaderMap::new()), Err(ApiError::TokenMissing));
    }

    #[test]
    fn a_token_opens_its_own_conversation_alone() {
        let conversation = ConversationId::from_bytes([1; 32]);
        let access = Access {
            conversation,
            workspace: sotto_shared::id::WorkspaceId::from_bytes([2; 32]),
            site: 1,
            origin: Origin::parse("https://shop.example").unwrap(),
            network: NetworkKey::from_bytes([4; 32]).tag(&Network("192.0.2.0/24".into())),
        };
        assert_eq!(own(&access, Some(conversation)), Ok(()));
        let other = ConversationId::from_bytes([3; 32]);
        assert_eq!(own(&access, Some(other)), Err(ApiError::TokenMismatch));
        assert_eq!(own(&access, None), Err(ApiError::TokenMismatch));
    }
}
