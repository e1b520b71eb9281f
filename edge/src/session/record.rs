//! What a session object stores, as the rest of it sees it.

use serde::{Deserialize, Serialize};
use sotto_shared::consent::record::Told;
use sotto_shared::consent::{ConsentEvent, NoticeVersion};
use sotto_shared::id::{ConversationId, WorkspaceId};
use sotto_shared::pii::Scrubbed;
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::Hold;
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::session::{ErasureReceipt, Holder};
use sotto_shared::wire::stream::{Author, FinishReason, Source};

use crate::auth::network::NetworkTag;
use crate::session::command::SessionTerms;

/// The conversation itself.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub conversation: ConversationId,
    /// What it is bound to.
    pub terms: SessionTerms,
    /// When it was minted, Unix milliseconds.
    pub created_at: u64,
    /// When the last message was accepted, Unix milliseconds.
    pub last_at: u64,
    /// Tokens that paid providers took in it.
    pub tokens: u64,
    /// Whether the visitor restricted it.
    pub restricted: Restricted,
    /// The refresh tokens' family.
    pub family: Family,
    /// The key of its networks' tags, sealed; absent in a conversation of an earlier version until
    /// it is refreshed.
    pub sealed_network_key: Option<Vec<u8>>,
    /// The key of its texts, wrapped by the workspace's; absent in a conversation of an earlier
    /// version until it is opened, and empty once it was destroyed.
    pub wrapped_key: Option<Vec<u8>>,
    /// Why it is being erased: its key is destroyed, and the rest is to follow.
    pub ending: Option<Cause>,
    /// What the erase token is checked against.
    pub erase: EraseCheck,
}

/// What an erasure needs to know of a conversation. It is read from what the first version of the
/// tables had, so that nothing which came later can stand against it.
#[derive(Clone, Debug)]
pub struct Erasable {
    /// The conversation's id.
    pub conversation: ConversationId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Who received what was said.
    pub recipients: Vec<Holder>,
    /// For how many days the proof of the consent is kept.
    pub proof_days: u32,
    /// What the erase token is checked against.
    pub erase: EraseCheck,
}

impl From<Session> for Erasable {
    fn from(session: Session) -> Self {
        Self {
            conversation: session.conversation,
            workspace: session.terms.workspace,
            recipients: session.terms.recipients,
            proof_days: session.terms.proof_days,
            erase: session.erase,
        }
    }
}

/// Whether a conversation is kept and not used, as its visitor asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restricted {
    /// Since when, Unix milliseconds; absent if it is used.
    pub since: Option<u64>,
    /// When that was lifted, Unix milliseconds; absent if it never was, or holds again.
    pub lifted_at: Option<u64>,
}

/// How the conversation stands with its workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The legal hold that it is under, or was; it may be over.
    pub hold: Option<Hold>,
    /// Number of the newest listing that is due or was told.
    pub listing: u64,
}

/// A family of refresh tokens.
#[derive(Clone)]
pub struct Family {
    /// The key of its tokens, sealed.
    pub sealed_key: Vec<u8>,
    /// Number of the token in force.
    pub n: u32,
    /// The rotation that made it; absent for the first.
    pub rotation: Option<Rotation>,
    /// Whether an old token was used again.
    pub revoked: bool,
}

/// A rotation of the refresh token.
#[derive(Clone)]
pub struct Rotation {
    /// The name that the client gave it.
    pub id: String,
    /// When, Unix milliseconds.
    pub at: u64,
    /// From where; absent if an earlier version made it.
    pub network: Option<NetworkTag>,
}

/// What an erase token is checked against: a hash keyed with a salt of this conversation's own.
#[derive(Clone)]
pub struct EraseCheck {
    /// Key of the hash.
    pub salt: Vec<u8>,
    /// The hash.
    pub hash: Vec<u8>,
}

/// What a reply rests on. It is sealed as the text is: which passages fit says what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// The passages that it cites or quotes, in the order of their numbers in the text.
    pub sources: Vec<Source>,
    /// Names of all passages that its writer was given.
    pub given: Vec<String>,
    /// The mark that the text carries, by what the operator declares of the model.
    pub text_marking: String,
}

impl Grounds {
    /// These sources and nothing else, in a text without a mark: what the edge says itself, and
    /// replies of an earlier version, of which the sources were stored alone.
    #[must_use]
    pub fn of(sources: Vec<Source>) -> Self {
        Self { sources, given: Vec::new(), text_marking: UNMARKED.into() }
    }
}

