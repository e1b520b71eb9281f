use super::*;
use crate::auth::keyring::test_keyring;
use crate::session::command::{Chat, Lifetimes, Mint, SessionTerms};
use crate::session::core::CoreError::Refused;
use crate::session::core::tests::{World, chat, scrubbed, writer};
use crate::session::core::{Accepted, Begun};
use crate::session::record::{End, Grounds};
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::rights::ReviewReason;
use sotto_shared::wire::stream::{FinishReason, Source};

const DONE: End = End { state: MessageState::Complete, finish: FinishReason::Stop, problem: None };
const DAY_MS: u64 = 86_400_000;

fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

fn accept(world: &World, message: &str, text: &str) -> Result<Accepted, CoreError> {
    world.core().accept(&chat(Trigger::SubmitMessage, message, text), None)
}

/// Accepts a message and writes its reply, with a source.
fn exchange(world: &World, message: &str, text: &str, reply: &str) -> Begun {
    let Accepted::Write(begun) = accept(world, message, text).unwrap() else {
        panic!("a reply is to be written");
    };
    let source = Source {
        source_id: "a#b".into(),
        media_type: "text/plain".into(),
        title: "A".into(),
        filename: None,
    };
    world.core().begin(&begun, &writer("openai", Some("m-large"))).unwrap();
    world
        .core()
        .end(&begun.reply, &scrubbed(reply), Some(&Grounds::of(vec![source])), DONE)
        .unwrap();
    begun
}

fn rectify(world: &World, message: &str, text: &str) -> Result<Exercised<Message>, CoreError> {
    rectify_while(world, message, text, None)
}

fn rectify_while(
    world: &World,
    message: &str,
    text: &str,
    running: Option<&MessageId>,
) -> Result<Exercised<Message>, CoreError> {
    let command = Rectify { caller: world.caller(), message: id(message), text: scrubbed(text) };
    world.core().rectify(&command, running)
}

fn remove(world: &World, message: &str) -> Result<Exercised<Message>, CoreError> {
    world.core().remove(&Remove { caller: world.caller(), message: id(message) })
}

fn restrict(world: &World, restricted: bool) -> Exercised<Restriction> {
    world.core().restrict(&Restrict { caller: world.caller(), restricted }).unwrap()
}

fn ask(world: &World, reason: Option<ReviewReason>) -> Exercised<Review> {
    world.core().ask_review(&AskReview { caller: world.caller(), reason }).unwrap()
}

fn refusal<T: core::fmt::Debug>(result: Result<T, CoreError>) -> SessionError {
    match result {
        Err(Refused(error)) => error,
        other => panic!("it is refused, not {other:?}"),
    }
}

fn read(world: &World) -> Conversation {
    world.read().unwrap()
}

/// When the alarm is to end the conversation.
fn planned_end(world: &World) -> u64 {
    let rows = world.sql.exec("SELECT at FROM due WHERE kind = 'end'", &[]).unwrap();
    rows[0][0].unsigned().unwrap()
}

// Rectification

#[test]
fn a_rectified_message_has_its_new_text_and_nothing_of_the_old() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "I live in Ulm-Wiblingen", "Noted");
    world.clock.advance(5);
    let done = rectify(&world, "m-1", "I live in Bonn").unwrap();
    assert!(done.is_new);
    assert_eq!(done.reply.text, "I live in Bonn");
    assert_eq!(done.reply.changed_at, Some(world.clock.now_ms()));
    assert!(!world.sql.holds(b"Wiblingen"));
    let copy = read(&world);
    assert_eq!(copy.messages[0], done.reply);
    let reply = &copy.messages[1];
    assert_eq!((reply.id.as_str(), reply.reply_to.as_deref()), (begun.reply.as_str(), Some("m-1")));
    assert!(reply.answers_earlier_text, "the reply stays and says that it answers an earlier text");
    assert_eq!(reply.text, "Noted");
}

#[test]
fn rectifying_again_with_the_same_text_changes_nothing() {
    let world = World::minted();
    exchange(&world, "m-1", "Ulm", "Noted");
    let first = rectify(&world, "m-1", "Bonn").unwrap();
    world.clock.advance(5);
    let again = rectify(&world, "m-1", "Bonn").unwrap();
    assert_eq!((again.is_new, again.reply), (false, first.reply));
    exchange(&world, "m-2", "Hello", "Hi");
    assert!(!rectify(&world, "m-2", "Hello").unwrap().is_new);
    assert!(!read(&world).messages[3].answers_earlier_text);
}

