//! What a workspace decides. Every command is one method; nothing here knows a runtime.

use sotto_shared::consent::ChoiceError;
use sotto_shared::id::{IdError, SiteKey, WorkspaceId};
use sotto_shared::limits;
use sotto_shared::wire::admin::{
    ConversationList, DocumentEntry, DocumentList, OpenAi, Provider, SiteEntry, SiteList,
    SiteSettings,
};
use sotto_shared::wire::session::Holder;
use sotto_shared::wire::site::{Contact, Site};

use super::budget::{Budget, BudgetError, Kind};
use super::command::{
    Admin, AdminAction, AdminReply, Admit, Create, CreatedWorkspace, Forget, PublicSettings,
    PublicSite, SiteRef, Turn, TurnContext, TurnProvider, WorkspaceError,
};
use super::documents::{self, Format};
use super::store::{SiteRow, Store, StoredKey};
use super::{notice, schema, search, settings};
use crate::auth::keyring::Keyring;
use crate::auth::mac;
use crate::auth::seal::{SealError, SealKey};
use crate::auth::site_key::{self, OpenedSiteKey};
use crate::auth::tokens::ApiKey;
use crate::clock::Clock;
use crate::random::{Random, RandomError};
use crate::session::command::SessionTerms;
use crate::sql::{Sql, SqlError};

/// Conversations on one page of the list.
const PAGE: u32 = 100;

/// A site's first generation; raising it revokes the site's key.
const FIRST_GENERATION: u16 = 1;

/// Ties the workspace's own key to what it is, among the things that the root seals.
const KEY_PLACE: &[u8] = b"sotto workspace key 1";

