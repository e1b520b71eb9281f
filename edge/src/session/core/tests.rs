//! What the core's tests share: a conversation in memory.

use std::rc::Rc;

use sotto_shared::consent::record::Told;
use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::{ConversationId, MessageId, Origin, WorkspaceId};
use sotto_shared::pii::{Policy, Scrubbed, scrub_for_edge};
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::session::{Client, Holder};

use super::{Core, CoreError, Erasure};
use crate::auth::keyring::{Keyring, test_keyring};
use crate::auth::network::{NetworkKey, NetworkTag};
use crate::auth::tokens::{EraseToken, RefreshToken};
use crate::clock::ManualClock;
use crate::config::Jurisdiction;
use crate::random::CountingRandom;
use crate::session::command::{
    Caller, Chat, ConversationKey, Lifetimes, Mint, Network, Refresh, RefreshedSession,
    SessionTerms,
};
use crate::session::record::{Grounds, Tombstone, Writer};
use crate::session::vault::VaultKey;
use crate::sql::MemorySql;
use crate::workspace::notice;
use crate::workspace::settings::tests::settings;

/// An object's surroundings.
pub(crate) struct World {
    pub(crate) sql: MemorySql,
    pub(crate) clock: ManualClock,
    pub(crate) random: CountingRandom,
    pub(crate) keyring: Keyring,
    pub(crate) refresh_token: String,
    pub(crate) erase_token: String,
    pub(crate) vault_key: Option<Rc<VaultKey>>,
    pub(crate) network: Option<NetworkTag>,
}

impl World {
    pub(crate) const CONVERSATION: ConversationId = ConversationId::from_bytes([10; 32]);
    pub(crate) const LIFE_MS: u64 = 3_600_000;
    pub(crate) const ABSOLUTE_MS: u64 = 6 * Self::LIFE_MS;
    pub(crate) const PER_MINUTE: u32 = 5;

    /// An object that never held anything.
    pub(crate) fn new() -> Self {
        Self {
            sql: MemorySql::new(),
            clock: ManualClock::at(1_763_640_000_000),
            random: CountingRandom::default(),
            keyring: test_keyring(),
            refresh_token: String::new(),
            erase_token: String::new(),
            vault_key: None,
            network: None,
        }
    }

    /// An object with a fresh conversation.
    pub(crate) fn minted() -> Self {
        Self::minted_under(test_keyring())
    }

    /// The same under another keyring.
    pub(crate) fn minted_under(keyring: Keyring) -> Self {
        Self::minted_with(keyring, Self::mint())
    }

    /// The same from another command.
    pub(crate) fn minted_with(keyring: Keyring, mint: Mint) -> Self {
        let vault_key = Some(Rc::new(VaultKey::new(Self::CONVERSATION, &Self::key().plain)));
        let mut world = Self { keyring, vault_key, ..Self::new() };
        let minted = world.core().mint(Self::CONVERSATION, mint).unwrap();
        world.network = Some(minted.network);
        world.refresh_token = minted.refresh_token;
        world.erase_token = minted.erase_token;
        world
    }

