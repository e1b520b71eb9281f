//! The SQL of the search: which of a site's passages a question's words are in, and where in them.
//!
//! Each statement takes its way through JavaScript, so the words of a question are asked for all at
//! once. The platform allows a hundred values and columns in one.

use core::fmt::Write as _;

use super::{Store, number, text};
use crate::sql::{Sql, SqlError, Value};

/// Passages that are looked at more closely.
pub const CANDIDATES: usize = 12;

/// Where a word is among some passages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// How many of the site's passages have it.
    pub count: u64,
    /// Those of the candidates that have it in their title,
    pub title: Vec<u64>,
    /// in their text,
    pub text: Vec<u64>,
    /// in their heading.
    pub heading: Vec<u64>,
}

impl<S: Sql> Store<'_, S> {
    /// Where each of some full-text queries is found among a site's candidates.
    pub fn places(
        &self,
        site: u16,
        queries: &[String],
        candidates: &[u64],
    ) -> Result<Vec<Places>, SqlError> {
        let mut values: Vec<Value> = vec![site.into()];
        // No passage has the id 0.
        let padded = candidates.iter().copied().chain(core::iter::repeat(0)).take(CANDIDATES);
        values.extend(padded.map(Value::from));
        for query in queries {
            values.push(query.as_str().into());
            for column in ["title", "text", "heading"] {
                values.push(format!("{column} : {query}").into());
            }
        }
        let rows = self.0.exec(&statement(queries.len()), &values)?;
        let row = rows.into_iter().next().unwrap_or_default();
        let ids = |column: usize| {
            let list = text(&row, column);
            list.split(',').filter_map(|id| id.parse().ok()).collect()
        };
        Ok((0..queries.len())
            .map(|place| Places {
                count: number(&row, 4 * place),
                title: ids(4 * place + 1),
                text: ids(4 * place + 2),
                heading: ids(4 * place + 3),
            })
            .collect())
    }
}

/// The statement that asks for the places of so many queries. The text is the same for every site,
/// so that it is prepared once. The `+` keeps the index from being asked for each candidate anew.
fn statement(queries: usize) -> String {
    let places = (0..CANDIDATES).map(|n| format!("?{}", n + 2)).collect::<Vec<_>>().join(",");
    let mut statement = String::from("SELECT ");
    for query in 0..queries {
        let first = 2 + CANDIDATES + 4 * query;
        let comma = if query == 0 { "" } else { "," };
        let _ = write!(
            statement,
            "{comma}(SELECT count(*) FROM passage WHERE passage MATCH ?{first} AND site = ?1)"
        );
        for value in first + 1..first + 4 {
            let _ = write!(
                statement,
                ",(SELECT group_concat(rowid) FROM passage
                   WHERE passage MATCH ?{value} AND +rowid IN ({places}))"
            );
        }
    }
    statement
}
