//! What an operator asks for with an API key.

use sotto_shared::limits;
use sotto_shared::wire::admin::{KeyEntry, SiteEntry, SiteList, SiteSettings};

use super::documents::Put;
use super::{Fault, Workspace, count, invalid, limit, read_settings};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{Admin, AdminAction, AdminReply, WorkspaceError};
use crate::workspace::settings::{self, providers};
use crate::workspace::store::SiteRow;

/// A site's first generation; raising it revokes the site's key.
const FIRST_GENERATION: u16 = 1;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Does what an operator asks for, once the API key fits, has the scope for it and is not
    /// used too often. What was asked for, and how it ended, is recorded.
    pub fn admin(&self, command: Admin) -> Result<AdminReply, Fault> {
        self.wake()?;
        let key = self.log_in(&command.secret, command.action.scope())?;
        self.admin_recorded(&key, command.action)
    }

    /// Does what an operator asks for.
    pub(super) fn carry_out(
        &self,
        key: &KeyEntry,
        action: AdminAction,
    ) -> Result<AdminReply, Fault> {
        match action {
            AdminAction::CreateSite(settings) => self.create_site(*settings),
            AdminAction::ChangeSite(number, settings) => self.change_site(number, *settings),
            AdminAction::DeleteSite(number) => {
                // Its conversations are over: the sweep tells them.
                self.store().check_site(number)?;
                found(self.store().delete_site(number)?, WorkspaceError::SiteUnknown)
            }
            AdminAction::ListSites => {
                let rows = self.store().sites()?;
                let sites = rows.iter().map(|row| self.entry(row)).collect::<Result<_, _>>()?;
                Ok(AdminReply::Sites(SiteList { sites }))
            }
            AdminAction::PutDocument { site, name, media_type, text, confidential } => {
                let (name, media_type, text) = (&name, &media_type, &text);
                self.put_document(&Put { site, name, media_type, text, confidential })
            }
            AdminAction::DeleteDocument { site, name } => {
                self.known_site(site)?;
                let gone = self.store().delete_document(site, &name)?;
                found(gone, WorkspaceError::DocumentUnknown)
            }
            AdminAction::ListDocuments(site) => self.list_documents(site),
            AdminAction::ListConversations { after, site, flag } => {
                self.list_conversations(after.as_deref(), site, flag)
            }
            AdminAction::ReadCounts { site, from, to } => {
                self.read_counts(site, from.as_deref(), to.as_deref())
            }
            AdminAction::ReplaceSiteKey(number) => self.replace_site_key(number),
            AdminAction::CreateKey(new) => self.create_key(key, new),
            AdminAction::ReadHealth => Ok(AdminReply::Health(self.provider_health()?)),
            AdminAction::ListKeys => self.list_keys(),
            AdminAction::DeleteKey(id) => {
                found(self.store().delete_api_key(&id)?, WorkspaceError::KeyUnknown)
            }
            AdminAction::ExportAudit(from) => {
                let from = from.map_or(Ok(0), |from| {
                    from.parse().map_err(|_| invalid("from", "must be the number of an entry"))
                })?;
                Ok(AdminReply::Audit(self.audit().export(self.keyring, from)?))
            }
            AdminAction::ReadCheckpoint => {
                Ok(AdminReply::Checkpoint(self.audit().checkpoint(self.keyring)?))
            }
        }
    }

    fn create_site(&self, settings: SiteSettings) -> Result<AdminReply, Fault> {
        settings::check(&settings, self.development)?;
        providers::check(&settings, self.platform, self.development)?;
        let full = self.store().count_sites()? >= count(limits::SITES_PER_WORKSPACE);
        if full {
            return Err(limit("a workspace has at most 1000 sites").into());
        }
        let number = u16::try_from(self.store().take_site_number()?)
            .map_err(|_| limit("all 65535 site numbers of the workspace were used"))?;
        self.write_site(number, FIRST_GENERATION, settings)
    }

    fn change_site(&self, number: u16, settings: SiteSettings) -> Result<AdminReply, Fault> {
        let row = self.known_site(number)?;
        settings::check(&settings, self.development)?;
        providers::check(&settings, self.platform, self.development)?;
        let before = settings::lifetimes(&read_settings(&row)?);
        if before.shortened_to(settings::lifetimes(&settings)) != before {
            // Conversations that exist follow: the sweep tells them.
            self.store().check_site(number)?;
        }
        self.write_site(number, row.generation, settings)
    }

    /// Raises the site's generation, by which every key of an earlier one is refused.
    fn replace_site_key(&self, number: u16) -> Result<AdminReply, Fault> {
        let row = self.known_site(number)?;
        let generation = row
            .generation
            .checked_add(1)
            .ok_or_else(|| limit("a site has at most 65535 public keys, one after the other"))?;
        let row = SiteRow { generation, ..row };
        self.store().put_site(&row, self.clock.now_ms())?;
        Ok(AdminReply::Site(Box::new(self.entry(&row)?)))
    }

    fn write_site(
        &self,
        number: u16,
        generation: u16,
        mut settings: SiteSettings,
    ) -> Result<AdminReply, Fault> {
        let keys = self.seal_provider_keys(number, &mut settings)?;
        // Settings are texts and numbers, which always serialise.
        let json = serde_json::to_string(&settings)
            .map_err(|_| Fault::Broken("settings could not be written"))?;
        let row = SiteRow { number, generation, settings: json };
        self.store().put_site(&row, self.clock.now_ms())?;
        self.store().put_provider_keys(number, &keys)?;
        Ok(AdminReply::Site(Box::new(self.entry(&row)?)))
    }

    /// A site as the operator sees it.
    fn entry(&self, row: &SiteRow) -> Result<SiteEntry, Fault> {
        let mut settings = read_settings(row)?;
        let keys = self.store().provider_keys(row.number)?;
        for (place, provider) in providers::list_mut(&mut settings).enumerate() {
            let key = keys.iter().find(|key| key.place == place);
            if let (Some(remote), Some(key)) = (provider.remote_mut(), key) {
                remote.key_ends = Some(key.ends.clone());
            }
        }
        Ok(SiteEntry { number: row.number, key: self.site_key(row)?, settings })
    }
}

fn found(found: bool, otherwise: WorkspaceError) -> Result<AdminReply, Fault> {
    if found { Ok(AdminReply::Done) } else { Err(otherwise.into()) }
}
