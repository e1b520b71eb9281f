//! The visitor's copy: everything that is stored, how each reply came about, and a signature that
//! holds it together.

use sotto_shared::consent::NoticeVersion;
use sotto_shared::signed::Kind;
use sotto_shared::wire::conversation::{COPY_SCHEMA, Conversation, Message, Provenance};
use sotto_shared::wire::stream::Author;

use super::{Core, CoreError, Counted};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::Caller;
use crate::session::record::{Session, StoredMessage};
use crate::session::reply::Running;
use crate::sql::Sql;
use crate::workspace::command::Reported;

/// What is said of a text's mark where nothing is stored of it.
const UNKNOWN: &str = "unknown";

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The signed copy of the conversation; the reply that is under way as far as it is. The audit
    /// log has to hear of it.
    ///
    /// # Errors
    /// [`SessionError`](crate::session::command::SessionError) if it does not live, or not for this
    /// caller.
    pub fn export(
        &self,
        caller: &Caller,
        running: Option<&Running>,
    ) -> Result<Conversation, CoreError> {
        let session = self.open_for(caller)?;
        self.count(Counted::Export)?;
        let copy = self.copy(session, running)?;
        self.note(Reported::Exported)?;
        Ok(copy)
    }

    /// The signed copy of a conversation that whoever asks may have.
    pub(super) fn copy(
        &self,
        session: Session,
        running: Option<&Running>,
    ) -> Result<Conversation, CoreError> {
        let mut copy = self.conversation(&session, running, |stored| {
            let provenance = provenance(&stored, &session.terms.notice);
            Message { provenance, ..super::read::message(stored) }
        })?;
        copy.kind = Some(Kind::ConversationCopy.name().into());
        copy.schema = Some(COPY_SCHEMA.into());
        copy.lang = Some(session.terms.lang);
        copy.recipients = Some(session.terms.recipients);
        copy.exported_at = Some(self.clock.now_ms());
        copy.signature = Some(self.signature(&copy)?);
        Ok(copy)
    }
}

/// How a reply came about, under the notice that was in force when it was written; `agreed` stands
/// for it in replies of an earlier version.
fn provenance(stored: &StoredMessage, agreed: &NoticeVersion) -> Option<Provenance> {
    let notice = stored.notice.as_ref().unwrap_or(agreed).clone();
    (stored.author == Author::Ai).then(|| match &stored.grounds {
        Some(grounds) => {
            Provenance::new(grounds.text_marking.clone(), notice, grounds.given.clone())
        }
        None => Provenance::new(UNKNOWN.into(), notice, Vec::new()),
    })
}

#[cfg(test)]
mod tests {
    use sotto_shared::signed::{Document, PublicKey, Verdict};
    use sotto_shared::wire::chat::Trigger;
    use sotto_shared::wire::conversation::MessageState;
    use sotto_shared::wire::stream::FinishReason;

    use super::*;
    use crate::session::core::Accepted;
    use crate::session::core::tests::{World, chat, scrubbed, writer};
    use crate::session::record::{End, Grounds};

    fn conversation() -> World {
        let world = World::minted();
        let message = chat(Trigger::SubmitMessage, "m-1", "hello");
        let Accepted::Write(begun) = world.core().accept(&message, None).unwrap() else {
            panic!("a reply is to be written");
        };
        world.core().begin(&begun, &writer("openai", Some("m-large"))).unwrap();
        world
    }

    #[test]
    fn a_copy_says_what_it_is_and_how_each_reply_came_about() {
        let world = conversation();
        let copy = world.core().export(&world.caller(), None).unwrap();
        assert_eq!(copy.schema.as_deref(), Some(COPY_SCHEMA));
        assert_eq!(copy.lang.as_deref(), Some("en"));
        assert_eq!(copy.exported_at, Some(world.clock.now_ms()));
        assert_eq!(world.core().noted().unwrap().unwrap().what, Reported::Exported);
        assert_eq!(copy.recipients.unwrap()[0].name, "Model Inc");
        let [question, reply] = &copy.messages[..] else { panic!("two messages") };
        assert!(question.provenance.is_none());
        assert_eq!(reply.state, MessageState::Running);
        let provenance = reply.provenance.as_ref().unwrap();
        assert!(provenance.generated_by_ai);
        assert_eq!(provenance.notice, World::terms().notice);
        assert_eq!((&*provenance.text_marking, provenance.passages.len()), ("synthid", 1));
        // An earlier version stored what a reply rests on with its end.
        world.sql.exec("UPDATE message SET sealed_sources = NULL", &[]).unwrap();
        let copy = world.core().export(&world.caller(), None).unwrap();
        let provenance = copy.messages[1].provenance.as_ref().unwrap();
        assert_eq!((&*provenance.text_marking, provenance.passages.len()), ("unknown", 0));
    }

    #[test]
    fn a_reply_tells_what_its_writer_was_given_and_how_its_text_is_marked() {
        let world = conversation();
        let reply = world.read().unwrap().messages[1].id.clone();
        let grounds = Grounds {
            sources: Vec::new(),
            given: vec!["faq.md#returns".into(), "faq.md#costs".into()],
            text_marking: "none".into(),
        };
        let end = End { state: MessageState::Complete, finish: FinishReason::Stop, problem: None };
        world.core().end(&reply, &scrubbed("its answer"), Some(&grounds), end).unwrap();
        let copy = world.core().export(&world.caller(), None).unwrap();
        let provenance = copy.messages[1].provenance.as_ref().unwrap();
        assert_eq!(provenance.text_marking, "none");
        assert_eq!(provenance.passages, ["faq.md#returns", "faq.md#costs"]);
    }

    /// The visitor stopped it before its first word, or the edge went down while it was written.
    #[test]
    fn a_reply_that_ended_early_rests_on_what_it_was_begun_with() {
        let world = conversation();
        let reply = world.read().unwrap().messages[1].id.clone();
        let end = End { state: MessageState::Stopped, finish: FinishReason::Other, problem: None };
        world.core().end(&reply, &scrubbed(""), None, end).unwrap();
        let copy = world.core().export(&world.caller(), None).unwrap();
        let provenance = copy.messages[1].provenance.as_ref().unwrap();
        assert_eq!((&*provenance.text_marking, provenance.passages.len()), ("synthid", 1));
    }

    #[test]
    fn the_signature_covers_everything_before_it() {
        let world = conversation();
        let copy = world.core().export(&world.caller(), None).unwrap();
        let text = serde_json::to_string(&copy).unwrap();
        let verdict = |text: &str| {
            let document = Document::parse(text).unwrap();
            assert_eq!(document.kind(), Kind::ConversationCopy);
            let keys = world.keyring.receipt_public_keys();
            document.verify(keys.map(|key| PublicKey { kid: Some(key.kid), bytes: key.value }))
        };
        assert_eq!(verdict(&text), Verdict::Valid);
        for (from, to) in [("hello", "hullo"), ("\"visitor\"", "\"ai\""), ("m-large", "m-small")] {
            assert!(text.contains(from), "{from}");
            assert_eq!(verdict(&text.replace(from, to)), Verdict::Changed, "{from}");
        }
    }

    #[test]
    fn what_a_client_resumes_with_is_no_copy() {
        let world = conversation();
        let stored = world.read().unwrap();
        assert!(stored.kind.is_none() && stored.signature.is_none());
        assert_eq!(world.core().noted().unwrap(), None, "it is no export");
        assert!(stored.messages.iter().all(|message| message.provenance.is_none()));
    }
}
