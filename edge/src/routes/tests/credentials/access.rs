//! Access tokens: every wrong way to use one, on every route that takes one.

use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use sotto_shared::id::{ConversationId, MessageId, Origin};
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::problem::Code;

use crate::auth::access::{self, Access};
use crate::auth::keyring::{Keyring, test_json, test_keyring};
use crate::auth::mac::hmac_sha256;
use crate::auth::network::NetworkKey;
use crate::auth::tokens::{EraseToken, RefreshToken};
use crate::clock::Clock as _;
use crate::error::ApiError;
use crate::object::CallError;
use crate::random::CountingRandom;
use crate::routes::caller::{self, own};
use crate::session::command::{
    AskReview, Caller, Chat, Network, Rectify, Remove, Restrict, SessionError,
};
use crate::session::core::tests::{World, chat, scrubbed};
use crate::session::core::{CoreError, Erasure};

use super::others::{api_key, public_key};
use super::table::{Credential, routes};

const ISSUER: &str = "https://edge.example";

/// A call with an access token.
#[derive(Clone)]
struct Call {
    /// The header `Authorization`.
    authorization: Option<String>,
    origin: Origin,
    network: Network,
    /// Milliseconds after the token was issued.
    later: u64,
    /// The conversation that the path or the body names.
    named: ConversationId,
}

impl Call {
    fn with(token: &str) -> Self {
        Self {
            authorization: Some(format!("Bearer {token}")),
            origin: World::terms().origin,
            network: World::home(),
            later: 0,
            named: World::CONVERSATION,
        }
    }

    /// The code of the problem that a route answers with; `None` where it succeeds.
    fn to(&self, route: &str, world: &World) -> Option<Code> {
        self.try_to(route, world).err().map(|error| error.facts().code)
    }

    fn try_to(&self, route: &str, world: &World) -> Result<(), ApiError> {
        let headers = authorized(self.authorization.as_deref());
        let now = world.clock.now_ms() + self.later;
        let issuer = Origin::parse(ISSUER).unwrap();
        let access = caller::access(&world.keyring, &issuer, &headers, &self.origin, now)?;
        if names_conversation(route) {
            own(&access, Some(self.named))?;
        }
        if access.conversation != World::CONVERSATION {
            // Another object would be asked, which holds nothing.
            return answered(World::new().core().check_open(&world.caller()));
        }
        let caller = Caller::new(&access, self.network.clone());
        let core = world.core();
        match route {
            "/v1/chat" => {
                let message = chat(Trigger::SubmitMessage, "m-1", "Hello");
                answered(core.accept(&Chat { caller, ..message }, None).map(drop))
            }
            "/v1/chat/stop" | "/v1/chat/{conversation}/stream" => {
                answered(core.check_open(&caller))
            }
            "/v1/conversation" => {
                answered(core.read(&caller, None).map(drop))?;
                answered(core.export(&caller, None).map(drop))
            }
            // A message that is not there is looked for after the token has been checked.
            "/v1/conversation/messages/{id}" => {
                let message = MessageId::parse("m-0").unwrap();
                let text = scrubbed("Hello");
                let rectify = Rectify { caller: caller.clone(), message: message.clone(), text };
                let looked_for = [
                    core.rectify(&rectify, None).map(drop),
                    core.remove(&Remove { caller, message }).map(drop),
                ];
                looked_for.into_iter().try_for_each(|result| match result {
                    Err(CoreError::Refused(SessionError::MessageUnknown)) => Ok(()),
                    other => answered(other),
                })
            }
            "/v1/restriction" => {
                answered(core.restrict(&Restrict { caller, restricted: false }).map(drop))
            }
            "/v1/review" => {
                answered(core.ask_review(&AskReview { caller, reason: None }).map(drop))
            }
            "/v1/consent" => answered(core.take_back(&caller, &World::choice()).map(drop)),
            other => panic!("{other} takes no access token"),
        }
    }
}

/// Whether the path or the body of a route names the conversation, beside the token.
fn names_conversation(route: &str) -> bool {
    route.starts_with("/v1/chat")
}

