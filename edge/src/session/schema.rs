//! The tables of a session object.
//!
//! Minting makes them, and nothing else does: the constructor of an object must not, or an object
//! that was erased would come back to life as an empty one. A conversation that was minted before
//! a deployment is brought up to date when it is next used. What is left after an erasure has
//! tables of its own, made by [`bury`].

use crate::migrations::{self, Migrations};
use crate::sql::{Sql, SqlError, Value};

const MIGRATIONS: &Migrations = &[FIRST, NETWORK, LIFETIMES, STANDING, RATES, VAULT, RIGHTS];

const FIRST: &[&str] = &[
    "CREATE TABLE session (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        conversation BLOB NOT NULL,
        terms TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        family_key BLOB NOT NULL,
        family_n INTEGER NOT NULL,
        rotation_id TEXT,
        rotated_at INTEGER,
        revoked INTEGER NOT NULL DEFAULT 0,
        erase_salt BLOB NOT NULL,
        erase_hash BLOB NOT NULL
    ) STRICT",
    "CREATE TABLE consent_event (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        notice TEXT NOT NULL,
        purposes TEXT NOT NULL
    ) STRICT",
    "CREATE TABLE message (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        author TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        state TEXT NOT NULL,
        reply_to TEXT,
        provider TEXT,
        model TEXT,
        sources TEXT NOT NULL DEFAULT '[]',
        finish TEXT,
        problem TEXT,
        ended_at INTEGER
    ) STRICT",
    "CREATE TABLE turn (at INTEGER NOT NULL) STRICT",
    DUE,
];

/// The key of the networks' tags, and the tag of the network that the last rotation came from.
const NETWORK: &[&str] = &[
    "ALTER TABLE session ADD COLUMN network_key BLOB",
    "ALTER TABLE session ADD COLUMN rotated_from BLOB",
];

/// The terms name each lifetime instead of the one that held when the conversation was minted.
const LIFETIMES: &[&str] = &["UPDATE session SET terms = json_remove(
        json_set(terms, '$.idle_seconds', json_extract(terms, '$.life_seconds'),
            '$.retention_seconds', json_extract(terms, '$.life_seconds')),
        '$.life_seconds')
    WHERE json_extract(terms, '$.life_seconds') IS NOT NULL"];

/// How the conversation stands with its workspace.
const STANDING: &[&str] = &[
    "CREATE TABLE standing (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        listing INTEGER NOT NULL DEFAULT 0
    ) STRICT",
    "INSERT INTO standing (one) VALUES (1)",
];

/// What is limited to so many within a time: messages are no longer the only thing.
const RATES: &[&str] = &[
    "CREATE TABLE attempt (kind TEXT NOT NULL, at INTEGER NOT NULL) STRICT",
    "INSERT INTO attempt (kind, at) SELECT 'message', at FROM turn",
    "DROP TABLE turn",
];

/// What was said is sealed. `text` and `sources` hold what an earlier version wrote, until the
/// conversation is next opened; nothing is written there any more.
const VAULT: &[&str] = &[
    "ALTER TABLE session ADD COLUMN wrapped_key BLOB",
    "ALTER TABLE session ADD COLUMN ending TEXT",
    "ALTER TABLE message ADD COLUMN sealed_text BLOB",
    "ALTER TABLE message ADD COLUMN sealed_sources BLOB",
];

/// What a visitor rectified, removed, restricted and wants a person to look at; and the notice under
/// which each reply was written.
const RIGHTS: &[&str] = &[
    "ALTER TABLE session ADD COLUMN restricted_at INTEGER",
    "ALTER TABLE session ADD COLUMN restriction_lifted_at INTEGER",
    "ALTER TABLE message ADD COLUMN changed_at INTEGER",
    "ALTER TABLE message ADD COLUMN removed_at INTEGER",
    "ALTER TABLE message ADD COLUMN answers_earlier INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE message ADD COLUMN notice TEXT",
    "CREATE TABLE review (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        asked_at INTEGER NOT NULL,
        reason TEXT,
        answered_at INTEGER,
        outcome TEXT
    ) STRICT",
];

