use core::cell::{Cell, RefCell};
use core::future::poll_fn;
use core::task::Poll;

use futures_util::FutureExt;
use futures_util::stream::{BoxStream, LocalBoxStream, iter, pending};
use sotto_shared::consent::Recipient;
use sotto_shared::pii::{Policy, scrub_for_edge};
use sotto_shared::wire::provider::{Auth, Hundredths, Remote};
use sotto_shared::wire::stream::FinishReason;

use super::*;
use crate::provider::failure::Why;
use crate::provider::http::{Post, Unreachable};
use crate::provider::{PromptMessage, Role, Usage};

mod requests;

mod streams;

type Outcome = Vec<Result<Event, ProviderError>>;
type Piece = Result<Vec<u8>, Unreachable>;
type Body = BoxStream<'static, Piece>;

/// A network that answers by a script, on which time either stands still or has run out.
struct Script {
    answer: RefCell<Option<Result<Answer<Body>, Unreachable>>>,
    /// Spans of at least so many seconds never end; shorter ones are over at once.
    endless_from: u64,
    sent: RefCell<Option<Call>>,
}

impl Script {
    fn pieces(status: u16, pieces: Vec<Piece>) -> Self {
        Self::stream(status, iter(pieces).boxed())
    }

    fn stream(status: u16, body: Body) -> Self {
        Self::answering(Some(Ok(Answer { status, advice: Advice::default(), body })))
    }

    fn answering(answer: Option<Result<Answer<Body>, Unreachable>>) -> Self {
        Self { answer: RefCell::new(answer), endless_from: 0, sent: RefCell::new(None) }
    }
}

impl Http for Script {
    type Body = Body;

    async fn call(&self, call: Call) -> Result<Answer<Body>, Unreachable> {
        *self.sent.borrow_mut() = Some(call);
        let answer = self.answer.borrow_mut().take();
        match answer {
            Some(answer) => answer,
            None => core::future::pending().await,
        }
    }

    async fn sleep(&self, time: Duration) {
        if time.as_secs() >= self.endless_from {
            core::future::pending::<()>().await;
        }
    }
}

