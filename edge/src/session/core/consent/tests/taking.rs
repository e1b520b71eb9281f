//! What is taken back, objected to and given again.

use super::*;

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
