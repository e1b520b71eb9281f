//! What a site allows itself in a day (UTC): counters per network, for the site as a whole, and for
//! all sites of the workspace together.
//!
//! A network is counted under an HMAC with a random key that lives for a day. Key and counters go
//! with the object's alarm after midnight ([`end_day`]), and with them every way
//! to say which network wrote.

use super::store::Store;
use crate::auth::mac::hmac_sha256;
use crate::clock::{Clock, DAY_MS};
use crate::random::{Random, RandomError};
use crate::session::command::Network;
use crate::sql::{Sql, SqlError};

/// Stands for a site as a whole, where a network's hash would be.
const EVERYBODY: &[u8] = &[];

/// Stands for all sites of the workspace, where a site's number would be; those begin with 1.
pub const ALL_SITES: u16 = 0;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// New conversations.
    Sessions,
    /// Messages.
    Messages,
    /// Messages that went to a paid provider.
    Paid,
    /// Tokens of paid providers.
    Tokens,
}

/// Why something was not counted.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// The day's budget is spent.
    #[error("the day's budget is spent")]
    Spent {
        /// Seconds until the next day.
        retry_after: u64,
    },
    /// Storage failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// There is no randomness for the day's key.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// The counters of a day.
pub struct Budget<'a, S> {
    store: Store<'a, S>,
    key: [u8; 32],
    /// The day, counted from 1970.
    day: u64,
    /// Seconds until the next one.
    rest: u64,
}

impl<'a, S: Sql> Budget<'a, S> {
    /// Today's counters. The first to ask on a new day makes its key and drops yesterday's.
    ///
    /// # Errors
    /// [`BudgetError`], as every method here.
    pub fn today(
        store: Store<'a, S>,
        clock: &impl Clock,
        random: &impl Random,
    ) -> Result<Self, BudgetError> {
        let now = clock.now_ms();
        let (day, rest) = (now / DAY_MS, (DAY_MS - now % DAY_MS).div_ceil(1_000));
        if let Some((known, key)) = store.day()?
            && known == day
            && let Ok(key) = key.try_into()
        {
            return Ok(Self { store, key, day, rest });
        }
        let key = random.bytes::<32>()?;
        store.begin_day(day, &key)?;
        Ok(Self { store, key, day, rest })
    }

    /// The day, counted from 1970.
    #[must_use]
    pub const fn day(&self) -> u64 {
        self.day
    }

    /// Counts one more of a network's, if its budget is not spent.
    pub fn take_for(
        &self,
        site: u16,
        kind: Kind,
        network: &Network,
        limit: u32,
    ) -> Result<(), BudgetError> {
        let tag = self.tag(network);
        self.taken(self.store.take(site, kind.name(), &tag, 1, limit.into())?)
    }

    /// Looks whether one more of a network's could be counted.
    pub fn check_for(
        &self,
        site: u16,
        kind: Kind,
        network: &Network,
        limit: u32,
    ) -> Result<(), BudgetError> {
        let count = self.store.counter(site, kind.name(), &self.tag(network))?;
        self.taken(count < u64::from(limit))
    }

    /// Looks whether more of the site's could be counted.
    pub fn check(&self, site: u16, kind: Kind, limit: u64) -> Result<(), BudgetError> {
        self.taken(!self.is_spent(site, kind, limit)?)
    }

    fn tag(&self, network: &Network) -> [u8; 32] {
        hmac_sha256(&self.key, &[network.0.as_bytes()])
    }

    /// Counts so many more of the site's, if its budget is not spent. They may take it past its
    /// limit.
    pub fn take(&self, site: u16, kind: Kind, amount: u64, limit: u64) -> Result<(), BudgetError> {
        self.taken(self.store.take(site, kind.name(), EVERYBODY, amount, limit)?)
    }

    /// Puts what was used in the place of what was taken beforehand, on the day of which it was
    /// taken; what is over is over.
    pub fn correct(
        &self,
        site: u16,
        kind: Kind,
        day: u64,
        taken: u64,
        used: u64,
    ) -> Result<(), BudgetError> {
        if day == self.day {
            self.store.correct(site, kind.name(), EVERYBODY, taken, used)?;
        }
        Ok(())
    }

    /// Whether the site's budget is spent; counts nothing.
    pub fn is_spent(&self, site: u16, kind: Kind, limit: u64) -> Result<bool, BudgetError> {
        Ok(self.store.counter(site, kind.name(), EVERYBODY)? >= limit)
    }

    const fn taken(&self, taken: bool) -> Result<(), BudgetError> {
        if taken { Ok(()) } else { Err(BudgetError::Spent { retry_after: self.rest }) }
    }
}

impl<S> core::fmt::Debug for Budget<'_, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Budget")
    }
}

