//! API keys: who may do what, until when.

use sotto_shared::limits;
use sotto_shared::wire::admin::{KeyCreated, KeyEntry, KeyList, NewKey, Scope};

use super::{Fault, Workspace, invalid};
use crate::auth::mac;
use crate::auth::tokens::ApiKey;
use crate::clock::Clock;
use crate::http::request_id::ulid;
use crate::random::Random;
use crate::session::command::OperatorAction;
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Event, Object, Outcome};
use crate::workspace::command::{AdminAction, AdminReply, IssueKey, WorkspaceError};
use crate::workspace::rates::Rate;
use crate::workspace::settings;

/// Characters of a key that are shown, so that its owner knows it again.
const SHOWN_CHARS: usize = 4;

/// Name of the keys that the platform's operator makes.
const OWNER: &str = "owner";

impl AdminAction {
    /// The scope that an API key needs for it.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::CreateSite(_)
            | Self::ChangeSite(..)
            | Self::DeleteSite(_)
            | Self::ListSites
            | Self::ReadHealth
            | Self::ReplaceSiteKey(_) => Scope::Sites,
            Self::PutDocument { .. } | Self::DeleteDocument { .. } | Self::ListDocuments(_) => {
                Scope::Documents
            }
            Self::ListConversations { .. } => Scope::ConversationsRead,
            Self::ReadCounts { .. } => Scope::Counts,
            Self::CreateKey(_) | Self::ListKeys | Self::DeleteKey(_) => Scope::Keys,
            Self::ExportAudit(_) | Self::ReadCheckpoint => Scope::Audit,
        }
    }
}

