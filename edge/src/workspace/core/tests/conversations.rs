//! What an operator does to conversations by way of the workspace.

use sotto_shared::limits::HOLD_SECONDS_MAX;
use sotto_shared::wire::admin::{
    AccessReason, ConversationEntry, ConversationFlag, Hold, HoldReason, NewKey, Scope,
};
use sotto_shared::wire::rights::ReviewOutcome;
use sotto_shared::wire::session::{ErasureReceipt, Signature};

use super::*;
use crate::object::{CallError, Unreachable};
use crate::session::command::{OperatorAction, OperatorReply, SessionError};
use crate::workspace::command::{AdminConversation, Listing};

const CONVERSATION: ConversationId = ConversationId::from_bytes([7; 32]);
const READ: OperatorAction = OperatorAction::Read { reason: None };
const ERASE: OperatorAction = OperatorAction::Erase;
const ANSWER: OperatorAction = OperatorAction::Answer(ReviewOutcome::Confirmed);

fn with_conversation() -> (Fixture, [u8; 32]) {
    let (fixture, secret) = Fixture::with_site(settings());
    fixture.admit(|admit| admit.conversation = CONVERSATION).unwrap();
    (fixture, secret)
}

fn ask(
    fixture: &Fixture,
    secret: [u8; 32],
    conversation: ConversationId,
    action: OperatorAction,
) -> Result<Asked, WorkspaceError> {
    let command = AdminConversation { secret: secret.to_vec(), conversation, action };
    fixture.core().ask(&command).map_err(refused)
}

/// Asks, and has the session answer.
fn answer(
    (fixture, secret): &(Fixture, [u8; 32]),
    action: OperatorAction,
    answer: Result<OperatorReply, CallError<SessionError>>,
) -> Result<OperatorReply<ConversationEntry>, WorkspaceError> {
    let asked = ask(fixture, *secret, CONVERSATION, action).unwrap();
    fixture.core().answered(&asked, answer).map_err(refused)
}

fn copy() -> OperatorReply {
    let json = serde_json::json!({
        "conversation": CONVERSATION,
        "created_at": 1,
        "ends_at": 2,
        "notice": "0".repeat(32),
        "chat": true,
        "purposes": {},
        "objections": {},
        "consent": [],
        "messages": [],
    });
    OperatorReply::Read(Box::new(serde_json::from_value(json).unwrap()))
}

fn receipt() -> ErasureReceipt {
    ErasureReceipt {
        id: "R".into(),
        conversation: CONVERSATION,
        erased_at: 3,
        recovery_days: 30,
        recipients: vec![],
        consent_proof_days: None,
        signature: Signature { alg: "Ed25519".into(), kid: 1, value: String::new() },
    }
}

fn listing(fixture: &Fixture, change: impl FnOnce(&mut Listing)) -> Listing {
    let mut listing = fixture.core().store().listed(&CONVERSATION).unwrap().unwrap().told;
    listing.number += 1;
    change(&mut listing);
    listing
}

fn legal_claim(fixture: &Fixture, seconds: u64) -> Hold {
    Hold { reason: HoldReason::LegalClaim, until: fixture.clock.now_ms() + seconds * 1_000 }
}

/// Action, result and reason of the newest entry of the audit log.
fn last_entry(fixture: &Fixture) -> (String, String, Option<String>) {
    let query = "SELECT payload FROM audit ORDER BY number DESC LIMIT 1";
    let rows = fixture.sql.exec(query, &[]).unwrap();
    let payload: serde_json::Value = serde_json::from_str(rows[0][0].text().unwrap()).unwrap();
    assert!(matches!(payload["actor"]["kind"].as_str(), Some("operator")), "{payload}");
    let word = |name: &str| payload[name].as_str().map(str::to_owned);
    (word("action").unwrap(), word("result").unwrap(), word("reason"))
}

fn entries(fixture: &Fixture) -> usize {
    fixture.sql.exec("SELECT 1 FROM audit", &[]).unwrap().len()
}

