use core::cell::RefCell;

use futures_util::stream::{BoxStream, StreamExt, iter, pending};
use sotto_shared::wire::provider::{Remote, TimeOuts};

use super::*;
use crate::provider::exchange::tests::remote;
use crate::provider::failure::{Advice, Failure, Why};
use crate::provider::http::{Answer, Call, Unreachable};

const HI: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
const END: &str =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
const FILTERED: &str =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n";

type Body = BoxStream<'static, Result<Vec<u8>, Unreachable>>;

/// What one call meets.
#[derive(Clone, Copy)]
enum Fate {
    Refused(u16, &'static str),
    Replies(&'static [&'static str]),
    RepliesAndHangs(&'static [&'static str]),
    Unreachable,
}

/// A network on which each call meets its fate; spans are over at once, but patience lasts for
/// `patient` looks at it, and a body's silence lasts longer than its limit.
struct Fates {
    fates: RefCell<VecDeque<Fate>>,
    models: RefCell<Vec<String>>,
    waits: RefCell<Vec<u64>>,
    is_patient: bool,
}

impl Http for Fates {
    type Body = Body;

    async fn call(&self, call: Call) -> Result<Answer<Body>, Unreachable> {
        let Call::Post(post) = call else { panic!("over the network") };
        let json: serde_json::Value = serde_json::from_str(&post.json).unwrap();
        self.models.borrow_mut().push(json["model"].as_str().unwrap().to_owned());
        let pieces = |pieces: &'static [&'static str]| {
            iter(pieces).map(|piece| Ok(piece.as_bytes().to_vec()))
        };
        let (status, body): (_, Body) = match self.fates.borrow_mut().pop_front().unwrap() {
            Fate::Unreachable => return Err(Unreachable),
            Fate::Refused(status, body) => (status, iter([Ok(body.as_bytes().to_vec())]).boxed()),
            Fate::Replies(texts) => (200, pieces(texts).boxed()),
            Fate::RepliesAndHangs(texts) => (200, pieces(texts).chain(pending()).boxed()),
        };
        Ok(Answer { status, advice: Advice::default(), body })
    }

    async fn sleep(&self, time: Duration) {
        let is_limit = time >= Duration::from_secs(20);
        if time == PATIENCE {
            if self.is_patient {
                core::future::pending::<()>().await;
            }
        } else if !is_limit {
            self.waits.borrow_mut().push(u64::try_from(time.as_millis()).unwrap());
        } else if time == Duration::from_secs(TimeOuts::default().total_seconds.into()) {
            // The whole has time enough; for a word that does not come there is none.
            core::future::pending::<()>().await;
        }
    }
}

struct Outcome {
    place: usize,
    text: String,
    end: Result<FinishReason, ProviderError>,
    models: Vec<String>,
    waits: Vec<u64>,
    tried: Vec<(usize, bool)>,
    lost: Taken,
    is_answered: bool,
}

fn run(fates: &[Fate], candidates: Vec<Candidate>, is_patient: bool) -> Outcome {
    let http = Rc::new(Fates {
        fates: RefCell::new(fates.iter().copied().collect()),
        models: RefCell::default(),
        waits: RefCell::default(),
        is_patient,
    });
    let prompt = Prompt { messages: Vec::new() };
    let mut chain = Chain::new(Rc::clone(&http), prompt, candidates, 7);
    let outcome = async {
        let place = chain.settle().await;
        let mut text = String::new();
        let end = loop {
            match chain.next().await {
                Some(Ok(Event::Text(piece))) => text.push_str(&piece),
                Some(Ok(Event::Usage(_))) => {}
                Some(Ok(Event::Finish(reason))) => break Ok(reason),
                Some(Err(error)) => break Err(error),
                None => panic!("it has an end"),
            }
        };
        assert!(chain.next().await.is_none(), "nothing follows the end");
        (place, text, end)
    };
    let (place, text, end) = outcome.now_or_never().expect("the script never waits");
    assert!(http.fates.borrow().is_empty(), "every fate was met");
    Outcome {
        place,
        text,
        end,
        models: http.models.take(),
        waits: http.waits.take(),
        tried: chain.take_tried().iter().map(|tried| (tried.place, tried.works)).collect(),
        lost: chain.lost(),
        is_answered: chain.is_answered(),
    }
}

fn model(name: &str) -> Candidate {
    Candidate::Remote(Box::new(Settings::OpenAi(Remote { model: name.into(), ..remote() })))
}

fn two() -> Vec<Candidate> {
    vec![model("a"), model("b")]
}

fn with_local() -> Vec<Candidate> {
    vec![model("a"), model("b"), Candidate::Local(Local::text("from documents".into()))]
}