/// Things due, all behind the object's one alarm.
const DUE: &str = "CREATE TABLE IF NOT EXISTS due (
    kind TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT";

const TOMBSTONE: &str = "CREATE TABLE IF NOT EXISTS tombstone (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    workspace BLOB NOT NULL,
    erase_salt BLOB NOT NULL,
    erase_hash BLOB NOT NULL,
    cause TEXT NOT NULL,
    receipt TEXT NOT NULL
) STRICT";

/// Which tables an object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// The conversation's.
    pub session: bool,
    /// What an erasure leaves.
    pub tombstone: bool,
}

/// Looks which tables there are. It writes nothing.
///
/// # Errors
/// [`SqlError`] if the storage cannot be read.
pub fn tables(sql: &impl Sql) -> Result<Tables, SqlError> {
    let rows = sql.exec(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('session', 'tombstone')",
        &[],
    )?;
    let has = |name| rows.iter().any(|row| row.first().and_then(Value::text) == Some(name));
    Ok(Tables { session: has("session"), tombstone: has("tombstone") })
}

/// Brings the conversation's schema to its newest version.
///
/// # Errors
/// [`SqlError`] if a statement fails; the version then stays what it was.
pub fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    migrations::run(sql, MIGRATIONS)
}

/// Makes the tables that outlive an erasure.
///
/// # Errors
/// [`SqlError`] if a statement fails.
pub fn bury(sql: &impl Sql) -> Result<(), SqlError> {
    for statement in [DUE, TOMBSTONE] {
        sql.exec(statement, &[])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::MemorySql;

    #[test]
    fn an_object_without_tables_stays_without_until_it_is_minted() {
        let sql = MemorySql::new();
        let none = Tables { session: false, tombstone: false };
        assert_eq!(tables(&sql).unwrap(), none);
        assert!(sql.exec("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
        migrate(&sql).unwrap();
        assert_eq!(tables(&sql).unwrap(), Tables { session: true, tombstone: false });
        sql.wipe();
        bury(&sql).unwrap();
        assert_eq!(tables(&sql).unwrap(), Tables { session: false, tombstone: true });
    }

    #[test]
    fn a_conversation_of_an_earlier_version_gets_the_newer_columns() {
        let sql = MemorySql::new();
        migrations::run(&sql, &[FIRST]).unwrap();
        migrate(&sql).unwrap();
        sql.exec("SELECT network_key, rotated_from, restricted_at FROM session", &[]).unwrap();
        sql.exec("SELECT changed_at, removed_at, answers_earlier FROM message", &[]).unwrap();
    }

    #[test]
    fn terms_of_an_earlier_version_name_each_lifetime() {
        let sql = MemorySql::new();
        migrations::run(&sql, &[FIRST, NETWORK]).unwrap();
        sql.exec(
            "INSERT INTO session (one, conversation, terms, created_at, last_at, family_key,
                 family_n, erase_salt, erase_hash)
             VALUES (1, x'00', '{\"life_seconds\":3600,\"site\":1}', 0, 0, x'00', 0, x'00', x'00')",
            &[],
        )
        .unwrap();
        migrate(&sql).unwrap();
        let terms = sql.exec("SELECT terms FROM session", &[]).unwrap();
        assert_eq!(
            terms[0][0].text(),
            Some(r#"{"site":1,"idle_seconds":3600,"retention_seconds":3600}"#)
        );
    }

    #[test]
    fn messages_that_were_counted_by_an_earlier_version_still_count() {
        let sql = MemorySql::new();
        migrations::run(&sql, &[FIRST, NETWORK, LIFETIMES]).unwrap();
        sql.exec("INSERT INTO turn (at) VALUES (7)", &[]).unwrap();
        migrate(&sql).unwrap();
        let counted = sql.exec("SELECT kind, at FROM attempt", &[]).unwrap();
        assert_eq!(counted[0][0].text(), Some("message"));
        assert_eq!(counted[0][1].unsigned(), Some(7));
    }

    #[test]
    fn every_migration_runs_on_an_empty_object() {
        let sql = MemorySql::new();
        migrate(&sql).unwrap();
        migrate(&sql).unwrap();
    }
}