#[test]
fn a_reply_written_after_a_rectification_answers_the_new_text() {
    let world = World::minted();
    exchange(&world, "m-1", "Ulm", "Noted");
    rectify(&world, "m-1", "Bonn").unwrap();
    let again = world.core().accept(&chat(Trigger::RegenerateMessage, "m-1", "Bonn"), None);
    let Accepted::Write(begun) = again.unwrap() else { panic!("a reply is to be written") };
    assert_eq!(begun.question.as_str(), "Bonn");
    world.core().begin(&begun, &writer("local", None)).unwrap();
    assert!(!read(&world).messages[1].answers_earlier_text);
}

#[test]
fn only_ones_own_message_is_rectified_and_not_while_it_is_answered() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "Ulm", "Noted");
    assert_eq!(refusal(rectify(&world, &begun.reply, "Mine")), SessionError::NotOwnMessage);
    assert_eq!(refusal(rectify(&world, "m-9", "Bonn")), SessionError::MessageUnknown);
    let running = Some(&begun.message);
    let busy = refusal(rectify_while(&world, "m-1", "Bonn", running));
    assert_eq!(busy, SessionError::ReplyInProgress);
    exchange(&world, "m-2", "Hello", "Hi");
    rectify_while(&world, "m-2", "Bonn", running).unwrap();
    remove(&world, "m-1").unwrap();
    assert_eq!(refusal(rectify(&world, "m-1", "Bonn")), SessionError::MessageRemoved);
    let texts: Vec<_> = read(&world).messages.into_iter().map(|one| one.text).collect();
    assert_eq!(texts, ["", "Noted", "Bonn", "Hi"]);
}

#[test]
fn the_model_is_reminded_of_the_new_text() {
    let world = World::minted();
    exchange(&world, "m-1", "Ulm", "Noted");
    rectify(&world, "m-1", "Bonn").unwrap();
    let begun = exchange(&world, "m-2", "Where?", "There");
    let history = world.core().history(&begun).unwrap();
    let texts: Vec<_> = history.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["Bonn", "Noted"]);
}

// Removal

#[test]
fn a_removed_message_leaves_its_place_alone() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "secret question", "secret answer");
    for message in ["m-1", &begun.reply] {
        let done = remove(&world, message).unwrap();
        assert_eq!((done.is_new, done.reply.state), (true, MessageState::Removed));
        assert_eq!(done.reply.removed_at, Some(world.clock.now_ms()));
        assert!(!remove(&world, message).unwrap().is_new, "it can be repeated");
    }
    for gone in ["secret", "a#b", "m-large", "openai"] {
        assert!(!world.sql.holds(gone.as_bytes()), "{gone}");
    }
    let messages = read(&world).messages;
    assert_eq!((messages[0].id.as_str(), messages[1].reply_to.as_deref()), ("m-1", Some("m-1")));
    assert_eq!(messages.len(), 2);
    assert_eq!(refusal(remove(&world, "m-9")), SessionError::MessageUnknown);
}

#[test]
fn a_removed_id_is_not_used_again() {
    let world = World::minted();
    exchange(&world, "m-1", "hello", "hi");
    remove(&world, "m-1").unwrap();
    for trigger in [Trigger::SubmitMessage, Trigger::RegenerateMessage] {
        for text in ["hello", "other", ""] {
            let sent = world.core().accept(&chat(trigger, "m-1", text), None);
            assert_eq!(refusal(sent), SessionError::MessageRemoved);
        }
    }
}

#[test]
fn a_removed_reply_is_not_written_again_unless_it_is_asked_for() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "hello", "hi");
    remove(&world, &begun.reply).unwrap();
    let Accepted::Replay(exchange) = accept(&world, "m-1", "hello").unwrap() else {
        panic!("it is a replay");
    };
    assert!(exchange.reply.text.is_empty());
    assert!(world.core().just_ended().unwrap().is_none());
    let again = world.core().accept(&chat(Trigger::RegenerateMessage, "m-1", "hello"), None);
    assert!(matches!(again, Ok(Accepted::Write(_))));
}

#[test]
fn the_model_is_not_reminded_of_what_was_removed_nor_of_replies_to_it() {
    let world = World::minted();
    exchange(&world, "m-1", "first", "one");
    exchange(&world, "m-2", "second", "two");
    let third = exchange(&world, "m-3", "third", "three");
    remove(&world, "m-2").unwrap();
    remove(&world, &third.reply).unwrap();
    let begun = exchange(&world, "m-4", "fourth", "four");
    let history = world.core().history(&begun).unwrap();
    let texts: Vec<_> = history.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["first", "one", "third"]);
}

// Restriction

