//! The workspace's own key, which the root wraps and which wraps everything below it.

use sotto_shared::wire::admin::RootState;

use super::{Fault, Workspace};
use crate::auth::seal::{SealError, SealKey};
use crate::clock::{Clock, DAY_MS};
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Object, Outcome};
use crate::workspace::command::ReadRoot;

/// Ties the key to what it is, among the things that the root seals.
const PLACE: &[u8] = b"sotto workspace key 1";

/// A conversation that began within this time after a rotation may have keys under the root before
/// it: a deployment does not reach every object at once.
const ROLLOUT_MS: u64 = DAY_MS;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// A key for a new workspace, wrapped.
    pub(super) fn new_key(&self) -> Result<Vec<u8>, Fault> {
        let key = SealKey::generate(self.random)?;
        Ok(self.keyring.seal(self.random, &self.key_place(), key.as_bytes())?)
    }

    /// The key, opened with the root. If the root was rotated since it was wrapped, it is wrapped
    /// anew, so that the old root can go.
    pub(super) fn key(&self) -> Result<SealKey, Fault> {
        let (wrapped, _) = self.store().wrapped_key()?;
        let opened = self.keyring.open(&self.key_place(), &wrapped)?;
        let bytes = opened.as_slice().try_into().map_err(|_| SealError::NotOpened)?;
        if !self.keyring.is_current(&wrapped) {
            let wrapped = self.keyring.seal(self.random, &self.key_place(), &opened)?;
            self.store().put_wrapped_key(&wrapped, self.clock.now_ms())?;
            let object = Object::Workspace(self.id);
            self.record(Actor::System, Action::WorkspaceKeyRewrapped, object, Outcome::Done)?;
        }
        Ok(SealKey::from_bytes(bytes))
    }

    /// Tells whether something here may still need an older root than the one in use. The
    /// workspace's own key never does: reading this wraps it anew. A conversation does until it
    /// wakes, and which of them have is not known here, so all count that are older than the
    /// rotation.
    pub fn root_state(&self, _: &ReadRoot) -> Result<RootState, Fault> {
        self.wake()?;
        self.key()?;
        let (_, wrapped_at) = self.store().wrapped_key()?;
        let (older_conversations, needed_until) =
            self.store().conversations_before(wrapped_at.saturating_add(ROLLOUT_MS))?;
        Ok(RootState {
            active: self.keyring.root_kid(),
            since: wrapped_at,
            older_conversations,
            needed_until,
        })
    }

    fn key_place(&self) -> Vec<u8> {
        [PLACE, self.id.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keyring::{Keyring, test_json};
    use crate::workspace::command::{Forget, Forgotten};
    use crate::workspace::core::tests::{Fixture, with_openai};
    use sotto_shared::id::ConversationId;

    fn under(fixture: Fixture, kids: &[u8]) -> Fixture {
        Fixture { keyring: Keyring::parse(&test_json(kids)).unwrap(), ..fixture }
    }

    fn state(fixture: &Fixture) -> RootState {
        fixture.core().root_state(&ReadRoot {}).unwrap()
    }

    fn rewraps(fixture: &Fixture) -> usize {
        let entries = fixture.sql.exec("SELECT payload FROM audit", &[]).unwrap();
        let is_one = |row: &Vec<crate::sql::Value>| {
            row[0].text().is_some_and(|text| text.contains("workspace_key.rewrapped"))
        };
        entries.iter().filter(|row| is_one(row)).count()
    }

    #[test]
    fn after_a_rotation_a_workspace_that_was_used_needs_the_old_root_no_more() {
        let (fixture, _) = Fixture::with_site(with_openai());
        let key = fixture.admitted(|_| {}).unwrap().key;
        let fixture = under(fixture, &[3, 2, 1]);
        // What is below the workspace's key does not change.
        fixture.turn("Hello").unwrap();
        assert_eq!(rewraps(&fixture), 1);
        let fixture = under(fixture, &[3]);
        fixture.turn("Hello").unwrap();
        assert_ne!(fixture.admitted(|_| {}).unwrap().key.plain, key.plain);
        assert_eq!(rewraps(&fixture), 1, "once for each rotation");
    }

    #[test]
    fn a_root_is_needed_as_long_as_a_conversation_is_older_than_its_rotation() {
        let (fixture, _) = Fixture::with_site(with_openai());
        let old = ConversationId::from_bytes([1; 32]);
        fixture.admitted(|admit| admit.conversation = old).unwrap();
        fixture.clock.advance(1_000);
        let rotated_at = fixture.clock.now_ms();
        let fixture = under(fixture, &[3, 2, 1]);
        let before = state(&fixture);
        assert_eq!((before.active, before.since, before.older_conversations), (3, rotated_at, 1));
        assert!(before.needed_until.unwrap() > rotated_at);
        // One that is new counts too while the deployment may be under way.
        let new = ConversationId::from_bytes([2; 32]);
        fixture.admitted(|admit| admit.conversation = new).unwrap();
        assert_eq!(state(&fixture).older_conversations, 2);
        for conversation in [old, new] {
            fixture.core().forget(&Forget { conversation, why: Forgotten::Ended }).unwrap();
        }
        fixture.clock.advance(ROLLOUT_MS);
        fixture.admitted(|_| {}).unwrap();
        let after = state(&fixture);
        assert_eq!((after.older_conversations, after.needed_until), (0, None));
        assert_eq!(after.since, rotated_at);
    }
}
