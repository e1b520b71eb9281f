//! The SQL of confidential documents, which come here sealed.

use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::DocumentEntry;

use super::{Store, blob, number, text};
use crate::sql::{Sql, SqlError};

/// A document as it is stored sealed.
#[derive(Clone, Default)]
pub struct SealedDocument {
    /// Its name.
    pub name: String,
    /// Its key, wrapped by the workspace's.
    pub wrapped_key: Vec<u8>,
    /// Its title and its own values.
    pub about: Vec<u8>,
    /// Its passages, several in a part.
    pub parts: Vec<Vec<u8>>,
}

redacted_debug!(SealedDocument);

impl<S: Sql> Store<'_, S> {
    /// Writes a confidential document in place of the one that has its name. `entry` has no title.
    pub fn put_sealed(
        &self,
        site: u16,
        entry: &DocumentEntry,
        document: &SealedDocument,
    ) -> Result<(), SqlError> {
        self.delete_document(site, &document.name)?;
        let name = document.name.as_str();
        self.run(
            "INSERT INTO confidential (site, name, wrapped_key, about) VALUES (?, ?, ?, ?)",
            &[
                site.into(),
                name.into(),
                document.wrapped_key.as_slice().into(),
                document.about.as_slice().into(),
            ],
        )?;
        for (sealed, part) in document.parts.iter().zip(0_u32..) {
            self.run(
                "INSERT INTO confidential_part (site, name, part, sealed) VALUES (?, ?, ?, ?)",
                &[site.into(), name.into(), part.into(), sealed.as_slice().into()],
            )?;
        }
        self.put_entry(site, entry, 0, &[])
    }

    /// A site's confidential documents by name, without their passages.
    pub fn sealed_documents(&self, site: u16) -> Result<Vec<SealedDocument>, SqlError> {
        // Every message asks for them, and most sites have none.
        let rows = self.0.recall(
            "SELECT name, wrapped_key, about FROM confidential WHERE site = ? ORDER BY name",
            &[site.into()],
        )?;
        Ok(rows
            .iter()
            .map(|row| SealedDocument {
                name: text(row, 0),
                wrapped_key: blob(row, 1),
                about: blob(row, 2),
                parts: Vec::new(),
            })
            .collect())
    }

    /// The passages of a site's confidential documents, by name of the document and in their order.
    pub fn sealed_parts(&self, site: u16) -> Result<Vec<(String, Vec<u8>)>, SqlError> {
        let rows = self.0.exec(
            "SELECT name, sealed FROM confidential_part WHERE site = ? ORDER BY name, part",
            &[site.into()],
        )?;
        Ok(rows.iter().map(|row| (text(row, 0), blob(row, 1))).collect())
    }

    /// Whether a document is there and confidential.
    pub fn is_confidential(&self, site: u16, name: &str) -> Result<bool, SqlError> {
        let query = "SELECT 1 FROM confidential WHERE site = ? AND name = ?";
        Ok(self.one(query, &[site.into(), name.into()])?.is_some())
    }

    /// The size of a site's confidential documents, one name left out.
    pub fn confidential_bytes_but(&self, site: u16, name: &str) -> Result<u64, SqlError> {
        let row = self.one(
            "SELECT coalesce(sum(bytes), 0) FROM document
             WHERE site = ? AND confidential = 1 AND name <> ?",
            &[site.into(), name.into()],
        )?;
        Ok(number(&row.unwrap_or_default(), 0))
    }

    /// Removes what is sealed of a document, its key first.
    pub(super) fn delete_sealed(&self, site: u16, name: &str) -> Result<(), SqlError> {
        for table in ["confidential", "confidential_part"] {
            self.run(
                &format!("DELETE FROM {table} WHERE site = ? AND name = ?"),
                &[site.into(), name.into()],
            )?;
        }
        Ok(())
    }
}
