mod receipt;

use std::rc::Rc;

use sotto_shared::consent::{HostChoice, LegalBasis, OptionalPurpose, Purpose};
use sotto_shared::limits;
use sotto_shared::signed::{Document, PublicKey, Verdict};
use sotto_shared::wire::chat::Trigger;

use super::*;
use crate::auth::keyring::test_keyring;
use crate::auth::tokens::EraseToken;
use crate::clock::DAY_MS;
use crate::session::command::{Caller, Mint};
use crate::session::core::CoreError::Refused;
use crate::session::core::tests::{World, chat};
use crate::session::core::{Accepted, Erasure};
use crate::session::record::Due;
use crate::session::vault::VaultKey;
use crate::workspace::command::Reported;
use ConsentState::{Given, Noticed, Objected, Refused as NotGiven, Withdrawn};
use Purpose::{Analytics, Chat, Improve, Remember};

/// Idle life with `remember` or `improve`.
const LONG_MS: u64 = 3 * World::LIFE_MS;

/// A conversation that began with this answer.
fn begun(change: impl FnOnce(&mut Mint)) -> World {
    let mut mint = World::mint();
    change(&mut mint);
    mint.terms.purposes = mint.choice.check(&mint.terms.notice, Purposes::ALL).unwrap();
    mint.told.notice.version = mint.terms.notice.clone();
    mint.terms.proof_days = mint.told.notice.proof_days;
    World::minted_with(test_keyring(), mint)
}

/// A conversation in which everything was given.
fn all_given() -> World {
    begun(|mint| mint.choice.purposes = Purposes::ALL)
}

fn choice(purposes: Purposes) -> Choice {
    Choice { purposes, ..World::choice() }
}

fn only(purpose: OptionalPurpose) -> Purposes {
    Purposes::default().with(purpose, true)
}

fn all_but(purpose: OptionalPurpose) -> Purposes {
    Purposes::ALL.with(purpose, false)
}

/// What the shell does, with a workspace that agrees to what it is asked.
fn set(world: &World, choice: &Choice) -> Result<ConsentSet, CoreError> {
    set_under(world, choice, &World::told())
}

fn set_under(world: &World, choice: &Choice, told: &Told) -> Result<ConsentSet, CoreError> {
    let (core, caller) = (world.core(), world.caller());
    match core.take_back(&caller, choice)?.next {
        Next::Done => {}
        Next::Refuse(refusal) => return Err(refusal.into()),
        Next::Ask(_, question) => {
            let purposes = question.choice.check(&told.notice.version, Purposes::ALL).unwrap();
            let lifetimes = World::terms().lifetimes;
            let agreed = Agreed { told: told.clone(), purposes, lifetimes };
            core.give(&caller, &question.choice, &agreed)?;
        }
    }
    core.consent(&caller)
}

fn events(world: &World) -> Vec<(ConsentState, Vec<Purpose>)> {
    let events = world.read().unwrap().consent;
    events.into_iter().map(|event| (event.state, event.purposes)).collect()
}

fn says(world: &World) -> Result<(), SessionError> {
    let message = chat(Trigger::SubmitMessage, "m-1", "hello");
    let caller = world.caller();
    match world.core().accept(&crate::session::command::Chat { caller, ..message }, None) {
        Ok(_) => Ok(()),
        Err(Refused(error)) => Err(error),
        Err(CoreError::Consent(_)) => Err(SessionError::ConsentUnproven),
        Err(other) => panic!("{other}"),
    }
}

fn verdict(world: &World, text: &str) -> Verdict {
    let keys = world.keyring.receipt_public_keys();
    let keys = keys.map(|key| PublicKey { kid: Some(key.kid), bytes: key.value });
    Document::parse(text).unwrap().verify(keys)
}