#[test]
fn a_restricted_conversation_takes_no_message_and_can_be_read_and_erased() {
    let world = World::minted();
    exchange(&world, "m-1", "hello", "hi");
    let done = restrict(&world, true);
    assert_eq!((done.is_new, done.reply.restricted_at), (true, Some(world.clock.now_ms())));
    let messages: [Chat; 3] = [
        chat(Trigger::SubmitMessage, "m-2", "more"),
        chat(Trigger::SubmitMessage, "m-1", "hello"),
        chat(Trigger::RegenerateMessage, "m-1", "hello"),
    ];
    for message in messages {
        let sent = world.core().accept(&message, None);
        assert_eq!(refusal(sent), SessionError::Restricted);
    }
    assert_eq!(read(&world).restricted_at, Some(world.clock.now_ms()));
    world.core().export(&world.caller(), None).unwrap();
    rectify(&world, "m-1", "hullo").unwrap();
    remove(&world, "m-1").unwrap();
    ask(&world, None);

    world.clock.advance(5);
    assert!(!restrict(&world, true).is_new, "it can be repeated");
    let lifted = restrict(&world, false);
    assert_eq!((lifted.is_new, lifted.reply.restricted_at), (true, None));
    assert!(!restrict(&world, false).is_new);
    assert!(matches!(accept(&world, "m-2", "more"), Ok(Accepted::Write(_))));
}

/// GDPR Art. 18(2): it is stored, and the alarm waits, for as long as any conversation may live.
#[test]
fn the_end_waits_for_a_restriction_up_to_400_days() {
    let world = World::minted();
    let longest = world.clock.now_ms() + 400 * DAY_MS;
    assert_eq!(restrict(&world, true).reply.ends_at, longest);
    assert_eq!(planned_end(&world), longest);
    world.clock.advance(World::ABSOLUTE_MS + 1);
    assert!(world.core().overdue().unwrap().is_none());
    world.clock.advance(400 * DAY_MS - World::ABSOLUTE_MS - 2);
    assert!(world.core().overdue().unwrap().is_none());
    world.clock.advance(1);
    assert!(world.core().overdue().unwrap().is_some());
}

#[test]
fn a_lifted_restriction_leaves_an_hour_at_least() {
    let hour = LIFETIME_SECONDS_MIN * 1_000;
    let world = World::minted();
    restrict(&world, true);
    world.clock.advance(2 * World::ABSOLUTE_MS);
    let ends_at = restrict(&world, false).reply.ends_at;
    assert_eq!(ends_at, world.clock.now_ms() + hour);
    assert_eq!(planned_end(&world), ends_at);
    world.clock.advance(hour - 1);
    assert!(world.core().overdue().unwrap().is_none());
    world.clock.advance(1);
    assert!(world.core().overdue().unwrap().is_some());
    // It shortens nothing, and reaches no further than a conversation may live.
    let world = World::minted();
    restrict(&world, true);
    assert_eq!(restrict(&world, false).reply.ends_at, world.clock.now_ms() + World::LIFE_MS);
    restrict(&world, true);
    world.clock.advance(400 * DAY_MS - 1);
    assert_eq!(restrict(&world, false).reply.ends_at, world.clock.now_ms() + 1);
}

#[test]
fn a_site_can_let_restricted_conversations_end_as_others_do() {
    let terms = World::terms();
    let lifetimes = Lifetimes { restriction_keeps: false, ..terms.lifetimes };
    let mint = Mint { terms: SessionTerms { lifetimes, ..terms }, ..World::mint() };
    let world = World::minted_with(test_keyring(), mint);
    let caller = world.caller();
    let done = world.core().restrict(&Restrict { caller, restricted: true }).unwrap();
    assert_eq!(done.reply.ends_at, world.clock.now_ms() + World::LIFE_MS);
    world.clock.advance(World::LIFE_MS);
    assert!(world.core().overdue().unwrap().is_some());
}

#[test]
fn the_workspace_is_told_of_a_restriction_and_of_a_review_that_waits() {
    let world = World::minted();
    let listing = || world.core().listing().unwrap().unwrap().1;
    restrict(&world, true);
    assert_eq!((listing().restricted, listing().review_asked_at), (true, None));
    assert_eq!(listing().ends_at, planned_end(&world));
    restrict(&world, false);
    ask(&world, None);
    assert!(!listing().restricted);
    assert_eq!(listing().review_asked_at, Some(world.clock.now_ms()));
    world.core().answer_review(ReviewOutcome::Confirmed).unwrap();
    assert_eq!(listing().review_asked_at, None);
    assert_eq!(listing().number, 4, "each change is told");
}

/// Each deed once, and no repetition.
#[test]
fn the_audit_log_has_to_hear_of_what_changed() {
    let world = World::minted();
    exchange(&world, "m-1", "hello", "hi");
    for _ in 0..2 {
        rectify(&world, "m-1", "hullo").unwrap();
    }
    for _ in 0..2 {
        remove(&world, "m-1").unwrap();
    }
    for restricted in [true, true, false, false] {
        restrict(&world, restricted);
    }
    for _ in 0..2 {
        ask(&world, Some(ReviewReason::Data));
    }
    let mut noted = Vec::new();
    while let Some(deed) = world.core().noted().unwrap() {
        noted.push(deed.what);
        world.core().told(&deed).unwrap();
    }
    assert_eq!(
        noted,
        [
            Reported::MessageChanged,
            Reported::MessageRemoved,
            Reported::Restricted,
            Reported::RestrictionLifted,
            Reported::ReviewAsked,
        ]
    );
}

