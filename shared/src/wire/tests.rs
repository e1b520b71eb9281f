//! One set of literal examples for both sides: what the edge writes with serde, the widget reads
//! with its own reader; what the widget writes, the edge reads. A failure here means that a
//! deployed widget and a deployed edge no longer understand each other: change the wire only by
//! adding members.

#![cfg(feature = "serde")]

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::admin::SiteSettings;
use super::chat::{ChatRequest, StopRequest, Trigger, VisitorMessage};
use super::conversation::{COPY_SCHEMA, Conversation, Message, MessageState};
use super::problem::{Code, Problem};
use super::rights::{
    RectifyRequest, Restriction, RestrictionRequest, Review, ReviewOutcome, ReviewReason,
    ReviewRequest,
};
use super::session::{
    Client, Consented, EraseRequest, ErasureReceipt, MintRequest, Minted, RefreshRequest, Refreshed,
};
use super::site::Site;
use super::stream::{DONE, Part};
use crate::consent::{Choice, ConsentSource, HostChoice, NoticeVersion, Purposes, SourceKind};
use crate::id::{ConversationId, MessageId, SiteKey};
use crate::json::Value;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/wire/", $name))
    };
}

/// The fixture without the white space that makes it readable.
fn compact(fixture: &str) -> String {
    serde_json::from_str::<serde_json::Value>(fixture).unwrap().to_string()
}

/// serde writes exactly the fixture's members and reads them back; ours reads the same value.
fn check_reply<T>(fixture: &str, read: impl Fn(&Value) -> Option<T>)
where
    T: DeserializeOwned + Serialize + PartialEq + core::fmt::Debug,
{
    let by_serde: T = serde_json::from_str(fixture).unwrap();
    let written = serde_json::to_value(&by_serde).unwrap().to_string();
    assert_eq!(written, compact(fixture));
    assert_eq!(read(&Value::parse(fixture).unwrap()).unwrap(), by_serde);
}

/// The widget's text is the fixture's, and the edge reads the same request from it.
fn check_request<T>(fixture: &str, request: &T, json: &str)
where
    T: DeserializeOwned + PartialEq + core::fmt::Debug,
{
    assert_eq!(compact(json), compact(fixture));
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), *request);
    let with_more = json.replacen('{', "{\"extra\":1,", 1);
    assert!(serde_json::from_str::<T>(&with_more).is_err(), "unknown members are refused");
}

fn conversation() -> ConversationId {
    ConversationId::parse(&"0a".repeat(32)).unwrap()
}

#[test]
fn site() {
    check_reply(fixture!("site.json"), Site::read);
}

#[test]
fn mint_request() {
    let request = MintRequest {
        site: SiteKey::parse(&format!("pk_{}", "a1".repeat(33))).unwrap(),
        lang: "de".into(),
        client: Client::Widget,
        consent: Choice {
            notice: NoticeVersion::parse(&"0123".repeat(8)).unwrap(),
            chat: true,
            purposes: Purposes { remember: true, ..Purposes::default() },
            gpc: true,
            objections: Purposes { improve: true, ..Purposes::default() },
            shown_seconds: Some(305),
            source: Some(ConsentSource {
                kind: SourceKind::Widget,
                version: Some("0.1.0".into()),
                host: None,
            }),
        },
    };
    check_request(fixture!("mint-request.json"), &request, &request.to_json());
}

/// The edge writes the whole receipt, which the widget passes on and reads in part.
#[test]
fn minted() {
    let fixture = fixture!("minted.json");
    let whole: Minted<serde_json::Value> = serde_json::from_str(fixture).unwrap();
    assert_eq!(serde_json::to_value(&whole).unwrap().to_string(), compact(fixture));
    let by_serde: Minted = serde_json::from_str(fixture).unwrap();
    assert_eq!(Minted::read(&Value::parse(fixture).unwrap()).unwrap(), by_serde);
}

#[test]
fn consent() {
    let purposes = Purposes { improve: true, ..Purposes::default() };
    let notice = NoticeVersion::parse(&"0123".repeat(8)).unwrap();
    let host = Some(HostChoice { functional: false, analytics: true, marketing: false });
    let source = Some(ConsentSource { kind: SourceKind::Host, version: None, host });
    let request = Choice { source, ..Choice::new(notice, true, purposes, false) };
    check_request(fixture!("consent-request.json"), &request, &request.to_json());

    let fixture = fixture!("consented.json");
    let whole: Consented<serde_json::Value> = serde_json::from_str(fixture).unwrap();
    assert_eq!(serde_json::to_value(&whole).unwrap().to_string(), compact(fixture));
    let by_serde: Consented = serde_json::from_str(fixture).unwrap();
    assert_eq!(Consented::read(&Value::parse(fixture).unwrap()).unwrap(), by_serde);
}

#[test]
fn refresh() {
    let request = RefreshRequest {
        refresh_token: "rt_x".into(),
        rotation_id: MessageId::parse("r-1").unwrap(),
    };
    check_request(fixture!("refresh-request.json"), &request, &request.to_json());
    check_reply(fixture!("refreshed.json"), Refreshed::read);
}

#[test]
fn erase() {
    let request = EraseRequest { erase_token: "et_x".into() };
    check_request(fixture!("erase-request.json"), &request, &request.to_json());
    check_reply(fixture!("erasure-receipt.json"), ErasureReceipt::read);
}

