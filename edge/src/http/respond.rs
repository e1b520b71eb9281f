//! The last step of every request: errors become problems, and every response gets the headers
//! that all of them have.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sotto_shared::wire::problem::{MEDIA_TYPE, Problem, TYPE_PREFIX};

use super::cors::{self, Readable};
use super::request_id::RequestId;
use super::{headers, origin};
use crate::error::ApiError;
use crate::log;

/// Marks a response that a handler wrote for a person: no problem takes its place, whatever its
/// status is.
#[derive(Clone, Copy, Debug)]
pub struct Answered;

/// What the last step needs to know of a request.
#[derive(Debug)]
pub struct Asked {
    /// Its name.
    pub id: RequestId,
    /// Who may read a problem: the page that asked.
    page: Option<Readable>,
    is_preflight: bool,
    has_unusable_origin: bool,
}

impl Asked {
    /// Looks at a request's head.
    #[must_use]
    pub fn new(id: RequestId, method: &Method, headers: &HeaderMap) -> Self {
        let stated = origin::stated(headers);
        Self {
            id,
            has_unusable_origin: stated.is_err(),
            page: stated.ok().flatten().map(Readable::By),
            is_preflight: cors::is_preflight(method, headers),
        }
    }

    /// The answer that needs no route: to a preflight, and to an origin that is none.
    #[must_use]
    pub fn early(&self) -> Option<Response> {
        if self.has_unusable_origin {
            let error = ApiError::Origin(origin::OriginError::Invalid);
            return Some(self.problem(&error, HeaderMap::new()));
        }
        self.is_preflight.then(|| {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            cors::allow_preflight(response.headers_mut());
            if let Some(page) = &self.page {
                response.extensions_mut().insert(page.clone());
            }
            response
        })
    }

    /// Finishes a response.
    #[must_use]
    pub fn finish(&self, mut response: Response) -> Response {
        if let Some(error) = response.extensions_mut().remove::<ApiError>() {
            let kept = core::mem::take(response.headers_mut());
            response = self.problem(&error, kept);
        } else if response.extensions_mut().remove::<Answered>().is_some() {
            // It stays as it is.
        } else if response.status().is_client_error() && !is_problem(&response) {
            // The router's own refusals: an address whose escapes are not UTF-8.
            response = self.problem(&ApiError::Head, HeaderMap::new());
        } else if response.status().is_server_error() && !is_problem(&response) {
            response = self.problem(&ApiError::Internal("the router failed"), HeaderMap::new());
        }
        let readable = response.extensions_mut().remove::<Readable>();
        let headers = response.headers_mut();
        cors::allow_reading(headers, readable.as_ref());
        headers::secure(headers);
        if let Ok(id) = HeaderValue::from_str(&self.id.to_string()) {
            headers.insert(RequestId::HEADER, id);
        }
        response
    }

    /// The problem's bytes, and its line in the log where the fault is the edge's own.
    fn problem(&self, error: &ApiError, mut kept: HeaderMap) -> Response {
        let facts = error.facts();
        let status = facts.code.status();
        if status >= 500 {
            log::error("request_failed")
                .request(&self.id)
                .word("code", facts.code.name())
                .number("status", status.into())
                .fault(error)
                .write();
        }
        let problem = Problem {
            kind: format!("{TYPE_PREFIX}{}", facts.code.name()),
            title: facts.code.title().into(),
            status,
            detail: facts.detail.into_owned(),
            code: facts.code,
            request_id: self.id.to_string(),
            retry_after: facts.retry_after,
            notice: facts.notice,
            receipt: facts.receipt,
            challenge: facts.challenge,
        };
        // A problem is texts and numbers, which always serialise.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = facts.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(allow) = kept.remove(ALLOW) {
            headers.insert(ALLOW, allow);
        }
        if let Some(page) = &self.page {
            response.extensions_mut().insert(page.clone());
        }
        response
    }
}

