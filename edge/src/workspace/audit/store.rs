//! The audit log's SQL. Its tables are made by the workspace's [schema](crate::workspace::schema),
//! with triggers that refuse every change but the loss of a content.

use sotto_shared::audit::{Class, Content, Digest, Entry, Head, Tree};

use super::{AuditError, State};
use crate::sql::{Row, Sql, SqlError, Value};
use crate::workspace::store::Store;

impl<S: Sql> Store<'_, S> {
    /// How far the log has come; `None` before its first entry.
    pub(super) fn tree(&self) -> Result<Option<State>, AuditError> {
        let rows = self.0.exec("SELECT size, subtrees, leaf, at FROM audit_tree", &[])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = || {
            let tree = Tree::from_bytes(number(row, 0)?, row.get(1)?.blob()?)?;
            Some(State { tree, leaf: digest(row, 2)?, at: number(row, 3)? })
        };
        read().map(Some).ok_or(AuditError::Broken("the state of the audit log cannot be read"))
    }

    /// Writes how far the log has come.
    pub(super) fn put_tree(&self, tree: &Tree, leaf: &Digest, at: u64) -> Result<(), AuditError> {
        self.0.exec(
            "INSERT INTO audit_tree (one, size, subtrees, leaf, at) VALUES (1, ?, ?, ?, ?)
             ON CONFLICT (one) DO UPDATE SET size = excluded.size, subtrees = excluded.subtrees,
                leaf = excluded.leaf, at = excluded.at",
            &[tree.size().into(), tree.to_bytes().as_slice().into(), leaf.0[..].into(), at.into()],
        )?;
        Ok(())
    }

    /// Writes an entry.
    pub(super) fn add_entry(
        &self,
        number: u64,
        head: &Head,
        leaf: &Digest,
        content: &Content,
    ) -> Result<(), SqlError> {
        self.0.exec(
            "INSERT INTO audit (number, at, class, commitment, leaf, salt, payload)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                number.into(),
                head.at.into(),
                u32::from(head.class.code()).into(),
                head.commitment.0[..].into(),
                leaf.0[..].into(),
                content.salt.0[..].into(),
                content.payload.as_str().into(),
            ],
        )?;
        Ok(())
    }

    /// Leaf and time of an entry, if there is one of this number.
    pub(super) fn leaf(&self, number: u64) -> Result<Option<(Digest, u64)>, AuditError> {
        let rows = self.0.exec("SELECT leaf, at FROM audit WHERE number = ?", &[number.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = digest(row, 0).zip(row.get(1).and_then(Value::unsigned));
        read.map(Some).ok_or(AuditError::Broken("an entry of the audit log cannot be read"))
    }

    /// Entries from a number on.
    pub(super) fn entries(&self, from: u64, limit: u32) -> Result<Vec<Entry>, AuditError> {
        let rows = self.0.exec(
            "SELECT number, at, class, commitment, leaf, salt, payload FROM audit
             WHERE number >= ? ORDER BY number LIMIT ?",
            &[from.into(), limit.into()],
        )?;
        let entries = rows.iter().map(entry).collect::<Option<_>>();
        entries.ok_or(AuditError::Broken("an entry of the audit log cannot be read"))
    }

    /// Drops salt and payload of a class' entries up to a time.
    pub(super) fn drop_contents(&self, class: Class, until: u64) -> Result<(), SqlError> {
        self.0.exec(
            "UPDATE audit SET salt = NULL, payload = NULL
             WHERE class = ? AND at <= ? AND payload IS NOT NULL",
            &[u32::from(class.code()).into(), until.into()],
        )?;
        Ok(())
    }

    /// When the oldest entry of a class was written that still has its content.
    pub(super) fn oldest_content(&self, class: Class) -> Result<Option<u64>, SqlError> {
        let rows = self.0.exec(
            "SELECT min(at) FROM audit WHERE class = ? AND payload IS NOT NULL",
            &[u32::from(class.code()).into()],
        )?;
        Ok(rows.first().and_then(|row| number(row, 0)))
    }

    /// Whether an action was recorded so recently that it is not recorded again.
    pub(super) fn is_quiet(&self, action: &str, now: u64) -> Result<bool, SqlError> {
        let rows = self.0.exec(
            "SELECT 1 FROM audit_quiet WHERE action = ? AND until > ?",
            &[action.into(), now.into()],
        )?;
        Ok(!rows.is_empty())
    }

    /// Keeps an action from being recorded again until a time.
    pub(super) fn be_quiet(&self, action: &str, until: u64) -> Result<(), SqlError> {
        self.0.exec(
            "INSERT INTO audit_quiet (action, until) VALUES (?, ?)
             ON CONFLICT (action) DO UPDATE SET until = excluded.until",
            &[action.into(), until.into()],
        )?;
        Ok(())
    }
}

fn entry(row: &Row) -> Option<Entry> {
    Some(Entry {
        number: number(row, 0)?,
        at: number(row, 1)?,
        class: Class::from_code(number(row, 2)?)?,
        commitment: digest(row, 3)?,
        leaf: digest(row, 4)?,
        salt: digest(row, 5),
        payload: row.get(6)?.text().map(str::to_owned),
    })
}

fn number(row: &Row, column: usize) -> Option<u64> {
    row.get(column).and_then(Value::unsigned)
}

fn digest(row: &Row, column: usize) -> Option<Digest> {
    row.get(column).and_then(Value::blob).and_then(Digest::from_slice)
}
