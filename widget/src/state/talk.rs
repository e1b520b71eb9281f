//! The conversation on the screen: what was asked, and the reply as its stream comes in.

use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::conversation::{Conversation, Message as Stored, MessageState};
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::{Author, FinishReason, Part, Source};

/// Where the exchange stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The message is on its way, or its reply has not begun.
    Waiting,
    /// The reply is coming in.
    Streaming,
    /// The connection was lost in the middle and is being taken up again.
    Reconnecting,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A message whose arrival is not known.
    Sending,
    /// A message that did not arrive; it can be sent again under the same id.
    Unsent,
    /// A reply that is coming in.
    Running,
    /// Whole.
    Complete,
    /// Cut off at the greatest length.
    Cut,
    /// Stopped by the visitor.
    Stopped,
    /// Broken off.
    Interrupted,
    /// Cut off by a filter, the edge's guard or the provider's.
    Withheld,
    /// Removed by the visitor: its place stays.
    Removed,
}

/// A message, with placeholders in its text.
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) author: Author,
    pub(crate) text: String,
    /// The text as it was sent, where the edge hid more in it than the browser had.
    pub(crate) sent: Option<String>,
    pub(crate) state: State,
    /// Whether the visitor corrected it; of a reply, whether the message that it answers was
    /// corrected since.
    pub(crate) corrected: bool,
    pub(crate) sources: Vec<Source>,
    /// Grows with each change, so that a view draws again only what changed.
    pub(crate) revision: u32,
}

/// The conversation.
#[derive(Default)]
pub(crate) struct Talk {
    pub(crate) messages: Vec<Message>,
    pub(crate) phase: Phase,
    /// The visitor asked to stop; the end of the reply is then theirs.
    stopping: bool,
    /// Why the last reply broke off.
    pub(crate) problem: Option<(Code, Option<u64>)>,
}

impl Talk {
    /// The visitor sends a message.
    pub(crate) fn ask(&mut self, id: &str, text: &str) {
        self.begin();
        if let Some(message) = self.messages.iter_mut().find(|message| message.id == id) {
            message.change(State::Sending);
            return;
        }
        self.messages.push(Message::new(id, Author::Visitor, text, State::Sending));
    }

    /// The visitor asks for another reply to the last message, whose id and text these are. Where
    /// the log shows no reply to it, the message is sent again instead: what was never answered
    /// cannot be answered anew.
    pub(crate) fn ask_again(&mut self) -> Option<(Trigger, String, String)> {
        let last = self.question().filter(|question| question.state != State::Removed)?;
        let answered = self.messages.last().is_some_and(|message| message.id != last.id);
        let trigger = if answered { Trigger::RegenerateMessage } else { Trigger::SubmitMessage };
        let question = (trigger, last.id.clone(), last.sent.as_ref().unwrap_or(&last.text).clone());
        self.begin();
        Some(question)
    }

    /// All that is said, and as it was sent where the edge hid more of it.
    pub(crate) fn texts(&self) -> String {
        let mut texts = String::new();
        for message in &self.messages {
            texts.push_str(&message.text);
            texts.push_str(message.sent.as_deref().unwrap_or_default());
        }
        texts
    }

