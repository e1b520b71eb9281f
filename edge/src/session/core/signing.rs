//! What the conversation signs: receipts, proofs and copies, all in the one form of
//! [`sotto_shared::signed`].

use serde::Serialize;
use sotto_shared::signed;
use sotto_shared::wire::session::Signature;

use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::SessionError;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// A document as text, with its signature as its last member.
    pub(super) fn signed(&self, document: &impl Serialize) -> Result<String, CoreError> {
        // Ours can be signed; whatever could not would be signed for nobody.
        let signed = signed::sign(document, |text| self.keyring.sign_receipt(text));
        signed.ok_or_else(|| SessionError::Failed.into())
    }

    /// The signature of a document that has a member for it, which is empty still.
    pub(super) fn signature(&self, document: &impl Serialize) -> Result<Signature, CoreError> {
        let signature = signed::signature(document, |text| self.keyring.sign_receipt(text));
        signature.ok_or_else(|| SessionError::Failed.into())
    }
}