#[test]
fn the_first_answer_is_recorded_with_what_was_shown_before_it() {
    let world = begun(|mint| {
        mint.choice.purposes = only(OptionalPurpose::Remember);
        mint.choice.shown_seconds = Some(30);
        mint.choice.gpc = true;
    });
    let copy = world.read().unwrap();
    assert!(copy.chat && copy.purposes.remember);
    assert_eq!(
        events(&world),
        [
            (Noticed, Purpose::ALL.to_vec()),
            (Given, vec![Chat, Remember]),
            (NotGiven, vec![Improve, Analytics]),
        ]
    );
    let [noticed, given, _] = &copy.consent[..] else { panic!("three events") };
    assert_eq!(noticed.at, world.clock.now_ms() - 30_000);
    assert_eq!((given.at, given.legal_basis), (world.clock.now_ms(), Some(LegalBasis::Consent)));
    assert_eq!(given.valid_until, Some(world.clock.now_ms() + World::ABSOLUTE_MS));
    assert!(given.gpc);
    assert_eq!(given.source.kind, SourceKind::Widget, "the client that asks, if none is named");
    let endless = begun(|mint| mint.choice.shown_seconds = Some(u32::MAX));
    let noticed = &endless.read().unwrap().consent[0];
    assert_eq!(noticed.at, endless.clock.now_ms() - DAY_MS, "no more than a day is believed");
}

#[test]
fn every_purpose_can_be_withdrawn_and_given_again() {
    for purpose in OptionalPurpose::ALL {
        let world = all_given();
        let less = set(&world, &choice(all_but(purpose))).unwrap();
        assert_eq!(less.purposes, all_but(purpose));
        assert_eq!(events(&world).last(), Some(&(Withdrawn, vec![purpose.into()])));
        assert_eq!(world.core().store().session().unwrap().unwrap().terms.purposes, less.purposes);
        assert_eq!(verdict(&world, less.receipt.get()), Verdict::Valid);
        assert_eq!(says(&world), Ok(()));
        let more = set(&world, &choice(Purposes::ALL)).unwrap();
        assert_eq!(more.purposes, Purposes::ALL);
        assert_eq!(events(&world).last(), Some(&(Given, vec![purpose.into()])));
    }
}

#[test]
fn who_takes_something_back_asks_nobody() {
    let world = all_given();
    for purposes in [all_but(OptionalPurpose::Improve), Purposes::default()] {
        let taken = world.core().take_back(&world.caller(), &choice(purposes)).unwrap();
        assert!(matches!(taken.next, Next::Done));
    }
}

#[test]
fn what_is_taken_back_stays_so_when_the_rest_is_refused() {
    let world = begun(|mint| mint.choice.purposes = only(OptionalPurpose::Improve));
    let mixed = choice(only(OptionalPurpose::Analytics));
    let taken = world.core().take_back(&world.caller(), &mixed).unwrap();
    // The workspace cannot be reached: nothing else happens.
    assert!(matches!(taken.next, Next::Ask(..)));
    assert!(world.read().unwrap().purposes.is_empty());
    assert_eq!(events(&world).last(), Some(&(Withdrawn, vec![Improve])));
}

#[test]
fn without_improve_and_remember_the_life_is_the_short_one_from_now_on() {
    let world = all_given();
    let begun_at = world.clock.now_ms();
    assert_eq!(world.read().unwrap().ends_at, begun_at + LONG_MS);
    world.clock.advance(World::LIFE_MS + 1_000);
    let kept = set(&world, &choice(all_but(OptionalPurpose::Improve))).unwrap();
    assert_eq!(kept.ends_at, begun_at + LONG_MS, "remember keeps it");
    let short = set(&world, &choice(Purposes::default())).unwrap();
    assert_eq!(short.ends_at, world.clock.now_ms() + World::LIFE_MS, "time to read and to erase");
    let due = world.core().store().next_due().unwrap().unwrap();
    assert_eq!(due.kind, Due::Listing, "the workspace's list is told");
    let long = set(&world, &choice(only(OptionalPurpose::Improve))).unwrap();
    assert!(long.ends_at > short.ends_at);
}

