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
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
    ResponseBody,
};

/// The network failed; what it said is not worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// A request to a provider: always a `POST` of JSON.
pub struct Post {
    /// Where to.
    pub url: String,
    /// The key, sent as a bearer token.
    pub bearer: String,
    /// The body.
    pub json: String,
}

redacted_debug!(Post);

/// The network and the passing of time.
pub trait Http {
    /// What a response's body comes as. Dropping it ends the exchange.
    type Body: Stream<Item = Result<Vec<u8>, Unreachable>> + Unpin;

    /// Sends a request and gives the status and the body. A redirect is not followed: the key
    /// would go along to a host that nobody named.
    fn post(&self, post: Post) -> impl Future<Output = Result<(u16, Self::Body), Unreachable>>;

    /// Lets time pass.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;

    /// What there was to say has been said. The body's end may still be on its way: a connection
    /// whose body was read to its end serves the next exchange, another one is closed.
    fn finish(&self, body: Self::Body) {
        drop(body);
    }
}

/// The platform's `fetch` and timers.
#[derive(Clone, Copy, Debug)]
pub struct PlatformHttp;

/// A response's body. The exchange is aborted when it is dropped.
pub struct PlatformBody {
    /// Absent where the response has no body at all.
    reader: Option<ReadableStreamDefaultReader>,
    /// The piece that is on its way.
    reading: Option<Reading>,
    exchange: Exchange,
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

    async fn post(&self, post: Post) -> Result<(u16, PlatformBody), Unreachable> {
        let exchange = Exchange(Some(AbortController::default()));
        let signal = exchange.0.as_ref().map(AbortController::signal).ok_or(Unreachable)?;
        let request = request(&post).map_err(|_| Unreachable)?;
        let response =
            Fetch::Request(request).send_with_signal(&signal).await.map_err(|_| Unreachable)?;
        // Read by hand: to let go of the stream at its end, as a wrapper does, costs an error of the
        // platform's with its stack.
        let reader = match response.body() {
            ResponseBody::Stream(stream) => Some(stream.get_reader().unchecked_into()),
            ResponseBody::Empty | ResponseBody::Body(_) => None,
        };
        Ok((response.status_code(), PlatformBody { reader, reading: None, exchange }))
    }

    fn finish(&self, body: PlatformBody) {
        spawn_local(async move {
            let end = core::pin::pin!(body.end());
            let late = core::pin::pin!(Delay::from(END_WITHIN));
            select(end, late).await;
        });
    }

    async fn sleep(&self, time: Duration) {
        Delay::from(time).await;
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
        let this = &mut *self;
        let Some(reader) = &this.reader else { return Poll::Ready(None) };
        let reading = this.reading.get_or_insert_with(|| Box::pin(JsFuture::from(reader.read())));
        let read = ready!(reading.as_mut().poll(context));
        this.reading = None;
        Poll::Ready(match read.map(JsCast::unchecked_into::<IteratorNext>) {
            Err(_) => Some(Err(Unreachable)),
            Ok(read) if read.done() => None,
            Ok(read) => Some(Ok(read.value().unchecked_into::<Uint8Array>().to_vec())),
        })
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
    headers.set("authorization", &format!("Bearer {}", post.bearer))?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(post.json.as_str().into()));
    Request::new_with_init(&post.url, &init)
}
