mod receipt;
mod record;
mod taking;

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

#[test]
fn a_message_that_is_accepted_has_a_consent() {
    let world = World::minted();
    let message = chat(Trigger::SubmitMessage, "m-1", "hello");
    assert!(matches!(world.core().accept(&message, None), Ok(Accepted::Write(_))));
}
