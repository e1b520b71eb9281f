//! Access tokens: JWT, as strict as RFC 8725 asks.
//!
//! One algorithm (HS256), one explicit type, keys by `kid` from our own keyring and from nowhere
//! else. The signature is checked before anything in the token is believed; every claim is
//! required, and none that we do not know is accepted.
//!
//! | claim | what it holds | who compares it with what |
//! |---|---|---|
//! | `iss`, `aud` | the edge's own origin | [`verify`], with its configuration |
//! | `iat`, `nbf`, `exp` | seconds; `exp` at most 15 minutes after `iat` | [`verify`], with the clock |
//! | `jti` | 16 random bytes | [`verify`], for its form |
//! | `sub` | the conversation | the route, with the path or the body; it names the object |
//! | `wsp`, `site`, `org` | workspace, site, page | the route (page) and the session object |
//! | `net` | the tag of a [network](super::network) | the session object, which has its key |

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sotto_shared::id::{ConversationId, Origin, WorkspaceId};
use sotto_shared::limits::ACCESS_TOKEN_SECONDS;
use sotto_shared::redacted_debug;

use super::keyring::Keyring;
use super::network::NetworkTag;
use super::{codec, mac};
use crate::random::{Random, RandomError};

/// Longest token that is looked at, in bytes: ours stay below it with the longest origins, of which
/// each has three.
const TOKEN_BYTES: usize = 2_048;

/// The only algorithm.
const ALGORITHM: &str = "HS256";

/// The type that keeps these tokens apart from every other JWT (RFC 8725, §3.11).
const TYPE: &str = "sotto-session+jwt";

/// How far the clocks of two machines may be apart, in seconds. It forgives a token from the
/// near future, never an expired one.
const CLOCK_LEEWAY_SECONDS: u64 = 5;

/// What an access token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its tenant.
    pub workspace: WorkspaceId,
    /// The site's number within the tenant.
    pub site: u16,
    /// The page's origin.
    pub origin: Origin,
    /// The network, as the conversation's object names it.
    pub network: NetworkTag,
}

/// A new access token.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedAccess {
    /// The token.
    pub token: String,
    /// When it ends, Unix milliseconds.
    pub expires_at: u64,
}

/// Why an access token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// It is not one of ours, or something in it was changed.
    #[error("the access token is not one of ours")]
    Invalid,
    /// It was one of ours.
    #[error("the access token has expired")]
    Expired,
}

/// Makes a token that lives [`ACCESS_TOKEN_SECONDS`].
///
/// # Errors
/// [`RandomError`] if there is no randomness for its id.
pub fn issue(
    keyring: &Keyring,
    issuer: &str,
    access: &Access,
    now_ms: u64,
    random: &impl Random,
) -> Result<IssuedAccess, RandomError> {
    let kid = keyring.access_kid();
    let issued = now_ms / 1000;
    let expires = issued + ACCESS_TOKEN_SECONDS;
    let header = Header { alg: ALGORITHM.into(), typ: TYPE.into(), kid: kid.to_string() };
    let claims = Claims {
        iss: issuer.into(),
        aud: issuer.into(),
        sub: access.conversation,
        wsp: access.workspace,
        site: access.site,
        org: access.origin.clone(),
        net: access.network,
        iat: issued,
        nbf: issued,
        exp: expires,
        jti: codec::encode("", &random.bytes::<16>()?),
    };
    let mut token = encode(&header);
    token.push('.');
    token.push_str(&encode(&claims));
    // The id came from the keyring itself, so there is such a key.
    let code = keyring.access_mac(kid, token.as_bytes()).unwrap_or_default();
    token.push('.');
    token.push_str(&BASE64URL_NOPAD.encode(&code));
    Ok(IssuedAccess { token, expires_at: expires * 1000 })
}

