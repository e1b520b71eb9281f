//! The SQL of the list of conversations: which there are, how they stand as their sessions last
//! told, and when the sweep asks them next.

use sotto_shared::id::ConversationId;
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::ConversationEntry;

use super::{Store, number, small, text};
use crate::sql::{Row, Sql, SqlError, Value};
use crate::workspace::command::Listing;

/// A row of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    /// The site's number.
    pub site: u16,
    /// When it was admitted, Unix milliseconds.
    pub created_at: u64,
    /// What its session last told; what was admitted, before it tells anything.
    pub told: Listing,
}

redacted_debug!(Listed);

const COLUMNS: &str = "position, id, site, created_at, told, improve, analytics, restricted,
    review_asked_at, ends_at";

impl<S: Sql> Store<'_, S> {
    /// Lists a conversation.
    pub fn add_conversation(&self, listed: &Listed) -> Result<(), SqlError> {
        let told = &listed.told;
        self.run(
            "INSERT INTO conversation (id, site, created_at, improve, analytics, ends_at)
             VALUES (?, ?, ?, ?, ?, ?)",
            &[
                told.conversation.to_hex().into(),
                listed.site.into(),
                listed.created_at.into(),
                told.improve.into(),
                told.analytics.into(),
                told.ends_at.into(),
            ],
        )
    }

    /// Takes over what a session tells, unless it told something newer before.
    pub fn tell(&self, told: &Listing) -> Result<(), SqlError> {
        self.run(
            "UPDATE conversation
             SET told = ?, improve = ?, analytics = ?, restricted = ?, review_asked_at = ?,
                 ends_at = ?
             WHERE id = ? AND told < ?",
            &[
                told.number.into(),
                told.improve.into(),
                told.analytics.into(),
                told.restricted.into(),
                told.review_asked_at.into(),
                told.ends_at.into(),
                told.conversation.to_hex().into(),
                told.number.into(),
            ],
        )
    }

    /// Takes a conversation off the list; does nothing if it is not there.
    pub fn forget_conversation(&self, conversation: &ConversationId) -> Result<(), SqlError> {
        self.run("DELETE FROM conversation WHERE id = ?", &[conversation.to_hex().into()])
    }

    /// The site of a conversation, if it is on the list.
    pub fn site_of(&self, conversation: &ConversationId) -> Result<Option<u16>, SqlError> {
        Ok(self.listed(conversation)?.map(|listed| listed.site))
    }

    /// A conversation's row, if it is on the list.
    pub fn listed(&self, conversation: &ConversationId) -> Result<Option<Listed>, SqlError> {
        let rows = self.select("WHERE id = ?", &[conversation.to_hex().into()])?;
        Ok(rows.into_iter().next().map(|(_, listed)| listed))
    }

    /// How many conversations began before a time, and when the last of them is to end.
    pub fn conversations_before(&self, time: u64) -> Result<(u64, Option<u64>), SqlError> {
        let row = self.one(
            "SELECT count(*), max(ends_at) FROM conversation WHERE created_at < ?",
            &[time.into()],
        )?;
        let row = row.unwrap_or_default();
        Ok((number(&row, 0), row.get(1).and_then(Value::unsigned)))
    }

    /// Conversations behind a position, oldest first, with their positions.
    pub fn conversations(&self, after: u64, limit: u32) -> Result<Vec<(u64, Listed)>, SqlError> {
        let rest = "WHERE position > ? ORDER BY position LIMIT ?";
        self.select(rest, &[after.into(), limit.into()])
    }

    fn select(&self, rest: &str, values: &[Value]) -> Result<Vec<(u64, Listed)>, SqlError> {
        let rows = self.0.exec(&format!("SELECT {COLUMNS} FROM conversation {rest}"), values)?;
        Ok(rows.iter().filter_map(listed).collect())
    }
}

impl Listed {
    /// The row as the operator sees it.
    #[must_use]
    pub const fn entry(&self) -> ConversationEntry {
        ConversationEntry {
            conversation: self.told.conversation,
            site: self.site,
            created_at: self.created_at,
        }
    }
}

/// A row with its position. An id of another form is none that an edge has listed.
fn listed(row: &Row) -> Option<(u64, Listed)> {
    let flag = |column| number(row, column) != 0;
    let time = |column| row.get(column).and_then(Value::unsigned);
    let listed = Listed {
        site: small(row, 2),
        created_at: number(row, 3),
        told: Listing {
            conversation: ConversationId::parse(&text(row, 1)).ok()?,
            number: number(row, 4),
            improve: flag(5),
            analytics: flag(6),
            restricted: flag(7),
            review_asked_at: time(8),
            ends_at: number(row, 9),
        },
    };
    Some((number(row, 0), listed))
}