#[test]
fn a_purpose_lengthens_no_life_beyond_what_was_told() {
    let world = World::minted();
    let wide = choice(only(OptionalPurpose::Improve));
    let Next::Ask(_, question) = world.core().take_back(&world.caller(), &wide).unwrap().next
    else {
        panic!("the workspace is asked");
    };
    let mut lifetimes = World::terms().lifetimes;
    lifetimes.absolute_seconds *= 2;
    lifetimes.idle_seconds /= 2;
    let purposes = wide.purposes;
    let agreed = Agreed { told: World::told(), purposes, lifetimes };
    assert!(world.core().give(&world.caller(), &question.choice, &agreed).unwrap());
    let now = world.core().store().session().unwrap().unwrap().terms.lifetimes;
    assert_eq!(now.absolute_seconds, World::terms().lifetimes.absolute_seconds);
    assert_eq!(now.idle_seconds, lifetimes.idle_seconds, "what was made shorter holds");
}

#[test]
fn taking_back_never_lengthens_the_life() {
    let world = all_given();
    let end = world.read().unwrap().ends_at;
    world.clock.advance(LONG_MS - 1_000);
    let short = set(&world, &choice(Purposes::default())).unwrap();
    assert_eq!(short.ends_at, end);
}

#[test]
fn the_list_is_told_what_may_be_read_and_counted() {
    let world = all_given();
    set(&world, &choice(only(OptionalPurpose::Remember))).unwrap();
    let (_, listing) = world.core().listing().unwrap().unwrap();
    assert!(!listing.improve && !listing.analytics);
    assert_eq!(listing.ends_at, world.read().unwrap().ends_at);
}

#[test]
fn without_the_chat_there_are_no_more_messages() {
    let world = all_given();
    says(&world).unwrap();
    let over = Choice { chat: false, ..choice(Purposes::ALL) };
    let taken = world.core().take_back(&world.caller(), &over).unwrap();
    assert!(taken.ends_chat, "a reply that is under way stops");
    let set_again = set(&world, &over).unwrap();
    assert!(!set_again.chat && set_again.purposes.is_empty());
    assert_eq!(events(&world).last(), Some(&(Withdrawn, Purpose::ALL.to_vec())));
    assert_eq!(says(&world), Err(SessionError::ConsentWithdrawn));
    let again = world.core().take_back(&world.caller(), &over).unwrap();
    assert!(!again.ends_chat);
    let back = set(&world, &choice(Purposes::default()));
    assert!(matches!(back, Err(Refused(SessionError::ConsentWithdrawn))), "it stays ended");
    assert_eq!(says(&world), Err(SessionError::ConsentWithdrawn));

    // It can be read, ends by itself and can be erased.
    let copy = world.read().unwrap();
    assert!(!copy.chat && copy.messages.len() == 1);
    assert_eq!(copy.ends_at, world.clock.now_ms() + World::LIFE_MS);
    world.clock.advance(World::LIFE_MS);
    assert!(world.core().overdue().unwrap().is_some());
    let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
    assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));
}

#[test]
fn an_objection_holds_until_it_is_given_again() {
    let world = begun(|mint| mint.choice.purposes = only(OptionalPurpose::Improve));
    let objections = only(OptionalPurpose::Improve);
    let objecting =
        Choice { objections, ..choice(Purposes::ALL.with(OptionalPurpose::Analytics, false)) };
    let objected = set(&world, &objecting).unwrap();
    assert_eq!(objected.purposes, only(OptionalPurpose::Remember));
    assert_eq!(objected.objections, objections);
    assert!(events(&world).contains(&(Objected, vec![Improve])));
    let silent = set(&world, &choice(only(OptionalPurpose::Remember))).unwrap();
    assert_eq!(silent.objections, objections, "not repeating it does not take it back");
    let counted = events(&world).len();
    set(&world, &objecting).unwrap();
    assert_eq!(events(&world).len(), counted, "saying it twice is one act");
    let given = set(&world, &choice(only(OptionalPurpose::Improve))).unwrap();
    assert!(given.purposes.improve && given.objections.is_empty());
}

