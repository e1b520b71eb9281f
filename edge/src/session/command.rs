//! What can be asked of a session object, and how: paths, requests and replies, typed in one
//! place and used by both ends of the hop.
//!
//! Each command is a `POST` of JSON to the object. The reply is JSON: `{"ok": …}` or
//! `{"error": …}`. [`Chat`] and [`Resume`] answer with the event stream itself where they
//! succeed ([`Resume`] with 204 where no reply is under way).

mod operator;
mod rights;

pub use operator::{CheckLife, Operator, OperatorAction, OperatorReply};
pub use rights::{AskReview, Export, Rectify, Remove, Restrict};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sotto_shared::consent::record::Told;
use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::{MessageId, Origin, WorkspaceId};
use sotto_shared::limits::LIFETIME_SECONDS_MAX;
use sotto_shared::pii::Scrubbed;
use sotto_shared::redacted_debug;
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::conversation::{Conversation, Message};
use sotto_shared::wire::rights::{Restriction, Review};
use sotto_shared::wire::session::{Client, ErasureReceipt, Holder};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::auth::access::Access;
use crate::auth::network::NetworkTag;
pub use crate::object::Command;
use crate::object::commands;
use crate::workspace::command::Listing;

/// Binding of the namespace in `wrangler.toml`.
pub const BINDING: &str = "SESSIONS";

commands! { SessionError:
    Mint => "/mint", MintedSession;
    Refresh => "/refresh", RefreshedSession;
    Chat => "/chat", ();
    Resume => "/resume", ();
    Stop => "/stop", ();
    Read => "/read", Conversation;
    SetConsent => "/consent", ConsentSet;
    Export => "/export", Conversation;
    Rectify => "/rectify", Message;
    Remove => "/remove", Message;
    Restrict => "/restrict", Restriction;
    AskReview => "/review", Review;
    Erase => "/erase", ErasureReceipt;
    Operator => "/operator", OperatorReply;
    CheckLife => "/life", Listing;
}

/// Makes the conversation. The workspace has admitted it and listed it before.
#[derive(Debug, Serialize, Deserialize)]
pub struct Mint {
    /// What the conversation is bound to and how long it lives.
    pub terms: SessionTerms,
    /// Where the first access token may be used.
    pub network: Network,
    /// The key that its texts are sealed with.
    pub key: ConversationKey,
    /// What the visitor was told.
    pub told: Told,
    /// The visitor's answer to it.
    pub choice: Choice,
}

/// The key that seals what is said in a conversation. The workspace makes it and opens it again;
/// the session stores it wrapped and holds it opened in memory alone.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct ConversationKey {
    /// The key.
    pub plain: [u8; 32],
    /// The key, wrapped by the workspace's.
    #[zeroize(skip)]
    pub wrapped: Vec<u8>,
}

/// What a conversation is bound to; the workspace decides it when it admits a visitor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionTerms {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The site's number within it.
    pub site: u16,
    /// The site key's generation.
    pub generation: u16,
    /// The page's origin.
    pub origin: Origin,
    /// Language of the conversation.
    pub lang: String,
    /// Which client it belongs to.
    pub client: Client,
    /// The notice that was agreed to.
    pub notice: NoticeVersion,
    /// The optional purposes that hold.
    pub purposes: Purposes,
    /// Who else will receive text, by that notice.
    pub recipients: Vec<Holder>,
    /// How long it lives.
    #[serde(flatten)]
    pub lifetimes: Lifetimes,
    /// Messages within a minute.
    pub messages_per_minute: u32,
    /// For how many days the proof of the consent outlives an erasure.
    #[serde(default)]
    pub proof_days: u32,
}

/// How long a conversation, and with it its refresh tokens, lives by its site's settings, in
/// seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// Idle life without `remember` or `improve`.
    pub idle_seconds: u64,
    /// Idle life with one of them.
    pub retention_seconds: u64,
    /// Life in any case.
    #[serde(default = "longest_life")]
    pub absolute_seconds: u64,
    /// Whether a conversation that its visitor restricted outlives all three.
    #[serde(default = "yes")]
    pub restriction_keeps: bool,
}

impl Lifetimes {
    /// The idle life that the purposes in force give.
    #[must_use]
    pub const fn life_seconds(&self, purposes: Purposes) -> u64 {
        if purposes.remember || purposes.improve {
            self.retention_seconds
        } else {
            self.idle_seconds
        }
    }

