//! The keys that the platform's root seals, sealed anew after the root was rotated.

use super::mint::family_place;
use super::network::network_place;
use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Seals under the root in use what an older one seals, so that the older one can go. What does
    /// not open stays as it is: its root was retired too early, and the conversation can still be
    /// erased.
    pub(super) fn reseal(&self) -> Result<(), CoreError> {
        let Some(session) = self.store().session()? else { return Ok(()) };
        let place = family_place(&session.conversation);
        if let Some(sealed) = self.resealed(&place, &session.family.sealed_key)? {
            self.store().put_family_key(&sealed)?;
        }
        let place = network_place(&session.conversation);
        if let Some(old) = &session.sealed_network_key
            && let Some(sealed) = self.resealed(&place, old)?
        {
            self.store().put_network_key(&sealed)?;
        }
        Ok(())
    }

    fn resealed(&self, place: &[u8], old: &[u8]) -> Result<Option<Vec<u8>>, CoreError> {
        if self.keyring.is_current(old) {
            return Ok(None);
        }
        let Ok(opened) = self.keyring.open(place, old) else { return Ok(None) };
        Ok(Some(self.keyring.seal(self.random, place, &opened)?))
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::keyring::{Keyring, test_json};
    use crate::auth::tokens::EraseToken;
    use crate::session::core::CoreError;
    use crate::session::core::tests::World;

    fn ring(kids: &[u8]) -> Keyring {
        Keyring::parse(&test_json(kids)).unwrap()
    }

    fn under(world: World, kids: &[u8]) -> World {
        let world = World { keyring: ring(kids), ..world };
        world.core().wake().unwrap();
        world
    }

    #[test]
    fn after_a_rotation_a_conversation_that_woke_needs_the_old_root_no_more() {
        let world = under(World::minted_under(ring(&[1])), &[2, 1]);
        let session = world.core().store().session().unwrap().unwrap();
        assert!(world.keyring.is_current(&session.family.sealed_key));
        assert!(world.keyring.is_current(session.sealed_network_key.as_deref().unwrap()));
        let world = under(world, &[2]);
        world.read().unwrap();
        world.refresh_at(World::home(), "r-1").unwrap();
        let again = world.core().store().session().unwrap().unwrap();
        assert_eq!(again.family.sealed_key, session.family.sealed_key, "it is sealed once");
    }

    #[test]
    fn a_root_that_went_too_early_leaves_a_conversation_that_can_be_erased() {
        let world = under(World::minted_under(ring(&[1])), &[2]);
        assert!(matches!(world.refresh_at(World::home(), "r-1"), Err(CoreError::Seal(_))));
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        world.core().erase(&secret).unwrap();
        // With the key in the keyring again, it goes on.
        let world = under(world, &[2, 1]);
        world.refresh_at(World::home(), "r-1").unwrap();
    }
}