pub(super) fn authorized(value: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(value) = value {
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// What the route makes of a session's answer.
fn answered<T>(result: Result<T, CoreError>) -> Result<T, ApiError> {
    result.map_err(|error| match error {
        CoreError::Refused(error) => CallError::Refused(error).into(),
        other => panic!("{other}"),
    })
}

/// The access token of a fresh conversation.
pub(super) fn token(world: &World) -> String {
    let caller = world.caller();
    let access = Access {
        conversation: World::CONVERSATION,
        workspace: caller.workspace,
        site: caller.site,
        origin: caller.origin,
        network: caller.tag,
    };
    let (now, random) = (world.clock.now_ms(), CountingRandom::default());
    access::issue(&world.keyring, ISSUER, &access, now, &random).unwrap().token
}

pub(super) fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}

fn join(header: &Value, claims: &Value, code: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let code = BASE64URL_NOPAD.encode(&code(signed.as_bytes()));
    format!("{signed}.{code}")
}

/// The token with members of its header or its claims replaced, signed with the key in use: what
/// is refused is refused for the member and not for the signature.
fn resigned(world: &World, at: usize, member: &str, value: Value) -> String {
    let token = token(world);
    let mut parts = [part(&token, 0), part(&token, 1)];
    parts[at][member] = value;
    let kid = world.keyring.access_kid();
    join(&parts[0], &parts[1], |signed| world.keyring.access_mac(kid, signed).unwrap().to_vec())
}

/// The token's parts, signed by `code`.
fn signed_by(world: &World, header: &Value, code: impl Fn(&[u8]) -> Vec<u8>) -> String {
    join(header, &part(&token(world), 1), code)
}

fn header_of(alg: &str) -> Value {
    json!({ "alg": alg, "typ": "sotto-session+jwt", "kid": "2" })
}

/// Every wrong way to use an access token, by name.
fn wrong_calls(world: &World) -> Vec<(String, Call, Code)> {
    let good = token(world);
    let call = |token: String| Call::with(&token);
    let mut wrong = vec![
        ("none".into(), Call { authorization: None, ..Call::with("") }, Code::TokenMissing),
        ("an empty one".into(), call(String::new()), Code::TokenMissing),
        (
            "another scheme".into(),
            Call { authorization: Some(format!("Basic {good}")), ..call(good.clone()) },
            Code::TokenMissing,
        ),
        ("expired".into(), Call { later: 900_000, ..call(good.clone()) }, Code::TokenExpired),
        (
            "other origin".into(),
            Call { origin: Origin::parse("https://evil.example").unwrap(), ..call(good.clone()) },
            Code::TokenMismatch,
        ),
        (
            "other network".into(),
            Call { network: World::abroad(), ..call(good.clone()) },
            Code::NetworkMismatch,
        ),
        (
            "other conversation's network tag".into(),
            call(resigned(world, 1, "net", {
                let tag = NetworkKey::from_bytes([9; 32]).tag(&World::home());
                String::from(tag).into()
            })),
            Code::NetworkMismatch,
        ),
        ("other site".into(), call(resigned(world, 1, "site", json!(2))), Code::TokenMismatch),
        (
            "other workspace".into(),
            call(resigned(world, 1, "wsp", json!("0c".repeat(32)))),
            Code::TokenMismatch,
        ),
        (
            "alg none".into(),
            call(signed_by(world, &header_of("none"), |_| vec![])),
            Code::TokenInvalid,
        ),
        (
            "alg none with a good signature".into(),
            call(resigned(world, 0, "alg", json!("none"))),
            Code::TokenInvalid,
        ),
        (
            "key confusion: a published key as the secret".into(),
            call(signed_by(world, &header_of("HS256"), |signed| {
                let public = world.keyring.receipt_public_keys().next().unwrap().value;
                hmac_sha256(&public, &[signed]).to_vec()
            })),
            Code::TokenInvalid,
        ),
        (
            "key confusion: the key of site keys".into(),
            call(signed_by(world, &header_of("HS256"), |signed| {
                world.keyring.site_mac(2, signed).unwrap().to_vec()
            })),
            Code::TokenInvalid,
        ),
        (
            "key confusion: signed as a receipt".into(),
            call(signed_by(world, &header_of("EdDSA"), |signed| {
                let value = world.keyring.sign_receipt(signed).value;
                BASE64URL_NOPAD.decode(value.as_bytes()).unwrap()
            })),
            Code::TokenInvalid,
        ),
        (
            "key confusion: the other key than the one named".into(),
            call(signed_by(world, &header_of("HS256"), |signed| {
                world.keyring.access_mac(1, signed).unwrap().to_vec()
            })),
            Code::TokenInvalid,
        ),
        ("a refresh token".into(), call(world.refresh_token.clone()), Code::TokenInvalid),
        ("an erase token".into(), call(world.erase_token.clone()), Code::TokenInvalid),
        ("an API key".into(), call(api_key()), Code::TokenInvalid),
        ("a public key".into(), call(public_key(world)), Code::TokenInvalid),
    ];
    for alg in ["HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", ""] {
        let name = format!("alg {alg:?}");
        wrong.push((name, call(resigned(world, 0, "alg", json!(alg))), Code::TokenInvalid));
    }
    for (at, member, value) in [
        (0, "typ", json!("JWT")),
        (0, "kid", json!("9")),
        (0, "jku", json!("https://evil.example/keys")),
        (0, "jwk", json!({ "kty": "oct", "k": "AAAA" })),
        (0, "crit", json!(["exp"])),
        (1, "iss", json!("https://evil.example")),
        (1, "aud", json!("https://evil.example")),
        (1, "nbf", json!(4_000_000_000_u64)),
        (1, "exp", json!(4_000_000_000_u64)),
        (1, "jti", json!("")),
        (1, "admin", json!(true)),
    ] {
        let changed = resigned(world, at, member, value);
        wrong.push((format!("other {member}"), call(changed), Code::TokenInvalid));
    }
    for (at, name) in ["header", "claims", "signature"].into_iter().enumerate() {
        let mut parts: Vec<String> = good.split('.').map(Into::into).collect();
        let middle = parts[at].len() / 2;
        let other = if parts[at].as_bytes()[middle] == b'A' { "B" } else { "A" };
        parts[at].replace_range(middle..=middle, other);
        wrong.push((format!("tampered {name}"), call(parts.join(".")), Code::TokenInvalid));
        parts[at].clear();
        wrong.push((format!("no {name}"), call(parts.join(".")), Code::TokenInvalid));
    }
    wrong
}

/// Promise 5: a stolen token is worth little.
#[test]
fn promise_5_every_wrong_access_token_is_refused_by_its_code() {
    for route in routes(Credential::Access) {
        let world = World::minted();
        for (name, call, code) in wrong_calls(&world) {
            assert_eq!(call.to(route, &world), Some(code), "{route}: {name}");
        }
        // The good one opens it still: none of the wrong ones changed anything.
        assert!(world.read().unwrap().messages.is_empty(), "{route}");
        assert_eq!(Call::with(&token(&world)).to(route, &world), None, "{route}");
    }
}

/// Promise 8: a token of one conversation opens nothing of another.
#[test]
fn promise_8_a_token_opens_no_other_conversation() {
    let other = ConversationId::from_bytes([0x0c; 32]);
    for route in routes(Credential::Access) {
        let world = World::minted();
        let stranger = Call::with(&resigned(&world, 1, "sub", json!(other.to_hex())));
        let named = Call { named: other, ..stranger.clone() };
        assert_eq!(named.to(route, &world), Some(Code::ConversationEnded), "{route}");
        if names_conversation(route) {
            assert_eq!(stranger.to(route, &world), Some(Code::TokenMismatch), "{route}");
            let naming = Call { named: other, ..Call::with(&token(&world)) };
            assert_eq!(naming.to(route, &world), Some(Code::TokenMismatch), "{route}");
        }
    }
}

#[test]
fn a_conversation_that_is_over_says_how_it_ended() {
    for route in routes(Credential::Access) {
        let revoked = World::minted();
        revoked.refresh_at(World::home(), "r-1").unwrap();
        revoked.refresh_at(World::home(), "r-2").unwrap_err();
        let call = Call::with(&token(&revoked));
        assert_eq!(call.to(route, &revoked), Some(Code::TokenRevoked), "{route}");

        let erased = World::minted();
        let secret = EraseToken::parse(&erased.erase_token).unwrap().secret;
        let call = Call::with(&token(&erased));
        let receipt = bury(&erased, erased.core().erase(&secret).unwrap());
        let gone = call.try_to(route, &erased).unwrap_err().facts();
        assert_eq!((gone.code, gone.receipt), (Code::Erased, Some(receipt)), "{route}");

        let ended = World::minted();
        ended.clock.advance(World::LIFE_MS);
        let overdue = ended.core().overdue().unwrap().unwrap();
        let receipt = bury(&ended, Erasure::Bury(overdue));
        let call = Call::with(&resigned(&ended, 1, "site", json!(1)));
        let gone = call.try_to(route, &ended).unwrap_err().facts();
        assert_eq!((gone.code, gone.receipt), (Code::ConversationEnded, Some(receipt)), "{route}");
    }
}

/// What the object does; returns the receipt's id.
fn bury(world: &World, erasure: Erasure) -> String {
    let Erasure::Bury(tombstone) = erasure else { panic!("it was erased before") };
    world.bury(&tombstone);
    tombstone.receipt.id
}

/// Every list of the keyring gets a new key while a conversation is under way; nobody notices.
#[test]
fn keys_are_rotated_without_a_cut() {
    let mut world = World::minted_under(Keyring::parse(&test_json(&[1])).unwrap());
    let before = token(&world);
    world.keyring = test_keyring();
    let after = token(&world);
    assert_eq!(part(&before, 0)["kid"], "1");
    assert_eq!(part(&after, 0)["kid"], "2");
    for route in routes(Credential::Access) {
        assert_eq!(Call::with(&before).to(route, &world), None, "{route}");
        assert_eq!(Call::with(&after).to(route, &world), None, "{route}");
    }
    let refreshed = world.refresh_at(World::abroad(), "r-1").unwrap();
    assert!(RefreshToken::parse(&refreshed.refresh_token).is_some());
    let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
    assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));

    world.keyring = Keyring::parse(&test_json(&[2])).unwrap();
    let dropped = Call::with(&before).to("/v1/conversation", &world);
    assert_eq!(dropped, Some(Code::TokenInvalid), "a key that has left the ring opens nothing");
}

#[test]
fn a_session_that_refuses_is_not_a_fault_of_the_edge() {
    for error in [SessionError::NetworkMismatch, SessionError::TokenMismatch] {
        let status = ApiError::from(CallError::Refused(error)).facts().code.status();
        assert!((400..500).contains(&status));
    }
}
