//! Reading bodies: content type and size first, then the bytes, then the JSON; and what becomes of
//! a body that nobody reads ([`lend`]).

use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex};

use axum::body::{Body, BodyDataStream};
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, header};
use serde::Deserialize;
use sotto_shared::limits;

/// How much of a body that nobody wants is read away, in bytes: twice the largest body that any
/// call takes.
pub const UNWANTED_BYTES: usize = 2 * limits::DOCUMENT_BYTES;

/// Why a body is refused. It names the fault and its place, never a value of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The content type is missing or not one that the call takes.
    #[error("the content type is not one that the call takes")]
    MediaType {
        /// What it takes.
        wanted: &'static str,
    },
    /// It is larger than the call takes.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// It broke off, is not UTF-8 or not JSON.
    #[error("the body could not be read")]
    Malformed,
    /// A member is not known.
    #[error("the body has a member that is not known, before line {line}, column {column}")]
    UnknownField {
        /// Line where reading stopped, from 1.
        line: usize,
        /// Column where reading stopped.
        column: usize,
    },
    /// A member is missing.
    #[error("the member `{0}` is missing")]
    MissingField(String),
    /// A value is not one that its member takes.
    #[error("a value is not allowed: {rule}, at line {line}, column {column}")]
    InvalidValue {
        /// What it should be, if a type of ours says so.
        rule: String,
        /// Line where reading stopped, from 1.
        line: usize,
        /// Column where reading stopped.
        column: usize,
    },
}

/// Reads a JSON text of at most `limit` bytes.
///
/// # Errors
/// [`BodyError`]
pub async fn json_text(headers: &HeaderMap, body: Body, limit: usize) -> Result<String, BodyError> {
    if media_type(headers) != Some("application/json") {
        return Err(BodyError::MediaType { wanted: "application/json" });
    }
    text(headers, body, limit).await
}

/// Reads a text of at most `limit` bytes: the announced length is checked before the first byte
/// is read, and the real one while reading.
///
/// # Errors
/// [`BodyError`]
pub async fn text(headers: &HeaderMap, body: Body, limit: usize) -> Result<String, BodyError> {
    check_length(headers, limit)?;
    let mut bytes = Vec::new();
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| BodyError::Malformed)?;
        if bytes.len() + piece.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| BodyError::Malformed)
}

/// Reads a value from JSON.
///
/// # Errors
/// [`BodyError`]
pub fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, BodyError> {
    serde_json::from_str(json).map_err(|error| read_error(&error))
}

/// The media type of a body, in lower case as it has to be written here, without its parameters.
/// A body that says it is compressed has none that we take.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return None;
    }
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = value.split_once(';').unwrap_or((value, ""));
    let utf8 = parameters.split(';').map(str::trim).all(|parameter| {
        parameter.split_once('=').is_none_or(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset")
                || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    });
    utf8.then(|| kind.trim())
}

/// Lends a body to a handler and keeps hold of what the handler leaves unread.
///
/// A call that is refused before its body was read would otherwise be answered while the client
/// still sends, which breaks the connection under the answer, and under the next request on it.
pub fn lend(body: Body) -> (Body, Unread) {
    let slot = Slot::new(Mutex::new(Some(body.into_data_stream())));
    (Body::from_stream(Lent(Slot::clone(&slot))), Unread(slot))
}

/// What a handler left unread of the body it was lent.
#[derive(Debug)]
pub struct Unread(Slot);

impl Unread {
    /// Reads the rest away, up to a bound.
    pub async fn discard(self) {
        let rest = self.0.lock().ok().and_then(|mut slot| slot.take());
        let Some(mut rest) = rest else { return };
        let mut bytes = 0;
        while let Some(Ok(piece)) = rest.next().await {
            bytes += piece.len();
            if bytes > UNWANTED_BYTES {
                return;
            }
        }
    }
}

/// Holds a body until it was read to its end.
type Slot = Arc<Mutex<Option<BodyDataStream>>>;

/// A body on loan.
struct Lent(Slot);

impl Stream for Lent {
    type Item = <BodyDataStream as Stream>::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Ok(mut slot) = self.0.lock() else {
            return Poll::Ready(None);
        };
        let Some(stream) = slot.as_mut() else {
            return Poll::Ready(None);
        };
        let piece = core::task::ready!(stream.poll_next_unpin(context));
        if piece.is_none() {
            *slot = None;
        }
        Poll::Ready(piece)
    }
}

fn check_length(headers: &HeaderMap, limit: usize) -> Result<(), BodyError> {
    let Some(length) = headers.get(header::CONTENT_LENGTH) else {
        return Ok(());
    };
    let length: usize =
        length.to_str().ok().and_then(|text| text.parse().ok()).ok_or(BodyError::Malformed)?;
    if length > limit { Err(BodyError::TooLarge { limit }) } else { Ok(()) }
}

