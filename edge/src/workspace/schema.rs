//! The tables of a workspace object. [`Create`](super::command::Create) makes them, the
//! constructor does not: an id that was never created stays an empty object.

use crate::migrations::{self, Migrations};
use crate::sql::{Sql, SqlError};

const MIGRATIONS: &Migrations = &[
    &[
        "CREATE TABLE workspace (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        wrapped_key BLOB NOT NULL,
        next_site INTEGER NOT NULL
    ) STRICT",
        // A key is 256 random bits, so its plain hash gives nothing away.
        "CREATE TABLE api_key (
        hash BLOB PRIMARY KEY,
        created_at INTEGER NOT NULL
    ) STRICT",
        "CREATE TABLE site (
        number INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL,
        settings TEXT NOT NULL,
        key_sealed BLOB,
        key_host TEXT,
        key_ends TEXT,
        created_at INTEGER NOT NULL
    ) STRICT",
        // A document's passages have the row ids from first_passage on, one after the other.
        "CREATE TABLE document (
        site INTEGER NOT NULL,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        media_type TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        first_passage INTEGER NOT NULL,
        passages INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (site, name)
    ) STRICT",
        "CREATE VIRTUAL TABLE passage USING fts5 (
        title, heading, text,
        site UNINDEXED, document UNINDEXED, media_type UNINDEXED, anchor UNINDEXED,
        tokenize = 'unicode61 remove_diacritics 2'
    )",
        "CREATE TABLE conversation (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        site INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT",
        "CREATE TABLE day (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        number INTEGER NOT NULL,
        key BLOB NOT NULL
    ) STRICT",
        "CREATE TABLE counter (
        site INTEGER NOT NULL,
        kind TEXT NOT NULL,
        network BLOB NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (site, kind, network)
    ) STRICT",
    ],
    &[
        // A list in JSON. A document that was put before has none until it is put again.
        "ALTER TABLE document ADD COLUMN own_values TEXT NOT NULL DEFAULT '[]'",
    ],
    &[
        // The audit log. The salt and the payload of an entry go when its retention is over.
        "CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        class INTEGER NOT NULL,
        commitment BLOB NOT NULL,
        leaf BLOB NOT NULL,
        salt BLOB,
        payload TEXT
    ) STRICT",
        "CREATE INDEX audit_content ON audit (class, at) WHERE payload IS NOT NULL",
        "CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    WHEN new.salt IS NOT NULL OR new.payload IS NOT NULL
        OR new.number IS NOT old.number OR new.at IS NOT old.at OR new.class IS NOT old.class
        OR new.commitment IS NOT old.commitment OR new.leaf IS NOT old.leaf
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        // How far the log has come: its tree, and the leaf that the next entry follows.
        "CREATE TABLE audit_tree (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        size INTEGER NOT NULL,
        subtrees BLOB NOT NULL,
        leaf BLOB NOT NULL,
        at INTEGER NOT NULL
    ) STRICT",
        // Until when an action that needs no key is not recorded again.
        "CREATE TABLE audit_quiet (
        action TEXT PRIMARY KEY,
        until INTEGER NOT NULL
    ) STRICT",
    ],
    &[
        // A key that was made before may do everything, as it could, and lives 400 days.
        "ALTER TABLE api_key ADD COLUMN id TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE api_key ADD COLUMN name TEXT NOT NULL DEFAULT 'owner'",
        "ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL DEFAULT
            '[\"sites\",\"documents\",\"conversations:read\",\"conversations:erase\",\"audit\",\"keys\"]'",
        "ALTER TABLE api_key ADD COLUMN ends TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE api_key ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0",
        "UPDATE api_key SET id = lower(hex(randomblob(16))), expires_at = created_at + 34560000000",
    ],
    LIST,
    WRAPPED,
    CONFIDENTIAL,
    COUNTS,
    RATES,
    PROVIDERS,
    // What the guard's screen finds in documents.
    &["ALTER TABLE document ADD COLUMN flagged TEXT NOT NULL DEFAULT '[]'"],
];

/// What the list shows of a conversation, as its session last told it (`told` numbers that), and
/// when the sweep asks the session next. Conversations that were listed before are asked soon.
const LIST: &[&str] = &[
    "ALTER TABLE conversation ADD COLUMN told INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN improve INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN analytics INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN review_asked_at INTEGER",
    "ALTER TABLE conversation ADD COLUMN hold_reason TEXT",
    "ALTER TABLE conversation ADD COLUMN hold_until INTEGER",
    // The API key by which it is being erased, until the session tells that it was.
    "ALTER TABLE conversation ADD COLUMN erased_by TEXT",
    "ALTER TABLE conversation ADD COLUMN ends_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN check_at INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX conversation_site ON conversation (site)",
    "CREATE INDEX conversation_check ON conversation (check_at)",
    // A key that had every scope there was has those that came with this version.
    "UPDATE api_key
     SET scopes = json_insert(scopes, '$[#]', 'conversations:manage', '$[#]', 'counts')
     WHERE json_array_length(scopes) = 6",
];

