//! What a visitor does with a single message: correct it, remove it, have a person check.

use sotto_shared::pii::restore;
use sotto_shared::wire::conversation::Message;
use sotto_shared::wire::rights::{Review, ReviewReason};

use super::session::read;
use super::{App, date};
use crate::client::Request;
use crate::state::trouble::Failure;
use crate::texts::Text;

impl App {
    /// Takes one of the visitor's messages into the composer, to be corrected there. What stood
    /// there is put aside.
    pub(super) fn edit(&self, id: &str) {
        let words = self.words_of(id);
        if self.editing.peek().is_none() {
            *self.aside.borrow_mut() = self.draft.peek();
        }
        self.editing.set(Some(id.into()));
        self.draft.set(words);
    }

    /// Leaves a correction. What was put aside comes back.
    pub(super) fn leave_editing(&self) {
        if self.editing.peek().is_some() {
            self.editing.set(None);
            self.draft.set(self.aside.take());
        }
    }

    /// Sends a correction, scrubbed like every message.
    pub(super) fn correct(&self, id: &str, text: String) {
        self.call(Request::rectify(id, text), |app, changed| {
            app.changed(&changed?, Text::Edited)?;
            app.leave_editing();
            Ok(())
        });
    }

    /// Removes a message.
    pub(super) fn remove(&self, id: &str) {
        let removes =
            self.call(Request::remove(id), |app, changed| app.changed(&changed?, Text::Removed));
        if removes && self.editing.peek().is_some_and(|editing| editing == id) {
            self.leave_editing();
        }
    }

    fn changed(&self, message: &str, told: Text) -> Result<(), Failure> {
        let message = read(message, Message::read)?;
        self.talk.update(|talk| talk.change(message));
        // What no message says any more is forgotten here too.
        self.map.borrow_mut().keep_of(&self.talk.look().texts());
        self.keep();
        self.speak(told);
        Ok(())
    }

    /// Asks a person to check, for one of the reasons that the question names.
    pub(super) fn review(&self, reason: &str) {
        self.call(Request::review(ReviewReason::parse(reason)), |app, review| {
            let review = read(&review?, Review::read)?;
            app.standing.update(|standing| standing.review = Some(review));
            let settings = app.settings();
            let date = date(review.asked_at, &settings.texts.lang);
            app.spoken.set(settings.texts.fill(Text::ReviewAsked, &[("date", &date)]));
            Ok(())
        });
    }

    /// A message as it is shown, with its values.
    pub(super) fn words_of(&self, id: &str) -> String {
        let talk = self.talk.look();
        let message = talk.messages.iter().find(|message| message.id == id);
        message.map(|message| restore(&message.text, &self.map.borrow())).unwrap_or_default()
    }
}
