//! The shell's side of a reply: it is written by the object, whoever listens.

use core::time::Duration;
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Abortable, Either, select};
use sotto_shared::wire::conversation::MessageState;
use sotto_shared::wire::problem::Code;
use sotto_shared::wire::stream::{FinishReason, Part, Source};
use worker::Delay;

use crate::config::Config;
use crate::guard::output::Output;
use crate::guard::{self, identity, input};
use crate::language::Language;
use crate::log;
use crate::object::{CallError, call};
use crate::provider::Provider;
use crate::provider::http::PlatformHttp;
use crate::provider::local::{self, Local};
use crate::provider::openai::{Endpoint, OpenAi};
use crate::random::{PlatformRandom, Random};
use crate::session::bill::{self, Bill};
use crate::session::command::SessionError;
use crate::session::core::{Begun, CoreError, NetworkTurn};
use crate::session::object::{Shell, ShellError};
use crate::session::record::End;
use crate::session::reply::{Running, STORE_MS, Storing};
use crate::session::writer;
use crate::workspace::command::{Passage, TurnProvider, WorkspaceError};

/// A reply that never began.
const REFUSED: End = End {
    state: MessageState::Interrupted,
    finish: FinishReason::Error,
    problem: Some(Code::Unavailable),
};

/// The reply under way, and the handle that ends its writing.
pub(super) struct Active {
    pub(super) running: Running,
    pub(super) abort: AbortHandle,
    /// Kept while a timer is set that will store what has grown: the timer goes with it.
    timer: Option<oneshot::Sender<()>>,
}

impl Shell {
    pub(super) fn listen(&self) -> Option<UnboundedReceiver<Part>> {
        self.active.borrow_mut().as_mut().map(|active| active.running.listen())
    }

    /// Takes the reply out of memory and ends its writing.
    pub(super) fn take_active(&self) -> Option<Active> {
        let active = self.active.borrow_mut().take()?;
        active.abort.abort();
        Some(active)
    }

    /// Takes the reply out of memory that has been written to its end.
    fn take_written(&self, reply: &str) -> Option<Running> {
        let mut active = self.active.borrow_mut();
        let is_it = active.as_ref().is_some_and(|active| active.running.id() == reply);
        if is_it { active.take().map(|active| active.running) } else { None }
    }

    /// Starts writing a reply. The writing is the object's own: it goes on when nobody listens.
    pub(super) fn begin_writing(
        self: Rc<Self>,
        begun: Begun,
        turn: NetworkTurn,
    ) -> (UnboundedReceiver<Part>, oneshot::Receiver<Result<(), SessionError>>) {
        let mut running = Running::new(begun.clone());
        let listener = running.listen();
        let (abort, registration) = AbortHandle::new_pair();
        *self.active.borrow_mut() = Some(Active { running, abort, timer: None });
        let (starting, started) = oneshot::channel();
        let shell = Rc::clone(&self);
        let writing = Abortable::new(
            async move {
                if let Err(error) = shell.write(&begun, turn, starting).await {
                    log::error("reply_failed").fault(&error).write();
                    shell.give_up(&begun.reply);
                }
            },
            registration,
        );
        self.state.wait_until(async move {
            // An aborted reply was ended by who aborted it.
            let _ = writing.await;
        });
        (listener, started)
    }

    /// Ends a reply that the object itself could not go on with.
    fn give_up(&self, reply: &str) {
        let Some(running) = self.take_written(reply) else { return };
        if let Ok(config) = Config::from_env(&self.env)
            && let Err(error) = self.core(&config).end(reply, running.text(), &[], REFUSED)
        {
            log::error("reply_not_stored").fault(&error).write();
        }
        running.end(&[], REFUSED);
    }

