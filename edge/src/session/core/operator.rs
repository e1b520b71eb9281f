//! What an operator does to a conversation. The workspace has authorised it, and records it; the
//! conversation decides by what its visitor wants, which it knows first.

use sotto_shared::id::WorkspaceId;

use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Operator, OperatorAction, OperatorReply, SessionError};
use crate::session::record::{Cause, Session, Tombstone};
use crate::session::reply::Running;
use crate::sql::Sql;

/// What an operator's action asks of the object.
#[derive(Debug)]
pub enum Operated {
    /// Nothing more: this is the answer.
    Reply(OperatorReply),
    /// Delete all storage, then [`Core::bury`] this.
    Bury(Tombstone),
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Does what an operator may do. `running` is the reply that is under way.
    ///
    /// # Errors
    /// [`SessionError::Unknown`] to another workspace; [`SessionError::ReasonRequired`] for reading
    /// what was not given to `improve`; [`SessionError::Held`] for erasing under a legal hold; what
    /// an erased conversation answers.
    pub fn operate(
        &self,
        command: &Operator,
        running: Option<&Running>,
    ) -> Result<Operated, CoreError> {
        let session = self.minted_of(command.workspace)?;
        match command.action {
            OperatorAction::Read { reason } => {
                if reason.is_none() && !session.terms.purposes.improve {
                    return Err(SessionError::ReasonRequired.into());
                }
                let copy = self.conversation(&session, running)?;
                Ok(Operated::Reply(OperatorReply::Read(Box::new(copy))))
            }
            OperatorAction::Erase => {
                let hold = self.store().standing()?.hold;
                if hold.is_some_and(|hold| self.clock.now_ms() < hold.until) {
                    return Err(SessionError::Held.into());
                }
                Ok(Operated::Bury(self.entomb(session, Cause::Operator)?))
            }
            OperatorAction::Hold(hold) => {
                self.store().put_hold(hold)?;
                self.plan_end(&session)?;
                self.plan_listing()?;
                Ok(Operated::Reply(OperatorReply::Listed(self.listing_of(&session)?)))
            }
        }
    }

    /// The conversation, if it was minted, not erased, and is this workspace's.
    pub(super) fn minted_of(&self, workspace: WorkspaceId) -> Result<Session, CoreError> {
        let session = self.minted()?;
        if session.terms.workspace != workspace {
            return Err(SessionError::Unknown.into());
        }
        Ok(session)
    }
}