/// Checks a token.
///
/// # Errors
/// [`AccessError`]
pub fn verify(
    keyring: &Keyring,
    issuer: &str,
    token: &str,
    now_ms: u64,
) -> Result<Access, AccessError> {
    if token.len() > TOKEN_BYTES {
        return Err(AccessError::Invalid);
    }
    let (signed, code) = token.rsplit_once('.').ok_or(AccessError::Invalid)?;
    let (header, claims) = signed.split_once('.').ok_or(AccessError::Invalid)?;

    let header: Header = decode(header)?;
    if header.alg != ALGORITHM || header.typ != TYPE {
        return Err(AccessError::Invalid);
    }
    let kid = header.kid.parse::<u8>().map_err(|_| AccessError::Invalid)?;
    let wanted = keyring.access_mac(kid, signed.as_bytes()).ok_or(AccessError::Invalid)?;
    let code = BASE64URL_NOPAD.decode(code.as_bytes()).map_err(|_| AccessError::Invalid)?;
    if !mac::equal(&code, &wanted) {
        return Err(AccessError::Invalid);
    }

    let claims: Claims = decode(claims)?;
    let now = now_ms / 1000;
    let lives_too_long = claims.exp > claims.iat.saturating_add(ACCESS_TOKEN_SECONDS);
    let from_the_future = claims.nbf.max(claims.iat) > now + CLOCK_LEEWAY_SECONDS;
    let is_named = codec::decode::<16>("", &claims.jti).is_some();
    let is_ours = claims.iss == issuer && claims.aud == issuer && is_named;
    if !is_ours || lives_too_long || from_the_future {
        return Err(AccessError::Invalid);
    }
    if claims.exp <= now {
        return Err(AccessError::Expired);
    }
    Ok(Access {
        conversation: claims.sub,
        workspace: claims.wsp,
        site: claims.site,
        origin: claims.org,
        network: claims.net,
    })
}

redacted_debug!(IssuedAccess);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: ConversationId,
    wsp: WorkspaceId,
    site: u16,
    org: Origin,
    net: NetworkTag,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: String,
}

