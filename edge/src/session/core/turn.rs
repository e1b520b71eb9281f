//! One turn: a message is accepted, a reply begins, grows and ends.

use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::limits::MESSAGES_PER_CONVERSATION;
use sotto_shared::pii::Scrubbed;
use sotto_shared::wire::chat::Trigger;
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::{Author, FinishReason};

use super::rates::{Counted, MINUTE_MS};
use super::{Core, CoreError};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::{Caller, Chat, Network, SessionError, SessionTerms};
use crate::session::record::{End, Grounds, Said, Session, StoredMessage, Writer};
use crate::session::schema;
use crate::sql::Sql;
use crate::workspace::command::{SiteRef, Turn};

/// A reply that ended this recently is given again to a client that resumes, in milliseconds:
/// long enough for a lost connection to come back, too short to surprise a visitor next day.
const RESUME_MS: u64 = 5 * MINUTE_MS;

/// Messages of the conversation that a model is reminded of.
const HISTORY_MESSAGES: u32 = 20;

/// A reply that nothing in memory writes any more.
const INTERRUPTED: End = End {
    state: MessageState::Interrupted,
    finish: FinishReason::Error,
    problem: Some(Code::Unavailable),
};

/// What becomes of a message that was not refused.
#[derive(Debug)]
pub enum Accepted {
    /// Its reply is under way: listen to that.
    Join,
    /// Its reply is stored: give it again.
    Replay(Box<Exchange>),
    /// A reply is to be written.
    Write(Begun),
}

/// A message and its reply as they are stored.
#[derive(Debug)]
pub struct Exchange {
    /// The visitor's message.
    pub question: StoredMessage,
    /// The reply.
    pub reply: StoredMessage,
}

/// A reply that is to be written.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its id.
    pub reply: String,
    /// The message that it answers.
    pub message: MessageId,
    /// The message's text.
    pub question: Scrubbed,
    /// Language of the conversation.
    pub lang: String,
    /// When it began, Unix milliseconds.
    pub at: u64,
    /// What the workspace is asked for with.
    conversation: ConversationId,
    terms: Box<SessionTerms>,
    /// The reply whose place it takes.
    replaces: Option<String>,
    /// Whether the message was stored for this turn.
    is_new: bool,
    /// When the message before it was accepted, Unix milliseconds.
    last_at: u64,
    /// Tokens that paid providers took in the conversation so far.
    tokens: u64,
}

/// What the workspace is asked for, and whom to ask.
#[derive(Debug)]
pub struct NetworkTurn {
    /// The workspace's object, 64 hexadecimal digits.
    pub workspace: String,
    /// The question.
    pub turn: Turn,
}

impl Begun {
    /// The terms under which it is written.
    #[must_use]
    pub const fn terms(&self) -> &SessionTerms {
        &self.terms
    }

