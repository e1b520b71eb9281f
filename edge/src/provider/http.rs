//! The one way to a provider over the network, and the trait that stands for it in tests.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use sotto_shared::redacted_debug;

use futures_util::future::select;
use futures_util::{Stream, StreamExt};
use worker::wasm_bindgen_futures::spawn_local;
use worker::{
    AbortController, Ai, ByteStream, Delay, Env, Fetch, Headers, Method, Request, RequestInit,
    RequestRedirect,
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
#[derive(Debug)]
pub enum PlatformBody {
    /// It comes from somewhere.
    Stream(ByteStream, Exchange),
    /// It is here.
    Whole(Option<Vec<u8>>),
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
        let PlatformBody::Stream(bytes, exchange) = body else { return };
        spawn_local(async move {
            let end = core::pin::pin!(read_to_end(bytes, exchange));
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
        let mut response =
            Fetch::Request(request).send_with_signal(&signal).await.map_err(|_| Unreachable)?;
        let status = response.status_code();
        let mut advice = Advice::default();
        if !(200..300).contains(&status) {
            let header = |name: &str| response.headers().get(name).ok().flatten();
            advice = Advice::read(header, PlatformClock.now_ms());
        }
        let body = match response.stream() {
            Ok(bytes) => PlatformBody::Stream(bytes, exchange),
            // A reply without a body.
            Err(_) => PlatformBody::Whole(None),
        };
        Ok(Answer { status, advice, body })
    }

    async fn run(&self, run: Run) -> Result<Answer<PlatformBody>, Unreachable> {
        let ai: Ai = self.0.ai(AI_BINDING).map_err(|_| Unreachable)?;
        let advice = Advice::default();
        match ai.run_bytes(&run.model, &run.input).await {
            Ok(bytes) => {
                let body = PlatformBody::Stream(bytes, Exchange(None));
                Ok(Answer { status: 200, advice, body })
            }
            Err(error) => {
                let (status, json) = workers_ai::refusal(&error.to_string()).ok_or(Unreachable)?;
                Ok(Answer { status, advice, body: PlatformBody::Whole(Some(json)) })
            }
        }
    }
}

/// Reads a body to its end, if that is near.
async fn read_to_end(mut body: ByteStream, mut exchange: Exchange) {
    let mut bytes = 0;
    while let Some(Ok(piece)) = body.next().await {
        bytes += piece.len();
        if bytes > END_BYTES {
            return;
        }
    }
    exchange.0 = None;
}

impl Stream for PlatformBody {
    type Item = Result<Vec<u8>, Unreachable>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut *self {
            Self::Stream(bytes, _) => bytes
                .poll_next_unpin(context)
                .map(|piece| piece.map(|piece| piece.map_err(|_| Unreachable))),
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
        }
    }
}

/// A request under way.
#[derive(Debug)]
pub struct Exchange(Option<AbortController>);

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
