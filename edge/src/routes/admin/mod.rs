//! `/v1/admin/…`: what an operator sets and sees. Replies are not readable across origins: an API
//! key belongs on a server or in the edge's own console.

pub mod workspaces;

pub mod keys;

pub mod sites;

pub mod documents;

pub mod conversations;

pub mod counts;

pub mod audit;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::value::RawValue;
use sotto_shared::id::ConversationId;

use super::Edge;
use super::caller::{bearer, json};
use crate::auth::tokens::ApiKey;
use crate::error::ApiError;
use crate::object::{self, CallError, Command};
use crate::session::command::{OperatorAction, OperatorReply};
use crate::workspace::command::{
    Admin, AdminAction, AdminConversation, AdminReply, WorkspaceError,
};

/// An operator with an API key that was copied whole. Whether it fits, the workspace decides with
/// every command.
pub(super) struct Operator {
    edge: Edge,
    key: ApiKey,
}

impl Operator {
    /// Looks at who asks.
    ///
    /// # Errors
    /// 401 `token_missing`, `token_invalid`
    pub(super) fn new(edge: Edge, headers: &HeaderMap) -> Result<Self, ApiError> {
        let key = ApiKey::parse(bearer(headers)?).ok_or(ApiError::TokenInvalid)?;
        Ok(Self { edge, key })
    }

    /// Has the workspace do something.
    ///
    /// # Errors
    /// 401 `token_invalid`, `token_expired`; 403 `scope_missing`; and what the action fails with.
    pub(super) async fn run(&self, action: AdminAction) -> Result<AdminReply, ApiError> {
        self.call(&Admin { secret: self.key.secret.to_vec(), action }).await
    }

    /// Has the workspace do something, and answers with what it replies; 204 where that is nothing.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    async fn answer(&self, status: StatusCode, action: AdminAction) -> Result<Response, ApiError> {
        let text = |media_type: &'static str, text: String| {
            ([(header::CONTENT_TYPE, media_type)], text).into_response()
        };
        Ok(match self.run(action).await? {
            AdminReply::Site(site) => json(status, &site),
            AdminReply::Sites(sites) => json(status, &sites),
            AdminReply::Document(document) => json(status, &document),
            AdminReply::Documents(documents) => json(status, &documents),
            AdminReply::Conversations(conversations) => json(status, &conversations),
            AdminReply::Counts(counts) => json(status, &counts),
            AdminReply::KeyCreated(key) => json(status, &key),
            AdminReply::Keys(keys) => json(status, &keys),
            AdminReply::Health(providers) => json(status, &providers),
            AdminReply::Audit(page) => text("application/jsonl", page),
            AdminReply::Checkpoint(note) => text("text/plain; charset=utf-8", note),
            AdminReply::Done => StatusCode::NO_CONTENT.into_response(),
        })
    }

    /// Has the workspace do something to the conversation that a path names, and answers with what
    /// it replies.
    ///
    /// # Errors
    /// As [`run`](Self::run); 404 `not_found` for what is no conversation of the workspace's.
    async fn ask(&self, conversation: &str, action: OperatorAction) -> Result<Response, ApiError> {
        let unknown = || CallError::Refused(WorkspaceError::ConversationUnknown);
        let conversation = ConversationId::parse(conversation).map_err(|_| unknown())?;
        let secret = self.key.secret.to_vec();
        let reply = self.call(&AdminConversation { secret, conversation, action }).await?;
        Ok(match reply {
            OperatorReply::Read(conversation) => json(StatusCode::OK, &conversation),
            OperatorReply::Erased(receipt) => json(StatusCode::OK, &receipt),
            OperatorReply::Listed(entry) => json(StatusCode::OK, &entry),
            OperatorReply::Consent(shown) => {
                let shown = RawValue::from_string(shown);
                json(
                    StatusCode::OK,
                    &shown.map_err(|_| ApiError::Internal("a receipt is not JSON"))?,
                )
            }
        })
    }

    async fn call<C: Command<Error = WorkspaceError>>(
        &self,
        command: &C,
    ) -> Result<C::Reply, ApiError> {
        object::call(&self.edge.env, &self.key.workspace.to_hex(), command).await.map_err(|error| {
            match error {
                // A key of no workspace is no key.
                CallError::NoSuchObject | CallError::Refused(WorkspaceError::Unknown) => {
                    ApiError::TokenInvalid
                }
                other => other.into(),
            }
        })
    }
}

/// What the platform's operator hears who names a workspace that is not there.
fn or_not_found(error: CallError<WorkspaceError>) -> ApiError {
    match error {
        CallError::NoSuchObject | CallError::Refused(WorkspaceError::Unknown) => ApiError::NotFound,
        other => other.into(),
    }
}

/// A site's number from a path.
///
/// # Errors
/// 404 `site_unknown`: no site has such a number.
fn site_number(text: &str) -> Result<u16, ApiError> {
    text.parse().map_err(|_| CallError::Refused(WorkspaceError::SiteUnknown).into())
}
