//! The SQL of the list of conversations: which there are, how they stand as their sessions last
//! told, and when the sweep asks them next.

use sotto_shared::id::ConversationId;
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::{ConversationEntry, ConversationFlag, Hold, HoldReason};

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
    review_asked_at, ends_at, hold_reason, hold_until";

impl<S: Sql> Store<'_, S> {
    /// Lists a conversation, to be checked at a time.
    pub fn add_conversation(&self, listed: &Listed, check_at: u64) -> Result<(), SqlError> {
        let told = &listed.told;
        self.run(
            "INSERT INTO conversation (id, site, created_at, improve, analytics, ends_at, check_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                told.conversation.to_hex().into(),
                listed.site.into(),
                listed.created_at.into(),
                told.improve.into(),
                told.analytics.into(),
                told.ends_at.into(),
                check_at.into(),
            ],
        )
    }

    /// Takes over what a session tells, unless it told something newer before. It is checked at a
    /// time, unless that was planned for an earlier one.
    pub fn tell(&self, told: &Listing, check_at: u64) -> Result<(), SqlError> {
        self.run(
            "UPDATE conversation
             SET told = ?, improve = ?, analytics = ?, restricted = ?, review_asked_at = ?,
                 ends_at = ?, hold_reason = ?, hold_until = ?, check_at = min(check_at, ?)
             WHERE id = ? AND told <= ?",
            &[
                told.number.into(),
                told.improve.into(),
                told.analytics.into(),
                told.restricted.into(),
                told.review_asked_at.into(),
                told.ends_at.into(),
                told.hold.map(|hold| hold.reason.name()).into(),
                told.hold.map(|hold| hold.until).into(),
                check_at.into(),
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

    /// Notes by which API key a conversation is being erased, so that the entry in the audit log
    /// names it even if the session's answer is lost.
    pub fn mark_erasing(&self, conversation: &ConversationId, key: &str) -> Result<(), SqlError> {
        self.run(
            "UPDATE conversation SET erased_by = ? WHERE id = ?",
            &[key.into(), conversation.to_hex().into()],
        )
    }

    /// By which API key a conversation was being erased when that was last noted.
    pub fn erased_by(&self, conversation: &ConversationId) -> Result<Option<String>, SqlError> {
        let id = conversation.to_hex();
        let row = self.one("SELECT erased_by FROM conversation WHERE id = ?", &[id.into()])?;
        Ok(row.and_then(|row| row.first().and_then(Value::text).map(str::to_owned)))
    }

    /// How many conversations began before a time, and until when the last of them is kept.
    pub fn conversations_before(&self, time: u64) -> Result<(u64, Option<u64>), SqlError> {
        let row = self.one(
            "SELECT count(*), max(max(ends_at, coalesce(hold_until, 0)))
             FROM conversation WHERE created_at < ?",
            &[time.into()],
        )?;
        let row = row.unwrap_or_default();
        Ok((number(&row, 0), row.get(1).and_then(Value::unsigned)))
    }

    /// Conversations behind a position, oldest first, with their positions.
    pub fn conversations(
        &self,
        after: u64,
        site: Option<u16>,
        flag: Option<ConversationFlag>,
        limit: u32,
    ) -> Result<Vec<(u64, Listed)>, SqlError> {
        let flagged = match flag {
            None => "",
            Some(ConversationFlag::Improve) => "AND improve = 1",
            Some(ConversationFlag::Restricted) => "AND restricted = 1",
            Some(ConversationFlag::Review) => "AND review_asked_at IS NOT NULL",
            Some(ConversationFlag::Hold) => "AND hold_until IS NOT NULL",
        };
        let site = site.map(Value::from);
        let of_site = if site.is_some() { "AND site = ?" } else { "" };
        let values: Vec<Value> =
            [after.into()].into_iter().chain(site).chain([limit.into()]).collect();
        self.select(
            &format!("WHERE position > ? {of_site} {flagged} ORDER BY position LIMIT ?"),
            &values,
        )
    }

    /// Has all conversations of a site checked as soon as can be.
    pub fn check_site(&self, site: u16) -> Result<(), SqlError> {
        self.run("UPDATE conversation SET check_at = 0 WHERE site = ?", &[site.into()])
    }

    /// Takes conversations that are to be checked by now, at most `limit`, those first that have
    /// waited longest. They are to be checked again at `until`, unless [`Self::checked`] comes
    /// first.
    pub fn take_checks(&self, now: u64, until: u64, limit: u32) -> Result<Vec<Listed>, SqlError> {
        let rows = self.0.exec(
            &format!(
                "UPDATE conversation SET check_at = ?
                 WHERE position IN (
                     SELECT position FROM conversation WHERE check_at <= ?
                     ORDER BY check_at, position LIMIT ?)
                 RETURNING {COLUMNS}"
            ),
            &[until.into(), now.into(), limit.into()],
        )?;
        Ok(rows.iter().filter_map(listed).map(|(_, listed)| listed).collect())
    }

    /// Notes when a conversation is to be checked next, if nothing else was planned since it was
    /// taken.
    pub fn checked(
        &self,
        conversation: &ConversationId,
        taken: u64,
        next: u64,
    ) -> Result<(), SqlError> {
        self.run(
            "UPDATE conversation SET check_at = ? WHERE id = ? AND check_at = ?",
            &[next.into(), conversation.to_hex().into(), taken.into()],
        )
    }

    /// When the next conversation is to be checked.
    pub fn next_check(&self) -> Result<Option<u64>, SqlError> {
        let row = self.one("SELECT min(check_at) FROM conversation", &[])?;
        Ok(row.and_then(|row| row.first().and_then(Value::unsigned)))
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
            ends_at: self.told.ends_at,
            improve: self.told.improve,
            restricted: self.told.restricted,
            review_asked_at: self.told.review_asked_at,
            hold: self.told.hold,
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
            hold: HoldReason::parse(&text(row, 10))
                .zip(time(11))
                .map(|(reason, until)| Hold { reason, until }),
        },
    };
    Some((number(row, 0), listed))
}
