//! The copy as one HTML page, to be kept as a file: no script, nothing loaded, every text escaped,
//! the AI's texts marked for machines, and the signed JSON in it.

use core::fmt::Write as _;

use axum::response::Response;
use http::StatusCode;
use sotto_shared::wire::conversation::Conversation;

use super::words::{Said, Words};
use crate::routes::page::{escape, page};

/// The page of a signed copy.
pub(super) fn response(copy: &Conversation) -> Response {
    let words = Words::of(copy);
    page(StatusCode::OK, words.language, words.title, &body(&words))
}

// Writing to a string cannot fail, so what `write!` returns is passed over.
fn body(words: &Words) -> String {
    let mut html = format!("<h1>{}</h1>\n<p>{}</p>\n<dl>\n", words.title, words.lead);
    for (label, value) in &words.facts {
        let _ = writeln!(html, "<dt>{label}</dt><dd>{}</dd>", escape(value));
    }
    let _ = writeln!(html, "</dl>\n<h2>{}</h2>", words.messages_title);
    for said in &words.messages {
        message(&mut html, said, &words.lang);
    }
    if !words.consent.is_empty() {
        let _ = writeln!(html, "<h2>{}</h2>\n<ul>", words.consent_title);
        for act in &words.consent {
            let _ = writeln!(html, "<li>{}</li>", escape(act));
        }
        html.push_str("</ul>\n");
    }
    let _ = write!(
        html,
        "<details>\n<summary>{}</summary>\n<p>{}</p>\n<pre tabindex=\"0\" translate=\"no\">{}</pre>\n</details>\n",
        words.signed_title,
        words.signed_lead,
        escape(&words.signed),
    );
    html
}

fn message(html: &mut String, said: &Said, lang: &str) {
    let mark = said.ai.as_ref().map_or_else(String::new, |from| {
        format!(
            " data-ai-generated=\"true\" ai-disclosure=\"ai-generated\" data-digital-source-type=\"{}\"",
            escape(from)
        )
    });
    let _ = writeln!(
        html,
        "<article{mark}>\n<h3>{}</h3>\n<p class=\"note\">{}</p>",
        escape(&said.who),
        escape(&said.notes.join(" · ")),
    );
    if let Some(text) = &said.text {
        let _ = writeln!(
            html,
            "<p class=\"text\" lang=\"{}\" dir=\"auto\">{}</p>",
            escape(lang),
            escape(text)
        );
    }
    if !said.sources.is_empty() {
        html.push_str("<ul class=\"note\">\n");
        for source in &said.sources {
            let _ = writeln!(html, "<li>{}</li>", escape(source));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</article>\n");
}