// Review

#[test]
fn a_review_is_asked_for_once_and_answered_once() {
    let world = World::minted();
    assert_eq!(read(&world).review, None);
    let asked = ask(&world, None);
    let asked_at = world.clock.now_ms();
    let open = Review { asked_at, reason: None, answered_at: None, outcome: None };
    assert_eq!((asked.is_new, asked.reply), (true, open));
    world.clock.advance(5);
    let again = ask(&world, Some(ReviewReason::Decision));
    let open = Review { reason: Some(ReviewReason::Decision), ..open };
    assert_eq!((again.is_new, again.reply), (false, open));
    assert_eq!(ask(&world, None).reply, open, "a reason stays");

    let answered = world.core().answer_review(ReviewOutcome::Corrected).unwrap();
    let closed = Review {
        answered_at: Some(world.clock.now_ms()),
        outcome: Some(ReviewOutcome::Corrected),
        ..open
    };
    assert_eq!((answered.is_new, answered.reply), (true, closed));
    world.clock.advance(5);
    let twice = world.core().answer_review(ReviewOutcome::Declined).unwrap();
    assert_eq!((twice.is_new, twice.reply), (false, closed));
    assert_eq!(read(&world).review, Some(closed));
    assert_eq!(ask(&world, None).reply, closed, "nothing was said since");
}

#[test]
fn what_was_said_since_can_be_looked_at_anew() {
    let world = World::minted();
    ask(&world, Some(ReviewReason::Wrong));
    world.core().answer_review(ReviewOutcome::Confirmed).unwrap();
    world.clock.advance(5);
    exchange(&world, "m-1", "hello", "hi");
    let again = ask(&world, None);
    assert!(again.is_new);
    assert_eq!((again.reply.asked_at, again.reply.outcome), (world.clock.now_ms(), None));
}

#[test]
fn nobody_answers_what_was_not_asked() {
    let world = World::minted();
    let answered = world.core().answer_review(ReviewOutcome::Confirmed);
    assert_eq!(refusal(answered), SessionError::NoReview);
}

/// Of what is stored of a message, sealed, all of it if it is short, and what stands on pages of its
/// own if it is long.
fn sealed(world: &World, message: &str) -> Vec<Vec<u8>> {
    let query = "SELECT sealed_text FROM message WHERE id = ?";
    let stored = world.sql.exec(query, &[message.into()]).unwrap();
    let stored = stored[0][0].blob().unwrap();
    let parts = if stored.len() < 100 { stored } else { &stored[4_096..] };
    parts.chunks_exact(20).step_by(50).map(<[u8]>::to_vec).collect()
}

/// The key of the conversation lives on, so what it opens is not just let go.
#[test]
fn what_is_removed_or_changed_is_overwritten_where_it_stood() {
    let long = "All of it. ".repeat(1_000);
    for (text, other) in [("A word", "Some more words"), (&*long, &*long.repeat(2))] {
        for act in ["rectify", "remove", "remove the reply"] {
            let world = World::minted();
            let begun = exchange(&world, "m-1", text, text);
            let message = if act == "remove the reply" { &begun.reply } else { "m-1" };
            let before = sealed(&world, message);
            let is_there = || before.iter().any(|part| world.sql.pages_hold(part));
            assert!(is_there());
            if act == "rectify" {
                rectify(&world, "m-1", other).unwrap();
            } else {
                remove(&world, message).unwrap();
            }
            assert!(!is_there(), "{act}, {} characters", text.len());
        }
    }
}

/// A reply is stored again and again as it grows.
#[test]
fn no_draft_of_a_removed_reply_is_left() {
    let world = World::minted();
    let Accepted::Write(begun) = accept(&world, "m-1", "a").unwrap() else { panic!("no reply") };
    world.core().begin(&begun, &writer("local", None)).unwrap();
    let mut drafts = Vec::new();
    for words in [5, 1_000, 4_000] {
        world.core().grow(&begun.reply, &scrubbed(&"word ".repeat(words))).unwrap();
        drafts.extend(sealed(&world, &begun.reply));
    }
    world
        .core()
        .end(&begun.reply, &scrubbed(&"word ".repeat(5_000)), Some(&Grounds::default()), DONE)
        .unwrap();
    remove(&world, &begun.reply).unwrap();
    assert!(drafts.iter().all(|draft| !world.sql.pages_hold(draft)));
}
