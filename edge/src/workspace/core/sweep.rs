//! The workspace's own look after its conversations: the alarm asks those that should be over by
//! what the list knows, and those whose site's settings have changed, a batch at a time. A session
//! sees to its own end; what is caught here is what was missed.

use sotto_shared::id::ConversationId;

use super::{Fault, Workspace, read_settings};
use crate::clock::{Clock, DAY_MS};
use crate::object::CallError;
use crate::random::Random;
use crate::session::command::{CheckLife, Lifetimes, SessionError};
use crate::sql::Sql;
use crate::workspace::audit::{drop_expired, next_expiry};
use crate::workspace::budget::end_day;
use crate::workspace::command::{Forget, Forgotten, Listing};
use crate::workspace::rates::drop_old;
use crate::workspace::settings;

/// Conversations that one run of the alarm asks: fewer than the calls that a request may make on the
/// platform's free plan.
const BATCH: u32 = 25;

/// A session has this time after its end to erase itself and say so, in milliseconds.
const GRACE_MS: u64 = 3_600_000;

/// A conversation that did not answer is asked again after this time, in milliseconds.
const RETRY_MS: u64 = 600_000;

/// A conversation that is to be asked, until it has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whose session is asked.
    pub conversation: ConversationId,
    /// What it is asked.
    pub question: CheckLife,
    /// When it was admitted, Unix milliseconds.
    created_at: u64,
    /// When it is asked again if nothing comes of it, Unix milliseconds.
    taken: u64,
}

/// When a conversation is asked that is kept as a listing says: at the end of the day on which its
/// session should have told of its erasure, so that all of a day are asked together.
pub(super) fn check_after(listing: &Listing) -> u64 {
    let kept = listing.ends_at.max(listing.hold.map_or(0, |hold| hold.until));
    kept.saturating_add(GRACE_MS).div_ceil(DAY_MS).saturating_mul(DAY_MS)
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Drops what is to go (the day's counters and their key, what a day's figures were made of,
    /// and the contents of entries of the audit log whose retention is over), and takes the
    /// conversations that are asked now.
    pub fn begin_sweep(&self) -> Result<Vec<Check>, Fault> {
        self.wake()?;
        let store = self.store();
        end_day(&store, self.clock)?;
        self.end_days()?;
        drop_old(&store, self.clock)?;
        drop_expired(&store, self.clock)?;
        let now = self.clock.now_ms();
        let taken = now.saturating_add(RETRY_MS);
        let listed = store.take_checks(now, taken, BATCH)?;
        let mut sites: Vec<(u16, Lifetimes)> = Vec::new();
        let mut checks = Vec::with_capacity(listed.len());
        for listed in listed {
            let known = sites.iter().find(|(site, _)| *site == listed.site);
            let lifetimes = match known {
                Some((_, lifetimes)) => *lifetimes,
                None => {
                    let lifetimes = self.lifetimes_of(listed.site)?;
                    sites.push((listed.site, lifetimes));
                    lifetimes
                }
            };
            checks.push(Check {
                conversation: listed.told.conversation,
                question: CheckLife { workspace: self.id, lifetimes },
                created_at: listed.created_at,
                taken,
            });
        }
        Ok(checks)
    }

    /// Takes over what a session answered. One that did not answer is asked again.
    pub fn checked(
        &self,
        check: &Check,
        answer: &Result<Listing, CallError<SessionError>>,
    ) -> Result<(), Fault> {
        let conversation = check.conversation;
        let now = self.clock.now_ms();
        let again = |at| Ok(self.store().checked(&conversation, check.taken, at)?);
        let forget = |why| self.forget(&Forget { conversation, why });
        match answer {
            Ok(listing) => {
                let next = check_after(listing).max(now.saturating_add(GRACE_MS));
                self.take_over(listing, u64::MAX)?;
                again(next)
            }
            Err(CallError::Refused(SessionError::Erased { .. })) => forget(Forgotten::Erased),
            Err(CallError::Refused(SessionError::Ended { .. })) => forget(Forgotten::Ended),
            Err(CallError::Refused(SessionError::ErasedByOperator { .. })) => {
                forget(Forgotten::ErasedByOperator)
            }
            Err(CallError::Refused(SessionError::Unknown) | CallError::NoSuchObject) => {
                // It may just be about to be made.
                let late = check.created_at.saturating_add(GRACE_MS);
                if now < late { again(late) } else { forget(Forgotten::NeverBegun) }
            }
            Err(CallError::Refused(_) | CallError::Unreachable(_)) => Ok(()),
        }
    }

    /// When the alarm has something to do next, Unix milliseconds.
    pub fn next_wake(&self) -> Result<Option<u64>, Fault> {
        self.wake()?;
        let store = self.store();
        let day = store.day()?.map(|(day, _)| day.saturating_add(1).saturating_mul(DAY_MS));
        let check = store.next_check()?;
        let days = self.next_end_of_days()?;
        let content = next_expiry(&store)?;
        Ok(day.into_iter().chain(check).chain(days).chain(content).min())
    }

    /// How long a site lets conversations live; those of a site that is gone are over.
    fn lifetimes_of(&self, site: u16) -> Result<Lifetimes, Fault> {
        match self.store().site(site)? {
            Some(row) => Ok(settings::lifetimes(&read_settings(&row)?)),
            None => Ok(Lifetimes::OVER),
        }
    }
}
