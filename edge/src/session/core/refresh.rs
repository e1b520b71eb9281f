//! Rotation of the refresh token. Token *n* is an HMAC over conversation and *n* under the
//! family's key, so that a lost reply can be given again without a token ever being stored.

use sotto_shared::id::ConversationId;
use sotto_shared::limits::ROTATION_GRACE_SECONDS;

use super::mint::family_place;
use super::rates::Counted;
use super::{Core, CoreError, ends_at};
use crate::auth::mac::{equal, hmac_sha256};
use crate::auth::network::NetworkTag;
use crate::auth::seal::SealError;
use crate::auth::tokens::RefreshToken;
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Refresh, RefreshedSession, SessionError};
use crate::session::record::Session;
use crate::sql::Sql;
use crate::workspace::command::Reported;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Takes the token in force, from any network, and gives its successor. The token before it is
    /// answered with the same successor for half a minute if the rotation is the same one and comes
    /// from the same network; any other use of an old token means that two hold the family, and
    /// revokes it.
    ///
    /// # Errors
    /// [`SessionError::TokenInvalid`] for a secret that does not fit and
    /// [`SessionError::TokenMismatch`] for another page, which change nothing;
    /// [`SessionError::Closed`] once the conversation's life is over;
    /// [`SessionError::TokenRevoked`]; [`SessionError::RateLimited`], after which the token is still
    /// the one in force.
    pub fn refresh(&self, command: &Refresh) -> Result<RefreshedSession, CoreError> {
        let session = self.minted()?;
        let family = &session.family;
        let key: [u8; 32] = self
            .keyring
            .open(&family_place(&session.conversation), &family.sealed_key)?
            .as_slice()
            .try_into()
            .map_err(|_| SealError::NotOpened)?;
        let wanted = token(&session.conversation, &key, command.n);
        if !equal(&wanted.secret, &command.secret) {
            return Err(self.wrong_secret());
        }
        // After the secret: that a legal hold keeps what is over is not for everybody who has the
        // id.
        self.check_alive(&session)?;
        if command.origin != session.terms.origin {
            return Err(SessionError::TokenMismatch.into());
        }
        if family.revoked {
            return Err(SessionError::TokenRevoked.into());
        }

        let now = self.clock.now_ms();
        let network = self.network_key(&session)?.tag(&command.network);
        if command.n == family.n {
            let next = family.n.checked_add(1).ok_or(SessionError::TokenRevoked)?;
            self.count(Counted::Refresh)?;
            self.store().rotate(next, &command.rotation_id, now, &network)?;
            return Ok(successor(&session, &key, next, network));
        }
        let is_repetition = command.n.checked_add(1) == Some(family.n)
            && family.rotation.as_ref().is_some_and(|rotation| {
                rotation.id == command.rotation_id.as_str()
                    && rotation.network.is_some_and(|first| first.is(&network))
                    && now.saturating_sub(rotation.at) <= ROTATION_GRACE_SECONDS * 1_000
            });
        if is_repetition {
            self.count(Counted::Refresh)?;
            return Ok(successor(&session, &key, family.n, network));
        }
        self.store().revoke()?;
        self.note(Reported::TokensRevoked)?;
        Err(SessionError::TokenRevoked.into())
    }
}

/// Token `n` of a family.
pub(super) fn token(conversation: &ConversationId, key: &[u8; 32], n: u32) -> RefreshToken {
    let code = hmac_sha256(key, &[conversation.as_bytes(), &n.to_be_bytes()]);
    let mut secret = [0; 28];
    for (to, from) in secret.iter_mut().zip(code) {
        *to = from;
    }
    RefreshToken { conversation: *conversation, n, secret }
}

