//! What is due, behind the object's one alarm. A step of the alarm always leads somewhere: what it
//! leaves as it was, because nobody heard or because something else came in between, waits longer
//! before it is tried again. So an alarm ends, whatever happens while it tells somebody.

use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::record::{Due, DueItem};
use crate::session::schema::{self, Tables};
use crate::sql::Sql;

/// What was not carried out is tried again after this time, doubled with each try, in milliseconds.
pub(super) const FIRST_WAIT_MS: u64 = 10_000;

/// Longest time between two tries, in milliseconds.
const LONGEST_WAIT_MS: u64 = 6 * 3_600 * 1_000;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// What is due by now and takes the object: somebody is to be told, or all storage is to go. It
    /// calls [`Core::settle`] after each. What takes nobody is seen to here. A conversation's own
    /// end is due only when [`Core::overdue`] says so; here it is planned anew.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn due(&self) -> Result<Option<DueItem>, CoreError> {
        let tables = schema::tables(self.sql)?;
        if !tables.session && !tables.tombstone {
            return Ok(None);
        }
        let now = self.clock.now_ms();
        while let Some(item) = self.store().next_due()?.filter(|item| item.at <= now) {
            if self.takes_object(item.kind, tables)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Whether something due takes the object; if not, it is planned anew or off the list.
    fn takes_object(&self, kind: Due, tables: Tables) -> Result<bool, CoreError> {
        let store = self.store();
        match kind {
            Due::TombstoneEnd | Due::Outbox => return Ok(true),
            // What an erased conversation did is told all the same.
            Due::Reports if self.noted()?.is_some() => return Ok(true),
            Due::Listing if !tables.tombstone => return Ok(true),
            Due::End if !tables.tombstone => {
                if let Some(session) = store.session()? {
                    self.plan_end(&session)?;
                    return Ok(false);
                }
            }
            Due::ProofEnd => store.delete_consent_proof()?,
            Due::Reports | Due::Listing | Due::End => {}
        }
        store.cancel(kind)?;
        Ok(false)
    }

    /// Ends a step of the alarm. What stands as it did was not carried out, and is planned for
    /// later; what was planned anew in the meantime, or is off the list, stays so.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn settle(&self, item: DueItem) -> Result<(), CoreError> {
        if self.store().due(item.kind)? != Some(item) {
            return Ok(());
        }
        let wait = FIRST_WAIT_MS
            .saturating_mul(1_u64.checked_shl(item.attempts).unwrap_or(u64::MAX))
            .min(LONGEST_WAIT_MS);
        let at = self.clock.now_ms().saturating_add(wait);
        Ok(self.store().plan(item.kind, at, item.attempts.saturating_add(1))?)
    }

    /// When the object wants to be woken next, Unix milliseconds.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn next_wake(&self) -> Result<Option<u64>, CoreError> {
        let tables = schema::tables(self.sql)?;
        if !tables.session && !tables.tombstone {
            return Ok(None);
        }
        Ok(self.store().next_due()?.map(|item| item.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::random::CountingRandom;
    use crate::session::command::SessionError;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::tests::World;
    use crate::sql::FailingSql;
    use crate::workspace::command::Reported;

    type OverSql<'a, S> = Core<'a, S, ManualClock, CountingRandom>;

    fn over<'a, S>(world: &'a World, sql: &'a S) -> OverSql<'a, S> {
        Core {
            sql,
            clock: &world.clock,
            random: &world.random,
            keyring: &world.keyring,
            vault_key: world.vault_key.clone(),
        }
    }

    /// What the object does when its alarm comes; `hop` stands for the call to the workspace, and
    /// says whether it was heard. The steps come back; an alarm that does not end fails.
    fn alarm<S: Sql>(
        core: &OverSql<'_, S>,
        mut hop: impl FnMut(Due) -> bool,
    ) -> Result<Vec<Due>, CoreError> {
        let mut steps = Vec::new();
        if let Some(tombstone) = core.overdue()? {
            core.destroy_key(tombstone.cause)?;
            core.bury(&tombstone)?;
        }
        while let Some(item) = core.due()? {
            steps.push(item.kind);
            assert!(steps.len() < 50, "it spins: {steps:?}");
            match item.kind {
                Due::Outbox if hop(item.kind) => core.heard()?,
                Due::Reports => {
                    while let Some(noted) = core.noted()? {
                        if !hop(item.kind) {
                            break;
                        }
                        core.told(&noted)?;
                    }
                }
                Due::Listing => {
                    if let Some((_, listing)) = core.listing()?
                        && hop(item.kind)
                    {
                        core.listed(listing.number)?;
                    }
                }
                Due::TombstoneEnd => return Ok(steps),
                Due::Outbox | Due::ProofEnd | Due::End => {}
            }
            core.settle(item)?;
        }
        Ok(steps)
    }

    /// A conversation of which the audit log and the list have to hear.
    fn telling() -> World {
        let world = World::minted();
        world.core().note(Reported::Exported).unwrap();
        world.core().note(Reported::Restricted).unwrap();
        world.core().plan_listing().unwrap();
        world.clock.advance(FIRST_WAIT_MS);
        world
    }

    fn planned(world: &World, kind: Due) -> Option<u64> {
        world.core().store().due(kind).unwrap().map(|item| item.at)
    }

    #[test]
    fn an_alarm_ends_when_nobody_hears_and_tells_everything_later() {
        for is_erased in [false, true] {
            let world = telling();
            if is_erased {
                world.erase();
            }
            let first = alarm(&world.core(), |_| false).unwrap();
            assert_eq!(first.len(), 2, "each once: {first:?}");
            assert!(alarm(&world.core(), |_| panic!("it waits")).unwrap().is_empty());
            world.clock.advance(FIRST_WAIT_MS);
            assert_eq!(alarm(&world.core(), |_| true).unwrap().len(), 2);
            assert_eq!(world.core().noted().unwrap(), None);
            for kind in [Due::Reports, Due::Listing, Due::Outbox] {
                assert_eq!(planned(&world, kind), None, "{kind:?}");
            }
            assert_eq!(planned(&world, Due::TombstoneEnd).is_some(), is_erased);
        }
    }

    /// Whatever is being told when an erasure comes, and whether or not it is heard.
    #[test]
    fn an_erasure_in_the_middle_of_an_alarm_ends_it_and_loses_no_report() {
        for during in [Due::Reports, Due::Listing] {
            for is_heard in [false, true] {
                let world = telling();
                let mut left = Some(());
                let mut hop = |kind| {
                    if kind == during && left.take().is_some() {
                        world.erase();
                    }
                    is_heard
                };
                alarm(&world.core(), &mut hop).unwrap();
                world.clock.advance(FIRST_WAIT_MS);
                alarm(&world.core(), |_| true).unwrap();
                assert_eq!(world.core().noted().unwrap(), None, "{during:?}");
                let next = world.core().store().next_due().unwrap().unwrap();
                assert_eq!(next.kind, Due::TombstoneEnd, "{during:?}");
            }
        }
    }

    /// What an earlier version left planned beside a tombstone.
    #[test]
    fn what_concerns_nobody_any_more_is_off_the_list() {
        let world = World::minted();
        world.erase();
        for kind in [Due::End, Due::Listing, Due::Reports] {
            world.core().store().plan(kind, 1, 3).unwrap();
        }
        assert_eq!(alarm(&world.core(), |_| true).unwrap(), [Due::Outbox]);
        for kind in [Due::End, Due::Listing, Due::Reports] {
            assert_eq!(planned(&world, kind), None, "{kind:?}");
        }
    }

    #[test]
    fn what_changes_while_it_is_told_is_not_put_off() {
        let world = telling();
        let hop = |kind| {
            if kind == Due::Listing {
                world.clock.advance(1);
                world.core().plan_listing().unwrap();
            }
            true
        };
        let mut once = Some(());
        let steps = alarm(&world.core(), |kind| once.take().is_none() || hop(kind)).unwrap();
        assert_eq!(steps, [Due::Listing, Due::Reports, Due::Listing]);
    }

    /// Alarms come at least once, and may break off anywhere: whatever the statement at which the
    /// storage breaks down, the next alarm finishes, and one after it changes nothing.
    #[test]
    fn promise_7_an_alarm_that_breaks_off_anywhere_is_finished_by_the_next() {
        for broken in 0.. {
            let world = telling();
            world.clock.advance(World::LIFE_MS);
            let sql = FailingSql::after(broken, &world.sql);
            let is_whole = alarm(&over(&world, &sql), |_| true).is_ok();
            for _ in 0..2 {
                alarm(&world.core(), |_| true).unwrap();
                assert!(!schema::tables(&world.sql).unwrap().session, "statement {broken}");
                assert_eq!(world.core().noted().unwrap(), None, "statement {broken}");
            }
            assert!(matches!(world.read(), Err(Refused(SessionError::Ended { .. }))));
            let due = world.core().store().next_due().unwrap().unwrap();
            assert_eq!(due.kind, Due::TombstoneEnd, "statement {broken}");
            if is_whole {
                assert!(broken > 30, "only {broken} statements were tried");
                break;
            }
        }
    }

    #[test]
    fn an_alarm_that_comes_early_changes_nothing() {
        let world = World::new();
        assert!(world.core().due().unwrap().is_none());
        assert!(world.core().next_wake().unwrap().is_none());
        let world = World::minted();
        let wake = world.core().next_wake().unwrap();
        assert_eq!(wake, Some(world.clock.now_ms() + World::LIFE_MS));
        assert!(world.core().due().unwrap().is_none());
        // The plan is older than the last message.
        world.core().store().plan(Due::End, 1, 0).unwrap();
        assert!(world.core().due().unwrap().is_none());
        assert_eq!(world.core().next_wake().unwrap(), wake);
    }
}
