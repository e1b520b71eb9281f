use core::cell::RefCell;

use futures_util::FutureExt;
use futures_util::stream::{BoxStream, iter, pending};
use sotto_shared::pii::{Policy, scrub_for_edge};

use super::*;
use crate::provider::http::Unreachable;
use crate::provider::{PromptMessage, Role};

type Outcome = Vec<Result<Event, ProviderError>>;

/// A network that answers by a script, on which time either stands still or has run out.
struct Script {
    answer: RefCell<Option<Answer>>,
    is_late: bool,
    sent: RefCell<Option<Post>>,
}

type Piece = Result<Vec<u8>, Unreachable>;
type Answer = Result<(u16, BoxStream<'static, Piece>), Unreachable>;

impl Script {
    fn pieces(status: u16, pieces: Vec<Piece>) -> Self {
        Self::stream(status, iter(pieces).boxed())
    }

    fn stream(status: u16, pieces: BoxStream<'static, Piece>) -> Self {
        Self {
            answer: RefCell::new(Some(Ok((status, pieces)))),
            is_late: false,
            sent: RefCell::new(None),
        }
    }
}

impl Http for Script {
    type Body = BoxStream<'static, Piece>;

    async fn post(&self, post: Post) -> Result<(u16, Self::Body), Unreachable> {
        *self.sent.borrow_mut() = Some(post);
        let answer = self.answer.borrow_mut().take();
        match answer {
            Some(answer) => answer,
            None => core::future::pending().await,
        }
    }

    async fn sleep(&self, _: Duration) {
        if !self.is_late {
            core::future::pending::<()>().await;
        }
    }
}

fn endpoint() -> Endpoint {
    Endpoint {
        base_url: "https://models.example/v1/".into(),
        model: "m-large".into(),
        key: "k-secret".into(),
    }
}

fn prompt() -> Prompt {
    let message =
        |role, text| PromptMessage { role, text: scrub_for_edge(text, &Policy::chat()).0 };
    Prompt {
        messages: vec![
            message(Role::System, "Be \"brief\"."),
            message(Role::User, "I am jo@example.com"),
            message(Role::Assistant, "Hello."),
            message(Role::User, "And now?"),
        ],
    }
}

fn run(script: Script) -> (Outcome, Rc<Script>) {
    let script = Rc::new(script);
    let mut provider = OpenAi::new(Rc::clone(&script), &endpoint(), &prompt());
    let outcome = async {
        let mut outcome = Outcome::new();
        while let Some(event) = provider.next().await {
            outcome.push(event);
        }
        outcome
    };
    (outcome.now_or_never().expect("the script never waits"), script)
}

/// Runs a stream whole, and cut in two at every byte; all give the same text and the same end.
fn check(stream: &str, text: &str, end: Result<FinishReason, ProviderError>) {
    for cut in 0..stream.len() {
        let (a, b) = stream.as_bytes().split_at(cut);
        let (outcome, _) = run(Script::pieces(200, vec![Ok(a.to_vec()), Ok(b.to_vec())]));
        let mut got = String::new();
        let mut ends = Vec::new();
        for event in outcome {
            match event {
                Ok(Event::Text(piece)) => got.push_str(&piece),
                Ok(Event::Usage(usage)) => assert_eq!((usage.input, usage.output), (9, 2)),
                Ok(Event::Finish(reason)) => ends.push(Ok(reason)),
                Err(error) => ends.push(Err(error)),
            }
        }
        assert_eq!((got.as_str(), ends.as_slice()), (text, [end].as_slice()), "cut at {cut}");
    }
}

#[test]
fn the_request_has_our_roles_and_no_sampling_parameters() {
    let (_, script) = run(Script::pieces(200, vec![]));
    let post = script.sent.take().unwrap();
    assert_eq!(post.url, "https://models.example/v1/chat/completions");
    assert_eq!(post.bearer, "k-secret");
    assert_eq!(
        post.json,
        "{\"model\":\"m-large\",\"messages\":[\
         {\"role\":\"system\",\"content\":\"Be \\\"brief\\\".\"},\
         {\"role\":\"user\",\"content\":\"I am [EMAIL]\"},\
         {\"role\":\"assistant\",\"content\":\"Hello.\"},\
         {\"role\":\"user\",\"content\":\"And now?\"}],\
         \"stream\":true,\"stream_options\":{\"include_usage\":true}}"
    );
}

#[test]
fn secrets_are_not_printed() {
    let endpoint = endpoint();
    let post = Post { url: String::new(), bearer: "k-secret".into(), json: "text".into() };
    let printed = format!("{endpoint:?} {post:?} {:?}", Event::Text("text".into()));
    assert!(!printed.contains("k-secret") && !printed.contains("text"));
}

#[test]
fn reads_the_standard_stream() {
    check(include_str!("fixtures/standard.txt"), "Hellö 😀", Ok(FinishReason::Stop));
}

#[test]
fn reads_what_other_servers_make_of_it() {
    // Comments, CRLF, prompt filter results first, reasoning, usage on the last choice.
    check(include_str!("fixtures/compatible.txt"), "Hello", Ok(FinishReason::Length));
}

#[test]
fn a_missing_done_is_forgiven_and_a_missing_end_is_not() {
    let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    let last = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    check(&format!("{chunk}{last}\n\n"), "Hi", Ok(FinishReason::Stop));
    check(&format!("{chunk}{last}"), "Hi", Ok(FinishReason::Stop));
    check(&format!("{chunk}data: [DONE]\n\n"), "Hi", Ok(FinishReason::Stop));
    check(chunk, "Hi", Err(ProviderError::Cut));
    check(&format!("{chunk}data: {{\"choices\":[{{\"ind"), "Hi", Err(ProviderError::Cut));
}

#[test]
fn an_error_within_the_stream_ends_it() {
    let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    let failed = Err(ProviderError::Failed { status: 200 });
    check(&format!("{chunk}data: {{\"error\":{{\"message\":\"x\"}}}}\n\n"), "Hi", failed);
    check(&format!("{chunk}event: error\ndata: no\n\ndata: [DONE]\n\n"), "Hi", failed);
}

#[test]
fn a_filtered_reply_says_so() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n\
                  data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n\
                  data: [DONE]\n\n";
    check(stream, "Hi", Ok(FinishReason::ContentFilter));
}