fn successor(session: &Session, key: &[u8; 32], n: u32, network: NetworkTag) -> RefreshedSession {
    RefreshedSession {
        refresh_token: token(&session.conversation, key, n).to_text(),
        ends_at: ends_at(session),
        workspace: session.terms.workspace,
        site: session.terms.site,
        origin: session.terms.origin.clone(),
        network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::Caller;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::tests::World;
    use sotto_shared::id::{MessageId, Origin};

    fn refresh(world: &World, token: &str, rotation: &str) -> Result<String, CoreError> {
        let origin = world.core().store().session().unwrap().unwrap().terms.origin;
        refresh_from(world, token, rotation, origin)
    }

    fn refresh_from(
        world: &World,
        token: &str,
        rotation: &str,
        origin: Origin,
    ) -> Result<String, CoreError> {
        let token = RefreshToken::parse(token).unwrap();
        world
            .core()
            .refresh(&Refresh {
                n: token.n,
                secret: token.secret.to_vec(),
                rotation_id: MessageId::parse(rotation).unwrap(),
                origin,
                network: World::home(),
            })
            .map(|refreshed| refreshed.refresh_token)
    }

    fn is_revoked(result: &Result<String, CoreError>) -> bool {
        matches!(result, Err(Refused(SessionError::TokenRevoked)))
    }

    #[test]
    fn each_token_gives_the_next() {
        let world = World::minted();
        let mut token = world.refresh_token.clone();
        for rotation in ["a", "b", "c"] {
            let next = refresh(&world, &token, rotation).unwrap();
            assert_ne!(next, token);
            token = next;
        }
        assert_eq!(RefreshToken::parse(&token).unwrap().n, 3);
    }

    #[test]
    fn a_lost_reply_is_given_again_for_half_a_minute() {
        let world = World::minted();
        let next = refresh(&world, &world.refresh_token, "a").unwrap();
        world.clock.advance(30_000);
        assert_eq!(refresh(&world, &world.refresh_token, "a").unwrap(), next);
        world.clock.advance(1);
        assert!(is_revoked(&refresh(&world, &world.refresh_token, "a")));
        assert!(is_revoked(&refresh(&world, &next, "b")), "the family is revoked for good");
        let noted = world.core().noted().unwrap().unwrap();
        assert_eq!(noted.what, Reported::TokensRevoked);
        world.core().told(&noted).unwrap();
        assert!(world.core().noted().unwrap().is_none(), "it is noted once");
    }

    #[test]
    fn a_lost_reply_is_given_again_to_the_same_network_alone() {
        let world = World::minted();
        let next = world.refresh_at(World::home(), "a").unwrap();
        let again = world.refresh_at(World::home(), "a").unwrap();
        assert_eq!(again.refresh_token, next.refresh_token);
        assert!(again.network.is(&next.network));
        let abroad = world.refresh_at(World::abroad(), "a").map(|reply| reply.refresh_token);
        assert!(is_revoked(&abroad));
        assert!(is_revoked(&refresh(&world, &next.refresh_token, "b")));
    }

    /// What a visitor does who walks out of the house.
    #[test]
    fn the_token_in_force_is_taken_from_any_network() {
        let world = World::minted();
        let moved = world.refresh_at(World::abroad(), "a").unwrap();
        let here = Caller { tag: moved.network, network: World::abroad(), ..world.caller() };
        world.core().read(&here, None).unwrap();
        let back = Caller { network: World::home(), ..here };
        assert!(matches!(
            world.core().read(&back, None),
            Err(Refused(SessionError::NetworkMismatch))
        ));
    }

    #[test]
    fn a_family_ends_with_the_absolute_life_whatever_is_said() {
        let world = World::minted();
        let mut token = world.refresh_token.clone();
        let step = World::LIFE_MS / 2;
        for rotation in 0..World::ABSOLUTE_MS / step {
            assert!(world.core().overdue().unwrap().is_none());
            token = refresh(&world, &token, &format!("r-{rotation}")).unwrap();
            world.core().store().touch(world.clock.now_ms()).unwrap();
            world.clock.advance(step);
        }
        assert!(world.core().overdue().unwrap().is_some());
    }

    #[test]
    fn another_rotation_with_an_old_token_revokes_the_family() {
        let world = World::minted();
        let next = refresh(&world, &world.refresh_token, "a").unwrap();
        assert!(is_revoked(&refresh(&world, &world.refresh_token, "b")));
        assert!(is_revoked(&refresh(&world, &next, "c")));
        assert!(matches!(world.read(), Err(Refused(SessionError::TokenRevoked))));
    }

    #[test]
    fn an_older_token_is_no_repetition() {
        let world = World::minted();
        let second = refresh(&world, &world.refresh_token, "a").unwrap();
        refresh(&world, &second, "a").unwrap();
        assert!(is_revoked(&refresh(&world, &world.refresh_token, "a")));
    }

    #[test]
    fn a_forged_token_revokes_nothing() {
        let world = World::minted();
        let mut forged = RefreshToken::parse(&world.refresh_token).unwrap();
        forged.secret[0] ^= 1;
        assert!(matches!(
            refresh(&world, &forged.to_text(), "a"),
            Err(Refused(SessionError::TokenInvalid))
        ));
        let mut ahead = RefreshToken::parse(&world.refresh_token).unwrap();
        ahead.n = 5;
        assert!(matches!(
            refresh(&world, &ahead.to_text(), "a"),
            Err(Refused(SessionError::TokenInvalid))
        ));
        refresh(&world, &world.refresh_token, "a").unwrap();
    }

    #[test]
    fn a_forged_token_learns_nothing_of_a_revoked_family() {
        let world = World::minted();
        refresh(&world, &world.refresh_token, "a").unwrap();
        assert!(is_revoked(&refresh(&world, &world.refresh_token, "b")));
        let mut forged = RefreshToken::parse(&world.refresh_token).unwrap();
        forged.secret[0] ^= 1;
        assert!(matches!(
            refresh(&world, &forged.to_text(), "c"),
            Err(Refused(SessionError::TokenInvalid))
        ));
    }

    #[test]
    fn another_page_changes_nothing() {
        let world = World::minted();
        let evil = Origin::parse("https://evil.example").unwrap();
        assert!(matches!(
            refresh_from(&world, &world.refresh_token, "a", evil),
            Err(Refused(SessionError::TokenMismatch))
        ));
        refresh(&world, &world.refresh_token, "b").unwrap();
    }

    #[test]
    fn the_key_rests_sealed() {
        let world = World::minted();
        let family = world.core().store().session().unwrap().unwrap().family;
        let place = family_place(&World::CONVERSATION);
        let key = world.keyring.open(&place, &family.sealed_key).unwrap();
        assert!(!family.sealed_key.windows(32).any(|window| window == key.as_slice()));
    }
}
