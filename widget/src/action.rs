//! What a visitor can do by a click.
//!
//! One listener on the panel hears every click and reads from the button what it is for; `app`
//! acts. So a button costs an attribute instead of a closure, and "was it a person" is asked in
//! one place.

use crate::texts::decimal;

/// Declares the actions once: the enum, and the list that gives each a number.
macro_rules! actions {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// What a button is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Action {
            $($(#[$doc])+ $name,)+
        }

        /// Every action, in the order of the enum.
        const ALL: &[Action] = &[$(Action::$name),+];
    };
}

actions! {
    /// Close the panel.
    Close,
    /// Open or close the menu.
    Menu,
    /// Ask whether to start a new conversation.
    AskNew,
    /// Start a new conversation.
    StartNew,
    /// Show "Your data", or read it again.
    Data,
    /// Back to the chat.
    Back,
    /// Agree to the notice.
    Agree,
    /// Decline.
    Decline,
    /// Read the notice again that was declined.
    Reconsider,
    /// Move the switch of `remember`.
    Remember,
    /// Move the switch of `improve`.
    Improve,
    /// Move the switch of `analytics`.
    Analytics,
    /// Take back the agreement to the chat.
    Withdraw,
    /// Pass on a choice again that did not arrive.
    Record,
    /// Save the receipt of the consent as a file.
    SaveConsent,
    /// Send the starter that the button shows.
    Starter,
    /// Send what is in the composer.
    Send,
    /// Stop the reply.
    Stop,
    /// Show or hide the text that will be sent.
    Preview,
    /// Show or hide why something is hidden.
    Why,
    /// Copy the message that the button stands in.
    Copy,
    /// Try the message that the button stands in again.
    Again,
    /// Correct the message that the button stands in.
    Edit,
    /// Ask whether to remove the message that the button stands in.
    AskRemove,
    /// Remove it.
    Remove,
    /// Ask what a person should check.
    AskReview,
    /// Ask a person to check, for the reason that the button stands for.
    Review,
    /// Restrict the conversation, or lift that.
    Restrict,
    /// Put the trouble away.
    Dismiss,
    /// Take back a question, or leave a correction.
    Cancel,
    /// Copy the erase token.
    CopyToken,
    /// Save the erase token as a file.
    SaveToken,
    /// Download a copy of the conversation, in the format that the button stands for.
    Download,
    /// Ask whether to erase.
    AskErase,
    /// Erase.
    Erase,
    /// Save the receipt of the erasure as a file.
    SaveReceipt,
}

impl Action {
    /// The attribute that carries the number.
    pub(crate) const ATTRIBUTE: &'static str = "data-do";

    /// Finds the elements that carry one.
    pub(crate) const SELECTOR: &'static str = "[data-do]";

    /// The attribute that says what of: the id of the message that a button stands in, or one of
    /// several things that a button does.
    pub(crate) const SUBJECT: &'static str = "data-of";

    /// What stands in the attribute.
    pub(crate) fn code(self) -> String {
        decimal(self as u64)
    }

    /// The action of a number.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        ALL.iter().copied().find(|action| action.code() == code)
    }

    /// Whether only a person's own click may do it, never a script's (promise 2).
    pub(crate) const fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Agree
                | Self::Remember
                | Self::Improve
                | Self::Analytics
                | Self::Withdraw
                | Self::StartNew
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own() {
        for action in ALL {
            assert_eq!(Action::parse(&action.code()), Some(*action));
        }
        for code in ["", "00", "-1", "99", "a"] {
            assert_eq!(Action::parse(code), None);
        }
    }
}
