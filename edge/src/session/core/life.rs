//! How long a conversation lives, and what keeps it longer than that.

use sotto_shared::wire::admin::Hold;

use super::{Core, CoreError, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{CheckLife, SessionError};
use crate::session::record::{Due, Session};
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The conversation, if it was minted, not erased, and its life is not over. One whose life is
    /// over is still there only if a legal hold keeps it: what was said then waits for who ordered
    /// that, and is used for nothing else.
    pub(super) fn alive(&self) -> Result<Session, CoreError> {
        let session = self.minted()?;
        self.check_alive(&session)?;
        Ok(session)
    }

    /// Refuses what is for a conversation whose life is not over.
    pub(super) fn check_alive(&self, session: &Session) -> Result<(), CoreError> {
        if self.clock.now_ms() >= ends_at(session) {
            return Err(SessionError::Closed.into());
        }
        Ok(())
    }

    /// The legal hold that is in force.
    pub(super) fn hold(&self) -> Result<Option<Hold>, CoreError> {
        let hold = self.store().standing()?.hold;
        Ok(hold.filter(|hold| self.clock.now_ms() < hold.until))
    }

    /// Whether the conversation's life is over and nothing keeps what was said.
    pub(super) fn is_over(&self, session: &Session) -> Result<bool, CoreError> {
        Ok(self.clock.now_ms() >= ends_at(session) && self.hold()?.is_none())
    }

    /// Plans the conversation's end: at the end of its life, or after that when the hold ends that
    /// keeps it. One millisecond later than now at the earliest, so that planning never finds it
    /// due.
    pub(super) fn plan_end(&self, session: &Session) -> Result<(), CoreError> {
        let (now, ends_at) = (self.clock.now_ms(), ends_at(session));
        let at = if ends_at > now {
            ends_at
        } else {
            self.hold()?.map_or(0, |hold| hold.until).max(now.saturating_add(1))
        };
        Ok(self.store().plan(Due::End, at, 0)?)
    }

    /// Takes over lives that the site has made shorter. It changes nothing when it is told again.
    ///
    /// # Errors
    /// [`SessionError::Unknown`] to another workspace, and what an erased conversation answers.
    pub fn check_life(&self, command: &CheckLife) -> Result<(), CoreError> {
        let mut session = self.minted_of(command.workspace)?;
        let lifetimes = session.terms.lifetimes.shortened_to(command.lifetimes);
        if lifetimes != session.terms.lifetimes {
            session.terms.lifetimes = lifetimes;
            self.store().put_terms(&session.terms)?;
            self.plan_end(&session)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::id::WorkspaceId;
    use sotto_shared::wire::admin::HoldReason;

    use super::*;
    use crate::auth::tokens::{EraseToken, RefreshToken};
    use crate::session::command::Lifetimes;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::Erasure;
    use crate::session::core::tests::World;
    use crate::session::record::Cause;

    fn check(world: &World, lifetimes: Lifetimes) -> Result<(), CoreError> {
        world.core().check_life(&CheckLife { workspace: World::terms().workspace, lifetimes })
    }

    fn idle(seconds: u64) -> Lifetimes {
        Lifetimes { idle_seconds: seconds, ..World::terms().lifetimes }
    }

    fn hold(world: &World, until: u64) {
        let hold = Hold { reason: HoldReason::LegalClaim, until };
        world.core().store().put_hold(Some(hold)).unwrap();
    }

    #[test]
    fn a_shorter_life_of_the_site_holds_for_conversations_that_exist() {
        let world = World::minted();
        let now = world.clock.now_ms();
        check(&world, idle(60)).unwrap();
        assert_eq!(world.read().unwrap().ends_at, now + 60_000);
        assert_eq!(world.core().next_wake().unwrap(), Some(now + 60_000));
        check(&world, idle(60)).unwrap();
        assert_eq!(world.read().unwrap().ends_at, now + 60_000, "it can be told again");
        world.clock.advance(60_000);
        assert_eq!(world.core().overdue().unwrap().unwrap().cause, Cause::Lifetime);
    }

    /// The visitor agreed to a notice that names the lives: what the site makes longer afterwards is
    /// for those who agree to it.
    #[test]
    fn a_longer_life_of_the_site_does_not_hold_for_conversations_that_exist() {
        let world = World::minted();
        let ends_at = world.read().unwrap().ends_at;
        check(&world, idle(World::LIFE_MS)).unwrap();
        assert_eq!(world.read().unwrap().ends_at, ends_at);
        check(&world, idle(60)).unwrap();
        check(&world, idle(World::LIFE_MS / 1_000)).unwrap();
        assert_eq!(world.read().unwrap().ends_at, ends_at - World::LIFE_MS + 60_000);
    }

    #[test]
    fn the_conversations_of_a_site_that_is_gone_are_over() {
        let world = World::minted();
        check(&world, Lifetimes::OVER).unwrap();
        assert!(world.core().overdue().unwrap().is_some());
    }

    #[test]
    fn another_workspace_shortens_nothing() {
        let world = World::minted();
        let workspace = WorkspaceId::from_bytes([12; 32]);
        let command = CheckLife { workspace, lifetimes: Lifetimes::OVER };
        assert!(matches!(world.core().check_life(&command), Err(Refused(SessionError::Unknown))));
        assert!(world.core().overdue().unwrap().is_none());
    }

    #[test]
    fn a_hold_delays_the_end_and_closes_the_conversation() {
        let world = World::minted();
        let (ends_at, until) =
            (world.read().unwrap().ends_at, world.clock.now_ms() + 10 * World::LIFE_MS);
        hold(&world, until);
        let copy = world.read().unwrap();
        assert_eq!(copy.ends_at, ends_at, "it is kept and does not live longer");
        let hold = Hold { reason: HoldReason::LegalClaim, until };
        assert_eq!(copy.hold, Some(hold), "the visitor is told");
        world.clock.advance(World::LIFE_MS);
        assert!(world.core().overdue().unwrap().is_none());
        // The alarm that was set before the hold finds nothing to do and is planned anew.
        assert!(world.core().due().unwrap().is_none());
        assert_eq!(world.core().next_wake().unwrap(), Some(until));
        assert!(matches!(world.read(), Err(Refused(SessionError::Closed))));
        let refreshed = world.refresh_at(World::home(), "r-1");
        assert!(matches!(refreshed, Err(Refused(SessionError::Closed))));
        let mut forged = RefreshToken::parse(&world.refresh_token).unwrap();
        forged.secret[0] ^= 1;
        let stranger = World { refresh_token: forged.to_text(), ..world };
        let refused = stranger.refresh_at(World::home(), "r-1");
        assert!(matches!(refused, Err(Refused(SessionError::TokenInvalid))), "nobody else is told");
        let world = stranger;
        world.clock.advance(until - world.clock.now_ms());
        assert!(world.core().overdue().unwrap().is_some());
    }

    /// Promise 6 outranks it.
    #[test]
    fn promise_6_a_hold_does_not_delay_the_visitors_erasure() {
        let world = World::minted();
        hold(&world, u64::MAX >> 1);
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));
        world.clock.advance(World::LIFE_MS);
        assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));
    }
}
