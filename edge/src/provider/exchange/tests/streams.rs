//! Every oddity of a wire format has a file, which reads the same however it is cut and whatever
//! ends its lines.

use super::*;

const SPENT: ProviderError = ProviderError::Failed(Failure {
    status: 429,
    why: Why::Spent,
    advice: Advice { should_retry: None, wait_ms: None },
});

/// What a stream comes to: the text, the last count of tokens, the end.
type Read = (String, Option<Usage>, Result<FinishReason, ProviderError>);

fn decode(settings: &Settings, pieces: &[&[u8]]) -> Read {
    let mut decoding = Decoding::new(format::reader(settings));
    let decoded = (|| {
        for piece in pieces {
            decoding.push(piece)?;
            if decoding.is_done {
                return Ok(());
            }
        }
        decoding.end()
    })();
    let (mut text, mut usage, mut finish) = (String::new(), None, None);
    for event in decoding.ready {
        assert!(finish.is_none(), "nothing follows the end");
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::Usage(counted) => usage = Some(counted),
            Event::Finish(reason) => finish = Some(reason),
        }
    }
    (text, usage, decoded.map(|()| finish.unwrap()))
}

/// Decodes a stream cut in two at every byte, and byte by byte with every kind of line end; all
/// come to the same.
fn check(
    settings: &Settings,
    stream: &str,
    text: &str,
    usage: Option<(u64, u64)>,
    end: Result<FinishReason, ProviderError>,
) {
    let usage = usage.map(|(input, output)| Usage { input, output });
    let wanted: Read = (text.to_owned(), usage, end);
    let lf = stream.replace("\r\n", "\n").replace('\r', "\n");
    for cut in 0..=stream.len() {
        let (a, b) = stream.as_bytes().split_at(cut);
        assert_eq!(decode(settings, &[a, b]), wanted, "cut at {cut}");
    }
    for stream in [&lf, &lf.replace('\n', "\r\n"), &lf.replace('\n', "\r")] {
        let single: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        assert_eq!(decode(settings, &single), wanted);
    }
}

macro_rules! fixtures {
    ($settings:ident, $folder:literal: $($name:literal => $text:literal, $usage:expr, $end:expr;)+) => {
        let settings = Settings::$settings(remote());
        $(check(
            &settings,
            include_str!(concat!("../../fixtures/", $folder, "/", $name, ".sse")),
            $text,
            $usage,
            $end,
        );)+
    };
}

const STOP: Result<FinishReason, ProviderError> = Ok(FinishReason::Stop);
const LENGTH: Result<FinishReason, ProviderError> = Ok(FinishReason::Length);
const FILTER: Result<FinishReason, ProviderError> = Ok(FinishReason::ContentFilter);
const OTHER: Result<FinishReason, ProviderError> = Ok(FinishReason::Other);
const CUT: Result<FinishReason, ProviderError> = Err(ProviderError::Cut);
const COUNTED: Option<(u64, u64)> = Some((9, 2));

fn error(status: u16) -> Result<FinishReason, ProviderError> {
    Err(failed(status))
}

#[test]
fn anthropics_streams() {
    fixtures! { Anthropic, "anthropic":
        "standard" => "Hellö 😀", COUNTED, STOP;
        "thinking" => "Hello", COUNTED, STOP;
        "refusal" => "Hel", COUNTED, FILTER;
        "length" => "Hel", COUNTED, LENGTH;
        "overloaded" => "Hel", Some((9, 1)), error(529);
        "tool" => "Hel", COUNTED, OTHER;
        "pause" => "Hel", COUNTED, OTHER;
        "window" => "Hel", COUNTED, LENGTH;
        "unknown" => "Hello", COUNTED, STOP;
        "unstopped" => "Hel", COUNTED, STOP;
        "cut" => "Hel", Some((9, 1)), CUT;
    }
}

#[test]
fn chat_completions_and_what_other_servers_make_of_them() {
    fixtures! { OpenAi, "openai":
        "standard" => "Hellö 😀", COUNTED, STOP;
        "refusal" => "I cannot help.", None, STOP;
        "filter" => "Hel", None, FILTER;
        "no-done" => "Hello", None, STOP;
        "bare-done" => "Hello", None, STOP;
        "no-last-line" => "Hello", None, STOP;
        "error" => "Hel", None, error(500);
        "event-error" => "Hel", None, error(200);
        "cut" => "Hel", None, CUT;
        "torn" => "Hel", None, CUT;
        "empty" => "", None, CUT;
    }
    fixtures! { OpenAiCompatible, "openai":
        "compatible" => "Hello", COUNTED, LENGTH;
        "bare-error" => "Hel", None, error(502);
        "only-error" => "", None, error(429);
        "mistral-error" => "", None, error(400);
        "not-streamed" => "Hello", COUNTED, STOP;
        "tool-calls" => "Hel", COUNTED, OTHER;
        "think-tags" => "Hello", COUNTED, STOP;
        "mistral-thinking" => "Hello", COUNTED, STOP;
    }
}

#[test]
fn responses() {
    fixtures! { OpenAiResponses, "openai-responses":
        "standard" => "Hellö 😀", COUNTED, STOP;
        "reasoning" => "Hello", COUNTED, STOP;
        "refusal" => "I cannot help.", COUNTED, STOP;
        "length" => "Hel", COUNTED, LENGTH;
        "filter" => "Hel", COUNTED, FILTER;
        "failed" => "Hel", None, error(500);
        "error" => "Hel", None, error(503);
        "quota" => "", None, Err(SPENT);
        "done" => "Hello", None, STOP;
        "cut" => "Hel", None, CUT;
    }
}

#[test]
fn azures_streams() {
    fixtures! { Azure, "azure":
        "standard" => "Hellö 😀", COUNTED, STOP;
        "filter" => "Hel", None, FILTER;
        "late-filter" => "Hel", None, FILTER;
    }
}

#[test]
fn geminis_streams() {
    fixtures! { Gemini, "gemini":
        "standard" => "Hellö 😀", COUNTED, STOP;
        "lone-cr" => "Hello", COUNTED, STOP;
        "thought" => "Hello", COUNTED, STOP;
        "blocked" => "", Some((9, 0)), FILTER;
        "safety" => "Hel", COUNTED, FILTER;
        "recitation" => "Hel", COUNTED, FILTER;
        "malformed" => "Hel", COUNTED, OTHER;
        "length" => "Hel", COUNTED, LENGTH;
        "error" => "Hel", Some((9, 1)), error(503);
        "data-error" => "Hel", Some((9, 1)), error(429);
        "array" => "", None, error(500);
        "cut" => "Hel", Some((9, 1)), CUT;
    }
}

#[test]
fn both_shapes_of_workers_ai() {
    fixtures! { WorkersAi, "workers-ai":
        "native" => "Hellö 2true", COUNTED, STOP;
        "spent" => "Hel", None, Err(ProviderError::Failed(Failure { why: Why::Spent, ..Failure::of_status(200) }));
        "chat" => "Hello", COUNTED, LENGTH;
        "error" => "Hel", None, error(200);
        "cut" => "Hel", None, CUT;
    }
}