fn entry(action: &str, result: &str, reason: Option<&str>) -> (String, String, Option<String>) {
    (action.into(), result.into(), reason.map(Into::into))
}

#[test]
fn the_session_is_asked_for_the_workspace_by_what_the_operator_wants() {
    let (fixture, secret) = with_conversation();
    let reason = Some(AccessReason::Security);
    let hold = legal_claim(&fixture, 60);
    for action in [
        OperatorAction::Read { reason },
        OperatorAction::Export { reason },
        ERASE,
        OperatorAction::Hold(Some(hold)),
        OperatorAction::Hold(None),
        ANSWER,
        OperatorAction::Consent,
    ] {
        let asked = ask(&fixture, secret, CONVERSATION, action).unwrap();
        let question = fixture.core().question(&asked);
        assert_eq!((question.workspace, question.action), (ID, action));
        assert_eq!(*asked.conversation(), CONVERSATION);
    }
}

/// Promise 8: what the workspace does not list is not there, whatever the operator wants of it.
#[test]
fn promise_8_another_workspaces_conversation_is_unknown() {
    let (fixture, secret) = with_conversation();
    let other = ConversationId::from_bytes([8; 32]);
    let hold = legal_claim(&fixture, 60);
    for (action, name) in [
        (READ, "conversation.read"),
        (OperatorAction::Export { reason: None }, "conversation.exported"),
        (ERASE, "conversation.erased"),
        (OperatorAction::Hold(Some(hold)), "conversation.held"),
        (OperatorAction::Hold(None), "conversation.released"),
        (ANSWER, "review.answered"),
    ] {
        let unknown = ask(&fixture, secret, other, action);
        assert_eq!(unknown, Err(WorkspaceError::ConversationUnknown), "{name}");
        let (action, result, _) = last_entry(&fixture);
        assert_eq!((action.as_str(), result.as_str()), (name, "refused"));
    }
}

/// What is left of an erased conversation is on no list; the object itself knows whose it was.
#[test]
fn the_consent_of_an_erased_conversation_is_asked_of_its_object() {
    let (fixture, secret) = with_conversation();
    let other = ConversationId::from_bytes([8; 32]);
    let before = entries(&fixture);
    let asked = ask(&fixture, secret, other, OperatorAction::Consent).unwrap();
    assert_eq!(entries(&fixture), before, "nothing is shown yet");
    let unknown = fixture.core().answered(&asked, Err(CallError::Refused(SessionError::Unknown)));
    assert_eq!(unknown.map_err(refused).unwrap_err(), WorkspaceError::ConversationUnknown);
    assert_eq!(last_entry(&fixture), entry("consent.shown", "refused", None));
    let shown = fixture.core().answered(&asked, Ok(OperatorReply::Consent("{}".into())));
    assert!(matches!(shown, Ok(OperatorReply::Consent(text)) if text == "{}"));
    assert_eq!(last_entry(&fixture), entry("consent.shown", "done", None));
}

#[test]
fn a_key_needs_the_scope_of_what_it_does() {
    let (fixture, secret) = with_conversation();
    let hold = legal_claim(&fixture, 60);
    let all = [
        (READ, Scope::ConversationsRead),
        (OperatorAction::Export { reason: None }, Scope::ConversationsRead),
        (OperatorAction::Consent, Scope::ConversationsRead),
        (ERASE, Scope::ConversationsErase),
        (OperatorAction::Hold(Some(hold)), Scope::ConversationsManage),
        (OperatorAction::Hold(None), Scope::ConversationsManage),
        (ANSWER, Scope::ConversationsManage),
    ];
    for scope in Scope::ALL {
        let new = NewKey { name: "one".into(), scopes: vec![scope], life_seconds: 3_600 };
        let Ok(AdminReply::KeyCreated(made)) = fixture.admin(secret, AdminAction::CreateKey(new))
        else {
            panic!("no key");
        };
        let key = ApiKey::parse(&made.api_key).unwrap().secret;
        for (action, needed) in all {
            let asked = ask(&fixture, key, CONVERSATION, action).map(drop);
            let missing = Err(WorkspaceError::ScopeMissing { scope: needed });
            assert_eq!(asked, if scope == needed { Ok(()) } else { missing });
        }
    }
    let forged = ask(&fixture, [9; 32], CONVERSATION, READ);
    assert_eq!(forged, Err(WorkspaceError::KeyInvalid));
}

