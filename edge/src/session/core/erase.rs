//! Erasure: by token or by lifetime, in one step, with a receipt. What is left is a tombstone,
//! and the duty to tell the workspace.

use serde::Serialize;
use sotto_shared::id::ConversationId;
use sotto_shared::limits::{RECOVERY_DAYS, TOMBSTONE_SECONDS};
use sotto_shared::wire::session::{ErasureReceipt, Holder};

use super::{Core, CoreError};
use crate::auth::mac::{equal, hmac_sha256};
use crate::clock::{Clock, DAY_MS};
use crate::random::Random;
use crate::session::command::SessionError;
use crate::session::record::{Cause, Due, Erasable, EraseCheck, Tombstone};
use crate::session::schema;
use crate::sql::Sql;

/// What an erasure asks of the object.
#[derive(Debug)]
pub enum Erasure {
    /// [`Core::bury`] this.
    Bury(Tombstone),
    /// It was done before.
    Done(ErasureReceipt),
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Erases the conversation if the secret is its erase token's. It can be repeated.
    ///
    /// # Errors
    /// [`SessionError::TokenInvalid`], [`SessionError::RateLimited`] for a secret that does not fit;
    /// [`SessionError::Unknown`]
    pub fn erase(&self, secret: &[u8]) -> Result<Erasure, CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.tombstone
            && let Some(tombstone) = self.store().tombstone()?
        {
            if !fits(&tombstone.erase, secret) {
                return Err(SessionError::TokenInvalid.into());
            }
            // An erasure that was cut short after its tombstone was written is finished now.
            return Ok(if tables.session {
                Erasure::Bury(tombstone)
            } else {
                Erasure::Done(tombstone.receipt)
            });
        }
        if !tables.session {
            return Err(SessionError::Unknown.into());
        }
        let known = self.store().erasable()?.ok_or(SessionError::Unknown)?;
        if !fits(&known.erase, secret) {
            return Err(self.wrong_secret());
        }
        Ok(Erasure::Bury(self.entomb(known, Cause::Token)?))
    }

    /// The tombstone of a conversation whose life is over, or whose erasure was cut short; `None`
    /// while it lives and when it is gone. The object [buries](Core::bury) it before it answers
    /// anything else.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn overdue(&self) -> Result<Option<Tombstone>, CoreError> {
        let tables = schema::tables(self.sql)?;
        if !tables.session {
            return Ok(None);
        }
        if tables.tombstone {
            // An erasure was cut short between its two halves; it is finished now.
            return Ok(self.store().tombstone()?);
        }
        let Some(session) = self.store().session()? else { return Ok(None) };
        // Where the key is destroyed, an erasure was cut short before its tombstone was written.
        match session.ending {
            Some(cause) => self.entomb(session.into(), cause).map(Some),
            None if self.is_over(&session)? => {
                self.entomb(session.into(), Cause::Lifetime).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Writes what an erasure leaves, plans its end and the message to the workspace, and drops
    /// everything else. The platform could delete all storage in one call, but what is written after
    /// that is written later: a power cut in between would leave nobody a receipt.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn bury(&self, tombstone: &Tombstone) -> Result<(), CoreError> {
        schema::bury(self.sql)?;
        let now = self.clock.now_ms();
        let store = self.store();
        store.cancel(Due::End)?;
        store.cancel(Due::Listing)?;
        store.plan(Due::TombstoneEnd, now.saturating_add(TOMBSTONE_SECONDS * 1_000), 0)?;
        store.plan(Due::Outbox, now, 0)?;
        if store.report()?.is_some() {
            store.plan(Due::Reports, now, 0)?;
        }
        if let Some(days) = tombstone.receipt.consent_proof_days {
            store.plan(Due::ProofEnd, now.saturating_add(u64::from(days) * DAY_MS), 0)?;
        }
        // After its plans, so that there is no tombstone without an end, nor one that the workspace
        // never hears of; before the data goes, so that an erasure that breaks off is finished.
        store.insert_tombstone(tombstone)?;
        Ok(schema::clear(self.sql)?)
    }

    pub(super) fn entomb(&self, known: Erasable, cause: Cause) -> Result<Tombstone, CoreError> {
        let consent_proof = self.store().consent_proof()?;
        let unsigned = Unsigned {
            id: self.ulid()?,
            conversation: known.conversation,
            erased_at: self.clock.now_ms(),
            recovery_days: RECOVERY_DAYS,
            recipients: known.recipients,
            consent_proof_days: consent_proof.as_ref().map(|_| known.proof_days),
        };
        let signature = self.signature(&unsigned)?;
        Ok(Tombstone {
            workspace: known.workspace,
            erase: known.erase,
            cause,
            receipt: ErasureReceipt {
                signature,
                id: unsigned.id,
                conversation: unsigned.conversation,
                erased_at: unsigned.erased_at,
                recovery_days: unsigned.recovery_days,
                recipients: unsigned.recipients,
                consent_proof_days: unsigned.consent_proof_days,
            },
            consent_proof,
        })
    }
}

