//! The hand between what is shown, what is decided and what is sent.
//!
//! [`App`] holds the signals that the components follow and the few things that are nobody's to
//! see (tokens, the map back). A click becomes an [`Action`]; this module acts on it. What takes
//! longer stands in the modules below: `scrubber` (what finds personal data), `session` (agree,
//! tokens, remember), `choice` (what is given and taken back later), `exchange` (send, follow,
//! resume), `message` (correct, remove, have checked) and `rights` (read, download, restrict, erase).

mod choice;
mod exchange;
mod message;
mod page;
mod rights;
mod scrubber;
mod session;

use core::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use sotto_shared::consent::OptionalPurpose;
use sotto_shared::pii::PlaceholderMap;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::session::ErasureReceipt;
use web_sys::HtmlElement;

use self::scrubber::Waiting;
use crate::action::Action;
use crate::client::{Client, Finder, Modules};
use crate::settings::Settings;
use crate::state::gate::Gate;
use crate::state::record::Record;
use crate::state::session::Session;
use crate::state::standing::Standing;
use crate::state::talk::Talk;
use crate::state::trouble::{Failure, Trouble};
use crate::watched::{Effects, Watched};

pub(crate) use page::{date, online, tell};

/// What fills the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The consent gate.
    Gate,
    /// What is left of it when the visitor has declined.
    Declined,
    /// The log and the composer.
    Talk,
    /// "Your data".
    Data,
    /// The receipt of an erasure.
    Receipt,
}

/// A question that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Start a new conversation?
    New,
    /// Erase this one?
    Erase,
    /// The agreement was taken back: erase this one as well?
    EraseWithdrawn,
    /// Remove this message?
    Remove(String),
    /// What should a person check?
    Review,
}

/// A chat. Cloning it clones a handle.
#[derive(Clone)]
pub(crate) struct App(Rc<Inner>);

pub(crate) struct Inner {
    pub(crate) host: HtmlElement,
    pub(crate) settings: RefCell<Rc<Settings>>,
    client: Client,
    modules: Modules,

    pub(crate) view: Watched<View>,
    pub(crate) menu: Watched<bool>,
    pub(crate) ask: Watched<Option<Ask>>,
    pub(crate) trouble: Watched<Option<Trouble>>,
    /// A call is under way that the view waits for.
    pub(crate) busy: Watched<bool>,
    /// A challenge is being solved.
    pub(crate) solving: Watched<bool>,
    pub(crate) gate: Watched<Gate>,
    pub(crate) talk: Watched<Talk>,
    pub(crate) draft: Watched<String>,
    /// Whether the text that will be sent is shown.
    pub(crate) preview: Watched<bool>,
    /// Whether it is shown why something is hidden.
    pub(crate) why: Watched<bool>,
    /// The message that is being corrected.
    pub(crate) editing: Watched<Option<String>>,
    pub(crate) standing: Watched<Standing>,
    pub(crate) receipt: Watched<Option<ErasureReceipt>>,
    /// What screen readers are told next.
    pub(crate) spoken: Watched<String>,
    /// What finds personal data, once it is loaded: nothing is sent before.
    pub(crate) finder: Watched<Option<Finder>>,

    session: RefCell<Option<Session>>,
    map: RefCell<PlaceholderMap>,
    /// What stood in the composer before a correction began.
    aside: RefCell<String>,
    /// A message waits for what finds personal data.
    waiting: RefCell<Option<Waiting>>,
    /// Grows with every choice, and when one is on record.
    choices: Cell<u32>,
    /// Whether the edge is being told what it has not on record.
    recording: Cell<bool>,
    /// Whether the conversation is being erased.
    erasing: Cell<bool>,
    /// Since when the gate is shown.
    shown_at: Cell<u64>,
    /// By what this page holds the conversation against other tabs.
    hold: RefCell<Option<Promise>>,
    /// The receipt as it was signed.
    signed: RefCell<String>,
    /// The rotation under way, if one is, and how the last one ended.
    rotation: RefCell<Option<Promise>>,
    rotated: Cell<Result<(), Failure>>,
    /// Grows when a conversation is left, so that what is still under way for it stops.
    epoch: Cell<u32>,
    restored: Cell<bool>,
    /// The chat is not in the page any more: the tab's storage is another's.
    ended: Cell<bool>,
    effects: Effects,
}