fn is_problem(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse as _;
    use futures_util::FutureExt as _;
    use http::header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD,
        CACHE_CONTROL, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
    };

    fn asked(method: &Method, pairs: &[(http::HeaderName, &'static str)]) -> Asked {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect();
        Asked::new(RequestId::for_test(), method, &headers)
    }

    fn json(response: Response) -> serde_json::Value {
        let body = axum::body::to_bytes(response.into_body(), 10_000);
        serde_json::from_slice(&body.now_or_never().unwrap().unwrap()).unwrap()
    }

    #[test]
    fn an_error_becomes_a_problem_that_the_page_may_read() {
        let asked = asked(&Method::POST, &[(ORIGIN, "https://shop.example")]);
        let response = asked.finish(ApiError::RateLimited { retry_after: 60 }.into_response());
        assert_eq!(response.status(), 429);
        let headers = response.headers();
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[RETRY_AFTER], "60");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example");
        assert_eq!(headers[VARY], "Origin");
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[RequestId::HEADER], "0000000001041061050R3GG28A");
        assert_eq!(
            json(response),
            serde_json::json!({
                "type": "urn:sotto:problem:rate_limited",
                "title": "Too many requests",
                "status": 429,
                "detail": "Too many requests come from this network; wait a moment.",
                "code": "rate_limited",
                "request_id": "0000000001041061050R3GG28A",
                "retry_after": 60
            })
        );
    }

    #[test]
    fn a_success_is_readable_only_where_the_handler_said_so() {
        let asked = asked(&Method::GET, &[(ORIGIN, "https://evil.example")]);
        let response = asked.finish(Response::default());
        assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
        let mut checked = Response::default();
        checked.extensions_mut().insert(Readable::ByAll);
        assert_eq!(asked.finish(checked).headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    }

    #[test]
    fn a_preflight_is_answered_without_a_route() {
        let preflight = [(ORIGIN, "https://shop.example"), (ACCESS_CONTROL_REQUEST_METHOD, "POST")];
        let asked = asked(&Method::OPTIONS, &preflight);
        let response = asked.finish(asked.early().unwrap());
        assert_eq!(response.status(), 204);
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example");
        assert_eq!(response.headers()[VARY], "Origin");
        assert!(
            response.headers()[ACCESS_CONTROL_ALLOW_HEADERS]
                .to_str()
                .unwrap()
                .contains("authorization")
        );
    }

    #[test]
    fn a_null_origin_is_refused_before_any_route() {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let null = [(ORIGIN, "null"), (ACCESS_CONTROL_REQUEST_METHOD, "POST")];
            let asked = asked(&method, &null);
            let response = asked.finish(asked.early().unwrap());
            assert_eq!(response.status(), 403);
            assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
            assert_eq!(json(response)["code"], "origin_invalid");
        }
        assert!(asked(&Method::GET, &[]).early().is_none());
    }

    #[test]
    fn the_routers_own_refusals_become_problems() {
        let asked = asked(&Method::GET, &[]);
        let mut refusal = Response::new(Body::from("Invalid UTF-8 in `key`"));
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        let response = asked.finish(refusal);
        assert_eq!(response.status(), 400);
        assert_eq!(json(response)["code"], "invalid_value");
    }

    #[test]
    fn a_page_for_a_person_stays_what_it_is() {
        let asked = asked(&Method::POST, &[]);
        let mut page = Response::new(Body::from("<p>No.</p>"));
        *page.status_mut() = StatusCode::UNAUTHORIZED;
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'sha256-x'");
        page.headers_mut().insert(http::header::CONTENT_SECURITY_POLICY, policy.clone());
        page.extensions_mut().insert(Answered);
        let response = asked.finish(page);
        assert_eq!(response.status(), 401);
        assert!(!is_problem(&response));
        assert_eq!(response.headers()[http::header::CONTENT_SECURITY_POLICY], policy);
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    #[test]
    fn a_405_keeps_what_is_allowed() {
        let mut response = ApiError::MethodNotAllowed.into_response();
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET,HEAD"));
        let response = asked(&Method::PUT, &[]).finish(response);
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()[ALLOW], "GET,HEAD");
    }
}
