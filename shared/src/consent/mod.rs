//! What a visitor is told, and what a visitor may agree to.
//!
//! The edge computes a [`Notice`] from a site's settings; its version is a hash over everything
//! in it, so that any change asks every visitor again. The widget shows it and sends back a
//! [`Choice`]. Whether a choice is enough for a request is decided by [`Choice::check`] alone, on
//! both sides.

mod notice;
mod purpose;

pub use notice::{LegalBasis, Notice, NoticeVersion, Party, Recipient};
pub use purpose::{OptionalPurpose, Purposes};

/// A visitor's answer to the consent gate.
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
    /// Checks the choice against the notice in force and the purposes the site offers, and
    /// returns the purposes that hold: under Global Privacy Control, only `remember` can.
    pub fn check(
        &self,
        current: &NoticeVersion,
        offered: Purposes,
    ) -> Result<Purposes, ChoiceError> {
        if !self.chat {
            return Err(ChoiceError::NotGiven);
        }
        if self.notice != *current {
            return Err(ChoiceError::OtherNotice);
        }
        if !offered.contains_all(self.purposes) {
            return Err(ChoiceError::NotOffered);
        }
        Ok(if self.gpc { self.purposes.under_gpc() } else { self.purposes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(digit: char) -> NoticeVersion {
        NoticeVersion::parse(&digit.to_string().repeat(NoticeVersion::CHARS)).unwrap()
    }

    fn choice() -> Choice {
        Choice { notice: version('a'), chat: true, purposes: Purposes::default(), gpc: false }
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
}
