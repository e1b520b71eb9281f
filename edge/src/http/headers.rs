//! Security headers, on every response without exception.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What every response carries, with the reason.
static ALWAYS: [(HeaderName, &str); 8] = [
    // Two years, so that no visit falls back to http.
    (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    // A reply is what its content type says.
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Nothing tells another site which conversation was open.
    (REFERRER_POLICY, "no-referrer"),
    // Opened as a page, a reply of the API runs, loads and frames nothing.
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_FRAME_OPTIONS, "DENY"),
    // No sensor, no payment, no tracking interface.
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    // Pages of other origins read the API; who may is decided by CORS.
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the security headers, and forbids storing what no handler declared cacheable. A page that a
/// handler wrote brings the policy that its own style needs.
pub fn secure(headers: &mut HeaderMap) {
    for (name, value) in &ALWAYS {
        if *name != CONTENT_SECURITY_POLICY || !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_is_there_and_caching_is_off() {
        let mut headers = HeaderMap::new();
        secure(&mut headers);
        for (name, value) in &ALWAYS {
            assert_eq!(headers[name], value);
        }
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert_eq!(headers.len(), ALWAYS.len() + 1);
    }

    #[test]
    fn a_handler_can_declare_a_reply_cacheable() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        secure(&mut headers);
        assert_eq!(headers[CACHE_CONTROL], "public, max-age=60");
    }
}