#[test]
fn stop() {
    let request = StopRequest { id: conversation() };
    check_request(fixture!("stop-request.json"), &request, &request.to_json());
}

/// The edge reads this body by hand, since of `messages` only the last one is parsed; its own
/// test reads the same fixture.
#[test]
fn chat_request() {
    let request = ChatRequest {
        conversation: conversation(),
        trigger: Trigger::SubmitMessage,
        message: VisitorMessage {
            id: MessageId::parse("m-1").unwrap(),
            text: "Where is \"it\"?\n[EMAIL_1]".into(),
        },
    };
    assert_eq!(compact(&request.to_json()), compact(fixture!("chat-request.json")));
}

#[test]
fn conversation_to_resume() {
    let fixture = fixture!("conversation.json");
    let by_serde: Conversation = serde_json::from_str(fixture).unwrap();
    assert_eq!(serde_json::to_value(&by_serde).unwrap().to_string(), compact(fixture));
    assert_eq!(by_serde.consent.len(), 2);
    let read = Conversation::read(&Value::parse(fixture).unwrap()).unwrap();
    assert_eq!(read, Conversation { consent: vec![], ..by_serde });
}

/// The edge's alone: the widget saves the copy as it stands, and reads from it what it would
/// resume with.
#[test]
fn copy_of_a_conversation() {
    let fixture = fixture!("copy.json");
    let copy: Conversation = serde_json::from_str(fixture).unwrap();
    assert_eq!(serde_json::to_value(&copy).unwrap().to_string(), compact(fixture));
    assert_eq!(copy.kind.as_deref(), Some("conversation_copy"));
    assert_eq!(copy.schema.as_deref(), Some(COPY_SCHEMA));
    let without = Conversation {
        kind: None,
        schema: None,
        consent: vec![],
        lang: None,
        recipients: None,
        exported_at: None,
        signature: None,
        ..copy
    };
    let messages = without.messages.into_iter();
    let messages = messages.map(|message| Message { provenance: None, ..message }).collect();
    let read = Conversation::read(&Value::parse(fixture).unwrap());
    assert_eq!(read, Some(Conversation { messages, ..without }));
}

#[test]
fn rectification() {
    let request = RectifyRequest { text: "I live in \"Ulm\"".into() };
    check_request(fixture!("rectify-request.json"), &request, &request.to_json());
    check_reply(fixture!("message-changed.json"), Message::read);
}

#[test]
fn removal() {
    check_reply(fixture!("message-removed.json"), Message::read);
    for state in ["running", "complete", "stopped", "interrupted", "removed"] {
        assert_eq!(MessageState::parse(state).unwrap().name(), state);
    }
}

#[test]
fn restriction() {
    let request = RestrictionRequest { restricted: true };
    check_request(fixture!("restriction-request.json"), &request, &request.to_json());
    let lifted = RestrictionRequest { restricted: false };
    assert_eq!(serde_json::from_str::<RestrictionRequest>(&lifted.to_json()).unwrap(), lifted);
    check_reply(fixture!("restriction.json"), Restriction::read);
    check_reply("{\"ends_at\":1763726400000}", Restriction::read);
}

#[test]
fn review() {
    let request = ReviewRequest { reason: Some(ReviewReason::Wrong) };
    check_request(fixture!("review-request.json"), &request, &request.to_json());
    let silent = ReviewRequest::default();
    assert_eq!(serde_json::from_str::<ReviewRequest>(&silent.to_json()).unwrap(), silent);
    check_reply(fixture!("review.json"), Review::read);
    check_reply("{\"asked_at\":1763640000000}", Review::read);
    for reason in ReviewReason::ALL {
        assert_eq!(ReviewReason::parse(reason.name()), Some(*reason));
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
    }
    for outcome in ReviewOutcome::ALL {
        assert_eq!(ReviewOutcome::parse(outcome.name()), Some(*outcome));
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
    }
}

#[test]
fn problems() {
    let fixture = fixture!("problem.json");
    let problem: Problem = serde_json::from_str(fixture).unwrap();
    assert_eq!(serde_json::to_value(&problem).unwrap().to_string(), compact(fixture));
    let read = Problem::read(&Value::parse(fixture).unwrap());
    assert_eq!(read, Some((Code::RateLimited, Some(7))));
    for code in Code::ALL {
        assert_eq!(Code::parse(code.name()), Some(*code));
        assert!((400..600).contains(&code.status()));
    }
}

#[test]
fn stream_parts() {
    for line in fixture!("stream.jsonl").lines() {
        let part: Part = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_value(&part).unwrap().to_string(), compact(line));
        assert!(Part::read(line) == Some(part), "{line}");
    }
    assert!(Part::read(DONE).is_none());
    assert!(Part::read("{\"type\":\"reasoning-start\",\"id\":\"1\"}").is_none());
}

#[test]
fn site_settings_have_defaults_for_all_but_the_essential() {
    let settings: SiteSettings = serde_json::from_str(fixture!("site-settings.json")).unwrap();
    let full = serde_json::to_value(&settings).unwrap();
    assert_eq!(full["provider"]["kind"], "local");
    assert_eq!(full["idle_seconds"], 86_400);
    assert_eq!(full["budget"]["messages_per_minute"], 20);
    let again: SiteSettings = serde_json::from_value(full.clone()).unwrap();
    assert_eq!(again, settings);
    let mut with_more = full;
    with_more["provider"]["key"] = "x".into();
    assert!(serde_json::from_value::<SiteSettings>(with_more).is_err());
}
