//! The challenge before a new conversation: made and checked without an object being woken and
//! without anything being stored. docs/challenge.md describes it for clients.
//!
//! A challenge is `ch_` and 48 bytes: a random salt 16, the end of its life 6 (Unix milliseconds),
//! bits 1, `kid` 1, and the first 24 bytes of an HMAC-SHA-256 over `ch_`, what stands before it, the
//! site as its key names it, and the network. So it is good for one site and one network, for some
//! minutes and, since the workspace remembers the salts of those that were used, once.

use serde::{Deserialize, Serialize};
use sotto_shared::challenge::Search;
use sotto_shared::limits;
use sotto_shared::redacted_debug;
use sotto_shared::wire::challenge::{Challenge, Solution};

use super::site_key::OpenedSiteKey;
use super::{codec, keyring::Keyring, mac};
use crate::clock::DAY_MS;
use crate::random::{Random, RandomError};
use crate::session::command::Network;

const PREFIX: &str = "ch_";
const SALT_BYTES: usize = 16;
const SIGNED_BYTES: usize = 24;
const CODE_BYTES: usize = 24;

const LIFE_MS: u64 = limits::CHALLENGE_SECONDS * 1_000;

/// Who is to solve a challenge.
#[derive(Debug)]
pub struct Asker<'a> {
    /// The site that they want to talk to.
    pub site: &'a OpenedSiteKey,
    /// Where they are.
    pub network: &'a Network,
}

/// A challenge that was solved, as the workspace has to know it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solved {
    /// Its salt, which no other challenge has.
    pub salt: [u8; SALT_BYTES],
    /// The end of its life, Unix milliseconds.
    pub expires_at: u64,
}

redacted_debug!(Solved);

/// Makes a challenge.
///
/// # Errors
/// [`RandomError`]
pub fn issue(
    keyring: &Keyring,
    random: &impl Random,
    now_ms: u64,
    bits: u8,
    asker: &Asker<'_>,
) -> Result<Challenge, RandomError> {
    let expires_at = now_ms.saturating_add(LIFE_MS);
    let kid = keyring.root_kid();
    let [_, _, end @ ..] = expires_at.to_be_bytes();
    let salt: [u8; SALT_BYTES] = random.bytes()?;
    let mut signed = [0; SIGNED_BYTES];
    for (to, from) in signed.iter_mut().zip(salt.into_iter().chain(end).chain([bits, kid])) {
        *to = from;
    }
    // The active key is always there.
    let code = code(keyring, kid, now_ms, &signed, asker).ok_or(RandomError)?;
    let mut bytes = [0; SIGNED_BYTES + CODE_BYTES];
    let (head, tail) = bytes.split_at_mut(SIGNED_BYTES);
    head.copy_from_slice(&signed);
    tail.copy_from_slice(&code);
    Ok(Challenge { text: codec::encode(PREFIX, &bytes), bits, expires_at })
}

/// What was solved; `None` if the challenge is not one of ours for this asker, if its life is over,
/// or if the number does not answer it.
#[must_use]
pub fn verify(
    keyring: &Keyring,
    now_ms: u64,
    solution: &Solution,
    asker: &Asker<'_>,
) -> Option<Solved> {
    let bytes = codec::decode::<{ SIGNED_BYTES + CODE_BYTES }>(PREFIX, &solution.text)?;
    let (signed, given) = bytes.split_first_chunk::<SIGNED_BYTES>()?;
    let (salt, rest) = signed.split_first_chunk::<SALT_BYTES>()?;
    let [e0, e1, e2, e3, e4, e5, bits, kid] = *rest.first_chunk::<8>()?;
    let expires_at = u64::from_be_bytes([0, 0, e0, e1, e2, e3, e4, e5]);
    let code = code(keyring, kid, expires_at.checked_sub(LIFE_MS)?, signed, asker)?;
    if !mac::equal(given, &code) || expires_at <= now_ms {
        return None;
    }
    let mut search = Search::new();
    search.read(solution.text.as_bytes());
    search.is_answer(solution.nonce, u32::from(bits)).then_some(Solved { salt: *salt, expires_at })
}