impl core::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    pub(crate) fn new(
        host: HtmlElement,
        edge: String,
        settings: Settings,
        modules: Modules,
    ) -> Self {
        let gate = Gate::new(settings.site.purposes, page::global_privacy_control());
        Self(Rc::new(Inner {
            host,
            client: Client(edge),
            modules,
            settings: RefCell::new(Rc::new(settings)),
            view: Watched::new(View::Gate),
            menu: Watched::new(false),
            ask: Watched::new(None),
            trouble: Watched::new(None),
            busy: Watched::new(false),
            solving: Watched::new(false),
            gate: Watched::new(gate),
            talk: Watched::new(Talk::default()),
            draft: Watched::new(String::new()),
            preview: Watched::new(false),
            why: Watched::new(false),
            editing: Watched::new(None),
            standing: Watched::new(Standing::default()),
            receipt: Watched::new(None),
            spoken: Watched::new(String::new()),
            finder: Watched::new(None),
            session: RefCell::new(None),
            map: RefCell::new(PlaceholderMap::new()),
            aside: RefCell::new(String::new()),
            waiting: RefCell::new(None),
            choices: Cell::new(0),
            recording: Cell::new(false),
            erasing: Cell::new(false),
            shown_at: Cell::new(page::now()),
            hold: RefCell::new(None),
            signed: RefCell::new(String::new()),
            rotation: RefCell::new(None),
            rotated: Cell::new(Ok(())),
            epoch: Cell::new(0),
            restored: Cell::new(false),
            ended: Cell::new(false),
            effects: Effects::default(),
        }))
    }

    /// The settings in force.
    pub(crate) fn settings(&self) -> Rc<Settings> {
        Rc::clone(&self.settings.borrow())
    }

    /// The map back, for showing.
    pub(crate) fn map(&self) -> Ref<'_, PlaceholderMap> {
        self.map.borrow()
    }

    /// Acts on a click. `words` is the text of the button, `of` the id of the message that it
    /// stands in, or which of several things it does.
    pub(crate) fn act(&self, action: Action, words: &str, of: &str) {
        if action != Action::Menu {
            self.menu.set(false);
        }
        match action {
            // The panel closes itself.
            Action::Close => {}
            Action::Menu => self.menu.update(|open| *open = !*open),
            Action::AskNew => self.ask.set(Some(Ask::New)),
            Action::AskErase => self.ask.set(Some(Ask::Erase)),
            Action::AskRemove => self.ask.set(Some(Ask::Remove(of.into()))),
            Action::AskReview => self.ask.set(Some(Ask::Review)),
            Action::Cancel => self.cancel(),
            Action::Back => self.show(View::Talk),
            Action::Dismiss => self.trouble.set(None),
            Action::Agree => self.agree(),
            Action::Decline => self.decline(),
            Action::Reconsider => self.show(View::Gate),
            Action::Remember => self.choose(OptionalPurpose::Remember),
            Action::Improve => self.choose(OptionalPurpose::Improve),
            Action::Analytics => self.choose(OptionalPurpose::Analytics),
            Action::Withdraw => self.withdraw(),
            Action::Record => {
                self.trouble.set(None);
                self.record();
            }
            Action::SaveConsent => self.save_consent(),
            Action::StartNew => self.start_new(),
            Action::Starter => self.send(words),
            Action::Send => self.send(&self.draft.peek()),
            Action::Stop => self.stop(),
            Action::Preview => self.preview.update(|shown| *shown = !*shown),
            Action::Why => self.why.update(|shown| *shown = !*shown),
            Action::Copy => self.copy_message(of),
            Action::Again => self.again(of),
            Action::Edit => self.edit(of),
            Action::Remove => self.remove(of),
            Action::Review => self.review(of),
            Action::Restrict => self.restrict(),
            Action::Data => self.open_data(),
            Action::CopyToken => self.copy_token(),
            Action::SaveToken => self.save_token(),
            Action::Download => self.download(of),
            Action::Erase => self.erase(),
            Action::SaveReceipt => self.save_receipt(),
        }
    }

    /// Takes back a question; where there is none, leaves a correction.
    pub(crate) fn cancel(&self) {
        if self.ask.peek().is_some() {
            self.ask.set(None);
        } else {
            self.leave_editing();
        }
    }

    /// Runs `follow` now and whenever a value that it looked at has changed.
    pub(crate) fn follow(&self, mut follow: impl FnMut(&Self) + 'static) {
        let app = self.clone();
        self.effects.add(Box::new(move || follow(&app)));
    }

    /// Ends what follows the values, and whatever is under way. A conversation that the tab keeps
    /// is left to the next chat of its site; of another one the edge is still told what was taken
    /// back.
    pub(crate) fn end(&self) {
        self.leave();
        self.let_go();
        self.ended.set(true);
        if self.keeps() {
            *self.session.borrow_mut() = None;
        }
        self.effects.clear();
    }

    /// Ends whatever is under way, and what waits for it.
    pub(crate) fn leave(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1));
        self.solving.set(false);
        self.waiting.take();
        self.free();
    }

    /// What the view waited for is over.
    fn free(&self) {
        self.busy.set(false);
        if self.trouble.peek() == Some(Trouble::Busy) {
            self.trouble.set(None);
        }
    }

    fn show(&self, view: View) {
        self.ask.set(None);
        self.trouble.set(None);
        if view == View::Gate && self.view.peek() != view {
            self.shown_at.set(page::now());
        }
        self.view.set(view);
    }

    /// What became of a call: a state of the conversation, or a trouble.
    fn fail(&self, failure: Failure) {
        if let Failure::Problem(code, _) = failure {
            match code {
                Code::Restricted => {
                    return self.standing.update(|standing| standing.restricted = true);
                }
                Code::ConsentWithdrawn => {
                    return self.standing.update(|standing| standing.withdrawn = true);
                }
                Code::NoticeChanged | Code::ConsentRequired | Code::ConsentUnproven => {
                    return self.ask_anew();
                }
                _ => {}
            }
        }
        self.standing.update(|standing| standing.unread = standing.facts.is_none());
        let trouble = Trouble::of(failure, online());
        if trouble.is_final() {
            self.forget();
            // Nobody is left who could be told.
            self.change(&mut Record::settle);
        }
        self.trouble.set(Some(trouble));
    }
}
