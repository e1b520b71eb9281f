//! One chunk of a chat completion's stream.
//!
//! A reply has hundreds of them. So each is read in the form that they usually have, which takes no
//! more memory than its words; one that differs is read as whatever JSON it is.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use sotto_shared::redacted_debug;

use super::{FinishReason, Usage, finish_reason};

/// What a chunk says.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The provider has failed.
    pub(super) is_error: bool,
    /// What the reply goes on with.
    pub(super) texts: Vec<String>,
    /// Why it ended.
    pub(super) finish: Option<FinishReason>,
    /// What it took.
    pub(super) usage: Option<Usage>,
}

redacted_debug!(Chunk);

impl Chunk {
    /// Reads a chunk; `None` if it is no JSON.
    pub(super) fn read(data: &str) -> Option<Self> {
        match serde_json::from_str::<Usual<'_>>(data) {
            Ok(usual) if data.trim_start().starts_with('{') => Some(usual.into()),
            Ok(_) | Err(_) => {
                serde_json::from_str::<Value>(data).ok().map(|value| Self::of(&value))
            }
        }
    }

    /// What a chunk of any form says.
    fn of(chunk: &Value) -> Self {
        let mut said = Self {
            is_error: chunk.get("error").is_some_and(|error| !error.is_null())
                || chunk.get("object").and_then(Value::as_str) == Some("error")
                || chunk.get(0).is_some(),
            ..Self::default()
        };
        for choice in chunk.get("choices").and_then(Value::as_array).into_iter().flatten() {
            if choice.get("index").and_then(Value::as_u64).unwrap_or(0) != 0 {
                continue;
            }
            for place in ["/delta/content", "/delta/refusal", "/message/content"] {
                said.texts.extend(choice.pointer(place).into_iter().flat_map(texts));
            }
            if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
                said.finish = Some(finish_reason(reason));
            }
        }
        said.usage = chunk.get("usage").filter(|usage| usage.is_object()).map(|usage| {
            let tokens = |name| usage.get(name).and_then(Value::as_u64).unwrap_or(0);
            Usage { input: tokens("prompt_tokens"), output: tokens("completion_tokens") }
        });
        said
    }
}

/// The texts of a content, which is one or is made of parts; parts of other kinds, thoughts above
/// all, are none.
fn texts(content: &Value) -> Vec<String> {
    let parts = content.as_array().into_iter().flatten();
    let parts = parts.filter(|part| part.get("type").and_then(Value::as_str) == Some("text"));
    let texts = parts.filter_map(|part| part.get("text")).chain([content]);
    texts.filter_map(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// The usual form.
#[derive(Deserialize)]
struct Usual<'a> {
    error: Option<IgnoredAny>,
    #[serde(borrow)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    /// What a server has that knows no streams.
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    refusal: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl From<Usual<'_>> for Chunk {
    fn from(usual: Usual<'_>) -> Self {
        let is_error = usual.error.is_some() || usual.object.as_deref() == Some("error");
        let mut said = Self { is_error, ..Self::default() };
        for choice in usual.choices.into_iter().flatten() {
            if choice.index.unwrap_or(0) != 0 {
                continue;
            }
            let texts = choice.delta.into_iter().flat_map(|delta| [delta.content, delta.refusal]);
            let whole = choice.message.and_then(|message| message.content);
            let texts = texts.chain([whole]).flatten().filter(|text| !text.is_empty());
            said.texts.extend(texts.map(Cow::into_owned));
            if let Some(reason) = choice.finish_reason {
                said.finish = Some(finish_reason(&reason));
            }
        }
        said.usage = usual.usage.map(|tokens| Usage {
            input: tokens.prompt_tokens.unwrap_or(0),
            output: tokens.completion_tokens.unwrap_or(0),
        });
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of reading a chunk say the same.
    fn read(data: &str) -> Chunk {
        let value: Value = serde_json::from_str(data).unwrap();
        let said = Chunk::read(data).unwrap();
        assert_eq!(said, Chunk::of(&value), "{data}");
        said
    }

    fn text(text: &str) -> Chunk {
        Chunk { texts: vec![text.into()], ..Chunk::default() }
    }

    #[test]
    fn the_usual_form_is_read_as_any_other() {
        let usual = r#"{"choices":[{"index":0,"delta":{"content":"Hel\u006co"},"finish_reason":null}],"usage":null}"#;
        assert_eq!(read(usual), text("Hello"));
        assert_eq!(read(r#"{"choices":[{"delta":{"content":"a","refusal":""}}]}"#), text("a"));
        assert_eq!(
            read(r#"{"choices":[{"delta":{"content":null,"refusal":"No."}}]}"#),
            text("No.")
        );
        assert_eq!(
            read(r#"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#),
            Chunk::default()
        );
        let ended =
            r#"{"choices":[{"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":9}}"#;
        assert_eq!(
            read(ended),
            Chunk {
                finish: Some(FinishReason::Length),
                usage: Some(Usage { input: 9, output: 0 }),
                ..Chunk::default()
            }
        );
        assert_eq!(read(r#"{"choices":[{"message":{"content":"whole"}}]}"#), text("whole"));
        assert!(read(r#"{"object":"error","message":"x"}"#).is_error);
        assert!(read(r#"{"error":{"message":"x"}}"#).is_error);
        assert!(read(r#"{"error":false}"#).is_error);
        assert_eq!(read(r#"{"error":null,"choices":null}"#), Chunk::default());
    }

    #[test]
    fn another_form_is_read_for_what_it_says() {
        for odd in [
            r#"{"choices":[{"index":"0","delta":{"content":"a"}}]}"#,
            r#"{"choices":[7,{"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a","refusal":7},"finish_reason":{}}],"usage":[]}"#,
            r#"{"choices":[{"delta":{"content":"a"}}],"choices":[{"delta":{"content":"a"}}]}"#,
        ] {
            assert_eq!(read(odd).texts, ["a"], "{odd}");
        }
        assert_eq!(read("[]"), Chunk::default());
        let parts = r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"x"}]},{"type":"text","text":"a"},{"type":"text","text":""},7]}}]}"#;
        assert_eq!(read(parts).texts, ["a"]);
        assert!(read(r#"[{"error":{"code":503}}]"#).is_error);
        assert!(read(r#"[null,null,null,null]"#).is_error);
        assert_eq!(Chunk::read("{\"choices\":"), None);
    }
}
