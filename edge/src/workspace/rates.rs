//! What a workspace allows itself in a minute of the clock, and how much of its minute a site has
//! used of late, by which its challenges become harder.

use sotto_shared::limits;
use sotto_shared::wire::admin::ChallengeMode;

use super::store::Store;
use crate::clock::Clock;
use crate::sql::{Sql, SqlError};

const MINUTE_MS: u64 = 60_000;

/// Parts of a minute's limit: each that is used adds a bit to the challenge.
const PARTS: u64 = limits::CHALLENGE_BITS_MORE as u64 + 1;

/// What is counted by the minute.
#[derive(Clone, Copy, Debug)]
pub enum Rate<'a> {
    /// New conversations of a site.
    Site(u16),
    /// New conversations of all sites.
    AllSites,
    /// Calls with an API key, by the key's id.
    Key(&'a str),
    /// Calls with the platform token.
    Platform,
}

/// Why something was not counted.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    /// The minute's limit is reached.
    #[error("too often in a minute")]
    Full {
        /// Seconds until the next minute.
        retry_after: u64,
    },
    /// Storage failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
}

/// The counters of a minute.
#[derive(Debug)]
pub struct Rates<'a, S> {
    store: Store<'a, S>,
    now: u64,
}

impl<'a, S: Sql> Rates<'a, S> {
    /// The counters of this minute.
    pub fn now(store: Store<'a, S>, clock: &impl Clock) -> Self {
        Self { store, now: clock.now_ms() }
    }

    /// Counts one more, if the minute's limit is not reached.
    ///
    /// # Errors
    /// [`RateError`]
    pub fn take(&self, what: Rate<'_>, limit: u32) -> Result<(), RateError> {
        self.unless(!self.store.take_rate(&what.name(), self.minute(), limit)?)
    }

    /// Looks whether one more could be counted.
    ///
    /// # Errors
    /// [`RateError`]
    pub fn check(&self, what: Rate<'_>, limit: u32) -> Result<(), RateError> {
        self.unless(self.store.rate(&what.name(), self.minute())? >= u64::from(limit))
    }

    const fn unless(&self, is_full: bool) -> Result<(), RateError> {
        let retry_after = (MINUTE_MS - self.now % MINUTE_MS).div_ceil(1_000);
        if is_full { Err(RateError::Full { retry_after }) } else { Ok(()) }
    }

    /// The bits of the challenge that a site asks for now; `None` if it asks for none.
    ///
    /// # Errors
    /// [`SqlError`]
    pub fn challenge(
        &self,
        site: u16,
        mode: ChallengeMode,
        limit: u32,
    ) -> Result<Option<u8>, SqlError> {
        if mode == ChallengeMode::Off {
            return Ok(None);
        }
        let level = self.level(site, limit)?.max(self.remembered(site)?);
        let more = u8::try_from(level).unwrap_or(limits::CHALLENGE_BITS_MORE);
        let is_asked = mode == ChallengeMode::On || level > 0;
        Ok(is_asked.then_some(limits::CHALLENGE_BITS + more))
    }

    /// Remembers the load of a site for some minutes, unless it was higher before.
    ///
    /// # Errors
    /// [`SqlError`]
    pub fn remember(&self, site: u16, limit: u32) -> Result<(), SqlError> {
        let level = self.level(site, limit)?;
        if level > 0 && level >= self.remembered(site)? {
            self.store.put_load(site, self.minute(), level)?;
        }
        Ok(())
    }

    /// How many parts of its minute a site has used.
    fn level(&self, site: u16, limit: u32) -> Result<u64, SqlError> {
        let count = self.store.rate(&Rate::Site(site).name(), self.minute())?;
        Ok((count * PARTS / u64::from(limit).max(1)).min(PARTS - 1))
    }

    fn remembered(&self, site: u16) -> Result<u64, SqlError> {
        self.store.load(site, self.minute().saturating_sub(limits::CHALLENGE_MINUTES))
    }

    const fn minute(&self) -> u64 {
        self.now / MINUTE_MS
    }
}

/// Drops what is of no use any more: the counters of minutes that are over, and challenges that
/// nobody takes; the object's alarm calls it.
///
/// # Errors
/// [`SqlError`] if the storage fails.
pub fn drop_old<S: Sql>(store: &Store<'_, S>, clock: &impl Clock) -> Result<(), SqlError> {
    let now = clock.now_ms();
    store.forget_challenges(now)?;
    store.forget_rates((now / MINUTE_MS).saturating_sub(limits::CHALLENGE_MINUTES))
}

