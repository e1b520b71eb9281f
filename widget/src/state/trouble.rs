//! What can go wrong, as the visitor hears of it: one plain message each, and a way on.

use sotto_shared::wire::problem::Code;

use crate::action::Action;
use crate::texts::{Text, Texts};

/// Why a call did not do what it was meant to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The edge was not reached, or its answer was lost: the outcome is not known.
    Network,
    /// The edge refused, with the seconds to wait where it named them.
    Problem(Code, Option<u64>),
    /// The edge answered something that this widget does not understand.
    Garbled,
    /// The challenge before a conversation was not solved.
    Unsolved,
    /// It was not sent, since a choice is not on record yet.
    Unrecorded,
}

/// A trouble as the visitor sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The browser says that there is no network.
    Offline,
    /// The edge cannot be reached.
    Unreachable,
    /// The conversation was quiet for too long.
    Expired,
    /// The tokens were revoked.
    Revoked,
    /// Too fast; seconds to wait.
    RateLimited(u64),
    /// The day's budget is spent.
    BudgetSpent,
    /// The message is too long.
    TooLong,
    /// The conversation takes no more messages.
    Full,
    /// A reply is still being written, or something else is under way.
    Busy,
    /// A choice could not be passed on yet.
    Unrecorded,
    /// The site's key is not known.
    SiteUnknown,
    /// This page may not embed the chat.
    OriginNotAllowed,
    /// The conversation was erased.
    Erased,
    /// The conversation has ended.
    Ended,
    /// The model did not answer.
    Provider,
    /// The browser did not solve the challenge.
    Unsolved,
    /// Anything that is not the visitor's doing.
    Internal,
}

/// Seconds to wait where the edge named none.
const WAIT: u64 = 30;

impl Trouble {
    /// The trouble that a failure is to the visitor. `online` is what the browser says.
    pub(crate) fn of(failure: Failure, online: bool) -> Self {
        match failure {
            Failure::Network if !online => Self::Offline,
            Failure::Network => Self::Unreachable,
            Failure::Garbled => Self::Internal,
            Failure::Unsolved => Self::Unsolved,
            Failure::Unrecorded => Self::Unrecorded,
            Failure::Problem(code, wait) => match code {
                Code::TokenMissing
                | Code::TokenInvalid
                | Code::TokenExpired
                | Code::TokenMismatch
                | Code::ConsentRequired => Self::Expired,
                Code::TokenRevoked => Self::Revoked,
                Code::OriginMissing | Code::OriginInvalid | Code::OriginNotAllowed => {
                    Self::OriginNotAllowed
                }
                Code::SiteUnknown => Self::SiteUnknown,
                Code::ReplyInProgress => Self::Busy,
                Code::Erased => Self::Erased,
                Code::ConversationEnded | Code::NotFound => Self::Ended,
                Code::TooLarge | Code::MessageTooLong => Self::TooLong,
                Code::ConversationFull | Code::ConsentWithdrawn | Code::ConsentUnproven => {
                    Self::Full
                }
                Code::RateLimited => Self::RateLimited(wait.unwrap_or(WAIT)),
                Code::BudgetSpent => Self::BudgetSpent,
                Code::ChallengeRequired => Self::Unsolved,
                Code::ProviderFailed | Code::ProviderTimeout => Self::Provider,
                // A device that changes its network again while it renews its token tries later.
                Code::Unavailable | Code::NetworkMismatch => Self::Unreachable,
                Code::MalformedBody
                | Code::UnknownField
                | Code::InvalidValue
                | Code::MethodNotAllowed
                | Code::NoticeChanged
                | Code::MessageConflict
                | Code::NotOwnMessage
                | Code::Restricted
                | Code::NothingToRegenerate
                | Code::UnsupportedMediaType
                | Code::MessageEmpty
                | Code::LimitReached
                | Code::ScopeMissing
                | Code::ReasonRequired
                | Code::LegalHold
                | Code::Internal
                | Code::Misconfigured => Self::Internal,
            },
        }
    }

