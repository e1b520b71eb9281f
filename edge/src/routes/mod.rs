//! The calls of `/v1`, one file for each resource.
//!
//! Before a handler sees a request, [`limits`] has counted it: 429 `rate_limited` for a network that
//! calls too often. A handler checks who asks, reads the body, calls an object, and writes the
//! reply; whatever fails is an [`ApiError`], which `http::respond` turns into a problem. Each
//! handler's doc numbers its steps and names the status that a step fails with.

mod by_site;
mod caller;
mod challenge;
mod page;
mod query;
mod scrub;

pub mod limits;

pub mod health;

pub mod sites;

pub mod sessions;

pub mod chat;
pub mod chat_body;

pub mod conversation;
pub mod copy;

pub mod messages;

pub mod restriction;

pub mod review;

pub mod consent;

pub mod erase;

pub mod receipts;

pub mod admin;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use http::request::Parts;
use tower_service::Service as _;
use worker::Env;

use crate::config::Config;
use crate::error::ApiError;
use crate::http::client_address::AddressMissing;
use crate::http::request_id::RequestId;
use crate::session::command::Network;

/// What a handler works with.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The bindings.
    pub env: Env,
    /// The configuration.
    pub config: Arc<Config>,
    /// The request's name.
    pub request: RequestId,
    /// Where it comes from, if it was counted.
    pub network: Option<Network>,
}

impl Edge {
    /// The network that a request comes from.
    ///
    /// # Errors
    /// 503 `misconfigured` where nothing was counted, so that nobody asked for the address
    fn network(&self) -> Result<Network, ApiError> {
        Ok(self.network.clone().ok_or(AddressMissing)?)
    }
}

impl<S: Sync> FromRequestParts<S> for Edge {
    type Rejection = ApiError;

    async fn from_request_parts(head: &mut Parts, _: &S) -> Result<Self, ApiError> {
        head.extensions.remove().ok_or(ApiError::Internal("a request came without its edge"))
    }
}

/// Has the route answer that a request is for.
pub async fn answer(edge: Edge, mut request: Request) -> Response {
    // The table is the same for every request, and takes a while to make.
    thread_local! {
        static ROUTER: Router = router();
    }
    request.extensions_mut().insert(edge);
    match ROUTER.with(Router::clone).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Every route there is.
pub fn router() -> Router {
    Router::new()
        .route("/v1/sites/{key}", get(sites::read))
        .route("/v1/sessions", post(sessions::mint))
        .route("/v1/sessions/refresh", post(sessions::refresh))
        .route("/v1/chat", post(chat::send))
        .route("/v1/chat/stop", post(chat::stop))
        .route("/v1/chat/{conversation}/stream", get(chat::resume))
        .route("/v1/conversation", get(conversation::read))
        .route("/v1/consent", put(consent::put))
        .route(
            "/v1/conversation/messages/{id}",
            patch(messages::rectify).merge(delete(messages::remove)),
        )
        .route("/v1/restriction", put(restriction::put))
        .route("/v1/review", post(review::ask))
        .route("/v1/erase", post(erase::erase))
        .route("/v1/receipts/verify", post(receipts::verify))
        .route("/v1/provenance/verify", post(receipts::verify))
        .route("/v1/admin/workspaces", post(admin::workspaces::create))
        .route("/v1/admin/workspaces/{workspace}/keys", post(admin::keys::issue))
        .route("/v1/admin/workspaces/{workspace}/root", get(admin::workspaces::root))
        .route("/v1/admin/keys", get(admin::keys::list).post(admin::keys::create))
        .route("/v1/admin/keys/{id}", delete(admin::keys::remove))
        .route("/v1/admin/sites", get(admin::sites::list).post(admin::sites::create))
        .route("/v1/admin/sites/{site}", put(admin::sites::change).delete(admin::sites::remove))
        .route("/v1/admin/sites/{site}/key", post(admin::sites::replace_key))
        .route("/v1/admin/sites/{site}/counts", get(admin::counts::read))
        .route("/v1/admin/sites/{site}/documents", get(admin::documents::list))
        .route(
            "/v1/admin/sites/{site}/documents/{name}",
            put(admin::documents::put).merge(delete(admin::documents::remove)),
        )
        .route("/v1/admin/conversations", get(admin::conversations::list))
        .route(
            "/v1/admin/conversations/{conversation}",
            get(admin::conversations::read).delete(admin::conversations::erase),
        )
        .route("/v1/admin/conversations/{conversation}/consent", get(admin::conversations::consent))
        .route("/v1/admin/conversations/{conversation}/export", get(admin::conversations::export))
        .route(
            "/v1/admin/conversations/{conversation}/hold",
            put(admin::conversations::hold).delete(admin::conversations::release),
        )
        .route("/v1/admin/conversations/{conversation}/review", post(admin::conversations::answer))
        .route("/v1/admin/audit", get(admin::audit::export))
        .route("/v1/admin/audit/checkpoint", get(admin::audit::checkpoint))
        .route("/healthz", get(health::healthz))
        .route("/.well-known/gpc.json", get(health::gpc))
        .route("/.well-known/security.txt", get(health::security))
        .route("/.well-known/jwks.json", get(health::keys))
        .fallback(|| async { ApiError::NotFound })
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
}