    /// Of each life the shorter one: what a visitor was told when the conversation began is never
    /// made longer, whatever the site's settings become.
    #[must_use]
    pub fn shortened_to(self, site: Self) -> Self {
        Self {
            idle_seconds: self.idle_seconds.min(site.idle_seconds),
            retention_seconds: self.retention_seconds.min(site.retention_seconds),
            absolute_seconds: self.absolute_seconds.min(site.absolute_seconds),
            restriction_keeps: self.restriction_keeps && site.restriction_keeps,
        }
    }

    /// Those of a conversation whose site is gone: it is over, unless its visitor restricted it.
    pub const OVER: Self = Self {
        idle_seconds: 0,
        retention_seconds: 0,
        absolute_seconds: 0,
        restriction_keeps: true,
    };
}

/// Reply to [`Mint`]: the tokens' secret parts are known to nobody else.
#[derive(Serialize, Deserialize)]
pub struct MintedSession {
    /// The first refresh token, whole.
    pub refresh_token: String,
    /// The erase token, whole.
    pub erase_token: String,
    /// The signed receipt of the consent.
    pub receipt: Box<RawValue>,
    /// When the conversation ends if nothing more is said, Unix milliseconds.
    pub ends_at: u64,
    /// The network that minted it.
    pub network: NetworkTag,
}

/// Rotates the refresh token.
#[derive(Serialize, Deserialize)]
pub struct Refresh {
    /// Which token of the family.
    pub n: u32,
    /// Its secret part (28 bytes).
    pub secret: Vec<u8>,
    /// Names the rotation, so that it can be repeated.
    pub rotation_id: MessageId,
    /// The page that asks; it has to be the conversation's.
    pub origin: Origin,
    /// Where the next access token may be used.
    pub network: Network,
}

/// Reply to [`Refresh`]: what the Worker needs for the next access token.
#[derive(Serialize, Deserialize)]
pub struct RefreshedSession {
    /// The next refresh token, whole.
    pub refresh_token: String,
    /// When the conversation ends if nothing more is said, Unix milliseconds.
    pub ends_at: u64,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The site's number.
    pub site: u16,
    /// The page's origin.
    pub origin: Origin,
    /// The network that refreshed it.
    pub network: NetworkTag,
}

/// Who calls with an access token: what the token says, and where it is used. The session compares
/// both with what it knows.
#[derive(Clone, Serialize, Deserialize)]
pub struct Caller {
    /// The tenant that the token names.
    pub workspace: WorkspaceId,
    /// The site that it names.
    pub site: u16,
    /// The page that it names.
    pub origin: Origin,
    /// The network that it names.
    pub tag: NetworkTag,
    /// The network that the call comes from; it is hashed under short-lived keys and never stored.
    pub network: Network,
}

impl Caller {
    /// Who calls with an access token that was checked.
    #[must_use]
    pub fn new(access: &Access, network: Network) -> Self {
        Self {
            workspace: access.workspace,
            site: access.site,
            origin: access.origin.clone(),
            tag: access.network,
            network,
        }
    }
}

/// One message in, one reply streamed out.
#[derive(Serialize, Deserialize)]
pub struct Chat {
    /// New message or new reply.
    pub trigger: Trigger,
    /// Id of the visitor's message.
    pub message_id: MessageId,
    /// Its text.
    #[serde(with = "crate::hop")]
    pub text: Scrubbed,
    /// Who sends it.
    pub caller: Caller,
}

/// Streams the reply that is under way.
#[derive(Debug, Serialize, Deserialize)]
pub struct Resume {
    /// Who asks.
    pub caller: Caller,
}

/// Stops the reply that is under way; does nothing if there is none.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stop {
    /// Who asks.
    pub caller: Caller,
}

/// Reads the conversation, to go on with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Read {
    /// Who asks.
    pub caller: Caller,
}

/// Changes the visitor's consent.
#[derive(Debug, Serialize, Deserialize)]
pub struct SetConsent {
    /// What holds from now on.
    pub choice: Choice,
    /// Who asks.
    pub caller: Caller,
}

