//! Sites and their settings.

use crate::consent::{LegalBasis, Party, Purposes, Recipient};
use crate::id::{Origin, SiteKey};
use crate::wire::provider::Provider;
use crate::wire::site::{Contact, ScrubSettings};

/// Everything an operator sets for a site. Every call that changes a site sends the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SiteSettings {
    /// The site's name, shown in the head of the panel.
    pub name: String,
    /// The exact origins that may embed the widget.
    pub origins: Vec<Origin>,
    /// The language of texts that are missing in a visitor's language.
    pub lang: String,
    /// Texts by language; at least `lang` may be empty.
    #[cfg_attr(feature = "serde", serde(default))]
    pub texts: Vec<SiteTexts>,
    /// Accent colour, `#rrggbb`.
    #[cfg_attr(feature = "serde", serde(default = "default_accent"))]
    pub accent: String,
    /// Where to turn when the AI cannot help.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub contact: Option<Contact>,
    /// Who answers for the processing.
    pub controller: Party,
    /// Who else receives text, beyond what the provider declares by itself.
    #[cfg_attr(feature = "serde", serde(default))]
    pub recipients: Vec<Recipient>,
    /// What the chat rests on: `consent` or `contract`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub legal_basis: LegalBasis,
    /// What the optional purposes rest on.
    #[cfg_attr(feature = "serde", serde(default))]
    pub legal_bases: LegalBases,
    /// For how many days the proof of a consent outlives the erasure of its conversation: 0 for not
    /// at all, at most 400.
    #[cfg_attr(feature = "serde", serde(default))]
    pub consent_proof_days: u32,
    /// The optional purposes that visitors are offered.
    #[cfg_attr(feature = "serde", serde(default))]
    pub purposes: Purposes,
    /// Who may be expected to write.
    #[cfg_attr(feature = "serde", serde(default))]
    pub audience: Audience,
    /// Idle life without `remember` or `improve`, in seconds.
    #[cfg_attr(feature = "serde", serde(default = "default_idle"))]
    pub idle_seconds: u64,
    /// Idle life with `remember` or `improve`, in seconds.
    #[cfg_attr(feature = "serde", serde(default = "default_retention"))]
    pub retention_seconds: u64,
    /// Life of a conversation and its refresh tokens in any case, in seconds; at least as long as
    /// the other two.
    #[cfg_attr(feature = "serde", serde(default = "default_absolute"))]
    pub absolute_seconds: u64,
    /// Whether a conversation that its visitor restricted outlives these, up to 400 days (GDPR
    /// Art. 18(2)).
    #[cfg_attr(feature = "serde", serde(default = "yes"))]
    pub restriction_keeps: bool,
    /// Who writes the replies.
    #[cfg_attr(feature = "serde", serde(default))]
    pub provider: Provider,
    /// Who writes instead when `provider` fails before its first word, in this order; the notice
    /// names them all. `local` can only be the last.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub fallbacks: Vec<Provider>,
    /// Told to the model before everything else. It is no place for secrets.
    #[cfg_attr(feature = "serde", serde(default))]
    pub system_prompt: String,
    /// What the site allows itself in a day.
    #[cfg_attr(feature = "serde", serde(default))]
    pub budget: Budget,
    /// Whether a new conversation costs the browser some work.
    #[cfg_attr(feature = "serde", serde(default))]
    pub challenge: ChallengeMode,
    /// The site's own values (its address, its phone), which are never hidden.
    #[cfg_attr(feature = "serde", serde(default))]
    pub exempt: Vec<String>,
    /// Hosts that replies may link to, and with each whatever stands below it; all if there are
    /// none here.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub link_hosts: Vec<String>,
    /// Categories switched off, and patterns of the site's own.
    #[cfg_attr(feature = "serde", serde(default))]
    pub scrub: ScrubSettings,
}

/// What a site's optional purposes rest on: `consent` or `legitimate_interest`. Either way they are
/// off until the visitor switches them on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct LegalBases {
    /// For `improve`.
    pub improve: LegalBasis,
    /// For `analytics`.
    pub analytics: LegalBasis,
}

/// A site's texts in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct SiteTexts {
    /// Language tag.
    pub lang: String,
    /// First words of the AI after the disclosure.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub greeting: Option<String>,
    /// Questions to begin with.
    #[cfg_attr(feature = "serde", serde(default))]
    pub starters: Vec<String>,
    /// The contact's label in this language.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub contact_label: Option<String>,
}

/// Who may be expected to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Audience {
    /// Anybody.
    #[default]
    General,
    /// Children: no optional purposes, and no provider but `local`.
    Children,
}

/// What a site allows itself in a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct Budget {
    /// New conversations; when they are used up, the site answers with `local`.
    pub sessions: u32,
    /// New conversations from one network.
    pub sessions_per_network: u32,
    /// Messages from one network.
    pub messages_per_network: u32,
    /// Messages that go to a paid provider; after these the site answers with `local`.
    pub messages: u32,
    /// Tokens of paid providers, prompts and replies together; after these the site answers with
    /// `local`.
    pub tokens: u64,
    /// The same in one conversation, however long it lives; after these `local` answers in it.
    pub tokens_per_conversation: u64,
    /// The same in one turn, by the edge's own estimate: the history is shortened to fit, then the
    /// reply; `local` answers what does not fit.
    pub tokens_per_turn: u32,
    /// New conversations within a minute; more are refused.
    pub sessions_per_minute: u32,
    /// Messages in one conversation within a minute.
    pub messages_per_minute: u32,
}

/// Whether a browser has to solve a challenge before a conversation begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum ChallengeMode {
    /// Never.
    #[default]
    Off,
    /// Always; a harder one while many conversations begin.
    On,
    /// While many conversations begin.
    Auto,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            sessions: 5_000,
            sessions_per_network: 200,
            messages_per_network: 1_000,
            messages: 10_000,
            tokens: 20_000_000,
            tokens_per_conversation: 500_000,
            tokens_per_turn: 16_000,
            sessions_per_minute: 120,
            messages_per_minute: 20,
        }
    }
}

/// A site as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteEntry {
    /// Its number within the workspace, from 1.
    pub number: u16,
    /// Its public key, for the embed tag.
    pub key: SiteKey,
    /// Its settings, the provider's key left out.
    pub settings: SiteSettings,
}

/// Reply to `GET /v1/admin/sites`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SiteList {
    /// The sites by number.
    pub sites: Vec<SiteEntry>,
}

#[cfg(feature = "serde")]
fn default_accent() -> String {
    "#2f5d50".into()
}

#[cfg(feature = "serde")]
const fn default_idle() -> u64 {
    crate::limits::IDLE_SECONDS_DEFAULT
}

#[cfg(feature = "serde")]
const fn default_retention() -> u64 {
    crate::limits::RETENTION_SECONDS_DEFAULT
}

#[cfg(feature = "serde")]
const fn default_absolute() -> u64 {
    crate::limits::ABSOLUTE_SECONDS_DEFAULT
}

#[cfg(feature = "serde")]
const fn yes() -> bool {
    true
}