    /// The message.
    pub(crate) fn message(self, texts: &Texts) -> String {
        let text = match self {
            Self::Offline => Text::Offline,
            Self::Unreachable => Text::Unreachable,
            Self::Expired => Text::Expired,
            Self::Revoked => Text::Revoked,
            Self::RateLimited(seconds) => return texts.count(Text::RateLimited, seconds),
            Self::BudgetSpent => Text::BudgetSpent,
            Self::TooLong => Text::TooLong,
            Self::Full => Text::Full,
            Self::Busy => Text::Busy,
            Self::Unrecorded => Text::Unrecorded,
            Self::SiteUnknown => Text::SiteUnknown,
            Self::OriginNotAllowed => Text::OriginNotAllowed,
            Self::Erased => Text::Erased,
            Self::Ended => Text::Ended,
            Self::Provider => Text::Provider,
            Self::Unsolved => Text::Unsolved,
            Self::Internal => Text::Internal,
        };
        texts.get(text).into()
    }

    /// The way on: what the button says and does.
    pub(crate) const fn way_on(self) -> (Text, Action) {
        match self {
            Self::Expired | Self::Revoked | Self::Full | Self::Erased | Self::Ended => {
                (Text::NewConversation, Action::StartNew)
            }
            Self::Provider => (Text::Again, Action::Again),
            Self::Unrecorded => (Text::Again, Action::Record),
            Self::Offline
            | Self::Unreachable
            | Self::RateLimited(_)
            | Self::BudgetSpent
            | Self::TooLong
            | Self::Busy
            | Self::SiteUnknown
            | Self::OriginNotAllowed
            | Self::Unsolved
            | Self::Internal => (Text::Dismiss, Action::Dismiss),
        }
    }

    /// Whether a person should be offered, where the site has one.
    pub(crate) const fn offers_contact(self) -> bool {
        !matches!(
            self,
            Self::Offline
                | Self::RateLimited(_)
                | Self::TooLong
                | Self::Busy
                | Self::Unrecorded
                | Self::Erased
        )
    }

    /// Whether it is worth saying that what was typed is kept.
    pub(crate) const fn keeps(self) -> bool {
        matches!(
            self,
            Self::Offline | Self::Unreachable | Self::Expired | Self::Revoked | Self::Internal
        )
    }

    /// Whether the conversation is over: its tokens are of no more use.
    pub(crate) const fn is_final(self) -> bool {
        matches!(self, Self::Expired | Self::Revoked | Self::Erased | Self::Ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_message_and_a_way_on() {
        let texts = Texts::new("en", "");
        for code in Code::ALL {
            let trouble = Trouble::of(Failure::Problem(*code, None), true);
            assert!(trouble.message(&texts).ends_with('.'), "{code:?}");
            assert_eq!(
                trouble.is_final(),
                trouble.way_on().1 == Action::StartNew && trouble != Trouble::Full
            );
        }
    }

    #[test]
    fn the_named_states_are_told_apart() {
        let of = |code| Trouble::of(Failure::Problem(code, Some(7)), true);
        assert_eq!(of(Code::TokenExpired), Trouble::Expired);
        assert_eq!(of(Code::ProviderFailed).way_on(), (Text::Again, Action::Again));
        assert_eq!(of(Code::TokenRevoked), Trouble::Revoked);
        assert!(!of(Code::NetworkMismatch).is_final());
        assert_eq!(of(Code::RateLimited), Trouble::RateLimited(7));
        assert_eq!(of(Code::BudgetSpent), Trouble::BudgetSpent);
        assert_eq!(of(Code::MessageTooLong), Trouble::TooLong);
        assert_eq!(of(Code::SiteUnknown), Trouble::SiteUnknown);
        assert_eq!(Trouble::of(Failure::Unsolved, true), Trouble::Unsolved);
        assert!(Trouble::Unsolved.offers_contact());
        assert_eq!(Trouble::of(Failure::Network, false), Trouble::Offline);
        assert_eq!(Trouble::of(Failure::Network, true), Trouble::Unreachable);
    }

    #[test]
    fn the_seconds_to_wait_are_named() {
        let texts = Texts::new("en", "");
        assert!(Trouble::RateLimited(7).message(&texts).contains("7 seconds"));
    }
}
