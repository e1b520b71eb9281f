//! The tables of a session object.
//!
//! Minting makes them, and nothing else does: the constructor of an object must not, or an object
//! that was erased would come back to life as an empty one. A conversation that was minted before
//! a deployment is brought up to date when it is next used. What is left after an erasure has
//! tables of its own, made by [`bury`].

use crate::migrations::{self, Migrations};
use crate::sql::{Sql, SqlError, Value};

const MIGRATIONS: &Migrations =
    &[FIRST, NETWORK, LIFETIMES, STANDING, RATES, VAULT, RIGHTS, CONSENT, REPORTS, TOKENS];

/// What paid providers took in the conversation.
const TOKENS: &[&str] = &["ALTER TABLE session ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0"];

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
        listing INTEGER NOT NULL DEFAULT 0,
        hold_reason TEXT,
        hold_until INTEGER
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

/// The record of consent: what the visitor was told, and what the visitor did. Both are sealed;
/// `event` holds what an earlier version wrote, until the conversation is next opened, and that it
/// is sealed then is the one change that the tables take.
const CONSENT: &[&str] = &[
    "CREATE TABLE consent_record (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        sealed_told BLOB NOT NULL
    ) STRICT",
    "CREATE TABLE consent_act (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        record TEXT,
        sealed_event BLOB,
        event TEXT
    ) STRICT",
    "INSERT INTO consent_act (id, event)
    SELECT id, json_object(
        'id', id, 'state', kind,
        'purposes', json('[\"chat\"'
            || iif(json_extract(purposes, '$.remember'), ',\"remember\"', '')
            || iif(json_extract(purposes, '$.improve'), ',\"improve\"', '')
            || iif(json_extract(purposes, '$.analytics'), ',\"analytics\"', '') || ']'),
        'at', at, 'notice', notice,
        'lang', (SELECT json_extract(terms, '$.lang') FROM session),
        'gpc', json('false'),
        'source', json_object('kind', (SELECT json_extract(terms, '$.client') FROM session)))
    FROM consent_event ORDER BY at, id",
    "DROP TABLE consent_event",
    "CREATE TRIGGER consent_record_is_not_removed BEFORE DELETE ON consent_record
    BEGIN SELECT RAISE(ABORT, 'the record of consent is append-only'); END",
    "CREATE TRIGGER consent_record_is_not_changed BEFORE UPDATE ON consent_record
    BEGIN SELECT RAISE(ABORT, 'the record of consent is append-only'); END",
    "CREATE TRIGGER consent_act_is_not_removed BEFORE DELETE ON consent_act
    BEGIN SELECT RAISE(ABORT, 'the record of consent is append-only'); END",
    "CREATE TRIGGER consent_act_is_not_changed BEFORE UPDATE ON consent_act
    WHEN old.event IS NULL OR new.event IS NOT NULL OR new.sealed_event IS NULL
        OR new.position IS NOT old.position OR new.id IS NOT old.id
        OR new.record IS NOT old.record
    BEGIN SELECT RAISE(ABORT, 'the record of consent is append-only'); END",
    PROOF,
];

/// What may be left of the consent after an erasure.
const PROOF: &str = "CREATE TABLE IF NOT EXISTS consent_proof (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    proof TEXT NOT NULL
) STRICT";

/// What the visitor did and the audit log has not heard of. A number is used once, so that what is
/// heard of twice takes nothing newer along.
const REPORTS: &[&str] = &["CREATE TABLE report (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL
) STRICT"];

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

/// The tables that stay when a conversation goes: those of [`bury`], and the reports that nobody has
/// heard, which are codes.
const OUTLIVING: [&str; 4] = ["due", "tombstone", "consent_proof", "report"];

/// What free pages are written over with.
const ZEROS: &str = "CREATE TABLE IF NOT EXISTS zeros (bytes BLOB NOT NULL) STRICT";

/// Zeros in one row: half of what a row of an object may hold.
const ZEROS_BYTES: u64 = 1 << 20;

/// What an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    /// The conversation's tables.
    pub session: bool,
    /// What an erasure leaves.
    pub tombstone: bool,
}

/// Looks what there is. It writes nothing.
///
/// # Errors
/// [`SqlError`] if the storage cannot be read.
pub fn tables(sql: &impl Sql) -> Result<Tables, SqlError> {
    let rows = sql.recall(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('session', 'tombstone')",
        &[],
    )?;
    let has = |name| rows.iter().any(|row| row.first().and_then(Value::text) == Some(name));
    // An erasure that was cut short may have made the table and not the tombstone.
    let tombstone = has("tombstone") && !sql.recall("SELECT 1 FROM tombstone", &[])?.is_empty();
    Ok(Tables { session: has("session"), tombstone })
}

