//! All SQL of a workspace object.

mod list;
mod providers;

use std::collections::HashSet;

use sotto_shared::wire::admin::{DocumentEntry, KeyEntry, Scope};

pub use list::Listed;
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

    /// The workspace's key, wrapped by the root.
    pub fn wrapped_key(&self) -> Result<Vec<u8>, SqlError> {
        let row = self.one("SELECT wrapped_key FROM workspace", &[])?.unwrap_or_default();
        Ok(blob(&row, 0))
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
        let row = self.one(
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

    /// Removes a site with its documents and its counters; `false` if there was none.
    pub fn delete_site(&self, site: u16) -> Result<bool, SqlError> {
        for document in self.documents(site)? {
            self.delete_document(site, &document.name)?;
        }
        self.run("DELETE FROM counter WHERE site = ?", &[site.into()])?;
        self.put_provider_keys(site, &[])?;
        let gone =
            self.0.exec("DELETE FROM site WHERE number = ? RETURNING number", &[site.into()])?;
        Ok(!gone.is_empty())
    }

    /// How many documents a site has, one name left out.
    pub fn count_documents_but(&self, site: u16, name: &str) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT count(*) FROM document WHERE site = ? AND name <> ?",
            &[site.into(), name.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// Writes a document with its passages in place of the one that has its name.
    pub fn put_document(
        &self,
        site: u16,
        entry: &DocumentEntry,
        passages: &[Passage],
        own_values: &[String],
    ) -> Result<(), SqlError> {
        self.delete_document(site, &entry.name)?;
        let first = number(
            &self.one("SELECT coalesce(max(rowid), 0) + 1 FROM passage", &[])?.unwrap_or_default(),
            0,
        );
        for (passage, id) in passages.iter().zip(first..) {
            self.run(
                "INSERT INTO passage (rowid, title, heading, text, site, document, media_type, anchor)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                &[
                    id.into(),
                    passage.title.as_str().into(),
                    passage.heading.as_str().into(),
                    passage.text.as_str().into(),
                    site.into(),
                    passage.document.as_str().into(),
                    passage.media_type.as_str().into(),
                    passage.id.as_str().into(),
                ],
            )?;
        }
        self.run(
            "INSERT INTO document (site, name, title, media_type, bytes, first_passage, passages, updated_at, own_values)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                site.into(),
                entry.name.as_str().into(),
                entry.title.as_str().into(),
                entry.media_type.as_str().into(),
                entry.bytes.into(),
                first.into(),
                entry.passages.into(),
                entry.updated_at.into(),
                serde_json::Value::from(own_values).to_string().as_str().into(),
            ],
        )
    }

    /// The values in a site's documents that the scrubber would hide, at most `limit`, those of
    /// the newest documents first.
    pub fn document_values(&self, site: u16, limit: usize) -> Result<Vec<String>, SqlError> {
        let rows = self.0.exec(
            "SELECT own_values FROM document WHERE site = ? AND own_values <> '[]'
             ORDER BY updated_at DESC, name",
            &[site.into()],
        )?;
        let lists = rows.iter().filter_map(|row| serde_json::from_str(&text(row, 0)).ok());
        let mut seen = HashSet::new();
        Ok(lists
            .flat_map(Vec::<String>::into_iter)
            .filter(|value| seen.insert(value.clone()))
            .take(limit)
            .collect())
    }

    /// Removes a document with its passages; `false` if there was none.
    pub fn delete_document(&self, site: u16, name: &str) -> Result<bool, SqlError> {
        let gone = self.one(
            "DELETE FROM document WHERE site = ? AND name = ? RETURNING first_passage, passages",
            &[site.into(), name.into()],
        )?;
        let Some(gone) = gone else {
            return Ok(false);
        };
        let (first, count) = (number(&gone, 0), number(&gone, 1));
        self.run(
            "DELETE FROM passage WHERE rowid >= ? AND rowid < ?",
            &[first.into(), (first + count).into()],
        )?;
        Ok(true)
    }

    /// A site's documents by name.
    pub fn documents(&self, site: u16) -> Result<Vec<DocumentEntry>, SqlError> {
        let rows = self.0.exec(
            "SELECT name, title, media_type, bytes, passages, updated_at FROM document
             WHERE site = ? ORDER BY name",
            &[site.into()],
        )?;
        Ok(rows
            .iter()
            .map(|row| DocumentEntry {
                name: text(row, 0),
                title: text(row, 1),
                media_type: text(row, 2),
                bytes: number(row, 3),
                passages: number(row, 4),
                updated_at: number(row, 5),
            })
            .collect())
    }

    /// How many passages a site has.
    pub fn count_passages(&self, site: u16) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT coalesce(sum(passages), 0) FROM document WHERE site = ?",
            &[site.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// How many of a site's passages match a full-text query.
    pub fn count_matches(&self, site: u16, query: &str) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT count(*) FROM passage WHERE passage MATCH ? AND site = ?",
            &[query.into(), site.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// A site's passages that match a full-text query best, best first. A word counts most in a
    /// heading, then in a title, then in the text.
    pub fn best_matches(&self, site: u16, query: &str, limit: u32) -> Result<Vec<Found>, SqlError> {
        let rows = self.0.exec(
            "SELECT rowid, anchor, document, media_type, title, heading, text
             FROM passage WHERE passage MATCH ? AND site = ?
             ORDER BY bm25(passage, 3.0, 5.0, 1.0), rowid LIMIT ?",
            &[query.into(), site.into(), limit.into()],
        )?;
        Ok(rows
            .iter()
            .map(|row| Found {
                id: number(row, 0),
                passage: Passage {
                    id: text(row, 1),
                    document: text(row, 2),
                    media_type: text(row, 3),
                    title: text(row, 4),
                    heading: text(row, 5),
                    text: text(row, 6),
                },
            })
            .collect())
    }

    /// Which of some passages match a full-text query.
    pub fn matches_among(&self, query: &str, ids: &[u64]) -> Result<Vec<u64>, SqlError> {
        let places = vec!["?"; ids.len()].join(",");
        let values = core::iter::once(query.into())
            .chain(ids.iter().map(|id| (*id).into()))
            .collect::<Vec<_>>();
        let rows = self.0.exec(
            &format!("SELECT rowid FROM passage WHERE passage MATCH ? AND rowid IN ({places})"),
            &values,
        )?;
        Ok(rows.iter().map(|row| number(row, 0)).collect())
    }

    /// The day that the counters are of, with its key.
    pub fn day(&self) -> Result<Option<(u64, Vec<u8>)>, SqlError> {
        let row = self.one("SELECT number, key FROM day", &[])?;
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

    /// Counts one more.
    pub fn count(&self, site: u16, kind: &str, network: &[u8]) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO counter (site, kind, network, count) VALUES (?, ?, ?, 1)
             ON CONFLICT (site, kind, network) DO UPDATE SET count = count + 1",
            &[site.into(), kind.into(), network.into()],
        )
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<(), SqlError> {
        self.0.exec(statement, values).map(drop)
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
