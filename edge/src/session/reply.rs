//! The reply that is being written, as it stands in the object's memory: what it is so far, and
//! who listens. It decides which parts a listener gets; the object moves them.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use sotto_shared::consent::NoticeVersion;
use sotto_shared::id::MessageId;
use sotto_shared::pii::Scrubbed;
use sotto_shared::wire::conversation::Provenance;
use sotto_shared::wire::stream::{Author, Part, Reply, Source, StreamProblem};

use crate::session::core::{Begun, Exchange};
use crate::session::record::{End, Grounds, Writer};

/// The one text of a reply is named so within it.
const TEXT_ID: &str = "t";

/// Listeners of one reply: a visitor's tabs. One more takes the place of the oldest.
const LISTENERS: usize = 8;

/// What has grown so much is stored at once, in bytes; so are a reply's first words.
const STORE_BYTES: usize = 2_048;

/// What has grown is stored after this time at the latest, in milliseconds.
pub const STORE_MS: u64 = 1_000;

/// What to do about storing a reply that has grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storing {
    /// Nothing: it is stored, or will be.
    Settled,
    /// Store what [`Running::unstored`] gives now.
    Now,
    /// Store what [`Running::unstored`] gives after [`STORE_MS`].
    Soon,
}

/// A reply that is being written.
pub struct Running {
    begun: Begun,
    facts: Option<Reply>,
    grounds: Option<Grounds>,
    text: Scrubbed,
    stored_bytes: usize,
    is_storing_soon: bool,
    listeners: Vec<UnboundedSender<Part>>,
}

impl Running {
    /// A reply that nothing is known of yet.
    #[must_use]
    pub fn new(begun: Begun) -> Self {
        Self {
            begun,
            facts: None,
            grounds: None,
            text: Scrubbed::default(),
            stored_bytes: 0,
            is_storing_soon: false,
            listeners: Vec::new(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.begun.reply
    }

    /// The message that it answers.
    #[must_use]
    pub fn message(&self) -> &MessageId {
        &self.begun.message
    }

    /// Whether it is this message or answers it.
    #[must_use]
    pub fn concerns(&self, id: &MessageId) -> bool {
        self.id() == id.as_str() || self.message() == id
    }

    /// What it is so far.
    #[must_use]
    pub fn text(&self) -> &Scrubbed {
        &self.text
    }

    /// How long its text is so far, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.as_str().len()
    }

    /// Listens: everything so far at once, then what comes.
    pub fn listen(&mut self) -> UnboundedReceiver<Part> {
        let (sender, receiver) = unbounded();
        for part in self.so_far() {
            // The receiver is in this function's hand: sending cannot fail.
            let _ = sender.unbounded_send(part);
        }
        self.listeners.retain(|listener| !listener.is_closed());
        if self.listeners.len() >= LISTENERS {
            self.listeners.remove(0);
        }
        self.listeners.push(sender);
        receiver
    }

    /// It is known who writes.
    pub fn start(&mut self, writer: &Writer) {
        let Writer { provider, model, grounds } = writer;
        let facts = Reply {
            author: Author::Ai,
            provider: (*provider).to_owned(),
            model: model.clone(),
            at: self.begun.at,
            question: self.begun.question.as_str().to_owned(),
            provenance: Some(provenance(grounds, self.begun.terms().notice.clone())),
        };
        self.grounds = Some(grounds.clone());
        self.facts = Some(facts.clone());
        self.send(&Part::Reply { data: facts });
    }

    /// The text goes on.
    pub fn push(&mut self, piece: &Scrubbed) -> Storing {
        if piece.is_empty() {
            return Storing::Settled;
        }
        if self.text.is_empty() {
            self.send(&Part::TextStart { id: TEXT_ID.into() });
        }
        self.send(&Part::TextDelta { id: TEXT_ID.into(), delta: piece.as_str().to_owned() });
        self.text.append(piece);
        let unstored = self.text.as_str().len().saturating_sub(self.stored_bytes);
        if self.stored_bytes == 0 || unstored >= STORE_BYTES {
            Storing::Now
        } else if core::mem::replace(&mut self.is_storing_soon, true) {
            Storing::Settled
        } else {
            Storing::Soon
        }
    }

    /// The text, if some of it is not stored; it counts as stored from here on.
    pub fn unstored(&mut self) -> Option<&Scrubbed> {
        self.is_storing_soon = false;
        let length = self.text.as_str().len();
        let stored = core::mem::replace(&mut self.stored_bytes, length);
        (stored < length).then_some(&self.text)
    }

    /// What it rests on; `None` before it is known who writes.
    #[must_use]
    pub const fn grounds(&self) -> Option<&Grounds> {
        self.grounds.as_ref()
    }

    /// It is known which passages it cites or quotes.
    pub fn cite(&mut self, sources: Vec<Source>) {
        if let Some(grounds) = &mut self.grounds {
            grounds.sources = sources;
        }
    }

    /// The reply ends, and with it every listener's stream.
    pub fn end(mut self, end: End) {
        let sources = self.grounds.take().unwrap_or_default().sources;
        for part in last_parts(!self.text.is_empty(), &sources, end) {
            self.send(&part);
        }
    }

    fn so_far(&self) -> Vec<Part> {
        first_parts(self.id(), self.facts.as_ref(), self.text.as_str())
    }

    fn send(&mut self, part: &Part) {
        self.listeners.retain(|listener| listener.unbounded_send(part.clone()).is_ok());
    }
}

impl core::fmt::Debug for Running {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Running({}, {} listeners)", self.id(), self.listeners.len())
    }
}

