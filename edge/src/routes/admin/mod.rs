//! `/v1/admin/…`: what an operator sets and sees. Replies are not readable across origins: an API
//! key belongs on a server or in the edge's own console.

pub mod workspaces;

pub mod keys;

pub mod sites;

pub mod documents;

pub mod conversations;

pub mod counts;

pub mod audit;

use http::HeaderMap;
use sotto_shared::id::ConversationId;

use super::Edge;
use super::caller::bearer;
use crate::auth::tokens::ApiKey;
use crate::error::ApiError;
use crate::object::{self, CallError, Command};
use crate::workspace::command::{
    Admin, AdminAction, AdminConversation, AdminReply, ConversationAction, ConversationReply,
    WorkspaceError,
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

    /// Has the workspace do something to the conversation that a path names.
    ///
    /// # Errors
    /// As [`run`](Self::run); 404 `not_found` for what is no conversation of the workspace's.
    async fn ask(
        &self,
        conversation: &str,
        action: ConversationAction,
    ) -> Result<ConversationReply, ApiError> {
        let unknown = || CallError::Refused(WorkspaceError::ConversationUnknown);
        let conversation = ConversationId::parse(conversation).map_err(|_| unknown())?;
        let secret = self.key.secret.to_vec();
        self.call(&AdminConversation { secret, conversation, action }).await
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

/// The workspace answered an action with a reply of another kind.
pub(super) const fn wrong_reply() -> ApiError {
    ApiError::Internal("the workspace answered with a reply of another kind")
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