    /// The visitor's last message.
    pub(crate) fn question(&self) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.author == Author::Visitor)
    }

    /// The edge refused a message. True if it was not stored before: it leaves the log, since its
    /// text returns to the composer.
    pub(crate) fn refused(&mut self, id: &str) -> bool {
        self.phase = Phase::Idle;
        let unstored = |message: &Message| message.id == id && message.state != State::Complete;
        match self.messages.iter().position(unstored) {
            Some(place) => {
                self.messages.remove(place);
                true
            }
            None => false,
        }
    }

    /// The visitor asks to stop the reply.
    pub(crate) fn stop(&mut self) {
        self.stopping = true;
    }

    /// The connection was lost before the reply ended.
    pub(crate) fn lost(&mut self) {
        if self.phase != Phase::Idle {
            self.phase = Phase::Reconnecting;
        }
    }

    /// It was tried often enough: a reply is not coming any more, and of a message it is not known
    /// whether it arrived.
    pub(crate) fn give_up(&mut self) {
        self.phase = Phase::Idle;
        let broken = if self.stopping { State::Stopped } else { State::Interrupted };
        for message in &mut self.messages {
            match message.state {
                State::Running => message.change(broken),
                State::Sending => message.change(State::Unsent),
                _ => {}
            }
        }
    }

    /// Takes the next part of the reply's stream.
    pub(crate) fn take(&mut self, part: Part) {
        match part {
            Part::Start { message_id } => self.start(&message_id),
            Part::Reply { data } => self.stored(data.question),
            Part::TextDelta { delta, .. } => {
                if let Some(reply) = self.reply() {
                    reply.text.push_str(&delta);
                    reply.revision += 1;
                }
            }
            Part::Source(source) => {
                if let Some(reply) = self.reply() {
                    reply.sources.push(source);
                    reply.revision += 1;
                }
            }
            Part::Problem { data } => self.problem = Some((data.code, data.retry_after)),
            Part::Finish { finish_reason } => {
                let state = match finish_reason {
                    FinishReason::Stop => State::Complete,
                    FinishReason::Length => State::Cut,
                    FinishReason::Other if self.stopping => State::Stopped,
                    FinishReason::ContentFilter => State::Withheld,
                    FinishReason::Other | FinishReason::Error => State::Interrupted,
                };
                self.phase = Phase::Idle;
                if let Some(reply) = self.reply() {
                    reply.change(state);
                }
            }
            Part::Error { .. } | Part::TextStart { .. } | Part::TextEnd { .. } => {}
        }
    }

    /// The conversation as the edge has it. Messages that did not arrive stay.
    pub(crate) fn restore(&mut self, stored: Conversation) {
        let shown_before = core::mem::take(&mut self.messages);
        self.messages.extend(stored.messages.into_iter().map(Message::from));
        for message in shown_before {
            let stored = self.messages.iter().any(|known| known.id == message.id);
            if message.state == State::Unsent && !stored {
                self.messages.push(message);
            }
        }
        let running = self.messages.iter().any(|message| message.state == State::Running);
        self.phase = if running { Phase::Reconnecting } else { Phase::Idle };
    }

    /// A message is another one than before: the visitor corrected or removed it.
    pub(crate) fn change(&mut self, stored: Stored) {
        let Some(place) = self.messages.iter().position(|message| message.id == stored.id) else {
            return;
        };
        let mut rest = self.messages.iter_mut().skip(place);
        if let Some(message) = rest.next() {
            let revision = message.revision + 1;
            *message = Message { revision, ..stored.into() };
            if message.author == Author::Visitor && message.corrected {
                for reply in rest.take_while(|message| message.author != Author::Visitor) {
                    reply.corrected = true;
                    reply.revision += 1;
                }
            }
        }
    }

    fn begin(&mut self) {
        self.phase = Phase::Waiting;
        self.stopping = false;
        self.problem = None;
    }

    /// A reply begins, or is given again from its beginning. What stood behind the visitor's last
    /// message is replaced.
    fn start(&mut self, id: &str) {
        self.phase = Phase::Streaming;
        if let Some(reply) = self.messages.iter_mut().find(|message| message.id == id) {
            reply.text.clear();
            reply.sources.clear();
            reply.change(State::Running);
            return;
        }
        while self.messages.last().is_some_and(|message| message.author != Author::Visitor) {
            self.messages.pop();
        }
        self.messages.push(Message::new(id, Author::Ai, "", State::Running));
    }

    /// The visitor's message has been stored, perhaps with more hidden in it.
    fn stored(&mut self, question: String) {
        let mut visitors = self.messages.iter_mut().rev();
        let Some(message) = visitors.find(|message| message.author == Author::Visitor) else {
            return;
        };
        message.change(State::Complete);
        if message.text != question {
            let sent = core::mem::replace(&mut message.text, question);
            message.sent.get_or_insert(sent);
        }
    }

    fn reply(&mut self) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| message.state == State::Running)
    }
}

impl Message {
    fn new(id: &str, author: Author, text: &str, state: State) -> Self {
        Self {
            id: id.into(),
            author,
            text: text.into(),
            sent: None,
            state,
            corrected: false,
            sources: Vec::new(),
            revision: 0,
        }
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.revision += 1;
    }
}

