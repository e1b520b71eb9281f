//! The SQL of what the visitor has asked the operator for, and what the operator has ordered. The
//! one row is made with its table.

use super::{Columns, Store, StoreError};
use crate::session::record::Standing;
use crate::sql::Sql;

impl<S: Sql> Store<'_, S> {
    /// How the conversation stands.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let rows =
            self.0.exec("SELECT restricted_at, review_asked_at, listing FROM standing", &[])?;
        let row = rows.first().ok_or(StoreError::Value("standing"))?;
        let column = Columns(row);
        Ok(Standing {
            restricted_at: column.opt_unsigned(0),
            review_asked_at: column.opt_unsigned(1),
            listing: column.unsigned(2, "listing")?,
        })
    }

    /// Stores since when processing is restricted; `None` lifts the restriction.
    pub fn restrict(&self, since: Option<u64>) -> Result<(), StoreError> {
        self.run("UPDATE standing SET restricted_at = ?", &[since.into()])
    }

    /// Stores when a review by a person was asked for; `None` once it is answered.
    pub fn ask_review(&self, at: Option<u64>) -> Result<(), StoreError> {
        self.run("UPDATE standing SET review_asked_at = ?", &[at.into()])
    }

    /// Counts a change that the workspace's list has to hear of.
    pub fn count_listing(&self) -> Result<(), StoreError> {
        self.run("UPDATE standing SET listing = listing + 1", &[])
    }
}
