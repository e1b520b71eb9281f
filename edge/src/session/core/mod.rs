//! What a conversation decides: plain Rust over storage, clock, randomness and keys, the same in
//! the object and in native tests.

mod mint;
mod refresh;

mod network;
mod reseal;

mod turn;

mod read;

mod canary;
mod consent;
mod copy;
mod rights;

mod alarm;
mod erase;

mod life;
mod operator;
mod reporting;
mod signing;
mod telling;

mod vault;

mod rates;

#[cfg(test)]
pub(crate) mod tests;

pub use consent::{Next, TakenBack};
pub use erase::Erasure;
pub use operator::Operated;
pub use rates::Counted;
pub use reporting::Noted;
pub use rights::Exercised;
pub use turn::{Accepted, Begun, Exchange, NetworkTurn};
pub use vault::LockedKey;

use std::rc::Rc;

use crate::auth::keyring::Keyring;
use crate::auth::seal::SealError;
use crate::clock::Clock;
use crate::http::request_id::ulid;
use crate::log::{Loggable, Told};
use crate::random::{Random, RandomError};
use crate::session::command::SessionError;
use crate::session::record::{Cause, Session, Tombstone};
use crate::session::schema;
use crate::session::store::{Store, StoreError};
use crate::session::vault::VaultKey;
use crate::sql::{Sql, SqlError};

/// Why a command was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CoreError {
    /// The conversation refuses; the caller is told.
    #[error(transparent)]
    Refused(#[from] SessionError),
    /// The storage failed; the log is told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There were no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The conversation's key could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The record of consent cannot be read; the log is told, and the caller that it is so.
    #[error("the record of consent cannot be read: {0}")]
    Consent(StoreError),
    /// What is sealed was to be read or written before the key was opened.
    #[error("the conversation's key is not open")]
    Locked,
}

impl Loggable for CoreError {
    fn told(&self) -> Told {
        match self {
            Self::Refused(_) => Told::new("the conversation refuses"),
            Self::Store(error) => error.told(),
            Self::Random(error) => error.told(),
            Self::Seal(error) => error.told(),
            Self::Consent(error) => {
                Told::new("the record of consent cannot be read").because(&error.told())
            }
            Self::Locked => Told::new("the conversation's key is not open"),
        }
    }
}

impl From<SqlError> for CoreError {
    fn from(error: SqlError) -> Self {
        Self::Store(error.into())
    }
}

/// The conversation of one object.
#[derive(Debug)]
pub struct Core<'a, S, C, R> {
    /// The object's storage.
    pub sql: &'a S,
    /// What time it is.
    pub clock: &'a C,
    /// Where random bytes come from.
    pub random: &'a R,
    /// The platform's keys.
    pub keyring: &'a Keyring,
    /// The conversation's key, once it is opened.
    pub vault_key: Option<Rc<VaultKey>>,
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The statements, over this object's storage.
    #[must_use]
    pub fn store(&self) -> Store<'_, S> {
        Store(self.sql)
    }

    /// The conversation, if it lives: every command but minting, refreshing and erasing begins here,
    /// those of a visitor by way of [`open_for`](Self::open_for).
    fn open(&self) -> Result<Session, CoreError> {
        let session = self.alive()?;
        if session.family.revoked {
            return Err(SessionError::TokenRevoked.into());
        }
        Ok(session)
    }

    /// The conversation, if it was minted and not erased.
    fn minted(&self) -> Result<Session, CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.tombstone
            && let Some(tombstone) = self.store().tombstone()?
        {
            return Err(gone(&tombstone).into());
        }
        if !tables.session {
            return Err(SessionError::Unknown.into());
        }
        Ok(self.store().session()?.ok_or(SessionError::Unknown)?)
    }

    fn ulid(&self) -> Result<String, RandomError> {
        ulid(self.clock, self.random).map(|ulid| ulid.to_string())
    }
}

/// What an erased conversation answers.
fn gone(tombstone: &Tombstone) -> SessionError {
    let receipt = tombstone.receipt.id.clone();
    match tombstone.cause {
        Cause::Token => SessionError::Erased { receipt },
        Cause::Lifetime => SessionError::Ended { receipt },
        Cause::Operator => SessionError::ErasedByOperator { receipt },
    }
}

/// When the conversation ends if nothing more is said, Unix milliseconds.
fn ends_at(session: &Session) -> u64 {
    let after = |at: u64, seconds: u64| at.saturating_add(seconds.saturating_mul(1_000));
    let terms = &session.terms;
    let usual =
        after(session.last_at.max(terms.idle_from), terms.lifetimes.life_seconds(terms.purposes))
            .min(after(session.created_at, terms.lifetimes.absolute_seconds));
    rights::extended(session, usual)
}
