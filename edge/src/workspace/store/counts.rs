//! The SQL of the daily figures: what each conversation adds to its day, as long as the day lasts,
//! and what the days came to, in which no conversation can be told any more.

use sotto_shared::id::ConversationId;

use super::{Store, number};
use crate::sql::{Sql, SqlError, Value};

/// What a day came to at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// The day, counted from the beginning of 1970.
    pub day: u64,
    /// Conversations that began.
    pub conversations: u64,
    /// Conversations that added anything.
    pub active: u64,
    /// Messages of visitors.
    pub messages: u64,
}

/// Adds what conversations added to their days, by site and day. What follows says which.
const FOLD: &str = "INSERT INTO day_count (site, day, conversations, active, messages)
    SELECT site, day, sum(begun), count(*), sum(messages) FROM contribution";

const FOLDED: &str = "GROUP BY site, day
    ON CONFLICT (site, day) DO UPDATE SET
        conversations = conversations + excluded.conversations,
        active = active + excluded.active, messages = messages + excluded.messages";

impl<S: Sql> Store<'_, S> {
    /// Counts for its day that a conversation began, and a number of its messages; nothing if it is
    /// not on the list as given to `analytics`. Its beginning is counted once.
    pub fn contribute(
        &self,
        conversation: &ConversationId,
        day: u64,
        begun: bool,
        messages: u32,
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO contribution (conversation, site, day, begun, messages)
             SELECT id, site, ?, ?, ? FROM conversation WHERE id = ? AND analytics = 1
             ON CONFLICT (conversation, day) DO UPDATE SET
                begun = max(begun, excluded.begun), messages = messages + excluded.messages",
            &[day.into(), begun.into(), messages.into(), conversation.to_hex().into()],
        )
    }

    /// Takes back what a conversation added, as far as it can still be told.
    pub fn drop_contributions(&self, conversation: &ConversationId) -> Result<(), SqlError> {
        self.run("DELETE FROM contribution WHERE conversation = ?", &[conversation.to_hex().into()])
    }

    /// Adds what a conversation added to its days for good; from here on it cannot be told.
    pub fn fold_contributions(&self, conversation: &ConversationId) -> Result<(), SqlError> {
        let id = conversation.to_hex();
        self.run(&format!("{FOLD} WHERE conversation = ? {FOLDED}"), &[id.into()])?;
        self.drop_contributions(conversation)
    }

    /// The same of all conversations for the days before one.
    pub fn fold_days(&self, before: u64) -> Result<(), SqlError> {
        self.run(&format!("{FOLD} WHERE day < ? {FOLDED}"), &[before.into()])?;
        self.run("DELETE FROM contribution WHERE day < ?", &[before.into()])
    }

    /// The oldest day of which conversations can still be told.
    pub fn oldest_contribution(&self) -> Result<Option<u64>, SqlError> {
        self.day_of("SELECT min(day) FROM contribution")
    }

    /// Drops the figures of days before one.
    pub fn drop_counts(&self, before: u64) -> Result<(), SqlError> {
        self.run("DELETE FROM day_count WHERE day < ?", &[before.into()])
    }

    /// The oldest day that has figures.
    pub fn oldest_count(&self) -> Result<Option<u64>, SqlError> {
        self.day_of("SELECT min(day) FROM day_count")
    }

    /// Drops the figures of a site, with what its conversations added to them.
    pub fn delete_counts(&self, site: u16) -> Result<(), SqlError> {
        self.run("DELETE FROM contribution WHERE site = ?", &[site.into()])?;
        self.run("DELETE FROM day_count WHERE site = ?", &[site.into()])
    }

    /// The figures of a site from one day to another, both included, oldest first.
    pub fn counts(&self, site: u16, from: u64, to: u64) -> Result<Vec<DayRow>, SqlError> {
        let rows = self.0.exec(
            "SELECT day, conversations, active, messages FROM day_count
             WHERE site = ? AND day BETWEEN ? AND ? ORDER BY day",
            &[site.into(), from.into(), to.into()],
        )?;
        Ok(rows
            .iter()
            .map(|row| DayRow {
                day: number(row, 0),
                conversations: number(row, 1),
                active: number(row, 2),
                messages: number(row, 3),
            })
            .collect())
    }

    fn day_of(&self, statement: &str) -> Result<Option<u64>, SqlError> {
        let row = self.one(statement, &[])?;
        Ok(row.and_then(|row| row.first().and_then(Value::unsigned)))
    }
}
