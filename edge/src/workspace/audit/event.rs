//! What is recorded: who did what to which object, and how it ended.

use serde::Serialize;
use sotto_shared::audit::{Class, Digest, object};
use sotto_shared::id::{ConversationId, WorkspaceId};

use crate::auth::mac::sha256;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// Why, where that has to be said: a word of a closed list.
    pub reason: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Who holds the platform's token.
    Platform,
    /// Who holds the API key of this id.
    Operator(String),
    /// The visitor whose conversation it is.
    Visitor(ConversationId),
    /// Someone who showed no key that fits.
    Unknown,
    /// The edge by itself: a lifetime that ended, a key that was wrapped anew.
    System,
}

/// What something is done to. Its id is recorded as a salted commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// The workspace, or what it lists.
    Workspace(WorkspaceId),
    /// An API key by its id.
    ApiKey(String),
    /// A site by its number, or what it lists.
    Site(u16),
    /// A document: its site and the hash of its name.
    Document(u16, [u8; 32]),
    /// A conversation, and its site where it is known.
    Conversation(Option<u16>, ConversationId),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not allowed, or there was nothing to do it to.
    Refused,
    /// It should have been done and something broke.
    Failed,
}

macro_rules! actions {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $class:ident;)+) => {
        /// What is done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])+ $variant,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in an entry.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// How long its entries are kept.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }
        }
    };
}

actions! {
    /// A workspace was made.
    WorkspaceCreated = "workspace.created", Compliance;
    /// The workspace's key was wrapped under a new root key.
    WorkspaceKeyRewrapped = "workspace_key.rewrapped", Compliance;
    /// An API key was made.
    ApiKeyCreated = "api_key.created", Compliance;
    /// An API key was removed.
    ApiKeyRemoved = "api_key.removed", Compliance;
    /// The API keys were listed, none of them whole.
    ApiKeysListed = "api_keys.listed", Operational;
    /// Someone came with an API key that does not fit, has expired or lacks the scope.
    LoginRefused = "login.refused", Operational;
    /// A site was made.
    SiteCreated = "site.created", Compliance;
    /// A site's settings were replaced.
    SiteChanged = "site.changed", Compliance;
    /// A site was removed with its documents.
    SiteRemoved = "site.removed", Compliance;
    /// The sites were listed with their settings.
    SitesListed = "sites.listed", Operational;
    /// A site's public key was replaced, which revoked the one before.
    SiteKeyReplaced = "site_key.replaced", Compliance;
    /// A provider's key was stored.
    ProviderKeySet = "provider_key.set", Compliance;
    /// A document was put.
    DocumentPut = "document.put", Operational;
    /// A document was removed.
    DocumentRemoved = "document.removed", Operational;
    /// A site's documents were listed.
    DocumentsListed = "documents.listed", Operational;
    /// The conversations were listed, without their texts.
    ConversationsListed = "conversations.listed", Operational;
    /// A site's daily figures were read.
    CountsRead = "counts.read", Operational;
    /// An operator read a conversation.
    ConversationRead = "conversation.read", Compliance;
    /// An operator was shown the consent of a conversation, or what is left of it.
    ConsentShown = "consent.shown", Compliance;
    /// A visitor gave a purpose, took one back or objected to one.
    ConsentChanged = "consent.changed", Compliance;
    /// A conversation was put under a legal hold.
    ConversationHeld = "conversation.held", Compliance;
    /// A legal hold was lifted.
    ConversationReleased = "conversation.released", Compliance;
    /// A visitor took the copy of a conversation, or an operator took it away.
    ConversationExported = "conversation.exported", Compliance;
    /// A visitor rectified a message of their own.
    MessageChanged = "message.changed", Compliance;
    /// A visitor removed a message.
    MessageRemoved = "message.removed", Compliance;
    /// A visitor restricted a conversation, so that it is kept and not used.
    ConversationRestricted = "conversation.restricted", Compliance;
    /// A visitor lifted a restriction.
    RestrictionLifted = "restriction.lifted", Compliance;
    /// A visitor asked for a person to look.
    ReviewAsked = "review.asked", Compliance;
    /// An operator told the visitor what came of it.
    ReviewAnswered = "review.answered", Compliance;
    /// A conversation was erased.
    ConversationErased = "conversation.erased", Compliance;
    /// A conversation's tokens were revoked, since an old one was used again.
    TokensRevoked = "tokens.revoked", Compliance;
    /// A reply repeated its instructions and was cut off before it was sent.
    ReplyCutOff = "reply.cut_off", Operational;
    /// This log was exported.
    AuditExported = "audit.exported", Compliance;
}

impl Event {
    /// What is hashed and stored, members in this order.
    pub(super) fn payload(&self, salt: &Digest) -> impl Serialize {
        Payload {
            actor: self.actor.payload(salt),
            action: self.action.name(),
            object: self.object.payload(salt),
            site: self.object.site(),
            reason: self.reason,
            result: self.outcome,
        }
    }
}

impl Actor {
    fn payload(&self, salt: &Digest) -> ActorPayload {
        match self {
            Self::Platform => ActorPayload::Platform {},
            Self::Operator(key) => ActorPayload::Operator { key: key.clone() },
            Self::Visitor(conversation) => ActorPayload::Visitor {
                commitment: Object::Conversation(None, *conversation).commitment(salt),
            },
            Self::Unknown => ActorPayload::Unknown {},
            Self::System => ActorPayload::System {},
        }
    }
}

impl Object {
    /// A document by its name.
    #[must_use]
    pub fn document(site: u16, name: &str) -> Self {
        Self::Document(site, sha256(name.as_bytes()))
    }

    fn payload(&self, salt: &Digest) -> ObjectPayload {
        ObjectPayload { kind: self.kind(), commitment: self.commitment(salt) }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Workspace(_) => "workspace",
            Self::ApiKey(_) => "api_key",
            Self::Site(_) => "site",
            Self::Document(..) => "document",
            Self::Conversation(..) => "conversation",
        }
    }

    fn commitment(&self, salt: &Digest) -> Digest {
        let of = |id: &[u8]| object(salt, self.kind(), id);
        match self {
            Self::Workspace(id) => of(id.as_bytes()),
            Self::ApiKey(id) => of(id.as_bytes()),
            Self::Site(number) => of(&number.to_be_bytes()),
            Self::Document(site, name) => of(&[&site.to_be_bytes()[..], name].concat()),
            Self::Conversation(_, id) => of(id.as_bytes()),
        }
    }

    /// The site, which is no secret: it is named so that entries can be searched by it.
    const fn site(&self) -> Option<u16> {
        match self {
            Self::Site(number) | Self::Document(number, _) => Some(*number),
            Self::Conversation(site, _) => *site,
            Self::Workspace(_) | Self::ApiKey(_) => None,
        }
    }
}

#[derive(Serialize)]
struct Payload {
    actor: ActorPayload,
    action: &'static str,
    object: ObjectPayload,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    result: Outcome,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ActorPayload {
    Platform {},
    Operator { key: String },
    Visitor { commitment: Digest },
    Unknown {},
    System {},
}

#[derive(Serialize)]
struct ObjectPayload {
    kind: &'static str,
    commitment: Digest,
}
