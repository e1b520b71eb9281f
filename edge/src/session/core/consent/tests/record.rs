//! The record itself: sealed, append-only, and what a broken one stops.

use super::*;

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
