//! Refresh and erase tokens, API keys and public keys: every text that is none of them.

use sotto_shared::id::{MessageId, Origin, SiteKey, WorkspaceId};
use sotto_shared::wire::problem::Code;

use crate::auth::keyring::{Keyring, test_json};
use crate::auth::site_key::{self, OpenedSiteKey};
use crate::auth::tokens::{ApiKey, EraseToken, RefreshToken};
use crate::error::ApiError;
use crate::object::CallError;
use crate::routes::caller::bearer;
use crate::routes::sessions::unverified;
use crate::session::command::Refresh;
use crate::session::core::tests::World;
use crate::session::core::{CoreError, Erasure};
use crate::workspace::command::{SiteRef, WorkspaceError};

use super::access::{authorized, token};

pub(super) fn api_key() -> String {
    ApiKey { workspace: World::terms().workspace, secret: [1; 32] }.to_text()
}

pub(super) fn public_key(world: &World) -> String {
    let site = SiteRef { number: 1, generation: 1 };
    let opened = OpenedSiteKey { workspace: World::terms().workspace, site };
    site_key::issue(&world.keyring, &opened).unwrap().as_str().to_owned()
}

/// Texts that are no token of a kind, by name: those of all other kinds, and broken ones.
fn no_tokens(world: &World, good: &str) -> Vec<(&'static str, String)> {
    let last = if good.ends_with('0') { "1" } else { "0" };
    let kinds = [
        ("an access token", token(world)),
        ("a refresh token", world.refresh_token.clone()),
        ("an erase token", world.erase_token.clone()),
        ("an API key", api_key()),
        ("a public key", public_key(world)),
        ("nothing", String::new()),
        ("half of it", good[..good.len() / 2].to_owned()),
        ("more than it", format!("{good}0")),
        ("another check sum", format!("{}{last}", &good[..good.len() - 1])),
    ];
    kinds.into_iter().filter(|(_, text)| text != good).collect()
}

#[test]
fn every_wrong_refresh_token_is_refused_by_its_code() {
    let refresh = |world: &World, text: &str, origin: &str| -> Result<(), ApiError> {
        let token = RefreshToken::parse(text).ok_or(ApiError::TokenInvalid)?;
        let command = Refresh {
            n: token.n,
            secret: token.secret.to_vec(),
            rotation_id: MessageId::parse("r-1").unwrap(),
            origin: Origin::parse(origin).unwrap(),
            network: World::abroad(),
        };
        world.core().refresh(&command).map(drop).map_err(|error| match error {
            CoreError::Refused(error) => unverified(CallError::Refused(error)),
            other => panic!("{other}"),
        })
    };
    let code = |result: Result<(), ApiError>| result.err().map(|error| error.facts().code);
    let (own, page) = (World::minted(), "https://shop.example");
    for (name, text) in no_tokens(&own, &own.refresh_token) {
        assert_eq!(code(refresh(&own, &text, page)), Some(Code::TokenInvalid), "{name}");
    }
    let mut other = RefreshToken::parse(&own.refresh_token).unwrap();
    other.secret[27] ^= 1;
    assert_eq!(code(refresh(&own, &other.to_text(), page)), Some(Code::TokenInvalid));
    let evil = refresh(&own, &own.refresh_token, "https://evil.example");
    assert_eq!(code(evil), Some(Code::TokenMismatch));
    let nowhere = refresh(&World::new(), &own.refresh_token, page);
    assert_eq!(code(nowhere), Some(Code::TokenInvalid));
    assert_eq!(code(refresh(&own, &own.refresh_token, page)), None, "nothing was revoked");
    own.clock.advance(30_001);
    assert_eq!(code(refresh(&own, &own.refresh_token, page)), Some(Code::TokenRevoked));
}

#[test]
fn every_wrong_erase_token_is_refused_by_its_code() {
    let erase = |world: &World, text: &str| -> Result<Erasure, ApiError> {
        let token = EraseToken::parse(text).ok_or(ApiError::TokenInvalid)?;
        world.core().erase(&token.secret).map_err(|error| match error {
            CoreError::Refused(error) => unverified(CallError::Refused(error)),
            other => panic!("{other}"),
        })
    };
    let code = |result: Result<Erasure, ApiError>| result.err().map(|error| error.facts().code);
    let world = World::minted();
    for (name, text) in no_tokens(&world, &world.erase_token) {
        assert_eq!(code(erase(&world, &text)), Some(Code::TokenInvalid), "{name}");
    }
    let mut other = EraseToken::parse(&world.erase_token).unwrap();
    other.secret[31] ^= 1;
    assert_eq!(code(erase(&world, &other.to_text())), Some(Code::TokenInvalid));
    assert_eq!(code(erase(&World::new(), &world.erase_token)), Some(Code::TokenInvalid));
    assert_eq!(code(erase(&world, &world.erase_token)), None);
}

/// What a key of another workspace, an expired one or one without the scope is answered with, the
/// workspace decides; its tests and the table of errors say so.
#[test]
fn every_text_that_is_no_api_key_is_refused_before_a_workspace_is_woken() {
    let world = World::minted();
    let read = |authorization: Option<&str>| -> Result<ApiKey, ApiError> {
        ApiKey::parse(bearer(&authorized(authorization))?).ok_or(ApiError::TokenInvalid)
    };
    assert_eq!(read(None).unwrap_err().facts().code, Code::TokenMissing);
    for (name, text) in no_tokens(&world, &api_key()).into_iter().filter(|(_, t)| !t.is_empty()) {
        let refused = read(Some(&format!("Bearer {text}"))).unwrap_err();
        assert_eq!(refused.facts().code, Code::TokenInvalid, "{name}");
    }
    assert!(read(Some(&format!("Bearer {}", api_key()))).is_ok());
}

#[test]
fn every_wrong_public_key_names_no_site() {
    let world = World::minted();
    let open = |keyring: &Keyring, text: &str| -> Result<OpenedSiteKey, ApiError> {
        let unknown = || ApiError::from(CallError::Refused(WorkspaceError::SiteUnknown));
        let key = SiteKey::parse(text).map_err(|_| unknown())?;
        site_key::open(keyring, &key).ok_or_else(unknown)
    };
    let good = public_key(&world);
    for (name, text) in no_tokens(&world, &good) {
        let refused = open(&world.keyring, &text).unwrap_err();
        assert_eq!(refused.facts().code, Code::SiteUnknown, "{name}");
    }
    let foreign = Keyring::parse(&test_json(&[7])).unwrap();
    assert_eq!(open(&foreign, &good).unwrap_err().facts().code, Code::SiteUnknown);
    let workspace: WorkspaceId = World::terms().workspace;
    assert_eq!(open(&world.keyring, &good).unwrap().workspace, workspace);
}
