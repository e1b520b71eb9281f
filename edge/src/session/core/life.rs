//! How long a conversation lives, and what keeps it longer than that.

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
        if self.clock.now_ms() >= ends_at(&session) {
            return Err(SessionError::Closed.into());
        }
        Ok(session)
    }

    /// When the conversation erases itself if nothing more happens: at the end of its life, or when
    /// a legal hold ends that is longer.
    pub(super) fn kept_until(&self, session: &Session) -> Result<u64, CoreError> {
        let hold = self.store().standing()?.hold;
        Ok(ends_at(session).max(hold.map_or(0, |hold| hold.until)))
    }

    /// Plans the conversation's end.
    pub(super) fn plan_end(&self, session: &Session) -> Result<(), CoreError> {
        // One millisecond later than now at the earliest, so that planning never finds it due.
        let at = self.kept_until(session)?.max(self.clock.now_ms().saturating_add(1));
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
