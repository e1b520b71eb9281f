//! The SQL of documents and of their full-text index.

use sotto_shared::wire::admin::DocumentEntry;

use super::places::CANDIDATES;
use super::{Found, Store, number, text};
use crate::sql::{Row, Sql, SqlError};
use crate::workspace::command::Passage;

impl<S: Sql> Store<'_, S> {
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
        self.put_entry(site, entry, first, own_values)
    }

    /// Writes what is known of a document, with its passages from a row id on.
    pub(super) fn put_entry(
        &self,
        site: u16,
        entry: &DocumentEntry,
        first_passage: u64,
        own_values: &[String],
    ) -> Result<(), SqlError> {
        self.run(
            "INSERT INTO document (site, name, title, media_type, bytes, first_passage, passages,
                 updated_at, own_values, confidential, flagged)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                site.into(),
                entry.name.as_str().into(),
                entry.title.as_str().into(),
                entry.media_type.as_str().into(),
                entry.bytes.into(),
                first_passage.into(),
                entry.passages.into(),
                entry.updated_at.into(),
                serde_json::Value::from(own_values).to_string().as_str().into(),
                entry.confidential.into(),
                serde_json::to_string(&entry.flagged).unwrap_or_default().as_str().into(),
            ],
        )
    }

    /// The names of a site's documents, those of the newest first, each with the values in it that
    /// the scrubber would hide; none for a confidential one, which keeps its own.
    pub fn value_lists(&self, site: u16) -> Result<Vec<super::ValueList>, SqlError> {
        let rows = self.0.recall(
            "SELECT name, own_values, confidential FROM document
             WHERE site = ? AND (own_values <> '[]' OR confidential = 1)
             ORDER BY updated_at DESC, name",
            &[site.into()],
        )?;
        let list = |row: &Row| serde_json::from_str(&text(row, 1)).unwrap_or_default();
        Ok(rows
            .iter()
            .map(|row| (text(row, 0), (number(row, 2) == 0).then(|| list(row))))
            .collect())
    }

    /// Removes a document with its passages; `false` if there was none.
    pub fn delete_document(&self, site: u16, name: &str) -> Result<bool, SqlError> {
        let gone = self.one(
            "DELETE FROM document WHERE site = ? AND name = ?
             RETURNING first_passage, passages, confidential",
            &[site.into(), name.into()],
        )?;
        let Some(gone) = gone else {
            return Ok(false);
        };
        if number(&gone, 2) != 0 {
            return self.delete_sealed(site, name).map(|()| true);
        }
        let (first, count) = (number(&gone, 0), number(&gone, 1));
        self.run(
            "DELETE FROM passage WHERE rowid >= ? AND rowid < ?",
            &[first.into(), (first + count).into()],
        )?;
        Ok(true)
    }

    /// A site's documents by name; a confidential one without its title.
    pub fn documents(&self, site: u16) -> Result<Vec<DocumentEntry>, SqlError> {
        let rows = self.0.exec(
            "SELECT name, title, media_type, bytes, passages, updated_at, confidential, flagged
             FROM document WHERE site = ? ORDER BY name",
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
                confidential: number(row, 6) != 0,
                flagged: serde_json::from_str(&text(row, 7)).unwrap_or_default(),
            })
            .collect())
    }

    /// How many passages a site has.
    pub fn count_passages(&self, site: u16) -> Result<u64, SqlError> {
        let row = self.known(
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
    /// heading, then in a title, then in the text. They are at most [`CANDIDATES`].
    pub fn best_matches(&self, site: u16, query: &str) -> Result<Vec<Found>, SqlError> {
        let limit = u64::try_from(CANDIDATES).unwrap_or_default();
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
}
