//! Holds docs/copy.schema.json to what is written: as much of JSON Schema as it uses, and one rule
//! more, that every member is described.

use serde_json::Value;
use sotto_shared::wire::conversation::{Conversation, Message, MessageState};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/copy.schema.json")).unwrap()
}

/// Everything about a value that its schema does not allow.
fn faults(root: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fault = |what: &str| found.push(format!("{place}: {what}"));
    for (keyword, wanted) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "items" | "properties"
            | "$ref" => {}
            "type" => {
                let fits = match wanted.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    other => panic!("{other} is not a type that the schema uses"),
                };
                if !fits {
                    fault("another type");
                }
            }
            "const" if value != wanted => fault("another constant"),
            "enum" if !wanted.as_array().unwrap().contains(value) => fault("another word"),
            "minimum" if value.as_i64() < wanted.as_i64() => fault("too small"),
            "pattern" => {
                // `^[0-9a-f]{n}$` is all that is used.
                let count = wanted.as_str().unwrap().strip_prefix("^[0-9a-f]{").unwrap();
                let count: usize = count.strip_suffix("}$").unwrap().parse().unwrap();
                let text = value.as_str().unwrap_or_default();
                let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
                if text.len() != count || !text.bytes().all(is_hex) {
                    fault("another form");
                }
            }
            "required" => {
                for name in wanted.as_array().unwrap() {
                    if value.get(name.as_str().unwrap()).is_none() {
                        fault(&format!("{name} is missing"));
                    }
                }
            }
            "const" | "enum" | "minimum" => {}
            other => panic!("{other} is not a keyword that this test knows"),
        }
    }
    if let Some(name) = schema.get("$ref") {
        let pointer = name.as_str().unwrap().strip_prefix('#').unwrap();
        found.extend(faults(root, root.pointer(pointer).unwrap(), value, place));
    }
    if let Some(items) = schema.get("items") {
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            found.extend(faults(root, items, item, &format!("{place}[{at}]")));
        }
    }
    if let Some(known) = schema.get("properties") {
        for (name, member) in value.as_object().into_iter().flatten() {
            let place = format!("{place}.{name}");
            match known.get(name) {
                Some(schema) => found.extend(faults(root, schema, member, &place)),
                None => found.push(format!("{place}: it is not described")),
            }
        }
    }
    found
}

/// A member that is new does not compile here: it has to be in [`full`](super::tests::full) and in
/// the schema, and docs/copy.md has to say what it is.
#[test]
fn every_member_is_in_the_example() {
    let Conversation {
        kind,
        schema,
        conversation: _,
        lang,
        created_at: _,
        ends_at: _,
        notice: _,
        chat: _,
        purposes: _,
        objections: _,
        consent,
        restricted_at,
        review,
        hold,
        messages,
        recipients,
        exported_at,
        signature,
    } = super::tests::full();
    assert!(kind.is_some() && schema.is_some() && lang.is_some() && exported_at.is_some());
    assert!(restricted_at.is_some() && review.is_some() && hold.is_some() && signature.is_some());
    assert!(!consent.is_empty() && recipients.is_some_and(|some| !some.is_empty()));
    let with = |has: fn(&Message) -> bool| assert!(messages.iter().any(has));
    with(|Message { reply_to, provider, model, .. }| {
        reply_to.is_some() && provider.is_some() && model.is_some()
    });
    with(|Message { answers_earlier_text, sources, provenance, .. }| {
        *answers_earlier_text && !sources.is_empty() && provenance.is_some()
    });
    with(|Message { changed_at, .. }| changed_at.is_some());
    with(
        |Message {
             id: _,
             author: _,
             text: _,
             at: _,
             state,
             removed_at,
             reply_to: _,
             answers_earlier_text: _,
             changed_at: _,
             sources: _,
             provider: _,
             model: _,
             provenance: _,
         }| { *state == MessageState::Removed && removed_at.is_some() },
    );
}

#[test]
fn a_copy_is_what_its_schema_says() {
    let schema = schema();
    let copy = serde_json::to_value(super::tests::full()).unwrap();
    assert_eq!(faults(&schema, &schema, &copy, "copy"), Vec::<String>::new());
    assert_eq!(schema["$id"], sotto_shared::wire::conversation::COPY_SCHEMA);
    let states = MessageState::ALL.map(MessageState::name);
    assert_eq!(schema["$defs"]["message"]["properties"]["state"]["enum"], Value::from(&states[..]));
}

#[test]
fn what_is_no_copy_is_found() {
    let schema = schema();
    for (pointer, value) in [
        ("/kind", Value::from("erasure_receipt")),
        ("/conversation", Value::from("0A".repeat(32))),
        ("/created_at", Value::from(-1)),
        ("/messages/0/author", Value::from("nobody")),
        ("/messages/1/provenance/generated_by_ai", Value::from(false)),
        ("/consent/0/state", Value::Null),
        ("/recipients/0/name", Value::from(7)),
    ] {
        let mut copy = serde_json::to_value(super::tests::full()).unwrap();
        *copy.pointer_mut(pointer).unwrap() = value;
        assert_eq!(faults(&schema, &schema, &copy, "copy").len(), 1, "{pointer}");
    }
    let mut copy = serde_json::to_value(super::tests::full()).unwrap();
    copy.as_object_mut().unwrap().remove("signature");
    copy["messages"][0]["new"] = Value::from(1);
    let found = faults(&schema, &schema, &copy, "copy");
    assert_eq!(
        found,
        ["copy: \"signature\" is missing", "copy.messages[0].new: it is not described"]
    );
}