#[test]
fn what_is_read_is_recorded_with_its_reason_before_it_is_shown() {
    let world = with_conversation();
    let reason = Some(AccessReason::Complaint);
    let read = answer(&world, OperatorAction::Read { reason }, Ok(copy())).unwrap();
    assert!(matches!(read, OperatorReply::Read(_)));
    assert_eq!(last_entry(&world.0), entry("conversation.read", "done", Some("complaint")));
    answer(&world, OperatorAction::Export { reason: None }, Ok(copy())).unwrap();
    assert_eq!(last_entry(&world.0), entry("conversation.exported", "done", None));

    // A log that cannot be written shows nothing.
    let (fixture, secret) = &world;
    let asked = ask(fixture, *secret, CONVERSATION, READ).unwrap();
    fixture.sql.exec("UPDATE audit_tree SET size = size + 100", &[]).unwrap();
    assert!(matches!(fixture.core().answered(&asked, Ok(copy())), Err(Fault::Broken(_))));
}

#[test]
fn what_comes_to_nothing_is_recorded_too() {
    let world = with_conversation();
    let refusal = SessionError::ReasonRequired;
    for (answered, error, result) in [
        (CallError::Refused(refusal.clone()), WorkspaceError::Conversation(refusal), "refused"),
        (CallError::Refused(SessionError::Unknown), WorkspaceError::ConversationUnknown, "refused"),
        (CallError::Refused(SessionError::Failed), WorkspaceError::Failed, "failed"),
        (CallError::Unreachable(Unreachable::Status(500)), WorkspaceError::Unreachable, "failed"),
    ] {
        let read = answer(&world, OperatorAction::Export { reason: None }, Err(answered));
        assert_eq!(read.unwrap_err(), error);
        assert_eq!(last_entry(&world.0), entry("conversation.exported", result, None));
    }
}

#[test]
fn an_erased_conversation_leaves_the_list_and_is_recorded_once() {
    let world = with_conversation();
    let (fixture, secret) = &world;
    let erased = answer(&world, ERASE, Ok(OperatorReply::Erased(receipt()))).unwrap();
    assert!(matches!(erased, OperatorReply::Erased(ref one) if *one == receipt()));
    assert_eq!(last_entry(fixture), entry("conversation.erased", "done", None));
    let before = entries(fixture);
    // The session tells by itself as well.
    let forget = Forget { conversation: CONVERSATION, why: Forgotten::ErasedByOperator };
    fixture.core().forget(&forget).unwrap();
    assert_eq!(entries(fixture), before);
    assert_eq!(ask(fixture, *secret, CONVERSATION, READ), Err(WorkspaceError::ConversationUnknown));
}

/// The session's own word comes first, or instead of an answer that was lost: the entry names the
/// key all the same.
#[test]
fn an_erasure_whose_answer_is_late_or_lost_is_recorded_once_with_its_key() {
    let world = with_conversation();
    let (fixture, secret) = &world;
    let asked = ask(fixture, *secret, CONVERSATION, ERASE).unwrap();
    let before = entries(fixture);
    let forget = Forget { conversation: CONVERSATION, why: Forgotten::ErasedByOperator };
    fixture.core().forget(&forget).unwrap();
    assert_eq!(last_entry(fixture), entry("conversation.erased", "done", None));
    let answered = fixture.core().answered(&asked, Ok(OperatorReply::Erased(receipt())));
    assert!(matches!(answered, Ok(OperatorReply::Erased(_))));
    assert_eq!(entries(fixture), before + 1);
}

