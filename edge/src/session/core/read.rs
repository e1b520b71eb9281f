//! The visitor's copy.

use sotto_shared::wire::conversation::{Conversation, Message};

use super::rates::Counted;
use super::{Core, CoreError, ends_at};
use crate::clock::Clock;
use crate::random::Random;
use crate::session::command::Caller;
use crate::session::record::StoredMessage;
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
        let mut messages: Vec<Message> = self.messages()?.all()?.into_iter().map(message).collect();
        if let Some(running) = running
            && let Some(last) = messages.iter_mut().find(|message| message.id == running.id())
        {
            running.text().as_str().clone_into(&mut last.text);
        }
        Ok(Conversation {
            conversation: session.conversation,
            created_at: session.created_at,
            ends_at: ends_at(&session),
            notice: session.terms.notice,
            purposes: session.terms.purposes,
            messages,
        })
    }
}

fn message(stored: StoredMessage) -> Message {
    Message {
        id: stored.id,
        author: stored.author,
        text: stored.text.into_string(),
        at: stored.at,
        state: stored.state,
        sources: stored.sources,
        provider: stored.provider,
        model: stored.model,
    }
}
