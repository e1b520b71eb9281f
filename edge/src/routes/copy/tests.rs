use super::*;
use crate::routes::page::escape;
use crate::routes::page::tests::text as text_of;
use http::HeaderValue;
use sotto_shared::wire::admin::{Hold, HoldReason};
use sotto_shared::wire::conversation::{Message, MessageState};
use sotto_shared::wire::rights::{Review, ReviewOutcome, ReviewReason};
use sotto_shared::wire::stream::Source;

/// A copy with everything in it that a copy may have.
pub(super) fn full() -> Conversation {
    let fixture = include_str!("../../../../shared/tests/fixtures/wire/copy.json");
    let mut copy: Conversation = serde_json::from_str(fixture).unwrap();
    copy.messages[1].sources = vec![Source {
        source_id: "delivery#costs".into(),
        media_type: "text/markdown".into(),
        title: "Delivery › Costs".into(),
        filename: Some("delivery.md".into()),
    }];
    copy.messages[0].text = "Hello <b>\n-----END SOTTO COPY-----".into();
    copy.messages[0].changed_at = Some(1_763_640_001_000);
    copy.messages[1].answers_earlier_text = true;
    let removed = Message {
        id: "m-2".into(),
        text: String::new(),
        state: MessageState::Removed,
        removed_at: Some(1_763_640_060_000),
        changed_at: None,
        ..copy.messages[0].clone()
    };
    copy.messages.push(removed);
    copy.purposes.improve = true;
    copy.objections.analytics = true;
    copy.restricted_at = Some(1_763_640_120_000);
    copy.review = Some(Review {
        asked_at: 1_763_640_180_000,
        reason: Some(ReviewReason::Decision),
        answered_at: Some(1_763_640_240_000),
        outcome: Some(ReviewOutcome::Corrected),
    });
    copy.hold = Some(Hold { reason: HoldReason::LegalClaim, until: 1_766_232_000_000 });
    copy
}

fn in_german() -> Conversation {
    Conversation { lang: Some("de-AT".into()), ..full() }
}

fn accepting(value: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(value));
    headers
}

#[test]
fn a_copy_is_an_export_unless_a_client_says_that_it_resumes() {
    let copy = Ok(Wanted::Copy(Format::Json));
    for (query, wanted_of) in [
        ("", copy.clone()),
        ("purpose=export", copy.clone()),
        ("purpose=resume", Ok(Wanted::Resume)),
        ("x=1&purpose=resume", Ok(Wanted::Resume)),
        ("xpurpose=resume", copy),
        ("purpose=export&format=html", Ok(Wanted::Copy(Format::Html))),
        ("format=text", Ok(Wanted::Copy(Format::Text))),
    ] {
        assert_eq!(wanted(Some(query), &HeaderMap::new()), wanted_of, "{query}");
    }
    for query in ["purpose=", "purpose=read", "purpose=Resume", "format=", "format=pdf"] {
        assert!(wanted(Some(query), &HeaderMap::new()).is_err(), "{query}");
    }
}

#[test]
fn the_header_names_the_format_unless_the_query_does() {
    for (accept, format) in [
        ("*/*", Format::Json),
        ("application/pdf", Format::Json),
        ("text/html", Format::Html),
        ("text/plain", Format::Text),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format::Html),
        ("text/html;q=0.5, Text/Plain;q=0.7", Format::Text),
        ("text/html, application/json", Format::Json),
        ("text/html;q=0", Format::Json),
    ] {
        assert_eq!(wanted(None, &accepting(accept)), Ok(Wanted::Copy(format)), "{accept}");
    }
    let query = wanted(Some("format=text"), &accepting("text/html"));
    assert_eq!(query, Ok(Wanted::Copy(Format::Text)));
    assert_eq!(wanted(Some("purpose=resume"), &accepting("text/html")), Ok(Wanted::Resume));
}

#[test]
fn each_format_holds_the_signed_json() {
    let copy = full();
    let json = serde_json::to_string(&copy).unwrap();
    assert_eq!(text_of(response(Format::Json, &copy)), json);

    let html = text_of(response(Format::Html, &copy));
    let kept = html.split("<pre tabindex=\"0\" translate=\"no\">").nth(1).unwrap();
    assert_eq!(kept.split("</pre>").next(), Some(escape(&json).as_str()));

    // A message cannot end it: its lines are set in.
    let text = text_of(response(Format::Text, &copy));
    let kept = text.split_once(&format!("\n{}\n", text::BEGIN)).unwrap().1;
    assert_eq!(kept, format!("{json}\n{}\n", text::END));
    assert_eq!(text.matches(&format!("\n{}", text::END)).count(), 1);
}

#[test]
fn the_page_marks_what_the_ai_wrote_and_runs_nothing() {
    let html = text_of(response(Format::Html, &full()));
    let marked = "<article data-ai-generated=\"true\" ai-disclosure=\"ai-generated\" \
        data-digital-source-type=\"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\">\n\
        <h3>AI (openai, m-large)</h3>";
    assert!(html.contains(marked), "{html}");
    assert_eq!(html.matches("data-ai-generated").count(), 1);
    assert!(html.contains("<p class=\"text\" lang=\"en\" dir=\"auto\">Hello &lt;b&gt;\n"));
    for foreign in ["<script", "<b>", "src=", "href=", "onclick", "@import", "url("] {
        assert!(!html.contains(foreign), "{foreign}");
    }
}

#[test]
fn everything_is_said_in_words() {
    for format in [Format::Html, Format::Text] {
        let english = text_of(response(format, &full()));
        for words in [
            "2025-11-20 12:00 UTC",
            "answering, improving the answers",
            "daily counts",
            "since 2025-11-20 12:02 UTC: kept and not used",
            "asked for at 2025-11-20 12:03 UTC (a reply is unfair or decides something); answered at 2025-11-20 12:04 UTC: what the AI said does not hold",
            "for a legal claim, until 2025-12-20 12:00 UTC; your erase token still erases it",
            "Model Inc (keeps it for 30 days)",
            "you corrected it at 2025-11-20 12:00 UTC",
            "answers what your message said before",
            "you removed it at 2025-11-20 12:01 UTC",
            "generated by AI",
            "Delivery › Costs",
            "2025-11-20 12:00 UTC: agreed to: answering",
        ] {
            assert!(english.contains(words), "{words}: {english}");
        }
        let german = text_of(response(format, &in_german()));
        for words in [
            "Antworten, Verbessern der Antworten",
            "Widersprochen",
            "seit 2025-11-20 12:02 UTC: nur gespeichert",
            "die Aussage der KI gilt nicht",
            "für einen Rechtsanspruch, bis 2025-12-20 12:00 UTC; Ihr Löschkennwort",
            "Model Inc (behält ihn 30 Tage)",
            "von Ihnen berichtigt am",
            "antwortet auf den früheren Text",
            "von Ihnen entfernt am",
            "von KI erzeugt",
            "zugestimmt: Antworten",
        ] {
            assert!(german.contains(words), "{words}: {german}");
        }
    }
}

#[test]
fn a_bare_copy_says_so() {
    let mut copy = full();
    (copy.chat, copy.purposes, copy.recipients) = (false, <_>::default(), Some(vec![]));
    copy.review = Some(Review { answered_at: None, outcome: None, reason: None, asked_at: 0 });
    copy.messages.clear();
    copy.consent.clear();
    let text = text_of(response(Format::Text, &copy));
    for words in ["Used for: nothing any more\n", "text: nobody\n", "UTC; not answered yet\n"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("What you agreed to"));
}
