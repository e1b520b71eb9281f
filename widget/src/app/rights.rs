//! "Your data": reading, keeping and erasing.

use sotto_shared::wire::conversation::Conversation;
use sotto_shared::wire::session::ErasureReceipt;

use super::session::read;
use super::{App, View, page};
use crate::client::Request;
use crate::watched::spawn;

const JSON: &str = "application/json";

impl App {
    /// Shows "Your data" and reads what is stored.
    pub(super) fn open_data(&self) {
        self.copy.set(None);
        self.show(View::Data);
        self.with_copy(Request::conversation(), |app, copy| {
            if let Some(copy) = read(&copy, Conversation::read).ok().filter(|_| app.has_session()) {
                app.copy.set(Some(copy));
            }
        });
    }

    /// Gives the visitor the copy as the edge wrote it.
    pub(super) fn download(&self) {
        self.with_copy(Request::copy(), |_, copy| {
            page::save_file("sotto-conversation.json", JSON, &copy)
        });
    }

    /// Reads from the edge what is stored.
    fn with_copy(&self, request: Request, then: fn(&Self, String)) {
        let app = self.clone();
        spawn(async move {
            match app.authorised(request).await {
                Ok(copy) => then(&app, copy.text),
                Err(failure) => app.fail(failure),
            }
        });
    }

    fn has_session(&self) -> bool {
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

    /// Erases everything: at the edge, in this tab, in this memory.
    pub(super) fn erase(&self) {
        self.ask.set(None);
        self.wait_for(Request::erase(self.erase_token()), |app, signed| {
            let signed = signed?;
            let receipt = read(&signed, ErasureReceipt::read)?;
            app.drop_conversation();
            app.draft.set(String::new());
            *app.signed.borrow_mut() = signed;
            app.receipt.set(Some(receipt));
            app.show(View::Receipt);
            page::tell(&app.host, "sotto:erased", "null");
            Ok(())
        });
    }

    pub(super) fn save_receipt(&self) {
        page::save_file("sotto-receipt.json", JSON, &self.signed.borrow());
    }
}