/// The visitor was faster, or the session's answer was lost: what the operator was told is recorded.
#[test]
fn an_erasure_that_came_to_nothing_is_recorded_once_the_conversation_is_gone() {
    let gone = SessionError::Erased { receipt: "R".into() };
    let lost = CallError::Unreachable(Unreachable::Status(500));
    for (error, result) in [(CallError::Refused(gone), "refused"), (lost, "failed")] {
        let world = with_conversation();
        let (fixture, secret) = &world;
        let asked = ask(fixture, *secret, CONVERSATION, ERASE).unwrap();
        let forget = Forget { conversation: CONVERSATION, why: Forgotten::Erased };
        fixture.core().forget(&forget).unwrap();
        fixture.core().answered(&asked, Err(error)).unwrap_err();
        assert_eq!(last_entry(fixture), entry("conversation.erased", result, None));
    }
}

#[test]
fn a_hold_is_listed_and_has_an_end() {
    let world = with_conversation();
    let (fixture, secret) = &world;
    let hold = legal_claim(fixture, 3_600);
    let told = listing(fixture, |listing| listing.hold = Some(hold));
    let held = answer(&world, OperatorAction::Hold(Some(hold)), Ok(OperatorReply::Listed(told)));
    let Ok(OperatorReply::Listed(listed)) = held else { panic!("{held:?}") };
    assert_eq!(listed.hold, Some(hold));
    assert_eq!(last_entry(fixture), entry("conversation.held", "done", Some("legal_claim")));
    let told = listing(fixture, |listing| listing.hold = None);
    let freed = answer(&world, OperatorAction::Hold(None), Ok(OperatorReply::Listed(told)));
    let Ok(OperatorReply::Listed(listed)) = freed else { panic!("{freed:?}") };
    assert_eq!(listed.hold, None);
    assert_eq!(last_entry(fixture), entry("conversation.released", "done", None));

    for seconds in [0, HOLD_SECONDS_MAX + 1] {
        let hold = legal_claim(fixture, seconds);
        let refused = ask(fixture, *secret, CONVERSATION, OperatorAction::Hold(Some(hold)));
        assert!(
            matches!(refused, Err(WorkspaceError::InvalidValue { field, .. }) if field == "until")
        );
        let refused = entry("conversation.held", "refused", Some("legal_claim"));
        assert_eq!(last_entry(fixture), refused);
    }
    let longest = OperatorAction::Hold(Some(legal_claim(fixture, HOLD_SECONDS_MAX)));
    assert!(ask(fixture, *secret, CONVERSATION, longest).is_ok());
}

#[test]
fn the_list_is_narrowed_by_site_and_flag() {
    let (fixture, secret) = with_conversation();
    fixture.site(secret, AdminAction::CreateSite(Box::new(settings())));
    let list = |site, flag| {
        let action = AdminAction::ListConversations { after: None, site, flag };
        match fixture.admin(secret, action) {
            Ok(AdminReply::Conversations(list)) => list.conversations,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((list(Some(1), None).len(), list(Some(2), None).len()), (1, 0));
    for flag in ConversationFlag::ALL {
        assert!(list(None, Some(*flag)).is_empty(), "{flag:?}");
    }
    let hold = legal_claim(&fixture, 60);
    let told = listing(&fixture, |listing| {
        listing.improve = true;
        listing.restricted = true;
        listing.review_asked_at = Some(5);
        listing.hold = Some(hold);
    });
    fixture.core().list(&told).unwrap();
    for flag in ConversationFlag::ALL {
        let found = list(Some(1), Some(*flag));
        assert_eq!(found.len(), 1, "{flag:?}");
        assert!(found[0].improve && found[0].restricted);
        assert_eq!((found[0].review_asked_at, found[0].hold), (Some(5), Some(hold)));
        assert!(list(Some(2), Some(*flag)).is_empty());
    }
}
