//! The shell's side of what a workspace asks for its operator and for its sweep.

use super::command::{CheckLife, Operator, OperatorAction, OperatorReply};
use super::core::Operated;
use super::object::{Shell, ShellError, parse};
use crate::workspace::command::Listing;

impl Shell {
    /// Does something for the operator. An erasure stops the reply that is under way.
    pub(super) async fn operate(&self, body: &str) -> Result<OperatorReply, ShellError> {
        let config = self.prepare().await?;
        let command: Operator = parse(body)?;
        if matches!(command.action, OperatorAction::Read { .. } | OperatorAction::Export { .. }) {
            self.unlock_by(&config, |core| core.open_key_for(&command)).await?;
        }
        let operated = {
            let active = self.active.borrow();
            let running = active.as_ref().map(|active| &active.running);
            self.core(&config).operate(&command, running)?
        };
        match operated {
            Operated::Reply(reply) => {
                // A hold moves the end, and the list has to hear of what has changed.
                self.set_alarm().await?;
                Ok(reply)
            }
            Operated::Bury(tombstone) => {
                self.bury(&config, &tombstone).await?;
                Ok(OperatorReply::Erased(tombstone.receipt))
            }
        }
    }

    /// Takes over the site's lifetimes. If the conversation's life is over by them, it erases itself
    /// now and answers as what it is then.
    pub(super) async fn check_life(&self, body: &str) -> Result<Listing, ShellError> {
        let config = self.prepare().await?;
        let command: CheckLife = parse(body)?;
        let core = self.core(&config);
        core.check_life(&command)?;
        self.prepare().await?;
        self.set_alarm().await?;
        Ok(core.listing_for(command.workspace)?)
    }
}
