//! The shell's side of the vault: the workspace opens the key for an object that lost its memory.

use std::rc::Rc;

use crate::config::Config;
use crate::log;
use crate::object::{CallError, call};
use crate::session::command::{Caller, SessionError};
use crate::session::core::{CoreError, LockedKey};
use crate::session::object::{SessionCore, Shell, ShellError};
use crate::workspace::command::WorkspaceError;

impl Shell {
    /// Opens the conversation's key for its visitor, unless it is open. What reads or writes texts
    /// begins here.
    pub(super) async fn unlock(&self, config: &Config, caller: &Caller) -> Result<(), ShellError> {
        self.unlock_by(config, |core| core.open_key(caller)).await
    }

    /// Opens the conversation's key for whoever may have it opened, unless it is open.
    pub(super) async fn unlock_by(
        &self,
        config: &Config,
        open: impl Fn(&SessionCore<'_>) -> Result<LockedKey, CoreError>,
    ) -> Result<(), ShellError> {
        if self.vault_key.borrow().is_some() {
            return Ok(());
        }
        let locked = open(&self.core(config))?;
        let opened = call(&self.env, &locked.workspace, &locked.command).await;
        // Another call may have come in between and have opened it, or have erased everything.
        if self.vault_key.borrow().is_some() {
            return Ok(());
        }
        let core = self.core(config);
        open(&core)?;
        let key = core.unlock(&opened.map_err(refusal)?)?;
        self.vault_key.replace(Some(Rc::new(key)));
        Ok(())
    }
}

/// Without its workspace a conversation cannot be read any more, only erased.
fn refusal(error: CallError<WorkspaceError>) -> ShellError {
    match error {
        CallError::Refused(WorkspaceError::Unknown | WorkspaceError::ConversationUnknown)
        | CallError::NoSuchObject => CoreError::from(SessionError::SiteGone).into(),
        error => {
            log::error("key_not_opened").fault(&error).write();
            CoreError::from(SessionError::Failed).into()
        }
    }
}
