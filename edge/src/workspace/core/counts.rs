//! The daily figures of conversations that were given to `analytics`: how many began, and how many
//! messages visitors sent.
//!
//! As long as a day lasts, what a conversation added to it can be told and taken back. When the day
//! is over, numbers are left, without anything that leads to a conversation; only those are shown,
//! and none that stands for fewer than [`COUNTED_LEAST`] conversations.

use sotto_shared::id::ConversationId;
use sotto_shared::limits::{COUNTED_LEAST, COUNTS_DAYS};
use sotto_shared::wire::admin::{Counts, DayCounts};

use super::{Fault, Workspace, invalid};
use crate::clock::{Clock, DAY_MS, date, day_of};
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{AdminReply, Forgotten, Listing};
use crate::workspace::store::DayRow;

/// Days that are shown if nobody says which.
const USUAL_DAYS: u64 = 30;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Takes over what a session tells, as [`Store::tell`](crate::workspace::store::Store::tell)
    /// does. If that takes the conversation out of the figures or into them, it is so from now on.
    pub(super) fn take_over(&self, listing: &Listing, check_at: u64) -> Result<(), Fault> {
        let store = self.store();
        store.tell(listing, check_at)?;
        let Some(listed) = store.listed(&listing.conversation)? else { return Ok(()) };
        if !listed.told.analytics {
            return Ok(store.drop_contributions(&listing.conversation)?);
        }
        if listed.created_at / DAY_MS == self.today() {
            self.count_begun(&listing.conversation)?;
        }
        Ok(())
    }

    /// Counts that a conversation began today, once.
    pub(super) fn count_begun(&self, conversation: &ConversationId) -> Result<(), Fault> {
        Ok(self.store().contribute(conversation, self.today(), true, 0)?)
    }

    /// Counts a message of today.
    pub(super) fn count_message(&self, conversation: &ConversationId) -> Result<(), Fault> {
        Ok(self.store().contribute(conversation, self.today(), false, 1)?)
    }

    /// Leaves of a conversation that is no more what its day came to; nothing if it was erased or
    /// never was.
    pub(super) fn settle_counts(
        &self,
        conversation: &ConversationId,
        why: Forgotten,
    ) -> Result<(), Fault> {
        match why {
            Forgotten::Ended => Ok(self.store().fold_contributions(conversation)?),
            Forgotten::Erased | Forgotten::ErasedByOperator | Forgotten::NeverBegun => {
                Ok(self.store().drop_contributions(conversation)?)
            }
        }
    }

    /// Makes numbers of the days that are over, and drops those that were kept long enough; the
    /// alarm calls it.
    pub(super) fn end_days(&self) -> Result<(), Fault> {
        let (store, today) = (self.store(), self.today());
        store.fold_days(today)?;
        Ok(store.drop_counts(today.saturating_sub(COUNTS_DAYS))?)
    }

    /// When the alarm has days to end next, Unix milliseconds.
    pub(super) fn next_end_of_days(&self) -> Result<Option<u64>, Fault> {
        let after = |day: u64, days: u64| day.saturating_add(days).saturating_mul(DAY_MS);
        let fold = self.store().oldest_contribution()?.map(|day| after(day, 1));
        let drop = self.store().oldest_count()?.map(|day| after(day, COUNTS_DAYS + 1));
        Ok(fold.into_iter().chain(drop).min())
    }

    /// The figures of a site, from one day to another, both included: of days that are over, the
    /// last [`USUAL_DAYS`] if nobody says which.
    pub(super) fn read_counts(
        &self,
        site: u16,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<AdminReply, Fault> {
        self.known_site(site)?;
        self.end_days()?;
        let yesterday = self.today().saturating_sub(1);
        let day = |field, text: Option<&str>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => {
                let rule = "must be a date such as 2026-11-24";
                day_of(text).ok_or_else(|| invalid(field, rule))
            }
        };
        let to = day("to", to, yesterday)?.min(yesterday);
        let from = day("from", from, to.saturating_sub(USUAL_DAYS - 1))?;
        if to.saturating_sub(from) >= COUNTS_DAYS {
            return Err(invalid("from", "must be at most 400 days before the end").into());
        }
        let rows = self.store().counts(site, from, to)?;
        let days =
            (from..=to).map(|day| shown(day, rows.iter().find(|row| row.day == day))).collect();
        Ok(AdminReply::Counts(Counts { site, days }))
    }

    fn today(&self) -> u64 {
        self.clock.now_ms() / DAY_MS
    }
}

/// What may be shown of a day. Figures of few conversations could be about one.
fn shown(day: u64, row: Option<&DayRow>) -> DayCounts {
    let row = row.filter(|row| row.active >= COUNTED_LEAST);
    let enough = |count: u64| (count >= COUNTED_LEAST).then_some(count);
    DayCounts {
        day: date(day),
        conversations: row.and_then(|row| enough(row.conversations)),
        messages: row.and_then(|row| enough(row.messages)),
    }
}
