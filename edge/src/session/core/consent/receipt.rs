//! What can be shown of a consent: the signed receipt of what holds, and the proof that may outlive
//! an erasure.

use serde_json::value::RawValue;
use sotto_shared::consent::record::{ConsentRecord, Held, Receipt};
use sotto_shared::id::WorkspaceId;

use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::SessionError;
use crate::session::core::{Core, CoreError, gone};
use crate::session::record::{ConsentStored, Session, Tombstone};
use crate::session::schema;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The signed receipt of what holds.
    pub(super) fn receipt(
        &self,
        session: &Session,
        stored: &ConsentStored,
        held: &Held,
    ) -> Result<Box<RawValue>, CoreError> {
        let newest = stored.events.last().ok_or(SessionError::ConsentUnproven)?;
        let record = stored.newest.as_ref().map(|(id, told)| {
            ConsentRecord::new(id, session.conversation, told, stored.newest_events())
        });
        let receipt = Receipt::new(newest, held, record);
        RawValue::from_string(self.signed(&receipt)?).map_err(|_| SessionError::Failed.into())
    }

    /// What an operator gets who has to show the consent: the receipt of what holds, and after an
    /// erasure the proof, as long as the site keeps one. The receipt takes the key.
    ///
    /// # Errors
    /// [`SessionError::Unknown`] to another workspace; what an erased conversation answers if there
    /// is no proof.
    pub(in crate::session::core) fn shown_consent(
        &self,
        workspace: WorkspaceId,
    ) -> Result<String, CoreError> {
        if let Some(tombstone) = self.buried()? {
            if tombstone.workspace != workspace {
                return Err(SessionError::Unknown.into());
            }
            return tombstone.consent_proof.clone().ok_or_else(|| gone(&tombstone).into());
        }
        let session = self.minted_of(workspace)?;
        let (stored, held) = self.recorded()?;
        Ok(self.receipt(&session, &stored, &held)?.get().to_owned())
    }

    /// Whether the conversation was erased, so that all there is of it is what an erasure leaves.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn is_buried(&self) -> Result<bool, CoreError> {
        Ok(self.buried()?.is_some())
    }

    /// What is left of a conversation that was erased.
    fn buried(&self) -> Result<Option<Tombstone>, CoreError> {
        if schema::tables(self.sql)?.tombstone {
            return Ok(self.store().tombstone()?);
        }
        Ok(None)
    }

    /// Keeps ready what the site wants to be left of the record after an erasure: then there may be
    /// no key to open the record with.
    pub(super) fn keep_proof(&self, session: &Session) -> Result<(), CoreError> {
        let store = self.store();
        let (stored, _) = self.recorded()?;
        let Some((id, told)) = stored.newest.as_ref().filter(|_| session.terms.proof_days > 0)
        else {
            return Ok(store.delete_consent_proof()?);
        };
        let record = ConsentRecord::new(id, session.conversation, told, stored.newest_events());
        Ok(store.put_consent_proof(&self.signed(&record.proof())?)?)
    }
}
