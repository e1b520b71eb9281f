//! The keys that conversations are sealed with: made and opened here, stored by the sessions.

use sotto_shared::id::ConversationId;

use super::{Fault, Workspace};
use crate::auth::seal::SealError;
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::ConversationKey;
use crate::sql::Sql;
use crate::workspace::command::{OpenKey, WorkspaceError};

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Opens a conversation's key for its session object, or makes one for a conversation that has
    /// none yet. A conversation that is not on the list has no key any more: should one that was
    /// erased come back out of the platform's recovery history, its texts stay closed.
    ///
    /// # Errors
    /// [`WorkspaceError::ConversationUnknown`]
    pub fn open_key(&self, command: &OpenKey) -> Result<ConversationKey, Fault> {
        self.wake()?;
        if self.store().site_of(&command.conversation)?.is_none() {
            return Err(WorkspaceError::ConversationUnknown.into());
        }
        let Some(wrapped) = &command.wrapped else {
            return self.new_conversation_key(&command.conversation);
        };
        let opened = self.key()?.open(&self.conversation_place(&command.conversation), wrapped)?;
        let plain = opened.as_slice().try_into().map_err(|_| SealError::NotOpened)?;
        Ok(ConversationKey { plain, wrapped: wrapped.clone() })
    }

    /// A new key for a conversation.
    pub(super) fn new_conversation_key(
        &self,
        conversation: &ConversationId,
    ) -> Result<ConversationKey, Fault> {
        let plain: [u8; 32] = self.random.bytes()?;
        let wrapped =
            self.key()?.seal(self.random, &self.conversation_place(conversation), &plain)?;
        Ok(ConversationKey { plain, wrapped })
    }

    /// Binds a key to its use, its workspace and its conversation.
    fn conversation_place(&self, conversation: &ConversationId) -> Vec<u8> {
        [b"sotto conversation key 1", &self.id.as_bytes()[..], conversation.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::command::{Forget, Forgotten};
    use crate::workspace::core::tests::{Fixture, refused};
    use crate::workspace::settings::tests::settings;

    const ONE: ConversationId = ConversationId::from_bytes([1; 32]);
    const TWO: ConversationId = ConversationId::from_bytes([2; 32]);

    fn open(
        fixture: &Fixture,
        conversation: ConversationId,
        wrapped: Option<Vec<u8>>,
    ) -> Result<ConversationKey, Fault> {
        fixture.core().open_key(&OpenKey { conversation, wrapped })
    }

    fn with_two() -> (Fixture, ConversationKey, ConversationKey) {
        let (fixture, _) = Fixture::with_site(settings());
        let [one, two] =
            [ONE, TWO].map(|id| fixture.admitted(|admit| admit.conversation = id).unwrap().key);
        (fixture, one, two)
    }

    #[test]
    fn each_conversation_has_a_key_that_opens_for_it_alone() {
        let (fixture, one, two) = with_two();
        assert_ne!(one.plain, two.plain);
        let opened = open(&fixture, ONE, Some(one.wrapped.clone())).unwrap();
        assert_eq!((opened.plain, &opened.wrapped), (one.plain, &one.wrapped));
        let other = open(&fixture, TWO, Some(one.wrapped.clone()));
        assert!(matches!(other, Err(Fault::Seal(SealError::NotOpened))));
        assert!(matches!(open(&fixture, ONE, Some(Vec::new())), Err(Fault::Seal(_))));
        assert!(!fixture.sql.holds(&one.plain) && !fixture.sql.holds(&one.wrapped));
    }

    #[test]
    fn a_conversation_of_an_earlier_version_gets_its_first_key() {
        let (fixture, one, _) = with_two();
        let first = open(&fixture, ONE, None).unwrap();
        assert_ne!(first.plain, one.plain);
        let opened = open(&fixture, ONE, Some(first.wrapped.clone())).unwrap();
        assert_eq!(opened.plain, first.plain);
    }

    /// An erased conversation that came back out of a backup does not open.
    #[test]
    fn a_conversation_that_is_not_on_the_list_has_no_key() {
        let (fixture, one, _) = with_two();
        fixture.core().forget(&Forget { conversation: ONE, why: Forgotten::Erased }).unwrap();
        for wrapped in [Some(one.wrapped.clone()), None] {
            let gone = open(&fixture, ONE, wrapped).map_err(refused);
            assert_eq!(gone.unwrap_err(), WorkspaceError::ConversationUnknown);
        }
    }
}
