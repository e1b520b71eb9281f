//! A visitor's answer to the notice in force: at the gate, and later.

use sotto_shared::consent::record::Told;
use sotto_shared::consent::{Choice, ChoiceError, Purposes};
use sotto_shared::wire::admin::SiteSettings;

use super::{Fault, Workspace, invalid};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{Agreed, Answer, WorkspaceError};
use crate::workspace::{notice, settings};

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Checks an answer for a conversation that goes on. It takes the site and its key's generation
    /// ([`WorkspaceError::SiteUnknown`]), the page's origin ([`WorkspaceError::OriginNotAllowed`]),
    /// and then what an answer at the gate takes.
    pub fn answer(&self, command: &Answer) -> Result<Agreed, Fault> {
        self.wake()?;
        let (_, settings) = self.site_for(command.site, &command.origin)?;
        let (told, purposes) = self.agreed(&settings, &command.lang, &command.choice)?;
        Ok(Agreed { told, purposes, lifetimes: settings::lifetimes(&settings) })
    }

    /// What a visitor was told, and the optional purposes that hold by the answer, if it is one to
    /// the notice in force ([`WorkspaceError::NoticeChanged`]) that gives the chat
    /// ([`WorkspaceError::ConsentRequired`]) and no more than the site offers.
    pub(super) fn agreed(
        &self,
        settings: &SiteSettings,
        lang: &str,
        choice: &Choice,
    ) -> Result<(Told, Purposes), Fault> {
        let told = notice::told(settings, self.jurisdiction, lang)?;
        let version = &told.notice.version;
        match choice.check(version, settings.purposes) {
            Ok(purposes) => Ok((told, purposes)),
            Err(ChoiceError::NotGiven) => Err(WorkspaceError::ConsentRequired.into()),
            Err(ChoiceError::OtherNotice) => {
                let notice = version.as_str().to_owned();
                Err(WorkspaceError::NoticeChanged { notice }.into())
            }
            Err(ChoiceError::NotOffered) => {
                Err(invalid("consent.purposes", "must be purposes that the site offers").into())
            }
        }
    }
}
