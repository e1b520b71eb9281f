//! Who may read a response across origins.
//!
//! A preflight carries neither key nor token, so it and every problem reflect the origin that
//! asks: a page must be able to read why it is refused. A successful reply reflects it only where
//! the handler has checked it ([`Readable`]). There are no cookies, so reflecting gives away
//! nothing that the caller did not bring along.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, VARY,
};
use http::{HeaderMap, HeaderValue, Method};
use sotto_shared::id::Origin;

/// Who may read a successful reply. A handler puts it into the response's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// Pages of this origin.
    By(Origin),
    /// Every page: there is nothing private in it.
    ByAll,
}

/// Headers that the API takes. `user-agent` is there for the AI SDK, which adds itself to it.
const REQUEST_HEADERS: &str = "authorization, content-type, user-agent";

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";

/// Headers that a page may read.
const EXPOSED: &str = "retry-after, x-request-id, x-vercel-ai-ui-message-stream, ai-disclosure";

/// How long a browser may keep a preflight's answer, in seconds: the longest that any does.
const MAX_AGE: &str = "7200";

/// Whether a request is a preflight.
#[must_use]
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Adds what a preflight is answered with.
pub fn allow_preflight(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
}

/// Lets a page read the response. Whatever is decided depends on the origin, so caches are told.
pub fn allow_reading(headers: &mut HeaderMap, readable: Option<&Readable>) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let allowed = match readable {
        None => return,
        Some(Readable::ByAll) => HeaderValue::from_static("*"),
        Some(Readable::By(origin)) => match HeaderValue::from_str(origin.as_str()) {
            Ok(value) => value,
            Err(_) => return,
        },
    };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_names_the_method_it_is_for() {
        let mut headers = HeaderMap::new();
        assert!(!is_preflight(&Method::OPTIONS, &headers));
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("POST"));
        assert!(is_preflight(&Method::OPTIONS, &headers));
        assert!(!is_preflight(&Method::POST, &headers));
    }

    #[test]
    fn reading_is_allowed_to_the_checked_origin_alone() {
        let mut headers = HeaderMap::new();
        allow_reading(&mut headers, None);
        assert_eq!(headers.get(ACCESS_CONTROL_ALLOW_ORIGIN), None);
        assert_eq!(headers[VARY], "Origin");
        let origin = Origin::parse("https://shop.example").unwrap();
        let mut headers = HeaderMap::new();
        allow_reading(&mut headers, Some(&Readable::By(origin)));
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example");
        assert_eq!(headers[VARY], "Origin");
        assert_eq!(headers[ACCESS_CONTROL_EXPOSE_HEADERS], EXPOSED);
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
}
