//! What a workspace decides. Every command is one method; nothing here knows a runtime.

mod answer;
mod visitor;

mod allowance;

mod conversation_key;
mod documents;
mod keys;
mod operator;
mod workspace_key;

mod conversations;
mod counts;

mod providers;

mod recorded;

mod sweep;

pub use conversations::Asked;
pub use sweep::Check;

use sotto_shared::id::{IdError, SiteKey, WorkspaceId};
use sotto_shared::wire::admin::{KeyCreated, SiteSettings};

use super::audit::{Action, Actor, AuditError, Event, Log, Object, Outcome};
use super::budget::{Budget, BudgetError};
use super::command::{Create, SiteRef, WorkspaceError};
use super::rates::{RateError, Rates};
use super::store::{SiteRow, Store};
use super::{schema, settings};
use crate::auth::keyring::Keyring;
use crate::auth::seal::SealError;
use crate::auth::site_key::{self, OpenedSiteKey};
use crate::clock::Clock;
use crate::config::Jurisdiction;
use crate::log::{Loggable, Told};
use crate::provider::platform::PlatformProviders;
use crate::random::{Random, RandomError};
use crate::sql::{Sql, SqlError};

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
    /// Where conversations are stored.
    pub jurisdiction: Jurisdiction,
    /// Whether the looser rules of development hold.
    pub development: bool,
    /// What the platform allows and pays for in providers.
    pub platform: &'a PlatformProviders,
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

impl Loggable for Fault {
    fn told(&self) -> Told {
        match self {
            Self::Refused(_) => Told::new("the workspace refuses"),
            Self::Sql(error) => error.told(),
            Self::Seal(error) => error.told(),
            Self::Random(error) => error.told(),
            Self::Broken(what) => Told::new(what),
        }
    }
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Makes the workspace and its first API key. The object's id is new and random, so there is
    /// nothing here yet; should there be, it stays as it is.
    ///
    /// # Errors
    /// [`Fault`], as every method here.
    pub fn create(&self, command: &Create) -> Result<KeyCreated, Fault> {
        settings::name("name", &command.name)?;
        if schema::exists(self.sql)? {
            return Err(Fault::Broken("the workspace is there already"));
        }
        let wrapped = self.new_key()?;
        schema::migrate(self.sql)?;
        self.store().create(&command.name, &wrapped, self.clock.now_ms())?;
        let object = Object::Workspace(self.id);
        self.record(Actor::Platform, Action::WorkspaceCreated, object, Outcome::Done)?;
        self.make_owner_key()
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

    /// Appends to the audit log.
    fn record(
        &self,
        actor: Actor,
        action: Action,
        object: Object,
        outcome: Outcome,
    ) -> Result<(), Fault> {
        Ok(self.audit().append(&Event { actor, action, object, reason: None, outcome })?)
    }

    fn audit(&self) -> Log<'_, S, C, R> {
        Log { workspace: self.id, store: self.store(), clock: self.clock, random: self.random }
    }

    fn budget(&self) -> Result<Budget<'_, S>, BudgetError> {
        Budget::today(self.store(), self.clock, self.random)
    }

    fn rates(&self) -> Rates<'_, S> {
        Rates::now(self.store(), self.clock)
    }
}

impl From<RateError> for Fault {
    fn from(error: RateError) -> Self {
        match error {
            RateError::Full { retry_after } => WorkspaceError::RateLimited { retry_after }.into(),
            RateError::Sql(error) => error.into(),
        }
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

impl From<AuditError> for Fault {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::NoSuchEntry => {
                invalid("from", "must be the number of an entry of the log").into()
            }
            AuditError::Sql(error) => error.into(),
            AuditError::Random(error) => error.into(),
            AuditError::Broken(what) => Self::Broken(what),
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
