//! What a visitor did about the consent, one event for each act.

use super::{LegalBasis, NoticeVersion, Purpose, Purposes};
use crate::json::{Value, write_string};

/// What became of a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum ConsentState {
    /// The visitor was told and asked.
    Noticed,
    /// The visitor agreed.
    Given,
    /// The visitor was asked and did not agree.
    Refused,
    /// The visitor took it back.
    Withdrawn,
    /// The visitor objected (GDPR Art. 21).
    Objected,
}

/// Who acted for the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum SourceKind {
    /// The visitor, in this project's widget.
    Widget,
    /// The visitor, in another client of the wire.
    Sdk,
    /// The host page's own consent banner. It can take back and never give.
    Host,
}

/// Where an act comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct ConsentSource {
    /// Who acted.
    pub kind: SourceKind,
    /// The client's version.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub version: Option<String>,
    /// What the host page's banner has reported, if it has.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub host: Option<HostChoice>,
}

/// What a host page reports of its own consent banner: `sotto('consent', {…})`. What it does not
/// name is denied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct HostChoice {
    /// Whether something may be kept on the device.
    pub functional: bool,
    /// Whether the visit may be counted.
    pub analytics: bool,
    /// Whether there may be marketing. Nothing here is.
    pub marketing: bool,
}

/// An act of the visitor, as the record keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConsentEvent {
    /// Names it (ULID).
    pub id: String,
    /// What became of the purposes.
    pub state: ConsentState,
    /// The purposes it is about.
    pub purposes: Vec<Purpose>,
    /// What they rest on; absent where they were only shown.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub legal_basis: Option<LegalBasis>,
    /// When.
    pub at: u64,
    /// Until when a `given` holds at the latest: then the conversation ends.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub valid_until: Option<u64>,
    /// Version of the notice.
    pub notice: NoticeVersion,
    /// Language of the conversation.
    pub lang: String,
    /// Whether the browser sent a Global Privacy Control signal.
    pub gpc: bool,
    /// Who acted.
    pub source: ConsentSource,
}

impl HostChoice {
    /// What the banner leaves of the optional purposes: `functional` stands for what is kept on the
    /// device, `analytics` for the counts.
    #[must_use]
    pub const fn narrow(self, purposes: Purposes) -> Purposes {
        Purposes {
            remember: purposes.remember && self.functional,
            improve: purposes.improve,
            analytics: purposes.analytics && self.analytics,
        }
    }

    /// Reads what a page reports; whatever is not `true` is denied.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        Self {
            functional: value.get("functional").is_true(),
            analytics: value.get("analytics").is_true(),
            marketing: value.get("marketing").is_true(),
        }
    }
}

impl ConsentSource {
    /// Appends the source as JSON.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(match self.kind {
            SourceKind::Widget => "{\"kind\":\"widget\"",
            SourceKind::Sdk => "{\"kind\":\"sdk\"",
            SourceKind::Host => "{\"kind\":\"host\"",
        });
        if let Some(version) = &self.version {
            out.push_str(",\"version\":");
            write_string(out, version);
        }
        if let Some(host) = self.host {
            super::push_flag(out, ",\"host\":{\"functional\":", host.functional);
            super::push_flag(out, ",\"analytics\":", host.analytics);
            super::push_flag(out, ",\"marketing\":", host.marketing);
            out.push('}');
        }
        out.push('}');
    }
}
