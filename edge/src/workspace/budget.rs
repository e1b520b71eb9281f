//! What a site allows itself in a day (UTC): counters per network and for the site as a whole.
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

/// Stands for the site as a whole, where a network's hash would be.
const WHOLE_SITE: &[u8] = &[];

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// New conversations.
    Sessions,
    /// Messages.
    Messages,
    /// Messages that went to a paid provider.
    Paid,
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

/// The counters of a site.
#[derive(Debug)]
pub struct Budget<'a, S, C, R> {
    /// The workspace's tables.
    pub store: Store<'a, S>,
    /// Tells the day.
    pub clock: &'a C,
    /// Makes the day's key.
    pub random: &'a R,
    /// The site.
    pub site: u16,
}

impl<S: Sql, C: Clock, R: Random> Budget<'_, S, C, R> {
    /// Counts one more of a network's, if its budget is not spent.
    ///
    /// # Errors
    /// [`BudgetError`]
    pub fn take_for(&self, kind: Kind, network: &Network, limit: u32) -> Result<(), BudgetError> {
        let key = self.day_key()?;
        let tag = hmac_sha256(&key, &[network.0.as_bytes()]);
        self.take(kind, &tag, limit)
    }

    /// Counts one more of the site's, if its budget is not spent.
    ///
    /// # Errors
    /// [`BudgetError`]
    pub fn take_whole(&self, kind: Kind, limit: u32) -> Result<(), BudgetError> {
        self.day_key()?;
        self.take(kind, WHOLE_SITE, limit)
    }

    /// Whether the site's budget is spent; counts nothing.
    ///
    /// # Errors
    /// [`BudgetError`]
    pub fn is_spent(&self, kind: Kind, limit: u32) -> Result<bool, BudgetError> {
        self.day_key()?;
        Ok(self.store.counter(self.site, kind.name(), WHOLE_SITE)? >= u64::from(limit))
    }

    fn take(&self, kind: Kind, network: &[u8], limit: u32) -> Result<(), BudgetError> {
        if self.store.count(self.site, kind.name(), network, limit)? {
            return Ok(());
        }
        let retry_after = (DAY_MS - self.clock.now_ms() % DAY_MS).div_ceil(1_000);
        Err(BudgetError::Spent { retry_after })
    }

    /// The key of today. The first to ask on a new day makes it and drops yesterday's.
    fn day_key(&self) -> Result<[u8; 32], BudgetError> {
        let today = self.clock.now_ms() / DAY_MS;
        if let Some((day, key)) = self.store.day()?
            && day == today
            && let Ok(key) = key.try_into()
        {
            return Ok(key);
        }
        let key = self.random.bytes::<32>()?;
        self.store.begin_day(today, &key)?;
        Ok(key)
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
        fn site(&self, site: u16) -> Budget<'_, MemorySql, ManualClock, CountingRandom> {
            Budget { store: Store(&self.sql), clock: &self.clock, random: &self.random, site }
        }
    }

    fn network(text: &str) -> Network {
        Network(text.into())
    }

    #[test]
    fn a_budget_holds_per_network_site_and_kind() {
        let fixture = fixture();
        let (a, b) = (network("203.0.113.0/24"), network("198.51.100.0/24"));
        let one = fixture.site(1);
        assert!(one.take_for(Kind::Sessions, &a, 2).is_ok());
        assert!(one.take_for(Kind::Sessions, &a, 2).is_ok());
        let spent = one.take_for(Kind::Sessions, &a, 2).unwrap_err();
        assert!(matches!(spent, BudgetError::Spent { retry_after: 86_400 }), "{spent:?}");
        assert!(one.take_for(Kind::Sessions, &b, 2).is_ok());
        assert!(one.take_for(Kind::Messages, &a, 2).is_ok());
        assert!(fixture.site(2).take_for(Kind::Sessions, &a, 2).is_ok());
    }

    #[test]
    fn a_site_has_a_budget_as_a_whole() {
        let fixture = fixture();
        assert!(fixture.site(1).take_whole(Kind::Paid, 1).is_ok());
        assert!(fixture.site(1).take_whole(Kind::Paid, 1).is_err());
        assert!(fixture.site(1).take_whole(Kind::Paid, 0).is_err());
    }

    #[test]
    fn a_new_day_begins_anew_with_another_key() {
        let fixture = fixture();
        let a = network("203.0.113.0/24");
        assert!(fixture.site(1).take_for(Kind::Sessions, &a, 1).is_ok());
        let yesterday = Store(&fixture.sql).day().unwrap().unwrap();
        fixture.clock.advance(DAY_MS);
        assert!(fixture.site(1).take_for(Kind::Sessions, &a, 1).is_ok());
        let today = Store(&fixture.sql).day().unwrap().unwrap();
        assert_eq!(today.0, yesterday.0 + 1);
        assert_ne!(today.1, yesterday.1);
        let rows = fixture.sql.exec("SELECT count(*) FROM counter", &[]).unwrap();
        assert_eq!(rows[0][0].unsigned(), Some(1));
    }

    #[test]
    fn a_day_that_is_over_leaves_nothing() {
        let fixture = fixture();
        let a = network("203.0.113.0/24");
        fixture.site(1).take_for(Kind::Sessions, &a, 1).unwrap();
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
        fixture.site(1).take_for(Kind::Sessions, &network("203.0.113.0/24"), 1).unwrap();
        let rows = fixture.sql.exec("SELECT network FROM counter", &[]).unwrap();
        assert_eq!(rows[0][0].blob().unwrap().len(), 32);
    }
}
