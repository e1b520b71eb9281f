//! What a workspace records of what is done to it.

use serde_json::Value;
use sotto_shared::audit::Export;
use sotto_shared::wire::admin::{NewKey, Scope};

use super::*;
use crate::workspace::command::{IssueKey, Report, Reported};

/// Action, result and site of every entry so far, from the stored payloads.
fn recorded(fixture: &Fixture) -> Vec<(String, String, Option<u64>)> {
    let rows = fixture.sql.exec("SELECT payload FROM audit ORDER BY number", &[]).unwrap();
    rows.iter()
        .map(|row| {
            let payload: Value = serde_json::from_str(row[0].text().unwrap()).unwrap();
            let word = |name: &str| payload[name].as_str().unwrap().to_owned();
            (word("action"), word("result"), payload["site"].as_u64())
        })
        .collect()
}

/// What is recorded while something is done, as `action result site`.
fn while_doing(fixture: &Fixture, act: impl FnOnce()) -> Vec<String> {
    let before = recorded(fixture).len();
    act();
    recorded(fixture)
        .into_iter()
        .skip(before)
        .map(|(action, result, site)| match site {
            Some(site) => format!("{action} {result} {site}"),
            None => format!("{action} {result}"),
        })
        .collect()
}

fn last_payload(fixture: &Fixture) -> Value {
    let query = "SELECT payload FROM audit ORDER BY number DESC LIMIT 1";
    let rows = fixture.sql.exec(query, &[]).unwrap();
    serde_json::from_str(rows[0][0].text().unwrap()).unwrap()
}

