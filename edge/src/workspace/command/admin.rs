//! What an operator asks of a workspace, with an API key.

use serde::{Deserialize, Serialize};
use sotto_shared::id::ConversationId;
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::{
    AccessReason, ConversationEntry, ConversationFlag, ConversationList, Counts, DocumentEntry,
    DocumentList, Hold, KeyCreated, KeyList, NewKey, SiteEntry, SiteList, SiteSettings,
};
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::provider::ProviderHealth;
use sotto_shared::wire::rights::ReviewOutcome;
use sotto_shared::wire::session::ErasureReceipt;

/// A command of an operator.
#[derive(Serialize, Deserialize)]
pub struct Admin {
    /// The API key's secret part (32 bytes).
    pub secret: Vec<u8>,
    /// What to do.
    pub action: AdminAction,
}

/// What an operator can do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminAction {
    /// Makes a site.
    CreateSite(Box<SiteSettings>),
    /// Replaces a site's settings.
    ChangeSite(u16, Box<SiteSettings>),
    /// Removes a site with its documents.
    DeleteSite(u16),
    /// Lists the sites.
    ListSites,
    /// Puts a document.
    PutDocument {
        /// The site.
        site: u16,
        /// The document's name.
        name: String,
        /// Its media type: `text/markdown` or `text/plain`.
        media_type: String,
        /// Its text.
        text: String,
        /// Whether it is stored sealed; absent, it stays as it was, and a new one is not.
        confidential: Option<bool>,
    },
    /// Removes a document.
    DeleteDocument {
        /// The site.
        site: u16,
        /// The document's name.
        name: String,
    },
    /// Lists a site's documents.
    ListDocuments(u16),
    /// Lists conversations.
    ListConversations {
        /// Those behind this cursor.
        after: Option<String>,
        /// Those of this site.
        site: Option<u16>,
        /// Those that have this.
        flag: Option<ConversationFlag>,
    },
    /// Reads a site's daily figures.
    ReadCounts {
        /// The site.
        site: u16,
        /// The first day.
        from: Option<String>,
        /// The last day.
        to: Option<String>,
    },
    /// Exports a page of the audit log, from the entry of this number on.
    ExportAudit(Option<String>),
    /// Signs a checkpoint of the audit log.
    ReadCheckpoint,
    /// Tells how the providers do.
    ReadHealth,
    /// Gives a site a new public key in place of the one it has.
    ReplaceSiteKey(u16),
    /// Makes an API key.
    CreateKey(NewKey),
    /// Lists the API keys.
    ListKeys,
    /// Removes an API key.
    DeleteKey(String),
}

/// Reply to [`Admin`], one variant for each kind of answer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminReply {
    /// A site was made or changed.
    Site(Box<SiteEntry>),
    /// The sites.
    Sites(SiteList),
    /// A document was put.
    Document(DocumentEntry),
    /// The documents.
    Documents(DocumentList),
    /// The conversations.
    Conversations(ConversationList),
    /// A site's daily figures.
    Counts(Counts),
    /// An API key was made.
    KeyCreated(KeyCreated),
    /// The API keys.
    Keys(KeyList),
    /// A page of the audit log as JSON lines, or a checkpoint of it as a signed note.
    Audit(String),
    /// How the providers do that failed lately.
    Health(Vec<ProviderHealth>),
    /// Something was removed.
    Done,
}

/// A command of an operator to one conversation. The workspace asks the conversation itself, which
/// answers nobody else.
#[derive(Serialize, Deserialize)]
pub struct AdminConversation {
    /// The API key's secret part (32 bytes).
    pub secret: Vec<u8>,
    /// Which.
    pub conversation: ConversationId,
    /// What to do.
    pub action: ConversationAction,
}

/// What an operator can do to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationAction {
    /// Reads it.
    Read(Option<AccessReason>),
    /// Takes it away as a signed document.
    Export(Option<AccessReason>),
    /// Erases it.
    Erase,
    /// Puts it under a legal hold.
    Hold(Hold),
    /// Lifts the legal hold.
    Release,
    /// Tells the visitor what came of a person's look.
    Answer(ReviewOutcome),
    /// Shows that there is a consent, or was one: it is asked for by its id, also when the
    /// conversation is no longer on the list.
    Consent,
}

/// Reply to [`AdminConversation`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationReply {
    /// What was said.
    Read(Box<Conversation>),
    /// It was erased.
    Erased(ErasureReceipt),
    /// How it stands now.
    Listed(ConversationEntry),
    /// The signed receipt of the consent, or the proof that is left of it.
    Consent(String),
}

redacted_debug!(Admin, AdminAction, AdminConversation);