#[test]
fn the_first_that_answers_writes_the_reply() {
    let outcome = run(&[Fate::Replies(&[HI, END])], two(), true);
    assert_eq!(
        (outcome.place, outcome.text.as_str(), outcome.end),
        (0, "Hi", Ok(FinishReason::Stop))
    );
    assert_eq!((outcome.models, outcome.tried), (vec!["a".to_owned()], vec![(0, true)]));
}

#[test]
fn a_provider_that_recovers_keeps_the_reply() {
    let outcome = run(&[Fate::Refused(503, ""), Fate::Replies(&[HI, END])], two(), true);
    assert_eq!((outcome.place, outcome.text.as_str()), (0, "Hi"));
    assert_eq!((outcome.waits, outcome.tried), (vec![507], vec![(0, true)]));
}

#[test]
fn the_next_one_answers_for_one_that_fails() {
    for first in [
        &[Fate::Unreachable, Fate::Unreachable][..],
        &[Fate::Refused(529, "{}"), Fate::Unreachable],
        &[Fate::Replies(&[]), Fate::Replies(&[": ping\n\n"])],
        &[Fate::RepliesAndHangs(&[": ping\n\n"])],
        &[Fate::Refused(429, "{\"error\":{\"code\":\"insufficient_quota\"}}")],
        &[Fate::Replies(&["data: {\"error\":{\"code\":503}}\n\n"]), Fate::Refused(500, "x")],
    ] {
        let mut fates = first.to_vec();
        fates.push(Fate::Replies(&[HI, END]));
        let outcome = run(&fates, two(), true);
        assert_eq!((outcome.place, outcome.text.as_str()), (1, "Hi"));
        assert_eq!(outcome.models.last().map(String::as_str), Some("b"));
        assert_eq!(outcome.tried, [(0, false), (1, true)]);
    }
}

#[test]
fn what_was_refused_costs_nothing() {
    let refused = run(&[Fate::Refused(401, "")], vec![model("a")], true);
    assert_eq!((refused.lost, refused.is_answered), (Taken::default(), false));
    let answered = run(&[Fate::Replies(&[HI, END])], two(), true);
    assert_eq!((answered.lost, answered.is_answered), (Taken::default(), true));
}

#[test]
fn what_broke_off_or_fell_silent_took_its_prompt() {
    const COUNTED: &str =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\n";
    let hi = Fate::Replies(&[HI, END]);
    for (lost, taken) in [
        (&[Fate::Replies(&[": ping\n\n"]); 2][..], Taken { tokens: 0, prompts: 2 }),
        (&[Fate::Replies(&[END])], Taken { tokens: 0, prompts: 1 }),
        (&[Fate::Replies(&[COUNTED, END])], Taken { tokens: 11, prompts: 0 }),
        (&[Fate::Unreachable, Fate::Refused(503, "")], Taken::default()),
    ] {
        let fates = [lost, &[hi]].concat();
        let outcome = run(&fates, two(), true);
        assert_eq!((outcome.place, outcome.lost), (1, taken));
    }
}

/// A visitor can ask for silence; that opens nobody's breaker.
#[test]
fn whoever_has_nothing_to_say_is_not_asked_again_and_works() {
    const LENGTH: &str =
        "data: {\"choices\":[{\"delta\":{\"reasoning\":\"x\"},\"finish_reason\":\"length\"}]}\n\n";
    for silence in [Fate::Replies(&[END]), Fate::Replies(&[LENGTH])] {
        let fates = [silence, Fate::Replies(&[HI, END])];
        let outcome = run(&fates, two(), true);
        assert_eq!((outcome.place, outcome.text.as_str()), (1, "Hi"));
        assert_eq!(outcome.tried, [(0, true), (1, true)]);
    }
    let outcome = run(&[Fate::Replies(&[END])], vec![model("a")], true);
    assert_eq!((outcome.end, outcome.tried), (Err(ProviderError::Silent), vec![(0, true)]));
}

#[test]
fn whoever_was_not_asked_has_not_failed() {
    let slow = Fate::RepliesAndHangs(&[": ping\n\n"]);
    let outcome = run(&[slow], two(), false);
    assert_eq!((outcome.end, outcome.tried), (Err(ProviderError::Timeout), vec![(0, false)]));
}

#[test]
fn documents_answer_when_the_last_model_was_too_slow() {
    let slow = Fate::RepliesAndHangs(&[": ping\n\n"]);
    let candidates = vec![model("a"), Candidate::Local(Local::text("from documents".into()))];
    let outcome = run(&[slow], candidates, false);
    assert_eq!((outcome.place, outcome.text.as_str()), (1, "from documents"));
}