fn encode(part: &impl Serialize) -> String {
    // Structs of texts and numbers always serialise.
    BASE64URL_NOPAD.encode(&serde_json::to_vec(part).unwrap_or_default())
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, AccessError> {
    let json = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| AccessError::Invalid)?;
    serde_json::from_slice(&json).map_err(|_| AccessError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keyring::{Keyring, test_keyring};
    use crate::auth::network::NetworkKey;
    use crate::random::CountingRandom;
    use crate::session::command::Network;

    const ISSUER: &str = "https://edge.example";
    const NOW: u64 = 1_700_000_000_000;

    fn access() -> Access {
        Access {
            conversation: ConversationId::from_bytes([0x0a; 32]),
            workspace: WorkspaceId::from_bytes([0x0b; 32]),
            site: 3,
            origin: Origin::parse("https://shop.example").unwrap(),
            network: NetworkKey::from_bytes([7; 32]).tag(&Network("203.0.113.0/24".into())),
        }
    }

    fn token() -> String {
        let random = CountingRandom::default();
        issue(&test_keyring(), ISSUER, &access(), NOW, &random).unwrap().token
    }

    /// A token with the given header and claims, signed with the active key.
    fn forged(ring: &Keyring, header: &str, claims: &str) -> String {
        let signed = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.as_bytes()),
            BASE64URL_NOPAD.encode(claims.as_bytes())
        );
        let code = ring.access_mac(2, signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&code))
    }

    fn parts() -> (String, String) {
        let token = token();
        let mut parts = token.split('.').map(|part| {
            String::from_utf8(BASE64URL_NOPAD.decode(part.as_bytes()).unwrap_or_default())
                .unwrap_or_default()
        });
        (parts.next().unwrap(), parts.next().unwrap())
    }

    /// Pinned: header and claims are what a deployed edge reads.
    #[test]
    fn the_form_is_fixed() {
        let (header, claims) = parts();
        assert_eq!(header, r#"{"alg":"HS256","typ":"sotto-session+jwt","kid":"2"}"#);
        let (a, b) = ("0a".repeat(32), "0b".repeat(32));
        let net = String::from(access().network);
        assert_eq!(
            claims,
            format!(
                "{{\"iss\":\"{ISSUER}\",\"aud\":\"{ISSUER}\",\"sub\":\"{a}\",\"wsp\":\"{b}\",\"site\":3,\
                 \"org\":\"https://shop.example\",\"net\":\"{net}\",\"iat\":1700000000,\"nbf\":1700000000,\
                 \"exp\":1700000900,\"jti\":\"01tuWckR0Qgud2DqqiTysq\"}}"
            )
        );
    }

    #[test]
    fn a_token_opens_what_it_was_issued_for_until_it_expires() {
        let ring = test_keyring();
        assert_eq!(verify(&ring, ISSUER, &token(), NOW), Ok(access()));
        let end = NOW + 900_000;
        assert_eq!(verify(&ring, ISSUER, &token(), end - 1), Ok(access()));
        assert_eq!(verify(&ring, ISSUER, &token(), end), Err(AccessError::Expired));
        assert_eq!(verify(&ring, ISSUER, &token(), NOW - 6_000), Err(AccessError::Invalid));
        assert_eq!(verify(&ring, "https://other", &token(), NOW), Err(AccessError::Invalid));
    }

    #[test]
    fn a_token_of_the_previous_key_holds_and_one_of_a_dropped_key_does_not() {
        let before = Keyring::parse(&crate::auth::keyring::test_json(&[1])).unwrap();
        let gone = Keyring::parse(&crate::auth::keyring::test_json(&[3])).unwrap();
        let random = CountingRandom::default();
        let token = issue(&before, ISSUER, &access(), NOW, &random).unwrap().token;
        assert_eq!(verify(&test_keyring(), ISSUER, &token, NOW), Ok(access()));
        assert_eq!(verify(&gone, ISSUER, &token, NOW), Err(AccessError::Invalid));
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let good = token();
        let ring = test_keyring();
        for at in 0..good.len() {
            for other in [b'A', b'_', b'.', b'=', b' '] {
                let mut bytes = good.clone().into_bytes();
                if bytes[at] == other {
                    continue;
                }
                bytes[at] = other;
                let text = String::from_utf8(bytes).unwrap();
                assert_eq!(verify(&ring, ISSUER, &text, NOW), Err(AccessError::Invalid), "at {at}");
            }
        }
        for text in ["", ".", "..", "...", &good[..good.len() - 1], &format!("{good}A")] {
            assert_eq!(verify(&ring, ISSUER, text, NOW), Err(AccessError::Invalid), "{text}");
        }
        assert!(verify(&ring, ISSUER, &"a.".repeat(2_000), NOW).is_err());
    }

    #[test]
    fn another_header_is_refused_even_with_a_good_signature() {
        let ring = test_keyring();
        let (_, claims) = parts();
        for header in [
            r#"{"alg":"none","typ":"sotto-session+jwt","kid":"2"}"#,
            r#"{"alg":"HS512","typ":"sotto-session+jwt","kid":"2"}"#,
            r#"{"alg":"hs256","typ":"sotto-session+jwt","kid":"2"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"2"}"#,
            r#"{"alg":"HS256","kid":"2"}"#,
            r#"{"alg":"HS256","typ":"sotto-session+jwt"}"#,
            r#"{"alg":"HS256","typ":"sotto-session+jwt","kid":"9"}"#,
            r#"{"alg":"HS256","typ":"sotto-session+jwt","kid":"2","jku":"https://evil.example"}"#,
            r#"{"alg":"HS256","alg":"HS256","typ":"sotto-session+jwt","kid":"2"}"#,
        ] {
            let token = forged(&ring, header, &claims);
            assert_eq!(verify(&ring, ISSUER, &token, NOW), Err(AccessError::Invalid), "{header}");
        }
    }

    #[test]
    fn claims_that_break_a_rule_are_refused_even_with_a_good_signature() {
        let ring = test_keyring();
        let (header, claims) = parts();
        assert!(verify(&ring, ISSUER, &forged(&ring, &header, &claims), NOW).is_ok());
        for (from, to) in [
            ("\"exp\":1700000900", "\"exp\":1700000901"),
            ("\"exp\":1700000900,", ""),
            ("\"nbf\":1700000000,", ""),
            ("\"nbf\":1700000000", "\"nbf\":1700000006"),
            ("\"iat\":1700000000", "\"iat\":1700000006"),
            ("\"aud\":\"https://edge.example\"", "\"aud\":\"https://other.example\""),
            ("\"iss\":\"https://edge.example\"", "\"iss\":\"https://other.example\""),
            ("\"site\":3", "\"site\":70000"),
            ("\"net\":\"", "\"net\":\"x"),
            ("\"net\":", "\"set\":"),
            ("\"jti\":\"", "\"jti\":\"0"),
            ("\"wsp\":\"0b", "\"wsp\":\""),
            ("\"sub\":", "\"sub\":\"\",\"sub\":"),
            ("\"site\":3", "\"site\":3,\"admin\":true"),
            ("https://shop.example", "null"),
        ] {
            let changed = claims.replace(from, to);
            assert_ne!(changed, claims, "{from}");
            let token = forged(&ring, &header, &changed);
            assert_eq!(verify(&ring, ISSUER, &token, NOW), Err(AccessError::Invalid), "{to}");
        }
    }

    #[test]
    fn the_longest_token_of_ours_is_read() {
        let host = format!("https://{}.example:65535", "a".repeat(240));
        let longest = Access { origin: Origin::parse(&host).unwrap(), ..access() };
        let random = CountingRandom::default();
        let token = issue(&test_keyring(), &host, &longest, NOW, &random).unwrap().token;
        assert_eq!(verify(&test_keyring(), &host, &token, NOW), Ok(longest));
    }
}
