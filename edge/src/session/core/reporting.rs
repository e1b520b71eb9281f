//! What was done here and the audit log has to hear of: noted in the same turn as the deed, told
//! at once, and told again by the alarm until it was heard. It may be told twice, and is never lost:
//! what was not heard outlives the conversation, since it says what was done and nothing of what was
//! said.

use sotto_shared::id::WorkspaceId;

use super::alarm::FIRST_WAIT_MS;
use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::record::Due;
use crate::session::schema;
use crate::sql::Sql;
use crate::workspace::command::Reported;

/// A deed that the audit log has not heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its number in the conversation.
    pub number: u64,
    /// What was done.
    pub what: Reported,
    /// Whose audit log.
    pub workspace: WorkspaceId,
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Notes what was done. The object tells it at once; the alarm comes only if that failed.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn note(&self, what: Reported) -> Result<(), CoreError> {
        self.store().insert_report(what)?;
        let at = self.clock.now_ms().saturating_add(FIRST_WAIT_MS);
        Ok(self.store().plan(Due::Reports, at, 0)?)
    }

    /// The oldest deed that was not heard of; `None` if there is none.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn noted(&self) -> Result<Option<Noted>, CoreError> {
        let store = self.store();
        let Some((number, what)) = store.report()? else { return Ok(None) };
        let workspace = if schema::tables(self.sql)?.tombstone {
            store.tombstone()?.map(|tombstone| tombstone.workspace)
        } else {
            store.session()?.map(|session| session.terms.workspace)
        };
        Ok(workspace.map(|workspace| Noted { number, what, workspace }))
    }

    /// Records that the audit log has heard of it.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn told(&self, noted: &Noted) -> Result<(), CoreError> {
        let store = self.store();
        if store.report()?.is_none() {
            return Ok(());
        }
        store.delete_report(noted.number)?;
        if store.report()?.is_none() {
            store.cancel(Due::Reports)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::core::tests::World;

    fn noted(world: &World) -> Option<Reported> {
        world.core().noted().unwrap().map(|noted| noted.what)
    }

    fn tell(world: &World) {
        let noted = world.core().noted().unwrap().unwrap();
        world.core().told(&noted).unwrap();
    }

    fn due(world: &World) -> bool {
        let rows = world.sql.exec("SELECT 1 FROM due WHERE kind = 'reports'", &[]).unwrap();
        !rows.is_empty()
    }

    #[test]
    fn deeds_are_told_in_their_order_until_they_are_heard() {
        let world = World::minted();
        assert_eq!((noted(&world), due(&world)), (None, false));
        world.core().note(Reported::Restricted).unwrap();
        world.core().note(Reported::Exported).unwrap();
        world.clock.advance(FIRST_WAIT_MS - 1);
        assert!(world.core().due().unwrap().is_none(), "the object tells by itself first");
        world.clock.advance(1);
        let item = world.core().due().unwrap().unwrap();
        assert_eq!(item.kind, Due::Reports);
        world.core().settle(item).unwrap();
        assert!(world.core().due().unwrap().is_none(), "it waits before it tells again");
        assert_eq!(noted(&world), Some(Reported::Restricted));
        tell(&world);
        assert_eq!((noted(&world), due(&world)), (Some(Reported::Exported), true));
        tell(&world);
        assert_eq!((noted(&world), due(&world)), (None, false));
    }

    #[test]
    fn what_was_heard_twice_takes_nothing_newer_along() {
        let world = World::minted();
        world.core().note(Reported::Restricted).unwrap();
        let first = world.core().noted().unwrap().unwrap();
        world.core().told(&first).unwrap();
        world.core().note(Reported::Exported).unwrap();
        world.core().told(&first).unwrap();
        assert_eq!(noted(&world), Some(Reported::Exported));
    }

    /// The workspace may have been away, or the erasure may have come while it was being told.
    #[test]
    fn what_was_done_is_told_after_the_conversation_is_gone() {
        let world = World::minted();
        world.core().note(Reported::Exported).unwrap();
        world.core().note(Reported::Restricted).unwrap();
        let under_way = world.core().noted().unwrap().unwrap();
        world.erase();
        assert_eq!(world.core().due().unwrap().unwrap().kind, Due::Reports, "before the list");
        world.core().told(&under_way).unwrap();
        let left = world.core().noted().unwrap().unwrap();
        assert_eq!((left.what, left.workspace), (Reported::Restricted, World::terms().workspace));
        tell(&world);
        assert_eq!((noted(&world), due(&world)), (None, false));
    }

    /// What is left of a conversation that was erased before reports outlived it.
    #[test]
    fn a_tombstone_of_an_earlier_version_has_nothing_to_tell() {
        let world = World::minted();
        world.erase();
        world.sql.exec("DROP TABLE report", &[]).unwrap();
        world.core().store().plan(Due::Reports, 1, 0).unwrap();
        assert_eq!(noted(&world), None);
        assert_eq!(world.core().due().unwrap().unwrap().kind, Due::Outbox);
        assert!(!due(&world));
    }
}
