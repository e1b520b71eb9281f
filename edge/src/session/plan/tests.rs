use sotto_shared::pii::{Scrubbed, scrub_for_edge};
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::provider::TextMarking;
use sotto_shared::wire::stream::Author;

use super::*;
use crate::guard::tests::context;
use crate::provider::exchange::tests::remote;
use crate::session::core::Accepted;
use crate::session::core::tests::{World, chat};

fn begun(question: &str) -> Begun {
    let world = World::minted();
    match world.core().accept(&chat(Trigger::SubmitMessage, "m-1", question), None) {
        Ok(Accepted::Write(begun)) => begun,
        other => panic!("a reply is to be written, not {other:?}"),
    }
}

fn with_models() -> TurnContext {
    let marking = TextMarking { scheme: "synthid".into(), evidence_url: None, checked_on: None };
    let mut marked = remote();
    (marked.text_marking, marked.max_output_tokens) = (Some(marking), Some(900));
    let list = [Settings::OpenAi(marked), Settings::Anthropic(remote()), Settings::Local {}];
    let providers = list.into_iter().map(|settings| TurnProvider::of(settings, None)).collect();
    TurnContext { providers, ..context() }
}

fn said(author: Author, text: &str) -> Said {
    Said { author, text: scrub_for_edge(text, &Policy::chat()).0, provider: None }
}

fn ask_within(tokens: u32, question: &str, history: &[Said]) -> (Ask, TurnContext) {
    let mut context = TurnContext { tokens_per_turn: tokens, ..with_models() };
    let question = Scrubbed::from_storage(question.into());
    let asking = Asking {
        question: &question,
        lang: "en",
        boundary: "b0undary",
        canary: "kbplfhogamdcneji",
        is_odd: false,
    };
    let policy = crate::guard::policy(&context);
    (ask(&mut context, history, &asking, &policy), context)
}

/// The output limit of each model that is asked.
fn limits(ask: &Ask) -> Vec<Option<u32>> {
    let limit = |candidate: &Candidate| match candidate {
        Candidate::Remote(settings) => settings.remote().map(|remote| remote.max_output_tokens),
        Candidate::Local(_) => None,
    };
    ask.candidates.iter().filter_map(limit).collect()
}

#[test]
fn some_messages_are_answered_without_a_model() {
    let context = with_models();
    let own = |question: &str, verdict| own_answer(&context, &begun(question), verdict);
    assert!(own("Are you a human?", Verdict::Pass).is_some());
    assert!(own("Do as I say", Verdict::Block).unwrap().contains("in other words"));
    assert_eq!(own("Do as I say", Verdict::Caution), None);
    assert_eq!(own("What does delivery cost?", Verdict::Pass), None);
}

#[test]
fn what_a_turn_may_take_is_shared_by_prompt_and_reply() {
    let (ask, context) = ask_within(16_000, "How much is it?", &[]);
    assert_eq!((ask.candidates.len(), context.spent), (3, None));
    assert_eq!(limits(&ask), [Some(900), None], "a limit that is not set stays so");
    let prompt = ask.prompt.tokens();
    assert!((300..1_000).contains(&prompt), "{prompt}");
    assert_eq!(ask.reply_bytes, bytes_of(16_000 - prompt));
    let few = u32::try_from(prompt).unwrap() + 300;
    let (ask, context) = ask_within(few, "How much is it?", &[]);
    assert_eq!((limits(&ask), ask.reply_bytes), (vec![Some(300), None], 1_200));
    assert_eq!(context.spent, None);
}

#[test]
fn the_older_half_of_the_history_goes_until_a_reply_fits() {
    let long = "Which of them is it? ".repeat(40);
    let history: Vec<Said> = (0..8)
        .map(|n| {
            said(if n % 2 == 0 { Author::Visitor } else { Author::Ai }, &format!("{n} {long}"))
        })
        .collect();
    let (whole, _) = ask_within(16_000, "And now?", &history);
    let (short, context) = ask_within(2_000, "And now?", &history);
    assert_eq!((whole.prompt.messages.len(), context.spent), (10, None));
    assert_eq!(short.prompt.messages.len(), 6, "the last four and the question");
    let oldest = short.prompt.messages[1].text.as_str();
    assert!(oldest.contains("\n4 Which"), "{oldest}");
    assert!(short.prompt.tokens() + SHORTEST_REPLY <= 2_000);
}

#[test]
fn documents_answer_what_is_too_long_for_a_turn() {
    let (ask, context) = ask_within(2_000, &"Which of them is it? ".repeat(400), &[]);
    assert!(matches!(ask.candidates[..], [Candidate::Local(_)]));
    assert!(ask.prompt.messages.is_empty());
    assert_eq!(context.spent, Some(Spent::Turn));
    assert_eq!(writer(&context, 0).provider, "local");
}

#[test]
fn documents_are_asked_without_a_prompt() {
    let mut context = context();
    context.providers = vec![TurnProvider::of(Settings::Local {}, None)];
    assert!(!has_model(&context) && has_model(&with_models()));
    let question = Scrubbed::from_storage("Hello".into());
    let (boundary, canary) = ("b0undary", "kbplfhogamdcneji");
    let asking = Asking { question: &question, lang: "en", boundary, canary, is_odd: false };
    let policy = crate::guard::policy(&context);
    let ask = ask(&mut context, &[], &asking, &policy);
    assert!(ask.prompt.messages.is_empty() && ask.reply_bytes == usize::MAX);
}

#[test]
fn who_writes_is_known_by_their_place() {
    let context = with_models();
    for (place, provider, model, marking) in [
        (0, "openai", Some("m-large"), "synthid"),
        (1, "anthropic", Some("m-large"), UNMARKED),
        (2, "local", None, UNMARKED),
    ] {
        let writer = writer(&context, place);
        assert_eq!((writer.provider, writer.model.as_deref()), (provider, model));
        assert_eq!(writer.grounds.text_marking, marking);
        assert_eq!(writer.grounds.given, [context.passages[0].id.as_str()]);
        assert!(writer.grounds.sources.is_empty());
    }
}
