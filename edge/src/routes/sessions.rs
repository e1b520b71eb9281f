//! `POST /v1/sessions` and `POST /v1/sessions/refresh`: the beginning of a conversation, and its
//! next access token.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use sotto_shared::id::ConversationId;
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::session::{MintRequest, Minted, RefreshRequest, Refreshed};
use worker::ObjectNamespace;

use super::caller::json_for;
use super::{Edge, consent};
use crate::auth::access::{self, Access, IssuedAccess};
use crate::auth::site_key;
use crate::auth::tokens::RefreshToken;
use crate::clock::{Clock as _, PlatformClock};
use crate::error::ApiError;
use crate::http::body;
use crate::object::{self, CallError};
use crate::random::PlatformRandom;
use crate::session::command::{BINDING, Mint, Refresh, SessionError};
use crate::workspace::command::{Admit, Admitted, Forget, Forgotten, WorkspaceError};
use crate::workspace::settings::is_language;

/// `POST /v1/sessions`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The body is a [`MintRequest`]: 413, 415, 400.
/// 3. The site's key is one of ours, before an object is woken: 404 `site_unknown`.
/// 4. A new object's id is had in the configured jurisdiction: 503 `misconfigured`.
/// 5. The workspace admits the visitor: 403 `origin_not_allowed`, `consent_required`;
///    409 `notice_changed`; 429 `budget_spent`.
/// 6. The session object is minted.
/// 7. The access token is made.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn mint(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    let origin = edge.origin(&head.method, &head.headers)?;
    let network = edge.network()?;
    // 2
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let mut request: MintRequest = body::parse(&text)?;
    if !is_language(&request.lang) {
        let rule = "must be a language tag such as de or pt-BR";
        return Err(ApiError::InvalidValue { field: "lang", rule });
    }
    consent::complete(&mut request.consent, &head.headers)?;
    // 3
    let opened = site_key::open(&edge.config.keyring, &request.site)
        .ok_or(CallError::Refused(WorkspaceError::SiteUnknown))?;
    let workspace = opened.workspace.to_hex();
    // 4
    let conversation = new_conversation(&edge)?;
    // 5
    let admit = Admit {
        site: opened.site,
        conversation,
        origin: origin.clone(),
        lang: request.lang,
        client: request.client,
        choice: request.consent.clone(),
        network: network.clone(),
    };
    let Admitted { terms, key, told } = object::call(&edge.env, &workspace, &admit).await?;
    let site = terms.site;
    // 6
    let command = Mint { terms, network, key, told, choice: request.consent };
    let minted = match object::call(&edge.env, &conversation.to_hex(), &command).await {
        Ok(minted) => minted,
        Err(error) => {
            // The workspace listed a conversation that does not exist. If it cannot be told now,
            // the row stays: it names an object that was never made.
            let forget = Forget { conversation, why: Forgotten::NeverBegun };
            let _ = object::call(&edge.env, &workspace, &forget).await;
            return Err(error.into());
        }
    };
    // 7
    let access = Access {
        conversation,
        workspace: opened.workspace,
        site,
        origin: origin.clone(),
        network: minted.network,
    };
    let IssuedAccess { token, expires_at } = issue(&edge, &access)?;
    let reply = Minted {
        conversation,
        access_token: token,
        access_expires_at: expires_at,
        refresh_token: minted.refresh_token,
        erase_token: minted.erase_token,
        ends_at: minted.ends_at,
        receipt: minted.receipt,
    };
    Ok(json_for(origin, StatusCode::CREATED, &reply))
}

/// `POST /v1/sessions/refresh`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The body is a [`RefreshRequest`]: 413, 415, 400.
/// 3. The refresh token was copied whole, before an object is woken: 401 `token_invalid`.
/// 4. The session rotates it for its own page, from whichever network: 401 `token_invalid`, `token_revoked`;
///    403 `token_mismatch`; 410 `erased`, `conversation_ended`.
/// 5. The access token is made.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn refresh(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    let origin = edge.origin(&head.method, &head.headers)?;
    let network = edge.network()?;
    // 2
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: RefreshRequest = body::parse(&text)?;
    // 3
    let token = RefreshToken::parse(&request.refresh_token).ok_or(ApiError::TokenInvalid)?;
    // 4
    let command = Refresh {
        n: token.n,
        secret: token.secret.to_vec(),
        rotation_id: request.rotation_id,
        origin: origin.clone(),
        network,
    };
    let refreshed = object::call(&edge.env, &token.conversation.to_hex(), &command)
        .await
        .map_err(unverified)?;
    // 5
    let access = Access {
        conversation: token.conversation,
        workspace: refreshed.workspace,
        site: refreshed.site,
        origin: refreshed.origin,
        network: refreshed.network,
    };
    let IssuedAccess { token, expires_at } = issue(&edge, &access)?;
    let reply = Refreshed {
        access_token: token,
        access_expires_at: expires_at,
        refresh_token: refreshed.refresh_token,
        ends_at: refreshed.ends_at,
    };
    Ok(json_for(origin, StatusCode::OK, &reply))
}

/// A session's refusal of a token that only the session can check: of a conversation that never
/// was, no token is valid.
pub(super) fn unverified(error: CallError<SessionError>) -> ApiError {
    match error {
        CallError::Refused(SessionError::Unknown) => ApiError::TokenInvalid,
        other => other.into(),
    }
}

fn issue(edge: &Edge, access: &Access) -> Result<IssuedAccess, ApiError> {
    let now = PlatformClock.now_ms();
    let issuer = edge.config.issuer.as_str();
    Ok(access::issue(&edge.config.keyring, issuer, access, now, &PlatformRandom)?)
}

/// The id of a new session object in the configured jurisdiction. Where that cannot be had, there
/// is no conversation.
fn new_conversation(edge: &Edge) -> Result<ConversationId, ApiError> {
    let namespace = edge.env.durable_object(BINDING).map_err(|_| ApiError::Binding(BINDING))?;
    let id = new_object_id(edge, &namespace)?;
    ConversationId::parse(&id).map_err(|_| ApiError::Internal("an object's id has another form"))
}

/// The id of a new object in the configured jurisdiction, as text.
///
/// # Errors
/// 503 `misconfigured`
pub(super) fn new_object_id(edge: &Edge, namespace: &ObjectNamespace) -> Result<String, ApiError> {
    match edge.config.jurisdiction.name() {
        Some(name) => namespace.unique_id_with_jurisdiction(name),
        None => namespace.unique_id(),
    }
    .map(|id| id.to_string())
    .map_err(|error| ApiError::Jurisdiction(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_no_conversation_is_not_valid() {
        assert_eq!(unverified(CallError::Refused(SessionError::Unknown)), ApiError::TokenInvalid);
        let erased = SessionError::Erased { receipt: "R".into() };
        let kept = unverified(CallError::Refused(erased.clone()));
        assert_eq!(kept, ApiError::Session(CallError::Refused(erased)));
    }
}
