//! The SQL of what the audit log has to hear of.

use super::{Columns, Store, StoreError, json, parse};
use crate::sql::Sql;
use crate::workspace::command::Reported;

impl<S: Sql> Store<'_, S> {
    /// Notes a deed.
    pub fn insert_report(&self, what: Reported) -> Result<(), StoreError> {
        self.run("INSERT INTO report (what) VALUES (?)", &[json("what", &what)?.into()])
    }

    /// The oldest one, with its number, which no later one ever has. Conversations and tombstones of
    /// an earlier version have no such table.
    pub fn report(&self) -> Result<Option<(u64, Reported)>, StoreError> {
        let tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'report'";
        if self.0.recall(tables, &[])?.is_empty() {
            return Ok(None);
        }
        let rows = self.0.exec("SELECT number, what FROM report ORDER BY number LIMIT 1", &[])?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok((column.unsigned(0, "number")?, parse("what", column.text(1, "what")?)?))
            })
            .transpose()
    }

    /// Forgets one.
    pub fn delete_report(&self, number: u64) -> Result<(), StoreError> {
        self.run("DELETE FROM report WHERE number = ?", &[number.into()])
    }
}
