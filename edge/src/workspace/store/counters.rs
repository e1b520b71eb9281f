//! The SQL of what is counted: by the day and by the minute, and the challenges that were used.

use super::{Store, blob, number};
use crate::sql::{Sql, SqlError};

impl<S: Sql> Store<'_, S> {
    /// The day that the counters are of, with its key.
    pub fn day(&self) -> Result<Option<(u64, Vec<u8>)>, SqlError> {
        let row = self.known("SELECT number, key FROM day", &[])?;
        Ok(row.map(|row| (number(&row, 0), blob(&row, 1))))
    }

    /// Begins a day: the counters and the key of the one before are gone.
    pub fn begin_day(&self, day: u64, key: &[u8]) -> Result<(), SqlError> {
        self.run("DELETE FROM counter", &[])?;
        self.run(
            "INSERT INTO day (one, number, key) VALUES (1, ?, ?)
             ON CONFLICT (one) DO UPDATE SET number = excluded.number, key = excluded.key",
            &[day.into(), key.into()],
        )
    }

    /// Ends a day: its counters and its key are gone.
    pub fn end_day(&self) -> Result<(), SqlError> {
        self.run("DELETE FROM counter", &[])?;
        self.run("DELETE FROM day", &[])
    }

    /// A counter's value.
    pub fn counter(&self, site: u16, kind: &str, network: &[u8]) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT count FROM counter WHERE site = ? AND kind = ? AND network = ?",
            &[site.into(), kind.into(), network.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// Adds to a counter, unless it has reached its limit; whether it was added. What is added may
    /// take it past the limit.
    pub fn take(
        &self,
        site: u16,
        kind: &str,
        network: &[u8],
        amount: u64,
        limit: u64,
    ) -> Result<bool, SqlError> {
        let taken = self.one(
            "INSERT INTO counter (site, kind, network, count) SELECT ?, ?, ?, ? WHERE ? > 0
             ON CONFLICT (site, kind, network) DO UPDATE SET count = count + excluded.count
                WHERE count < ?
             RETURNING 1",
            &[site.into(), kind.into(), network.into(), amount.into(), limit.into(), limit.into()],
        )?;
        Ok(taken.is_some())
    }

    /// Puts what was really used in the place of what was counted beforehand.
    pub fn correct(
        &self,
        site: u16,
        kind: &str,
        network: &[u8],
        counted: u64,
        used: u64,
    ) -> Result<(), SqlError> {
        self.run(
            "UPDATE counter SET count = max(0, count - ? + ?)
             WHERE site = ? AND kind = ? AND network = ?",
            &[counted.into(), used.into(), site.into(), kind.into(), network.into()],
        )
    }

    /// How often something was done in a minute.
    pub fn rate(&self, what: &str, minute: u64) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT count FROM rate WHERE what = ? AND minute = ?",
            &[what.into(), minute.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// Counts one more in a minute, unless its limit is reached; whether it was counted.
    pub fn take_rate(&self, what: &str, minute: u64, limit: u32) -> Result<bool, SqlError> {
        let taken = self.one(
            "INSERT INTO rate (what, minute, count) SELECT ?, ?, 1 WHERE ? > 0
             ON CONFLICT (what) DO UPDATE SET
                count = CASE WHEN minute = excluded.minute THEN count + 1 ELSE 1 END,
                minute = excluded.minute
                WHERE minute <> excluded.minute OR count < ?
             RETURNING 1",
            &[what.into(), minute.into(), limit.into(), limit.into()],
        )?;
        Ok(taken.is_some())
    }

    /// The load that is remembered of a site, unless it is older than a minute.
    pub fn load(&self, site: u16, since: u64) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT level FROM load WHERE site = ? AND minute >= ?",
            &[site.into(), since.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// Remembers a site's load.
    pub fn put_load(&self, site: u16, minute: u64, level: u64) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO load (site, minute, level) VALUES (?, ?, ?)
             ON CONFLICT (site) DO UPDATE SET minute = excluded.minute, level = excluded.level",
            &[site.into(), minute.into(), level.into()],
        )
    }

    /// Whether a challenge was used.
    pub fn is_used(&self, salt: &[u8]) -> Result<bool, SqlError> {
        Ok(self.one("SELECT 1 FROM used_challenge WHERE salt = ?", &[salt.into()])?.is_some())
    }

    /// Remembers that a challenge was used, until it would not be taken any more.
    pub fn use_challenge(&self, salt: &[u8], expires_at: u64) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO used_challenge (salt, expires_at) VALUES (?, ?)",
            &[salt.into(), expires_at.into()],
        )
    }

    /// Forgets the challenges that are not taken any more.
    pub fn forget_challenges(&self, now: u64) -> Result<(), SqlError> {
        self.run("DELETE FROM used_challenge WHERE expires_at <= ?", &[now.into()])
    }

    /// Forgets what was counted by the minute before one.
    pub fn forget_rates(&self, before: u64) -> Result<(), SqlError> {
        self.run("DELETE FROM rate WHERE minute < ?", &[before.into()])?;
        self.run("DELETE FROM load WHERE minute < ?", &[before.into()])
    }
}