    /// What to ask the workspace for.
    #[must_use]
    pub fn turn(&self, network: Network) -> NetworkTurn {
        let terms = &self.terms;
        NetworkTurn {
            workspace: terms.workspace.to_hex(),
            turn: Turn {
                site: SiteRef { number: terms.site, generation: terms.generation },
                question: self.question.clone(),
                lang: terms.lang.clone(),
                notice: terms.notice.clone(),
                origin: terms.origin.clone(),
                counted: (terms.purposes.analytics && self.is_new).then_some(self.conversation),
                tokens: self.tokens,
                network,
            },
        }
    }
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Takes a message, or recognises one that it has. `running` is the message whose reply is
    /// under way.
    ///
    /// A message that was not there before is stored at once. Steps and their refusals:
    /// 1. The conversation lives, its token is used where it was given to, its visitor has not
    ///    restricted it ([`SessionError::Restricted`]), and the visitor's consent is on record
    ///    ([`SessionError::ConsentWithdrawn`], [`SessionError::ConsentUnproven`]).
    /// 2. An id stands for one text: [`SessionError::MessageConflict`],
    ///    [`SessionError::MessageRemoved`]. Where another reply is
    ///    asked for, the id alone says to what: the site's policy may have changed since, and
    ///    with it what the scrubber leaves of the same words.
    /// 3. There is one reply at a time: [`SessionError::ReplyInProgress`].
    /// 4. Only the last message is answered again: [`SessionError::NothingToRegenerate`].
    /// 5. There is room: [`SessionError::Full`].
    /// 6. There are not too many within a minute: [`SessionError::RateLimited`].
    ///
    /// # Errors
    /// As above.
    pub fn accept(&self, chat: &Chat, running: Option<&MessageId>) -> Result<Accepted, CoreError> {
        // 1
        let session = self.open_for(&chat.caller)?;
        Self::check_used(&session)?;
        self.check_consent(&session.terms)?;
        let (store, messages) = (self.store(), self.messages()?);
        let now = self.clock.now_ms();

        // 2
        let known = messages.get(chat.message_id.as_str())?;
        if known.as_ref().is_some_and(|message| message.state == MessageState::Removed) {
            return Err(SessionError::MessageRemoved.into());
        }
        if let Some(message) = &known
            && (message.author != Author::Visitor
                || (chat.trigger == Trigger::SubmitMessage && message.text != chat.text))
        {
            return Err(SessionError::MessageConflict.into());
        }

        // 3
        match running {
            Some(id) if *id == chat.message_id && chat.trigger == Trigger::SubmitMessage => {
                return Ok(Accepted::Join);
            }
            Some(_) => return Err(SessionError::ReplyInProgress.into()),
            None => {}
        }

        // 4
        let is_new = known.is_none();
        if is_new && chat.trigger == Trigger::RegenerateMessage {
            return Err(SessionError::NothingToRegenerate.into());
        }
        let text = known.as_ref().map_or(&chat.text, |message| &message.text).clone();
        let mut replaces = None;
        if let Some(question) = known {
            let is_last =
                store.last_id_of(Author::Visitor)?.is_some_and(|last| last == question.id);
            let reply = messages.reply_to(&question.id)?;
            match (chat.trigger, reply) {
                // A reply that was removed was not asked for again.
                (Trigger::SubmitMessage, Some(reply))
                    if !matches!(
                        reply.state,
                        MessageState::Stopped | MessageState::Interrupted | MessageState::Running
                    ) || !is_last =>
                {
                    return Ok(Accepted::Replay(Box::new(Exchange { question, reply })));
                }
                _ if !is_last => return Err(SessionError::NothingToRegenerate.into()),
                (_, reply) => replaces = reply.map(|reply| reply.id),
            }
        }

        // 5
        if is_new {
            let room = u64::try_from(MESSAGES_PER_CONVERSATION).unwrap_or(u64::MAX);
            if store.count()?.saturating_add(2) > room {
                return Err(SessionError::Full.into());
            }
        }

        // 6
        self.count(Counted::Message(session.terms.messages_per_minute))?;

        if is_new {
            messages.insert(&chat.message_id, &chat.text, now)?;
        }
        store.touch(now)?;
        let (last_at, tokens) = (session.last_at, session.tokens);
        let session = Session { last_at: now, ..session };
        self.plan_end(&session)?;
        Ok(Accepted::Write(Begun {
            reply: self.ulid()?,
            message: chat.message_id.clone(),
            question: text,
            lang: session.terms.lang.clone(),
            at: now,
            conversation: session.conversation,
            terms: Box::new(session.terms),
            replaces,
            is_new,
            last_at,
            tokens,
        }))
    }

