mod allowance;
mod audit;
mod confidential;
mod conversations;
mod counts;
mod documents;
mod fixture;
mod keys;
mod list;
mod providers;
mod sites;
mod sweep;
mod visitors;

use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::{ConversationId, Origin};
use sotto_shared::limits;
use sotto_shared::pii::{Policy, scrub_for_edge};
use sotto_shared::wire::admin::{Budget as DayBudget, DocumentEntry, SiteEntry, SiteTexts};
use sotto_shared::wire::session::{Client, Holder};
use sotto_shared::wire::site::{Contact, ScrubSettings};

use super::*;
use crate::auth::keyring::{Keyring, test_json, test_keyring};
use crate::auth::mac;
use crate::auth::tokens::ApiKey;
use crate::clock::{DAY_MS, ManualClock};
use crate::config::Jurisdiction;
use crate::provider::platform::PlatformProviders;
use crate::random::CountingRandom;
use crate::session::command::{Network, SessionTerms};
use crate::sql::MemorySql;
use crate::workspace::command::{
    Admin, AdminAction, AdminReply, Admit, Admitted, Forget, Forgotten, PublicSettings, PublicSite,
    ReadRules, Turn, TurnContext,
};
use crate::workspace::settings::tests::{openai, settings};

pub(super) use fixture::{Fixture, refused, with_openai};
use fixture::{ID, list_all};

#[test]
fn nothing_is_here_before_it_is_created() {
    let fixture = Fixture::new();
    assert_eq!(fixture.public(None).unwrap_err(), WorkspaceError::Unknown);
    assert_eq!(fixture.admit(|_| {}).unwrap_err(), WorkspaceError::Unknown);
    let list = fixture.admin([0; 32], AdminAction::ListSites);
    assert_eq!(list.unwrap_err(), WorkspaceError::Unknown);
    let conversation = ConversationId::from_bytes([1; 32]);
    let forget = Forget { conversation, why: Forgotten::Erased };
    assert_eq!(refused(fixture.core().forget(&forget).unwrap_err()), WorkspaceError::Unknown);
    assert!(fixture.sql.exec("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
}

#[test]
fn a_workspace_is_created_once() {
    let fixture = Fixture::new();
    fixture.create();
    let again = fixture.core().create(&Create { name: "Other".into() });
    assert!(matches!(again, Err(Fault::Broken(_))));
    let nameless = Fixture::new().core().create(&Create { name: " ".into() }).map_err(refused);
    assert!(matches!(nameless, Err(WorkspaceError::InvalidValue { field, .. }) if field == "name"));
}

/// Promise 8: a key of one workspace never reaches another.
#[test]
fn only_the_workspaces_own_key_fits() {
    let (fixture, secret) = Fixture::with_site(settings());
    for at in 0..32 {
        let mut other = secret;
        other[at] ^= 1;
        let list = fixture.admin(other, AdminAction::ListSites);
        assert_eq!(list.unwrap_err(), WorkspaceError::KeyInvalid);
    }
    let command = Admin { secret: vec![], action: AdminAction::ListSites };
    assert_eq!(refused(fixture.core().admin(command).unwrap_err()), WorkspaceError::KeyInvalid);
    assert!(fixture.admin(secret, AdminAction::ListSites).is_ok());
}

#[test]
fn api_keys_are_stored_as_hashes() {
    let fixture = Fixture::new();
    let secret = fixture.create();
    let rows = fixture.sql.exec("SELECT hash FROM api_key", &[]).unwrap();
    assert_eq!(rows[0][0].blob().unwrap(), mac::sha256(&secret));
}

#[test]
fn keys_open_after_the_roots_rotation_and_not_without_it() {
    let (mut fixture, _) = Fixture::with_site(with_openai());
    let command = fixture.turn_command("Hi");
    fixture.keyring = Keyring::parse(&test_json(&[3])).unwrap();
    assert!(matches!(fixture.core().turn(&command), Err(Fault::Seal(SealError::UnknownKey))));
    fixture.keyring = Keyring::parse(&test_json(&[3, 2])).unwrap();
    assert!(fixture.turn("Hi").is_ok());
}
