//! A message on its way out and its reply on its way in.
//!
//! Every message carries an id of its own, so that asking again never sends twice (promise 10):
//! a send whose outcome is unknown is repeated as it is, a reply that breaks off is taken up
//! again, and what is refused returns to the composer.

use sotto_shared::id::MessageId;
use sotto_shared::pii::restore;
use sotto_shared::wire::chat::{ChatRequest, Trigger, VisitorMessage};
use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::Author;

use super::session::read;
use super::{App, page};
use crate::client::{Request, Stream};
use crate::state::retry::Backoff;
use crate::state::talk::Phase;
use crate::state::trouble::{Failure, Trouble};
use crate::watched::spawn;

impl App {
    /// Sends what the visitor typed.
    pub(super) fn send(&self, typed: &str) {
        let mut map = self.map().clone();
        let draft = self.read(typed, &mut map);
        if draft.is_empty {
            return;
        }
        if self.finder.peek().is_none() {
            return self.send_when_loaded(typed);
        }
        let editing = self.editing.peek();
        // While another conversation begins, what is sent would go with the one that ends.
        let trouble = if editing.is_none() && self.is_busy() || self.busy.peek() {
            Some(Trouble::Busy)
        } else if !self.is_settled() {
            return;
        } else if draft.left.is_err() {
            Some(Trouble::TooLong)
        } else if !page::online() {
            Some(Trouble::Offline)
        } else {
            None
        };
        self.trouble.set(trouble);
        if trouble.is_some() {
            return;
        }
        let Some(scrubbed) = draft.scrubbed else {
            // It broke: nobody can say what is in the text.
            self.load();
            return self.fail(Failure::Garbled);
        };
        *self.map.borrow_mut() = map;
        self.keep();
        if let Some(id) = editing {
            return self.correct(&id, scrubbed.text);
        }
        // A starter leaves what was typed where it is.
        if self.draft.peek() == typed {
            self.draft.set(String::new());
        }
        self.preview.set(false);
        self.why.set(false);
        page::tell(&self.host, "message", "{\"author\":\"visitor\"}");
        self.deliver(Trigger::SubmitMessage, &page::random_id(), scrubbed.text);
    }

    /// Sends a message again that did not arrive, or asks for another reply to the last one.
    pub(super) fn again(&self, message: &str) {
        self.trouble.set(None);
        if self.is_busy() || self.busy.peek() || !self.is_settled() {
            return;
        }
        let mut question = None;
        self.talk.update(|talk| {
            let own = talk.messages.iter().find(|known| known.id == message);
            question = match own.filter(|known| known.author == Author::Visitor) {
                Some(unsent) => {
                    Some((Trigger::SubmitMessage, unsent.id.clone(), unsent.text.clone()))
                }
                None => talk.ask_again(),
            };
        });
        if let Some((trigger, id, text)) = question {
            self.deliver(trigger, &id, text);
        }
    }

    /// Stops the reply. Its end still comes by the stream.
    pub(super) fn stop(&self) {
        self.talk.update(|talk| talk.stop());
        let Ok(conversation) = self.session_part(|session| session.conversation) else { return };
        let app = self.clone();
        spawn(async move {
            if let Err(failure) = app.authorised(Request::stop(conversation)).await {
                app.fail(failure);
            }
        });
    }

    fn is_busy(&self) -> bool {
        self.talk.look().phase != Phase::Idle
    }

    fn deliver(&self, trigger: Trigger, id: &str, text: String) {
        let conversation = self.session_part(|session| session.conversation);
        let (Ok(conversation), Ok(id)) = (conversation, MessageId::parse(id)) else {
            self.give_back(&text);
            self.trouble.set(Some(Trouble::Expired));
            return;
        };
        if trigger == Trigger::SubmitMessage {
            self.talk.update(|talk| talk.ask(id.as_str(), &text));
        }
        let message = VisitorMessage { id, text };
        self.exchange(Some(ChatRequest { conversation, trigger, message }));
    }

