//! Agreeing, the tokens, and what `remember` keeps in the tab.

use js_sys::Promise;
use sotto_shared::consent::SourceKind;
use sotto_shared::id::{ConversationId, MessageId};
use sotto_shared::json::Value;
use sotto_shared::limits::NOTICE_SHOWN_SECONDS_MAX;
use sotto_shared::wire::challenge::Challenge;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::session::{Client as Kind, MintRequest};
use sotto_shared::wire::site::Site;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{App, View, page};
use crate::client::{Reply, Request, Work};
use crate::state::gate::Gate;
use crate::state::session::Session;
use crate::state::standing::Standing;
use crate::state::talk::Talk;
use crate::state::trouble::{Failure, Trouble};
use crate::watched::spawn;

/// Tries of one rotation whose answer was lost; each carries the same `rotation_id`, so that the
/// edge gives the same successor again.
const ROTATION_TRIES: usize = 3;

/// Challenges that are solved for one answer: another one comes where the network has changed
/// meanwhile, or the minute of the first was over.
const CHALLENGES: usize = 3;

/// What is done with an answer.
pub(super) type Then = dyn FnOnce(&App, Result<String, Failure>) -> Result<(), Failure>;

impl App {
    /// The visitor agrees: a conversation is minted.
    pub(super) fn agree(&self) {
        if !self.is_settled() {
            return;
        }
        let settings = self.settings();
        let notice = &settings.site.notice.version;
        let gate = self.gate.peek();
        let mut consent = gate.choice(notice, gate.stand(), SourceKind::Widget);
        if self.view.peek() == View::Gate {
            let seconds = page::now().saturating_sub(self.shown_at.get()) / 1_000;
            consent.shown_seconds = Some(seconds.min(NOTICE_SHOWN_SECONDS_MAX.into()) as u32);
        }
        let request = Request::mint(&MintRequest {
            site: settings.site.site.clone(),
            lang: settings.texts.lang.clone(),
            client: Kind::Widget,
            consent,
            challenge: None,
        });
        self.trouble.set(None);
        let epoch = self.epoch.get();
        self.call(request, move |app, minted| {
            let left = app.epoch.get() != epoch;
            if left && minted.is_err() {
                return Ok(());
            }
            let mut session = Session::read(minted?, page::random_id()).ok_or(Failure::Garbled)?;
            // Declined, withdrawn or gone meanwhile; or of the conversation that this one would
            // replace something was taken back that is not on record.
            if left || !app.is_settled() {
                app.discard(session);
                return Ok(());
            }
            app.drop_conversation();
            app.gate.update(Gate::agreed);
            // What was changed meanwhile holds as it stands now.
            let gate = app.gate.peek();
            session.record.narrow(&gate);
            session.record.hold(gate.held(), gate.objected());
            *app.session.borrow_mut() = Some(session);
            app.keep();
            app.show(View::Talk);
            app.record();
            page::tell(&app.host, "consent", "{\"given\":true}");
            Ok(())
        });
    }

    /// Erases a conversation that began when nobody wanted it any more.
    fn discard(&self, session: Session) {
        // If it does not arrive, the conversation ends by itself.
        self.run(Request::erase(session.erase), Box::new(|_, _| Ok(())));
    }

    /// The visitor declines. That is remembered for as long as the page lives, and by what an
    /// earlier conversation's `remember` keeps, if there is one: nothing else may be stored.
    pub(super) fn decline(&self) {
        // Who agreed before thinks better of it.
        self.leave();
        self.gate.update(Gate::reset);
        self.show(View::Declined);
        let notice = self.settings().site.notice.version.as_str().into();
        if let Some(session) = self.session.borrow_mut().as_mut() {
            session.declined = notice;
        }
        self.keep();
        page::tell(&self.host, "consent", "{\"given\":false}");
    }

    /// Leaves the conversation and begins another. The visitor has agreed to this notice on this
    /// page and clicks for a new conversation, so the gate is not shown again; if the notice has
    /// changed since, the edge says so and it is. Who took the agreement back is asked again.
    pub(super) fn start_new(&self) {
        if self.has_session() && !self.standing.peek().withdrawn {
            self.agree();
        } else if self.is_settled() {
            self.drop_conversation();
            self.show(View::Gate);
        }
    }

    /// The notice has changed: the settings are read again and the gate asks anew.
    pub(super) fn ask_anew(&self) {
        let settings = self.settings();
        let request = Request::site(settings.site.site.as_str(), &settings.texts.lang);
        self.busy.set(false);
        let epoch = self.epoch.get();
        self.call(request, move |app, site| {
            if app.epoch.get() != epoch {
                return Ok(());
            }
            let site = read(&site?, Site::read)?;
            app.gate.update(|gate| gate.renew(site.purposes));
            *app.settings.borrow_mut() = settings.with_site(site).into();
            app.load();
            app.show(View::Gate);
            Ok(())
        });
    }

