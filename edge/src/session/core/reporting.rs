//! What the visitor did and the audit log has to hear of: noted in the same turn as the deed, told
//! at once, and told again by the alarm until it was heard. It may be told twice, and is never lost
//! but with the conversation.

use sotto_shared::id::WorkspaceId;

use super::telling::FIRST_WAIT_MS;
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
    pub(super) fn note(&self, what: Reported) -> Result<(), CoreError> {
        self.store().insert_report(what)?;
        let at = self.clock.now_ms().saturating_add(FIRST_WAIT_MS);
        Ok(self.store().plan(Due::Reports, at, 0)?)
    }

    /// The oldest deed that was not heard of; `None` if there is none, or nothing of the
    /// conversation.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn noted(&self) -> Result<Option<Noted>, CoreError> {
        if !self.is_there()? {
            return Ok(None);
        }
        let (Some((number, what)), Some(session)) =
            (self.store().report()?, self.store().session()?)
        else {
            return Ok(None);
        };
        Ok(Some(Noted { number, what, workspace: session.terms.workspace }))
    }

    /// Records that the audit log has heard of it.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn told(&self, noted: &Noted) -> Result<(), CoreError> {
        if !self.is_there()? {
            return Ok(());
        }
        self.store().delete_report(noted.number)?;
        if self.store().report()?.is_none() {
            self.store().cancel(Due::Reports)?;
        }
        Ok(())
    }

    fn is_there(&self) -> Result<bool, CoreError> {
        let tables = schema::tables(self.sql)?;
        Ok(tables.session && !tables.tombstone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tokens::EraseToken;
    use crate::session::core::Erasure;
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
        world.core().not_heard(item).unwrap();
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

    #[test]
    fn an_erased_conversation_has_nothing_to_tell() {
        let world = World::minted();
        world.core().note(Reported::Exported).unwrap();
        let kept = world.core().noted().unwrap().unwrap();
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else {
            panic!("the first erasure buries");
        };
        world.sql.wipe();
        world.core().bury(&tombstone).unwrap();
        assert_eq!(noted(&world), None);
        world.core().told(&kept).unwrap();
    }
}