#[test]
fn taking_back_what_rests_on_an_interest_is_an_objection() {
    let world = begun(|mint| {
        for told in &mut mint.told.notice.purposes {
            if told.purpose == Improve {
                told.legal_basis = LegalBasis::LegitimateInterest;
            }
        }
        mint.choice.purposes = only(OptionalPurpose::Improve);
    });
    let less = set(&world, &choice(Purposes::default())).unwrap();
    assert!(less.objections.improve);
    assert_eq!(events(&world).last(), Some(&(Objected, vec![Improve])));
}

#[test]
fn global_privacy_control_takes_back_and_lets_nothing_be_given() {
    let world = all_given();
    let signalled = Choice { gpc: true, ..choice(Purposes::ALL) };
    let left = set(&world, &signalled).unwrap();
    assert_eq!(left.purposes, only(OptionalPurpose::Remember));
    assert_eq!(events(&world).last(), Some(&(Withdrawn, vec![Improve, Analytics])));
    assert!(world.read().unwrap().consent.last().unwrap().gpc);
    let asked = world.core().take_back(&world.caller(), &signalled).unwrap();
    assert!(matches!(asked.next, Next::Done));
}

#[test]
fn the_host_pages_banner_takes_back_and_gives_nothing() {
    let world = begun(|mint| mint.choice.purposes = all_but(OptionalPurpose::Improve));
    let host = Some(HostChoice { functional: true, analytics: false, marketing: false });
    let source = Some(ConsentSource { kind: SourceKind::Host, version: None, host });
    let narrowed = set(&world, &Choice { source, ..choice(Purposes::ALL) }).unwrap();
    assert_eq!(narrowed.purposes, only(OptionalPurpose::Remember));
    let last = world.read().unwrap().consent.pop().unwrap();
    assert_eq!((last.state, last.purposes), (Withdrawn, vec![Analytics]));
    assert_eq!((last.source.kind, last.source.host), (SourceKind::Host, host));
}

#[test]
fn an_answer_to_the_notice_in_force_goes_on_under_it() {
    let world = all_given();
    let mut told = World::told();
    told.notice.version = NoticeVersion::parse(&"f".repeat(32)).unwrap();
    told.notice.recipients = vec![sotto_shared::consent::Recipient {
        name: "Other Inc".into(),
        role: "writes the answers".into(),
        place: "EU".into(),
        retention_days: None,
    }];
    let answer =
        Choice { notice: told.notice.version.clone(), ..choice(only(OptionalPurpose::Remember)) };
    let set = set_under(&world, &answer, &told).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(set.receipt.get()).unwrap();
    assert_eq!(receipt["record"]["recipients"][0]["name"], "Other Inc");
    assert_eq!(receipt["record"]["events"].as_array().unwrap().len(), 3, "of this notice");
    assert_eq!(
        events(&world)[2..],
        [
            (Withdrawn, vec![Improve, Analytics]),
            (Noticed, Purpose::ALL.to_vec()),
            (Given, vec![Chat, Remember]),
            (NotGiven, vec![Improve, Analytics]),
        ]
    );
    let terms = world.core().store().session().unwrap().unwrap().terms;
    assert_eq!(terms.notice, told.notice.version);
    let names: Vec<_> = terms.recipients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Model Inc", "Other Inc"], "who received text stays a recipient");
    assert_eq!(says(&world), Ok(()));
}

/// The same conversation, opened anew: what was in memory is gone.
fn awake(world: World) -> World {
    let vault_key = Some(Rc::new(world.core().unlock(&World::key()).unwrap()));
    World { vault_key, ..world }
}

