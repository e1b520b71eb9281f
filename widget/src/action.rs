//! What a visitor can do by a click.
//!
//! One listener on the panel hears every click and reads from the button what it is for; `app`
//! acts. So a button costs an attribute instead of a closure, and "was it a person" is asked in
//! one place.

/// What a button is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Close the panel.
    Close,
    /// Open or close the menu.
    Menu,
    /// Ask whether to start a new conversation.
    AskNew,
    /// Start a new conversation.
    StartNew,
    /// Show "Your data".
    Data,
    /// Back to the chat.
    Back,
    /// Agree to the notice.
    Agree,
    /// Decline.
    Decline,
    /// Move the switch of `remember`.
    Remember,
    /// Move the switch of `improve`.
    Improve,
    /// Move the switch of `analytics`.
    Analytics,
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
    /// Put the trouble away.
    Dismiss,
    /// Take back a question.
    Cancel,
    /// Copy the erase token.
    CopyToken,
    /// Save the erase token as a file.
    SaveToken,
    /// Download a copy of the conversation.
    Download,
    /// Ask whether to erase.
    AskErase,
    /// Erase.
    Erase,
    /// Save the receipt as a file.
    SaveReceipt,
}

/// Every action with its code, a letter.
const ALL: [(Action, &str); 26] = [
    (Action::Close, "a"),
    (Action::Menu, "b"),
    (Action::AskNew, "c"),
    (Action::StartNew, "d"),
    (Action::Data, "e"),
    (Action::Back, "f"),
    (Action::Agree, "g"),
    (Action::Decline, "h"),
    (Action::Remember, "i"),
    (Action::Improve, "j"),
    (Action::Analytics, "k"),
    (Action::Starter, "l"),
    (Action::Send, "m"),
    (Action::Stop, "n"),
    (Action::Preview, "o"),
    (Action::Copy, "p"),
    (Action::Again, "q"),
    (Action::Dismiss, "r"),
    (Action::Cancel, "s"),
    (Action::CopyToken, "t"),
    (Action::SaveToken, "u"),
    (Action::Download, "v"),
    (Action::AskErase, "w"),
    (Action::Erase, "x"),
    (Action::SaveReceipt, "y"),
    (Action::Why, "z"),
];

impl Action {
    /// The attribute that carries the code.
    pub(crate) const ATTRIBUTE: &'static str = "data-do";

    /// Finds the elements that carry one.
    pub(crate) const SELECTOR: &'static str = "[data-do]";

    /// What stands in the attribute.
    pub(crate) fn code(self) -> &'static str {
        ALL.iter().find(|(action, _)| *action == self).map_or("", |(_, code)| code)
    }

    /// The action of a code.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        ALL.iter().find(|(_, known)| *known == code).map(|(action, _)| *action)
    }

    /// Whether only a person's own click may do it, never a script's (promise 2).
    pub(crate) const fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Agree | Self::Remember | Self::Improve | Self::Analytics | Self::StartNew
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own() {
        for (action, code) in ALL {
            assert_eq!(Action::parse(code), Some(action));
            assert_eq!(action.code(), code);
        }
        assert_eq!(Action::parse(""), None);
    }
}
