use super::*;
use crate::auth::keyring::test_keyring;
use crate::session::core::CoreError::Refused;
use crate::session::core::tests::{World, chat, scrubbed, writer};

const DONE: End = End { state: MessageState::Complete, finish: FinishReason::Stop, problem: None };
const STOPPED: End =
    End { state: MessageState::Stopped, finish: FinishReason::Other, problem: None };

fn accept(world: &World, id: &str, text: &str) -> Result<Accepted, CoreError> {
    world.core().accept(&chat(Trigger::SubmitMessage, id, text), None)
}

fn regenerate(world: &World, id: &str, text: &str) -> Result<Accepted, CoreError> {
    world.core().accept(&chat(Trigger::RegenerateMessage, id, text), None)
}

fn write(accepted: Result<Accepted, CoreError>) -> Begun {
    match accepted.unwrap() {
        Accepted::Write(begun) => begun,
        other => panic!("a reply is to be written, not {other:?}"),
    }
}

/// Accepts a message and writes its reply to the end.
fn exchange(world: &World, id: &str, text: &str, reply: &str, end: End) -> Begun {
    let begun = write(accept(world, id, text));
    let core = world.core();
    core.begin(&begun, &writer("local", None)).unwrap();
    core.end(&begun.reply, &scrubbed(reply), Some(&Grounds::default()), end).unwrap();
    begun
}

fn refusal(result: Result<Accepted, CoreError>) -> SessionError {
    match result {
        Err(Refused(error)) => error,
        other => panic!("it is refused, not {other:?}"),
    }
}

fn texts(world: &World) -> Vec<(String, String)> {
    let messages = world.core().messages().unwrap().all().unwrap();
    messages.into_iter().map(|m| (m.id, m.text.into_string())).collect()
}

#[test]
fn promise_10_a_message_is_stored_before_it_is_answered() {
    let world = World::minted();
    write(accept(&world, "m-1", "hello"));
    assert_eq!(texts(&world), [("m-1".into(), "hello".into())]);
}

#[test]
fn the_same_message_again_replays_its_reply() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "hello", "hi", DONE);
    let Accepted::Replay(exchange) = accept(&world, "m-1", "hello").unwrap() else {
        panic!("it is a replay");
    };
    assert_eq!(exchange.question.id, "m-1");
    assert_eq!(exchange.reply.id, begun.reply);
    assert_eq!(exchange.reply.text.as_str(), "hi");
    assert_eq!(texts(&world).len(), 2);
}

#[test]
fn an_id_stands_for_one_text_and_one_author() {
    let world = World::minted();
    let begun = exchange(&world, "m-1", "hello", "hi", DONE);
    assert_eq!(refusal(accept(&world, "m-1", "other")), SessionError::MessageConflict);
    assert_eq!(refusal(accept(&world, &begun.reply, "hi")), SessionError::MessageConflict);
}

#[test]
fn one_reply_at_a_time() {
    let world = World::minted();
    let begun = write(accept(&world, "m-1", "hello"));
    let running = Some(&begun.message);
    let submit = |id, text| world.core().accept(&chat(Trigger::SubmitMessage, id, text), running);
    assert!(matches!(submit("m-1", "hello"), Ok(Accepted::Join)));
    assert_eq!(refusal(submit("m-1", "other")), SessionError::MessageConflict);
    assert_eq!(refusal(submit("m-2", "more")), SessionError::ReplyInProgress);
    let again = chat(Trigger::RegenerateMessage, "m-1", "hello");
    assert_eq!(refusal(world.core().accept(&again, running)), SessionError::ReplyInProgress);
    assert_eq!(texts(&world).len(), 1);
}

#[test]
fn a_reply_that_broke_off_is_written_anew_in_its_place() {
    let world = World::minted();
    for end in [STOPPED, INTERRUPTED] {
        let id = format!("m-{:?}", end.state);
        let first = exchange(&world, &id, "hello", "hal", end);
        let second = write(accept(&world, &id, "hello"));
        assert_ne!(first.reply, second.reply);
        world.core().begin(&second, &writer("local", None)).unwrap();
        world
            .core()
            .end(&second.reply, &scrubbed("whole"), Some(&Grounds::default()), DONE)
            .unwrap();
        let last = texts(&world).split_off(texts(&world).len() - 2);
        assert_eq!(last, [(id, "hello".into()), (second.reply, "whole".into())]);
    }
}

