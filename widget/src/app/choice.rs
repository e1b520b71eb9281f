//! The visitor's choice while a conversation runs: what is given, what is taken back, and that the
//! edge has it on record.
//!
//! What is taken back is off here at once, before any call: the device is cleared in the same
//! step. The call is repeated until it arrives; until then nothing is sent. What is given holds
//! when it is on record, and not before.

use sotto_shared::consent::{Choice, NoticeVersion, OptionalPurpose, SourceKind};
use sotto_shared::wire::problem::Code;

use super::{App, Ask, View, page};
use crate::client::Request;
use crate::state::retry::Backoff;
use crate::state::trouble::{Failure, Trouble};
use crate::watched::spawn;

impl App {
    /// The visitor moves a switch, at the gate or of the conversation that runs.
    pub(super) fn choose(&self, purpose: OptionalPurpose) {
        let basis = self.settings().site.notice.basis(purpose);
        self.gate.update(|gate| gate.toggle(purpose, basis));
        if self.view.peek() != View::Gate {
            self.record(SourceKind::Widget);
        }
    }

    /// The host page reports its own banner's choice. What it takes away is taken back here.
    pub(crate) fn report(&self, choice: &str) {
        // What this tab remembers is read first, so that the edge hears that it must not be.
        self.restore();
        let mut narrowed = false;
        self.gate.update(|gate| narrowed = gate.report(choice));
        if !self.gate.peek().may_remember() {
            self.forget();
        }
        if narrowed && self.view.peek() != View::Gate {
            self.record(SourceKind::Host);
        }
    }

    /// The visitor takes back the agreement to the chat, and is asked whether to erase it too.
    pub(super) fn withdraw(&self) {
        self.leave();
        self.talk.update(|talk| talk.give_up());
        self.standing.update(|standing| standing.withdrawn = true);
        // Nothing optional holds without the chat.
        self.gate.update(|gate| gate.reset());
        self.record(SourceKind::Widget);
        self.ask.set(Some(Ask::EraseWithdrawn));
        page::tell(&self.host, "consent", "{\"given\":false}");
    }

    /// The choice as it stands.
    pub(super) fn choice(&self, notice: &NoticeVersion, by: SourceKind) -> Choice {
        self.gate.peek().choice(notice, !self.standing.peek().withdrawn, by)
    }

    /// Passes the choice on to the edge, whose record of it counts.
    pub(super) fn record(&self, by: SourceKind) {
        if !self.gate.peek().held().remember {
            self.forget();
        }
        if self.session.borrow().is_none() {
            return;
        }
        self.unrecorded.set(Some(by));
        if self.recording.replace(true) {
            return;
        }
        let app = self.clone();
        spawn(async move {
            let mut backoff = Backoff::default();
            while let Some(by) = app.unrecorded.get() {
                let Ok(notice) = app.session_part(|session| session.notice.clone()) else { break };
                let choice = app.choice(&notice, by);
                let epoch = app.epoch.get();
                let outcome = app.authorised(Request::consent(&choice)).await;
                if app.epoch.get() != epoch {
                    continue;
                }
                if choice != app.choice(&notice, by) {
                    // It has changed meanwhile: what holds now goes after it.
                    continue;
                }
                let failure = match outcome.and_then(|reply| app.recorded(reply.text)) {
                    Ok(()) => break,
                    Err(failure) => failure,
                };
                let lost = failure == Failure::Network;
                let Some(wait) = lost.then(|| backoff.next(page::chance())).flatten() else {
                    app.not_recorded(failure);
                    break;
                };
                if app.takes_back() {
                    app.trouble.set(Some(Trouble::Unrecorded));
                }
                page::pause(wait).await;
            }
            app.recording.set(false);
        });
    }

    /// The edge has the choice on record.
    fn recorded(&self, text: String) -> Result<(), Failure> {
        let consented = match self.session.borrow_mut().as_mut() {
            Some(session) => session.consent(text).ok_or(Failure::Garbled)?,
            None => return Ok(()),
        };
        self.unrecorded.set(None);
        self.gate.update(|gate| {
            gate.recall(consented.purposes, consented.objections);
        });
        self.standing.update(|standing| standing.withdrawn |= !consented.chat);
        if self.trouble.peek() == Some(Trouble::Unrecorded) {
            self.trouble.set(None);
        }
        self.keep();
        Ok(())
    }

    /// The edge could not be told. What was to be given is not; what was taken back stays so, and
    /// is passed on before anything else is sent.
    fn not_recorded(&self, failure: Failure) {
        let recorded = self.session_part(|session| session.purposes).unwrap_or_default();
        self.gate.update(|gate| gate.limit(recorded));
        let taken_back = self.takes_back();
        if !taken_back {
            self.unrecorded.set(None);
        }
        let lives = !Trouble::of(failure, true).is_final();
        let new_notice = matches!(failure, Failure::Problem(Code::NoticeChanged, _));
        if taken_back && lives && !new_notice {
            self.trouble.set(Some(Trouble::Unrecorded));
        } else {
            self.fail(failure);
        }
    }

    /// Whether something that the edge has on record does not hold here any more.
    fn takes_back(&self) -> bool {
        let recorded = self.session_part(|session| session.purposes).unwrap_or_default();
        self.standing.peek().withdrawn || !self.gate.peek().held().contains_all(recorded)
    }
}
