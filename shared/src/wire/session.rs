//! `POST /v1/sessions`, `POST /v1/sessions/refresh`, `PUT /v1/consent` and `POST /v1/erase`.

use crate::consent::{Choice, NoticeVersion, Purposes, Recipient};
use crate::id::{ConversationId, MessageId, SiteKey};
use crate::json::{Value, write_string};
use crate::redacted_debug;

/// Body of `POST /v1/sessions`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct MintRequest {
    /// The site.
    pub site: SiteKey,
    /// Language of the conversation (BCP 47).
    pub lang: String,
    /// Which client asks.
    pub client: Client,
    /// The visitor's answer to the gate.
    pub consent: Choice,
}

/// Which client a session belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Client {
    /// This project's widget.
    Widget,
    /// Another client of the wire, such as the AI SDK. It may send unscrubbed text.
    Sdk,
}

/// Reply to `POST /v1/sessions`, status 201. `R` is as much of the receipt as its reader wants.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Minted<R = ConsentReceipt> {
    /// The conversation.
    pub conversation: ConversationId,
    /// Bearer token for the conversation's calls.
    pub access_token: String,
    /// When the access token ends.
    pub access_expires_at: u64,
    /// Gets the next access token, once.
    pub refresh_token: String,
    /// Erases the conversation, whatever has become of the other tokens.
    pub erase_token: String,
    /// When the conversation erases itself if nothing more is said.
    pub ends_at: u64,
    /// What was agreed to.
    pub receipt: R,
}

/// Reply to `PUT /v1/consent`: what holds from now on.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Consented<R = ConsentReceipt> {
    /// Whether the chat does. Without it the conversation takes no more messages for good; it can
    /// be read, exported and erased until it ends.
    pub chat: bool,
    /// The optional purposes that do.
    pub purposes: Purposes,
    /// The optional purposes that were objected to.
    pub objections: Purposes,
    /// When the conversation erases itself if nothing more is said.
    pub ends_at: u64,
    /// Whether the visitor should be offered to erase the conversation now.
    pub offers_erasure: bool,
    /// The receipt of what holds.
    pub receipt: R,
}

/// What a visitor agreed to: the part of the signed receipt that the widget reads. The whole is in
/// `consent::record`, which the edge writes and anybody can verify; it is for the visitor to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConsentReceipt {
    /// Names the record (ULID).
    pub id: String,
    /// Version of the notice.
    pub notice: NoticeVersion,
    /// The optional purposes that hold.
    pub purposes: Purposes,
    /// When.
    pub given_at: u64,
}

/// Body of `POST /v1/sessions/refresh`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct RefreshRequest {
    /// The current refresh token.
    pub refresh_token: String,
    /// Chosen by the client, new for each rotation and kept for its repetitions.
    pub rotation_id: MessageId,
}

/// Reply to `POST /v1/sessions/refresh`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Refreshed {
    /// The new access token.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: u64,
    /// The next refresh token.
    pub refresh_token: String,
    /// When the conversation erases itself if nothing more is said.
    pub ends_at: u64,
}

/// Body of `POST /v1/erase`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct EraseRequest {
    /// The erase token.
    pub erase_token: String,
}

/// Reply to `POST /v1/erase`: the same one however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ErasureReceipt {
    /// Names the receipt (ULID).
    pub id: String,
    /// The conversation that was erased.
    pub conversation: ConversationId,
    /// When it was erased from active storage.
    pub erased_at: u64,
    /// For how many days the platform's recovery history may hold a copy.
    pub recovery_days: u32,
    /// Who else received text and keeps copies by its own terms.
    pub recipients: Vec<Holder>,
    /// For how many days the proof of the consent is kept; absent if it was erased too.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub consent_proof_days: Option<u32>,
    /// Ed25519 over the receipt; see [`Signature`].
    pub signature: Signature,
}

/// Someone else who may hold copies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// For how many days, by its terms; absent if it declares nothing.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retention_days: Option<u32>,
}