#[test]
fn nothing_after_the_end_is_read() {
    let stream = "data: [DONE]\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"late\"}}]}\n\n";
    check(stream, "", Ok(FinishReason::Stop));
}

#[test]
fn statuses_that_are_not_success_fail_whatever_they_say() {
    for status in [301, 307, 400, 401, 429, 500, 503] {
        let body = b"data: {\"choices\":[{\"delta\":{\"content\":\"secret\"}}]}\n\n";
        let (outcome, _) = run(Script::pieces(status, vec![Ok(body.to_vec())]));
        assert_eq!(outcome, [Err(ProviderError::Failed { status })]);
    }
}

#[test]
fn a_network_that_fails_is_told_apart_from_a_stream_that_breaks() {
    let mut script = Script::pieces(200, vec![]);
    script.answer = RefCell::new(Some(Err(Unreachable)));
    assert_eq!(run(script).0, [Err(ProviderError::Unreachable)]);
    assert_eq!(run(Script::pieces(200, vec![Err(Unreachable)])).0, [Err(ProviderError::Cut)]);
}

#[test]
fn silence_is_a_timeout_before_and_within_the_stream() {
    let silent = Script { answer: RefCell::new(None), is_late: true, sent: RefCell::new(None) };
    assert_eq!(run(silent).0, [Err(ProviderError::Timeout)]);
    let first = Ok(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n".to_vec());
    let mut script = Script::stream(200, iter([first]).chain(pending()).boxed());
    script.is_late = true;
    let (outcome, _) = run(script);
    assert_eq!(outcome, [Ok(Event::Text("Hi".into())), Err(ProviderError::Timeout)]);
}

#[test]
fn an_endless_line_is_refused() {
    let long = vec![b'x'; sotto_shared::limits::SSE_LINE_BYTES + 1];
    let (outcome, _) = run(Script::pieces(200, vec![Ok(long)]));
    assert_eq!(outcome, [Err(ProviderError::Failed { status: 200 })]);
}
