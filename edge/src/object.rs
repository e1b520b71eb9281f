//! The hop between the Worker and its objects: one way to call a command, one envelope around
//! what comes back.
//!
//! A command is a `POST` of JSON to the object; the reply is `{"ok": …}` or `{"error": …}`, always
//! with status 200, so that any other status means that the object itself could not answer. A
//! command that streams answers with its event stream (or 204) where it succeeds.

use crate::log::{Loggable, Said, Told};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::{Env, Method, Request, RequestInit, Response, Stub};

/// A command of an object: where it goes, what it carries, what comes back.
pub trait Command: Serialize + DeserializeOwned {
    /// Binding of the object's namespace in `wrangler.toml`.
    const BINDING: &'static str;
    /// Path of the request to the object.
    const PATH: &'static str;
    /// What comes back.
    type Reply: Serialize + DeserializeOwned;
    /// Why the object refuses.
    type Error: Serialize + DeserializeOwned;
}

/// Declares an object's commands: `Name => "/path", Reply;` for each, over the object's `BINDING`.
macro_rules! commands {
    ($error:ty: $($name:ident => $path:literal, $reply:ty;)+) => {$(
        impl $crate::object::Command for $name {
            const BINDING: &'static str = BINDING;
            const PATH: &'static str = $path;
            type Reply = $reply;
            type Error = $error;
        }
    )+};
}

pub(crate) use commands;

/// Why a call gave no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E> {
    /// The object understood and refused.
    #[error("the object refused")]
    Refused(E),
    /// The id is not one of this namespace: no object of ours ever had it.
    #[error("the id is not one of an object")]
    NoSuchObject,
    /// The object could not be reached or did not answer as it should.
    #[error("the object could not be reached")]
    Unreachable(Unreachable),
}

/// Why an object did not answer as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The platform could not reach it.
    Platform(Said),
    /// It answered with another status than 200.
    Status(u16),
    /// Its reply could not be read, from this column on.
    Reply(usize),
}

impl<E> Loggable for CallError<E> {
    fn told(&self) -> Told {
        let why = match self {
            Self::Refused(_) => return Told::new("the object refused"),
            Self::NoSuchObject => return Told::new("the id is not one of an object"),
            Self::Unreachable(Unreachable::Platform(said)) => {
                Told::new("the platform failed").said(said)
            }
            Self::Unreachable(Unreachable::Status(status)) => {
                Told::new("it answered with status").number((*status).into())
            }
            Self::Unreachable(Unreachable::Reply(column)) => {
                let column = u64::try_from(*column).unwrap_or(u64::MAX);
                Told::new("its reply could not be read at column").number(column)
            }
        };
        Told::new("the object could not be reached").because(&why)
    }
}

/// What a streaming command answers with.
#[derive(Debug)]
pub enum Streamed {
    /// The event stream.
    Events(Response),
    /// There is nothing to stream.
    Nothing,
}

/// Calls a command of the object with this id (64 hexadecimal digits).
///
/// # Errors
/// [`CallError`]
pub async fn call<C: Command>(
    env: &Env,
    id: &str,
    command: &C,
) -> Result<C::Reply, CallError<C::Error>> {
    let response = send(env, id, command).await?;
    opened::<C>(response).await
}

/// Calls a command that streams its reply.
///
/// # Errors
/// [`CallError`]
pub async fn stream<C: Command>(
    env: &Env,
    id: &str,
    command: &C,
) -> Result<Streamed, CallError<C::Error>> {
    let response = send(env, id, command).await?;
    if response.status_code() == 204 {
        return Ok(Streamed::Nothing);
    }
    let content_type = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    if content_type.starts_with("text/event-stream") {
        return Ok(Streamed::Events(response));
    }
    opened::<C>(response).await.map(|_| Streamed::Nothing)
}

/// An object's reply in its envelope.
///
/// # Errors
/// Whatever the platform raises when a response cannot be made.
pub fn envelope<T: Serialize, E: Serialize>(result: &Result<T, E>) -> worker::Result<Response> {
    match result {
        Ok(value) => Response::from_json(&Envelope::<_, ()>::Ok(value)),
        Err(error) => Response::from_json(&Envelope::<(), _>::Error(error)),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Envelope<T, E> {
    Ok(T),
    Error(E),
}

async fn send<C: Command>(
    env: &Env,
    id: &str,
    command: &C,
) -> Result<Response, CallError<C::Error>> {
    let namespace = env.durable_object(C::BINDING).map_err(unreachable)?;
    let stub: Stub = namespace
        .id_from_string(id)
        .map_err(|_| CallError::NoSuchObject)?
        .get_stub()
        .map_err(unreachable)?;
    let body = serde_json::to_string(command).map_err(unreachable)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    // The host is never looked up: the request goes to the object.
    let url = format!("https://object{}", C::PATH);
    let request = Request::new_with_init(&url, &init).map_err(unreachable)?;
    stub.fetch_with_request(request).await.map_err(unreachable)
}

async fn opened<C: Command>(mut response: Response) -> Result<C::Reply, CallError<C::Error>> {
    let status = response.status_code();
    if status != 200 {
        return Err(CallError::Unreachable(Unreachable::Status(status)));
    }
    let text = response.text().await.map_err(unreachable)?;
    open_text(&text)
}

fn open_text<T: DeserializeOwned, E: DeserializeOwned>(text: &str) -> Result<T, CallError<E>> {
    match serde_json::from_str(text) {
        Ok(Envelope::Ok(value)) => Ok(value),
        Ok(Envelope::Error(error)) => Err(CallError::Refused(error)),
        // serde's sentence would name what it found: the position is enough.
        Err(error) => Err(CallError::Unreachable(Unreachable::Reply(error.column()))),
    }
}

fn unreachable<E>(error: impl core::fmt::Display) -> CallError<E> {
    CallError::Unreachable(Unreachable::Platform(Said::new(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::command::WorkspaceError;

    #[test]
    fn envelopes_open_to_what_was_put_in() {
        let open = open_text::<u8, WorkspaceError>;
        assert_eq!(open("{\"ok\":7}"), Ok(7));
        assert_eq!(
            open("{\"error\":\"site_unknown\"}"),
            Err(CallError::Refused(WorkspaceError::SiteUnknown))
        );
        assert!(matches!(open("{\"ok\":\"seven\"}"), Err(CallError::Unreachable(_))));
        assert!(matches!(open("<html>"), Err(CallError::Unreachable(_))));
        assert_eq!(open_text::<(), WorkspaceError>("{\"ok\":null}"), Ok(()));
    }
}
