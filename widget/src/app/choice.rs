//! The visitor's choice while a conversation runs: what is given, what is taken back, and that the
//! edge has it on record.
//!
//! What is taken back is off here at once, before any call: the device is cleared in the same
//! step. The call is repeated for half a minute, then when the network comes back, when the visitor
//! asks for it or for something that has to wait, and after a reload; until it has arrived nothing
//! is sent. What is given holds when it is on record, and not before.

use sotto_shared::consent::{Choice, OptionalPurpose};
use sotto_shared::wire::problem::Code;

use super::{App, Ask, View, page};
use crate::client::Request;
use crate::state::record::{Record, Stand};
use crate::state::retry::Backoff;
use crate::state::trouble::{Failure, Trouble};
use crate::watched::spawn;

impl App {
    /// The visitor moves a switch, at the gate or of the conversation that runs.
    pub(super) fn choose(&self, purpose: OptionalPurpose) {
        let basis = self.settings().site.notice.basis(purpose);
        self.gate.update(|gate| gate.toggle(purpose, basis));
        if self.shows_choice() {
            let Stand { purposes, objections, .. } = self.gate.peek().stand();
            self.count_choice();
            self.change(&mut |record| record.hold(purposes, objections));
            self.record();
        }
    }

    /// The host page reports its own banner's choice. What it takes away is taken back here.
    pub(crate) fn report(&self, choice: &str) {
        // What this tab remembers is read first, so that the edge hears that it must not be.
        self.restore();
        self.gate.update(|gate| gate.report(choice));
        self.count_choice();
        let gate = self.gate.peek();
        if !gate.may_remember() {
            self.forget();
        }
        self.change(&mut |record| record.narrow(&gate));
        self.record();
    }

    /// The visitor takes back the agreement to the chat, and is asked whether to erase it too.
    pub(super) fn withdraw(&self) {
        self.leave();
        self.talk.update(|talk| talk.give_up());
        self.standing.update(|standing| standing.withdrawn = true);
        self.count_choice();
        // Nothing optional holds without the chat.
        self.gate.update(|gate| gate.reset());
        let stand = Stand { chat: false, ..self.gate.peek().stand() };
        self.change(&mut |record| record.holds = stand);
        self.record();
        self.ask.set(Some(Ask::EraseWithdrawn));
        page::tell(&self.host, "consent", "{\"given\":false}");
    }

    /// Passes on what the edge has not on record.
    pub(crate) fn record(&self) {
        if !self.is_pending() {
            return;
        }
        if self.keeps() {
            // With what is pending.
            self.keep();
        } else {
            self.forget();
        }
        if self.recording.replace(true) {
            return;
        }
        let app = self.clone();
        spawn(async move {
            let mut backoff = Backoff::default();
            while let Some(choice) = app.next_choice() {
                let choices = app.choices.get();
                let conversation = app.conversation();
                let outcome = app.authorised(Request::consent(&choice)).await;
                if app.conversation() != conversation {
                    continue;
                }
                let failure = match outcome.and_then(|reply| app.recorded(&choice, reply.text)) {
                    Ok(()) => continue,
                    Err(failure) => failure,
                };
                let lost = failure == Failure::Network;
                if lost {
                    app.change(&mut |record| record.lost(&choice));
                }
                if app.choices.get() != choices {
                    // It has changed meanwhile: what holds now goes after it.
                    continue;
                }
                let Some(wait) = lost.then(|| backoff.next(page::chance())).flatten() else {
                    app.not_recorded(failure);
                    break;
                };
                if !app.gives() {
                    app.trouble.set(Some(Trouble::Unrecorded));
                }
                page::pause(wait).await;
            }
            app.recording.set(false);
        });
    }

    /// Whether all that holds is on record. If not, it is passed on and the visitor is told so:
    /// nothing goes on under a choice that holds no more.
    pub(super) fn is_settled(&self) -> bool {
        let settled = !self.is_pending();
        if !settled {
            self.record();
            self.trouble.set(Some(Trouble::Unrecorded));
        }
        settled
    }

    pub(super) fn is_pending(&self) -> bool {
        self.session_part(|session| session.record.is_pending()).unwrap_or_default()
    }

    fn gives(&self) -> bool {
        self.session_part(|session| session.record.gives()).unwrap_or_default()
    }

    /// Changes the record of the choice, if there is a conversation.
    pub(super) fn change(&self, change: &mut dyn FnMut(&mut Record)) {
        if let Some(session) = self.session.borrow_mut().as_mut() {
            change(&mut session.record);
        }
    }

    fn next_choice(&self) -> Option<Choice> {
        let session = self.session.borrow();
        let session = session.as_ref()?;
        session.record.next(&self.gate.peek(), &session.notice)
    }

    /// Whether the switches are those of the conversation that runs, and not of a gate.
    fn shows_choice(&self) -> bool {
        matches!(self.view.peek(), View::Talk | View::Data)
    }

    /// Shows what holds.
    pub(super) fn show_choice(&self) {
        if self.shows_choice()
            && let Ok(stand) = self.session_part(|session| session.record.holds)
        {
            self.gate.update(|gate| gate.recall(stand));
            self.standing.update(|standing| standing.withdrawn |= !stand.chat);
        }
    }

    /// There is another choice, or it is on record.
    fn count_choice(&self) {
        self.choices.set(self.choices.get().wrapping_add(1));
    }

    /// The edge answered a choice.
    fn recorded(&self, choice: &Choice, text: String) -> Result<(), Failure> {
        self.count_choice();
        if let Some(session) = self.session.borrow_mut().as_mut() {
            session.consent(choice, text).ok_or(Failure::Garbled)?;
        }
        if !self.is_pending() {
            self.show_choice();
            if self.trouble.peek() == Some(Trouble::Unrecorded) {
                self.trouble.set(None);
            }
        }
        self.keep();
        Ok(())
    }

    /// The edge could not be told. What was to be given is not; what was taken back stays so, and
    /// is passed on before anything else is sent.
    fn not_recorded(&self, failure: Failure) {
        let gives = self.gives();
        self.change(&mut Record::fall_back);
        self.show_choice();
        if matches!(
            failure,
            Failure::Problem(
                Code::NoticeChanged | Code::ConsentWithdrawn | Code::ConsentUnproven,
                _
            )
        ) {
            // What it takes back, the edge has taken back; or nothing holds there any more.
            self.change(&mut Record::settle);
        }
        if gives || !self.is_pending() || Trouble::of(failure, true).is_final() {
            self.fail(failure);
        } else {
            self.trouble.set(Some(Trouble::Unrecorded));
        }
    }
}