/// A stored reply as a stream gives it: whole, with its text as one delta.
#[must_use]
pub fn replay(exchange: &Exchange) -> Vec<Part> {
    let Exchange { question, reply } = exchange;
    let facts = Reply {
        author: reply.author,
        provider: reply.provider.clone().unwrap_or_default(),
        model: reply.model.clone(),
        at: reply.at,
        question: question.text.as_str().to_owned(),
        provenance: reply
            .grounds
            .as_ref()
            .zip(reply.notice.clone())
            .map(|(grounds, notice)| provenance(grounds, notice)),
    };
    let mut parts = first_parts(&reply.id, Some(&facts), reply.text.as_str());
    if let Some(end) = reply.end {
        let sources = reply.grounds.as_ref().map_or(&[][..], |grounds| &grounds.sources);
        parts.extend(last_parts(!reply.text.is_empty(), sources, end));
    }
    parts
}

fn provenance(grounds: &Grounds, notice: NoticeVersion) -> Provenance {
    Provenance::new(grounds.text_marking.clone(), notice, grounds.given.clone())
}

fn first_parts(id: &str, facts: Option<&Reply>, text: &str) -> Vec<Part> {
    let mut parts = vec![Part::Start { message_id: id.to_owned() }];
    parts.extend(facts.map(|facts| Part::Reply { data: facts.clone() }));
    if !text.is_empty() {
        parts.push(Part::TextStart { id: TEXT_ID.into() });
        parts.push(Part::TextDelta { id: TEXT_ID.into(), delta: text.to_owned() });
    }
    parts
}

