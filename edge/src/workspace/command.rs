//! What can be asked of a workspace object, and how: paths, requests and replies, typed in one
//! place and used by both ends of the hop.
//!
//! Each command is a `POST` of JSON to the object; the reply is `{"ok": …}` or `{"error": …}`.
//! Commands of an operator travel inside [`Admin`], which carries the API key's secret part: the
//! object checks it before it looks at the command.

mod admin;

pub use admin::{Admin, AdminAction, AdminConversation, AdminReply};

use serde::{Deserialize, Serialize};
use sotto_shared::consent::record::Told;
use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::{ConversationId, Origin};
use sotto_shared::pii::{Policy, Scrubbed};
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::{ConversationEntry, Hold, KeyCreated, RootState, Scope};
use sotto_shared::wire::provider::Provider;
use sotto_shared::wire::session::Client;
use sotto_shared::wire::site::{Contact, ScrubSettings, Site};

use crate::auth::challenge::Solved;
use crate::guard::links::LinkRules;
pub use crate::object::Command;
use crate::object::commands;
use crate::session::command::{
    ConversationKey, Lifetimes, Network, OperatorReply, SessionError, SessionTerms,
};
use crate::workspace::settings::providers;

/// Binding of the namespace in `wrangler.toml`.
pub const BINDING: &str = "WORKSPACES";

commands! { WorkspaceError:
    Create => "/create", KeyCreated;
    IssueKey => "/key", KeyCreated;
    ReadRoot => "/root", RootState;
    PublicSite => "/site", PublicSettings;
    ReadRules => "/rules", ScrubRules;
    Admit => "/admit", Admitted;
    Answer => "/answer", Agreed;
    OpenKey => "/open-key", ConversationKey;
    Turn => "/turn", TurnContext;
    Settle => "/settle", ();
    Listing => "/listing", ();
    Forget => "/forget", ();
    Report => "/report", ();
    ReportProviders => "/providers", ();
    Admin => "/admin", AdminReply;
    AdminConversation => "/admin/conversation", OperatorReply<ConversationEntry>;
}

/// Makes the workspace and its first API key.
#[derive(Debug, Serialize, Deserialize)]
pub struct Create {
    /// Its name.
    pub name: String,
}

/// Makes another API key with every scope, for an owner who has none left.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssueKey {}

/// Reads whether an older root key is still needed.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadRoot {}

/// Which site, as its key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRef {
    /// Its number.
    pub number: u16,
    /// The key's generation; a site refuses older ones.
    pub generation: u16,
}

/// Reads a site's public settings.
#[derive(Debug, Serialize, Deserialize)]
pub struct PublicSite {
    /// Which site.
    pub site: SiteRef,
    /// The language asked for; absent for the site's own.
    pub lang: Option<String>,
}

/// Reply to [`PublicSite`].
#[derive(Debug, Serialize, Deserialize)]
pub struct PublicSettings {
    /// What the visitor's browser gets.
    pub site: Site,
    /// Who may ask.
    pub origins: Vec<Origin>,
}

/// Reads what is looked for in a site's messages. Who asks has an access token for the site.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadRules {
    /// The site's number.
    pub site: u16,
}

/// What is looked for in a site's messages and replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScrubRules {
    /// What the site changes about the scrubber.
    pub scrub: ScrubSettings,
    /// The site's own values, which are not hidden.
    pub exempt: Vec<String>,
}

impl ScrubRules {
    /// The policy that they mean.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.scrub.policy(&self.exempt)
    }
}

/// Admits a visitor: checks origin, consent and budgets, lists the conversation, and says what it
/// is bound to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Admit {
    /// Which site.
    pub site: SiteRef,
    /// The id of the session object that will hold the conversation.
    pub conversation: ConversationId,
    /// The page's origin.
    pub origin: Origin,
    /// Language of the conversation.
    pub lang: String,
    /// Which client asks.
    pub client: Client,
    /// The visitor's answer to the gate.
    pub choice: Choice,
    /// Where it comes from; counted under a keyed hash.
    pub network: Network,
    /// The challenge that the browser solved, if it did.
    pub solved: Option<Solved>,
}

/// Reply to [`Admit`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Admitted {
    /// What the conversation is bound to.
    pub terms: SessionTerms,
    /// The key that its texts are sealed with.
    pub key: ConversationKey,
    /// What the visitor was told and agreed to.
    pub told: Told,
}

/// Checks an answer to the notice in force, for a conversation that goes on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Which site.
    pub site: SiteRef,
    /// The page's origin.
    pub origin: Origin,
    /// Language of the conversation.
    pub lang: String,
    /// The visitor's answer.
    pub choice: Choice,
}

