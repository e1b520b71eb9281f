//! What a visitor changes of a conversation: one's own words, single messages, whether it is used
//! at all, and whether a person has to look.

use sotto_shared::id::MessageId;
use sotto_shared::limits::{LIFETIME_SECONDS_MAX, LIFETIME_SECONDS_MIN};
use sotto_shared::wire::conversation::{Message, MessageState};
use sotto_shared::wire::rights::{Restriction, Review, ReviewOutcome};
use sotto_shared::wire::stream::Author;

use super::read::message;
use super::{Core, CoreError, Counted, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{AskReview, Rectify, Remove, Restrict, SessionError};
use crate::session::record::{Restricted, Session, StoredMessage};
use crate::sql::Sql;

/// What a right came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercised<T> {
    /// What the visitor is answered.
    pub reply: T,
    /// Whether anything changed; a repetition changes nothing and is not recorded.
    pub is_new: bool,
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Gives a message of the visitor's another text. The one before is overwritten; what stays is
    /// that there was one, and that the reply answered it. `running` is the message whose reply is
    /// under way.
    ///
    /// # Errors
    /// [`SessionError::MessageUnknown`], [`SessionError::NotOwnMessage`] for a reply,
    /// [`SessionError::MessageRemoved`], [`SessionError::ReplyInProgress`] while it is answered.
    pub fn rectify(
        &self,
        command: &Rectify,
        running: Option<&MessageId>,
    ) -> Result<Exercised<Message>, CoreError> {
        self.open_for(&command.caller)?;
        self.count(Counted::Change)?;
        let known = self.known(&command.message)?;
        if known.author != Author::Visitor {
            return Err(SessionError::NotOwnMessage.into());
        }
        if known.state == MessageState::Removed {
            return Err(SessionError::MessageRemoved.into());
        }
        if running == Some(&command.message) {
            return Err(SessionError::ReplyInProgress.into());
        }
        if known.text == command.text {
            return Ok(Exercised { reply: message(known), is_new: false });
        }
        self.messages()?.put_text(&known.id, command.text.as_str())?;
        self.store().put_changed(&known.id, self.clock.now_ms())?;
        Ok(Exercised { reply: message(self.known(&command.message)?), is_new: true })
    }

    /// Removes a message, whoever wrote it: what it said and was made from is overwritten, its
    /// place stays. The object stops a reply that is under way to it, or is it.
    ///
    /// # Errors
    /// [`SessionError::MessageUnknown`]
    pub fn remove(&self, command: &Remove) -> Result<Exercised<Message>, CoreError> {
        self.open_for(&command.caller)?;
        self.count(Counted::Change)?;
        let known = self.known(&command.message)?;
        if known.state == MessageState::Removed {
            return Ok(Exercised { reply: message(known), is_new: false });
        }
        self.store().remove_message(&known.id, self.clock.now_ms())?;
        Ok(Exercised { reply: message(self.known(&command.message)?), is_new: true })
    }

    /// Restricts the conversation, so that it is kept and not used, or lifts the restriction. Its
    /// end is planned anew: see [`extended`].
    ///
    /// # Errors
    /// [`CoreError`] if it does not live, or not for this caller.
    pub fn restrict(&self, command: &Restrict) -> Result<Exercised<Restriction>, CoreError> {
        let session = self.open_for(&command.caller)?;
        self.count(Counted::Change)?;
        let is_new = session.restricted.since.is_some() != command.restricted;
        let session = if is_new { self.switch(session, command.restricted)? } else { session };
        let reply =
            Restriction { restricted_at: session.restricted.since, ends_at: ends_at(&session) };
        Ok(Exercised { reply, is_new })
    }

    fn switch(&self, session: Session, restricted: bool) -> Result<Session, CoreError> {
        let now = self.clock.now_ms();
        let state = if restricted {
            Restricted { since: Some(now), lifted_at: None }
        } else {
            Restricted { since: None, lifted_at: Some(now) }
        };
        self.store().put_restricted(state)?;
        let session = Session { restricted: state, ..session };
        self.plan_end(&session)?;
        self.plan_listing()?;
        Ok(session)
    }

    /// Refuses what would use a conversation that its visitor restricted.
    ///
    /// # Errors
    /// [`SessionError::Restricted`]
    pub(super) fn check_used(session: &Session) -> Result<(), CoreError> {
        match session.restricted.since {
            Some(_) => Err(SessionError::Restricted.into()),
            None => Ok(()),
        }
    }

    /// Asks for a person to look. As long as nobody has answered, asking again changes the reason
    /// alone; afterwards it begins anew only if more was said since.
    ///
    /// # Errors
    /// [`CoreError`] if it does not live, or not for this caller.
    pub fn ask_review(&self, command: &AskReview) -> Result<Exercised<Review>, CoreError> {
        let session = self.open_for(&command.caller)?;
        self.count(Counted::Change)?;
        let new = Review {
            asked_at: self.clock.now_ms(),
            reason: command.reason,
            answered_at: None,
            outcome: None,
        };
        let (reply, is_new) = match self.store().review()? {
            None => (new, true),
            Some(review) => match review.answered_at {
                None => (Review { reason: command.reason.or(review.reason), ..review }, false),
                Some(at) if at < session.last_at => (new, true),
                Some(_) => (review, false),
            },
        };
        self.put_review(&reply)?;
        Ok(Exercised { reply, is_new })
    }

    /// Records what came of a person's look. Answering again changes nothing. The object sets its
    /// alarm afterwards.
    ///
    /// # Errors
    /// [`SessionError::NoReview`] if none was asked for.
    pub fn answer_review(&self, outcome: ReviewOutcome) -> Result<Exercised<Review>, CoreError> {
        self.minted()?;
        let review = self.store().review()?.ok_or(SessionError::NoReview)?;
        if review.answered_at.is_some() {
            return Ok(Exercised { reply: review, is_new: false });
        }
        let review =
            Review { answered_at: Some(self.clock.now_ms()), outcome: Some(outcome), ..review };
        self.put_review(&review)?;
        Ok(Exercised { reply: review, is_new: true })
    }

    fn put_review(&self, review: &Review) -> Result<(), CoreError> {
        self.store().put_review(review)?;
        self.plan_listing()
    }

    fn known(&self, id: &MessageId) -> Result<StoredMessage, CoreError> {
        Ok(self.messages()?.get(id.as_str())?.ok_or(SessionError::MessageUnknown)?)
    }
}

/// When a conversation ends, given when it would end without a restriction. While it is restricted
/// it is kept as long as any conversation may live, if its site keeps restricted ones: the visitor
/// may need it (GDPR Art. 18(1)(c)). Once that is lifted it lives for an hour at least, so that it
/// does not vanish under the hand that lifts.
pub(super) fn extended(session: &Session, usual: u64) -> u64 {
    let after = |at: u64, seconds: u64| at.saturating_add(seconds.saturating_mul(1_000));
    let longest = after(session.created_at, LIFETIME_SECONDS_MAX);
    let kept = match session.restricted {
        Restricted { since: Some(_), .. } if session.terms.lifetimes.restriction_keeps => longest,
        Restricted { since: None, lifted_at: Some(at) } => {
            after(at, LIFETIME_SECONDS_MIN).min(longest)
        }
        Restricted { .. } => 0,
    };
    usual.max(kept)
}

#[cfg(test)]
mod tests;
