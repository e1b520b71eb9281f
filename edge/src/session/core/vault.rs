//! The key of a conversation's vault: had, opened, destroyed.
//!
//! It is random. The workspace makes it when it admits the visitor and wraps it under its own
//! key, which the platform's root wraps; the session stores it wrapped and never opened. An object
//! that was evicted from memory asks the workspace to open it ([`Core::open_key`],
//! [`Core::unlock`]). So what is stored here says nothing without the workspace, and destroying
//! the key, the first act of an erasure, is enough to end the texts.

use super::{Core, CoreError};
use crate::auth::seal::SealError;
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Caller, ConversationKey};
use crate::session::record::{Cause, Session};
use crate::session::schema;
use crate::session::store::{Consents, Messages};
use crate::session::vault::{Vault, VaultKey};
use crate::sql::Sql;
use crate::workspace::command::OpenKey;

/// A key that the workspace is to open, and whom to ask.
#[derive(Debug)]
pub struct LockedKey {
    /// The workspace's object, 64 hexadecimal digits.
    pub workspace: String,
    /// The question.
    pub command: OpenKey,
}

impl LockedKey {
    /// The key of a conversation.
    pub(super) fn of(session: Session) -> Self {
        Self {
            workspace: session.terms.workspace.to_hex(),
            command: OpenKey { conversation: session.conversation, wrapped: session.wrapped_key },
        }
    }
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The vault, if the key is in memory.
    ///
    /// # Errors
    /// [`CoreError::Locked`]
    pub fn vault(&self) -> Result<Vault<'_, R>, CoreError> {
        let key = self.vault_key.as_deref().ok_or(CoreError::Locked)?;
        Ok(Vault::new(key, self.random))
    }

    /// The messages, if the key is in memory.
    ///
    /// # Errors
    /// [`CoreError::Locked`]
    pub fn messages(&self) -> Result<Messages<'_, S, R>, CoreError> {
        Ok(Messages::new(self.sql, self.vault()?))
    }

    /// The key to ask the workspace for. A conversation of an earlier version has none; it gets
    /// its own now.
    ///
    /// # Errors
    /// [`CoreError::Refused`] if the conversation does not live, or not for this caller: who may not
    /// call sets no workspace to work.
    pub fn open_key(&self, caller: &Caller) -> Result<LockedKey, CoreError> {
        Ok(LockedKey::of(self.open_for(caller)?))
    }

    /// Makes the key ready that the workspace has opened, and seals what an earlier version stored
    /// in the clear.
    ///
    /// # Errors
    /// [`CoreError::Refused`] if the conversation does not live any more; [`SealError::NotOpened`]
    /// if the key is not the one that is stored.
    pub fn unlock(&self, key: &ConversationKey) -> Result<VaultKey, CoreError> {
        let session = self.minted()?;
        match &session.wrapped_key {
            Some(wrapped) if *wrapped == key.wrapped => {}
            Some(_) => return Err(SealError::NotOpened.into()),
            None => self.store().put_wrapped_key(&key.wrapped)?,
        }
        let opened = VaultKey::new(session.conversation, &key.plain);
        Messages::new(self.sql, Vault::new(&opened, self.random)).seal_earlier()?;
        Consents::new(self.sql, Vault::new(&opened, self.random)).seal_earlier()?;
        Ok(opened)
    }

    /// Destroys the key, as the first act of an erasure: from here on nothing that is stored
    /// opens, whatever becomes of the rest. An erasure that is cut short after it is finished by
    /// whatever comes next.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn destroy_key(&self, cause: Cause) -> Result<(), CoreError> {
        let tables = schema::tables(self.sql)?;
        // Beside a tombstone it is destroyed already.
        if tables.session && !tables.tombstone {
            self.store().destroy_keys(cause)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use sotto_shared::wire::chat::Trigger;
    use sotto_shared::wire::conversation::MessageState;
    use sotto_shared::wire::stream::{FinishReason, Source};

    use sotto_shared::id::{ConversationId, MessageId};

    use super::*;
    use crate::auth::keyring::test_keyring;
    use crate::auth::tokens::EraseToken;
    use crate::random::CountingRandom;
    use crate::session::command::SessionError;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::tests::{World, chat, scrubbed, writer};
    use crate::session::core::{Accepted, Erasure};
    use crate::session::record::{End, Grounds};
    use crate::session::store::StoreError;
    use crate::session::vault::Place;
    use crate::sql::Value;

    const DONE: End =
        End { state: MessageState::Complete, finish: FinishReason::Stop, problem: None };

    /// A conversation with one question, `my question`, and its reply, `its answer`, with a source.
    fn conversation() -> World {
        let world = World::minted();
        let core = world.core();
        let accepted = core.accept(&chat(Trigger::SubmitMessage, "m-1", "my question"), None);
        let Accepted::Write(begun) = accepted.unwrap() else { panic!("a reply is to be written") };
        core.begin(&begun, &writer("local", None)).unwrap();
        core.grow(&begun.reply, &scrubbed("its ans")).unwrap();
        assert!(!world.sql.holds(b"its ans"));
        core.end(&begun.reply, &scrubbed("its answer"), Some(&Grounds::of(vec![source()])), DONE)
            .unwrap();
        world
    }

    fn source() -> Source {
        Source {
            source_id: "faq.md#returns".into(),
            media_type: "text/markdown".into(),
            title: "Returns".into(),
            filename: None,
        }
    }

    fn texts(world: &World) -> Result<Vec<String>, CoreError> {
        let messages = world.core().messages()?.all()?;
        Ok(messages.into_iter().map(|message| message.text.into_string()).collect())
    }

    fn is_closed<T>(result: &Result<T, CoreError>) -> bool {
        matches!(result, Err(CoreError::Store(StoreError::Seal(SealError::NotOpened))))
    }

    /// Forgets the key, as an object does that is evicted from memory.
    fn evicted(mut world: World) -> World {
        world.vault_key = None;
        world
    }

    fn unlocked(mut world: World, key: &ConversationKey) -> World {
        world.vault_key = Some(Rc::new(world.core().unlock(key).unwrap()));
        world
    }

    #[test]
    fn nothing_that_is_said_is_stored_in_the_clear() {
        let world = conversation();
        assert_eq!(texts(&world).unwrap(), ["my question", "its answer"]);
        assert_eq!(
            world.core().messages().unwrap().all().unwrap()[1].grounds,
            Some(Grounds::of(vec![source()]))
        );
        for said in ["my question", "its answer", "its ans", "faq.md", "Returns"] {
            assert!(!world.sql.holds(said.as_bytes()), "{said}");
        }
        assert!(!world.sql.holds(&World::key().plain));
        assert!(world.sql.holds(b"local"), "the search finds what is there");
    }

    #[test]
    fn a_sealed_text_opens_in_its_row_and_column_alone() {
        for change in [
            "UPDATE message SET sealed_text = (SELECT sealed_text FROM message WHERE id = 'm-1')",
            "UPDATE message SET sealed_text = sealed_sources WHERE sealed_sources IS NOT NULL",
            "UPDATE message SET id = 'm-2' WHERE id = 'm-1'",
            "UPDATE message SET sealed_text = CAST(sealed_text || x'00' AS BLOB)",
            "UPDATE message SET sealed_text = x''",
        ] {
            let world = conversation();
            world.sql.exec(change, &[]).unwrap();
            assert!(is_closed(&texts(&world)), "{change}");
        }
    }

    #[test]
    fn a_sealed_text_opens_in_its_conversation_alone() {
        let random = CountingRandom::default();
        let place = Place { table: "message", column: "text", row: "m-1" };
        let own = VaultKey::new(World::CONVERSATION, &World::key().plain);
        let sealed = Vault::new(&own, &random).seal(place, b"words").unwrap();
        assert_eq!(Vault::new(&own, &random).open_text(place, &sealed).unwrap(), "words");
        // Even under the same key.
        let other = VaultKey::new(ConversationId::from_bytes([99; 32]), &World::key().plain);
        let opened = Vault::new(&other, &random).open_text(place, &sealed);
        assert_eq!(opened.unwrap_err(), SealError::NotOpened);
        let other = VaultKey::new(World::CONVERSATION, &[13; 32]);
        assert!(Vault::new(&other, &random).open_text(place, &sealed).is_err());
        for place in [
            Place { table: "other", ..place },
            Place { column: "other", ..place },
            Place { table: "messaget", column: "ext", ..place },
            Place { row: "m-12", ..place },
        ] {
            assert!(Vault::new(&own, &random).open_text(place, &sealed).is_err(), "{place:?}");
        }
    }

    #[test]
    fn an_evicted_conversation_asks_the_workspace_for_its_key() {
        let world = evicted(conversation());
        assert!(matches!(world.read(), Err(CoreError::Locked)));
        let accepted = world.core().accept(&chat(Trigger::SubmitMessage, "m-2", "more"), None);
        assert!(matches!(accepted, Err(CoreError::Locked)));
        let locked = world.core().open_key(&world.caller()).unwrap();
        assert_eq!(locked.workspace, World::terms().workspace.to_hex());
        assert_eq!(locked.command.wrapped, Some(World::key().wrapped.clone()));
        let other = ConversationKey { plain: [13; 32], wrapped: b"other".to_vec() };
        assert!(world.core().unlock(&other).is_err());
        let world = unlocked(world, &World::key());
        assert_eq!(texts(&world).unwrap(), ["my question", "its answer"]);
    }

    #[test]
    fn what_an_earlier_version_stored_is_sealed_when_the_conversation_is_opened() {
        let world = World::minted();
        world.sql.exec("UPDATE session SET wrapped_key = NULL", &[]).unwrap();
        let insert = "INSERT INTO message (id, author, text, at, state, sources, finish, reply_to)
            VALUES (?, ?, ?, 0, 'complete', ?, '\"stop\"', ?)";
        let sources = serde_json::to_string(&[source()]).unwrap();
        let rows: [[Value; 5]; 2] = [
            ["m-1".into(), "visitor".into(), "an old question".into(), "[]".into(), Value::Null],
            ["r-1".into(), "ai".into(), "an old reply".into(), sources.into(), "m-1".into()],
        ];
        for row in &rows {
            world.sql.exec(insert, row).unwrap();
        }
        let world = evicted(world);
        assert_eq!(world.core().open_key(&world.caller()).unwrap().command.wrapped, None);
        let world = unlocked(world, &World::key());
        assert_eq!(texts(&world).unwrap(), ["an old question", "an old reply"]);
        assert_eq!(
            world.core().messages().unwrap().all().unwrap()[1].grounds,
            Some(Grounds::of(vec![source()]))
        );
        for said in ["an old question", "an old reply", "faq.md"] {
            assert!(!world.sql.pages_hold(said.as_bytes()), "{said}");
        }
        assert_eq!(
            world.core().open_key(&world.caller()).unwrap().command.wrapped,
            Some(World::key().wrapped.clone())
        );
        let world = unlocked(evicted(world), &World::key());
        assert_eq!(texts(&world).unwrap(), ["an old question", "an old reply"]);
    }

    /// What stands between a crash and the end of an erasure does not open.
    #[test]
    fn promise_6_an_erasure_destroys_the_key_before_the_data() {
        let world = conversation();
        let secret = EraseToken::parse(&world.erase_token).unwrap().secret;
        world.core().destroy_key(Cause::Token).unwrap();
        // The object stops here, and with it goes the key in its memory.
        let world = evicted(world);
        assert!(!world.sql.holds(b"wrapped"));
        assert!(matches!(world.core().unlock(&World::key()), Err(CoreError::Seal(_))));
        assert!(world.sql.holds(b"m-1"), "the data is still there");
        // Whatever comes next finishes it, for the same cause.
        let tombstone = world.core().overdue().unwrap().unwrap();
        assert_eq!(tombstone.cause, Cause::Token);
        assert!(matches!(world.core().erase(&secret), Ok(Erasure::Bury(_))));
        world.core().destroy_key(tombstone.cause).unwrap();
        world.core().bury(&tombstone).unwrap();
        world.core().destroy_key(tombstone.cause).unwrap();
        assert!(matches!(
            world.core().open_key(&world.caller()),
            Err(Refused(SessionError::Erased { .. }))
        ));
    }

    #[test]
    fn an_erasure_leaves_no_key_in_any_page() {
        let mut mint = World::mint();
        mint.key.wrapped = (100..200).collect();
        let world = World::minted_with(test_keyring(), mint);
        world.refresh_at(World::home(), "r-1").unwrap();
        let query = "SELECT wrapped_key, family_key, network_key, rotated_from FROM session";
        let keys = world.sql.exec(query, &[]).unwrap().remove(0);
        assert!(keys.iter().all(|key| world.sql.pages_hold(key.blob().unwrap())));
        // Rows that grow and shrink move, and leave copies behind.
        for names in [1, 40, 2] {
            let mut terms = World::terms();
            terms.recipients = vec![terms.recipients[0].clone(); names];
            world.core().store().put_terms(&terms).unwrap();
        }
        let destroyed = World::minted();
        destroyed.core().destroy_key(Cause::Token).unwrap();
        let left = destroyed.sql.exec(query, &[]).unwrap().remove(0);
        assert!(left.iter().all(|key| key.blob().is_none_or(|key| key.iter().all(|b| *b == 0))));
        world.erase();
        assert!(keys.iter().all(|key| !world.sql.pages_hold(key.blob().unwrap())));
    }

    /// What was said, sealed, goes from the pages too, and not only from the tables.
    #[test]
    fn an_erasure_leaves_nothing_that_was_sealed_in_any_page() {
        let world = conversation();
        for n in 0..30_u32 {
            let text = scrubbed(&"All of it. ".repeat(usize::try_from(n * n).unwrap()));
            let id = MessageId::parse(&format!("n-{n}")).unwrap();
            world.core().messages().unwrap().insert(&id, &text, u64::from(n)).unwrap();
        }
        let rows = world.sql.exec("SELECT sealed_text FROM message", &[]).unwrap();
        let parts = rows.iter().flat_map(|row| row[0].blob().unwrap().chunks_exact(28).step_by(99));
        let parts: Vec<_> = parts.collect();
        assert!(parts.len() > 50 && parts.iter().all(|part| world.sql.pages_hold(part)));
        world.erase();
        assert!(!parts.iter().any(|part| world.sql.pages_hold(part)));
    }

    #[test]
    fn keys_are_not_printed() {
        let world = World::minted();
        let key = World::key();
        let shown = format!(
            "{key:?} {:?} {:?}",
            VaultKey::new(World::CONVERSATION, &key.plain),
            world.core().vault()
        );
        assert!(!shown.contains("12"), "{shown}");
    }
}
