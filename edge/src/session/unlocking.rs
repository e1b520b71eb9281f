//! The shell's side of the vault: the workspace opens the key for an object that lost its memory.

use std::rc::Rc;

use crate::config::Config;
use crate::log;
use crate::object::{CallError, call};
use crate::session::command::{Caller, SessionError};
use crate::session::core::CoreError;
use crate::session::object::{Shell, ShellError};
use crate::workspace::command::WorkspaceError;

impl Shell {
    /// Opens the conversation's key, unless it is open. What reads or writes texts begins here.
    pub(super) async fn unlock(&self, config: &Config, caller: &Caller) -> Result<(), ShellError> {
        if self.vault_key.borrow().is_some() {
            return Ok(());
        }
        // Who may not call sets no workspace to work.
        self.core(config).check_open(caller)?;
        let locked = self.core(config).open_key()?;
        let opened = call(&self.env, &locked.workspace, &locked.command).await;
        // Another call may have come in between and have opened it, or have erased everything.
        if self.vault_key.borrow().is_some() {
            return Ok(());
        }
        self.core(config).check_open(caller)?;
        let key = self.core(config).unlock(&opened.map_err(refusal)?)?;
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
