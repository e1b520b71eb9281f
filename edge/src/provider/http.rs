//! The one way to a provider over the network, and the trait that stands for it in tests.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use sotto_shared::redacted_debug;

use futures_util::future::select;
use futures_util::{Stream, StreamExt};
use worker::js_sys::{IteratorNext, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::wasm_bindgen_futures::{JsFuture, spawn_local};
use worker::web_sys::ReadableStreamDefaultReader;
use worker::{
    AbortController, Ai, ByteStream, Delay, Env, Fetch, Headers, Method, Request, RequestInit,
    RequestRedirect, ResponseBody,
};

use super::failure::Advice;
use super::workers_ai::{self, Run};
use crate::clock::{Clock as _, PlatformClock};

/// Binding of Workers AI in `wrangler.toml`, where an operator wants it.
const AI_BINDING: &str = "AI";

/// The network failed; what it said is not worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// A call of a provider.
pub enum Call {
    /// Over the network.
    Post(Post),
    /// By the platform's binding.
    Run(Run),
}

/// A request to a provider: always a `POST` of JSON.
pub struct Post {
    /// Where to. It carries no key.
    pub url: String,
    /// Headers besides those that every request has; the key is among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub json: String,
}

redacted_debug!(Call, Post);

/// What a provider answers.
#[derive(Debug)]
pub struct Answer<B> {
    /// The status.
    pub status: u16,
    /// What its headers ask of a client that wants to try again.
    pub advice: Advice,
    /// The body.
    pub body: B,
}

/// The network and the passing of time.
pub trait Http {
    /// What a response's body comes as. Dropping it ends the exchange.
    type Body: Stream<Item = Result<Vec<u8>, Unreachable>> + Unpin;

    /// Makes a call and gives what comes back. A redirect is not followed: the key would go along
    /// to a host that nobody named.
    fn call(&self, call: Call) -> impl Future<Output = Result<Answer<Self::Body>, Unreachable>>;

    /// Lets time pass.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// What there was to say has been said. The body's end may still be on its way: a connection
    /// whose body was read to its end serves the next exchange, another one is closed.
    fn finish(&self, body: Self::Body) {
        drop(body);
    }
}

/// The platform's `fetch`, its models and its timers.
#[derive(Clone, Debug)]
pub struct PlatformHttp(pub Env);

/// A response's body. The exchange is aborted when it is dropped.
pub struct PlatformBody {
    bytes: Bytes,
    exchange: Exchange,
}

/// Where a body comes from.
enum Bytes {
    /// The network; the piece that is on its way.
    Reader(ReadableStreamDefaultReader, Option<Reading>),
    /// The platform's binding.
    Stream(ByteStream),
    /// It is here, or there is none at all.
    Whole(Option<Vec<u8>>),
}

type Reading = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

impl core::fmt::Debug for PlatformBody {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PlatformBody")
    }
}

/// Longest wait for the end of a body that has said everything.
const END_WITHIN: Duration = Duration::from_secs(1);

/// How much of it is passed over, in bytes.
const END_BYTES: usize = 4_096;

impl Http for PlatformHttp {
    type Body = PlatformBody;

    async fn call(&self, call: Call) -> Result<Answer<PlatformBody>, Unreachable> {
        match call {
            Call::Post(post) => self.post(&post).await,
            Call::Run(run) => self.run(run).await,
        }
    }

    async fn sleep(&self, time: Duration) {
        Delay::from(time).await;
    }

    fn finish(&self, body: PlatformBody) {
        spawn_local(async move {
            let end = core::pin::pin!(body.end());
            let late = core::pin::pin!(Delay::from(END_WITHIN));
            select(end, late).await;
        });
    }
}

impl PlatformHttp {
    async fn post(&self, post: &Post) -> Result<Answer<PlatformBody>, Unreachable> {
        let exchange = Exchange(Some(AbortController::default()));
        let signal = exchange.0.as_ref().map(AbortController::signal).ok_or(Unreachable)?;
        let request = request(post).map_err(|_| Unreachable)?;
        let response =
            Fetch::Request(request).send_with_signal(&signal).await.map_err(|_| Unreachable)?;
        let status = response.status_code();
        let mut advice = Advice::default();
        if !(200..300).contains(&status) {
            let header = |name: &str| response.headers().get(name).ok().flatten();
            advice = Advice::read(header, PlatformClock.now_ms());
        }
        // Read by hand: to let go of the stream at its end, as a wrapper does, costs an error of the
        // platform's with its stack.
        let bytes = match response.body() {
            ResponseBody::Stream(stream) => {
                Bytes::Reader(stream.get_reader().unchecked_into(), None)
            }
            ResponseBody::Empty | ResponseBody::Body(_) => Bytes::Whole(None),
        };
        Ok(Answer { status, advice, body: PlatformBody { bytes, exchange } })
    }

    async fn run(&self, run: Run) -> Result<Answer<PlatformBody>, Unreachable> {
        let ai: Ai = self.0.ai(AI_BINDING).map_err(|_| Unreachable)?;
        let (status, bytes) = match ai.run_bytes(&run.model, &run.input).await {
            Ok(stream) => (200, Bytes::Stream(stream)),
            Err(error) => {
                let (status, json) = workers_ai::refusal(&error.to_string()).ok_or(Unreachable)?;
                (status, Bytes::Whole(Some(json)))
            }
        };
        let body = PlatformBody { bytes, exchange: Exchange(None) };
        Ok(Answer { status, advice: Advice::default(), body })
    }
}

impl PlatformBody {
    /// Reads to the end, if it is near.
    async fn end(mut self) {
        let mut bytes = 0;
        while let Some(Ok(piece)) = self.next().await {
            bytes += piece.len();
            if bytes > END_BYTES {
                return;
            }
        }
        self.exchange.0 = None;
    }
}

impl Stream for PlatformBody {
    type Item = Result<Vec<u8>, Unreachable>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.bytes {
            Bytes::Reader(reader, reading) => {
                let begin = || -> Reading { Box::pin(JsFuture::from(reader.read())) };
                let read = ready!(reading.get_or_insert_with(begin).as_mut().poll(context));
                *reading = None;
                Poll::Ready(match read.map(JsCast::unchecked_into::<IteratorNext>) {
                    Err(_) => Some(Err(Unreachable)),
                    Ok(read) if read.done() => None,
                    Ok(read) => Some(Ok(read.value().unchecked_into::<Uint8Array>().to_vec())),
                })
            }
            Bytes::Stream(bytes) => bytes
                .poll_next_unpin(context)
                .map(|piece| piece.map(|piece| piece.map_err(|_| Unreachable))),
            Bytes::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
        }
    }
}

/// A request under way.
#[derive(Debug)]
struct Exchange(Option<AbortController>);

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

fn request(post: &Post) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("accept", "text/event-stream")?;
    for (name, value) in &post.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(post.json.as_str().into()));
    Request::new_with_init(&post.url, &init)
}