/// A receipt without its signature: what is signed, members in the order of the wire's.
#[derive(Serialize)]
struct Unsigned {
    id: String,
    conversation: ConversationId,
    erased_at: u64,
    recovery_days: u32,
    recipients: Vec<Holder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_proof_days: Option<u32>,
}

fn fits(erase: &EraseCheck, secret: &[u8]) -> bool {
    let salt: Result<&[u8; 32], _> = erase.salt.as_slice().try_into();
    salt.is_ok_and(|salt| equal(&hmac_sha256(salt, &[secret]), &erase.hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tokens::EraseToken;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::tests::World;

    fn secret(world: &World) -> Vec<u8> {
        EraseToken::parse(&world.erase_token).unwrap().secret.to_vec()
    }

    /// What the object does.
    fn carry_out(world: &World, erasure: Erasure) -> ErasureReceipt {
        match erasure {
            Erasure::Done(receipt) => receipt,
            Erasure::Bury(tombstone) => {
                world.core().bury(&tombstone).unwrap();
                tombstone.receipt
            }
        }
    }

    #[test]
    fn erasing_twice_gives_the_same_receipt_and_nothing_else_answers() {
        let world = World::minted();
        let first = carry_out(&world, world.core().erase(&secret(&world)).unwrap());
        assert!(!schema::tables(&world.sql).unwrap().session);
        world.clock.advance(1_000);
        let again = world.core().erase(&secret(&world)).unwrap();
        assert!(matches!(again, Erasure::Done(ref receipt) if *receipt == first));
        let gone = SessionError::Erased { receipt: first.id };
        assert!(matches!(world.read(), Err(Refused(ref error)) if *error == gone));
        let mint = world.core().mint(World::CONVERSATION, World::mint());
        assert!(matches!(mint, Err(Refused(ref error)) if *error == gone));
    }

    #[test]
    fn another_secret_erases_nothing_before_or_after() {
        let world = World::minted();
        let invalid = |result: Result<Erasure, CoreError>| {
            matches!(result, Err(Refused(SessionError::TokenInvalid)))
        };
        assert!(invalid(world.core().erase(&[7; 32])));
        assert!(invalid(world.core().erase(&[])));
        world.read().unwrap();
        carry_out(&world, world.core().erase(&secret(&world)).unwrap());
        assert!(invalid(world.core().erase(&[7; 32])));
    }

    #[test]
    fn an_object_that_held_nothing_knows_nothing() {
        let world = World::new();
        assert!(matches!(world.core().erase(&[1; 32]), Err(Refused(SessionError::Unknown))));
        assert!(matches!(world.read(), Err(Refused(SessionError::Unknown))));
        assert!(world.core().overdue().unwrap().is_none());
        assert!(world.sql.exec("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
    }

    #[test]
    fn a_lifetime_that_is_over_erases_with_a_receipt() {
        let world = World::minted();
        world.clock.advance(World::LIFE_MS - 1);
        assert!(world.core().overdue().unwrap().is_none());
        world.clock.advance(1);
        let tombstone = world.core().overdue().unwrap().unwrap();
        let receipt = carry_out(&world, Erasure::Bury(tombstone));
        let ended = SessionError::Ended { receipt: receipt.id.clone() };
        assert!(matches!(world.read(), Err(Refused(ref error)) if *error == ended));
        let by_token = world.core().erase(&secret(&world)).unwrap();
        assert!(matches!(by_token, Erasure::Done(ref same) if *same == receipt));
        assert!(world.core().overdue().unwrap().is_none(), "a second alarm finds nothing to do");
    }

    #[test]
    fn the_receipt_names_recipients_and_verifies() {
        use ed25519_dalek::{Signature, VerifyingKey};
        let world = World::minted();
        let receipt = carry_out(&world, world.core().erase(&secret(&world)).unwrap());
        assert_eq!((receipt.recovery_days, receipt.recipients.len()), (30, 1));
        let mut members = serde_json::to_string(&receipt).unwrap();
        members.truncate(members.find(",\"signature\"").unwrap());
        members.push('}');
        let value =
            data_encoding::BASE64URL_NOPAD.decode(receipt.signature.value.as_bytes()).unwrap();
        let public = world
            .keyring
            .receipt_public_keys()
            .find(|key| key.kid == receipt.signature.kid)
            .unwrap()
            .value;
        VerifyingKey::from_bytes(&public)
            .unwrap()
            .verify_strict(members.as_bytes(), &Signature::from_slice(&value).unwrap())
            .unwrap();
    }

    #[test]
    fn an_erasure_cut_short_is_finished_by_its_repetition() {
        let world = World::minted();
        let Erasure::Bury(tombstone) = world.core().erase(&secret(&world)).unwrap() else {
            panic!("the first erasure buries");
        };
        // The tombstone was written, the tables were not dropped.
        schema::bury(&world.sql).unwrap();
        world.core().store().insert_tombstone(&tombstone).unwrap();
        assert!(world.read().is_err());
        assert_eq!(world.core().overdue().unwrap().unwrap().receipt, tombstone.receipt);
        let again = world.core().erase(&secret(&world)).unwrap();
        assert!(matches!(again, Erasure::Bury(ref same) if same.receipt == tombstone.receipt));
        assert_eq!(carry_out(&world, again), tombstone.receipt);
        assert!(world.core().overdue().unwrap().is_none(), "nothing is left to finish");
    }

    /// Promise 6: erasing needs none of what was added to the tables since, so that tables which
    /// cannot be brought up to date keep nobody's words.
    #[test]
    fn promise_6_a_conversation_whose_tables_are_old_can_be_erased() {
        let world = World::minted();
        let old = World::new();
        schema::first(&old.sql).unwrap();
        let session = world.core().store().session().unwrap().unwrap();
        old.sql
            .exec(
                "INSERT INTO session (one, conversation, terms, created_at, last_at, family_key,
                     family_n, erase_salt, erase_hash)
                 VALUES (1, ?, json_object('workspace', ?, 'recipients',
                     json('[{\"name\":\"Model Inc\"}]'), 'life_seconds', 60),
                     0, 0, x'01', 0, ?, ?)",
                &[
                    World::CONVERSATION.as_bytes().as_slice().into(),
                    World::terms().workspace.to_hex().into(),
                    session.erase.salt.as_slice().into(),
                    session.erase.hash.as_slice().into(),
                ],
            )
            .unwrap();
        let world = World { erase_token: world.erase_token, ..old };
        assert!(world.core().erase(&[1; 32]).is_err());
        let tombstone = world.erase();
        assert_eq!(tombstone.receipt.conversation, World::CONVERSATION);
        assert_eq!(tombstone.receipt.recipients[0].name, "Model Inc");
        assert_eq!(tombstone.workspace, World::terms().workspace);
        assert!(!schema::tables(&world.sql).unwrap().session);
    }
}