    /// Sends a request and does something with the answer. What changes something makes the view
    /// wait and answers the question that it was asked by; another such request is not sent
    /// meanwhile, and the visitor is told so. Whether it was sent comes back.
    pub(super) fn call(
        &self,
        request: Request,
        then: impl FnOnce(&Self, Result<String, Failure>) -> Result<(), Failure> + 'static,
    ) -> bool {
        self.call_if_free(request, Box::new(then))
    }

    fn call_if_free(&self, request: Request, then: Box<Then>) -> bool {
        if request.acts() {
            if self.busy.peek() || self.erasing.get() {
                self.trouble.set(Some(Trouble::Busy));
                return false;
            }
            self.ask.set(None);
        }
        self.run(request, then);
        true
    }

    /// Sends a request, whatever else is under way. What comes of a call for a conversation that
    /// has been left by then is nobody's business; calls that need no conversation find out
    /// themselves.
    pub(super) fn run(&self, request: Request, then: Box<Then>) {
        let (open, acts) = (request.open, request.acts());
        if acts {
            self.busy.set(true);
        }
        let app = self.clone();
        let epoch = self.epoch.get();
        spawn(async move {
            let answer = app.answer(request).await;
            let current = app.epoch.get() == epoch;
            if acts && current {
                app.free();
            }
            if (open || current)
                && let Err(failure) = then(&app, answer)
            {
                app.fail(failure);
            }
        });
    }

    /// Sends a request and solves the challenges that stand before its answer. None stands before
    /// one that carries a token.
    async fn answer(&self, request: Request) -> Result<String, Failure> {
        if !request.open {
            return Ok(self.authorised(request).await?.text);
        }
        let epoch = self.epoch.get();
        let mut answer = self.client.send(&request).await?.text;
        for _ in 0..CHALLENGES {
            let challenge = Value::parse(&answer).as_ref().and_then(Challenge::read);
            let Some((text, bits)) = challenge else { return Ok(answer) };
            self.solving.set(true);
            let nonce = JsFuture::from(self.modules.solve(&text, bits)).await;
            if self.epoch.get() != epoch {
                break;
            }
            self.solving.set(false);
            let nonce = nonce.ok().and_then(|nonce| nonce.as_string()).ok_or(Failure::Unsolved)?;
            answer = self.client.send(&request.solved(&text, &nonce)).await?.text;
        }
        Err(Failure::Unsolved)
    }

    /// Lets go of everything that belongs to the conversation.
    pub(super) fn drop_conversation(&self) {
        self.leave();
        self.forget();
        *self.session.borrow_mut() = None;
        self.map.borrow_mut().clear();
        self.talk.set(Talk::default());
        self.standing.set(Standing::default());
        self.let_go();
        self.leave_editing();
    }

    /// What a call needs of the session; without one, the conversation has expired.
    pub(super) fn session_part<T>(&self, part: fn(&Session) -> T) -> Result<T, Failure> {
        let session = self.session.borrow();
        session.as_ref().map(part).ok_or(Failure::Problem(Code::TokenExpired, None))
    }

    /// Which conversation it is.
    pub(super) fn conversation(&self) -> Option<ConversationId> {
        self.session.borrow().as_ref().map(|session| session.conversation)
    }

    /// Sends a request with an access token that is good; one that the edge finds expired, or given
    /// to the network that this device has left, is renewed once. A message is not sent before
    /// everything that was taken back is on record.
    pub(super) fn authorised(&self, mut request: Request) -> Work<Reply> {
        let app = self.clone();
        Box::pin(async move {
            let conversation = app.conversation();
            let mut good = app.session_part(|session| session.is_fresh(page::now()))?;
            loop {
                let renewed = !good;
                if renewed {
                    app.refresh().await?;
                }
                if app.conversation() != conversation {
                    // It was for the one before.
                    return Err(Failure::Network);
                }
                if request.is_message() && app.is_pending() {
                    return Err(Failure::Unrecorded);
                }
                request.token = Some(app.session_part(|session| session.access.clone())?);
                match app.client.send(&request).await {
                    Err(Failure::Problem(Code::TokenExpired | Code::NetworkMismatch, _))
                        if !renewed =>
                    {
                        good = false;
                    }
                    outcome => return outcome,
                }
            }
        })
    }

