//! The network that an access token is bound to, by a key of this conversation alone.

use sotto_shared::id::ConversationId;

use super::{Core, CoreError};
use crate::auth::network::NetworkKey;
use crate::auth::seal::SealError;
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Caller, SessionError};
use crate::session::record::Session;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The conversation, if it lives and the caller's token is one for it, from here.
    ///
    /// # Errors
    /// [`SessionError::TokenMismatch`] if the token names another site, workspace or page than the
    /// conversation's; [`SessionError::NetworkMismatch`] if it was given to another network.
    pub(super) fn open_for(&self, caller: &Caller) -> Result<Session, CoreError> {
        let session = self.open()?;
        let terms = &session.terms;
        let is_own = caller.workspace == terms.workspace
            && caller.site == terms.site
            && caller.origin == terms.origin;
        if !is_own {
            return Err(SessionError::TokenMismatch.into());
        }
        match self.stored_network_key(&session)? {
            Some(key) if key.tag(&caller.network).is(&caller.tag) => Ok(session),
            _ => Err(SessionError::NetworkMismatch.into()),
        }
    }

    /// A new key for a conversation, and how it is stored.
    pub(super) fn new_network_key(
        &self,
        conversation: &ConversationId,
    ) -> Result<(NetworkKey, Vec<u8>), CoreError> {
        let key = NetworkKey::generate(self.random)?;
        let sealed =
            self.keyring.seal(self.random, &network_place(conversation), key.as_bytes())?;
        Ok((key, sealed))
    }

    /// The conversation's key; one of an earlier version gets its key now.
    pub(super) fn network_key(&self, session: &Session) -> Result<NetworkKey, CoreError> {
        if let Some(key) = self.stored_network_key(session)? {
            return Ok(key);
        }
        let (key, sealed) = self.new_network_key(&session.conversation)?;
        self.store().put_network_key(&sealed)?;
        Ok(key)
    }

    fn stored_network_key(&self, session: &Session) -> Result<Option<NetworkKey>, CoreError> {
        let Some(sealed) = &session.sealed_network_key else { return Ok(None) };
        let opened = self.keyring.open(&network_place(&session.conversation), sealed)?;
        let bytes = opened.as_slice().try_into().map_err(|_| SealError::NotOpened)?;
        Ok(Some(NetworkKey::from_bytes(bytes)))
    }
}

/// Binds the sealed key to its use and its conversation.
pub(super) fn network_place(conversation: &ConversationId) -> Vec<u8> {
    [b"session/network/".as_slice(), conversation.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use sotto_shared::id::{Origin, WorkspaceId};

    use super::*;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::tests::World;

    fn refusal(world: &World, caller: &Caller) -> Option<SessionError> {
        match world.core().read(caller, None) {
            Ok(_) => None,
            Err(Refused(error)) => Some(error),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_token_opens_its_conversation_from_its_own_network() {
        let world = World::minted();
        assert_eq!(refusal(&world, &world.caller()), None);
        let abroad = Caller { network: World::abroad(), ..world.caller() };
        assert_eq!(refusal(&world, &abroad), Some(SessionError::NetworkMismatch));
    }

    #[test]
    fn every_other_claim_has_to_be_the_conversations_too() {
        let world = World::minted();
        let others: [fn(&mut Caller); 3] = [
            |caller| caller.workspace = WorkspaceId::from_bytes([12; 32]),
            |caller| caller.site += 1,
            |caller| caller.origin = Origin::parse("https://evil.example").unwrap(),
        ];
        for change in others {
            let mut caller = world.caller();
            change(&mut caller);
            assert_eq!(refusal(&world, &caller), Some(SessionError::TokenMismatch));
        }
    }

    #[test]
    fn the_tag_of_another_conversation_does_not_fit() {
        let world = World::minted();
        let tag = NetworkKey::from_bytes([9; 32]).tag(&World::home());
        let caller = Caller { tag, ..world.caller() };
        assert_eq!(refusal(&world, &caller), Some(SessionError::NetworkMismatch));
    }

    /// Neither the network nor a key in the clear is anywhere in the tables.
    #[test]
    fn no_network_is_stored() {
        let world = World::minted();
        let session = world.core().store().session().unwrap().unwrap();
        let key = world.core().network_key(&session).unwrap();
        world.refresh_at(World::home(), "r-1").unwrap();
        for column in ["network_key", "rotated_from", "terms"] {
            let query = format!("SELECT CAST({column} AS BLOB) FROM session");
            let rows = world.sql.exec(&query, &[]).unwrap();
            let stored = rows[0][0].blob().unwrap();
            for secret in [key.as_bytes().as_slice(), b"192.0.2", &[192, 0, 2]] {
                assert!(!stored.windows(secret.len()).any(|part| part == secret), "{column}");
            }
        }
    }

    #[test]
    fn a_conversation_of_an_earlier_version_gets_its_key_when_it_is_refreshed() {
        let world = World::minted();
        world.sql.exec("UPDATE session SET network_key = NULL", &[]).unwrap();
        assert_eq!(refusal(&world, &world.caller()), Some(SessionError::NetworkMismatch));
        let refreshed = world.refresh_at(World::home(), "r-1").unwrap();
        let caller = Caller { tag: refreshed.network, ..world.caller() };
        assert_eq!(refusal(&world, &caller), None);
    }
}
