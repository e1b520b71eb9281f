//! Minting: tables, keys, tokens, the record of consent, and the end of the conversation's life.

use sotto_shared::id::ConversationId;

use super::{Core, CoreError, ends_at, gone};
use crate::auth::mac::hmac_sha256;
use crate::auth::tokens::EraseToken;
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Mint, MintedSession, SessionError};
use crate::session::record::{EraseCheck, Family, Restricted, Session};
use crate::session::schema;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Makes the conversation.
    ///
    /// # Errors
    /// [`SessionError::Erased`] and [`SessionError::Ended`] on an object that held one before,
    /// [`SessionError::Failed`] on one that holds one: ids are used once.
    pub fn mint(
        &self,
        conversation: ConversationId,
        command: Mint,
    ) -> Result<MintedSession, CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.tombstone
            && let Some(tombstone) = self.store().tombstone()?
        {
            return Err(gone(&tombstone).into());
        }
        if tables.session && self.store().session()?.is_some() {
            return Err(SessionError::Failed.into());
        }
        schema::migrate(self.sql)?;

        let now = self.clock.now_ms();
        let family_key: [u8; 32] = self.random.bytes()?;
        let salt: [u8; 32] = self.random.bytes()?;
        let (network_key, sealed_network_key) = self.new_network_key(&conversation)?;
        let erase_token = EraseToken { conversation, secret: self.random.bytes()? };
        let session = Session {
            conversation,
            created_at: now,
            last_at: now,
            tokens: 0,
            restricted: Restricted::default(),
            family: Family {
                sealed_key: self.keyring.seal(
                    self.random,
                    &family_place(&conversation),
                    &family_key,
                )?,
                n: 0,
                rotation: None,
                revoked: false,
            },
            sealed_network_key: Some(sealed_network_key),
            wrapped_key: Some(command.key.wrapped.clone()),
            ending: None,
            erase: EraseCheck {
                salt: salt.to_vec(),
                hash: hmac_sha256(&salt, &[&erase_token.secret]).to_vec(),
            },
            terms: command.terms,
        };
        self.store().insert_session(&session)?;
        let receipt = self.record_first(&session, &command.told, &command.choice)?;
        self.plan_end(&session)?;
        Ok(MintedSession {
            refresh_token: super::refresh::token(&conversation, &family_key, 0).to_text(),
            erase_token: erase_token.to_text(),
            receipt,
            ends_at: ends_at(&session),
            network: network_key.tag(&command.network),
        })
    }
}

/// Binds the sealed key to its use and its conversation.
pub(super) fn family_place(conversation: &ConversationId) -> Vec<u8> {
    [b"session/family/".as_slice(), conversation.as_bytes()].concat()
}
