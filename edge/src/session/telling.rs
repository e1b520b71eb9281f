//! The shell's side of what the workspace has to hear: reports for its audit log, the erasure, and
//! what its list shows.

use super::object::{Shell, ShellError};
use super::record::Cause;
use crate::config::Config;
use crate::log;
use crate::object::{CallError, call};
use crate::workspace::command::{Forget, Forgotten, Report, Reported, WorkspaceError};

impl Shell {
    /// Tells the workspace's audit log what happened here. An erasure has its outbox; this is told
    /// once, and what could not be told is in the edge's log.
    pub(super) async fn report(&self, config: &Config, what: Reported) {
        let Ok(conversation) = self.conversation() else { return };
        // An erased conversation has told the log what there was to tell.
        let Ok(Some(session)) = self.core(config).store().session() else { return };
        let workspace = session.terms.workspace.to_hex();
        if let Err(error) = call(&self.env, &workspace, &Report { conversation, what }).await {
            log::error("report_not_heard").fault(&error).write();
        }
    }

    /// Tells the workspace of the erasure; whether it has heard.
    pub(super) async fn tell_of_erasure(&self, config: &Config) -> bool {
        let Ok(conversation) = self.conversation() else { return false };
        let Ok(Some(tombstone)) = self.core(config).store().tombstone() else { return true };
        let why = match tombstone.cause {
            Cause::Token => Forgotten::Erased,
            Cause::Lifetime => Forgotten::Ended,
            Cause::Operator => Forgotten::ErasedByOperator,
        };
        let forget = Forget { conversation, why };
        let told = call(&self.env, &tombstone.workspace.to_hex(), &forget).await;
        match told {
            // A workspace that is gone has nothing on its list.
            Ok(()) | Err(CallError::Refused(WorkspaceError::Unknown) | CallError::NoSuchObject) => {
                true
            }
            Err(error) => {
                log::error("forget_not_heard").fault(&error).write();
                false
            }
        }
    }

    /// Tells the workspace's list how the conversation stands; whether it has heard.
    pub(super) async fn tell_list(&self, config: &Config) -> Result<bool, ShellError> {
        let core = self.core(config);
        let Some((workspace, listing)) = core.listing()? else { return Ok(true) };
        match call(&self.env, &workspace.to_hex(), &listing).await {
            // A workspace that is gone has no list.
            Ok(()) | Err(CallError::Refused(WorkspaceError::Unknown) | CallError::NoSuchObject) => {
                core.listed(listing.number)?;
                Ok(true)
            }
            Err(error) => {
                log::error("listing_not_heard").fault(&error).write();
                Ok(false)
            }
        }
    }
}
