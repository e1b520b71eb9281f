//! What was read before and cannot have changed since.
//!
//! An object is the only one that writes to its storage, and every statement of ours takes the same
//! door. So a row that was read is still what is stored until a statement writes to its table; to
//! ask again would cost a way into JavaScript and back for each row. Only reads that ask for it
//! ([`Sql::recall`](super::Sql::recall)) are remembered: a few rows that every command needs.

use core::cell::RefCell;

use super::{Row, Value};

/// Reads that are remembered. The one that was asked for first makes room.
const READS: usize = 16;

/// Longest result that is remembered, in rows.
const ROWS: usize = 64;

/// Results of earlier reads.
#[derive(Default)]
pub(super) struct Memory(RefCell<Vec<Read>>);

struct Read {
    statement: String,
    values: Vec<Value>,
    rows: Vec<Row>,
    /// The table that they are of.
    table: String,
}

impl Memory {
    /// What a read gave, if it would give the same now.
    pub(super) fn get(&self, statement: &str, values: &[Value]) -> Option<Vec<Row>> {
        let reads = self.0.borrow();
        let read =
            reads.iter().find(|read| read.statement == statement && read.values == values)?;
        Some(read.rows.clone())
    }

    /// Remembers what a read gave.
    pub(super) fn put(&self, statement: &str, values: &[Value], rows: &[Row]) {
        let Some(table) = table_read(statement).filter(|_| rows.len() <= ROWS) else { return };
        let mut reads = self.0.borrow_mut();
        if reads.len() >= READS {
            reads.remove(0);
        }
        reads.push(Read {
            statement: statement.to_owned(),
            values: values.to_vec(),
            rows: rows.to_vec(),
            table: table.to_owned(),
        });
    }

    /// A statement runs: what it may write to is not remembered any more. Triggers of ours write
    /// nothing.
    pub(super) fn note(&self, statement: &str) {
        let (verb, rest) = next_word(statement);
        let written = match verb {
            "SELECT" => return,
            "INSERT" => table_after(rest, "INTO"),
            "UPDATE" => Some(next_word(rest).0),
            "DELETE" => table_after(rest, "FROM"),
            // Tables come, go or change, and whatever else there may be.
            _ => None,
        };
        match written {
            Some(table) => self.0.borrow_mut().retain(|read| read.table != table),
            None => self.forget(),
        }
    }

    /// Forgets everything: storage was changed by another door.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl core::fmt::Debug for Memory {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Memory({})", self.0.borrow().len())
    }
}

/// The one table that a read is of; `None` if it is of several, or writes.
fn table_read(statement: &str) -> Option<&str> {
    let (mut table, mut selects, mut rest) = (None, 0, statement);
    while !rest.is_empty() {
        let (word, behind) = next_word(rest);
        rest = behind;
        match word {
            "SELECT" => selects += 1,
            "FROM" if table.is_none() => {
                let (name, behind) = next_word(rest);
                (table, rest) = (Some(name), behind);
            }
            "FROM" | "JOIN" | "UNION" | "INSERT" | "UPDATE" | "DELETE" => return None,
            _ => {}
        }
    }
    table.filter(|_| selects == 1)
}

/// The word that follows another one.
fn table_after<'a>(mut rest: &'a str, before: &str) -> Option<&'a str> {
    while !rest.is_empty() {
        let (word, behind) = next_word(rest);
        if word == before {
            return Some(next_word(behind).0);
        }
        rest = behind;
    }
    None
}

/// The next word, and what follows it.
fn next_word(text: &str) -> (&str, &str) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let text = text.trim_start_matches(|c| !is_part(c));
    text.split_at(text.find(|c| !is_part(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "SELECT settings FROM site WHERE number = ?";
    const DAY: &str = "SELECT number, key FROM day";
    const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table'";

    fn filled() -> Memory {
        let memory = Memory::default();
        for (statement, value) in [(SITE, 1), (SITE, 2), (DAY, 0), (TABLES, 0)] {
            memory.put(statement, &[Value::Integer(value)], &[vec![Value::Integer(value)]]);
        }
        memory
    }

    fn has(memory: &Memory, statement: &str, value: i64) -> bool {
        memory.get(statement, &[Value::Integer(value)]) == Some(vec![vec![Value::Integer(value)]])
    }

    #[test]
    fn a_read_is_remembered_with_its_values() {
        let memory = filled();
        assert!(has(&memory, SITE, 1) && has(&memory, SITE, 2) && has(&memory, DAY, 0));
        assert!(memory.get(SITE, &[Value::Integer(3)]).is_none());
        assert!(memory.get(SITE, &[]).is_none());
    }

    #[test]
    fn what_is_written_to_is_forgotten() {
        for write in [
            "INSERT INTO site (number) VALUES (?)",
            "INSERT OR REPLACE INTO site (number) VALUES (?)",
            "UPDATE site SET generation = ?",
            "\n  DELETE FROM site WHERE number = ? RETURNING number",
        ] {
            let memory = filled();
            memory.note(write);
            assert!(!has(&memory, SITE, 1) && !has(&memory, SITE, 2), "{write}");
            assert!(has(&memory, TABLES, 0), "{write}");
        }
        let memory = filled();
        memory.note("UPDATE site_day SET site = ?");
        memory.note("INSERT INTO counter (site, day) VALUES (?, ?)");
        memory.note("DELETE FROM counter WHERE site = (SELECT number FROM site)");
        memory.note("SELECT settings FROM site");
        assert!(has(&memory, SITE, 1) && has(&memory, DAY, 0), "these are other tables, or reads");
    }

    #[test]
    fn whatever_else_happens_everything_is_forgotten() {
        for other in
            ["CREATE TABLE a (x)", "DROP TABLE a", "WITH a AS (SELECT 1) DELETE FROM b", "INSERT"]
        {
            let memory = filled();
            memory.note(other);
            assert!(!has(&memory, DAY, 0) && !has(&memory, TABLES, 0), "{other}");
        }
    }

    #[test]
    fn reads_of_several_tables_and_long_ones_are_not_remembered() {
        let memory = Memory::default();
        let row = vec![Value::Null];
        for statement in [
            "SELECT a FROM b JOIN c",
            "SELECT (SELECT 1 FROM b) FROM c",
            "SELECT a FROM b UNION SELECT a FROM c",
            "SELECT 1",
            "DELETE FROM b RETURNING a",
        ] {
            memory.put(statement, &[], core::slice::from_ref(&row));
            assert!(memory.get(statement, &[]).is_none(), "{statement}");
        }
        memory.put(DAY, &[], &vec![row; ROWS + 1]);
        assert!(memory.get(DAY, &[]).is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let memory = Memory::default();
        for number in 0..=i64::try_from(READS).unwrap() {
            memory.put(SITE, &[Value::Integer(number)], &[vec![Value::Integer(number)]]);
        }
        assert!(!has(&memory, SITE, 0) && has(&memory, SITE, 1));
        assert_eq!(memory.0.borrow().len(), READS);
    }
}
