//! Agreeing, the tokens, and what `remember` keeps in the tab.

use js_sys::Promise;
use sotto_shared::consent::{Purposes, SourceKind};
use sotto_shared::id::MessageId;
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
use crate::state::trouble::Failure;
use crate::watched::spawn;

/// Tries of one rotation whose answer was lost; each carries the same `rotation_id`, so that the
/// edge gives the same successor again.
const ROTATION_TRIES: usize = 3;

/// Challenges that are solved for one answer: another one comes where the network has changed
/// meanwhile, or the minute of the first was over.
const CHALLENGES: usize = 3;

/// What is done with an answer.
type Then = dyn FnOnce(&App, Result<String, Failure>) -> Result<(), Failure>;

impl App {
    /// The visitor agrees: a conversation is minted.
    pub(super) fn agree(&self) {
        let settings = self.settings();
        let mut consent = self.choice(&settings.site.notice.version, SourceKind::Widget);
        let seconds = page::now().saturating_sub(self.shown_at.get()) / 1_000;
        consent.shown_seconds = Some(seconds.min(NOTICE_SHOWN_SECONDS_MAX.into()) as u32);
        let request = Request::mint(&MintRequest {
            site: settings.site.site.clone(),
            lang: settings.texts.lang.clone(),
            client: Kind::Widget,
            consent,
            challenge: None,
        });
        self.trouble.set(None);
        self.call(request, |app, minted| {
            let session = Session::read(minted?, page::random_id()).ok_or(Failure::Garbled)?;
            app.drop_conversation();
            *app.session.borrow_mut() = Some(session);
            app.gate.update(Gate::agreed);
            app.keep();
            app.show(View::Talk);
            page::tell(&app.host, "consent", "{\"given\":true}");
            Ok(())
        });
    }

    /// The visitor declines. That is remembered for as long as the page lives, and by what an
    /// earlier conversation's `remember` keeps, if there is one: nothing else may be stored.
    pub(super) fn decline(&self) {
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
        self.ask.set(None);
        if self.session.borrow().is_some() && !self.standing.peek().withdrawn {
            self.agree();
        } else {
            self.drop_conversation();
            self.show(View::Gate);
        }
    }

    /// The notice has changed: the settings are read again and the gate asks anew.
    pub(super) fn ask_anew(&self) {
        let settings = self.settings();
        let request = Request::site(settings.site.site.as_str(), &settings.texts.lang);
        self.busy.set(false);
        self.call(request, move |app, site| {
            let site = read(&site?, Site::read)?;
            app.gate.update(|gate| gate.renew(site.purposes));
            *app.settings.borrow_mut() = settings.with_site(site).into();
            app.show(View::Gate);
            Ok(())
        });
    }

    /// Sends a request and does something with the answer. What changes something makes the view
    /// wait, and another such request is not sent meanwhile. What comes of a call for a conversation
    /// that has been left by then is nobody's business.
    pub(super) fn call(
        &self,
        request: Request,
        then: impl FnOnce(&Self, Result<String, Failure>) -> Result<(), Failure> + 'static,
    ) {
        let open = request.open;
        let acts = open || request.method != "GET";
        if acts && self.busy.replace(true) {
            return;
        }
        let app = self.clone();
        let then: Box<Then> = Box::new(then);
        let epoch = self.epoch.get();
        spawn(async move {
            let answer = app.answer(request).await;
            if acts {
                app.busy.set(false);
            }
            if (open || app.epoch.get() == epoch)
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
        let mut answer = self.client.send(&request).await?.text;
        for _ in 0..CHALLENGES {
            let challenge = Value::parse(&answer).as_ref().and_then(Challenge::read);
            let Some((text, bits)) = challenge else { return Ok(answer) };
            self.solving.set(true);
            let nonce = JsFuture::from(self.solver.solve(&text, bits)).await;
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
        self.unrecorded.set(None);
        self.holds.set(false);
        self.leave_editing();
    }

    /// What a call needs of the session; without one, the conversation has expired.
    pub(super) fn session_part<T>(&self, part: fn(&Session) -> T) -> Result<T, Failure> {
        let session = self.session.borrow();
        session.as_ref().map(part).ok_or(Failure::Problem(Code::TokenExpired, None))
    }

    /// Sends a request with an access token that is good; one that the edge finds expired, or given
    /// to the network that this device has left, is renewed once.
    pub(super) fn authorised(&self, mut request: Request) -> Work<Reply> {
        let app = self.clone();
        Box::pin(async move {
            let mut good = app.session_part(|session| session.is_fresh(page::now()))?;
            loop {
                let renewed = !good;
                if renewed {
                    app.refresh().await?;
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
        let epoch = self.epoch.get();
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
        if self.epoch.get() == epoch {
            if let Some(session) = self.session.borrow_mut().as_mut() {
                session.rotate(refreshed, page::random_id()).ok_or(Failure::Garbled)?;
            }
            self.keep();
        }
        Ok(())
    }

    /// Keeps tokens and map in the tab's storage, if the visitor said so, the edge has it on record
    /// and nothing has taken it back.
    pub(super) fn keep(&self) {
        let gate = self.gate.peek();
        if let Some(session) = self.session.borrow().as_ref()
            && session.purposes.remember
            // A gate that is shown anew has every switch off; what was kept under the earlier
            // notice stays.
            && (gate.held().remember || gate.changed && gate.may_remember())
        {
            page::keep(&self.storage_key(), &session.keep(&self.map.borrow()));
            if !self.holds.replace(true) {
                let _ = page::hold(&session.conversation.to_hex());
            }
        }
    }

    /// Takes what was kept out of the tab's storage.
    pub(super) fn forget(&self) {
        page::keep(&self.storage_key(), "");
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
        let Some((session, map)) = kept.and_then(|text| Session::kept(&text)) else { return };
        let notice = self.settings().site.notice.version.clone();
        let (purposes, conversation) = (session.purposes, session.conversation.to_hex());
        let same_notice = session.notice == notice;
        self.gate.update(|gate| {
            gate.changed = !same_notice;
            if same_notice && gate.recall(purposes, Purposes::default()) {
                self.unrecorded.set(Some(SourceKind::Host));
            }
        });
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
            let held = JsFuture::from(page::hold(&conversation)).await;
            app.busy.set(false);
            app.recording.set(false);
            if held.is_ok_and(|held| held.is_falsy()) {
                app.drop_conversation();
                app.gate.update(|gate| {
                    gate.reset();
                    gate.elsewhere = true;
                });
                return app.show(View::Gate);
            }
            app.holds.set(true);
            if let Some(by) = app.unrecorded.get() {
                app.record(by);
            }
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
