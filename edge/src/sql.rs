//! The one door to SQLite: the objects' own storage in the Worker, and the same SQL in native
//! tests through `rusqlite`, so that the statements that run in production are the ones tested.
//!
//! A Durable Object's storage has no statement for transactions. Writes that are made without an
//! await between them are committed together (the platform's output gate holds back every reply
//! until they are durable), which is all that the stores here rely on. Where a statement may fail
//! and those before it must not stay, [`Sql::together`] is for all of them.

mod memory;
#[cfg(test)]
mod testing;

use memory::Memory;
#[cfg(test)]
pub(crate) use testing::{FailingSql, MemorySql};

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::log::{Loggable, Said, Told};

/// A value in a statement or a row.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `NULL`
    Null,
    /// A whole number; times and counts stay far below 2^53, which JavaScript can hold.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A fraction: only ranks of the full-text search are.
    Real(f64),
}

/// The values of a row in the order of its columns.
pub type Row = Vec<Value>;

/// Storage failed. The statement is named by the caller's error, never the values.
#[derive(Clone, Debug, thiserror::Error)]
#[error("storage failed: {0}")]
pub struct SqlError(pub Said);

impl Loggable for SqlError {
    fn told(&self) -> Told {
        Told::new("storage failed").said(&self.0)
    }
}

/// Runs SQL.
pub trait Sql {
    /// Runs one statement with `?` for its values and returns all rows.
    ///
    /// # Errors
    /// [`SqlError`] if SQLite refuses the statement or the storage cannot be written.
    fn exec(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// Reads a few rows of one table that every command needs. What was read before is given again
    /// as long as nothing was written to the table since.
    ///
    /// # Errors
    /// As [`exec`](Self::exec).
    fn recall(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// Runs statements of which all are carried out or none.
    ///
    /// # Errors
    /// What `work` fails with; [`SqlError`] if there can be no transaction.
    fn together(&self, work: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError>;

    /// How large the database is, in bytes, its free pages counted.
    ///
    /// # Errors
    /// [`SqlError`] if that cannot be read.
    fn size(&self) -> Result<u64, SqlError>;
}

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            // JavaScript has one kind of number, so whole numbers may arrive as fractions.
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole")]
            Self::Real(number) if number.fract() == 0.0 => Some(*number as i64),
            _ => None,
        }
    }

    /// The number, if it is one that is not negative.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        self.integer().and_then(|number| u64::try_from(number).ok())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes, if it is bytes.
    #[must_use]
    pub fn blob(&self) -> Option<&[u8]> {
        match self {
            Self::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row's values are somebody's: only their kinds are printed.
impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Integer(_) => "integer",
            Self::Text(_) => "text",
            Self::Blob(_) => "blob",
            Self::Real(_) => "real",
        })
    }
}

/// The storage of a Durable Object. There is one for the life of an object.
pub struct ObjectSql {
    storage: worker::SqlStorage,
    transactions: Transactions,
    memory: Memory,
}

#[wasm_bindgen]
extern "C" {
    /// The object's storage, of which `worker` has no binding for this.
    #[derive(Debug)]
    type Transactions;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction(
        this: &Transactions,
        work: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;
}

impl ObjectSql {
    /// The door to an object's storage.
    #[must_use]
    pub fn new(storage: &worker::Storage) -> Self {
        let raw: &JsValue = storage.as_raw().as_ref();
        let transactions = raw.clone().unchecked_into();
        Self { storage: storage.sql(), transactions, memory: Memory::default() }
    }

    /// All storage was deleted past this door.
    pub fn forget(&self) {
        self.memory.forget();
    }
}

impl core::fmt::Debug for ObjectSql {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ObjectSql")
    }
}

impl Sql for ObjectSql {
    fn exec(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        use worker::SqlStorageValue as Stored;
        let bindings = values
            .iter()
            .map(|value| match value {
                Value::Null => Stored::Null,
                Value::Integer(number) => Stored::Integer(*number),
                Value::Text(text) => Stored::String(text.clone()),
                Value::Blob(bytes) => Stored::Blob(bytes.clone()),
                Value::Real(number) => Stored::Float(*number),
            })
            .collect::<Vec<_>>();
        self.memory.note(statement);
        let failed = |error: worker::Error| SqlError(Said::new(&error));
        let cursor = self.storage.exec(statement, bindings).map_err(failed)?;
        cursor
            .raw()
            .map(|row| {
                row.map_err(failed).map(|row| {
                    row.into_iter()
                        .map(|value| match value {
                            Stored::Null => Value::Null,
                            Stored::Boolean(flag) => flag.into(),
                            Stored::Integer(number) => Value::Integer(number),
                            Stored::Float(number) => Value::Real(number),
                            Stored::String(text) => Value::Text(text),
                            Stored::Blob(bytes) => Value::Blob(bytes),
                        })
                        .collect()
                })
            })
            .collect()
    }

    fn recall(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError> {
        if let Some(rows) = self.memory.get(statement, values) {
            return Ok(rows);
        }
        let rows = self.exec(statement, values)?;
        self.memory.put(statement, values, &rows);
        Ok(rows)
    }

    fn together(&self, work: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError> {
        let mut failed = None;
        let done = self.transactions.transaction(&mut || {
            work().map_err(|error| {
                failed = Some(error);
                // What is thrown takes the transaction back.
                JsValue::NULL
            })
        });
        match (failed, done) {
            (None, Ok(_)) => Ok(()),
            (failed, done) => {
                self.memory.forget();
                let thrown = done.err().unwrap_or(JsValue::NULL);
                Err(failed.unwrap_or_else(|| SqlError(Said::new(&worker::Error::from(thrown)))))
            }
        }
    }

    fn size(&self) -> Result<u64, SqlError> {
        Ok(u64::try_from(self.storage.database_size()).unwrap_or(u64::MAX))
    }
}