fn last_parts(has_text: bool, sources: &[Source], end: End) -> Vec<Part> {
    let mut parts = Vec::new();
    if has_text {
        parts.push(Part::TextEnd { id: TEXT_ID.into() });
        parts.extend(sources.iter().cloned().map(Part::Source));
    }
    if let Some(code) = end.problem {
        parts.push(Part::Problem { data: StreamProblem { code, retry_after: None } });
        parts.push(Part::Error { error_text: format!("{}.", code.title()) });
    }
    parts.push(Part::Finish { finish_reason: end.finish });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::core::Accepted;
    use crate::session::core::tests::{World, chat, scrubbed, writer};
    use sotto_shared::wire::chat::Trigger;
    use sotto_shared::wire::conversation::MessageState;
    use sotto_shared::wire::problem::Code;
    use sotto_shared::wire::stream::FinishReason;

    const DONE: End =
        End { state: MessageState::Complete, finish: FinishReason::Stop, problem: None };

    fn running() -> Running {
        let world = World::minted();
        let accepted = world.core().accept(&chat(Trigger::SubmitMessage, "m-1", "hello"), None);
        match accepted.unwrap() {
            Accepted::Write(begun) => Running::new(begun),
            other => panic!("a reply is to be written, not {other:?}"),
        }
    }

    /// What has arrived: the kinds of the parts, and the text.
    fn heard(receiver: &mut UnboundedReceiver<Part>) -> (Vec<String>, String) {
        let mut kinds = Vec::new();
        let mut text = String::new();
        while let Ok(part) = receiver.try_recv() {
            kinds.push(format!("{part:?}"));
            if let Part::TextDelta { delta, .. } = part {
                text.push_str(&delta);
            }
        }
        (kinds, text)
    }

    #[test]
    fn a_listener_gets_what_was_and_then_what_comes() {
        let mut running = running();
        let mut early = running.listen();
        running.start(&writer("openai", Some("m")));
        running.push(&scrubbed("Hel"));
        let mut late = running.listen();
        running.push(&scrubbed("lo"));
        running.end(DONE);
        let (early_kinds, early_text) = heard(&mut early);
        let (late_kinds, late_text) = heard(&mut late);
        assert_eq!((early_text.as_str(), late_text.as_str()), ("Hello", "Hello"));
        let wanted = [
            "start",
            "data-sotto-reply",
            "text-start",
            "text-delta",
            "text-delta",
            "text-end",
            "finish",
        ];
        assert_eq!(early_kinds, wanted);
        assert_eq!(late_kinds, wanted);
    }

    #[test]
    fn a_reply_concerns_itself_and_its_question() {
        let running = running();
        for (id, concerns) in [("m-1", true), (running.id(), true), ("m-2", false)] {
            assert_eq!(running.concerns(&MessageId::parse(id).unwrap()), concerns, "{id}");
        }
    }

    #[test]
    fn a_reply_without_text_has_no_text_parts() {
        let mut running = running();
        let mut listener = running.listen();
        running.push(&Scrubbed::default());
        let source = Source {
            source_id: "a#b".into(),
            media_type: "text/plain".into(),
            title: "A".into(),
            filename: None,
        };
        let failed = End {
            state: MessageState::Interrupted,
            finish: FinishReason::Error,
            problem: Some(Code::ProviderFailed),
        };
        running.cite(vec![source]);
        running.end(failed);
        assert_eq!(heard(&mut listener).0, ["start", "data-sotto-problem", "error", "finish"]);
    }

    #[test]
    fn a_listener_that_left_is_forgotten_and_too_many_push_out_the_oldest() {
        let mut running = running();
        drop(running.listen());
        running.push(&scrubbed("a"));
        assert!(running.listeners.is_empty());
        let mut receivers: Vec<_> = (0..=LISTENERS).map(|_| running.listen()).collect();
        assert_eq!(running.listeners.len(), LISTENERS);
        running.push(&scrubbed("b"));
        assert_eq!(heard(&mut receivers[0]).1, "a");
        assert_eq!(heard(&mut receivers[1]).1, "ab");
    }

    #[test]
    fn text_is_stored_by_size_and_by_time() {
        let mut running = running();
        assert_eq!(running.push(&Scrubbed::default()), Storing::Settled);
        assert_eq!(running.push(&scrubbed("a")), Storing::Now);
        assert!(running.unstored().is_some_and(|text| text.as_str() == "a"));
        assert_eq!(running.push(&scrubbed("b")), Storing::Soon);
        assert_eq!(running.push(&scrubbed("b")), Storing::Settled);
        assert_eq!(running.push(&scrubbed(&"c".repeat(STORE_BYTES))), Storing::Now);
        assert!(running.unstored().is_some_and(|text| text.as_str().starts_with("abbc")));
        assert_eq!(running.unstored(), None);
        assert_eq!(running.push(&scrubbed("d")), Storing::Soon);
        assert!(running.unstored().is_some_and(|text| text.as_str().ends_with("cd")));
        assert_eq!(running.unstored(), None);
        assert_eq!(running.push(&scrubbed("e")), Storing::Soon);
    }

    #[test]
    fn a_stored_reply_reads_like_the_live_one() {
        let world = World::minted();
        let mut running = running();
        let mut listener = running.listen();
        running.start(&writer("local", None));
        running.push(&scrubbed("Hello"));
        let core = world.core();
        let Accepted::Write(begun) =
            core.accept(&chat(Trigger::SubmitMessage, "m-1", "hello"), None).unwrap()
        else {
            panic!("a reply is to be written");
        };
        core.begin(&begun, &writer("local", None)).unwrap();
        core.end(&begun.reply, running.text(), running.grounds(), DONE).unwrap();
        running.end(DONE);
        let mut live = Vec::new();
        while let Ok(part) = listener.try_recv() {
            live.push(part);
        }
        let stored = replay(&core.just_ended().unwrap().unwrap());
        assert!(stored[1..] == live[1..], "all but the reply's own id is the same");
    }
}
