//! What an operator asks for with an API key.

use sotto_shared::limits;
use sotto_shared::wire::admin::{KeyEntry, OpenAi, Provider, SiteEntry, SiteList, SiteSettings};

use super::documents::Put;
use super::{Fault, Workspace, count, invalid, limit, read_settings};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::command::{Admin, AdminAction, AdminReply, WorkspaceError};
use crate::workspace::settings;
use crate::workspace::store::{SiteRow, StoredKey};

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
                Ok(AdminReply::Audit(self.audit().checkpoint(self.keyring)?))
            }
        }
    }

    fn create_site(&self, settings: SiteSettings) -> Result<AdminReply, Fault> {
        settings::check(&settings, self.development)?;
        let full = self.store().count_sites()? >= count(limits::SITES_PER_WORKSPACE);
        if full {
            return Err(limit("a workspace has at most 1000 sites").into());
        }
        let number = u16::try_from(self.store().take_site_number()?)
            .map_err(|_| limit("all 65535 site numbers of the workspace were used"))?;
        self.write_site(number, FIRST_GENERATION, None, settings)
    }

    fn change_site(&self, number: u16, settings: SiteSettings) -> Result<AdminReply, Fault> {
        let row = self.known_site(number)?;
        settings::check(&settings, self.development)?;
        let before = settings::lifetimes(&read_settings(&row)?);
        if before.shortened_to(settings::lifetimes(&settings)) != before {
            // Conversations that exist follow: the sweep tells them.
            self.store().check_site(number)?;
        }
        self.write_site(number, row.generation, row.key, settings)
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
        stored: Option<StoredKey>,
        mut settings: SiteSettings,
    ) -> Result<AdminReply, Fault> {
        let key = match &mut settings.provider {
            Provider::Local {} => None,
            Provider::OpenAi(provider) => {
                let key = self.provider_key(number, stored, provider)?;
                // What is stored with the settings never holds the key itself.
                provider.key = None;
                provider.key_ends = None;
                Some(key)
            }
        };
        // Settings are texts and numbers, which always serialise.
        let json = serde_json::to_string(&settings)
            .map_err(|_| Fault::Broken("settings could not be written"))?;
        let row = SiteRow { number, generation, settings: json, key };
        self.store().put_site(&row, self.clock.now_ms())?;
        Ok(AdminReply::Site(Box::new(self.entry(&row)?)))
    }

    /// The key to store: the one that was sent, sealed for its host, or the stored one, which
    /// holds only as long as the host stays the same.
    fn provider_key(
        &self,
        site: u16,
        stored: Option<StoredKey>,
        provider: &OpenAi,
    ) -> Result<StoredKey, Fault> {
        let host = settings::provider_host(&provider.base_url)
            .ok_or_else(|| invalid("provider.base_url", "must have a host"))?;
        let Some(key) = &provider.key else {
            return stored.filter(|stored| stored.host == host).ok_or_else(|| {
                invalid("provider.key", "must be sent with a new provider or another host").into()
            });
        };
        let place = self.provider_place(site, &host);
        let sealed = self.key()?.seal(self.random, &place, key.as_bytes())?;
        let shown = key.len().saturating_sub(4).max(key.len().div_ceil(2));
        let ends = key.get(shown..).unwrap_or_default().to_owned();
        Ok(StoredKey { sealed, host, ends })
    }

    /// A site as the operator sees it.
    fn entry(&self, row: &SiteRow) -> Result<SiteEntry, Fault> {
        let mut settings = read_settings(row)?;
        if let (Provider::OpenAi(provider), Some(key)) = (&mut settings.provider, &row.key) {
            provider.key_ends = Some(key.ends.clone());
        }
        Ok(SiteEntry { number: row.number, key: self.site_key(row)?, settings })
    }
}

fn found(found: bool, otherwise: WorkspaceError) -> Result<AdminReply, Fault> {
    if found { Ok(AdminReply::Done) } else { Err(otherwise.into()) }
}
