//! API keys and public keys: made, listed, expired, removed, replaced.

use sotto_shared::wire::admin::{KeyEntry, KeyList, NewKey, Scope};

use super::*;
use crate::workspace::command::IssueKey;

/// Every action, with the scope that it needs.
fn actions() -> Vec<(Scope, AdminAction)> {
    let (name, media_type, text) = ("a.md".to_owned(), "text/markdown".to_owned(), "# A".into());
    vec![
        (Scope::Sites, AdminAction::CreateSite(Box::new(settings()))),
        (Scope::Sites, AdminAction::ChangeSite(1, Box::new(settings()))),
        (Scope::Sites, AdminAction::ListSites),
        (Scope::Sites, AdminAction::ReplaceSiteKey(1)),
        (
            Scope::Documents,
            AdminAction::PutDocument {
                site: 1,
                name: name.clone(),
                media_type,
                text,
                confidential: None,
            },
        ),
        (Scope::Documents, AdminAction::ListDocuments(1)),
        (Scope::Documents, AdminAction::DeleteDocument { site: 1, name }),
        (Scope::ConversationsRead, list_all()),
        (Scope::Counts, AdminAction::ReadCounts { site: 1, from: None, to: None }),
        (Scope::Keys, AdminAction::ListKeys),
        (Scope::Keys, AdminAction::CreateKey(new(&[Scope::Keys]))),
        (Scope::Keys, AdminAction::DeleteKey("none".into())),
        (Scope::Sites, AdminAction::DeleteSite(2)),
    ]
}

fn new(scopes: &[Scope]) -> NewKey {
    NewKey { name: "deploy script".into(), scopes: scopes.to_vec(), life_seconds: 3_600 }
}

fn make(fixture: &Fixture, maker: [u8; 32], new: NewKey) -> Result<KeyCreated, WorkspaceError> {
    fixture.admin(maker, AdminAction::CreateKey(new)).map(|reply| match reply {
        AdminReply::KeyCreated(key) => key,
        other => panic!("{other:?}"),
    })
}

fn secret(key: &KeyCreated) -> [u8; 32] {
    ApiKey::parse(&key.api_key).unwrap().secret
}

