//! Between the platform's requests and responses and ours.
//!
//! Every step from JavaScript into Wasm and back costs, and a stream takes several for each piece.
//! So a body of a stated length comes in at once, one that is all there goes out at once, and
//! an object's stream is handed on as it is, without a look at it.

use axum::body::{Body, to_bytes};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use worker::send::SendWrapper;
use worker::{Headers, ResponseBody, ResponseBuilder};

use super::body::UNWANTED_BYTES;

/// A request's head cannot be read: it has bytes outside ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// A stream of the platform's that goes out as it came. A handler puts it into the extensions of a
/// response, whose own body is then not looked at.
#[derive(Clone, Debug)]
pub struct HandedOn(SendWrapper<ResponseBody>);

impl HandedOn {
    /// The body of what an object answered.
    #[must_use]
    pub fn of(answer: &worker::Response) -> Self {
        Self(SendWrapper::new(answer.body().clone()))
    }
}

/// A request as the routes take it.
///
/// # Errors
/// [`Unreadable`]
pub async fn received(mut request: worker::Request) -> Result<Request<Body>, Unreadable> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers().entries() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Unreadable)?;
        headers.append(name, HeaderValue::from_str(&value).map_err(|_| Unreadable)?);
    }
    let mut ours = Request::builder()
        .method(request.inner().method().as_str())
        .uri(request.inner().url())
        .body(Body::empty())
        .map_err(|_| Unreadable)?;
    *ours.body_mut() = match stated_length(&headers) {
        Some(0) => Body::empty(),
        Some(length) if length <= UNWANTED_BYTES => match request.bytes().await {
            Ok(bytes) => Body::from(bytes),
            Err(error) => Body::from_stream(stream::iter([Err::<Vec<u8>, _>(error)])),
        },
        _ => request
            .inner()
            .body()
            .map_or_else(Body::empty, |stream| Body::new(worker::Body::new(stream))),
    };
    *ours.headers_mut() = headers;
    Ok(ours)
}

/// A response as the platform takes it.
///
/// # Errors
/// Whatever the platform raises when a response cannot be made.
pub async fn sent(mut response: Response<Body>) -> worker::Result<worker::Response> {
    let headers = Headers::new();
    for (name, value) in response.headers() {
        let value = value.to_str().map_err(|error| worker::Error::RustError(error.to_string()))?;
        headers.append(name.as_str(), value)?;
    }
    let status = response.status().as_u16();
    let body = match response.extensions_mut().remove::<HandedOn>() {
        Some(HandedOn(body)) => body.0,
        // Bodies of ours are in memory.
        None => match to_bytes(response.into_body(), usize::MAX).await {
            Ok(bytes) if bytes.is_empty() => ResponseBody::Empty,
            Ok(bytes) => ResponseBody::Body(bytes.into()),
            Err(error) => return Err(worker::Error::RustError(error.to_string())),
        },
    };
    Ok(ResponseBuilder::new().with_status(status).with_headers(headers).body(body))
}

/// The length of a body that states it. One that does not may go on for ever.
fn stated_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
