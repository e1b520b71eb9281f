//! The conversation's canary: a word that stands in the model's instructions and nowhere else, so
//! that a reply that holds it has repeated them.

use super::{Core, CoreError};
use crate::auth::mac::sha256;
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;

/// Ties the canary to what it is, among the things that are made of the same secret.
const PLACE: &[u8] = b"sotto canary 1";

/// Bytes of the hash that become letters, two each.
const BYTES: usize = 8;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The canary: the same for every turn of the conversation, and nobody's guess. It is made of a
    /// secret that the conversation has anyway, so nothing more is stored.
    ///
    /// # Errors
    /// [`CoreError`] if the conversation does not live.
    pub fn canary(&self) -> Result<String, CoreError> {
        let session = self.open()?;
        let hash = sha256(&[PLACE, session.conversation.as_bytes(), &session.erase.salt].concat());
        let letter = |half: u8| char::from(b'a' + half);
        let halves = hash.into_iter().take(BYTES).flat_map(|byte| [byte >> 4, byte & 15]);
        Ok(halves.map(letter).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::World;

    #[test]
    fn a_conversation_keeps_its_canary_and_shares_it_with_none() {
        let world = World::minted();
        let canary = world.core().canary().unwrap();
        assert_eq!(canary.len(), 16);
        assert!(canary.bytes().all(|byte| (b'a'..=b'p').contains(&byte)));
        assert_eq!(world.core().canary().unwrap(), canary);
        assert!(World::new().core().canary().is_err());
    }
}
