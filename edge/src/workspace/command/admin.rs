//! What an operator asks of a workspace, with an API key.

use serde::{Deserialize, Serialize};
use sotto_shared::id::ConversationId;
use sotto_shared::redacted_debug;
use sotto_shared::wire::admin::{
    ConversationFlag, ConversationList, Counts, DocumentEntry, DocumentList, KeyCreated, KeyList,
    NewKey, SiteEntry, SiteList, SiteSettings,
};
use sotto_shared::wire::provider::ProviderHealth;

use crate::session::command::OperatorAction;

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
    /// A page of the audit log, JSON lines.
    Audit(String),
    /// A checkpoint of the audit log, a signed note.
    Checkpoint(String),
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
    pub action: OperatorAction,
}

redacted_debug!(Admin, AdminAction, AdminConversation);