    /// Takes a turn back that the workspace refused: the message counts as never sent, lengthens no
    /// life, and the reply that was to be replaced stays. The object sets its alarm afterwards.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn withdraw(&self, begun: &Begun) -> Result<(), CoreError> {
        let tables = schema::tables(self.sql)?;
        if !tables.session || tables.tombstone {
            return Ok(());
        }
        if begun.is_new {
            self.store().delete_message(begun.message.as_str())?;
        }
        // Nothing was accepted since: there is one reply at a time.
        self.store().touch(begun.last_at)?;
        match self.store().session()? {
            Some(session) => self.plan_end(&session),
            None => Ok(()),
        }
    }

    /// Counts tokens that a paid provider took, in a conversation that is still there.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn count_tokens(&self, tokens: u64) -> Result<(), CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.session && !tables.tombstone {
            self.store().add_tokens(tokens)?;
        }
        Ok(())
    }

    /// Stores that the reply begins; the one whose place it takes goes.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn begin(&self, begun: &Begun, writer: &Writer) -> Result<(), CoreError> {
        // A conversation that was erased in the meantime gets no more rows.
        let terms = self.open()?.terms;
        let store = self.store();
        if let Some(replaced) = &begun.replaces {
            store.delete_message(replaced)?;
        }
        let (id, notice) = (&begun.reply, &terms.notice);
        Ok(self.messages()?.insert_reply(id, &begun.message, writer, notice, begun.at)?)
    }

    /// Stores that another provider writes the reply than the one that was asked first.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn hand_over(&self, reply: &str, writer: &Writer) -> Result<(), CoreError> {
        Ok(self.messages()?.put_writer(reply, writer)?)
    }

    /// Earlier messages that a model is reminded of, oldest first: none that was removed, and no
    /// reply to one, which may repeat it.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn history(&self, begun: &Begun) -> Result<Vec<Said>, CoreError> {
        Ok(self.messages()?.before(begun.message.as_str(), HISTORY_MESSAGES)?)
    }

    /// Stores what the reply has grown to.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn grow(&self, reply: &str, text: &Scrubbed) -> Result<(), CoreError> {
        Ok(self.messages()?.put_text(reply, text.as_str())?)
    }

    /// Stores how the reply ended, and what it rests on, if more is known of it than when it began.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn end(
        &self,
        reply: &str,
        text: &Scrubbed,
        grounds: Option<&Grounds>,
        end: End,
    ) -> Result<(), CoreError> {
        let now = self.clock.now_ms();
        Ok(self.messages()?.end_reply(reply, text.as_str(), grounds, end, now)?)
    }

    /// Brings the tables up to date, seals under the root in use what an older one seals, and marks
    /// replies interrupted that were being written when the object was last stopped. The object
    /// calls it once, before it answers anything.
    ///
    /// # Errors
    /// [`CoreError`] if the storage fails.
    pub fn wake(&self) -> Result<(), CoreError> {
        let tables = schema::tables(self.sql)?;
        if tables.session && !tables.tombstone {
            schema::migrate(self.sql)?;
            self.reseal()?;
            self.store().interrupt_replies(INTERRUPTED, self.clock.now_ms())?;
        }
        Ok(())
    }

    /// Whether the conversation can be listened to or stopped at all.
    ///
    /// # Errors
    /// [`SessionError`] if it does not live, or not for this caller, or not that often.
    pub fn check_open(&self, caller: &Caller) -> Result<(), CoreError> {
        self.open_for(caller)?;
        self.count(Counted::Look)
    }

    /// The reply that ended a short while ago, with its question, for a client that resumes. One
    /// that the visitor stopped is none: there is nothing to wait for.
    ///
    /// # Errors
    /// [`SessionError`] if the conversation does not live.
    pub fn just_ended(&self) -> Result<Option<Exchange>, CoreError> {
        self.open()?;
        let messages = self.messages()?;
        let since = self.clock.now_ms().saturating_sub(RESUME_MS);
        let Some(reply) = messages.last_of(Author::Ai)? else { return Ok(None) };
        if matches!(reply.state, MessageState::Stopped | MessageState::Removed)
            || reply.ended_at.is_none_or(|at| at < since)
        {
            return Ok(None);
        }
        let Some(id) = &reply.reply_to else { return Ok(None) };
        // A newer message without a reply is not answered by the reply to an older one.
        if self.store().last_id_of(Author::Visitor)?.is_none_or(|newest| newest != *id) {
            return Ok(None);
        }
        Ok(messages.get(id)?.map(|question| Exchange { question, reply }))
    }
}

#[cfg(test)]
mod tests;
