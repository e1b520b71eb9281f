//! Numbered migrations of an object's tables.

use crate::sql::{Sql, SqlError, Value};

/// An object's schema, one entry for each version ever deployed. An entry that has been released
/// is never changed: stored objects were made with it.
pub type Migrations = [&'static [&'static str]];

const VERSION: &str = "CREATE TABLE schema (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT";

const THERE: &str = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema'";

/// Brings the tables to the newest version; each entry runs once in an object's life.
///
/// # Errors
/// [`SqlError`] if a statement fails; the version then stays what it was, and so do the tables.
pub fn run(sql: &impl Sql, migrations: &Migrations) -> Result<(), SqlError> {
    if sql.recall(THERE, &[])?.is_empty() {
        sql.exec(VERSION, &[])?;
    }
    let done = sql
        .recall("SELECT version FROM schema", &[])?
        .first()
        .and_then(|row| row.first().and_then(Value::unsigned))
        .and_then(|version| usize::try_from(version).ok())
        .unwrap_or(0);
    for (statements, version) in migrations.iter().zip(1_u32..).skip(done) {
        sql.together(&mut || {
            for statement in *statements {
                sql.exec(statement, &[])?;
            }
            sql.exec(
                "INSERT INTO schema (one, version) VALUES (1, ?)
                 ON CONFLICT (one) DO UPDATE SET version = excluded.version",
                &[version.into()],
            )?;
            Ok(())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::MemorySql;

    #[test]
    fn a_migration_that_fails_leaves_nothing_and_can_be_tried_again() {
        let sql = MemorySql::new();
        let broken: &Migrations = &[&["CREATE TABLE a (x INTEGER)"], &["CREATE TABLE b (x)", "no"]];
        run(&sql, broken).unwrap_err();
        run(&sql, broken).unwrap_err();
        let mended: &Migrations = &[&["CREATE TABLE a (x INTEGER)"], &["CREATE TABLE b (x)"]];
        run(&sql, mended).unwrap();
        sql.exec("INSERT INTO b (x) VALUES (1)", &[]).unwrap();
    }

    #[test]
    fn migrations_run_once_and_go_on_where_they_stopped() {
        let sql = MemorySql::new();
        run(&sql, &[&["CREATE TABLE a (x INTEGER)"]]).unwrap();
        let both: &Migrations =
            &[&["CREATE TABLE a (x INTEGER)"], &["ALTER TABLE a ADD COLUMN y INTEGER"]];
        run(&sql, both).unwrap();
        run(&sql, both).unwrap();
        sql.exec("INSERT INTO a (x, y) VALUES (1, 2)", &[]).unwrap();
        let version = sql.exec("SELECT version FROM schema", &[]).unwrap();
        assert_eq!(version, vec![vec![Value::Integer(2)]]);
    }
}