/// Who writes a reply, and what it rests on before it cites anything.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The provider's name.
    pub provider: &'static str,
    /// Its model, if it is one.
    pub model: Option<String>,
    /// What it is given.
    pub grounds: Grounds,
}

/// A text without a mark of its own.
pub const UNMARKED: &str = "none";

/// A message as it is stored.
#[derive(Clone)]
pub struct StoredMessage {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// Its text, scrubbed before it was stored.
    pub text: Scrubbed,
    /// When it was accepted or begun, Unix milliseconds.
    pub at: u64,
    /// How far it has come.
    pub state: MessageState,
    /// The message that a reply answers.
    pub reply_to: Option<String>,
    /// Which provider wrote a reply.
    pub provider: Option<String>,
    /// Which model wrote a reply.
    pub model: Option<String>,
    /// What a reply rests on; absent if it broke off with the object in an earlier version.
    pub grounds: Option<Grounds>,
    /// How a reply ended; absent while it runs.
    pub end: Option<End>,
    /// When a reply ended, Unix milliseconds.
    pub ended_at: Option<u64>,
    /// When it was rectified, Unix milliseconds.
    pub changed_at: Option<u64>,
    /// When it was removed, Unix milliseconds.
    pub removed_at: Option<u64>,
    /// Whether the message that a reply answers was rectified since.
    pub answers_earlier_text: bool,
    /// The notice under which a reply was written; absent if an earlier version wrote it.
    pub notice: Option<NoticeVersion>,
}

/// What of a message a model is reminded of.
#[derive(Clone)]
pub struct Said {
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub text: Scrubbed,
    /// What wrote it, if it is a reply.
    pub provider: Option<String>,
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// What became of it.
    pub state: MessageState,
    /// What the stream says.
    pub finish: FinishReason,
    /// Why it broke off, if it did.
    pub problem: Option<Code>,
}

/// What is left of an erased conversation.
#[derive(Clone, Debug)]
pub struct Tombstone {
    /// The tenant, which may still have to hear of the erasure.
    pub workspace: WorkspaceId,
    /// So that the erase token still gets its receipt.
    pub erase: EraseCheck,
    /// Why it was erased.
    pub cause: Cause,
    /// The receipt.
    pub receipt: ErasureReceipt,
    /// What the site wants to be left of the consent, signed; the receipt says for how long.
    pub consent_proof: Option<String>,
}

/// The record of consent as it is stored.
#[derive(Debug, Default)]
pub struct ConsentStored {
    /// The record of the newest notice that was answered to, with what it told; `None` in a
    /// conversation of an earlier version.
    pub newest: Option<(String, Told)>,
    /// What the visitor did, oldest first.
    pub events: Vec<ConsentEvent>,
    /// How many of the events belong to earlier records.
    pub earlier: usize,
}

impl ConsentStored {
    /// The events of the newest record.
    #[must_use]
    pub fn newest_events(&self) -> &[ConsentEvent] {
        self.events.get(self.earlier..).unwrap_or_default()
    }
}

/// Why a conversation was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The erase token.
    Token,
    /// Its lifetime.
    Lifetime,
    /// The operator.
    Operator,
}

/// Something due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The conversation's lifetime ends.
    End,
    /// The tombstone's own life ends.
    TombstoneEnd,
    /// The workspace has to hear of the erasure.
    Outbox,
    /// The workspace's list has to hear what has changed.
    Listing,
    /// What is left of the consent goes too.
    ProofEnd,
    /// The workspace's audit log has to hear what the visitor did.
    Reports,
}

/// Something due, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueItem {
    /// What.
    pub kind: Due,
    /// When, Unix milliseconds.
    pub at: u64,
    /// How often it was tried in vain.
    pub attempts: u32,
}

impl Due {
    const ALL: [Self; 6] =
        [Self::End, Self::TombstoneEnd, Self::Outbox, Self::Listing, Self::ProofEnd, Self::Reports];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::TombstoneEnd => "tombstone_end",
            Self::Outbox => "outbox",
            Self::Listing => "listing",
            Self::ProofEnd => "proof_end",
            Self::Reports => "reports",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|due| due.name() == name)
    }
}

impl Cause {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Lifetime => "lifetime",
            Self::Operator => "operator",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Token, Self::Lifetime, Self::Operator].into_iter().find(|cause| cause.name() == name)
    }
}

redacted_debug!(Family, Rotation, EraseCheck, StoredMessage, Said);