impl Rate<'_> {
    fn name(&self) -> String {
        match self {
            Self::Site(number) => format!("site/{number}"),
            Self::AllSites => "sites".to_owned(),
            Self::Key(id) => format!("key/{id}"),
            Self::Platform => "platform".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::sql::MemorySql;
    use crate::workspace::schema;

    const NOW: u64 = 1_763_640_000_000;
    const LIMIT: u32 = 8;

    struct Fixture {
        sql: MemorySql,
        clock: ManualClock,
    }

    impl Fixture {
        fn new() -> Self {
            let sql = MemorySql::new();
            schema::migrate(&sql).unwrap();
            Self { sql, clock: ManualClock::at(NOW) }
        }

        fn rates(&self) -> Rates<'_, MemorySql> {
            Rates::now(Store(&self.sql), &self.clock)
        }

        fn begin(&self, times: u32) {
            for _ in 0..times {
                self.rates().take(Rate::Site(1), LIMIT).unwrap();
                self.rates().remember(1, LIMIT).unwrap();
            }
        }

        fn bits(&self, mode: ChallengeMode) -> Option<u8> {
            self.rates().challenge(1, mode, LIMIT).unwrap()
        }
    }

    #[test]
    fn a_minute_has_room_for_so_many_of_each() {
        let fixture = Fixture::new();
        let full = |what, limit| match fixture.rates().take(what, limit) {
            Ok(()) => None,
            Err(RateError::Full { retry_after }) => Some(retry_after),
            Err(RateError::Sql(error)) => panic!("{error}"),
        };
        fixture.clock.advance(MINUTE_MS - NOW % MINUTE_MS + 15_000);
        for what in [Rate::Site(1), Rate::Site(2), Rate::AllSites, Rate::Key("1"), Rate::Platform] {
            assert_eq!(full(what, 2), None);
            assert_eq!(full(what, 2), None);
            assert_eq!(full(what, 2), Some(45), "{what:?}");
            assert_eq!(full(what, 3), None, "{what:?}");
        }
        fixture.clock.advance(44_999);
        assert_eq!(full(Rate::Site(1), 3), Some(1));
        fixture.clock.advance(1);
        assert_eq!(full(Rate::Site(1), 1), None);
        assert_eq!(full(Rate::Site(3), 0), Some(60));
    }

    #[test]
    fn a_challenge_becomes_harder_with_each_part_of_the_minute() {
        let fixture = Fixture::new();
        let least = limits::CHALLENGE_BITS;
        assert_eq!(fixture.bits(ChallengeMode::Off), None);
        assert_eq!(fixture.bits(ChallengeMode::Auto), None);
        assert_eq!(fixture.bits(ChallengeMode::On), Some(least));
        fixture.begin(1);
        assert_eq!(fixture.bits(ChallengeMode::Auto), None);
        for part in 1..4 {
            fixture.begin(if part == 1 { 1 } else { 2 });
            assert_eq!(fixture.bits(ChallengeMode::Auto), Some(least + part));
            assert_eq!(fixture.bits(ChallengeMode::On), Some(least + part));
        }
        fixture.begin(2);
        assert_eq!(fixture.bits(ChallengeMode::Auto), Some(least + limits::CHALLENGE_BITS_MORE));
        assert_eq!(fixture.bits(ChallengeMode::Off), None);
        assert_eq!(fixture.rates().challenge(2, ChallengeMode::Auto, LIMIT).unwrap(), None);
    }

    #[test]
    fn a_flood_that_pauses_is_asked_on_for_some_minutes() {
        let fixture = Fixture::new();
        let least = limits::CHALLENGE_BITS;
        fixture.begin(6);
        fixture.clock.advance(MINUTE_MS);
        assert_eq!(fixture.bits(ChallengeMode::Auto), Some(least + 3));
        fixture.begin(2);
        assert_eq!(fixture.bits(ChallengeMode::Auto), Some(least + 3), "it was more before");
        fixture.clock.advance(MINUTE_MS * (limits::CHALLENGE_MINUTES - 1));
        assert_eq!(fixture.bits(ChallengeMode::Auto), Some(least + 3));
        fixture.clock.advance(MINUTE_MS);
        assert_eq!(fixture.bits(ChallengeMode::Auto), None);
    }

    #[test]
    fn what_is_of_no_use_any_more_is_dropped() {
        let fixture = Fixture::new();
        let store = Store(&fixture.sql);
        fixture.begin(LIMIT);
        store.use_challenge(&[1; 16], NOW + 300_000).unwrap();
        drop_old(&store, &fixture.clock).unwrap();
        assert!(store.is_used(&[1; 16]).unwrap());
        fixture.clock.advance(300_000);
        drop_old(&store, &fixture.clock).unwrap();
        assert!(!store.is_used(&[1; 16]).unwrap());
        assert!(fixture.bits(ChallengeMode::Auto).is_some());
        fixture.clock.advance(MINUTE_MS * limits::CHALLENGE_MINUTES);
        drop_old(&store, &fixture.clock).unwrap();
        for table in ["rate", "load"] {
            let rows = fixture.sql.exec(&format!("SELECT 1 FROM {table}"), &[]).unwrap();
            assert!(rows.is_empty(), "{table}");
        }
    }
}
