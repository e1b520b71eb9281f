//! Sending a request and waiting for its answer.

use core::future::Future;
use core::pin::Pin;

use gloo_timers::callback::Timeout;
use sotto_shared::json::Value;
use sotto_shared::wire::problem::{Code, Problem};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    Response,
};

use super::request::Request;
use super::stream::Stream;
use crate::state::trouble::Failure;

/// A connection that brings nothing for this long, in milliseconds, is taken for lost. Asking
/// again does no harm: a message has its id, a reply can be resumed.
const SILENCE: u32 = 60_000;

/// The edge of one chat: its origin, without a slash.
pub(crate) struct Client(pub(crate) String);

/// An answer with a status of success, or a challenge that stands before one.
#[derive(Default)]
pub(crate) struct Reply {
    /// The whole body, unless it was asked for as it comes in.
    pub(crate) text: String,
    /// The body as it comes in; `None` if there is none (204).
    pub(crate) stream: Option<Stream>,
}

/// Something to wait for.
pub(crate) type Work<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// Ends a connection that has gone silent, and any connection when it is dropped.
pub(super) struct Watch {
    controller: AbortController,
    timer: Option<Timeout>,
}

impl Client {
    /// Sends a request. An answer without success is a failure.
    pub(crate) fn send(&self, request: &Request) -> Work<Reply> {
        let started = self.start(request);
        let streams = request.streams;
        Box::pin(async move {
            let (answer, watch) = started.map_err(lost)?;
            let response: Response = answer.await.map_err(lost)?.unchecked_into();
            let good = response.ok();
            if good && streams {
                return Ok(Reply { stream: Stream::new(&response, watch), ..Reply::default() });
            }
            let text = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?;
            let text = text.as_string().unwrap_or_default();
            if good {
                return Ok(Reply { text, ..Reply::default() });
            }
            let problem = Value::parse(&text);
            match problem.as_ref().and_then(Problem::read) {
                // What is to be solved stands in it.
                Some((Code::ChallengeRequired, _)) => Ok(Reply { text, ..Reply::default() }),
                Some((code, wait)) => Err(Failure::Problem(code, wait)),
                None => Err(Failure::Garbled),
            }
        })
    }

    fn start(&self, request: &Request) -> Result<(JsFuture, Watch), JsValue> {
        let watch = Watch::new()?;
        let headers = Headers::new()?;
        let init = RequestInit::new();
        init.set_method(request.method);
        init.set_credentials(RequestCredentials::Omit);
        // Past the cache, and into it where the edge allows that: a notice that was read anew
        // because it has changed is then also what a reload of the page finds.
        init.set_cache(RequestCache::Reload);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_signal(Some(&watch.controller.signal()));
        init.unchecked_ref::<Lasting>().set_keepalive(request.lasts);
        if let Some(token) = &request.token {
            headers.set("authorization", &["Bearer ", token].concat())?;
        }
        if let Some(body) = &request.body {
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from_str(body));
        }
        init.set_headers(&headers);
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let url = [self.0.as_str(), &request.path].concat();
        Ok((window.fetch_with_str_and_init(&url, &init).into(), watch))
    }
}

#[wasm_bindgen]
extern "C" {
    /// What `web-sys` leaves out of [`RequestInit`].
    type Lasting;

    /// Whether the request goes on when the page goes.
    #[wasm_bindgen(method, setter)]
    fn set_keepalive(this: &Lasting, lasts: bool);
}

impl Watch {
    fn new() -> Result<Self, JsValue> {
        let mut watch = Self { controller: AbortController::new()?, timer: None };
        watch.alive();
        Ok(watch)
    }

    /// Something came: the silence begins anew.
    pub(super) fn alive(&mut self) {
        let controller = self.controller.clone();
        self.timer = Some(Timeout::new(SILENCE, move || controller.abort()));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.controller.abort();
    }
}

/// What the browser says of a lost connection tells nothing that we act on.
pub(super) fn lost(_: JsValue) -> Failure {
    Failure::Network
}
