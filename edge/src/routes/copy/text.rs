//! The copy as plain text, with the signed JSON at its end, between lines that can be found again.

use core::fmt::Write as _;

use axum::response::{IntoResponse, Response};
use http::header;
use sotto_shared::wire::conversation::Conversation;

use super::words::Words;

/// Stands before the signed JSON, which is the one line after it.
pub(super) const BEGIN: &str = "-----BEGIN SOTTO COPY-----";

/// Stands after it.
pub(super) const END: &str = "-----END SOTTO COPY-----";

/// The text of a signed copy.
pub(super) fn response(copy: &Conversation) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (headers, text(&Words::of(copy))).into_response()
}

// Writing to a string cannot fail, so what `write!` returns is passed over.
fn text(words: &Words) -> String {
    let mut text = format!("{}\n\n{}\n\n", words.title, words.lead);
    for (label, value) in &words.facts {
        let _ = writeln!(text, "{label}: {value}");
    }
    let _ = writeln!(text, "\n\n{}", words.messages_title);
    for said in &words.messages {
        let _ = writeln!(text, "\n{} ({})", said.who, said.notes.join(", "));
        for line in said.text.iter().flat_map(|text| text.lines()) {
            // Set in, so that no message passes for a line of this document.
            let _ = writeln!(text, "  {line}");
        }
        for source in &said.sources {
            let _ = writeln!(text, "  * {source}");
        }
    }
    if !words.consent.is_empty() {
        let _ = writeln!(text, "\n\n{}\n", words.consent_title);
        for act in &words.consent {
            let _ = writeln!(text, "* {act}");
        }
    }
    let _ = write!(
        text,
        "\n\n{}\n\n{}\n\n{BEGIN}\n{}\n{END}\n",
        words.signed_title, words.signed_lead, words.signed
    );
    text
}