#[test]
fn regenerating_replaces_the_last_reply_only() {
    let world = World::minted();
    assert_eq!(refusal(regenerate(&world, "m-1", "a")), SessionError::NothingToRegenerate);
    exchange(&world, "m-1", "a", "A", DONE);
    exchange(&world, "m-2", "b", "B", DONE);
    assert_eq!(refusal(regenerate(&world, "m-1", "a")), SessionError::NothingToRegenerate);
    let begun = write(regenerate(&world, "m-2", "b"));
    assert_eq!(texts(&world)[3].1, "B", "the old reply stays until the new one begins");
    world.core().begin(&begun, &writer("local", None)).unwrap();
    assert_eq!(texts(&world).len(), 4);
    assert_eq!(texts(&world)[3], (begun.reply, String::new()));
}

/// What was let through once may be hidden by the policy of today, and the other way round.
#[test]
fn another_reply_is_to_what_is_stored() {
    let world = World::minted();
    exchange(&world, "m-1", "Call 112", "A", DONE);
    let begun = write(regenerate(&world, "m-1", "Call [PHONE]"));
    assert_eq!(begun.question.as_str(), "Call 112");
    assert_eq!(texts(&world)[0], ("m-1".into(), "Call 112".into()));
    assert_eq!(refusal(regenerate(&world, &begun.reply, "A")), SessionError::NothingToRegenerate);
    let author = refusal(regenerate(&world, &texts(&world)[1].0, "A"));
    assert_eq!(author, SessionError::MessageConflict, "a reply is no message of the visitor's");
}

#[test]
fn an_older_message_sent_again_is_replayed_however_it_ended() {
    let world = World::minted();
    exchange(&world, "m-1", "a", "A", STOPPED);
    exchange(&world, "m-2", "b", "B", DONE);
    assert!(matches!(accept(&world, "m-1", "a"), Ok(Accepted::Replay(_))));
}

#[test]
fn a_refused_turn_leaves_everything_as_it_was() {
    let world = World::minted();
    let new = write(accept(&world, "m-1", "a"));
    world.core().withdraw(&new).unwrap();
    assert!(texts(&world).is_empty());
    exchange(&world, "m-1", "a", "A", DONE);
    let again = write(regenerate(&world, "m-1", "a"));
    world.core().withdraw(&again).unwrap();
    assert_eq!(texts(&world)[1].1, "A");
}

#[test]
fn a_refused_turn_does_not_lengthen_the_life() {
    let world = World::minted();
    let ends_at = world.read().unwrap().ends_at;
    for n in 0..3 {
        world.clock.advance(MINUTE_MS);
        let begun = write(accept(&world, &format!("m-{n}"), "a"));
        assert!(world.read().unwrap().ends_at > ends_at);
        world.core().withdraw(&begun).unwrap();
        assert_eq!(world.read().unwrap().ends_at, ends_at);
        assert_eq!(world.core().next_wake().unwrap(), Some(ends_at));
    }
    let begun = write(accept(&world, "m-4", "a"));
    world.erase();
    world.core().withdraw(&begun).unwrap();
}

#[test]
fn messages_within_a_minute_are_limited() {
    let world = World::minted();
    for n in 0..World::PER_MINUTE {
        exchange(&world, &format!("m-{n}"), "a", "A", DONE);
        world.clock.advance(1_000);
    }
    let wait = 60 - u64::from(World::PER_MINUTE);
    let limited = SessionError::RateLimited { retry_after: wait };
    assert_eq!(refusal(accept(&world, "m-x", "a")), limited);
    assert!(matches!(accept(&world, "m-0", "a"), Ok(Accepted::Replay(_))), "no new turn");
    world.clock.advance(wait * 1_000 - 1);
    assert_eq!(refusal(accept(&world, "m-x", "a")), SessionError::RateLimited { retry_after: 1 });
    world.clock.advance(1);
    write(accept(&world, "m-x", "a"));
}

#[test]
fn a_conversation_has_room_for_so_many_messages() {
    let world = World::minted();
    for n in 0..MESSAGES_PER_CONVERSATION / 2 {
        exchange(&world, &format!("m-{n}"), "a", "A", DONE);
        world.clock.advance(MINUTE_MS);
    }
    assert_eq!(refusal(accept(&world, "m-x", "a")), SessionError::Full);
    let last = format!("m-{}", MESSAGES_PER_CONVERSATION / 2 - 1);
    write(regenerate(&world, &last, "a"));
}