/// Drops the key and the counters of a day that is over; the object's alarm calls it.
///
/// # Errors
/// [`SqlError`] if the storage fails.
pub fn end_day<S: Sql>(store: &Store<'_, S>, clock: &impl Clock) -> Result<(), SqlError> {
    match store.day()? {
        Some((day, _)) if day < clock.now_ms() / DAY_MS => store.end_day(),
        _ => Ok(()),
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Messages => "messages",
            Self::Paid => "paid",
            Self::Tokens => "tokens",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::random::CountingRandom;
    use crate::sql::MemorySql;
    use crate::workspace::schema;

    struct Fixture {
        sql: MemorySql,
        clock: ManualClock,
        random: CountingRandom,
    }

    fn fixture() -> Fixture {
        let sql = MemorySql::new();
        schema::migrate(&sql).unwrap();
        Fixture { sql, clock: ManualClock::at(10 * DAY_MS + 1), random: CountingRandom::default() }
    }

    impl Fixture {
        fn today(&self) -> Budget<'_, MemorySql> {
            Budget::today(Store(&self.sql), &self.clock, &self.random).unwrap()
        }

        fn take_for(&self, site: u16, kind: Kind, network: &str, limit: u32) -> bool {
            self.today().take_for(site, kind, &Network(network.into()), limit).is_ok()
        }
    }

    const A: &str = "203.0.113.0/24";
    const B: &str = "198.51.100.0/24";

    #[test]
    fn a_budget_holds_per_network_site_and_kind() {
        let fixture = fixture();
        assert!(fixture.take_for(1, Kind::Sessions, A, 2));
        assert!(fixture.take_for(1, Kind::Sessions, A, 2));
        let spent = fixture.today().take_for(1, Kind::Sessions, &Network(A.into()), 2).unwrap_err();
        assert!(matches!(spent, BudgetError::Spent { retry_after: 86_400 }), "{spent:?}");
        assert!(fixture.take_for(1, Kind::Sessions, B, 2));
        assert!(fixture.take_for(1, Kind::Messages, A, 2));
        assert!(fixture.take_for(2, Kind::Sessions, A, 2));
    }

    #[test]
    fn a_site_has_a_budget_as_a_whole_and_so_have_all_sites() {
        let fixture = fixture();
        let take = |site, limit| fixture.today().take(site, Kind::Paid, 1, limit).is_ok();
        assert!(take(1, 1));
        assert!(!take(1, 1));
        assert!(!take(2, 0));
        assert!(take(ALL_SITES, 1));
        assert!(!take(ALL_SITES, 1));
    }

    #[test]
    fn what_was_used_takes_the_place_of_what_was_taken() {
        let fixture = fixture();
        let today = fixture.today();
        let spent = |limit| today.is_spent(1, Kind::Tokens, limit).unwrap();
        today.take(1, Kind::Tokens, 700, 1_000).unwrap();
        today.take(1, Kind::Tokens, 700, 1_000).unwrap();
        assert!(today.take(1, Kind::Tokens, 1, 1_000).is_err(), "it was taken past its limit");
        today.correct(1, Kind::Tokens, today.day(), 700, 200).unwrap();
        assert!(!spent(901) && spent(900));
        today.correct(1, Kind::Tokens, today.day(), 700, 900).unwrap();
        assert!(!spent(1_101) && spent(1_100));
        today.correct(1, Kind::Tokens, today.day() - 1, 1_100, 0).unwrap();
        assert!(spent(1_100), "yesterday is over");
        today.correct(1, Kind::Tokens, today.day(), 9_999, 0).unwrap();
        assert!(!spent(1) && spent(0), "a counter never goes below zero");
    }

    #[test]
    fn a_new_day_begins_anew_with_another_key() {
        let fixture = fixture();
        assert!(fixture.take_for(1, Kind::Sessions, A, 1));
        let yesterday = Store(&fixture.sql).day().unwrap().unwrap();
        fixture.clock.advance(DAY_MS);
        assert!(fixture.take_for(1, Kind::Sessions, A, 1));
        let today = Store(&fixture.sql).day().unwrap().unwrap();
        assert_eq!(today.0, yesterday.0 + 1);
        assert_ne!(today.1, yesterday.1);
        let rows = fixture.sql.exec("SELECT count(*) FROM counter", &[]).unwrap();
        assert_eq!(rows[0][0].unsigned(), Some(1));
    }

    #[test]
    fn a_day_that_is_over_leaves_nothing() {
        let fixture = fixture();
        assert!(fixture.take_for(1, Kind::Sessions, A, 1));
        let store = Store(&fixture.sql);
        end_day(&store, &fixture.clock).unwrap();
        assert!(store.day().unwrap().is_some(), "the day is not over");
        fixture.clock.advance(DAY_MS);
        end_day(&store, &fixture.clock).unwrap();
        assert!(store.day().unwrap().is_none());
        assert!(fixture.sql.exec("SELECT 1 FROM counter", &[]).unwrap().is_empty());
    }

    #[test]
    fn no_network_is_stored() {
        let fixture = fixture();
        assert!(fixture.take_for(1, Kind::Sessions, A, 1));
        let rows = fixture.sql.exec("SELECT network FROM counter", &[]).unwrap();
        assert_eq!(rows[0][0].blob().unwrap().len(), 32);
    }
}
