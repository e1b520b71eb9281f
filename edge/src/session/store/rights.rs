//! Statements for what a visitor changes: single messages, restriction, review.

use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::rights::{Review, ReviewOutcome, ReviewReason};

use super::{Columns, Store, StoreError};
use crate::session::record::Restricted;
use crate::sql::Sql;

impl<S: Sql> Store<'_, S> {
    /// Stores that a message has another text now, and marks the replies that answered the one
    /// before.
    pub fn put_changed(&self, id: &str, at: u64) -> Result<(), StoreError> {
        self.run("UPDATE message SET changed_at = ? WHERE id = ?", &[at.into(), id.into()])?;
        self.run("UPDATE message SET answers_earlier = 1 WHERE reply_to = ?", &[id.into()])
    }

    /// Overwrites all that a message said and was made from. The row stays, so that its id is not
    /// used again and what answered it still names it.
    pub fn remove_message(&self, id: &str, at: u64) -> Result<(), StoreError> {
        self.blank_message(id)?;
        self.run(
            "UPDATE message
             SET text = '', sources = '[]', sealed_text = NULL, sealed_sources = NULL,
                 provider = NULL, model = NULL, state = ?, removed_at = ?
             WHERE id = ?",
            &[MessageState::Removed.name().into(), at.into(), id.into()],
        )
    }

    /// Stores whether the conversation is used.
    pub fn put_restricted(&self, restricted: Restricted) -> Result<(), StoreError> {
        self.run(
            "UPDATE session SET restricted_at = ?, restriction_lifted_at = ?",
            &[restricted.since.into(), restricted.lifted_at.into()],
        )
    }

    /// The review that was asked for, if one was.
    pub fn review(&self) -> Result<Option<Review>, StoreError> {
        let rows = self.0.exec("SELECT asked_at, reason, answered_at, outcome FROM review", &[])?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok(Review {
                    asked_at: column.unsigned(0, "asked_at")?,
                    reason: column.opt_text(1).as_deref().and_then(ReviewReason::parse),
                    answered_at: column.opt_unsigned(2),
                    outcome: column.opt_text(3).as_deref().and_then(ReviewOutcome::parse),
                })
            })
            .transpose()
    }

    /// Stores the review in place of the one before.
    pub fn put_review(&self, review: &Review) -> Result<(), StoreError> {
        self.run(
            "INSERT OR REPLACE INTO review (one, asked_at, reason, answered_at, outcome)
             VALUES (1, ?, ?, ?, ?)",
            &[
                review.asked_at.into(),
                review.reason.map(ReviewReason::name).into(),
                review.answered_at.into(),
                review.outcome.map(ReviewOutcome::name).into(),
            ],
        )
    }
}