/// Promise 11: a broken record of consent stops the request.
#[test]
fn promise_11_a_broken_record_stops_the_request() {
    let drop_triggers = [
        "DROP TRIGGER consent_act_is_not_changed",
        "DROP TRIGGER consent_act_is_not_removed",
        "DROP TRIGGER consent_record_is_not_changed",
    ];
    for breaking in [
        "DELETE FROM consent_act",
        "DELETE FROM consent_act WHERE position = 2",
        "UPDATE consent_act SET sealed_event = x'00' WHERE position = 2",
        "UPDATE consent_act SET sealed_event = NULL WHERE position = 2",
        "UPDATE consent_act SET sealed_event =
             (SELECT sealed_event FROM consent_act WHERE position = 1) WHERE position = 2",
        "UPDATE consent_act SET id = 'other' WHERE position = 2",
        "UPDATE consent_record SET sealed_told = x'00'",
        "UPDATE session SET terms = json_set(terms, '$.purposes.improve', json('true'))",
    ] {
        let world = World::minted();
        assert_eq!(says(&world), Ok(()));
        for statement in drop_triggers.iter().chain([&breaking]) {
            world.sql.exec(statement, &[]).unwrap();
        }
        let world = awake(world);
        assert_eq!(says(&world), Err(SessionError::ConsentUnproven), "{breaking}");
        // What is there can be read, and erased.
        let copy = world.read().unwrap();
        assert_eq!(copy.messages.len(), 1, "{breaking}");
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));
    }
}

/// The record is opened whole by the first message and remembered until something is added to it.
#[test]
fn messages_do_not_open_the_record_again() {
    let world = awake(all_given());
    assert_eq!(says(&world), Ok(()));
    world.sql.exec("ALTER TABLE consent_act RENAME TO hidden", &[]).unwrap();
    assert_eq!(says(&world), Ok(()));
    world.sql.exec("ALTER TABLE hidden RENAME TO consent_act", &[]).unwrap();
    set(&world, &Choice { chat: false, ..World::choice() }).unwrap();
    assert_eq!(says(&world), Err(SessionError::ConsentWithdrawn));
}

#[test]
fn the_record_takes_no_change() {
    let world = World::minted();
    for statement in [
        "DELETE FROM consent_act",
        "DELETE FROM consent_record",
        "UPDATE consent_act SET sealed_event = x'00'",
        "UPDATE consent_act SET event = '{}', sealed_event = NULL",
        "UPDATE consent_record SET sealed_told = x'00'",
        "UPDATE consent_record SET position = 7",
    ] {
        let refused = world.sql.exec(statement, &[]).unwrap_err();
        assert!(refused.0.to_string().contains("append-only"), "{statement}: {refused}");
    }
}

#[test]
fn nothing_of_the_record_is_stored_in_the_clear() {
    let world = all_given();
    for text in ["noticed", "given", "Shop Ltd", "privacy@shop.example"] {
        assert!(!world.sql.holds(text.as_bytes()), "{text}");
    }
}

#[test]
fn taking_back_is_never_too_often() {
    let world = all_given();
    for _ in 0..limits::CHANGES_PER_MINUTE {
        set(&world, &choice(Purposes::ALL)).unwrap();
    }
    let limited =
        |result: Result<_, _>| matches!(result, Err(Refused(SessionError::RateLimited { .. })));
    assert!(limited(set(&world, &choice(Purposes::ALL))), "it changes nothing");
    set(&world, &choice(only(OptionalPurpose::Improve))).unwrap();
    // What is taken back is, though what is given with it is refused.
    assert!(limited(set(&world, &choice(only(OptionalPurpose::Remember)))));
    assert_eq!(world.read().unwrap().purposes, Purposes::default());
    set(&world, &Choice { chat: false, ..World::choice() }).unwrap();
    assert!(!world.read().unwrap().chat);
}

/// A script that switches a purpose on and off does not fill the storage, and takes nobody's right.
#[test]
fn a_record_has_an_end_and_taking_back_has_none() {
    let world = World::minted();
    let full = loop {
        world.clock.advance(2_500);
        if let Err(refused) = set(&world, &choice(only(OptionalPurpose::Improve))) {
            break refused;
        }
        world.clock.advance(100);
        set(&world, &choice(Purposes::default())).unwrap();
        assert!(events(&world).len() < 500);
    };
    assert!(matches!(full, Refused(SessionError::Full)), "{full}");
    set(&world, &Choice { chat: false, ..World::choice() }).unwrap();
    assert!(!world.read().unwrap().chat);
}

