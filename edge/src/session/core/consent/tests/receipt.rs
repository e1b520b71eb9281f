use sotto_shared::id::WorkspaceId;

use super::*;
use crate::session::record::Tombstone;
use crate::session::schema;

fn erased(world: &World) -> Tombstone {
    let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
    let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else { panic!("it erases") };
    world.core().bury(&tombstone).unwrap();
    tombstone
}

#[test]
fn a_proof_outlives_the_erasure_only_as_long_as_the_site_says() {
    let world = begun(|mint| {
        mint.told.notice.proof_days = 30;
        mint.choice.purposes = only(OptionalPurpose::Improve);
    });
    says(&world).unwrap();
    set(&world, &choice(Purposes::default())).unwrap();
    let tombstone = erased(&world);
    assert_eq!(tombstone.receipt.consent_proof_days, Some(30));
    let receipt = serde_json::to_string(&tombstone.receipt).unwrap();
    assert_eq!(verdict(&world, &receipt), Verdict::Valid);
    let kept = world.core().store().consent_proof().unwrap().unwrap();
    assert_eq!(verdict(&world, &kept), Verdict::Valid);
    let proof: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(proof["kind"], "consent_proof");
    assert_eq!(proof["acts"].as_array().unwrap().len(), 4);
    assert_eq!(proof["acts"][3]["state"], "withdrawn");
    for text in ["hello", "Shop Ltd", "shop.example", &World::CONVERSATION.to_hex()] {
        assert!(!kept.contains(text), "{text}");
    }
    world.clock.advance(30 * DAY_MS - 1);
    let kept = |world: &World| {
        while world.core().due().unwrap().is_some() {
            world.core().heard().unwrap();
            let noted = world.core().noted().unwrap();
            noted.inspect(|noted| world.core().told(noted).unwrap());
        }
        world.core().store().consent_proof().unwrap()
    };
    assert!(kept(&world).is_some());
    world.clock.advance(1);
    assert_eq!(kept(&world), None);
    assert!(world.core().store().tombstone().unwrap().is_some());
}

#[test]
fn no_proof_is_kept_unless_the_site_says_so() {
    let world = World::minted();
    let tombstone = erased(&world);
    assert_eq!((tombstone.receipt.consent_proof_days, tombstone.consent_proof), (None, None));
    assert_eq!(world.core().store().consent_proof().unwrap(), None);
}

#[test]
fn an_operator_is_shown_the_consent_or_what_is_left_of_it() {
    use crate::session::command::{Operator, OperatorAction, OperatorReply};
    use crate::session::core::Operated;
    let shown = |world: &World, workspace| {
        let command = Operator { workspace, action: OperatorAction::Consent };
        match world.core().operate(&command, None) {
            Ok(Operated::Reply(OperatorReply::Consent(text))) => Ok(text),
            Err(Refused(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    };
    let (own, other) = (World::terms().workspace, WorkspaceId::from_bytes([99; 32]));
    let kept = begun(|mint| mint.told.notice.proof_days = 30);
    let receipt = kept.core().consent(&kept.caller()).unwrap().receipt;
    assert_eq!(shown(&kept, own).as_deref(), Ok(receipt.get()));
    assert_eq!(shown(&kept, other), Err(SessionError::Unknown));
    let tombstone = erased(&kept);
    assert_eq!(shown(&kept, own).ok(), tombstone.consent_proof);
    assert_eq!(shown(&kept, other), Err(SessionError::Unknown));
    kept.core().store().delete_consent_proof().unwrap();
    let gone = SessionError::Erased { receipt: tombstone.receipt.id };
    assert_eq!(shown(&kept, own), Err(gone));
    assert_eq!(shown(&World::new(), own), Err(SessionError::Unknown));
}

#[test]
fn a_cut_short_erasure_keeps_its_proof() {
    let world = begun(|mint| mint.told.notice.proof_days = 1);
    let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
    let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else { panic!("it erases") };
    // The tombstone was written, the tables were not dropped.
    schema::bury(&world.sql).unwrap();
    world.core().store().insert_tombstone(&tombstone).unwrap();
    let again = world.core().overdue().unwrap().unwrap();
    assert_eq!(again.consent_proof, tombstone.consent_proof);
    assert!(again.consent_proof.is_some());
}

#[test]
fn the_receipt_holds_the_whole_record_and_verifies() {
    let world = all_given();
    let set = world.core().consent(&world.caller()).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(set.receipt.get()).unwrap();
    assert_eq!(receipt["purposes"]["improve"], true);
    assert_eq!(receipt["notice"], World::terms().notice.as_str());
    let record = &receipt["record"];
    assert_eq!(record["principal"]["id"], World::CONVERSATION.to_hex());
    assert_eq!(record["purposes"][2]["dpv"], "dpv:ImproveExistingProductsAndServices");
    assert_eq!(record["events"].as_array().unwrap().len(), 2);
    assert_eq!(receipt["id"], record["events"][1]["id"]);
    assert_eq!(verdict(&world, set.receipt.get()), Verdict::Valid);
    let other = set.receipt.get().replace("\"improve\":true", "\"improve\":false");
    assert_eq!(verdict(&world, &other), Verdict::Changed);
    for secret in ["192.0.2", "Mozilla"] {
        assert!(!set.receipt.get().contains(secret));
    }
}

#[test]
fn the_same_answer_again_records_nothing_and_has_the_same_receipt() {
    let world = all_given();
    let first = set(&world, &choice(Purposes::ALL)).unwrap();
    let before = events(&world);
    world.clock.advance(1_000);
    let again = set(&world, &choice(Purposes::ALL)).unwrap();
    assert_eq!(again.receipt.get(), first.receipt.get());
    assert_eq!(events(&world), before);
}
