//! The shell's side of what a visitor asks for beside talking: it carries a right out, ends the
//! reply that stands against it, and tells the audit log.

use sotto_shared::wire::conversation::{Conversation, Message};
use sotto_shared::wire::rights::{Restriction, Review};

use crate::config::Config;
use crate::session::command::{AskReview, Export, Rectify, Remove, Restrict, SessionError};
use crate::session::core::{CoreError, Exercised};
use crate::session::object::{Shell, ShellError, parse};
use crate::workspace::command::Reported;

impl Shell {
    pub(super) async fn export(&self, body: &str) -> Result<Conversation, ShellError> {
        let config = self.prepare().await?;
        let copy = self.copy(&config, &parse(body)?).await;
        match &copy {
            Ok(_) => self.tell(&config).await?,
            // Whoever was refused is not known to be the visitor, and got nothing.
            Err(ShellError::Core(CoreError::Refused(refusal)))
                if *refusal != SessionError::Failed => {}
            Err(_) => self.report(&config, Reported::ExportFailed).await,
        }
        copy
    }

    async fn copy(&self, config: &Config, command: &Export) -> Result<Conversation, ShellError> {
        self.unlock(config, &command.caller).await?;
        let active = self.active.borrow();
        let running = active.as_ref().map(|active| &active.running);
        Ok(self.core(config).export(&command.caller, running)?)
    }

    pub(super) async fn rectify(&self, body: &str) -> Result<Message, ShellError> {
        let config = self.prepare().await?;
        let command: Rectify = parse(body)?;
        self.unlock(&config, &command.caller).await?;
        let running = {
            let active = self.active.borrow();
            active.as_ref().map(|active| active.running.message().clone())
        };
        let done = self.core(&config).rectify(&command, running.as_ref())?;
        self.recorded(&config, done).await
    }

    pub(super) async fn remove(&self, body: &str) -> Result<Message, ShellError> {
        let config = self.prepare().await?;
        let command: Remove = parse(body)?;
        self.unlock(&config, &command.caller).await?;
        let core = self.core(&config);
        core.check_open(&command.caller)?;
        let concerns = {
            let active = self.active.borrow();
            active.as_ref().is_some_and(|active| active.running.concerns(&command.message))
        };
        if concerns {
            self.stop_writing(&core)?;
        }
        let done = core.remove(&command)?;
        self.recorded(&config, done).await
    }

    pub(super) async fn restrict(&self, body: &str) -> Result<Restriction, ShellError> {
        let config = self.prepare().await?;
        let command: Restrict = parse(body)?;
        let core = self.core(&config);
        let done = core.restrict(&command)?;
        if command.restricted {
            self.stop_writing(&core)?;
        }
        self.recorded(&config, done).await
    }

    pub(super) async fn ask_review(&self, body: &str) -> Result<Review, ShellError> {
        let config = self.prepare().await?;
        let command: AskReview = parse(body)?;
        let done = self.core(&config).ask_review(&command)?;
        self.recorded(&config, done).await
    }

    /// Tells the workspace of what changed; a repetition changed nothing.
    async fn recorded<T>(&self, config: &Config, done: Exercised<T>) -> Result<T, ShellError> {
        if done.is_new {
            self.tell(config).await?;
        } else {
            self.set_alarm().await?;
        }
        Ok(done.reply)
    }

    /// Tells the audit log of what was noted. The alarm is set before, so that it is told again
    /// whatever becomes of this; and it tells the workspace's list.
    pub(super) async fn tell(&self, config: &Config) -> Result<(), ShellError> {
        self.set_alarm().await?;
        self.tell_reports(config).await?;
        self.set_alarm().await
    }
}