/// Reply to [`Answer`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Agreed {
    /// What the visitor was told and agreed to.
    pub told: Told,
    /// The optional purposes that hold.
    pub purposes: Purposes,
    /// How long the conversation lives by the site's settings.
    pub lifetimes: Lifetimes,
}

/// Opens a conversation's key again, for a session object that lost its memory.
#[derive(Serialize, Deserialize)]
pub struct OpenKey {
    /// Whose.
    pub conversation: ConversationId,
    /// The key, wrapped; absent for a conversation of an earlier version, which gets its first.
    pub wrapped: Option<Vec<u8>>,
}

/// Asks for what a reply needs. The session object calls it once for each turn.
#[derive(Serialize, Deserialize)]
pub struct Turn {
    /// Which site.
    pub site: SiteRef,
    /// The visitor's words, for the search.
    #[serde(with = "crate::hop")]
    pub question: Scrubbed,
    /// Language of the conversation.
    pub lang: String,
    /// The notice that the visitor agreed to: text goes to nobody that it does not name.
    pub notice: NoticeVersion,
    /// The page's origin, which the site may have taken off its list.
    pub origin: Origin,
    /// The conversation, if its message is to be counted: it was given to `analytics`.
    #[serde(default)]
    pub counted: Option<ConversationId>,
    /// Tokens that paid providers took in this conversation so far.
    #[serde(default)]
    pub tokens: u64,
    /// Where the message comes from; counted under a keyed hash.
    pub network: Network,
}

/// Reply to [`Turn`].
#[derive(Serialize, Deserialize)]
pub struct TurnContext {
    /// The site's name.
    pub site_name: String,
    /// Who writes the reply, in the order in which they are asked: the site's providers, or
    /// `local` alone where its budget is spent.
    pub providers: Vec<TurnProvider>,
    /// The site's own words to the model.
    pub system_prompt: String,
    /// The passages that fit best, best first.
    pub passages: Vec<Passage>,
    /// Where to turn when nothing fits.
    pub contact: Option<Contact>,
    /// What is looked for in passages and replies.
    pub rules: ScrubRules,
    /// Where a reply may link to.
    pub links: LinkRules,
    /// How many tokens a prompt and its reply may have together.
    pub tokens_per_turn: u32,
    /// What is used up, where that is why no paid provider writes.
    pub spent: Option<Spent>,
    /// What was counted for a paid provider's reply; absent where none writes it.
    pub reserved: Option<Reserved>,
}

/// What of a site's budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spent {
    /// What the site has for a day.
    Day,
    /// What the conversation has.
    Conversation,
    /// What a turn has: the question is too long for it.
    Turn,
}

/// Tokens that were counted for a reply before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// On which day, counted from 1970.
    pub day: u64,
    /// How many.
    pub tokens: u64,
}

/// Tells what a paid provider's reply really took.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settle {
    /// The site's number.
    pub site: u16,
    /// What was counted for it.
    pub reserved: Reserved,
    /// Tokens that the reply took.
    pub tokens: u64,
}

/// One who may write a reply.
#[derive(Serialize, Deserialize)]
pub struct TurnProvider {
    /// Its settings, with its opened key.
    pub settings: Provider,
    /// Kind, host and model, by which its circuit breaker is known, and the end of the site's own
    /// key: one site's spent quota says nothing of another's.
    pub name: String,
    /// Whether it failed lately, so that its success is worth telling.
    pub is_watched: bool,
    /// Whether it is asked in trial: nobody else asks it until it is told how it did.
    pub is_probe: bool,
}

impl TurnProvider {
    /// A provider that is not known to have failed.
    #[must_use]
    pub fn of(settings: Provider, key_ends: Option<&str>) -> Self {
        let kind = settings.name();
        let host = providers::host(&settings).unwrap_or_default();
        let model = settings.remote().map(|remote| remote.model.as_str()).unwrap_or_default();
        let mut name = format!("{kind} {host} {model}");
        if let Some(ends) = key_ends {
            name.push_str(" …");
            name.push_str(ends);
        }
        Self { name, settings, is_watched: false, is_probe: false }
    }
}

/// Tells how the providers did that were asked for a reply.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReportProviders {
    /// Each that was asked, if there is something to tell of it.
    pub results: Vec<ProviderResult>,
}

/// How a provider did.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProviderResult {
    /// The name that it has in the turn.
    pub name: String,
    /// What was seen of it.
    pub outcome: Outcome,
}

/// What was seen of a provider that was to write a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It did what it is there for, be it by a refusal.
    Works,
    /// It failed.
    Fails,
    /// Nothing: it was not asked in the end, or its reply was stopped before its first word.
    Unknown,
}

/// A piece of a document, by its heading.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passage {
    /// Names the passage within the site: document name, `#`, anchor.
    pub id: String,
    /// Name of the document.
    pub document: String,
    /// Media type of the document.
    pub media_type: String,
    /// Title of the document.
    pub title: String,
    /// Heading of the passage; empty before the first one.
    pub heading: String,
    /// Its text, Markdown as it stands in the document.
    pub text: String,
}

