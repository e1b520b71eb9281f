//! What the workspace has to hear: of the erasure, and of changes to what its list shows. Both are
//! told by the alarm, again and again until they were heard.

use sotto_shared::id::WorkspaceId;

use super::{Core, CoreError, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::record::{Due, Session};
use crate::session::schema;
use crate::sql::Sql;
use crate::workspace::command::Listing;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Plans to tell the workspace's list how the conversation stands now. Whoever changes its
    /// purposes, a restriction, a review that is asked for, or its lifetimes calls it; the shell
    /// sets the alarm afterwards, which tells at once. Messages do not: the list learns when the
    /// conversation ends by asking, after the end that it knows.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn plan_listing(&self) -> Result<(), CoreError> {
        let store = self.store();
        store.count_listing()?;
        Ok(store.plan(Due::Listing, self.clock.now_ms(), 0)?)
    }

    /// What the workspace's list has to know of the conversation, and whose list; `None` if the
    /// conversation is gone.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn listing(&self) -> Result<Option<(WorkspaceId, Listing)>, CoreError> {
        let tables = schema::tables(self.sql)?;
        if !tables.session || tables.tombstone {
            return Ok(None);
        }
        let Some(session) = self.store().session()? else { return Ok(None) };
        Ok(Some((session.terms.workspace, self.listing_of(&session)?)))
    }

    /// The same for a workspace that asks.
    ///
    /// # Errors
    /// [`SessionError::Unknown`](crate::session::command::SessionError::Unknown) to another
    /// workspace, and what an erased conversation answers.
    pub fn listing_for(&self, workspace: WorkspaceId) -> Result<Listing, CoreError> {
        self.listing_of(&self.minted_of(workspace)?)
    }

    /// The same of a conversation that was opened.
    pub(super) fn listing_of(&self, session: &Session) -> Result<Listing, CoreError> {
        let standing = self.store().standing()?;
        let purposes = session.terms.purposes;
        Ok(Listing {
            conversation: session.conversation,
            number: standing.listing,
            improve: purposes.improve,
            analytics: purposes.analytics,
            restricted: session.restricted.since.is_some(),
            review_asked_at: self
                .store()
                .review()?
                .filter(|review| review.answered_at.is_none())
                .map(|review| review.asked_at),
            hold: standing.hold,
            ends_at: ends_at(session),
        })
    }

    /// Records that the workspace has heard of the erasure.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn heard(&self) -> Result<(), CoreError> {
        Ok(self.store().cancel(Due::Outbox)?)
    }

    /// Records that the list has heard the listing of this number. What has changed since then is
    /// still to be told, unless the conversation is gone.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn listed(&self, number: u64) -> Result<(), CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.session && !tables.tombstone && self.store().standing()?.listing == number {
            self.store().cancel(Due::Listing)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tokens::EraseToken;
    use crate::session::core::Erasure;
    use crate::session::core::alarm::FIRST_WAIT_MS;
    use crate::session::core::tests::World;
    use crate::session::record::DueItem;

    /// The visitor gives the conversation to `improve`, or withdraws it.
    fn improve(world: &World, improve: bool) {
        let mut terms = World::terms();
        terms.purposes.improve = improve;
        world.core().store().put_terms(&terms).unwrap();
        world.core().plan_listing().unwrap();
    }

    fn due(world: &World) -> DueItem {
        world.core().due().unwrap().unwrap()
    }

    #[test]
    fn the_workspace_is_told_of_an_erasure_until_it_hears() {
        let world = World::minted();
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else {
            panic!("the first erasure buries");
        };
        world.core().bury(&tombstone).unwrap();
        let mut waits = Vec::new();
        for attempts in 0..16 {
            let wait = world.core().next_wake().unwrap().unwrap() - world.clock.now_ms();
            waits.push(wait);
            world.clock.advance(wait);
            let due = due(&world);
            assert_eq!((due.kind, due.attempts), (Due::Outbox, attempts));
            world.core().settle(due).unwrap();
        }
        assert_eq!(waits[..4], [0, 10_000, 20_000, 40_000]);
        assert_eq!(waits[15], 6 * 3_600_000);
        world.core().heard().unwrap();
        let left = world.core().store().next_due().unwrap().unwrap();
        assert_eq!(left.kind, Due::TombstoneEnd);
    }

    #[test]
    fn the_list_is_told_at_once_of_a_change_and_again_until_it_hears() {
        let world = World::minted();
        assert!(world.core().due().unwrap().is_none(), "the workspace made the row itself");
        improve(&world, true);
        assert_eq!(world.core().next_wake().unwrap(), Some(world.clock.now_ms()));
        let listing = world.core().listing().unwrap().unwrap().1;
        assert_eq!((listing.conversation, listing.number), (World::CONVERSATION, 1));
        assert!(listing.improve && !listing.analytics);
        assert_eq!(listing.ends_at, world.clock.now_ms() + 3 * World::LIFE_MS);
        world.core().settle(due(&world)).unwrap();
        assert!(world.core().due().unwrap().is_none());
        world.clock.advance(FIRST_WAIT_MS);
        assert_eq!((due(&world).kind, due(&world).attempts), (Due::Listing, 1));
        world.core().listed(1).unwrap();
        assert!(world.core().due().unwrap().is_none());
    }

    /// The reply to an earlier listing does not hide that there is a later one.
    #[test]
    fn what_changes_while_the_list_is_told_is_told_too() {
        let world = World::minted();
        improve(&world, true);
        let first = world.core().listing().unwrap().unwrap().1;
        improve(&world, false);
        world.core().listed(first.number).unwrap();
        assert_eq!(due(&world).kind, Due::Listing);
        let second = world.core().listing().unwrap().unwrap().1;
        assert_eq!((second.number, second.improve), (2, false));
        world.core().listed(second.number).unwrap();
        assert!(world.core().due().unwrap().is_none());
    }

    #[test]
    fn an_erased_conversation_has_nothing_to_list() {
        let world = World::minted();
        world.core().plan_listing().unwrap();
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        let Ok(Erasure::Bury(tombstone)) = world.core().erase(&secret) else {
            panic!("the first erasure buries");
        };
        // The storage was not deleted yet.
        world.core().bury(&tombstone).unwrap();
        assert_eq!(due(&world).kind, Due::Outbox);
        world.core().heard().unwrap();
        assert!(world.core().due().unwrap().is_none());
    }
}