/// Brings the conversation's schema to its newest version.
///
/// # Errors
/// [`SqlError`] if a statement fails; the version then stays what it was.
pub fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    migrations::run(sql, MIGRATIONS)
}

/// The tables of the first version.
#[cfg(test)]
pub(super) fn first(sql: &impl Sql) -> Result<(), SqlError> {
    migrations::run(sql, &[FIRST])
}

/// Drops the tables that do not outlive an erasure, and with them everything in them; then their
/// pages, which the database only lets go, are written over. What the platform keeps of its own is
/// not touched.
///
/// # Errors
/// [`SqlError`] if a statement fails; everything is still there then, and the next try finishes.
pub fn clear(sql: &impl Sql) -> Result<(), SqlError> {
    // Made before there are free pages, so that it begins on none of them: what it leaves unused of
    // its first page it does not write over.
    sql.exec(ZEROS, &[])?;
    sql.together(&mut || {
        let rows = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'", &[])?;
        let names = rows.iter().filter_map(|row| row.first().and_then(Value::text));
        let is_own = |name: &&str| !name.starts_with("sqlite_") && !name.starts_with("_cf_");
        let goes = |name: &&str| *name != "zeros" && !OUTLIVING.contains(name);
        for name in names.filter(is_own).filter(goes) {
            sql.exec(&format!("DROP TABLE {name}"), &[])?;
        }
        // New rows take free pages first, so as much as there is fills them all.
        let mut left = sql.size()?;
        while left > 0 {
            let bytes = left.min(ZEROS_BYTES);
            sql.exec("INSERT INTO zeros (bytes) VALUES (zeroblob(?))", &[bytes.into()])?;
            left -= bytes;
        }
        sql.exec("DROP TABLE zeros", &[])?;
        Ok(())
    })
}

/// Makes the tables that outlive an erasure.
///
/// # Errors
/// [`SqlError`] if a statement fails.
pub fn bury(sql: &impl Sql) -> Result<(), SqlError> {
    for statement in [DUE, TOMBSTONE, PROOF] {
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
        bury(&sql).unwrap();
        let both = Tables { session: true, tombstone: false };
        assert_eq!(tables(&sql).unwrap(), both, "a tombstone is a row");
        sql.exec("INSERT INTO tombstone VALUES (1, x'', x'', x'', 'token', '{}')", &[]).unwrap();
        clear(&sql).unwrap();
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
    fn consent_of_an_earlier_version_is_an_event_like_others() {
        use sotto_shared::consent::{ConsentEvent, ConsentState, Purpose, SourceKind};
        let sql = MemorySql::new();
        migrations::run(&sql, &[FIRST, NETWORK, LIFETIMES, STANDING, RATES, VAULT]).unwrap();
        sql.exec(
            "INSERT INTO session (one, conversation, terms, created_at, last_at, family_key,
                 family_n, erase_salt, erase_hash)
             VALUES (1, x'00', '{\"lang\":\"de\",\"client\":\"sdk\"}', 0, 0, x'00', 0, x'00', x'00')",
            &[],
        )
        .unwrap();
        let notice = "01".repeat(16);
        let purposes = "{\"remember\":true,\"improve\":false,\"analytics\":true}";
        sql.exec(
            "INSERT INTO consent_event (id, kind, at, notice, purposes)
             VALUES ('01A', 'given', 1763640000000, ?, ?)",
            &[notice.as_str().into(), purposes.into()],
        )
        .unwrap();
        migrate(&sql).unwrap();
        let rows = sql.exec("SELECT id, event FROM consent_act", &[]).unwrap();
        let event: ConsentEvent = serde_json::from_str(rows[0][1].text().unwrap()).unwrap();
        assert_eq!((event.id.as_str(), event.at), ("01A", 1_763_640_000_000));
        assert_eq!(event.state, ConsentState::Given);
        assert_eq!(event.purposes, [Purpose::Chat, Purpose::Remember, Purpose::Analytics]);
        assert_eq!((event.notice.as_str(), event.lang.as_str()), (notice.as_str(), "de"));
        assert_eq!((event.source.kind, event.legal_basis), (SourceKind::Sdk, None));
        assert!(sql.exec("SELECT 1 FROM consent_event", &[]).is_err());
    }

    #[test]
    fn every_migration_runs_on_an_empty_object() {
        let sql = MemorySql::new();
        migrate(&sql).unwrap();
        migrate(&sql).unwrap();
    }
}
