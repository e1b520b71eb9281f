//! All SQL of a workspace object.

mod confidential;
mod counters;
mod counts;
mod documents;
mod list;
mod places;
mod providers;

use sotto_shared::wire::admin::{KeyEntry, Scope};

pub use confidential::SealedDocument;
pub use counts::DayRow;
pub use list::Listed;
pub use places::{CANDIDATES, Places};
pub use providers::StoredKey;

use super::command::Passage;
use crate::sql::{Row, Sql, SqlError, Value};

/// Reads and writes a workspace's tables.
#[derive(Debug)]
pub struct Store<'a, S>(pub &'a S);

/// A site as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// Its number.
    pub number: u16,
    /// The generation of its key.
    pub generation: u16,
    /// Its settings as JSON, without the providers' keys.
    pub settings: String,
}

/// A passage that a search found.
#[derive(Clone)]
pub struct Found {
    /// Row id.
    pub id: u64,
    /// The passage.
    pub passage: Passage,
}

/// A document's name and the values in it that are its site's own, where they are stored open.
pub type ValueList = (String, Option<Vec<String>>);

impl<S: Sql> Store<'_, S> {
    /// Writes the workspace itself.
    ///
    /// # Errors
    /// [`SqlError`], as every method here.
    pub fn create(&self, name: &str, wrapped_key: &[u8], now: u64) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO workspace (one, name, created_at, wrapped_key, next_site) VALUES (1, ?, ?, ?, 1)",
            &[name.into(), now.into(), wrapped_key.into()],
        )
    }

    /// The workspace's key, wrapped by the root, and since when by that one.
    pub fn wrapped_key(&self) -> Result<(Vec<u8>, u64), SqlError> {
        let row = self
            .known("SELECT wrapped_key, coalesce(wrapped_at, created_at) FROM workspace", &[])?
            .unwrap_or_default();
        Ok((blob(&row, 0), number(&row, 1)))
    }

    /// Stores the workspace's key, wrapped anew.
    pub fn put_wrapped_key(&self, wrapped: &[u8], now: u64) -> Result<(), SqlError> {
        self.run(
            "UPDATE workspace SET wrapped_key = ?, wrapped_at = ?",
            &[wrapped.into(), now.into()],
        )
    }

    /// Adds an API key with its hash.
    pub fn add_api_key(&self, hash: &[u8], entry: &KeyEntry) -> Result<(), SqlError> {
        let scopes: Vec<&str> = entry.scopes.iter().map(|scope| scope.name()).collect();
        self.run(
            "INSERT INTO api_key (hash, id, name, scopes, ends, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                hash.into(),
                entry.id.as_str().into(),
                entry.name.as_str().into(),
                serde_json::Value::from(scopes).to_string().as_str().into(),
                entry.ends.as_str().into(),
                entry.created_at.into(),
                entry.expires_at.into(),
            ],
        )
    }

    /// All API keys with their hashes, oldest first. A scope that this version does not know is
    /// left out: it opens nothing.
    pub fn api_keys(&self) -> Result<Vec<(Vec<u8>, KeyEntry)>, SqlError> {
        let rows = self.0.exec(
            "SELECT hash, id, name, scopes, ends, created_at, expires_at FROM api_key
             ORDER BY created_at, id",
            &[],
        )?;
        let scopes = |json: &str| {
            let names: Vec<String> = serde_json::from_str(json).unwrap_or_default();
            let known = |name: &String| Scope::ALL.into_iter().find(|scope| scope.name() == name);
            names.iter().filter_map(known).collect()
        };
        Ok(rows
            .iter()
            .map(|row| {
                let entry = KeyEntry {
                    id: text(row, 1),
                    name: text(row, 2),
                    scopes: scopes(&text(row, 3)),
                    ends: text(row, 4),
                    created_at: number(row, 5),
                    expires_at: number(row, 6),
                };
                (blob(row, 0), entry)
            })
            .collect())
    }

    /// Removes an API key; `false` if there was none.
    pub fn delete_api_key(&self, id: &str) -> Result<bool, SqlError> {
        Ok(self.one("DELETE FROM api_key WHERE id = ? RETURNING 1", &[id.into()])?.is_some())
    }

    /// Takes the next site number; numbers are never used again.
    pub fn take_site_number(&self) -> Result<u64, SqlError> {
        let row = self
            .one("UPDATE workspace SET next_site = next_site + 1 RETURNING next_site - 1", &[])?
            .unwrap_or_default();
        Ok(number(&row, 0))
    }

    /// How many sites there are.
    pub fn count_sites(&self) -> Result<u64, SqlError> {
        Ok(number(&self.one("SELECT count(*) FROM site", &[])?.unwrap_or_default(), 0))
    }

    /// Writes a site, new or changed.
    pub fn put_site(&self, site: &SiteRow, now: u64) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO site (number, generation, settings, created_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (number) DO UPDATE SET
                generation = excluded.generation, settings = excluded.settings",
            &[
                site.number.into(),
                site.generation.into(),
                site.settings.as_str().into(),
                now.into(),
            ],
        )
    }

    /// A site.
    pub fn site(&self, number: u16) -> Result<Option<SiteRow>, SqlError> {
        let row = self.known(
            "SELECT number, generation, settings FROM site WHERE number = ?",
            &[number.into()],
        )?;
        Ok(row.map(|row| site_row(&row)))
    }

    /// All sites by number.
    pub fn sites(&self) -> Result<Vec<SiteRow>, SqlError> {
        let rows =
            self.0.exec("SELECT number, generation, settings FROM site ORDER BY number", &[])?;
        Ok(rows.iter().map(site_row).collect())
    }

    /// Removes a site with its documents, its counters and its figures; `false` if there was none.
    pub fn delete_site(&self, site: u16) -> Result<bool, SqlError> {
        for document in self.documents(site)? {
            self.delete_document(site, &document.name)?;
        }
        self.run("DELETE FROM counter WHERE site = ?", &[site.into()])?;
        self.delete_counts(site)?;
        self.put_provider_keys(site, &[])?;
        let gone =
            self.0.exec("DELETE FROM site WHERE number = ? RETURNING number", &[site.into()])?;
        Ok(!gone.is_empty())
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<(), SqlError> {
        self.0.exec(statement, values).map(drop)
    }

    /// The row of a read that is remembered.
    fn known(&self, statement: &str, values: &[Value]) -> Result<Option<Row>, SqlError> {
        Ok(self.0.recall(statement, values)?.into_iter().next())
    }

    fn one(&self, statement: &str, values: &[Value]) -> Result<Option<Row>, SqlError> {
        Ok(self.0.exec(statement, values)?.into_iter().next())
    }
}

impl core::fmt::Debug for SiteRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SiteRow {{ number: {}, redacted }}", self.number)
    }
}

impl core::fmt::Debug for Found {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Found {{ id: {}, redacted }}", self.id)
    }
}

fn site_row(row: &Row) -> SiteRow {
    SiteRow { number: small(row, 0), generation: small(row, 1), settings: text(row, 2) }
}

fn text(row: &Row, column: usize) -> String {
    row.get(column).and_then(Value::text).unwrap_or_default().to_owned()
}

fn blob(row: &Row, column: usize) -> Vec<u8> {
    row.get(column).and_then(Value::blob).unwrap_or_default().to_vec()
}

fn number(row: &Row, column: usize) -> u64 {
    row.get(column).and_then(Value::unsigned).unwrap_or_default()
}

fn small(row: &Row, column: usize) -> u16 {
    u16::try_from(number(row, column)).unwrap_or_default()
}
