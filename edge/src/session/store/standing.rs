//! The SQL of how a conversation stands with its workspace. The one row is made with its table.

use sotto_shared::wire::admin::{Hold, HoldReason};

use super::{Columns, Store, StoreError};
use crate::session::record::Standing;
use crate::sql::Sql;

impl<S: Sql> Store<'_, S> {
    /// How the conversation stands.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let rows = self.0.exec("SELECT listing, hold_reason, hold_until FROM standing", &[])?;
        let row = rows.first().ok_or(StoreError::Value("standing"))?;
        let column = Columns(row);
        let hold = match (column.opt_text(1), column.opt_unsigned(2)) {
            (Some(reason), Some(until)) => {
                let reason = HoldReason::parse(&reason).ok_or(StoreError::Value("hold_reason"))?;
                Some(Hold { reason, until })
            }
            _ => None,
        };
        Ok(Standing { listing: column.unsigned(0, "listing")?, hold })
    }

    /// Stores a legal hold in place of the one before; `None` lifts it.
    pub fn put_hold(&self, hold: Option<Hold>) -> Result<(), StoreError> {
        self.run(
            "UPDATE standing SET hold_reason = ?, hold_until = ?",
            &[hold.map(|hold| hold.reason.name()).into(), hold.map(|hold| hold.until).into()],
        )
    }

    /// Counts a change that the workspace's list has to hear of.
    pub fn count_listing(&self) -> Result<(), StoreError> {
        self.run("UPDATE standing SET listing = listing + 1", &[])
    }
}