/// Settings without anything that may be left out.
pub(crate) fn remote() -> Remote {
    Remote {
        base_url: Some("https://models.example/v1".into()),
        region: None,
        api_version: None,
        model: "m-large".into(),
        auth: Auth::Key,
        key: None,
        key_ends: None,
        max_output_tokens: None,
        temperature: None,
        top_p: None,
        time_outs: TimeOuts::default(),
        data_zone: None,
        text_marking: None,
        recipient: Recipient {
            name: "Model Inc".into(),
            role: "writes".into(),
            place: "EU".into(),
            retention_days: None,
        },
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

fn run_as(settings: &Settings, script: Script) -> (Outcome, Rc<Script>) {
    let script = Rc::new(script);
    let mut exchange = Exchange::new(Rc::clone(&script), settings, "k-secret", &prompt());
    let outcome = async {
        let mut outcome = Outcome::new();
        while let Some(event) = exchange.next().await {
            outcome.push(event);
        }
        outcome
    };
    (outcome.now_or_never().expect("the script never waits"), script)
}

fn run(script: Script) -> Outcome {
    run_as(&Settings::OpenAi(remote()), script).0
}

fn failed(status: u16) -> ProviderError {
    ProviderError::Failed(Failure::of_status(status))
}

#[test]
fn statuses_that_are_not_success_fail_whatever_they_say() {
    for status in [301, 307, 400, 401, 429, 500, 503, 529] {
        let body = b"data: {\"choices\":[{\"delta\":{\"content\":\"secret\"}}]}\n\n";
        assert_eq!(run(Script::pieces(status, vec![Ok(body.to_vec())])), [Err(failed(status))]);
        assert_eq!(run(Script::pieces(status, vec![])), [Err(failed(status))]);
    }
}

#[test]
fn a_refusal_is_read_for_its_reason_and_its_advice() {
    let body = b"{\"error\":{\"code\":\"insuffici".to_vec();
    let rest = b"ent_quota\",\"details\":[{\"retryDelay\":\"2s\"}]}}".to_vec();
    let outcome = run(Script::pieces(429, vec![Ok(body.clone()), Ok(rest.clone())]));
    let advice = Advice { should_retry: None, wait_ms: Some(2_000) };
    let failure = Failure { status: 429, why: Why::Spent, advice };
    assert_eq!(outcome, [Err(ProviderError::Failed(failure))]);
    // The headers outrank the body.
    let advice = Advice { should_retry: Some(false), wait_ms: Some(40) };
    let stream = iter([Ok(body), Ok(rest)]).boxed();
    let script = Script::answering(Some(Ok(Answer { status: 429, advice, body: stream })));
    assert_eq!(run(script), [Err(ProviderError::Failed(Failure { advice, ..failure }))]);
}

#[test]
fn a_refusal_is_not_read_for_ever() {
    let mut script = Script::stream(503, pending().boxed());
    script.endless_from = 31;
    assert_eq!(run(script), [Err(failed(503))]);
    let endless = futures_util::stream::repeat(Ok(vec![b'{'; 1_024])).boxed();
    assert_eq!(run(Script::stream(503, endless)), [Err(failed(503))]);
}

#[test]
fn a_network_that_fails_is_told_apart_from_a_stream_that_breaks() {
    assert_eq!(run(Script::answering(Some(Err(Unreachable)))), [Err(ProviderError::Unreachable)]);
    assert_eq!(run(Script::pieces(200, vec![Err(Unreachable)])), [Err(ProviderError::Cut)]);
    let late =
        b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    let outcome = run(Script::pieces(200, vec![Ok(late.to_vec()), Err(Unreachable)]));
    assert_eq!(outcome, [Ok(Event::Text("Hi".into())), Ok(Event::Finish(FinishReason::Stop))]);
}

/// Each limit is reached where only the longer ones are endless.
#[test]
fn every_wait_has_a_limit_of_its_own() {
    let with = |change: fn(&mut TimeOuts), script: Script| {
        let mut remote = remote();
        remote.time_outs = TimeOuts {
            connect_seconds: 100,
            first_token_seconds: 100,
            between_seconds: 100,
            total_seconds: 100,
        };
        change(&mut remote.time_outs);
        let script = Script { endless_from: 100, ..script };
        run_as(&Settings::OpenAi(remote), script).0
    };
    let text = |text: &str| {
        let chunk = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        Ok(chunk.into_bytes())
    };
    let silent = || Script::answering(None);
    let pings = || Script::stream(200, iter([Ok(b": ping\n\n".to_vec())]).chain(pending()).boxed());
    let begun = || Script::stream(200, iter([text("Hi")]).chain(pending()).boxed());
    let timeout = || Err(ProviderError::Timeout);
    let hi = Ok(Event::Text("Hi".into()));
    assert_eq!(with(|t| t.connect_seconds = 1, silent()), [timeout()]);
    assert_eq!(with(|t| t.first_token_seconds = 1, silent()), [timeout()]);
    assert_eq!(with(|t| t.first_token_seconds = 1, pings()), [timeout()]);
    assert_eq!(with(|t| t.between_seconds = 1, begun()), [hi.clone(), timeout()]);
    assert_eq!(with(|t| t.total_seconds = 1, begun()), [hi, timeout()]);
    assert_eq!(with(|t| t.total_seconds = 1, silent()), [timeout()]);
}

/// A body whose pieces take their time, on a clock that goes on with them.
struct Slow {
    now_ms: Rc<Cell<u64>>,
    pieces: RefCell<Vec<(u64, &'static str)>>,
}

impl Http for Slow {
    type Body = LocalBoxStream<'static, Piece>;

    async fn call(&self, _: Call) -> Result<Answer<Self::Body>, Unreachable> {
        let now = Rc::clone(&self.now_ms);
        let body = iter(self.pieces.take()).then(move |(ms, piece)| {
            let now = Rc::clone(&now);
            let mut polls = 0;
            poll_fn(move |_| {
                polls += 1;
                match polls {
                    // Whoever waits begins to wait.
                    1 => return Poll::Pending,
                    2 => now.set(now.get() + ms),
                    _ => return Poll::Ready(Ok(piece.as_bytes().to_vec())),
                }
                Poll::Pending
            })
        });
        Ok(Answer { status: 200, advice: Advice::default(), body: body.boxed_local() })
    }

    async fn sleep(&self, time: Duration) {
        let until = self.now_ms.get() + u64::try_from(time.as_millis()).unwrap();
        poll_fn(|_| if self.now_ms.get() < until { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

fn run_slowly(pieces: &[(u64, &'static str)], time_outs: TimeOuts) -> Outcome {
    let pieces = RefCell::new(pieces.to_vec());
    let script = Rc::new(Slow { now_ms: Rc::default(), pieces });
    let settings = Settings::OpenAi(Remote { time_outs, ..remote() });
    let mut exchange = Exchange::new(script, &settings, "k", &prompt());
    let mut outcome = Outcome::new();
    loop {
        let mut next = Box::pin(exchange.next());
        let event = core::iter::repeat_with(|| (&mut next).now_or_never()).flatten().next();
        match event.unwrap() {
            Some(event) => outcome.push(event),
            None => return outcome,
        }
    }
}

const HI: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
const ENDED: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
const PING: &str = ": ping\n\n";

/// A reasoning model is silent, or pings, for longer than it may be between two words.
#[test]
fn the_first_word_may_take_longer_than_the_next_one() {
    let time_outs = TimeOuts { first_token_seconds: 45, between_seconds: 30, ..Default::default() };
    let hi = Ok(Event::Text("Hi".into()));
    let slow = [(44_000, HI), (29_000, ENDED)];
    let outcome = run_slowly(&slow, time_outs);
    assert_eq!(outcome, [hi.clone(), hi, Ok(Event::Finish(FinishReason::Stop))]);
    let slower = [(20_000, PING), (26_000, HI)];
    assert_eq!(run_slowly(&slower, time_outs), [Err(ProviderError::Timeout)]);
}

/// Pings keep a connection, and are no words.
#[test]
fn pings_do_not_prolong_the_wait_for_the_next_word() {
    let time_outs = TimeOuts { between_seconds: 30, ..Default::default() };
    let pieces = [(0, HI), (20_000, PING), (11_000, PING), (0, ENDED)];
    let outcome = run_slowly(&pieces, time_outs);
    assert_eq!(outcome, [Ok(Event::Text("Hi".into())), Err(ProviderError::Timeout)]);
}

#[test]
fn whoever_said_that_it_ended_has_ended_though_the_connection_stays() {
    let body = iter([Ok(ENDED.as_bytes().to_vec())]).chain(pending()).boxed();
    let outcome = run(Script { endless_from: u64::MAX, ..Script::stream(200, body) });
    assert_eq!(outcome, [Ok(Event::Text("Hi".into())), Ok(Event::Finish(FinishReason::Stop))]);
}

#[test]
fn an_endless_line_is_refused() {
    let long = vec![b'x'; sotto_shared::limits::SSE_LINE_BYTES + 1];
    assert_eq!(run(Script::pieces(200, vec![Ok(long)])), [Err(failed(200))]);
}
