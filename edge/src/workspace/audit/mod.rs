//! The workspace's audit log: who did what, so that it can be shown later that nothing of it was
//! changed. The format is `sotto_shared::audit`; docs/audit.md describes it.
//!
//! An [`Event`] is appended in the same turn of the object as what it records, so that both are
//! stored or neither is. Entries hold ids of objects as salted commitments and no words of anyone.

mod event;

mod store;

use sotto_shared::audit::{
    Checkpoint, Class, Content, Digest, FORMAT, Head, Line, LogStart, Tree, beginning, origin,
};
use sotto_shared::id::WorkspaceId;
use sotto_shared::limits::{AUDIT_PAGE, AUDIT_QUIET_SECONDS};

pub use event::{Action, Actor, Event, Object, Outcome};

use super::store::Store;
use crate::auth::keyring::Keyring;
use crate::clock::Clock;
use crate::random::{Random, RandomError};
use crate::sql::{Sql, SqlError};

/// The log of a workspace.
#[derive(Debug)]
pub struct Log<'a, S, C, R> {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The workspace's tables.
    pub store: Store<'a, S>,
    /// Tells the time.
    pub clock: &'a C,
    /// Makes the salts.
    pub random: &'a R,
}

/// How far the log has come.
#[derive(Debug)]
struct State {
    tree: Tree,
    /// The last leaf, which the next entry follows.
    leaf: Digest,
    /// When the last entry was written, Unix milliseconds.
    at: u64,
}

/// Why the log could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Storage failed.
    #[error(transparent)]
    Sql(#[from] SqlError),
    /// There is no randomness for a salt.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The log has no entry of this number, nor one before it.
    #[error("the log has no such entry")]
    NoSuchEntry,
    /// What is stored or computed is not what it has to be.
    #[error("{0}")]
    Broken(&'static str),
}

impl<S: Sql, C: Clock, R: Random> Log<'_, S, C, R> {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`AuditError`], as every method here.
    pub fn append(&self, event: &Event) -> Result<(), AuditError> {
        let State { mut tree, leaf, at } = self.state()?;
        let salt = Digest(self.random.bytes()?);
        let payload = serde_json::to_string(&event.payload(&salt))
            .map_err(|_| AuditError::Broken("an entry could not be written"))?;
        let content = Content { salt, payload };
        // The platform's clock may step back; the log's does not.
        let at = at.max(self.clock.now_ms());
        let head = Head { class: event.action.class(), at, commitment: content.commitment() };
        let leaf = head.leaf(&leaf);
        self.store.add_entry(tree.size(), &head, &leaf, &content)?;
        tree.push(leaf);
        self.store.put_tree(&tree, &leaf, at)
    }

    /// Appends what anyone can bring about without a key, at most once in
    /// [`AUDIT_QUIET_SECONDS`] for each action, so that the log cannot be flooded.
    pub fn append_rarely(&self, event: &Event) -> Result<(), AuditError> {
        let now = self.clock.now_ms();
        if self.store.is_quiet(event.action.name(), now)? {
            return Ok(());
        }
        self.store.be_quiet(event.action.name(), now + AUDIT_QUIET_SECONDS * 1_000)?;
        self.append(event)
    }

    /// The newest checkpoint, signed under the key that signs receipts.
    pub fn checkpoint(&self, keyring: &Keyring) -> Result<String, AuditError> {
        let tree = self.state()?.tree;
        let checkpoint =
            Checkpoint { origin: origin(&self.workspace), size: tree.size(), root: tree.root() };
        let broken = AuditError::Broken("a checkpoint could not be signed");
        let signature = keyring.sign_receipt(checkpoint.text().as_bytes());
        let bytes = data_encoding::BASE64URL_NOPAD.decode(signature.value.as_bytes()).ok();
        let public = keyring.receipt_public_keys().find(|key| key.kid == signature.kid);
        match (bytes.and_then(|bytes| bytes.try_into().ok()), public) {
            (Some(bytes), Some(public)) => Ok(checkpoint.sign(&public.value, |_| bytes)),
            _ => Err(broken),
        }
    }

    /// A page of an export as JSON lines, from an entry on; the last page ends with the newest
    /// checkpoint, every other one with the number that the next begins with.
    pub fn export(&self, keyring: &Keyring, from: u64) -> Result<String, AuditError> {
        let size = self.state()?.tree.size();
        if from > size {
            return Err(AuditError::NoSuchEntry);
        }
        let entries = self.store.entries(from, AUDIT_PAGE)?;
        let next = entries.last().map_or(from, |entry| entry.number + 1);
        let end = if next < size {
            Line::Next(next)
        } else {
            Line::Checkpoint(self.checkpoint(keyring)?)
        };
        let start = LogStart { format: FORMAT.to_owned(), origin: origin(&self.workspace), from };
        let lines = core::iter::once(Line::Log(start))
            .chain(entries.into_iter().map(Line::Entry))
            .chain([end]);
        let mut text = String::new();
        for line in lines {
            let line =
                line.to_json().map_err(|_| AuditError::Broken("a line could not be written"))?;
            text.push_str(&line);
            text.push('\n');
        }
        Ok(text)
    }

    fn state(&self) -> Result<State, AuditError> {
        let mut state = match self.store.tree()? {
            Some(state) => state,
            None => {
                let leaf = beginning(&origin(&self.workspace));
                State { tree: Tree::default(), leaf, at: 0 }
            }
        };
        // Storage that broke down may have taken an entry and not how far the log has come with it.
        while let Some((leaf, at)) = self.store.leaf(state.tree.size())? {
            state.tree.push(leaf);
            state = State { leaf, at, ..state };
        }
        Ok(state)
    }
}

/// Drops salt and payload of every entry whose retention is over; the object's alarm calls it.
///
/// # Errors
/// [`SqlError`] if the storage fails.
pub fn drop_expired<S: Sql>(store: &Store<'_, S>, clock: &impl Clock) -> Result<(), SqlError> {
    let now = clock.now_ms();
    for class in Class::ALL {
        if let Some(until) = now.checked_sub(class.retention_ms()) {
            store.drop_contents(class, until)?;
        }
    }
    Ok(())
}

/// When the next content is to go, Unix milliseconds.
///
/// # Errors
/// [`SqlError`] if the storage fails.
pub fn next_expiry<S: Sql>(store: &Store<'_, S>) -> Result<Option<u64>, SqlError> {
    let mut next = None;
    for class in Class::ALL {
        let oldest = store.oldest_content(class)?;
        let due = oldest.map(|at| at.saturating_add(class.retention_ms()));
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}

#[cfg(test)]
mod tests;