#[test]
fn documents_answer_when_no_model_does() {
    let fates = [Fate::Unreachable; 4];
    let outcome = run(&fates, with_local(), true);
    assert_eq!((outcome.place, outcome.text.as_str()), (2, "from documents"));
    assert_eq!(
        (outcome.end, outcome.tried),
        (Ok(FinishReason::Stop), vec![(0, false), (1, false)])
    );
}

#[test]
fn nobody_else_is_asked_what_one_will_not_answer() {
    let filter = "{\"error\":{\"code\":\"content_filter\"}}";
    for fate in [Fate::Refused(400, filter), Fate::Refused(400, "{}"), Fate::Refused(401, "")] {
        let outcome = run(&[fate], with_local(), true);
        assert_eq!((outcome.place, outcome.models.len()), (0, 1));
        assert!(matches!(outcome.end, Err(ProviderError::Failed(_))));
        assert_eq!(outcome.tried, [(0, true)]);
    }
    let outcome = run(&[Fate::Replies(&[FILTERED])], with_local(), true);
    assert_eq!((outcome.place, outcome.text.as_str()), (0, ""));
    assert_eq!(outcome.end, Ok(FinishReason::ContentFilter));
}

/// The guard, or a limit, may end a reply before its provider does.
#[test]
fn whoever_has_said_a_word_works_though_nobody_hears_its_end() {
    let http = Rc::new(Fates {
        fates: RefCell::new([Fate::Unreachable, Fate::Unreachable, Fate::Replies(&[HI])].into()),
        models: RefCell::default(),
        waits: RefCell::default(),
        is_patient: true,
    });
    let mut chain = Chain::new(http, Prompt { messages: Vec::new() }, two(), 7);
    assert_eq!(chain.settle().now_or_never(), Some(1));
    assert_eq!(chain.take_tried(), [Tried { place: 0, works: false }]);
    assert!(matches!(chain.next().now_or_never(), Some(Some(Ok(Event::Text(_))))));
    assert_eq!(chain.take_tried(), [Tried { place: 1, works: true }]);
}

/// Its failure was told before, and is not told again with the reply's end.
#[test]
fn a_failure_is_noted_once() {
    let fates = RefCell::new([Fate::Refused(401, "")].into());
    let (models, waits) = (RefCell::default(), RefCell::default());
    let http = Rc::new(Fates { fates, models, waits, is_patient: true });
    let mut chain = Chain::new(http, Prompt { messages: Vec::new() }, vec![model("a")], 7);
    assert_eq!(chain.settle().now_or_never(), Some(0));
    assert_eq!(chain.take_tried(), [Tried { place: 0, works: true }]);
    assert!(matches!(chain.next().now_or_never(), Some(Some(Err(_)))));
    assert_eq!(chain.take_tried(), []);
}

#[test]
fn after_the_first_word_there_is_no_other() {
    const OVERLOADED: &str = "data: {\"error\":{\"type\":\"overloaded_error\"}}\n\n";
    let failure = Failure { status: 529, why: Why::Other, advice: Advice::default() };
    for (fate, error) in [
        (Fate::Replies(&[HI]), ProviderError::Cut),
        (Fate::RepliesAndHangs(&[HI]), ProviderError::Timeout),
        (Fate::Replies(&[HI, OVERLOADED]), ProviderError::Failed(failure)),
    ] {
        let outcome = run(&[fate], with_local(), true);
        assert_eq!((outcome.place, outcome.text.as_str()), (0, "Hi"));
        assert_eq!((outcome.end, outcome.tried), (Err(error), vec![(0, false)]));
    }
}

#[test]
fn the_last_ones_failure_is_the_replys() {
    let outcome = run(&[Fate::Unreachable, Fate::Unreachable], vec![model("a")], true);
    assert_eq!((outcome.place, outcome.end), (0, Err(ProviderError::Unreachable)));
    let spent = "{\"error\":{\"code\":\"insufficient_quota\"}}";
    let outcome = run(&[Fate::Refused(429, spent)], vec![model("a")], true);
    assert_eq!((outcome.models.len(), outcome.waits.len()), (1, 0));
}

#[test]
fn a_visitor_who_waited_long_gets_the_documents_or_an_end() {
    let outcome = run(&[Fate::Unreachable], with_local(), false);
    assert_eq!((outcome.place, outcome.text.as_str()), (2, "from documents"));
    assert_eq!(run(&[Fate::Unreachable], two(), false).end, Err(ProviderError::Unreachable));
}

#[test]
fn a_list_without_anybody_fails() {
    assert_eq!(run(&[], Vec::new(), true).end, Err(ProviderError::Unreachable));
}