fn list(fixture: &Fixture, secret: [u8; 32]) -> Vec<KeyEntry> {
    match fixture.admin(secret, AdminAction::ListKeys) {
        Ok(AdminReply::Keys(KeyList { keys })) => keys,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let (fixture, owner) = Fixture::with_site(settings());
    for scope in Scope::ALL {
        let key = secret(&make(&fixture, owner, new(&[scope])).unwrap());
        for (needed, action) in actions() {
            let missing = Some(WorkspaceError::ScopeMissing { scope: needed });
            let refused = fixture.admin(key, action).err();
            assert_eq!(
                refused == missing,
                needed != scope,
                "{scope:?} for {needed:?}: {refused:?}"
            );
        }
    }
}

#[test]
fn a_key_gives_no_scope_that_it_lacks() {
    let (fixture, owner) = Fixture::with_site(settings());
    let maker = secret(&make(&fixture, owner, new(&[Scope::Keys, Scope::Documents])).unwrap());
    make(&fixture, maker, new(&[Scope::Documents])).unwrap();
    let refused = make(&fixture, maker, new(&[Scope::Documents, Scope::Sites]));
    assert_eq!(refused.err(), Some(WorkspaceError::ScopeMissing { scope: Scope::Sites }));
}

#[test]
fn a_key_is_shown_once_and_stored_as_a_hash() {
    let (fixture, owner) = Fixture::with_site(settings());
    let made = make(&fixture, owner, new(&[Scope::Sites])).unwrap();
    assert!(made.api_key.starts_with("sk_") && made.api_key.ends_with(&made.entry.ends));
    assert_eq!(made.entry.ends.len(), 4);
    let keys = list(&fixture, owner);
    assert_eq!(keys[0].scopes, Scope::ALL);
    assert_eq!(keys[1], made.entry);
    let rows = fixture.sql.exec("SELECT * FROM api_key", &[]).unwrap();
    let secret = secret(&made);
    for value in rows.iter().flatten() {
        let bytes = value.blob().or(value.text().map(str::as_bytes)).unwrap_or_default();
        assert!(!bytes.windows(32).any(|part| part == secret));
        assert!(!String::from_utf8_lossy(bytes).contains(&made.api_key[3..20]));
    }
}

#[test]
fn a_key_ends_when_it_says() {
    let (fixture, owner) = Fixture::with_site(settings());
    let made = make(&fixture, owner, new(&[Scope::Sites])).unwrap();
    let end = made.entry.expires_at - fixture.clock.now_ms();
    assert_eq!(end, 3_600_000);
    fixture.clock.advance(end - 1);
    fixture.admin(secret(&made), AdminAction::ListSites).unwrap();
    fixture.clock.advance(1);
    let refused = fixture.admin(secret(&made), AdminAction::ListSites);
    assert_eq!(refused.err(), Some(WorkspaceError::KeyExpired));
    assert_eq!(list(&fixture, owner).len(), 2, "it is listed until it is removed");
}

#[test]
fn keys_that_have_ended_lock_nobody_out() {
    let (fixture, owner) = Fixture::with_site(settings());
    let first = make(&fixture, owner, new(&[Scope::Sites])).unwrap();
    for n in 2..limits::API_KEYS_PER_WORKSPACE {
        let other = KeyEntry { id: format!("key {n}"), ..first.entry.clone() };
        fixture.core().store().add_api_key(&mac::sha256(other.id.as_bytes()), &other).unwrap();
    }
    let full = make(&fixture, owner, new(&[Scope::Sites]));
    assert!(matches!(full, Err(WorkspaceError::LimitReached { .. })), "all of them are alive");
    fixture.clock.advance(3_600_000);
    make(&fixture, owner, new(&[Scope::Sites])).unwrap();
    let keys = list(&fixture, owner);
    assert_eq!(keys.len(), limits::API_KEYS_PER_WORKSPACE, "one made room for it");
    assert!(keys.iter().all(|key| key.id != first.entry.id));
    // Every one has ended, the owner's too.
    fixture.clock.advance(limits::API_KEY_SECONDS_MAX * 1_000);
    let issued = fixture.core().issue_key(&IssueKey {}).map_err(refused).unwrap();
    fixture.admin(secret(&issued), AdminAction::ListSites).unwrap();
}

#[test]
fn a_removed_key_opens_nothing() {
    let (fixture, owner) = Fixture::with_site(settings());
    let made = make(&fixture, owner, new(&[Scope::Sites])).unwrap();
    let remove = || fixture.admin(owner, AdminAction::DeleteKey(made.entry.id.clone()));
    assert_eq!(remove(), Ok(AdminReply::Done));
    assert_eq!(remove(), Err(WorkspaceError::KeyUnknown));
    let refused = fixture.admin(secret(&made), AdminAction::ListSites);
    assert_eq!(refused.err(), Some(WorkspaceError::KeyInvalid));
}

#[test]
fn a_new_key_has_rules() {
    let (fixture, owner) = Fixture::with_site(settings());
    let field = |change: fn(&mut NewKey)| {
        let mut key = new(&[Scope::Sites]);
        change(&mut key);
        match make(&fixture, owner, key) {
            Err(WorkspaceError::InvalidValue { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(field(|key| key.name = " ".into()), "name");
    assert_eq!(field(|key| key.scopes.clear()), "scopes");
    assert_eq!(field(|key| key.scopes.push(Scope::Sites)), "scopes");
    assert_eq!(field(|key| key.life_seconds = limits::API_KEY_SECONDS_MIN - 1), "life_seconds");
    assert_eq!(field(|key| key.life_seconds = limits::API_KEY_SECONDS_MAX + 1), "life_seconds");
    let last = make(&fixture, owner, new(&[Scope::Sites])).unwrap().entry;
    for other in 2..limits::API_KEYS_PER_WORKSPACE {
        let hash = mac::sha256(&other.to_be_bytes());
        fixture.core().store().add_api_key(&hash, &last).unwrap();
    }
    let full = make(&fixture, owner, new(&[Scope::Sites]));
    assert!(matches!(full, Err(WorkspaceError::LimitReached { .. })));
}

#[test]
fn the_owner_of_expired_keys_gets_a_new_one() {
    let (fixture, owner) = Fixture::with_site(settings());
    fixture.clock.advance(limits::API_KEY_SECONDS_MAX * 1_000);
    let expired = fixture.admin(owner, AdminAction::ListSites);
    assert_eq!(expired.err(), Some(WorkspaceError::KeyExpired));
    let issued = fixture.core().issue_key(&IssueKey {}).unwrap();
    assert_eq!(list(&fixture, secret(&issued)).len(), 2);
    let nowhere = Fixture::new().core().issue_key(&IssueKey {}).map_err(refused);
    assert_eq!(nowhere.err(), Some(WorkspaceError::Unknown));
}

#[test]
fn a_key_of_an_earlier_version_still_opens() {
    let (fixture, owner) = Fixture::with_site(settings());
    fixture.age(3);
    fixture.site(owner, AdminAction::CreateSite(Box::new(settings())));
    let keys = list(&fixture, owner);
    assert_eq!((keys.len(), keys[0].id.len()), (1, 32));
    assert!(Scope::ALL.iter().all(|scope| keys[0].scopes.contains(scope)), "{:?}", keys[0].scopes);
    let life = keys[0].expires_at - keys[0].created_at;
    assert_eq!(life, limits::API_KEY_SECONDS_MAX * 1_000);
}

/// A key that could do everything still can; one that could do less is given nothing.
#[test]
fn scopes_that_are_new_are_given_to_keys_that_had_them_all() {
    let (fixture, owner) = Fixture::with_site(settings());
    let scopes = [Scope::ConversationsRead, Scope::ConversationsErase];
    make(&fixture, owner, new(&scopes)).unwrap();
    let all = serde_json::Value::from(Scope::ALL.map(Scope::name).to_vec()).to_string();
    let older = all.replace("\"conversations:manage\",\"counts\",", "");
    fixture.age(4);
    let age = "UPDATE api_key SET scopes = ? WHERE name = 'owner'";
    fixture.sql.exec(age, &[older.as_str().into()]).unwrap();
    let keys = list(&fixture, owner);
    assert_eq!(keys[0].scopes.len(), Scope::ALL.len());
    assert_eq!(keys[1].scopes, scopes);
}

#[test]
fn a_replaced_public_key_opens_nothing_and_the_new_one_does() {
    let (fixture, owner) = Fixture::with_site(settings());
    let old = fixture.public(None).unwrap().site.site;
    let entry = fixture.site(owner, AdminAction::ReplaceSiteKey(1));
    assert_ne!(entry.key, old);
    assert_eq!(fixture.public(None).unwrap_err(), WorkspaceError::SiteUnknown);
    assert_eq!(fixture.admit(|_| {}).unwrap_err(), WorkspaceError::SiteUnknown);
    assert_eq!(fixture.turn("Hello").err(), Some(WorkspaceError::SiteUnknown));
    let opened = site_key::open(&fixture.keyring, &entry.key).unwrap();
    assert_eq!(opened.site, SiteRef { number: 1, generation: 2 });
    let command = PublicSite { site: opened.site, lang: None };
    let public = fixture.core().public_site(&command).unwrap();
    assert_eq!(public.site.site, entry.key);
    assert_eq!(entry.settings, settings(), "nothing else changed");

    let unknown = fixture.admin(owner, AdminAction::ReplaceSiteKey(9));
    assert_eq!(unknown.err(), Some(WorkspaceError::SiteUnknown));
    fixture.sql.exec("UPDATE site SET generation = 65535", &[]).unwrap();
    let last = fixture.admin(owner, AdminAction::ReplaceSiteKey(1));
    assert!(matches!(last, Err(WorkspaceError::LimitReached { .. })));
}