/// A workspace over its storage.
#[derive(Debug)]
pub struct Workspace<'a, S, C, R> {
    /// Its id.
    pub id: WorkspaceId,
    /// Its storage.
    pub sql: &'a S,
    /// Tells the time.
    pub clock: &'a C,
    /// Makes keys and nonces.
    pub random: &'a R,
    /// The platform's keys.
    pub keyring: &'a Keyring,
    /// Where conversations are stored, in a visitor's words.
    pub place: &'static str,
    /// Whether the looser rules of development hold.
    pub development: bool,
}

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The caller gets to know.
    #[error(transparent)]
    Refused(#[from] WorkspaceError),
    /// Storage failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// Something sealed does not open, or nothing can be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// What is stored or computed is not what it has to be.
    #[error("{0}")]
    Broken(&'static str),
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Makes the workspace and its first API key. The object's id is new and random, so there is
    /// nothing here yet; should there be, it stays as it is.
    ///
    /// # Errors
    /// [`Fault`], as every method here.
    pub fn create(&self, command: &Create) -> Result<CreatedWorkspace, Fault> {
        settings::name("name", &command.name)?;
        if schema::exists(self.sql)? {
            return Err(Fault::Broken("the workspace is there already"));
        }
        let key = SealKey::generate(self.random)?;
        let wrapped = self.keyring.seal(self.random, &self.key_place(), key.as_bytes())?;
        let api_key = ApiKey { workspace: self.id, secret: self.random.bytes()? };
        schema::migrate(self.sql)?;
        let now = self.clock.now_ms();
        self.store().create(&command.name, &wrapped, now)?;
        self.store().add_api_key(&mac::sha256(&api_key.secret), now)?;
        Ok(CreatedWorkspace { api_key: api_key.to_text() })
    }

    /// Reads a site's public settings.
    pub fn public_site(&self, command: &PublicSite) -> Result<PublicSettings, Fault> {
        self.wake()?;
        let (row, settings) = self.site(command.site)?;
        let (lang, texts) = settings::texts_for(&settings, command.lang.as_deref());
        let label = texts.and_then(|texts| texts.contact_label.clone());
        let contact = settings.contact.as_ref().map(|contact| Contact {
            label: label.unwrap_or_else(|| contact.label.clone()),
            url: contact.url.clone(),
        });
        let site = Site {
            site: self.site_key(&row)?,
            name: settings.name.clone(),
            lang: lang.to_owned(),
            accent: settings.accent.clone(),
            greeting: texts.and_then(|texts| texts.greeting.clone()),
            starters: texts.map(|texts| texts.starters.clone()).unwrap_or_default(),
            contact,
            notice: notice::notice(&settings, self.place)?,
            purposes: settings.purposes,
            message_chars: u32::try_from(limits::MESSAGE_CHARS).unwrap_or(u32::MAX),
            exempt: settings::own_values(&settings),
        };
        Ok(PublicSettings { site, origins: settings.origins })
    }

    /// Admits a visitor, in this order:
    ///
    /// 1. the site and its key's generation ([`WorkspaceError::SiteUnknown`]);
    /// 2. the page's origin ([`WorkspaceError::OriginNotAllowed`]);
    /// 3. the visitor's choice against the notice in force ([`WorkspaceError::ConsentRequired`],
    ///    [`WorkspaceError::NoticeChanged`]);
    /// 4. the day's budget ([`WorkspaceError::BudgetSpent`]);
    /// 5. the list of conversations, so that the workspace knows of it before it exists.
    pub fn admit(&self, command: &Admit) -> Result<SessionTerms, Fault> {
        self.wake()?;
        // 1
        let (row, settings) = self.site(command.site)?;
        // 2
        if !settings.origins.contains(&command.origin) {
            return Err(WorkspaceError::OriginNotAllowed.into());
        }
        // 3
        let notice = notice::notice(&settings, self.place)?;
        let purposes = command.choice.check(&notice.version, settings.purposes).map_err(
            |error| match error {
                ChoiceError::NotGiven => WorkspaceError::ConsentRequired,
                ChoiceError::OtherNotice => {
                    WorkspaceError::NoticeChanged { notice: notice.version.as_str().to_owned() }
                }
                ChoiceError::NotOffered => {
                    invalid("consent.purposes", "must be purposes that the site offers")
                }
            },
        )?;
        // 4
        self.budget(row.number).take_for(
            Kind::Sessions,
            &command.network,
            settings.budget.sessions_per_network,
        )?;
        // 5
        self.store().add_conversation(&command.conversation, row.number, self.clock.now_ms())?;
        let keeps = purposes.remember || purposes.improve;
        Ok(SessionTerms {
            workspace: self.id,
            site: row.number,
            generation: row.generation,
            origin: command.origin.clone(),
            lang: command.lang.clone(),
            client: command.client,
            notice: notice.version,
            purposes,
            recipients: notice
                .recipients
                .into_iter()
                .map(|one| Holder { name: one.name, retention_days: one.retention_days })
                .collect(),
            life_seconds: if keeps { settings.retention_seconds } else { settings.idle_seconds },
            messages_per_minute: settings.budget.messages_per_minute,
        })
    }

    /// Gives a session what its next reply needs. A network that has used up its messages is
    /// refused; a site that has used up its paid messages answers with `local`.
    pub fn turn(&self, command: &Turn) -> Result<TurnContext, Fault> {
        self.wake()?;
        let (row, settings) = self.site(command.site)?;
        let budget = self.budget(row.number);
        budget.take_for(Kind::Messages, &command.network, settings.budget.messages_per_network)?;
        let provider = match &settings.provider {
            Provider::Local {} => TurnProvider::Local,
            Provider::OpenAi(provider) => {
                match budget.take_whole(Kind::Paid, settings.budget.messages) {
                    Ok(()) => TurnProvider::OpenAi {
                        base_url: provider.base_url.clone(),
                        model: provider.model.clone(),
                        key: self.open_provider_key(&row, provider)?,
                    },
                    Err(BudgetError::Spent { .. }) => TurnProvider::Local,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let (_, texts) = settings::texts_for(&settings, Some(&command.lang));
        let label = texts.and_then(|texts| texts.contact_label.clone());
        let contact = settings
            .contact
            .clone()
            .map(|contact| Contact { label: label.unwrap_or(contact.label), url: contact.url });
        Ok(TurnContext {
            passages: search::search(&self.store(), row.number, command.question.as_str())?,
            provider,
            contact,
            exempt: settings::own_values(&settings),
            site_name: settings.name,
            system_prompt: settings.system_prompt,
            controller: settings.controller.name,
        })
    }

    /// Takes an erased conversation off the list. It can be told again and again.
    pub fn forget(&self, command: &Forget) -> Result<(), Fault> {
        self.wake()?;
        Ok(self.store().forget_conversation(&command.conversation)?)
    }

    /// Does what an operator asks for, once the API key fits.
    pub fn admin(&self, command: Admin) -> Result<AdminReply, Fault> {
        self.wake()?;
        let hash = mac::sha256(&command.secret);
        // Every stored hash is compared, so that the time does not tell which one was close.
        let fits = self
            .store()
            .api_keys()?
            .iter()
            .fold(false, |fits, stored| fits | mac::equal(stored, &hash));
        if !fits {
            return Err(WorkspaceError::KeyInvalid.into());
        }
        match command.action {
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
        self.write_site(number, row.generation, row.key, settings)
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

    fn open_provider_key(&self, row: &SiteRow, provider: &OpenAi) -> Result<String, Fault> {
        let stored = row.key.as_ref().ok_or(Fault::Broken("the provider's key is missing"))?;
        let host = settings::provider_host(&provider.base_url).unwrap_or_default();
        let opened = self.key()?.open(&self.provider_place(row.number, &host), &stored.sealed)?;
        String::from_utf8(opened.to_vec())
            .map_err(|_| Fault::Broken("the provider's key is no text"))
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
        self.store().put_document(site, &entry, &document.passages)?;
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
        let conversations = rows.into_iter().map(|(_, entry)| entry).collect();
        Ok(AdminReply::Conversations(ConversationList { conversations, next }))
    }

    /// A site as the operator sees it.
    fn entry(&self, row: &SiteRow) -> Result<SiteEntry, Fault> {
        let mut settings = read_settings(row)?;
        if let (Provider::OpenAi(provider), Some(key)) = (&mut settings.provider, &row.key) {
            provider.key_ends = Some(key.ends.clone());
        }
        Ok(SiteEntry { number: row.number, key: self.site_key(row)?, settings })
    }

    fn site_key(&self, row: &SiteRow) -> Result<SiteKey, Fault> {
        let site = SiteRef { number: row.number, generation: row.generation };
        site_key::issue(self.keyring, &OpenedSiteKey { workspace: self.id, site })
            .ok_or(Fault::Broken("a site key could not be made"))
    }

    /// A site as its key says: a key of another generation names no site.
    fn site(&self, site: SiteRef) -> Result<(SiteRow, SiteSettings), Fault> {
        let row = self.known_site(site.number)?;
        if row.generation != site.generation {
            return Err(WorkspaceError::SiteUnknown.into());
        }
        let settings = read_settings(&row)?;
        Ok((row, settings))
    }

    fn known_site(&self, number: u16) -> Result<SiteRow, Fault> {
        Ok(self.store().site(number)?.ok_or(WorkspaceError::SiteUnknown)?)
    }

    /// The workspace's own key, opened with the root.
    fn key(&self) -> Result<SealKey, Fault> {
        let opened = self.keyring.open(&self.key_place(), &self.store().wrapped_key()?)?;
        let bytes = opened.as_slice().try_into().map_err(|_| SealError::NotOpened)?;
        Ok(SealKey::from_bytes(bytes))
    }

    fn key_place(&self) -> Vec<u8> {
        [KEY_PLACE, self.id.as_bytes()].concat()
    }

    /// Binds a provider's key to workspace, site and host. Only the host varies in length, and it
    /// stands last.
    fn provider_place(&self, site: u16, host: &str) -> Vec<u8> {
        [b"sotto provider key 1", &self.id.as_bytes()[..], &site.to_be_bytes(), host.as_bytes()]
            .concat()
    }

    /// Refuses if the workspace was never created, and brings one made before a deployment up to
    /// date.
    fn wake(&self) -> Result<(), Fault> {
        if !schema::exists(self.sql)? {
            return Err(WorkspaceError::Unknown.into());
        }
        Ok(schema::migrate(self.sql)?)
    }

    fn store(&self) -> Store<'_, S> {
        Store(self.sql)
    }

    fn budget(&self, site: u16) -> Budget<'_, S, C, R> {
        Budget { store: self.store(), clock: self.clock, random: self.random, site }
    }
}

impl From<BudgetError> for Fault {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Spent { retry_after } => {
                WorkspaceError::BudgetSpent { retry_after }.into()
            }
            BudgetError::Sql(error) => error.into(),
            BudgetError::Random(error) => error.into(),
        }
    }
}

impl From<IdError> for Fault {
    fn from(_: IdError) -> Self {
        Self::Broken("a notice's version has another form")
    }
}

fn read_settings(row: &SiteRow) -> Result<SiteSettings, Fault> {
    serde_json::from_str(&row.settings).map_err(|_| Fault::Broken("stored settings cannot be read"))
}

fn found(found: bool, otherwise: WorkspaceError) -> Result<AdminReply, Fault> {
    if found { Ok(AdminReply::Done) } else { Err(otherwise.into()) }
}

fn invalid(field: &str, rule: &str) -> WorkspaceError {
    WorkspaceError::InvalidValue { field: field.to_owned(), rule: rule.to_owned() }
}

fn limit(what: &str) -> WorkspaceError {
    WorkspaceError::LimitReached { what: what.to_owned() }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
