//! The Sotto edge: a Worker that mints sessions, guards and relays conversations, and lets every
//! visitor read and erase theirs.
//!
//! - [`routes`] are the calls of `/v1`; [`http`] is what all of them have in common, [`auth`] the
//!   tokens and keys, [`error`] the one match from failures to problems.
//! - A conversation lives in a [`session`] object, a tenant in a [`workspace`] object, each with
//!   a SQLite database of its own. No state lives in the Worker between requests; what [`config`]
//!   keeps is constant for the isolate.
//! - [`guard`] stands around what goes into and comes out of a model, and only [`provider`] talks
//!   to one.
//! - [`clock`], [`random`] and [`sql`] are the doors to the platform; what decides takes them as
//!   traits and is tested natively. [`object`] is the hop between Worker and objects.
//!
//! What makes it right: an object handles one request at a time between two awaits, its writes
//! between two awaits are committed together, and no reply leaves it before they are durable.

// A panic is written to the console by the platform's glue, and one for a place inside a text would
// quote the text.
#![cfg_attr(not(test), warn(clippy::string_slice))]

pub mod routes;

pub mod http;

pub mod auth;

pub mod session;

pub mod workspace;

pub mod guard;

pub mod provider;

pub mod object;

pub mod hop;

pub mod config;
pub mod error;
pub mod log;

pub mod language;

pub mod clock;
pub mod migrations;
pub mod random;
pub mod sql;

use axum::body::Body;
use axum::response::IntoResponse as _;
use tower_service::Service as _;
use worker::{Context, Env, Request, Response, event};

use crate::clock::PlatformClock;
use crate::config::Config;
use crate::error::ApiError;
use crate::http::request_id::RequestId;
use crate::http::respond::Asked;
use crate::http::{body, platform};
use crate::random::PlatformRandom;
use crate::routes::{Edge, limits};

/// Answers a request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let id = RequestId::new(&PlatformClock, &PlatformRandom);
    let response = match platform::received(request).await {
        Ok(request) => answer(id, request, env).await,
        Err(platform::Unreadable) => {
            let nothing = ::http::HeaderMap::new();
            let asked = Asked::new(id, &::http::Method::GET, &nothing);
            asked.finish(ApiError::Head.into_response())
        }
    };
    platform::sent(response).await
}

/// Answers a request whose head could be read.
async fn answer(id: RequestId, request: ::http::Request<Body>, env: Env) -> ::http::Response<Body> {
    let asked = Asked::new(id, request.method(), request.headers());
    let (head, stream) = request.into_parts();
    let (lent, unread) = body::lend(stream);
    let response = match (Config::from_env(&env), asked.early()) {
        (Err(error), _) => {
            drop(lent);
            ApiError::from(error).into_response()
        }
        (Ok(_), Some(response)) => {
            drop(lent);
            response
        }
        (Ok(config), None) => {
            match limits::count(&env, &config, head.uri.path(), &head.headers).await {
                Ok(network) => {
                    let mut router = routes::router(Edge { env, config, request: id, network });
                    match router.call(::http::Request::from_parts(head, lent)).await {
                        Ok(response) => response,
                        Err(never) => match never {},
                    }
                }
                Err(error) => {
                    drop(lent);
                    error.into_response()
                }
            }
        }
    };
    unread.discard().await;
    asked.finish(response)
}
