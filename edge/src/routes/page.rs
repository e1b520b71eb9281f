//! Pages that the edge writes itself: the copy as HTML, the receipt of an erasure. Each stands for
//! itself, wherever it is kept: no script, nothing loaded, and a policy that says so in the file.

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use data_encoding::BASE64;
use http::{HeaderValue, StatusCode, header};

use crate::auth::mac::sha256;
use crate::clock::{self, DAY_MS};
use crate::http::respond::Answered;
use crate::language::Language;

/// The style of every such page.
const STYLE: &str = include_str!("page.css");

/// What a page may do: show its own style.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(&sha256(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// A page with a title and what stands in its body, which is HTML already.
pub(super) fn page(status: StatusCode, language: Language, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n\
         </body>\n</html>\n",
        language.tag(),
        POLICY.as_str(),
        escape(title),
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&format!("{}; frame-ancestors 'none'", *POLICY)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.extensions_mut().insert(Answered);
    response
}

/// A text as it stands in HTML, between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// A time as people read it everywhere: `2026-11-20 14:05 UTC`.
pub(super) fn date(unix_ms: u64) -> String {
    let minute = unix_ms % DAY_MS / 60_000;
    format!("{} {:02}:{:02} UTC", clock::date(unix_ms / DAY_MS), minute / 60, minute % 60)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    /// The text of a response.
    pub(in crate::routes) fn text(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), 10_000_000);
        String::from_utf8(body.now_or_never().unwrap().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn a_page_runs_and_loads_nothing() {
        let response = page(StatusCode::OK, Language::German, "<T>", "<p>body</p>\n");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
        let html = text(response);
        assert!(html.contains("<html lang=\"de\">") && html.contains("<title>&lt;T&gt;</title>"));
        for foreign in ["<script", "src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!html.contains(foreign), "{foreign}");
        }
        // The hash is that of what stands between the tags.
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = BASE64.encode(&sha256(style.as_bytes()));
        assert!(policy.contains(&hash) && html.contains(&hash));
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(
            escape("<b a=\"1\" c='2'>&amp;"),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"
        );
    }

    #[test]
    fn times_are_read_by_people() {
        for (ms, wanted) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_399_999, "2000-02-28 23:59 UTC"),
            (951_782_400_000, "2000-02-29 00:00 UTC"),
            (1_709_164_800_000, "2024-02-29 00:00 UTC"),
            (1_763_640_000_000, "2025-11-20 12:00 UTC"),
            (1_798_761_600_000, "2027-01-01 00:00 UTC"),
            (4_102_444_740_000, "2099-12-31 23:59 UTC"),
        ] {
            assert_eq!(date(ms), wanted);
        }
    }
}
