//! SQLite for tests: the same statements over a database in memory, and one that breaks down.

use super::memory::Memory;
use super::{Row, Sql, SqlError, Value};
use crate::log::Said;

/// SQLite in memory, for tests. What it remembers it compares with what is there.
#[derive(Debug)]
pub(crate) struct MemorySql(core::cell::RefCell<rusqlite::Connection>, Memory);

impl MemorySql {
    pub(crate) fn new() -> Self {
        Self(rusqlite::Connection::open_in_memory().unwrap().into(), Memory::default())
    }

    /// Whether these bytes stand in any text or blob of any table.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        let names = "SELECT name FROM sqlite_master WHERE type = 'table'";
        self.exec(names, &[]).unwrap().iter().any(|table| {
            let rows = self.exec(&format!("SELECT * FROM \"{}\"", table[0].text().unwrap()), &[]);
            rows.unwrap().iter().flatten().any(|value| {
                let stored = value.blob().or_else(|| value.text().map(str::as_bytes));
                stored.is_some_and(|stored| stored.windows(bytes.len()).any(|part| part == bytes))
            })
        })
    }

    /// Whether these bytes stand anywhere in the pages of the database, used or free.
    pub(crate) fn pages_hold(&self, bytes: &[u8]) -> bool {
        let mut database = self.0.borrow_mut();
        let pages = database.serialize(rusqlite::MAIN_DB).unwrap();
        pages.windows(bytes.len()).any(|part| part == bytes)
    }
}

impl Sql for MemorySql {
    fn exec(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        use rusqlite::types::{Value as Stored, ValueRef};
        self.1.note(statement);
        let failed = |error: rusqlite::Error| SqlError(Said::new(&error));
        let database = self.0.borrow();
        let mut prepared = database.prepare(statement).map_err(failed)?;
        let columns = prepared.column_count();
        let bindings = values.iter().map(|value| match value {
            Value::Null => Stored::Null,
            Value::Integer(number) => Stored::Integer(*number),
            Value::Text(text) => Stored::Text(text.clone()),
            Value::Blob(bytes) => Stored::Blob(bytes.clone()),
            Value::Real(number) => Stored::Real(*number),
        });
        let mut rows = prepared.query(rusqlite::params_from_iter(bindings)).map_err(failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            all.push(
                (0..columns)
                    .map(|column| match row.get_ref_unwrap(column) {
                        ValueRef::Null => Value::Null,
                        ValueRef::Integer(number) => Value::Integer(number),
                        ValueRef::Real(number) => Value::Real(number),
                        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into()),
                        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                    })
                    .collect(),
            );
        }
        Ok(all)
    }

    fn recall(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let rows = self.exec(statement, values)?;
        if let Some(remembered) = self.1.get(statement, values) {
            assert_eq!(remembered, rows, "{statement}");
        } else {
            self.1.put(statement, values, &rows);
        }
        Ok(rows)
    }

    fn together(&self, work: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.exec("SAVEPOINT together", &[])?;
        let done = work();
        if done.is_err() {
            self.exec("ROLLBACK TO together", &[])?;
        }
        self.exec("RELEASE together", &[])?;
        done
    }

    fn size(&self) -> Result<u64, SqlError> {
        let pages = self.exec("PRAGMA page_count", &[])?;
        Ok(pages[0][0].unsigned().unwrap() * 4_096)
    }
}

/// The same storage, which breaks down at one statement.
#[derive(Debug)]
pub(crate) struct FailingSql<'a> {
    sql: &'a MemorySql,
    /// Statements that it still carries out.
    left: core::cell::Cell<usize>,
}

impl<'a> FailingSql<'a> {
    /// Carries out so many statements, and none after them.
    pub(crate) fn after(statements: usize, sql: &'a MemorySql) -> Self {
        Self { sql, left: core::cell::Cell::new(statements) }
    }
}

impl Sql for FailingSql<'_> {
    fn exec(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        let left = self.left.get();
        if left == 0 {
            return Err(SqlError(Said::new(&"it broke down")));
        }
        self.left.set(left - 1);
        self.sql.exec(statement, values)
    }

    fn recall(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        self.exec(statement, values)
    }

    fn together(&self, work: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        self.sql.together(work)
    }

    fn size(&self) -> Result<u64, SqlError> {
        self.sql.size()
    }
}