/// The code of a challenge that was given at a time. Of what it covers only the network varies in
/// length, and it stands last.
fn code(
    keyring: &Keyring,
    kid: u8,
    given_ms: u64,
    signed: &[u8; SIGNED_BYTES],
    asker: &Asker<'_>,
) -> Option<[u8; CODE_BYTES]> {
    let site = asker.site;
    let parts: [&[u8]; 6] = [
        PREFIX.as_bytes(),
        signed,
        site.workspace.as_bytes(),
        &site.site.number.to_be_bytes(),
        &site.site.generation.to_be_bytes(),
        asker.network.0.as_bytes(),
    ];
    keyring.challenge_mac(kid, given_ms / DAY_MS, &parts)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use sotto_shared::id::WorkspaceId;

    use super::*;
    use crate::auth::keyring::{test_json, test_keyring};
    use crate::random::CountingRandom;
    use crate::workspace::command::SiteRef;

    const NOW: u64 = 1_763_640_000_000;
    const BITS: u8 = 8;

    const SITE: OpenedSiteKey = OpenedSiteKey {
        workspace: WorkspaceId::from_bytes([0x0b; 32]),
        site: SiteRef { number: 1, generation: 2 },
    };

    fn home() -> Network {
        Network("203.0.113.0/24".into())
    }

    fn given_at(now: u64) -> Challenge {
        let asker = Asker { site: &SITE, network: &home() };
        issue(&test_keyring(), &CountingRandom::default(), now, BITS, &asker).unwrap()
    }

    fn solve(text: &str) -> Solution {
        let mut search = Search::new();
        search.read(text.as_bytes());
        let nonce = search.find(BITS.into(), 0, 1 << 20).unwrap();
        Solution { text: text.into(), nonce }
    }

    fn verified(solution: &Solution, now: u64) -> Option<Solved> {
        verify(&test_keyring(), now, solution, &Asker { site: &SITE, network: &home() })
    }

    /// Pinned: docs/challenge.md shows it.
    #[test]
    fn the_form_is_fixed() {
        let challenge = given_at(NOW);
        assert_eq!(challenge.text.len(), 69);
        assert!(challenge.text.starts_with("ch_"));
        assert_eq!((challenge.bits, challenge.expires_at), (BITS, NOW + 300_000));
    }

    #[test]
    fn an_answer_is_taken_until_the_end() {
        let solution = solve(&given_at(NOW).text);
        let solved = verified(&solution, NOW).unwrap();
        assert_eq!(solved.expires_at, NOW + LIFE_MS);
        assert_eq!(solved.salt, core::array::from_fn(|i| u8::try_from(i + 1).unwrap()));
        assert_eq!(verified(&solution, NOW + LIFE_MS - 1), Some(solved));
        assert_eq!(verified(&solution, NOW + LIFE_MS), None);
    }

    /// The key changes every day; whoever was asked before midnight may answer after it.
    #[test]
    fn midnight_is_no_end() {
        let evening = NOW - NOW % DAY_MS + DAY_MS - 1;
        assert!(verified(&solve(&given_at(evening).text), evening + 2).is_some());
    }

    #[test]
    fn an_answer_is_of_one_site_and_one_network() {
        let solution = solve(&given_at(NOW).text);
        let taken = |site: &OpenedSiteKey, network: &Network| {
            verify(&test_keyring(), NOW, &solution, &Asker { site, network }).is_some()
        };
        assert!(taken(&SITE, &home()));
        assert!(!taken(&SITE, &Network("198.51.100.0/24".into())));
        let site = |number, generation| SiteRef { number, generation };
        for other in [
            OpenedSiteKey { site: site(2, 2), ..SITE },
            OpenedSiteKey { site: site(1, 3), ..SITE },
            OpenedSiteKey { workspace: WorkspaceId::from_bytes([0x0c; 32]), ..SITE },
        ] {
            assert!(!taken(&other, &home()));
        }
    }

    #[test]
    fn a_wrong_number_is_no_answer() {
        let solution = solve(&given_at(NOW).text);
        let others =
            (solution.nonce + 1..).take(50).map(|nonce| Solution { nonce, ..solution.clone() });
        assert!(others.filter(|other| verified(other, NOW).is_some()).count() < 5);
        assert_eq!(verified(&Solution { nonce: 0, ..solution }, NOW), None);
    }

    /// Whoever makes the problem easier, or longer-lived, makes another text.
    #[test]
    fn every_changed_byte_is_refused() {
        let good = given_at(NOW).text;
        let bytes = codec::decode::<48>(PREFIX, &good).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes;
            other[at] ^= 1;
            let text = codec::encode(PREFIX, &other);
            // Solved for no bits at all, so that nothing but the code stands against it.
            let nonces = (0..300).map(|nonce| Solution { text: text.clone(), nonce });
            assert!(nonces.into_iter().all(|one| verified(&one, NOW).is_none()), "at {at}");
        }
        for text in ["", "ch_", "pk_", &good[..68], &format!("{good}0")] {
            assert_eq!(verified(&Solution { text: text.into(), nonce: 0 }, NOW), None, "{text}");
        }
    }

    #[test]
    fn a_rotation_of_the_root_is_no_end() {
        let solution = solve(&given_at(NOW).text);
        let taken = |kids: &[u8]| {
            let keyring = Keyring::parse(&test_json(kids)).unwrap();
            verify(&keyring, NOW, &solution, &Asker { site: &SITE, network: &home() }).is_some()
        };
        assert!(taken(&[3, 2]));
        assert!(!taken(&[3]));
    }
}
