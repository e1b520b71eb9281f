//! How a conversation stands with the edge, beside what was said in it.

use sotto_shared::wire::conversation::{Conversation, MessageState};
use sotto_shared::wire::rights::Review;

/// How a conversation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What the edge last said of it; `None` before it was asked.
    pub(crate) facts: Option<Facts>,
    /// Whether the edge was asked and did not answer.
    pub(crate) unread: bool,
    /// The visitor took back the agreement to the chat: it has ended for good.
    pub(crate) withdrawn: bool,
    /// The visitor restricted it: it is stored and not used.
    pub(crate) restricted: bool,
    /// Whether a person was asked to check, and what came of it.
    pub(crate) review: Option<Review>,
}

/// What only the edge knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) created_at: u64,
    pub(crate) messages: u64,
}

impl Standing {
    /// Takes over what the edge says.
    pub(crate) fn learn(&mut self, stored: &Conversation) {
        let there = stored.messages.iter().filter(|message| message.state != MessageState::Removed);
        self.facts = Some(Facts { created_at: stored.created_at, messages: there.count() as u64 });
        self.unread = false;
        // What was taken back here is taken back, even if the edge has not heard it yet.
        self.withdrawn |= !stored.chat;
        self.restricted = stored.restricted_at.is_some();
        self.review = stored.review;
    }

    /// Whether messages can be sent.
    pub(crate) const fn is_open(&self) -> bool {
        !self.withdrawn && !self.restricted
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::json::Value;

    use super::*;

    #[test]
    fn what_the_edge_says_is_taken_over_and_a_withdrawal_stays() {
        let fixture = include_str!("../../../shared/tests/fixtures/wire/conversation.json");
        let mut stored = Conversation::read(&Value::parse(fixture).unwrap()).unwrap();
        let mut standing = Standing { unread: true, ..Standing::default() };
        assert!(standing.is_open());
        standing.learn(&stored);
        let facts = Facts { created_at: 1_763_640_000_000, messages: 2 };
        assert_eq!(standing.facts, Some(facts));
        assert!(standing.restricted && standing.review.is_some() && !standing.unread);
        assert!(!standing.is_open());

        stored.restricted_at = None;
        standing.learn(&stored);
        assert!(standing.is_open());
        standing.withdrawn = true;
        standing.learn(&stored);
        assert!(!standing.is_open());
    }
}
