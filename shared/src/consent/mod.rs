//! What a visitor is told, and what a visitor may agree to.
//!
//! The edge computes a [`Notice`] from a site's settings; its version is a hash over everything
//! in it, so that any change asks every visitor again. The widget shows it and sends back a
//! [`Choice`]. Whether a choice is enough for a request is decided by [`Choice::check`] alone, on
//! both sides.

mod event;
mod notice;
mod purpose;
#[cfg(feature = "signed")]
pub mod record;

pub use event::{ConsentEvent, ConsentSource, ConsentState, HostChoice, SourceKind};
pub use notice::{Bases, LegalBasis, Notice, NoticeVersion, Party, PurposeNotice, Recipient};
pub use purpose::{DataKind, OptionalPurpose, Purpose, Purposes};

use crate::json::{write_number, write_string};

/// A visitor's answer to the consent gate, and body of `PUT /v1/consent`, which changes the answer:
/// it says all that holds from then on, so that what is left out is off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Choice {
    /// Version of the notice that was on the screen.
    pub notice: NoticeVersion,
    /// Whether the visitor agreed to being answered. Without it there is no session.
    pub chat: bool,
    /// The optional purposes the visitor switched on.
    #[cfg_attr(feature = "serde", serde(default))]
    pub purposes: Purposes,
    /// Whether the browser sent a Global Privacy Control signal.
    #[cfg_attr(feature = "serde", serde(default))]
    pub gpc: bool,
    /// The purposes the visitor objects to. They do not hold, whatever `purposes` says, and the
    /// record says that it was an objection.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Purposes::is_empty"))]
    pub objections: Purposes,
    /// For how many seconds the notice had been on the screen. A span and not a time, so that a
    /// wrong clock of the device does no harm.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub shown_seconds: Option<u32>,
    /// Who acted; left out, the client that asks.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub source: Option<ConsentSource>,
}

/// Why a choice does not open a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceError {
    /// The visitor did not agree to the chat.
    NotGiven,
    /// The visitor agreed to another version of the notice than the one in force.
    OtherNotice,
    /// A purpose was switched on that the site does not offer.
    NotOffered,
}

impl Choice {
    /// A choice that a visitor made in the widget, without anything that needs saying about it.
    #[must_use]
    pub const fn new(notice: NoticeVersion, chat: bool, purposes: Purposes, gpc: bool) -> Self {
        Self {
            notice,
            chat,
            purposes,
            gpc,
            objections: Purposes { remember: false, improve: false, analytics: false },
            shown_seconds: None,
            source: None,
        }
    }

    /// What of the optional purposes can hold by this choice, whatever a site offers: nothing
    /// without the chat, nothing that is objected to, under Global Privacy Control only `remember`,
    /// and nothing that the host page's banner did not leave.
    #[must_use]
    pub fn wanted(&self) -> Purposes {
        if !self.chat {
            return Purposes::default();
        }
        let mut wanted = self.purposes.without(self.objections);
        if self.gpc {
            wanted = wanted.under_gpc();
        }
        match self.source.as_ref().and_then(|source| source.host) {
            Some(host) => host.narrow(wanted),
            None => wanted,
        }
    }

    /// Checks the choice against the notice in force and the purposes the site offers, and
    /// returns the purposes that hold.
    pub fn check(
        &self,
        current: &NoticeVersion,
        offered: Purposes,
    ) -> Result<Purposes, ChoiceError> {
        if !self.chat || self.is_of_host() {
            return Err(ChoiceError::NotGiven);
        }
        if self.notice != *current {
            return Err(ChoiceError::OtherNotice);
        }
        if !offered.contains_all(self.purposes) {
            return Err(ChoiceError::NotOffered);
        }
        Ok(self.wanted())
    }

