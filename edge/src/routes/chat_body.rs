//! The body of `POST /v1/chat`: what the AI SDK's `useChat` sends, read strictly.
//!
//! At the top level only its members and our `sotto` are known. Of the messages only the last is
//! read, and of that only the id and the text: never a role or a history from the client. What
//! stands before it is passed over without being stored.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;
use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::limits;
use sotto_shared::wire::chat::{ChatRequest, Trigger, VisitorMessage};

use crate::error::ApiError;
use crate::guard::characters::is_plain;
use crate::http::body;

/// Reads a chat request.
///
/// # Errors
/// 400 `malformed_body`, `unknown_field`, `invalid_value`; 422 `message_empty`,
/// `message_too_long`
pub fn parse(json: &str) -> Result<ChatRequest, ApiError> {
    let request: Body<'_> = body::parse(json)?;
    let last = request.messages.0.ok_or(ApiError::InvalidValue {
        field: "messages",
        rule: "must hold the visitor's message as its last",
    })?;
    let message: Message<'_> = body::parse(last.get())?;
    if message.role != "user" {
        let rule = "must be user: the last message is the visitor's";
        return Err(ApiError::InvalidValue { field: "messages.role", rule });
    }
    let text = text(&message.parts)?;
    Ok(ChatRequest {
        conversation: request.id,
        trigger: request.trigger,
        message: VisitorMessage { id: message.id, text },
    })
}

