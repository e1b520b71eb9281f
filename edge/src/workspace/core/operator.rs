//! What an operator asks for with an API key.

use sotto_shared::limits;
use sotto_shared::wire::admin::{
    ConversationList, DocumentEntry, DocumentList, KeyEntry, SiteEntry, SiteList, SiteSettings,
};

use super::{Fault, Workspace, invalid, read_settings};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Event, Object, Outcome};
use crate::workspace::command::{Admin, AdminAction, AdminReply, WorkspaceError};
use crate::workspace::documents::{self, Format};
use crate::workspace::settings::{self, providers};
use crate::workspace::store::SiteRow;

/// Conversations on one page of the list.
const PAGE: u32 = 100;

/// A site's first generation; raising it revokes the site's key.
const FIRST_GENERATION: u16 = 1;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Does what an operator asks for, once the API key fits and has the scope for it. What was
    /// asked for, and how it ended, is recorded.
    pub fn admin(&self, command: Admin) -> Result<AdminReply, Fault> {
        self.wake()?;
        match self.authorise(&command.secret, command.action.scope()) {
            Ok(key) => self.admin_recorded(&key, command.action),
            Err(fault) => {
                self.audit().append_rarely(&Event {
                    actor: Actor::Unknown,
                    action: Action::LoginRefused,
                    object: Object::Workspace(self.id),
                    outcome: Outcome::Refused,
                })?;
                Err(fault)
            }
        }
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
                found(self.store().delete_site(number)?, WorkspaceError::SiteUnknown)
            }
            AdminAction::ListSites => {
                let rows = self.store().sites()?;
                let sites = rows.iter().map(|row| self.entry(row)).collect::<Result<_, _>>()?;
                Ok(AdminReply::Sites(SiteList { sites }))
            }
            AdminAction::PutDocument { site, name, media_type, text } => {
                self.put_document(site, &name, &media_type, &text)
            }
            AdminAction::DeleteDocument { site, name } => {
                self.known_site(site)?;
                let gone = self.store().delete_document(site, &name)?;
                found(gone, WorkspaceError::DocumentUnknown)
            }
            AdminAction::ListDocuments(site) => {
                self.known_site(site)?;
                let documents = self.store().documents(site)?;
                Ok(AdminReply::Documents(DocumentList { documents }))
            }
            AdminAction::ListConversations(after) => self.list_conversations(after.as_deref()),
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
                Ok(AdminReply::Audit(self.audit().checkpoint(self.keyring)?))
            }
        }
    }

    fn create_site(&self, settings: SiteSettings) -> Result<AdminReply, Fault> {
        settings::check(&settings, self.development)?;
        providers::check(&settings, self.access, self.development)?;
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
        providers::check(&settings, self.access, self.development)?;
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

    fn put_document(
        &self,
        site: u16,
        name: &str,
        media_type: &str,
        text: &str,
    ) -> Result<AdminReply, Fault> {
        self.known_site(site)?;
        if !documents::is_name(name) {
            let rule = "must be 1 to 120 letters, digits, dots, dashes and underscores";
            return Err(invalid("name", rule).into());
        }
        let format = Format::parse(media_type)
            .ok_or_else(|| invalid("media_type", "must be text/markdown or text/plain"))?;
        if text.len() > limits::DOCUMENT_BYTES {
            return Err(invalid("document", "must have at most 1048576 bytes").into());
        }
        let others = self.store().count_documents_but(site, name)?;
        if others >= count(limits::DOCUMENTS_PER_SITE) {
            return Err(limit("a site has at most 500 documents").into());
        }
        let document = documents::split(name, format, text);
        let entry = DocumentEntry {
            name: name.to_owned(),
            title: document.title,
            media_type: media_type.to_owned(),
            bytes: count(text.len()),
            passages: count(document.passages.len()),
            updated_at: self.clock.now_ms(),
        };
        self.store().put_document(site, &entry, &document.passages, &document.own_values)?;
        Ok(AdminReply::Document(entry))
    }

    fn list_conversations(&self, after: Option<&str>) -> Result<AdminReply, Fault> {
        let after = after.map_or(Ok(0), |cursor| {
            cursor.parse::<u64>().map_err(|_| invalid("after", "must be what `next` said"))
        })?;
        // One more than a page shows whether there is another page.
        let mut rows = self.store().conversations(after, PAGE + 1)?;
        let more = count(rows.len()) > u64::from(PAGE);
        rows.truncate(PAGE as usize);
        let next = rows.last().filter(|_| more).map(|(position, _)| position.to_string());
        let conversations = rows.iter().map(|(_, listed)| listed.entry()).collect();
        Ok(AdminReply::Conversations(ConversationList { conversations, next }))
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

fn limit(what: &str) -> WorkspaceError {
    WorkspaceError::LimitReached { what: what.to_owned() }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