    async fn write(
        self: &Rc<Self>,
        begun: &Begun,
        turn: NetworkTurn,
        starting: oneshot::Sender<Result<(), SessionError>>,
    ) -> Result<(), ShellError> {
        let config = Config::from_env(&self.env)?;
        let core = self.core(&config);
        let context = match call(&self.env, &turn.workspace, &turn.turn).await {
            Ok(context) => context,
            Err(error) => {
                core.withdraw(begun)?;
                if let Some(running) = self.take_written(&begun.reply) {
                    running.end(&[], REFUSED);
                }
                // Nobody waits for it any more if the visitor has gone.
                let _ = starting.send(Err(refusal_of_turn(error)));
                return self.set_alarm().await;
            }
        };

        let asked = identity::asked(begun.question.as_str());
        self.bill.set(context.reserved.map(|reserved| Bill::new(&turn, reserved)));
        if asked.is_some() {
            // No model is asked.
            self.settle(Some(0), 0);
        }
        let (name, model) = match (asked, &context.provider) {
            (Some(_), _) => (identity::PROVIDER, None),
            (None, TurnProvider::Local) => ("local", None),
            (None, TurnProvider::OpenAi { model, .. }) => ("openai", Some(model.as_str())),
        };
        core.begin(begun, name, model)?;
        self.with_running(&begun.reply, |running| running.start(name, model));
        let _ = starting.send(Ok(()));

        let lang = Language::of(&begun.lang);
        let policy = guard::policy(&context);
        // Without a model nobody was told anything.
        let unwatched = Output::new(policy.clone(), []);
        match (asked, &context.provider) {
            (Some(question), _) => {
                let text = Local::text(identity::answer(&context, begun.terms(), question));
                self.write_with(text, unwatched, begun, &config, &[], name).await
            }
            (None, TurnProvider::Local) => {
                let quoted = local::quoted(&context);
                let provider = Local::new(&context, lang);
                self.write_with(provider, unwatched, begun, &config, quoted, name).await
            }
            (None, TurnProvider::OpenAi { base_url, model, key }) => {
                let endpoint =
                    Endpoint { base_url: base_url.clone(), model: model.clone(), key: key.clone() };
                let history = core.history(begun)?;
                let boundary = PlatformRandom.bytes::<12>().map_err(CoreError::from)?;
                let prompt = input::prompt(
                    &context,
                    &history,
                    &begun.question,
                    &begun.lang,
                    &data_encoding::HEXLOWER.encode(&boundary),
                    &policy,
                );
                let provider = OpenAi::new(Rc::new(PlatformHttp), &endpoint, &prompt);
                let output = Output::new(policy, input::instructions(&context));
                self.write_with(provider, output, begun, &config, &context.passages, name).await
            }
        }
    }

    /// Lets the provider write to the end, and stores what it wrote.
    async fn write_with(
        self: &Rc<Self>,
        mut provider: impl Provider,
        mut output: Output,
        begun: &Begun,
        config: &Config,
        passages: &[Passage],
        name: &'static str,
    ) -> Result<(), ShellError> {
        let core = self.core(config);
        let written = writer::write(&mut provider, &mut output, |piece| {
            let storing = self
                .with_running(&begun.reply, |running| running.push(piece))
                .unwrap_or(Storing::Settled);
            match storing {
                Storing::Settled => {}
                Storing::Now => self.store(config, &begun.reply),
                Storing::Soon => self.store_soon(begun.reply.clone()),
            }
        })
        .await;
        let Some(running) = self.take_written(&begun.reply) else { return Ok(()) };
        let sources: Vec<Source> = passages.iter().map(source).collect();
        let stored = core.end(running.id(), running.text(), &sources, written.end);
        self.settle(bill::counted(written.usage), running.text().as_str().len());
        running.end(&sources, if stored.is_ok() { written.end } else { REFUSED });
        written.line(name).write();
        Ok(stored?)
    }

    /// Acts on a reply, if it is still the one under way.
    fn with_running<T>(&self, reply: &str, act: impl FnOnce(&mut Running) -> T) -> Option<T> {
        let mut active = self.active.borrow_mut();
        let active = active.as_mut().filter(|active| active.running.id() == reply)?;
        Some(act(&mut active.running))
    }

    fn store(&self, config: &Config, reply: &str) {
        self.with_running(reply, |running| {
            if let Some(text) = running.unstored()
                && let Err(error) = self.core(config).grow(reply, text)
            {
                log::error("reply_not_stored").fault(&error).write();
            }
        });
    }

    /// Stores what there is in a moment, so that a model that pauses leaves nothing unstored. A
    /// reply that ends before is stored by its end: no timer outlives it and keeps the object awake.
    fn store_soon(self: &Rc<Self>, reply: String) {
        let (timer, ended) = oneshot::channel();
        if let Some(active) = &mut *self.active.borrow_mut() {
            active.timer = Some(timer);
        }
        let shell = Rc::clone(self);
        self.state.wait_until(async move {
            let late = core::pin::pin!(Delay::from(Duration::from_millis(STORE_MS)));
            if let Either::Right(_) = select(ended, late).await
                && let Ok(config) = Config::from_env(&shell.env)
            {
                shell.store(&config, &reply);
            }
        });
    }
}

fn source(passage: &Passage) -> Source {
    Source {
        source_id: passage.id.clone(),
        media_type: passage.media_type.clone(),
        title: local::title(passage),
        filename: Some(passage.document.clone()),
    }
}

fn refusal_of_turn(error: CallError<WorkspaceError>) -> SessionError {
    match error {
        CallError::Refused(WorkspaceError::BudgetSpent { retry_after }) => {
            SessionError::BudgetSpent { retry_after }
        }
        CallError::Refused(WorkspaceError::NoticeChanged { notice }) => {
            SessionError::NoticeChanged { notice }
        }
        CallError::Refused(WorkspaceError::OriginNotAllowed) => SessionError::OriginNotAllowed,
        CallError::Refused(WorkspaceError::SiteUnknown | WorkspaceError::Unknown)
        | CallError::NoSuchObject => SessionError::SiteGone,
        error => {
            log::error("turn_failed").fault(&error).write();
            SessionError::Failed
        }
    }
}