    /// Renews the tokens. Calls that need it at the same time share one rotation, since the edge
    /// takes a second use of a refresh token for a theft.
    fn refresh(&self) -> Work<()> {
        let app = self.clone();
        Box::pin(async move {
            let running = app.rotation.borrow().clone();
            if let Some(running) = running {
                let _ = JsFuture::from(running).await;
                return app.rotated.get();
            }
            let mut done = None;
            let rotation = Promise::new(&mut |resolve, _| done = Some(resolve));
            app.rotation.borrow_mut().replace(rotation);
            let outcome = app.rotate().await;
            app.rotated.set(outcome);
            app.rotation.borrow_mut().take();
            if let Some(done) = done {
                let _ = done.call0(&JsValue::UNDEFINED);
            }
            outcome
        })
    }

    async fn rotate(&self) -> Result<(), Failure> {
        let conversation = self.conversation();
        let token = self.session_part(|session| session.refresh.clone())?;
        let id = self.session_part(|session| session.rotation.clone())?;
        let id = MessageId::parse(&id).map_err(|_| Failure::Garbled)?;
        let request = Request::refresh(token, id);
        let mut outcome = Err(Failure::Network);
        for _ in 0..ROTATION_TRIES {
            outcome = self.client.send(&request).await;
            if !matches!(outcome, Err(Failure::Network)) {
                break;
            }
        }
        let refreshed = outcome?.text;
        if self.conversation() == conversation
            && let Some(session) = self.session.borrow_mut().as_mut()
        {
            session.rotate(refreshed, page::random_id()).ok_or(Failure::Garbled)?;
        }
        self.keep();
        Ok(())
    }

    /// Whether the tab keeps tokens and map: if the visitor said so, the edge has it on record and
    /// nothing has taken it back.
    pub(super) fn keeps(&self) -> bool {
        self.session_part(|session| {
            let record = &session.record;
            record.told.purposes.remember && record.holds.purposes.remember
        })
        .unwrap_or_default()
    }

    /// Keeps them in the tab's storage, where they are to be kept.
    pub(super) fn keep(&self) {
        if self.keeps()
            && !self.ended.get()
            && let Some(session) = self.session.borrow().as_ref()
        {
            page::keep(&self.storage_key(), &session.keep(&self.map.borrow()));
            let hold = || page::hold(&session.conversation.to_hex());
            self.hold.borrow_mut().get_or_insert_with(hold);
        }
    }

    /// Another page, or another chat of this one, may have the conversation.
    pub(super) fn let_go(&self) {
        if let Some(hold) = self.hold.take() {
            page::let_go(&hold);
        }
    }

    /// Takes what was kept out of the tab's storage.
    pub(super) fn forget(&self) {
        if !self.ended.get() {
            page::keep(&self.storage_key(), "");
        }
    }

    /// Brings back what `remember` kept, once, when the visitor opens the panel.
    ///
    /// A browser that duplicates a tab copies what it keeps. Two tabs with one conversation would
    /// give a placeholder's number twice and use one refresh token twice, which the edge takes for
    /// a theft: the conversation stays with the tab that holds it.
    pub(crate) fn restore(&self) {
        if self.restored.replace(true) {
            return;
        }
        let kept = page::kept(&self.storage_key());
        let Some((mut session, map)) = kept.and_then(|text| Session::kept(&text)) else { return };
        let notice = self.settings().site.notice.version.clone();
        let same_notice = session.notice == notice;
        self.gate.update(|gate| {
            gate.changed = !same_notice;
            if same_notice {
                gate.recall(session.record.holds);
            }
        });
        session.record.narrow(&self.gate.peek());
        let hold = page::hold(&session.conversation.to_hex());
        *self.hold.borrow_mut() = Some(hold.clone());
        let declined = session.declined == notice.as_str();
        *self.session.borrow_mut() = Some(session);
        *self.map.borrow_mut() = map;
        if declined {
            self.show(View::Declined);
        } else if same_notice {
            self.show(View::Talk);
        }
        // Until it is known who holds it, nothing is sent.
        self.busy.set(true);
        self.recording.set(true);
        let app = self.clone();
        spawn(async move {
            let held = JsFuture::from(hold).await;
            app.free();
            app.recording.set(false);
            if held.is_ok_and(|held| held.is_falsy()) {
                app.drop_conversation();
                app.gate.update(|gate| {
                    gate.reset();
                    gate.elsewhere = true;
                });
                return app.show(View::Gate);
            }
            app.record();
            if same_notice {
                app.reload(true);
            }
        });
    }

    fn storage_key(&self) -> String {
        ["sotto:", self.settings().site.site.as_str()].concat()
    }
}

/// Reads an answer.
pub(super) fn read<T>(text: &str, read: fn(&Value) -> Option<T>) -> Result<T, Failure> {
    Value::parse(text).as_ref().and_then(read).ok_or(Failure::Garbled)
}