/// The audit log hears of it as of every deed: from the alarm, if nobody else tells it.
#[test]
fn each_change_is_noted_for_the_audit_log() {
    let noted = |world: &World| {
        let noted = world.core().noted().unwrap();
        noted.inspect(|noted| world.core().told(noted).unwrap()).map(|noted| noted.what)
    };
    let world = World::minted();
    assert_eq!(noted(&world), None, "what began is on the list");
    set(&world, &choice(Purposes::ALL)).unwrap();
    assert_eq!((noted(&world), noted(&world)), (Some(Reported::ConsentChanged), None));
    set(&world, &choice(Purposes::ALL)).unwrap();
    assert_eq!(noted(&world), None, "nothing changed");
    set(&world, &Choice { chat: false, ..World::choice() }).unwrap();
    assert_eq!(noted(&world), Some(Reported::ConsentChanged));
}

#[test]
fn another_caller_changes_nothing() {
    let world = all_given();
    let abroad = Caller { network: World::abroad(), ..world.caller() };
    let refused = world.core().take_back(&abroad, &choice(Purposes::default()));
    assert!(matches!(refused, Err(Refused(SessionError::NetworkMismatch))));
    assert_eq!(world.read().unwrap().purposes, Purposes::ALL);
}

#[test]
fn what_ended_while_the_workspace_was_asked_is_not_given() {
    let world = World::minted();
    let wide = choice(Purposes::ALL);
    let Next::Ask(_, question) = world.core().take_back(&world.caller(), &wide).unwrap().next
    else {
        panic!("the workspace is asked");
    };
    set(&world, &Choice { chat: false, ..World::choice() }).unwrap();
    let lifetimes = World::terms().lifetimes;
    let agreed = Agreed { told: World::told(), purposes: Purposes::ALL, lifetimes };
    let given = world.core().give(&world.caller(), &question.choice, &agreed);
    assert!(matches!(given, Err(Refused(SessionError::ConsentWithdrawn))));
    assert!(world.read().unwrap().purposes.is_empty());
}

/// A conversation that was begun before records were kept.
#[test]
fn a_conversation_of_an_earlier_version_keeps_its_consent() {
    let world = World::minted();
    for statement in [
        "DROP TRIGGER consent_act_is_not_changed",
        "DROP TRIGGER consent_act_is_not_removed",
        "DROP TRIGGER consent_record_is_not_removed",
        "DELETE FROM consent_act",
        "DELETE FROM consent_record",
    ] {
        world.sql.exec(statement, &[]).unwrap();
    }
    let notice = World::terms().notice;
    world
        .sql
        .exec(
            "INSERT INTO consent_act (id, event) VALUES ('01A', json_object('id', '01A',
                 'state', 'given', 'purposes', json_array('chat', 'remember'), 'at', 7,
                 'notice', ?, 'lang', 'en', 'gpc', json('false'),
                 'source', json_object('kind', 'widget')))",
            &[notice.as_str().into()],
        )
        .unwrap();
    let key = VaultKey::new(World::CONVERSATION, &World::key().plain);
    let world = World { vault_key: Some(Rc::new(key)), ..world };
    assert_eq!(says(&world), Err(SessionError::ConsentUnproven), "until it is sealed");
    let world = awake(world);
    assert_eq!(says(&world), Ok(()));
    assert!(!world.sql.holds(b"\"given\""));
    let set_before = world.core().consent(&world.caller()).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(set_before.receipt.get()).unwrap();
    assert!(receipt.get("record").is_none(), "what it was told is not known any more");
    assert_eq!(verdict(&world, set_before.receipt.get()), Verdict::Valid);
    // From the first purpose that it gives on, there is a record.
    let given = set(&world, &choice(all_but(OptionalPurpose::Analytics))).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(given.receipt.get()).unwrap();
    assert_eq!(receipt["record"]["events"].as_array().unwrap().len(), 3);
}

#[test]
fn a_message_that_is_accepted_has_a_consent() {
    let world = World::minted();
    let message = chat(Trigger::SubmitMessage, "m-1", "hello");
    assert!(matches!(world.core().accept(&message, None), Ok(Accepted::Write(_))));
}
