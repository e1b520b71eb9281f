//! "Your data": reading, keeping, restricting and erasing.

use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::rights::Restriction;
use sotto_shared::wire::session::ErasureReceipt;

use super::session::read;
use super::{App, View, page};
use crate::client::Request;
use crate::state::record::{Record, Stand};
use crate::state::trouble::{Failure, Trouble};

const JSON: &str = "application/json";

impl App {
    /// Shows "Your data" and reads what is stored.
    pub(super) fn open_data(&self) {
        self.standing.update(|standing| standing.unread = false);
        self.show(View::Data);
        let before = self.choices.get();
        self.call(Request::conversation(), move |app, stored| {
            app.learn(&read(&stored?, Conversation::read)?, before);
            Ok(())
        });
    }

    /// Gives the visitor the copy as the edge wrote it, in one of its formats.
    pub(super) fn download(&self, format: &str) {
        let (name, media_type) = match format {
            "html" => ("sotto-conversation.html", "text/html"),
            "text" => ("sotto-conversation.txt", "text/plain"),
            _ => ("sotto-conversation.json", JSON),
        };
        self.call(Request::copy(format), move |_, copy| {
            page::save_file(name, media_type, &copy?);
            Ok(())
        });
    }

    /// Takes over what the edge says of how the conversation stands. `before` counts the
    /// choices when it was asked: one that is on its way, or arrived meanwhile, is newer.
    pub(super) fn learn(&self, stored: &Conversation, before: u32) {
        if let Some(session) = self.session.borrow_mut().as_mut() {
            session.ends_at = stored.ends_at;
            if self.choices.get() == before && !session.record.is_pending() {
                let Conversation { chat, purposes, objections, .. } = *stored;
                session.record = Record::new(Stand { chat, purposes, objections });
                session.record.narrow(&self.gate.peek());
            }
        }
        self.show_choice();
        self.standing.update(|standing| standing.learn(stored));
        self.record();
    }

    /// Whether there is a conversation.
    pub(crate) fn has_session(&self) -> bool {
        self.session.borrow().is_some()
    }

    /// The erase token, for showing.
    pub(crate) fn erase_token(&self) -> String {
        self.session_part(|session| session.erase.clone()).unwrap_or_default()
    }

    /// When the conversation erases itself, in the visitor's words.
    pub(crate) fn ends(&self) -> String {
        let ends_at = self.session_part(|session| session.ends_at).unwrap_or(0);
        page::date(ends_at, &self.settings().texts.lang)
    }

    pub(super) fn copy_token(&self) {
        self.copy_text(&self.erase_token());
    }

    pub(super) fn save_token(&self) {
        page::save_file("sotto-erase-token.txt", "text/plain", &self.erase_token());
    }

    /// Gives the visitor the receipt of the consent as it was signed.
    pub(super) fn save_consent(&self) {
        if let Some(session) = self.session.borrow().as_ref() {
            page::save_file("sotto-consent.json", JSON, session.receipt());
        }
    }

    /// Restricts the conversation, or lifts that.
    pub(super) fn restrict(&self) {
        let restricted = !self.standing.peek().restricted;
        self.call(Request::restrict(restricted), |app, restriction| {
            let restriction = read(&restriction?, Restriction::read)?;
            if let Some(session) = app.session.borrow_mut().as_mut() {
                session.ends_at = restriction.ends_at;
            }
            app.standing.update(|standing| {
                standing.restricted = restriction.restricted_at.is_some();
            });
            Ok(())
        });
    }

    /// Erases everything: at the edge, in this tab, in this memory. It waits for nothing that is
    /// under way.
    pub(super) fn erase(&self) {
        let conversation = self.conversation();
        if self.erasing.replace(true) {
            return self.trouble.set(Some(Trouble::Busy));
        }
        self.ask.set(None);
        self.trouble.set(None);
        let then = move |app: &Self, signed: Result<String, Failure>| {
            app.erasing.set(false);
            if app.conversation() != conversation {
                return Ok(());
            }
            let signed = signed?;
            let receipt = read(&signed, ErasureReceipt::read)?;
            app.drop_conversation();
            app.draft.set(String::new());
            *app.signed.borrow_mut() = signed;
            app.receipt.set(Some(receipt));
            app.show(View::Receipt);
            page::tell(&app.host, "erased", "null");
            Ok(())
        };
        self.run(Request::erase(self.erase_token()), Box::new(then));
    }

    pub(super) fn save_receipt(&self) {
        page::save_file("sotto-receipt.json", JSON, &self.signed.borrow());
    }
}
