//! The conversation as a client resumes it.

use sotto_shared::wire::conversation::{Conversation, Message};

use super::rates::Counted;
use super::{Core, CoreError, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::Caller;
use crate::session::record::{Session, StoredMessage};
use crate::session::reply::Running;
use crate::sql::Sql;

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// The whole conversation as it is stored; the reply that is under way as far as it is.
    ///
    /// # Errors
    /// [`SessionError`](crate::session::command::SessionError) if it does not live, or not for
    /// this caller, or not that often.
    pub fn read(
        &self,
        caller: &Caller,
        running: Option<&Running>,
    ) -> Result<Conversation, CoreError> {
        let session = self.open_for(caller)?;
        self.count(Counted::Look)?;
        self.conversation(&session, running, message)
    }

    /// The conversation with its messages as `written` has them.
    pub(super) fn conversation(
        &self,
        session: &Session,
        running: Option<&Running>,
        written: impl Fn(StoredMessage) -> Message,
    ) -> Result<Conversation, CoreError> {
        let mut messages: Vec<Message> = self.messages()?.all()?.into_iter().map(written).collect();
        if let Some(running) = running
            && let Some(last) = messages.iter_mut().find(|message| message.id == running.id())
        {
            running.text().as_str().clone_into(&mut last.text);
        }
        // Whoever reads is owed what there is, even where the record of the consent is broken.
        let (stored, held) = match self.recorded() {
            Err(CoreError::Consent(_)) => Default::default(),
            recorded => recorded?,
        };
        Ok(Conversation {
            kind: None,
            schema: None,
            conversation: session.conversation,
            lang: None,
            created_at: session.created_at,
            ends_at: ends_at(session),
            notice: session.terms.notice.clone(),
            chat: held.has_chat(),
            purposes: session.terms.purposes,
            objections: held.objections,
            consent: stored.events,
            restricted_at: session.restricted.since,
            review: self.store().review()?,
            hold: self.hold()?,
            messages,
            recipients: None,
            exported_at: None,
            signature: None,
        })
    }
}

/// A message as the wire has it.
pub(super) fn message(stored: StoredMessage) -> Message {
    Message {
        id: stored.id,
        author: stored.author,
        text: stored.text.into_string(),
        at: stored.at,
        state: stored.state,
        reply_to: stored.reply_to,
        answers_earlier_text: stored.answers_earlier_text,
        changed_at: stored.changed_at,
        removed_at: stored.removed_at,
        sources: stored.grounds.map(|grounds| grounds.sources).unwrap_or_default(),
        provider: stored.provider,
        model: stored.model,
        provenance: None,
    }
}
