//! The SQL of what is kept of providers: their sealed keys, and how they did lately.

use super::{Store, blob, number, text};
use crate::sql::{Sql, SqlError};
use crate::workspace::breaker::Breaker;
use sotto_shared::redacted_debug;

/// A provider's key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The provider's place in the site's list.
    pub place: usize,
    /// Sealed under the workspace's key.
    pub sealed: Vec<u8>,
    /// The host it may be sent to.
    pub host: String,
    /// Its last four characters.
    pub ends: String,
}

redacted_debug!(StoredKey);

impl<S: Sql> Store<'_, S> {
    /// The keys of a site's providers, in the order of its list.
    pub fn provider_keys(&self, site: u16) -> Result<Vec<StoredKey>, SqlError> {
        let rows = self.0.recall(
            "SELECT place, sealed, host, ends FROM provider_key WHERE site = ? ORDER BY place",
            &[site.into()],
        )?;
        Ok(rows
            .iter()
            .map(|row| StoredKey {
                place: usize::try_from(number(row, 0)).unwrap_or(usize::MAX),
                sealed: blob(row, 1),
                host: text(row, 2),
                ends: text(row, 3),
            })
            .collect())
    }

    /// Writes the keys of a site's providers in place of those it has.
    pub fn put_provider_keys(&self, site: u16, keys: &[StoredKey]) -> Result<(), SqlError> {
        self.run("DELETE FROM provider_key WHERE site = ?", &[site.into()])?;
        for key in keys {
            self.run(
                "INSERT INTO provider_key (site, place, sealed, host, ends) VALUES (?, ?, ?, ?, ?)",
                &[
                    site.into(),
                    u64::try_from(key.place).unwrap_or(u64::MAX).into(),
                    key.sealed.as_slice().into(),
                    key.host.as_str().into(),
                    key.ends.as_str().into(),
                ],
            )?;
        }
        Ok(())
    }

    /// The breakers of providers that failed lately, by the name that each has.
    pub fn breakers(&self) -> Result<Vec<(String, Breaker)>, SqlError> {
        let rows = self.0.recall(
            "SELECT provider, failures, failed_at, trips, open_until, probe_until FROM breaker
             ORDER BY provider",
            &[],
        )?;
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(rows
            .iter()
            .map(|row| {
                let breaker = Breaker {
                    failures: small(number(row, 1)),
                    failed_at: number(row, 2),
                    trips: small(number(row, 3)),
                    open_until: number(row, 4),
                    probe_until: number(row, 5),
                };
                (text(row, 0), breaker)
            })
            .collect())
    }

    /// Writes a breaker; the one of a provider that works is removed.
    pub fn put_breaker(&self, provider: &str, breaker: &Breaker) -> Result<(), SqlError> {
        if *breaker == Breaker::default() {
            return self.run("DELETE FROM breaker WHERE provider = ?", &[provider.into()]);
        }
        self.run(
            "INSERT INTO breaker (provider, failures, failed_at, trips, open_until, probe_until)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (provider) DO UPDATE SET
                failures = excluded.failures, failed_at = excluded.failed_at,
                trips = excluded.trips, open_until = excluded.open_until,
                probe_until = excluded.probe_until",
            &[
                provider.into(),
                u64::from(breaker.failures).into(),
                breaker.failed_at.into(),
                u64::from(breaker.trips).into(),
                breaker.open_until.into(),
                breaker.probe_until.into(),
            ],
        )
    }
}