    /// Whether the host page's banner made the choice, and not the visitor here: it takes back and
    /// never gives.
    #[must_use]
    pub fn is_of_host(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.kind == SourceKind::Host)
    }

    /// The choice as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Appends the choice as JSON.
    pub(crate) fn write(&self, out: &mut String) {
        out.push_str("{\"notice\":");
        write_string(out, self.notice.as_str());
        push_flag(out, ",\"chat\":", self.chat);
        out.push_str(",\"purposes\":");
        self.purposes.write(out);
        push_flag(out, ",\"gpc\":", self.gpc);
        if !self.objections.is_empty() {
            out.push_str(",\"objections\":");
            self.objections.write(out);
        }
        if let Some(seconds) = self.shown_seconds {
            out.push_str(",\"shown_seconds\":");
            write_number(out, seconds);
        }
        if let Some(source) = &self.source {
            out.push_str(",\"source\":");
            source.write(out);
        }
        out.push('}');
    }
}

impl Purposes {
    /// Appends the set as JSON.
    fn write(self, out: &mut String) {
        push_flag(out, "{\"remember\":", self.remember);
        push_flag(out, ",\"improve\":", self.improve);
        push_flag(out, ",\"analytics\":", self.analytics);
        out.push('}');
    }
}

fn push_flag(out: &mut String, before: &str, flag: bool) {
    out.push_str(before);
    out.push_str(if flag { "true" } else { "false" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(digit: char) -> NoticeVersion {
        NoticeVersion::parse(&digit.to_string().repeat(NoticeVersion::CHARS)).unwrap()
    }

    fn choice() -> Choice {
        Choice::new(version('a'), true, Purposes::default(), false)
    }

    #[test]
    fn a_choice_holds_only_for_its_notice() {
        let offered = Purposes::ALL;
        assert_eq!(choice().check(&version('a'), offered), Ok(Purposes::default()));
        assert_eq!(choice().check(&version('b'), offered), Err(ChoiceError::OtherNotice));
        let refused = Choice { chat: false, ..choice() };
        assert_eq!(refused.check(&version('a'), offered), Err(ChoiceError::NotGiven));
    }

    #[test]
    fn a_purpose_that_is_not_offered_is_refused() {
        let offered = Purposes::default().with(OptionalPurpose::Remember, true);
        let wide = Choice { purposes: Purposes::ALL, ..choice() };
        assert_eq!(wide.check(&version('a'), offered), Err(ChoiceError::NotOffered));
        let exact = Choice { purposes: offered, ..choice() };
        assert_eq!(exact.check(&version('a'), offered), Ok(offered));
    }

    #[test]
    fn global_privacy_control_switches_optional_purposes_off() {
        let all = Choice { purposes: Purposes::ALL, gpc: true, ..choice() };
        let held = all.check(&version('a'), Purposes::ALL).unwrap();
        assert!(held.has(OptionalPurpose::Remember));
        assert!(!held.has(OptionalPurpose::Improve));
        assert!(!held.has(OptionalPurpose::Analytics));
    }

    #[test]
    fn an_objection_outranks_the_switch() {
        let objections = Purposes { improve: true, ..Purposes::default() };
        let choice = Choice { purposes: Purposes::ALL, objections, ..choice() };
        let held = choice.check(&version('a'), Purposes::ALL).unwrap();
        assert_eq!(held, Purposes { remember: true, improve: false, analytics: true });
    }

    #[test]
    fn the_host_pages_banner_narrows_and_unknown_is_denied() {
        let host = |functional, analytics, marketing| {
            let host = Some(HostChoice { functional, analytics, marketing });
            let source = ConsentSource { kind: SourceKind::Widget, version: None, host };
            let choice = Choice { purposes: Purposes::ALL, source: Some(source), ..choice() };
            choice.wanted()
        };
        assert_eq!(host(true, true, false), Purposes::ALL);
        assert_eq!(
            host(false, false, false),
            Purposes { remember: false, improve: true, analytics: false }
        );
    }

    #[test]
    fn the_host_pages_banner_gives_nothing() {
        let source = Some(ConsentSource { kind: SourceKind::Host, version: None, host: None });
        let choice = Choice { source, ..choice() };
        assert_eq!(choice.check(&version('a'), Purposes::ALL), Err(ChoiceError::NotGiven));
    }

    #[test]
    fn nothing_optional_holds_without_the_chat() {
        let without = Choice { chat: false, purposes: Purposes::ALL, ..choice() };
        assert!(without.wanted().is_empty());
    }
}
