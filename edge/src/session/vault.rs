//! The vault: what is said in a conversation is sealed under a key of that conversation alone.
//! Whence the key comes is in `session::core`.

use core::cell::Cell;

use sotto_shared::consent::record::Held;
use sotto_shared::id::ConversationId;

use crate::auth::seal::{SealError, SealKey, Sealer};
use crate::random::Random;

/// What the associated data of everything in a vault begins with.
const PURPOSE: &[u8] = b"sotto vault 1";

/// A conversation's opened key. It lives in memory alone, is not printed, and is overwritten when
/// it is dropped.
pub struct VaultKey {
    conversation: ConversationId,
    sealer: Sealer,
    held: Cell<Option<Held>>,
}

impl VaultKey {
    /// The key of a conversation, made ready once for all that it seals.
    #[must_use]
    pub fn new(conversation: ConversationId, plain: &[u8; 32]) -> Self {
        let sealer = SealKey::from_bytes(*plain).sealer();
        Self { conversation, sealer, held: Cell::new(None) }
    }

    /// What the record of consent says, if it was opened with this key and nothing was added since.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.held.get()
    }

    /// Keeps that for as long as the key is in memory; nothing once an act is added.
    pub fn keep_held(&self, held: Option<Held>) {
        self.held.set(held);
    }
}

/// Where a sealed value stands. It opens nowhere else: not in another row, not in another column,
/// not in another conversation.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a str,
}

impl Place<'_> {
    /// Neither table nor column has a zero byte, and the row's id stands last, so that two places
    /// never read the same.
    fn associated(&self, conversation: &ConversationId) -> Vec<u8> {
        let (table, column, row) = (self.table.as_bytes(), self.column.as_bytes(), self.row);
        [PURPOSE, conversation.as_bytes(), table, &[0], column, &[0], row.as_bytes()].concat()
    }
}

/// Seals and opens what a conversation stores.
#[derive(Debug)]
pub struct Vault<'a, R> {
    key: &'a VaultKey,
    random: &'a R,
}

impl<'a, R: Random> Vault<'a, R> {
    /// A vault behind its key.
    #[must_use]
    pub const fn new(key: &'a VaultKey, random: &'a R) -> Self {
        Self { key, random }
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError::NoRandom`]
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let associated = place.associated(&self.key.conversation);
        self.key.sealer.seal(self.random, &associated, plain)
    }

    /// Opens a text that was sealed for the same place.
    ///
    /// # Errors
    /// [`SealError::NotOpened`]
    pub fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<String, SealError> {
        let associated = place.associated(&self.key.conversation);
        let opened = self.key.sealer.open(&associated, sealed)?;
        String::from_utf8(opened.to_vec()).map_err(|_| SealError::NotOpened)
    }
}

impl core::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("VaultKey { redacted }")
    }
}

impl core::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}