impl OperatorAction {
    /// The scope that an API key needs for it.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Read { .. } | Self::Export { .. } | Self::Consent => Scope::ConversationsRead,
            Self::Erase => Scope::ConversationsErase,
            Self::Hold(_) | Self::Answer(_) => Scope::ConversationsManage,
        }
    }
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// The API key with this secret, if it may do something now.
    ///
    /// # Errors
    /// [`WorkspaceError::KeyInvalid`], [`WorkspaceError::KeyExpired`],
    /// [`WorkspaceError::ScopeMissing`]
    fn authorise(&self, secret: &[u8], scope: Scope) -> Result<KeyEntry, Fault> {
        let hash = mac::sha256(secret);
        // Every stored hash is compared, so that the time does not tell which one was close.
        let key = self.store().api_keys()?.into_iter().fold(None, |found, (stored, entry)| {
            if mac::equal(&stored, &hash) { Some(entry) } else { found }
        });
        let key = key.ok_or(WorkspaceError::KeyInvalid)?;
        if key.expires_at <= self.clock.now_ms() {
            return Err(WorkspaceError::KeyExpired.into());
        }
        if !key.scopes.contains(&scope) {
            return Err(WorkspaceError::ScopeMissing { scope }.into());
        }
        Ok(key)
    }

    /// The same; who is refused is recorded, once in a while.
    ///
    /// # Errors
    /// As [`Self::authorise`]; [`WorkspaceError::RateLimited`] for a key that is used too often.
    pub(super) fn log_in(&self, secret: &[u8], scope: Scope) -> Result<KeyEntry, Fault> {
        let key = match self.authorise(secret, scope) {
            Ok(key) => key,
            Err(fault) => {
                self.audit().append_rarely(&Event {
                    actor: Actor::Unknown,
                    action: Action::LoginRefused,
                    object: Object::Workspace(self.id),
                    reason: None,
                    outcome: Outcome::Refused,
                })?;
                return Err(fault);
            }
        };
        // What comes too often is not done, so there is nothing to record.
        self.rates().take(Rate::Key(&key.id), limits::ADMIN_CALLS_PER_MINUTE)?;
        Ok(key)
    }

    /// Makes a key for everything, which lives as long as a key can. Only the platform's operator
    /// asks for one: when the workspace is made, and when all of its keys are lost or expired.
    pub fn issue_key(&self, _: &IssueKey) -> Result<KeyCreated, Fault> {
        self.wake()?;
        self.rates().take(Rate::Platform, limits::ADMIN_CALLS_PER_MINUTE)?;
        self.make_owner_key()
    }

    pub(super) fn make_owner_key(&self) -> Result<KeyCreated, Fault> {
        let made = self.make_key(NewKey {
            name: OWNER.to_owned(),
            scopes: Scope::ALL.to_vec(),
            life_seconds: limits::API_KEY_SECONDS_MAX,
        })?;
        let object = Object::ApiKey(made.entry.id.clone());
        self.record(Actor::Platform, Action::ApiKeyCreated, object, Outcome::Done)?;
        Ok(made)
    }

    /// Makes a key that may do no more than the one that asks for it.
    pub(super) fn create_key(&self, maker: &KeyEntry, new: NewKey) -> Result<AdminReply, Fault> {
        if let Some(scope) = new.scopes.iter().find(|scope| !maker.scopes.contains(scope)) {
            return Err(WorkspaceError::ScopeMissing { scope: *scope }.into());
        }
        Ok(AdminReply::KeyCreated(self.make_key(new)?))
    }

    pub(super) fn list_keys(&self) -> Result<AdminReply, Fault> {
        let keys = self.store().api_keys()?.into_iter().map(|(_, entry)| entry).collect();
        Ok(AdminReply::Keys(KeyList { keys }))
    }

    fn make_key(&self, new: NewKey) -> Result<KeyCreated, Fault> {
        settings::name("name", &new.name)?;
        let twice = |at: usize, scope| new.scopes.iter().take(at).any(|other| other == scope);
        let repeats = new.scopes.iter().enumerate().any(|(at, scope)| twice(at, scope));
        if new.scopes.is_empty() || repeats {
            return Err(invalid("scopes", "must be one or more scopes, each of them once").into());
        }
        let fits = limits::API_KEY_SECONDS_MIN..=limits::API_KEY_SECONDS_MAX;
        if !fits.contains(&new.life_seconds) {
            return Err(invalid("life_seconds", "must be 60 to 34560000 seconds").into());
        }
        self.make_room()?;
        let key = ApiKey { workspace: self.id, secret: self.random.bytes()? };
        let api_key = key.to_text();
        let shown = api_key.len().saturating_sub(SHOWN_CHARS);
        let now = self.clock.now_ms();
        let entry = KeyEntry {
            id: ulid(self.clock, self.random)?.to_string(),
            name: new.name,
            scopes: new.scopes,
            ends: api_key.get(shown..).unwrap_or_default().to_owned(),
            created_at: now,
            expires_at: now.saturating_add(new.life_seconds.saturating_mul(1_000)),
        };
        self.store().add_api_key(&mac::sha256(&key.secret), &entry)?;
        Ok(KeyCreated { entry, api_key })
    }
    /// Sees to it that there is room for one more key. The one that ended first makes room, so that
    /// keys which nobody removed lock no owner out.
    fn make_room(&self) -> Result<(), Fault> {
        let keys = self.store().api_keys()?;
        if keys.len() < limits::API_KEYS_PER_WORKSPACE {
            return Ok(());
        }
        let first = keys.iter().map(|(_, entry)| entry).min_by_key(|entry| entry.expires_at);
        match first.filter(|entry| entry.expires_at <= self.clock.now_ms()) {
            Some(ended) => {
                self.store().delete_api_key(&ended.id)?;
                let object = Object::ApiKey(ended.id.clone());
                self.record(Actor::System, Action::ApiKeyRemoved, object, Outcome::Done)
            }
            None => {
                let what = "a workspace has at most 100 API keys; remove one first".to_owned();
                Err(WorkspaceError::LimitReached { what }.into())
            }
        }
    }
}