    /// Sends a message and follows its reply to the end; without a message, takes up the reply
    /// that is under way.
    fn exchange(&self, mut message: Option<ChatRequest>) {
        let app = self.clone();
        let epoch = app.epoch.get();
        spawn(async move {
            let mut backoff = Backoff::default();
            loop {
                let request = match (&message, app.session_part(|session| session.conversation)) {
                    (Some(message), _) => Request::chat(message),
                    (None, Ok(conversation)) => Request::resume(&conversation),
                    (None, Err(failure)) => return app.refuse(None, failure),
                };
                let reply = app.authorised(request).await;
                if app.epoch.get() != epoch {
                    return;
                }
                match reply {
                    Ok(reply) => {
                        // It has arrived: from here on it is resumed, not sent.
                        message = None;
                        let Some(stream) = reply.stream else { return app.reload(false) };
                        if !app.follow_reply(stream).await {
                            return;
                        }
                        backoff.reset();
                    }
                    Err(failure @ (Failure::Network | Failure::Unrecorded)) => {
                        // If it has arrived, its reply is under way, whatever asked for it: the
                        // same message gets that reply and never a second one.
                        if let Some(message) = &mut message
                            && failure == Failure::Network
                        {
                            message.trigger = Trigger::SubmitMessage;
                        }
                        app.talk.update(|talk| talk.lost());
                    }
                    Err(failure) => return app.refuse(message, failure),
                }
                let Some(wait) = backoff.next(page::chance()) else {
                    app.talk.update(|talk| talk.give_up());
                    return app.fail(Failure::Network);
                };
                page::pause(wait).await;
                if app.epoch.get() != epoch {
                    return;
                }
            }
        });
    }

    /// The edge refused: a message returns to the composer, and the trouble is named.
    fn refuse(&self, message: Option<ChatRequest>, failure: Failure) {
        match message.map(|refused| refused.message) {
            Some(VisitorMessage { id, text }) => {
                let mut left = false;
                self.talk.update(|talk| left = talk.refused(id.as_str()));
                if left {
                    self.give_back(&text);
                }
            }
            None => self.talk.update(|talk| talk.give_up()),
        }
        self.fail(failure);
        if matches!(failure, Failure::Problem(Code::ReplyInProgress, _)) {
            self.reload(true);
        }
    }

    /// Puts a text back into the composer, before what has been typed since.
    fn give_back(&self, text: &str) {
        let text = restore(text, &self.map.borrow());
        self.draft.update(|draft| {
            let since = core::mem::replace(draft, text);
            if !since.is_empty() {
                draft.push('\n');
                draft.push_str(&since);
            }
        });
    }

    /// Follows a reply. True if the connection was lost before its end.
    async fn follow_reply(&self, mut stream: Stream) -> bool {
        let epoch = self.epoch.get();
        loop {
            let parts = stream.next().await;
            if self.epoch.get() != epoch {
                return false;
            }
            let Ok(Some(parts)) = parts else { break };
            if parts.is_empty() {
                continue;
            }
            self.talk.update(|talk| parts.into_iter().for_each(|part| talk.take(part)));
            if !self.is_busy() {
                page::tell(&self.host, "message", "{\"author\":\"ai\"}");
                let problem = self.talk.look().problem;
                if let Some((code, wait)) = problem {
                    self.fail(Failure::Problem(code, wait));
                }
                return false;
            }
        }
        self.talk.update(|talk| talk.lost());
        true
    }

    /// Reads the stored conversation. A reply that is under way is taken up if `resume` says so;
    /// otherwise the edge has just said that there is none.
    pub(super) fn reload(&self, resume: bool) {
        self.busy.set(true);
        let app = self.clone();
        let epoch = self.epoch.get();
        let before = self.choices.get();
        spawn(async move {
            let stored = app.authorised(Request::conversation()).await;
            if app.epoch.get() != epoch {
                return;
            }
            app.free();
            match stored.and_then(|stored| read(&stored.text, Conversation::read)) {
                Ok(stored) => {
                    for message in &stored.messages {
                        app.map.borrow_mut().raise_from_text(&message.text);
                    }
                    app.learn(&stored, before);
                    app.talk.update(|talk| talk.restore(stored));
                    if app.is_busy() {
                        if resume {
                            app.exchange(None);
                        } else {
                            app.talk.update(|talk| talk.give_up());
                        }
                    }
                }
                Err(failure) => app.refuse(None, failure),
            }
        });
    }

    /// Puts a message on the clipboard as it is shown.
    pub(super) fn copy_message(&self, id: &str) {
        self.copy_text(&self.words_of(id));
    }
}