#[test]
fn a_workspace_begins_with_its_making() {
    let fixture = Fixture::new();
    fixture.create();
    let names: Vec<_> = recorded(&fixture).into_iter().map(|(action, ..)| action).collect();
    assert_eq!(names, ["workspace.created", "api_key.created"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "platform");
    let issue = || drop(fixture.core().issue_key(&IssueKey {}).unwrap());
    assert_eq!(while_doing(&fixture, issue), ["api_key.created done"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "platform");
}

#[test]
fn everything_that_an_operator_does_is_recorded_with_its_end() {
    let (fixture, secret) = Fixture::with_site(settings());
    let act = |action: AdminAction| while_doing(&fixture, || drop(fixture.admin(secret, action)));
    let document = |site, text: &str| AdminAction::PutDocument {
        site,
        name: "jane-doe.md".into(),
        media_type: "text/markdown".into(),
        text: text.into(),
        confidential: None,
    };
    let gone = |site| AdminAction::DeleteDocument { site, name: "jane-doe.md".into() };
    let key = NewKey { name: "script".into(), scopes: vec![Scope::Sites], life_seconds: 3_600 };

    assert_eq!(act(AdminAction::CreateSite(Box::new(settings()))), ["site.created done 2"]);
    assert_eq!(
        act(AdminAction::ChangeSite(2, Box::new(with_openai()))),
        ["site.changed done 2", "provider_key.set done 2"]
    );
    let broken = SiteSettings { name: String::new(), ..settings() };
    assert_eq!(act(AdminAction::ChangeSite(2, Box::new(broken))), ["site.changed refused 2"]);
    assert_eq!(act(AdminAction::ReplaceSiteKey(2)), ["site_key.replaced done 2"]);
    assert_eq!(act(AdminAction::ListSites), ["sites.listed done"]);
    assert_eq!(act(document(2, "# Jane")), ["document.put done 2"]);
    assert_eq!(act(document(9, "# Jane")), ["document.put refused 9"]);
    assert_eq!(act(AdminAction::ListDocuments(2)), ["documents.listed done 2"]);
    assert_eq!(act(gone(2)), ["document.removed done 2"]);
    assert_eq!(act(gone(2)), ["document.removed refused 2"]);
    assert_eq!(act(AdminAction::DeleteSite(2)), ["site.removed done 2"]);
    assert_eq!(act(AdminAction::DeleteSite(2)), ["site.removed refused 2"]);
    assert_eq!(act(list_all()), ["conversations.listed done"]);
    assert_eq!(act(AdminAction::CreateKey(key)), ["api_key.created done"]);
    assert_eq!(act(AdminAction::ListKeys), ["api_keys.listed done"]);
    assert_eq!(act(AdminAction::DeleteKey("none".into())), ["api_key.removed refused"]);
    assert_eq!(act(AdminAction::ExportAudit(None)), ["audit.exported done"]);
    let none: [&str; 0] = [];
    assert_eq!(act(AdminAction::ReadCheckpoint), none);

    let rows = fixture.sql.exec("SELECT payload FROM audit", &[]).unwrap();
    let all: String = rows.iter().filter_map(|row| row[0].text()).collect();
    for word in ["jane", "Jane", "Shop", "secret-key", "script"] {
        assert!(!all.contains(word), "{word}");
    }
}

#[test]
fn an_entry_names_the_key_that_was_used() {
    let (fixture, secret) = Fixture::with_site(settings());
    let Ok(AdminReply::Keys(list)) = fixture.admin(secret, AdminAction::ListKeys) else {
        panic!("no list");
    };
    let actor = &last_payload(&fixture)["actor"];
    assert_eq!(
        (&actor["kind"], &actor["key"]),
        (&"operator".into(), &Value::from(list.keys[0].id.as_str()))
    );
}

#[test]
fn a_key_that_does_not_fit_is_recorded_once_a_minute() {
    let (fixture, _) = Fixture::with_site(settings());
    let guess = || drop(fixture.admin([9; 32], AdminAction::ListSites));
    let entries = while_doing(&fixture, || (0..50).for_each(|_| guess()));
    assert_eq!(entries, ["login.refused refused"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "unknown");
    fixture.clock.advance(limits::AUDIT_QUIET_SECONDS * 1_000);
    assert_eq!(while_doing(&fixture, guess), ["login.refused refused"]);
}

#[test]
fn an_erasure_is_recorded_once_and_by_whom() {
    let (fixture, _) = Fixture::with_site(settings());
    let erase = |id: u8, why| {
        let conversation = ConversationId::from_bytes([id; 32]);
        fixture.admit(|admit| admit.conversation = conversation).unwrap();
        let forget = Forget { conversation, why };
        while_doing(&fixture, || {
            fixture.core().forget(&forget).unwrap();
            fixture.core().forget(&forget).unwrap();
        })
    };
    assert_eq!(erase(1, Forgotten::Erased), ["conversation.erased done 1"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "visitor");
    assert_eq!(erase(2, Forgotten::Ended), ["conversation.erased done 1"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "system");
    assert!(erase(3, Forgotten::NeverBegun).is_empty());
    let rows = fixture.sql.exec("SELECT payload FROM audit", &[]).unwrap();
    let id = ConversationId::from_bytes([1; 32]).to_hex();
    assert!(rows.iter().all(|row| !row[0].text().unwrap().contains(&id)));
}

/// The session tells of its erasure until the workspace has heard: what could not be recorded then
/// is recorded later.
#[test]
fn an_erasure_that_cannot_be_recorded_stays_on_the_list() {
    let (fixture, _) = Fixture::with_site(settings());
    let conversation = ConversationId::from_bytes([1; 32]);
    fixture.admit(|admit| admit.conversation = conversation).unwrap();
    let forget = || fixture.core().forget(&Forget { conversation, why: Forgotten::Erased });
    fixture.sql.exec("UPDATE audit_tree SET size = size + 100", &[]).unwrap();
    assert!(matches!(forget(), Err(Fault::Broken(_))));
    fixture.sql.exec("UPDATE audit_tree SET size = size - 100", &[]).unwrap();
    assert_eq!(while_doing(&fixture, || forget().unwrap()), ["conversation.erased done 1"]);
}

#[test]
fn what_sessions_report_is_recorded() {
    let (fixture, _) = Fixture::with_site(settings());
    let conversation = ConversationId::from_bytes([1; 32]);
    fixture.admit(|admit| admit.conversation = conversation).unwrap();
    let report = |what| {
        while_doing(&fixture, || {
            fixture.core().report(&Report { conversation, what }).unwrap();
        })
    };
    assert_eq!(report(Reported::Exported), ["conversation.exported done 1"]);
    assert_eq!(report(Reported::ExportFailed), ["conversation.exported failed 1"]);
    assert_eq!(report(Reported::ErasureFailed), ["conversation.erased failed 1"]);
    assert_eq!(report(Reported::ErasureRefused), ["conversation.erased refused 1"]);
    assert!(report(Reported::ErasureRefused).is_empty(), "anyone can ask");
    assert_eq!(report(Reported::ErasureFailed), ["conversation.erased failed 1"]);
    assert_eq!(report(Reported::EndingFailed), ["conversation.erased failed 1"]);
    assert_eq!(last_payload(&fixture)["actor"]["kind"], "system");
    assert_eq!(report(Reported::TokensRevoked), ["tokens.revoked done 1"]);
    for (what, entry) in [
        (Reported::MessageChanged, "message.changed done 1"),
        (Reported::MessageRemoved, "message.removed done 1"),
        (Reported::Restricted, "conversation.restricted done 1"),
        (Reported::RestrictionLifted, "restriction.lifted done 1"),
        (Reported::ReviewAsked, "review.asked done 1"),
    ] {
        assert_eq!(report(what), [entry]);
        assert_eq!(last_payload(&fixture)["actor"]["kind"], "visitor");
    }
}

#[test]
fn an_export_holds_its_own_entry_and_a_failed_one_is_recorded() {
    let (fixture, secret) = Fixture::with_site(settings());
    let export = |from: &str| fixture.admin(secret, AdminAction::ExportAudit(Some(from.into())));
    let Ok(AdminReply::Audit(text)) = export("0") else { panic!("no export") };
    let entries = Export::parse(&text).unwrap().entries;
    assert!(entries.last().unwrap().payload.as_ref().unwrap().contains("audit.exported"));
    for from in ["x", "-1", "9999"] {
        let entries = while_doing(&fixture, || {
            assert!(matches!(export(from), Err(WorkspaceError::InvalidValue { .. })), "{from}");
        });
        assert_eq!(entries, ["audit.exported done", "audit.exported refused"]);
    }
    // A row that no version of the edge has written.
    let row =
        "INSERT INTO audit VALUES (50, 0, 9, x'', x'', NULL, '{\"action\":\"\",\"result\":\"\"}')";
    fixture.sql.exec(row, &[]).unwrap();
    let command = Admin { secret: secret.to_vec(), action: AdminAction::ExportAudit(None) };
    assert!(matches!(fixture.core().admin(command), Err(Fault::Broken(_))));
    let failed = ("audit.exported".to_owned(), "failed".to_owned(), None);
    assert!(recorded(&fixture).contains(&failed));
}
