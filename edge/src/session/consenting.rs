//! The shell's side of a change of consent: the workspace says what can be given.

use crate::log;
use crate::object::{CallError, call};
use crate::session::command::{ConsentSet, SessionError, SetConsent};
use crate::session::core::{CoreError, Next};
use crate::session::object::{Shell, ShellError, parse};
use crate::workspace::command::WorkspaceError;

impl Shell {
    /// Changes the consent. What is taken back is taken back before anybody is asked.
    pub(super) async fn set_consent(&self, body: &str) -> Result<ConsentSet, ShellError> {
        let config = self.prepare().await?;
        let SetConsent { choice, caller } = parse(body)?;
        self.unlock(&config, &caller).await?;
        let answer = self.answers.get().wrapping_add(1);
        self.answers.set(answer);
        let taken = self.core(&config).take_back(&caller, &choice)?;
        if taken.ends_chat {
            self.stop_writing(&self.core(&config))?;
        }
        if taken.is_changed {
            self.tell(&config).await?;
        } else {
            self.set_alarm().await?;
        }
        match taken.next {
            Next::Done => {}
            Next::Refuse(refusal) => return Err(CoreError::from(refusal).into()),
            Next::Ask(workspace, question) => {
                let agreed = call(&self.env, &workspace, &*question).await.map_err(refusal)?;
                // While the workspace was asked, the visitor may have answered again.
                if self.answers.get() == answer
                    && self.core(&config).give(&caller, &choice, &agreed)?
                {
                    self.tell(&config).await?;
                }
            }
        }
        Ok(self.core(&config).consent(&caller)?)
    }
}

/// Why nothing is given.
fn refusal(error: CallError<WorkspaceError>) -> ShellError {
    CoreError::from(match error {
        CallError::Refused(WorkspaceError::NoticeChanged { notice }) => {
            SessionError::NoticeChanged { notice }
        }
        CallError::Refused(WorkspaceError::OriginNotAllowed) => SessionError::OriginNotAllowed,
        CallError::Refused(WorkspaceError::InvalidValue { .. }) => SessionError::PurposeNotOffered,
        CallError::Refused(WorkspaceError::SiteUnknown | WorkspaceError::Unknown)
        | CallError::NoSuchObject => SessionError::SiteGone,
        error => {
            log::error("answer_failed").fault(&error).write();
            SessionError::Failed
        }
    })
    .into()
}