/// Since when the root in use wraps the workspace's key, if not from its beginning.
const WRAPPED: &[&str] = &["ALTER TABLE workspace ADD COLUMN wrapped_at INTEGER"];

/// Documents that are stored sealed: their key, wrapped, and title and values of their own; and
/// their passages, several a row. Such a document has no title, no values and no passages
/// elsewhere.
const CONFIDENTIAL: &[&str] = &[
    "ALTER TABLE document ADD COLUMN confidential INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE confidential (
        site INTEGER NOT NULL,
        name TEXT NOT NULL,
        wrapped_key BLOB NOT NULL,
        about BLOB NOT NULL,
        PRIMARY KEY (site, name)
    ) STRICT",
    "CREATE TABLE confidential_part (
        site INTEGER NOT NULL,
        name TEXT NOT NULL,
        part INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (site, name, part)
    ) STRICT",
    // A passage that is removed leaves none of its words in the index.
    "INSERT INTO passage (passage, rank) VALUES ('secure-delete', 1)",
];

/// What conversations that were given to `analytics` add to their days, until the day is over; and
/// what the days came to.
const COUNTS: &[&str] = &[
    "CREATE TABLE contribution (
        conversation TEXT NOT NULL,
        site INTEGER NOT NULL,
        day INTEGER NOT NULL,
        begun INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        PRIMARY KEY (conversation, day)
    ) STRICT",
    "CREATE TABLE day_count (
        site INTEGER NOT NULL,
        day INTEGER NOT NULL,
        conversations INTEGER NOT NULL,
        active INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        PRIMARY KEY (site, day)
    ) STRICT",
];

/// What is counted by the minute, how much of its minute a site used of late, and the challenges
/// that were used.
const RATES: &[&str] = &[
    "CREATE TABLE rate (
        what TEXT PRIMARY KEY,
        minute INTEGER NOT NULL,
        count INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE load (
        site INTEGER PRIMARY KEY,
        minute INTEGER NOT NULL,
        level INTEGER NOT NULL
    ) STRICT",
    "CREATE TABLE used_challenge (
        salt BLOB PRIMARY KEY,
        expires_at INTEGER NOT NULL
    ) STRICT",
    "CREATE INDEX used_challenge_end ON used_challenge (expires_at)",
];

/// A key for each provider of a site's list, which the one that a site had becomes the first of,
/// and how providers did lately.
const PROVIDERS: &[&str] = &[
    "CREATE TABLE provider_key (
        site INTEGER NOT NULL,
        place INTEGER NOT NULL,
        sealed BLOB NOT NULL,
        host TEXT NOT NULL,
        ends TEXT NOT NULL,
        PRIMARY KEY (site, place)
    ) STRICT",
    "INSERT INTO provider_key (site, place, sealed, host, ends)
        SELECT number, 0, key_sealed, key_host, key_ends FROM site WHERE key_sealed IS NOT NULL",
    "UPDATE site SET key_sealed = NULL, key_host = NULL, key_ends = NULL",
    "CREATE TABLE breaker (
        provider TEXT PRIMARY KEY,
        failures INTEGER NOT NULL,
        failed_at INTEGER NOT NULL,
        trips INTEGER NOT NULL,
        open_until INTEGER NOT NULL,
        probe_until INTEGER NOT NULL
    ) STRICT",
];

/// Whether the workspace was ever created. It writes nothing.
///
/// # Errors
/// [`SqlError`] if the storage cannot be read.
pub fn exists(sql: &impl Sql) -> Result<bool, SqlError> {
    let found =
        sql.recall("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'workspace'", &[])?;
    Ok(!found.is_empty())
}

/// Brings the tables to their newest version.
///
/// # Errors
/// [`SqlError`] if a statement fails.
pub fn migrate(sql: &impl Sql) -> Result<(), SqlError> {
    migrations::run(sql, MIGRATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::MemorySql;

    #[test]
    fn an_object_has_no_tables_until_it_is_created() {
        let sql = MemorySql::new();
        assert!(!exists(&sql).unwrap());
        assert!(sql.exec("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
        migrate(&sql).unwrap();
        migrate(&sql).unwrap();
        assert!(exists(&sql).unwrap());
    }
}