impl From<Stored> for Message {
    fn from(stored: Stored) -> Self {
        let state = match stored.state {
            MessageState::Running => State::Running,
            MessageState::Complete => State::Complete,
            MessageState::Cut => State::Cut,
            MessageState::Withheld => State::Withheld,
            MessageState::Stopped => State::Stopped,
            MessageState::Interrupted => State::Interrupted,
            MessageState::Removed => State::Removed,
        };
        Self {
            id: stored.id,
            author: stored.author,
            text: stored.text,
            sent: None,
            state,
            corrected: stored.changed_at.is_some() || stored.answers_earlier_text,
            sources: stored.sources,
            revision: 0,
        }
    }
}

/// Texts of a conversation are somebody's: only their number is printed.
impl core::fmt::Debug for Talk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Talk")
            .field("messages", &self.messages.len())
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::json::Value;

    use super::*;

    fn parts(talk: &mut Talk, lines: &[&str]) {
        for line in lines {
            talk.take(Part::read(line).unwrap());
        }
    }

    const START: &str = r#"{"type":"start","messageId":"r-1"}"#;
    const REPLY: &str = r#"{"type":"data-sotto-reply","data":{"author":"ai","provider":"local","at":1,"question":"call [PHONE]"}}"#;
    const DELTA: &str = r#"{"type":"text-delta","id":"t","delta":"Hello "}"#;
    const FINISH: &str = r#"{"type":"finish","finishReason":"stop"}"#;
    const OTHER: &str = r#"{"type":"finish","finishReason":"other"}"#;
    const FILTERED: &str = r#"{"type":"finish","finishReason":"content-filter"}"#;

    fn asked() -> Talk {
        let mut talk = Talk::default();
        talk.ask("m-1", "call 1");
        talk
    }

    fn last(talk: &Talk) -> (&str, State) {
        let message = talk.messages.last().unwrap();
        (&message.text, message.state)
    }

    #[test]
    fn a_reply_streams_in() {
        let mut talk = asked();
        assert_eq!((talk.phase, last(&talk)), (Phase::Waiting, ("call 1", State::Sending)));
        parts(&mut talk, &[START, REPLY, DELTA, DELTA]);
        assert_eq!((talk.phase, last(&talk)), (Phase::Streaming, ("Hello Hello ", State::Running)));
        assert_eq!(talk.messages[0].text, "call [PHONE]");
        parts(&mut talk, &[FINISH]);
        assert_eq!((talk.phase, last(&talk).1), (Phase::Idle, State::Complete));
    }

    #[test]
    fn a_resumed_reply_is_neither_lost_nor_doubled() {
        let mut talk = asked();
        parts(&mut talk, &[START, DELTA]);
        talk.lost();
        assert_eq!(talk.phase, Phase::Reconnecting);
        parts(&mut talk, &[START, DELTA, DELTA, FINISH]);
        assert_eq!(talk.messages.len(), 2);
        assert_eq!(last(&talk), ("Hello Hello ", State::Complete));
    }

    #[test]
    fn another_reply_takes_the_place_of_the_last_only_when_it_begins() {
        let mut talk = asked();
        parts(&mut talk, &[START, REPLY, DELTA, FINISH]);
        // What was sent is sent again, so that the edge recognises it.
        let question = (Trigger::RegenerateMessage, "m-1".into(), "call 1".into());
        assert_eq!(talk.ask_again(), Some(question));
        assert_eq!(talk.messages.len(), 2);
        parts(&mut talk, &[r#"{"type":"start","messageId":"r-2"}"#, DELTA]);
        assert_eq!(talk.messages.len(), 2);
        assert_eq!(talk.messages[1].id, "r-2");
    }

    #[test]
    fn what_was_never_answered_is_sent_and_not_answered_anew() {
        let mut talk = asked();
        talk.give_up();
        let question = (Trigger::SubmitMessage, "m-1".into(), "call 1".into());
        assert_eq!(talk.ask_again(), Some(question));
    }

    #[test]
    fn the_end_of_a_stopped_reply_is_the_visitors() {
        let mut talk = asked();
        parts(&mut talk, &[START, DELTA]);
        talk.stop();
        parts(&mut talk, &[OTHER]);
        assert_eq!(last(&talk).1, State::Stopped);

        let mut talk = asked();
        parts(&mut talk, &[START, DELTA, OTHER]);
        assert_eq!(last(&talk).1, State::Interrupted);

        let mut talk = asked();
        parts(&mut talk, &[START, DELTA, FILTERED]);
        assert_eq!(last(&talk).1, State::Withheld);
    }

    #[test]
    fn a_refused_message_leaves_and_an_undelivered_one_stays() {
        let mut talk = asked();
        assert!(talk.refused("m-1"));
        assert_eq!((talk.messages.len(), talk.phase), (0, Phase::Idle));

        let mut talk = asked();
        parts(&mut talk, &[START, REPLY, DELTA, FINISH]);
        talk.ask_again();
        assert!(!talk.refused("m-1"));
        assert_eq!((talk.messages.len(), talk.phase), (2, Phase::Idle));

        let mut talk = asked();
        talk.give_up();
        assert_eq!(last(&talk).1, State::Unsent);
        talk.ask("m-1", "call 1");
        assert_eq!((talk.messages.len(), last(&talk).1), (1, State::Sending));
    }

    #[test]
    fn the_stored_conversation_replaces_the_shown_one() {
        let mut talk = asked();
        parts(&mut talk, &[START, DELTA]);
        talk.ask("m-2", "later");
        talk.give_up();
        let fixture = include_str!("../../../shared/tests/fixtures/wire/conversation.json");
        talk.restore(Conversation::read(&Value::parse(fixture).unwrap()).unwrap());
        let ids: Vec<_> = talk.messages.iter().map(|message| message.id.as_str()).collect();
        // The fixture's m-2 was removed; what is stored counts, so nothing is sent under that id.
        assert_eq!(ids, ["m-1", "r-1", "m-2"]);
        assert_eq!(talk.messages[1].state, State::Interrupted);
        assert_eq!(talk.messages[1].sources.len(), 1);
        assert_eq!((last(&talk), talk.messages[0].corrected), (("", State::Removed), true));
    }

    fn stored(fixture: &str) -> Stored {
        Stored::read(&Value::parse(fixture).unwrap()).unwrap()
    }

    #[test]
    fn a_correction_marks_the_message_and_its_reply_and_no_other() {
        let mut talk = asked();
        parts(&mut talk, &[START, REPLY, DELTA, FINISH]);
        talk.ask("m-2", "next");
        let before: Vec<_> = talk.messages.iter().map(|message| message.revision).collect();
        talk.change(stored(include_str!(
            "../../../shared/tests/fixtures/wire/message-changed.json"
        )));
        let now: Vec<_> = talk.messages.iter().map(|message| message.revision).collect();
        assert_eq!(talk.messages[0].text, "I live in \"Ulm\"");
        assert_eq!(
            talk.messages.iter().map(|it| it.corrected).collect::<Vec<_>>(),
            [true, true, false]
        );
        assert_eq!(now, [before[0] + 1, before[1] + 1, before[2]]);
    }

    #[test]
    fn a_removed_message_keeps_its_place() {
        let mut talk = asked();
        parts(&mut talk, &[START, REPLY, DELTA, FINISH]);
        let removed = include_str!("../../../shared/tests/fixtures/wire/message-removed.json");
        talk.change(Stored { id: "m-9".into(), ..stored(removed) });
        assert_eq!(talk.messages[0].state, State::Complete);
        talk.change(stored(removed));
        assert_eq!((talk.messages[0].state, talk.messages[0].text.as_str()), (State::Removed, ""));
        assert_eq!((talk.messages.len(), talk.messages[1].corrected), (2, false));
        // Nothing is left that could be answered anew.
        assert_eq!(talk.ask_again(), None);
    }

    #[test]
    fn every_change_of_a_message_shows_in_its_revision() {
        let mut talk = asked();
        let mut seen = Vec::new();
        for part in [START, DELTA, FINISH] {
            parts(&mut talk, &[part]);
            seen.push(talk.messages[1].revision);
        }
        assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    }

    #[test]
    fn the_problem_of_a_reply_is_kept() {
        let mut talk = asked();
        parts(
            &mut talk,
            &[START, r#"{"type":"data-sotto-problem","data":{"code":"provider_failed"}}"#],
        );
        assert_eq!(talk.problem, Some((Code::ProviderFailed, None)));
    }
}