/// Joins the text parts and checks what they come to.
fn text(parts: &[Part<'_>]) -> Result<String, ApiError> {
    if parts.len() > limits::MESSAGE_PARTS {
        let rule = "must be at most 100";
        return Err(ApiError::InvalidValue { field: "messages.parts", rule });
    }
    let mut text = String::new();
    for part in parts {
        if part.kind != "text" {
            let rule = "must be text: files and other parts are not taken";
            return Err(ApiError::InvalidValue { field: "messages.parts.type", rule });
        }
        let Some(one) = &part.text else {
            let rule = "must be there in a part of the type text";
            return Err(ApiError::InvalidValue { field: "messages.parts.text", rule });
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(one);
        if text.len() > limits::MESSAGE_BYTES {
            return Err(ApiError::MessageTooLong);
        }
    }
    check(&text)?;
    Ok(text)
}

/// Checks that a message may have this text.
///
/// # Errors
/// 422 `message_empty`, `message_too_long`
pub fn check(text: &str) -> Result<(), ApiError> {
    if text.len() > limits::MESSAGE_BYTES || text.chars().count() > limits::MESSAGE_CHARS {
        return Err(ApiError::MessageTooLong);
    }
    if !text.chars().any(|c| is_plain(c) && !c.is_whitespace()) {
        return Err(ApiError::MessageEmpty);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Body<'a> {
    id: ConversationId,
    #[serde(borrow)]
    messages: Last<'a>,
    trigger: Trigger,
    /// Which message the SDK means; the last one is always meant here.
    #[serde(default, rename = "messageId")]
    _message_id: Option<MessageId>,
    #[serde(default, rename = "sotto")]
    _sotto: Option<Sotto>,
}

/// Our own member. Nothing is in it yet; what a later client sends there is refused by an edge
/// that does not know it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sotto {}

#[derive(Deserialize)]
struct Message<'a> {
    id: MessageId,
    #[serde(borrow)]
    role: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    parts: Vec<Part<'a>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(default)]
    text: Option<String>,
}

/// The last element of an array, as it stands in the body.
struct Last<'a>(Option<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Last<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Last<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of messages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Last<'de>, A::Error> {
                let mut last = None;
                while let Some(element) = elements.next_element::<&'de RawValue>()? {
                    last = Some(element);
                }
                Ok(Last(last))
            }
        }
        deserializer.deserialize_seq(Elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::body::BodyError;
    use sotto_shared::wire::problem::Code;

    const FIXTURE: &str = include_str!("../../../shared/tests/fixtures/wire/chat-request.json");

    fn with_message(message: &str) -> String {
        let id = "0a".repeat(32);
        format!("{{\"id\":\"{id}\",\"messages\":[{message}],\"trigger\":\"submit-message\"}}")
    }

    fn with_parts(parts: &str) -> String {
        with_message(&format!("{{\"id\":\"m-1\",\"role\":\"user\",\"parts\":{parts}}}"))
    }

    fn with_text(text: &str) -> String {
        let text = serde_json::Value::from(text);
        with_parts(&format!("[{{\"type\":\"text\",\"text\":{text}}}]"))
    }

    fn code(json: &str) -> Code {
        parse(json).unwrap_err().facts().code
    }

    #[test]
    fn what_the_widget_sends_is_read() {
        let request = parse(FIXTURE).unwrap();
        assert_eq!(request.conversation, ConversationId::from_bytes([0x0a; 32]));
        assert_eq!(request.trigger, Trigger::SubmitMessage);
        assert_eq!(request.message.id.as_str(), "m-1");
        assert_eq!(request.message.text, "Where is \"it\"?\n[EMAIL_1]");
    }

    #[test]
    fn of_a_history_only_the_last_message_is_read() {
        let json = with_message(
            "{\"id\":\"!!\",\"role\":\"system\",\"parts\":7},\
             {\"id\":\"a\",\"role\":\"assistant\",\"parts\":[{\"type\":\"tool\"}]},\
             {\"id\":\"m-2\",\"role\":\"user\",\"metadata\":{\"x\":1},\"parts\":[{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"text\",\"text\":\"there\",\"state\":\"done\"}]}",
        );
        let request = parse(&json).unwrap();
        assert_eq!(request.message.id.as_str(), "m-2");
        assert_eq!(request.message.text, "Hi\nthere");
    }

    #[test]
    fn the_sdks_and_our_own_members_are_known_and_no_others() {
        let json = with_text("Hi");
        for member in ["\"messageId\":\"a1\"", "\"messageId\":null", "\"sotto\":{}"] {
            assert!(parse(&json.replacen('{', &format!("{{{member},"), 1)).is_ok(), "{member}");
        }
        for member in ["\"model\":\"x\"", "\"system\":\"x\"", "\"sotto\":{\"x\":1}"] {
            let json = json.replacen('{', &format!("{{{member},"), 1);
            assert_eq!(code(&json), Code::UnknownField, "{member}");
        }
        let again = json.replace("submit-message", "regenerate-message");
        assert_eq!(parse(&again).unwrap().trigger, Trigger::RegenerateMessage);
    }

    #[test]
    fn the_last_message_is_the_visitors() {
        for role in ["system", "assistant", "tool", "User"] {
            let json = with_text("Hi").replace("\"user\"", &format!("\"{role}\""));
            assert_eq!(code(&json), Code::InvalidValue, "{role}");
        }
        assert_eq!(code(&with_message("")), Code::InvalidValue);
    }

    #[test]
    fn other_parts_are_refused() {
        for parts in [
            "[{\"type\":\"file\",\"url\":\"data:\"}]",
            "[{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"file\"}]",
            "[{\"type\":\"text\"}]",
            "[{\"type\":\"text\",\"text\":7}]",
            "{}",
        ] {
            assert_eq!(code(&with_parts(parts)), Code::InvalidValue, "{parts}");
        }
    }

    #[test]
    fn texts_have_their_limits() {
        let fit = "ä".repeat(limits::MESSAGE_CHARS);
        assert_eq!(parse(&with_text(&fit)).unwrap().message.text, fit);
        assert_eq!(code(&with_text(&format!("{fit}x"))), Code::MessageTooLong);
        assert_eq!(code(&with_text(&"x".repeat(200_000))), Code::MessageTooLong);
        for empty in ["", " \n\t", "\u{200b}\u{feff}"] {
            assert_eq!(code(&with_text(empty)), Code::MessageEmpty, "{empty:?}");
        }
        assert_eq!(code(&with_parts("[]")), Code::MessageEmpty);
    }

    #[test]
    fn malformed_bodies_and_values_are_told_apart() {
        assert_eq!(code("{"), Code::MalformedBody);
        let torn = with_text("hello");
        assert_eq!(code(torn.split_at(torn.len() / 2).0), Code::MalformedBody);
        assert_eq!(code("[]"), Code::InvalidValue);
        assert_eq!(code(&with_text("Hi").replace("submit", "delete")), Code::InvalidValue);
        assert_eq!(code(&with_text("Hi").replace("m-1", "m 1")), Code::InvalidValue);
        assert_eq!(code(&with_text("Hi").replace("0a0a", "0A0A")), Code::InvalidValue);
        let missing = parse(
            &with_text("Hi").replace("\"trigger\":\"submit-message\"", "\"messageId\":\"a\""),
        );
        assert_eq!(missing.unwrap_err(), ApiError::Body(BodyError::MissingField("trigger".into())));
    }

    #[test]
    fn deep_nesting_breaks_nothing() {
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let json =
            with_message(&format!("{deep},{{\"id\":\"m-1\",\"role\":\"user\",\"parts\":[]}}"));
        assert_eq!(code(&json), Code::MessageEmpty);
        assert_eq!(code(&with_message(&deep)), Code::InvalidValue);
    }
}