/// A signature over the JSON text of its neighbours: the document without its last member
/// `signature`, members in the order of their declaration, no white space.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Signature {
    /// Always `Ed25519`.
    pub alg: String,
    /// Which of the edge's published keys.
    pub kid: u8,
    /// The 64 bytes, base64url without padding.
    pub value: String,
}

impl Holder {
    /// A recipient that a notice names, as a receipt of an erasure does.
    #[must_use]
    pub fn of(recipient: &Recipient) -> Self {
        Self { name: recipient.name.clone(), retention_days: recipient.retention_days }
    }
}

impl MintRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"site\":");
        write_string(&mut out, self.site.as_str());
        out.push_str(",\"lang\":");
        write_string(&mut out, &self.lang);
        out.push_str(match self.client {
            Client::Widget => ",\"client\":\"widget\"",
            Client::Sdk => ",\"client\":\"sdk\"",
        });
        out.push_str(",\"consent\":");
        self.consent.write(&mut out);
        out.push('}');
        out
    }
}

impl RefreshRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"refresh_token\":");
        write_string(&mut out, &self.refresh_token);
        out.push_str(",\"rotation_id\":");
        write_string(&mut out, self.rotation_id.as_str());
        out.push('}');
        out
    }
}

impl EraseRequest {
    /// The request as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"erase_token\":");
        write_string(&mut out, &self.erase_token);
        out.push('}');
        out
    }
}

impl Minted {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            conversation: ConversationId::parse(value.get("conversation").as_str()?).ok()?,
            access_token: value.get("access_token").string()?,
            access_expires_at: value.get("access_expires_at").unsigned()?,
            refresh_token: value.get("refresh_token").string()?,
            erase_token: value.get("erase_token").string()?,
            ends_at: value.get("ends_at").unsigned()?,
            receipt: ConsentReceipt::read(value.get("receipt"))?,
        })
    }
}

impl Consented {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            chat: value.get("chat").is_true(),
            purposes: Purposes::read(value.get("purposes")),
            objections: Purposes::read(value.get("objections")),
            ends_at: value.get("ends_at").unsigned()?,
            offers_erasure: value.get("offers_erasure").is_true(),
            receipt: ConsentReceipt::read(value.get("receipt"))?,
        })
    }
}

impl ConsentReceipt {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            id: value.get("id").string()?,
            notice: NoticeVersion::parse(value.get("notice").as_str()?).ok()?,
            purposes: Purposes::read(value.get("purposes")),
            given_at: value.get("given_at").unsigned()?,
        })
    }
}

impl Refreshed {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            access_token: value.get("access_token").string()?,
            access_expires_at: value.get("access_expires_at").unsigned()?,
            refresh_token: value.get("refresh_token").string()?,
            ends_at: value.get("ends_at").unsigned()?,
        })
    }
}

impl ErasureReceipt {
    /// Reads the reply; `None` if something is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let days = |value: &Value| value.unsigned().and_then(|days| u32::try_from(days).ok());
        let signature = value.get("signature");
        Some(Self {
            id: value.get("id").string()?,
            conversation: ConversationId::parse(value.get("conversation").as_str()?).ok()?,
            erased_at: value.get("erased_at").unsigned()?,
            recovery_days: days(value.get("recovery_days"))?,
            recipients: value
                .get("recipients")
                .items()
                .iter()
                .filter_map(|holder| {
                    Some(Holder {
                        name: holder.get("name").string()?,
                        retention_days: days(holder.get("retention_days")),
                    })
                })
                .collect(),
            consent_proof_days: days(value.get("consent_proof_days")),
            signature: Signature {
                alg: signature.get("alg").string()?,
                kid: u8::try_from(signature.get("kid").unsigned()?).ok()?,
                value: signature.get("value").string()?,
            },
        })
    }
}

redacted_debug!(RefreshRequest, Refreshed, EraseRequest);

impl<R> core::fmt::Debug for Minted<R> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Minted { redacted }")
    }
}

impl<R> core::fmt::Debug for Consented<R> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Consented { redacted }")
    }
}