#[test]
fn each_message_moves_the_end() {
    let world = World::minted();
    world.clock.advance(World::LIFE_MS - 1);
    write(accept(&world, "m-1", "a"));
    world.clock.advance(World::LIFE_MS - 1);
    assert!(world.core().overdue().unwrap().is_none());
    let due = world.core().store().next_due().unwrap().unwrap();
    assert_eq!(due.at, world.clock.now_ms() + 1);
    world.clock.advance(1);
    assert!(world.core().overdue().unwrap().is_some());
}

#[test]
fn promise_10_a_restart_interrupts_and_keeps_what_was_stored() {
    let world = World::minted();
    let begun = write(accept(&world, "m-1", "a"));
    world.core().begin(&begun, &writer("openai", Some("m"))).unwrap();
    world.core().grow(&begun.reply, &scrubbed("half a")).unwrap();
    world.core().wake().unwrap();
    let Exchange { reply, .. } = world.core().just_ended().unwrap().unwrap();
    assert_eq!((reply.state, reply.text.as_str()), (MessageState::Interrupted, "half a"));
    assert_eq!(reply.end, Some(INTERRUPTED));
    write(accept(&world, "m-1", "a"));
}

#[test]
fn a_reply_can_be_resumed_for_some_minutes_after_its_end() {
    let world = World::minted();
    assert!(world.core().just_ended().unwrap().is_none());
    exchange(&world, "m-1", "a", "A", DONE);
    world.clock.advance(RESUME_MS);
    let Exchange { question, reply } = world.core().just_ended().unwrap().unwrap();
    assert_eq!((question.text.as_str(), reply.text.as_str()), ("a", "A"));
    world.clock.advance(1);
    assert!(world.core().just_ended().unwrap().is_none());
    exchange(&world, "m-2", "b", "B", STOPPED);
    assert!(world.core().just_ended().unwrap().is_none());
}

#[test]
fn a_newer_message_is_not_answered_by_an_older_reply() {
    let world = World::minted();
    exchange(&world, "m-1", "hello", "hi", DONE);
    assert!(world.core().just_ended().unwrap().is_some());
    write(accept(&world, "m-2", "and now?"));
    assert!(world.core().just_ended().unwrap().is_none());
}

#[test]
fn the_model_is_reminded_of_earlier_messages_only() {
    let world = World::minted();
    for n in 0..12 {
        exchange(&world, &format!("m-{n}"), &format!("q{n}"), &format!("a{n}"), DONE);
        world.clock.advance(MINUTE_MS);
    }
    let begun = write(regenerate(&world, "m-11", "q11"));
    let history = world.core().history(&begun).unwrap();
    let texts: Vec<_> = history.iter().map(|m| m.text.as_str()).collect();
    assert_eq!((texts.len(), texts[0], texts[19]), (20, "q1", "a10"));
}

#[test]
fn an_erased_conversation_gets_no_reply_any_more() {
    let world = World::minted();
    let begun = write(accept(&world, "m-1", "a"));
    world.clock.advance(World::LIFE_MS);
    let tombstone = world.core().overdue().unwrap().unwrap();
    world.core().bury(&tombstone).unwrap();
    let begin = world.core().begin(&begun, &writer("local", None));
    assert!(matches!(begin, Err(Refused(SessionError::Ended { .. }))));
}

/// What was not given to `analytics` is not named to who counts, and no message counts twice.
#[test]
fn only_new_messages_that_were_given_to_analytics_are_counted() {
    let counted = |begun: &Begun| begun.turn(World::home()).turn.counted;
    let world = World::minted();
    assert_eq!(counted(&exchange(&world, "m-1", "hello", "hi", DONE)), None);
    let mut mint = World::mint();
    mint.terms.purposes.analytics = true;
    mint.choice.purposes.analytics = true;
    let world = World::minted_with(test_keyring(), mint);
    let begun = exchange(&world, "m-1", "hello", "hi", DONE);
    assert_eq!(counted(&begun), Some(World::CONVERSATION));
    assert_eq!(counted(&write(regenerate(&world, "m-1", "hello"))), None);
}

#[test]
fn tokens_are_added_up_as_long_as_the_conversation_is_there() {
    let world = World::minted();
    world.core().count_tokens(700).unwrap();
    world.core().count_tokens(50).unwrap();
    let begun = write(accept(&world, "m-1", "Hello"));
    let asked = begun.turn(Network("203.0.113.0/24".into()));
    assert_eq!(asked.turn.tokens, 750);
    World::new().core().count_tokens(1).unwrap();
}