/// serde's sentences quote the body. What is kept of them is the kind, the place, and what our
/// own types say.
fn read_error(error: &serde_json::Error) -> BodyError {
    if !error.is_data() {
        return BodyError::Malformed;
    }
    let (line, column) = (error.line(), error.column());
    let sentence = error.to_string();
    if sentence.starts_with("unknown field") {
        return BodyError::UnknownField { line, column };
    }
    if let Some(rest) = sentence.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return BodyError::MissingField(name.to_owned());
    }
    // Ids say of themselves what they are; nothing of the body is in that.
    let rule = match sentence.split(" at line ").next() {
        Some(own) if own.starts_with("not a valid ") => own.to_owned(),
        _ => "it has another type or is none of the names that the member takes".to_owned(),
    };
    BodyError::InvalidValue { rule, line, column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use http::HeaderValue;
    use sotto_shared::wire::session::MintRequest;

    fn headers(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn read(
        pairs: &[(http::HeaderName, &'static str)],
        body: &'static str,
        limit: usize,
    ) -> Result<String, BodyError> {
        json_text(&headers(pairs), Body::from(body), limit).now_or_never().unwrap()
    }

    #[test]
    fn the_content_type_must_be_json() {
        let wanted = BodyError::MediaType { wanted: "application/json" };
        assert_eq!(read(&[], "{}", 9), Err(wanted.clone()));
        for bad in ["text/plain", "application/jsonp", "application/json; charset=latin1"] {
            assert_eq!(read(&[(header::CONTENT_TYPE, bad)], "{}", 9), Err(wanted.clone()), "{bad}");
        }
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert_eq!(
                read(&[(header::CONTENT_TYPE, good)], "{}", 9).as_deref(),
                Ok("{}"),
                "{good}"
            );
        }
        let packed =
            [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
        assert_eq!(read(&packed, "{}", 9), Err(wanted));
    }

    #[test]
    fn the_size_is_checked_before_and_while_reading() {
        let json = (header::CONTENT_TYPE, "application/json");
        let announced = [json.clone(), (header::CONTENT_LENGTH, "10")];
        assert_eq!(read(&announced, "{}", 9), Err(BodyError::TooLarge { limit: 9 }));
        assert_eq!(
            read(core::slice::from_ref(&json), "{\"a\":12345}", 9),
            Err(BodyError::TooLarge { limit: 9 })
        );
        assert!(read(core::slice::from_ref(&json), "{\"a\":123}", 9).is_ok());
        let nonsense = [json, (header::CONTENT_LENGTH, "-1")];
        assert_eq!(read(&nonsense, "{}", 9), Err(BodyError::Malformed));
    }

    #[test]
    fn what_a_handler_leaves_unread_is_read_away() {
        use futures_util::stream;
        let count = Arc::new(Mutex::new(0));
        let counted = |pieces: usize| {
            let count = Arc::clone(&count);
            *count.lock().unwrap() = 0;
            Body::from_stream(stream::iter(0..pieces).map(move |_| {
                *count.lock().unwrap() += 1;
                Ok::<_, core::convert::Infallible>(vec![0; 1024])
            }))
        };
        let (lent, unread) = lend(counted(10));
        unread.discard().now_or_never().unwrap();
        assert_eq!(*count.lock().unwrap(), 10, "all of it, though nobody looked");
        drop(lent);

        let (lent, unread) = lend(counted(10));
        let json = headers(&[(header::CONTENT_TYPE, "application/json")]);
        let read = json_text(&json, lent, 2_048).now_or_never().unwrap();
        assert_eq!(read, Err(BodyError::TooLarge { limit: 2_048 }));
        unread.discard().now_or_never().unwrap();
        assert_eq!(*count.lock().unwrap(), 10, "the rest");

        let (_lent, unread) = lend(counted(10_000));
        unread.discard().now_or_never().unwrap();
        assert_eq!(*count.lock().unwrap(), UNWANTED_BYTES / 1024 + 1, "up to a bound");
    }

    #[test]
    fn faults_are_told_apart_and_quote_nothing() {
        let good = include_str!("../../../shared/tests/fixtures/wire/mint-request.json");
        assert!(parse::<MintRequest>(good).is_ok());
        assert_eq!(parse::<MintRequest>("").unwrap_err(), BodyError::Malformed);
        assert_eq!(parse::<MintRequest>("{\"site\":").unwrap_err(), BodyError::Malformed);
        assert_eq!(
            parse::<MintRequest>("{} {}").unwrap_err(),
            BodyError::MissingField("site".into())
        );
        let unknown = good.replacen('{', "{\"hunter2\":1,", 1);
        let error = parse::<MintRequest>(&unknown).unwrap_err();
        assert!(matches!(error, BodyError::UnknownField { .. }));
        assert!(!error.to_string().contains("hunter2"));
        let wrong = good.replace("\"widget\"", "\"hunter2\"");
        let error = parse::<MintRequest>(&wrong).unwrap_err();
        assert!(matches!(error, BodyError::InvalidValue { .. }));
        assert!(!error.to_string().contains("hunter2"));
        let wrong = good.replace("\"pk_", "\"sk_");
        let error = parse::<MintRequest>(&wrong).unwrap_err();
        assert!(error.to_string().contains("not a valid SiteKey"), "{error}");
    }
}
