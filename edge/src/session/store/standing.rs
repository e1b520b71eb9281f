//! The SQL of how a conversation stands with its workspace. The one row is made with its table.

use super::{Columns, Store, StoreError};
use crate::session::record::Standing;
use crate::sql::Sql;

impl<S: Sql> Store<'_, S> {
    /// How the conversation stands.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let rows = self.0.exec("SELECT listing FROM standing", &[])?;
        let row = rows.first().ok_or(StoreError::Value("standing"))?;
        Ok(Standing { listing: Columns(row).unsigned(0, "listing")? })
    }

    /// Counts a change that the workspace's list has to hear of.
    pub fn count_listing(&self) -> Result<(), StoreError> {
        self.run("UPDATE standing SET listing = listing + 1", &[])
    }
}
