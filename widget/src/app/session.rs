//! Agreeing, the tokens, and what `remember` keeps in the tab.

use js_sys::Promise;
use sotto_shared::id::MessageId;
use sotto_shared::json::Value;
use sotto_shared::wire::challenge::Challenge;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::session::{Client as Kind, MintRequest};
use sotto_shared::wire::site::Site;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{App, View, page};
use crate::client::{Reply, Request, Work};
use crate::state::session::Session;
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
        let consent = self.gate.peek().choice(&settings.site.notice.version);
        let request = Request::mint(&MintRequest {
            site: settings.site.site.clone(),
            lang: settings.texts.lang.clone(),
            client: Kind::Widget,
            consent,
            challenge: None,
        });
        self.trouble.set(None);
        self.wait_for(request, |app, minted| match minted {
            Ok(minted) => {
                let session = Session::read(minted).ok_or(Failure::Garbled)?;
                app.drop_conversation();
                *app.session.borrow_mut() = Some(session);
                app.keep();
                app.show(View::Talk);
                page::tell(&app.host, "sotto:consent", "{\"given\":true}");
                Ok(())
            }
            Err(Failure::Problem(Code::NoticeChanged, _)) => {
                app.ask_anew();
                Ok(())
            }
            Err(failure) => Err(failure),
        });
    }

    /// Leaves the conversation and begins another. The visitor has agreed to this notice on this
    /// page and clicks for a new conversation, so the gate is not shown again; if the notice has
    /// changed since, the edge says so and it is.
    pub(super) fn start_new(&self) {
        self.ask.set(None);
        if self.session.borrow().is_some() {
            self.agree();
        } else {
            self.show(View::Gate);
        }
    }

    /// The notice has changed: the settings are read again and the gate asks anew.
    pub(super) fn ask_anew(&self) {
        let settings = self.settings();
        let request = Request::site(settings.site.site.as_str(), &settings.texts.lang);
        self.busy.set(false);
        self.wait_for(request, move |app, site| {
            let site = read(&site?, Site::read)?;
            app.gate.update(|gate| gate.renew(site.purposes));
            *app.settings.borrow_mut() = settings.with_site(site).into();
            app.show(View::Gate);
            Ok(())
        });
    }

    /// Sends a request without an access token and does something with the answer. Until then the
    /// view waits, and another such request is not sent.
    pub(super) fn wait_for(
        &self,
        request: Request,
        then: impl FnOnce(&Self, Result<String, Failure>) -> Result<(), Failure> + 'static,
    ) {
        if self.busy.peek() {
            return;
        }
        self.busy.set(true);
        let app = self.clone();
        let then: Box<Then> = Box::new(then);
        spawn(async move {
            let answer = app.answer(request).await;
            app.busy.set(false);
            if let Err(failure) = then(&app, answer) {
                app.fail(failure);
            }
        });
    }

    /// Sends a request and solves the challenges that stand before its answer.
    async fn answer(&self, request: Request) -> Result<String, Failure> {
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
        self.copy.set(None);
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
        let id = MessageId::parse(&page::random_id()).map_err(|_| Failure::Garbled)?;
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
                session.rotate(refreshed).ok_or(Failure::Garbled)?;
            }
            self.keep();
        }
        Ok(())
    }

    /// Keeps tokens and map in the tab's storage, if the visitor said so.
    pub(super) fn keep(&self) {
        if !self.gate.peek().may_remember() {
            return;
        }
        if let Some(session) = self.session.borrow().as_ref()
            && session.purposes.remember
            && let Some(storage) = page::storage()
        {
            let _ = storage.set_item(&self.storage_key(), &session.keep(&self.map.borrow()));
        }
    }

    /// Takes what was kept out of the tab's storage.
    pub(super) fn forget(&self) {
        if let Some(storage) = page::storage() {
            let _ = storage.remove_item(&self.storage_key());
        }
    }

    /// Brings back what `remember` kept, once, when the visitor opens the panel.
    pub(crate) fn restore(&self) {
        if self.restored.replace(true) {
            return;
        }
        let kept = page::storage().and_then(|storage| storage.get_item(&self.storage_key()).ok());
        let Some((session, map)) = kept.flatten().and_then(|text| Session::kept(&text)) else {
            return;
        };
        let same_notice = session.notice == self.settings().site.notice.version;
        self.gate.update(|gate| {
            gate.changed = !same_notice;
            if same_notice {
                gate.recall(session.purposes);
            }
        });
        *self.session.borrow_mut() = Some(session);
        *self.map.borrow_mut() = map;
        if same_notice {
            self.show(View::Talk);
            self.reload(true);
        }
    }

    fn storage_key(&self) -> String {
        ["sotto:", self.settings().site.site.as_str()].concat()
    }
}

/// Reads an answer.
pub(super) fn read<T>(text: &str, read: fn(&Value) -> Option<T>) -> Result<T, Failure> {
    Value::parse(text).as_ref().and_then(read).ok_or(Failure::Garbled)
}