/// Reply to [`SetConsent`].
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentSet {
    /// Whether the chat holds.
    pub chat: bool,
    /// The optional purposes that do.
    pub purposes: Purposes,
    /// The optional purposes that were objected to.
    pub objections: Purposes,
    /// When the conversation ends if nothing more is said, Unix milliseconds.
    pub ends_at: u64,
    /// The signed receipt of all that.
    pub receipt: Box<RawValue>,
}

/// Erases the conversation.
#[derive(Serialize, Deserialize)]
pub struct Erase {
    /// The erase token's secret part (32 bytes).
    pub secret: Vec<u8>,
}

/// The /24 or /48 that a request came from, as text. It has no `Debug` that shows it and is
/// passed on only to be hashed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(pub String);

redacted_debug!(
    ConversationKey,
    MintedSession,
    Refresh,
    RefreshedSession,
    Caller,
    Chat,
    Erase,
    Network
);

const fn longest_life() -> u64 {
    LIFETIME_SECONDS_MAX
}

const fn yes() -> bool {
    true
}

/// Why a session refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SessionError {
    /// No conversation was ever minted here, or its tombstone has gone too.
    #[error("there is no such conversation")]
    Unknown,
    /// The conversation was erased by its token.
    #[error("the conversation was erased")]
    Erased {
        /// Id of the receipt.
        receipt: String,
    },
    /// The conversation was erased by its operator.
    #[error("the conversation was erased by its operator")]
    ErasedByOperator {
        /// Id of the receipt.
        receipt: String,
    },
    /// The conversation's lifetime is over; a legal hold keeps what was said.
    #[error("the conversation has ended and is held")]
    Closed,
    /// The conversation's lifetime is over, and it erased itself.
    #[error("the conversation has ended")]
    Ended {
        /// Id of the receipt.
        receipt: String,
    },
    /// A secret part does not fit.
    #[error("the token does not fit")]
    TokenInvalid,
    /// The token is used from another page than the conversation's, or names another tenant.
    #[error("the token belongs elsewhere")]
    TokenMismatch,
    /// The access token is used from another network than the one it was given to.
    #[error("the access token was given to another network")]
    NetworkMismatch,
    /// An old refresh token was used again, which revoked the family.
    #[error("the token was revoked")]
    TokenRevoked,
    /// The message id was used for another text.
    #[error("the message id was used for another text")]
    MessageConflict,
    /// The conversation has no message of this id.
    #[error("there is no such message")]
    MessageUnknown,
    /// The message is a reply, which is not the visitor's to change.
    #[error("the message is not the visitor's own")]
    NotOwnMessage,
    /// The visitor removed the message.
    #[error("the message was removed")]
    MessageRemoved,
    /// The visitor restricted the conversation.
    #[error("the conversation is restricted")]
    Restricted,
    /// No review was asked for.
    #[error("no review was asked for")]
    NoReview,
    /// A reply is still being written.
    #[error("a reply is still being written")]
    ReplyInProgress,
    /// There is no reply to replace.
    #[error("there is no reply to replace")]
    NothingToRegenerate,
    /// The conversation takes no more messages.
    #[error("the conversation is full")]
    Full,
    /// The conversation was not given to `improve`, and the operator gave no reason to read it.
    #[error("reading the conversation takes a reason")]
    ReasonRequired,
    /// A legal hold keeps the conversation from the operator's erasure.
    #[error("the conversation is under a legal hold")]
    Held,
    /// Something was done too often in a short time.
    #[error("too often in a short time")]
    RateLimited {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The network's budget of the day is spent.
    #[error("the day's budget is spent")]
    BudgetSpent {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The consent to the chat was taken back.
    #[error("the consent to the chat was taken back")]
    ConsentWithdrawn,
    /// There is no record of a consent to the chat, or it cannot be read.
    #[error("there is no record of a consent to the chat")]
    ConsentUnproven,
    /// A purpose was to be given that the site does not offer.
    #[error("the site does not offer a purpose")]
    PurposeNotOffered,
    /// The site's notice is no longer the one that was agreed to.
    #[error("the notice has changed")]
    NoticeChanged {
        /// The version in force.
        notice: String,
    },
    /// The site no longer allows the page's origin.
    #[error("the origin is not one of the site's")]
    OriginNotAllowed,
    /// The workspace or the site is gone, or the site's key was revoked.
    #[error("the site is gone")]
    SiteGone,
    /// Something broke; the object's log says what.
    #[error("the session object failed")]
    Failed,
}
