//! The shell's side of what the workspace has to hear: reports for its audit log, the erasure, and
//! what its list shows.

use super::core::CoreError;
use super::object::{Shell, ShellError};
use super::record::Cause;
use crate::config::Config;
use crate::log;
use crate::object::{CallError, call};
use crate::workspace::command::{Forget, Forgotten, Report, Reported, WorkspaceError};

impl Shell {
    /// Tells the workspace's audit log what could not be done here. What was done is
    /// [noted](Shell::tell_reports); this is told once, and what could not be told is in the edge's
    /// log.
    pub(super) async fn report(&self, config: &Config, what: Reported) {
        let Ok(conversation) = self.conversation() else { return };
        // An erased conversation has told the log what there was to tell.
        let Ok(Some(session)) = self.core(config).store().session() else { return };
        let workspace = session.terms.workspace.to_hex();
        if let Err(error) = call(&self.env, &workspace, &Report { conversation, what }).await {
            log::error("report_not_heard").fault(&error).write();
        }
    }

    /// Tells the workspace's audit log what was done here, oldest first, until it does not hear.
    pub(super) async fn tell_reports(&self, config: &Config) -> Result<(), ShellError> {
        let core = self.core(config);
        let conversation = self.conversation()?;
        while let Some(noted) = core.noted()? {
            let report = Report { conversation, what: noted.what };
            match call(&self.env, &noted.workspace.to_hex(), &report).await {
                // A workspace that is gone has no log.
                Ok(())
                | Err(CallError::Refused(WorkspaceError::Unknown) | CallError::NoSuchObject) => {
                    core.told(&noted)?;
                }
                Err(error) => {
                    log::error("report_not_heard").fault(&error).write();
                    break;
                }
            }
        }
        Ok(())
    }

    /// Tells the workspace of the erasure.
    pub(super) async fn tell_of_erasure(&self, config: &Config) -> Result<(), ShellError> {
        let core = self.core(config);
        let conversation = self.conversation()?;
        let tombstone = core.store().tombstone().map_err(CoreError::from)?;
        let Some(tombstone) = tombstone else { return Ok(core.heard()?) };
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
                core.heard()?;
            }
            Err(error) => log::error("forget_not_heard").fault(&error).write(),
        }
        Ok(())
    }

    /// Tells the workspace's list how the conversation stands.
    pub(super) async fn tell_list(&self, config: &Config) -> Result<(), ShellError> {
        let core = self.core(config);
        let Some((workspace, listing)) = core.listing()? else { return Ok(()) };
        match call(&self.env, &workspace.to_hex(), &listing).await {
            // A workspace that is gone has no list.
            Ok(()) | Err(CallError::Refused(WorkspaceError::Unknown) | CallError::NoSuchObject) => {
                core.listed(listing.number)?;
            }
            Err(error) => log::error("listing_not_heard").fault(&error).write(),
        }
        Ok(())
    }
}
