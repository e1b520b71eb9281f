//! What an operator does to a conversation. The workspace has authorised it, and records it; the
//! conversation decides by what its visitor wants, which it knows first.

use sotto_shared::id::WorkspaceId;

use super::read::message;
use super::{Core, CoreError, LockedKey};
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
    /// [`Core::bury`] this.
    Bury(Tombstone),
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The key to ask the workspace for, so that an operator can read.
    ///
    /// # Errors
    /// As [`Self::operate`].
    pub fn open_key_for(&self, command: &Operator) -> Result<LockedKey, CoreError> {
        Ok(LockedKey::of(self.operated(command)?))
    }

    /// Does what an operator may do. `running` is the reply that is under way; reading takes the
    /// key.
    ///
    /// # Errors
    /// [`SessionError::Unknown`] to another workspace; [`SessionError::Restricted`] for reading or
    /// erasing what the visitor restricted; [`SessionError::ReasonRequired`] for reading what was
    /// not given to `improve`; [`SessionError::Held`] for erasing under a legal hold;
    /// [`SessionError::NoReview`]; what an erased conversation answers.
    pub fn operate(
        &self,
        command: &Operator,
        running: Option<&Running>,
    ) -> Result<Operated, CoreError> {
        if command.action == OperatorAction::Consent {
            let shown = self.shown_consent(command.workspace)?;
            return Ok(Operated::Reply(OperatorReply::Consent(shown)));
        }
        let session = self.operated(command)?;
        match command.action {
            // It was answered above: it is there for erased conversations too.
            OperatorAction::Consent => Err(SessionError::Failed.into()),
            OperatorAction::Read { .. } => {
                let read = self.conversation(&session, running, message)?;
                Ok(Operated::Reply(OperatorReply::Read(Box::new(read))))
            }
            OperatorAction::Export { .. } => {
                let copy = self.copy(session, running)?;
                Ok(Operated::Reply(OperatorReply::Read(Box::new(copy))))
            }
            OperatorAction::Erase => {
                Ok(Operated::Bury(self.entomb(session.into(), Cause::Operator)?))
            }
            OperatorAction::Hold(hold) => {
                self.store().put_hold(hold)?;
                self.plan_end(&session)?;
                self.plan_listing()?;
                Ok(Operated::Reply(OperatorReply::Listed(self.listing_of(&session)?)))
            }
            OperatorAction::Answer(outcome) => {
                self.answer_review(outcome)?;
                Ok(Operated::Reply(OperatorReply::Listed(self.listing_of(&session)?)))
            }
        }
    }

    /// The conversation, if the operator may do this with it. One that its visitor restricted is
    /// kept: it is neither shown nor erased, which is what a restriction may be there to prevent
    /// (GDPR Art. 18(1)).
    fn operated(&self, command: &Operator) -> Result<Session, CoreError> {
        let session = self.minted_of(command.workspace)?;
        match command.action {
            OperatorAction::Read { reason } | OperatorAction::Export { reason } => {
                Self::check_used(&session)?;
                if reason.is_none() && !session.terms.purposes.improve {
                    return Err(SessionError::ReasonRequired.into());
                }
            }
            OperatorAction::Erase => {
                Self::check_used(&session)?;
                if self.hold()?.is_some() {
                    return Err(SessionError::Held.into());
                }
            }
            OperatorAction::Answer(outcome) => {
                // The same answer again is a retry; another one would not be heard.
                let review = self.store().review()?.ok_or(SessionError::NoReview)?;
                if review.outcome.is_some_and(|given| given != outcome) {
                    return Err(SessionError::NoReview.into());
                }
            }
            OperatorAction::Hold(_) | OperatorAction::Consent => {}
        }
        Ok(session)
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

#[cfg(test)]
mod tests {
    use sotto_shared::wire::admin::{AccessReason, Hold, HoldReason};
    use sotto_shared::wire::chat::Trigger;
    use sotto_shared::wire::rights::ReviewOutcome;

    use super::*;
    use crate::auth::tokens::EraseToken;
    use crate::session::command::{AskReview, Restrict};
    use crate::session::core::CoreError::Refused;
    use crate::session::core::Erasure;
    use crate::session::core::tests::{World, chat};
    use crate::session::record::Due;

    const READ: OperatorAction = OperatorAction::Read { reason: None };
    const LOOK_INTO: OperatorAction =
        OperatorAction::Read { reason: Some(AccessReason::Complaint) };

    /// A conversation in which something was said.
    fn talk(improve: bool) -> World {
        let world = World::minted();
        world
            .core()
            .accept(&chat(Trigger::SubmitMessage, "m-1", "My cat is called Tom"), None)
            .unwrap();
        let mut terms = World::terms();
        terms.purposes.improve = improve;
        world.core().store().put_terms(&terms).unwrap();
        world
    }

    fn ask(world: &World, action: OperatorAction) -> Result<Operated, CoreError> {
        let command = Operator { workspace: World::terms().workspace, action };
        let key = world.core().open_key_for(&command);
        let operated = world.core().operate(&command, None);
        assert_eq!(key.is_ok(), operated.is_ok(), "no key is opened in vain");
        operated
    }

    fn refusal(operated: Result<Operated, CoreError>) -> SessionError {
        match operated {
            Err(Refused(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    fn texts(operated: Result<Operated, CoreError>) -> Vec<String> {
        match operated {
            Ok(Operated::Reply(OperatorReply::Read(copy))) => {
                copy.messages.into_iter().map(|message| message.text).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reading_what_was_not_given_takes_a_reason() {
        assert_eq!(refusal(ask(&talk(false), READ)), SessionError::ReasonRequired);
        assert_eq!(texts(ask(&talk(false), LOOK_INTO)), ["My cat is called Tom"]);
        assert_eq!(texts(ask(&talk(true), READ)), ["My cat is called Tom"]);
    }

    /// Promise 8: a workspace reaches its own conversations alone.
    #[test]
    fn promise_8_another_workspace_reaches_nothing() {
        let world = talk(true);
        let hold = Hold { reason: HoldReason::LegalClaim, until: u64::MAX >> 1 };
        for action in [
            READ,
            LOOK_INTO,
            OperatorAction::Export { reason: None },
            OperatorAction::Erase,
            OperatorAction::Hold(Some(hold)),
            OperatorAction::Answer(ReviewOutcome::Confirmed),
        ] {
            let workspace = WorkspaceId::from_bytes([12; 32]);
            let command = Operator { workspace, action };
            let refused = refusal(world.core().operate(&command, None));
            assert_eq!(refused, SessionError::Unknown);
        }
        assert_eq!(world.core().store().standing().unwrap().hold, None);
        world.read().unwrap();
    }

    #[test]
    fn a_conversation_that_its_operator_erased_says_so() {
        let world = talk(false);
        let Ok(Operated::Bury(tombstone)) = ask(&world, OperatorAction::Erase) else {
            panic!("it is not erased");
        };
        world.core().bury(&tombstone).unwrap();
        let gone = SessionError::ErasedByOperator { receipt: tombstone.receipt.id.clone() };
        assert!(matches!(world.read(), Err(Refused(ref error)) if *error == gone));
        assert_eq!(refusal(ask(&world, OperatorAction::Erase)), gone);
        // The visitor's token still gets the receipt.
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        let again = world.core().erase(&secret);
        assert!(matches!(again, Ok(Erasure::Done(ref receipt)) if *receipt == tombstone.receipt));
    }

    #[test]
    fn a_hold_keeps_the_operator_from_erasing_until_it_is_lifted_or_over() {
        let world = talk(false);
        let until = world.clock.now_ms() + World::LIFE_MS / 2;
        let hold = Hold { reason: HoldReason::AuthorityOrder, until };
        let Ok(Operated::Reply(OperatorReply::Listed(listing))) =
            ask(&world, OperatorAction::Hold(Some(hold)))
        else {
            panic!("no listing");
        };
        assert_eq!((listing.hold, listing.number), (Some(hold), 1));
        let due = world.core().due().unwrap().unwrap();
        assert_eq!(due.kind, Due::Listing, "the list hears of it even if this answer is lost");
        assert_eq!(refusal(ask(&world, OperatorAction::Erase)), SessionError::Held);
        assert!(ask(&world, OperatorAction::Hold(None)).is_ok());
        assert!(matches!(ask(&world, OperatorAction::Erase), Ok(Operated::Bury(_))));
        assert!(ask(&world, OperatorAction::Hold(Some(hold))).is_ok());
        world.clock.advance(World::LIFE_MS / 2);
        assert!(matches!(ask(&world, OperatorAction::Erase), Ok(Operated::Bury(_))));
    }

    fn restrict(world: &World, restricted: bool) {
        let caller = world.caller();
        world.core().restrict(&Restrict { caller, restricted }).unwrap();
    }

    #[test]
    fn a_restricted_conversation_is_neither_shown_nor_erased_until_that_is_lifted() {
        let world = talk(true);
        restrict(&world, true);
        let export = OperatorAction::Export { reason: Some(AccessReason::LegalClaim) };
        for action in [READ, LOOK_INTO, export, OperatorAction::Erase] {
            assert_eq!(refusal(ask(&world, action)), SessionError::Restricted, "{action:?}");
        }
        assert!(ask(&world, OperatorAction::Hold(None)).is_ok(), "it can be held");
        restrict(&world, false);
        assert_eq!(texts(ask(&world, READ)).len(), 1);
    }

    #[test]
    fn what_is_taken_away_is_signed() {
        let world = talk(true);
        let Ok(Operated::Reply(OperatorReply::Read(copy))) =
            ask(&world, OperatorAction::Export { reason: None })
        else {
            panic!("no copy");
        };
        assert!(copy.signature.is_some() && copy.exported_at.is_some());
        assert_eq!(
            refusal(ask(&talk(false), OperatorAction::Export { reason: None })),
            SessionError::ReasonRequired
        );
    }

    #[test]
    fn a_review_that_was_asked_for_is_answered_and_the_visitor_sees_it() {
        let world = talk(false);
        let answer = OperatorAction::Answer(ReviewOutcome::Corrected);
        assert_eq!(refusal(ask(&world, answer)), SessionError::NoReview);
        let caller = world.caller();
        world.core().ask_review(&AskReview { caller, reason: None }).unwrap();
        let asked = world.core().listing().unwrap().unwrap().1;
        assert!(asked.review_asked_at.is_some());
        let Ok(Operated::Reply(OperatorReply::Listed(listing))) = ask(&world, answer) else {
            panic!("no listing");
        };
        assert_eq!(listing.review_asked_at, None);
        assert!(listing.number > asked.number);
        let review = world.read().unwrap().review.unwrap();
        assert_eq!(review.outcome, Some(ReviewOutcome::Corrected));
        assert!(ask(&world, answer).is_ok(), "it can be sent again");
        let other = OperatorAction::Answer(ReviewOutcome::Declined);
        assert_eq!(refusal(ask(&world, other)), SessionError::NoReview);
    }

    /// Whoever ordered the hold can read what it keeps.
    #[test]
    fn a_held_conversation_can_be_read_after_its_end() {
        let world = talk(false);
        let until = world.clock.now_ms() + 10 * World::LIFE_MS;
        let hold = Hold { reason: HoldReason::LegalClaim, until };
        ask(&world, OperatorAction::Hold(Some(hold))).unwrap();
        world.clock.advance(World::LIFE_MS);
        assert!(matches!(world.read(), Err(Refused(SessionError::Closed))));
        assert_eq!(texts(ask(&world, LOOK_INTO)), ["My cat is called Tom"]);
        ask(&world, OperatorAction::Hold(None)).unwrap();
        assert!(world.core().overdue().unwrap().is_some(), "nothing keeps it any more");
    }
}