    pub(crate) fn core(&self) -> Core<'_, MemorySql, ManualClock, CountingRandom> {
        Core {
            sql: &self.sql,
            clock: &self.clock,
            random: &self.random,
            keyring: &self.keyring,
            vault_key: self.vault_key.clone(),
        }
    }

    pub(crate) fn mint() -> Mint {
        Mint {
            terms: Self::terms(),
            network: Self::home(),
            key: Self::key(),
            told: Self::told(),
            choice: Self::choice(),
        }
    }

    /// What the visitor is told: of a site that offers everything.
    pub(crate) fn told() -> Told {
        let mut site = settings();
        site.purposes = Purposes::ALL;
        let mut told = notice::told(&site, Jurisdiction::Eu, "en").unwrap();
        told.notice.version = Self::terms().notice;
        told
    }

    /// What the visitor answers: the chat and nothing else.
    pub(crate) fn choice() -> Choice {
        Choice::new(Self::terms().notice, true, Purposes::default(), false)
    }

    /// The key that the workspace gives the conversation.
    pub(crate) fn key() -> ConversationKey {
        ConversationKey { plain: [12; 32], wrapped: b"wrapped".to_vec() }
    }

    /// The network that minted the conversation.
    pub(crate) fn home() -> Network {
        Network("192.0.2.0/24".into())
    }

    /// Another network.
    pub(crate) fn abroad() -> Network {
        Network("198.51.100.0/24".into())
    }

    /// Who calls with the first access token from the network that it was given to.
    pub(crate) fn caller(&self) -> Caller {
        let terms = Self::terms();
        Caller {
            workspace: terms.workspace,
            site: terms.site,
            origin: terms.origin,
            tag: self.network.unwrap_or_else(|| NetworkKey::from_bytes([0; 32]).tag(&Self::home())),
            network: Self::home(),
        }
    }

    /// The visitor's copy.
    pub(crate) fn read(&self) -> Result<Conversation, CoreError> {
        self.core().read(&self.caller(), None)
    }

    /// Erases the conversation by its token, as the object does.
    pub(crate) fn erase(&self) -> Tombstone {
        let secret = EraseToken::parse(&self.erase_token).unwrap().secret;
        let Ok(Erasure::Bury(tombstone)) = self.core().erase(&secret) else {
            panic!("the first erasure buries");
        };
        self.bury(&tombstone);
        tombstone
    }

    /// Buries it, as the object does.
    pub(crate) fn bury(&self, tombstone: &Tombstone) {
        self.core().destroy_key(tombstone.cause).unwrap();
        self.core().bury(tombstone).unwrap();
    }

    /// Uses the first refresh token.
    pub(crate) fn refresh_at(
        &self,
        network: Network,
        rotation: &str,
    ) -> Result<RefreshedSession, CoreError> {
        let token = RefreshToken::parse(&self.refresh_token).unwrap();
        self.core().refresh(&Refresh {
            n: token.n,
            secret: token.secret.to_vec(),
            rotation_id: MessageId::parse(rotation).unwrap(),
            origin: Self::terms().origin,
            network,
        })
    }

    pub(crate) fn terms() -> SessionTerms {
        SessionTerms {
            workspace: WorkspaceId::from_bytes([11; 32]),
            site: 1,
            generation: 1,
            origin: Origin::parse("https://shop.example").unwrap(),
            lang: "en".into(),
            client: Client::Widget,
            notice: NoticeVersion::parse(&"0123".repeat(8)).unwrap(),
            purposes: Purposes::default(),
            recipients: vec![Holder { name: "Model Inc".into(), retention_days: Some(30) }],
            lifetimes: Lifetimes {
                idle_seconds: Self::LIFE_MS / 1_000,
                retention_seconds: 3 * Self::LIFE_MS / 1_000,
                absolute_seconds: Self::ABSOLUTE_MS / 1_000,
                restriction_keeps: true,
            },
            messages_per_minute: Self::PER_MINUTE,
            proof_days: 0,
            idle_from: 0,
        }
    }
}

/// A writer that was given a passage.
pub(crate) fn writer(provider: &'static str, model: Option<&str>) -> Writer {
    let grounds = Grounds {
        sources: Vec::new(),
        given: vec!["faq.md#returns".into()],
        text_marking: "synthid".into(),
    };
    Writer { provider, model: model.map(Into::into), grounds }
}

/// A text as the edge's border hands it on.
pub(crate) fn scrubbed(text: &str) -> Scrubbed {
    scrub_for_edge(text, &Policy::chat()).0
}

/// A chat command. Every world mints the same keys, so its token fits each of them.
pub(crate) fn chat(trigger: Trigger, id: &str, text: &str) -> Chat {
    Chat {
        trigger,
        message_id: MessageId::parse(id).unwrap(),
        text: scrubbed(text),
        caller: World::minted().caller(),
    }
}

#[test]
fn a_minted_conversation_reads_empty_and_ends_by_its_terms() {
    let world = World::minted();
    let copy = world.read().unwrap();
    assert_eq!(copy.conversation, World::CONVERSATION);
    assert_eq!(copy.ends_at, copy.created_at + World::LIFE_MS);
    assert!(copy.messages.is_empty());
    let due = world.core().store().next_due().unwrap().unwrap();
    assert_eq!(due.at, copy.ends_at);
}

#[test]
fn an_object_is_minted_once() {
    let world = World::minted();
    assert!(world.core().mint(World::CONVERSATION, World::mint()).is_err());
}
