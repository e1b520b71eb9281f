//! The SQL of an erasure: what it reads, what it destroys and what it leaves.

use sotto_shared::id::{ConversationId, WorkspaceId};

use super::{Columns, Store, StoreError, json, parse};
use crate::session::record::{Cause, Erasable, EraseCheck, Tombstone};
use crate::sql::{Sql, Value};

impl<S: Sql> Store<'_, S> {
    /// What an erasure needs to know of the conversation, if one was minted.
    pub fn erasable(&self) -> Result<Option<Erasable>, StoreError> {
        let rows = self.0.exec(
            "SELECT conversation, json_extract(terms, '$.workspace'),
                 json_extract(terms, '$.recipients'), json_extract(terms, '$.proof_days'),
                 erase_salt, erase_hash
             FROM session",
            &[],
        )?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok(Erasable {
                    conversation: ConversationId::from_bytes(column.array(0, "conversation")?),
                    workspace: WorkspaceId::parse(column.text(1, "workspace")?)
                        .map_err(|_| StoreError::Value("workspace"))?,
                    recipients: parse("recipients", column.text(2, "recipients")?)?,
                    proof_days: column
                        .opt_unsigned(3)
                        .and_then(|days| days.try_into().ok())
                        .unwrap_or_default(),
                    erase: EraseCheck {
                        salt: column.blob(4, "erase_salt")?.to_vec(),
                        hash: column.blob(5, "erase_hash")?.to_vec(),
                    },
                })
            })
            .transpose()
    }

    /// Destroys the conversation's keys, that of the texts and those of its tokens, as the first act
    /// of an erasure.
    pub fn destroy_keys(&self, cause: Cause) -> Result<(), StoreError> {
        let made = self.0.exec("SELECT sql FROM sqlite_master WHERE name = 'session'", &[])?;
        let made = made.first().and_then(|row| row.first()).and_then(Value::text);
        // Conversations of an earlier version have not all of them.
        let has = |column: &str| made.is_some_and(|made| made.contains(column));
        let keys = ["family_key", "network_key", "rotated_from", "wrapped_key"];
        let keys: Vec<_> = keys.into_iter().filter(|key| has(key)).collect();
        self.blank("session", &keys, "1", &[])?;
        if has("wrapped_key") {
            self.run("UPDATE session SET wrapped_key = x'', ending = ?", &[cause.name().into()])?;
        }
        Ok(())
    }

    /// Stores the tombstone.
    pub fn insert_tombstone(&self, tombstone: &Tombstone) -> Result<(), StoreError> {
        if let Some(proof) = &tombstone.consent_proof {
            self.put_consent_proof(proof)?;
        }
        self.run(
            "INSERT OR REPLACE INTO tombstone
                 (one, workspace, erase_salt, erase_hash, cause, receipt)
             VALUES (1, ?, ?, ?, ?, ?)",
            &[
                tombstone.workspace.as_bytes().as_slice().into(),
                tombstone.erase.salt.as_slice().into(),
                tombstone.erase.hash.as_slice().into(),
                tombstone.cause.name().into(),
                json("receipt", &tombstone.receipt)?.into(),
            ],
        )
    }

    /// The tombstone, if there is one.
    pub fn tombstone(&self) -> Result<Option<Tombstone>, StoreError> {
        let rows = self
            .0
            .exec("SELECT workspace, erase_salt, erase_hash, cause, receipt FROM tombstone", &[])?;
        rows.first()
            .map(|row| {
                let column = Columns(row);
                Ok(Tombstone {
                    workspace: WorkspaceId::from_bytes(column.array(0, "workspace")?),
                    erase: EraseCheck {
                        salt: column.blob(1, "erase_salt")?.to_vec(),
                        hash: column.blob(2, "erase_hash")?.to_vec(),
                    },
                    cause: Cause::parse(column.text(3, "cause")?)
                        .ok_or(StoreError::Value("cause"))?,
                    receipt: parse("receipt", column.text(4, "receipt")?)?,
                    consent_proof: self.consent_proof()?,
                })
            })
            .transpose()
    }
}