/// Tells what the list shows of a conversation. It can be told again and again, and an older one
/// that comes late changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which.
    pub conversation: ConversationId,
    /// Grows with every change, from 1.
    pub number: u64,
    /// Whether it was given to `improve`.
    pub improve: bool,
    /// Whether it was given to `analytics`.
    pub analytics: bool,
    /// Whether its processing is restricted.
    pub restricted: bool,
    /// When a review by a person was asked for, Unix milliseconds; absent where none waits.
    pub review_asked_at: Option<u64>,
    /// The legal hold that it is under, or was.
    pub hold: Option<Hold>,
    /// When it ends if nothing more is said, Unix milliseconds. Each message moves it, which is not
    /// told.
    pub ends_at: u64,
}

/// Takes a conversation off the list that is no more.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forget {
    /// Which.
    pub conversation: ConversationId,
    /// What became of it.
    pub why: Forgotten,
}

/// What became of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgotten {
    /// Its visitor erased it.
    Erased,
    /// Its life was over, and it erased itself.
    Ended,
    /// Its operator erased it.
    ErasedByOperator,
    /// It was listed and could not be made.
    NeverBegun,
}

/// Tells the audit log what happened in a session object.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// Where.
    pub conversation: ConversationId,
    /// What.
    pub what: Reported,
}

/// What a session object reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reported {
    /// A reply repeated its instructions and was cut off.
    ReplyCutOff,
    /// The visitor took the copy.
    Exported,
    /// The copy could not be made.
    ExportFailed,
    /// An erasure was asked for with another secret.
    ErasureRefused,
    /// An erasure broke.
    ErasureFailed,
    /// The conversation's life was over, and it could not erase itself.
    EndingFailed,
    /// An old refresh token was used again, which revoked the family.
    TokensRevoked,
    /// The visitor gave a purpose, took one back or objected to one.
    ConsentChanged,
    /// The visitor rectified a message.
    MessageChanged,
    /// The visitor removed a message.
    MessageRemoved,
    /// The visitor restricted the conversation.
    Restricted,
    /// The visitor lifted the restriction.
    RestrictionLifted,
    /// The visitor asked for a person to look.
    ReviewAsked,
}

redacted_debug!(OpenKey, Turn, TurnContext, TurnProvider, Passage);

/// Why a workspace refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceError {
    /// No workspace was ever made here.
    #[error("there is no such workspace")]
    Unknown,
    /// The API key's secret does not fit.
    #[error("the API key does not fit")]
    KeyInvalid,
    /// The API key's life is over.
    #[error("the API key has expired")]
    KeyExpired,
    /// The API key may not do this.
    #[error("the API key lacks a scope")]
    ScopeMissing {
        /// The scope that it would need.
        scope: Scope,
    },
    /// There is no API key of this id.
    #[error("there is no such API key")]
    KeyUnknown,
    /// There is no such site, or its key was revoked.
    #[error("there is no such site")]
    SiteUnknown,
    /// There is no such conversation on the workspace's list.
    #[error("there is no such conversation")]
    ConversationUnknown,
    /// There is no such document.
    #[error("there is no such document")]
    DocumentUnknown,
    /// The conversation refuses what the operator asks of it.
    #[error("the conversation refuses: {0}")]
    Conversation(SessionError),
    /// The conversation's object could not be reached.
    #[error("the conversation could not be reached")]
    Unreachable,
    /// The origin is not one of the site's.
    #[error("the origin is not one of the site's")]
    OriginNotAllowed,
    /// The visitor did not agree to the chat.
    #[error("consent was not given")]
    ConsentRequired,
    /// The visitor agreed to another notice than the one in force.
    #[error("the notice has changed")]
    NoticeChanged {
        /// The version in force.
        notice: String,
    },
    /// A value of the settings breaks its rule.
    #[error("{field}: {rule}")]
    InvalidValue {
        /// Which member.
        field: String,
        /// What it has to be.
        rule: String,
    },
    /// A limit of the workspace is reached.
    #[error("{what}")]
    LimitReached {
        /// Which limit.
        what: String,
    },
    /// Too often within a minute.
    #[error("too often in a minute")]
    RateLimited {
        /// Seconds until the next minute.
        retry_after: u64,
    },
    /// A challenge has to be solved first.
    #[error("a challenge has to be solved first")]
    ChallengeRequired {
        /// How hard a one.
        bits: u8,
    },
    /// The day's budget is spent.
    #[error("the day's budget is spent")]
    BudgetSpent {
        /// Seconds until the next day.
        retry_after: u64,
    },
    /// Something broke; the object's log says what.
    #[error("the workspace object failed")]
    Failed,
}
