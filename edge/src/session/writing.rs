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
use crate::guard::input;
use crate::guard::output::{Cut, Output, Told};
use crate::guard::screen::Verdict;
use crate::guard::{self, identity};
use crate::log;
use crate::object::{CallError, call};
use crate::provider::local::{self, Local};
use crate::provider::{Provider, Usage};
use crate::session::asking::{self, Probe};
use crate::session::bill::Bill;
use crate::session::command::SessionError;
use crate::session::core::{Begun, NetworkTurn};
use crate::session::object::{Shell, ShellError};
use crate::session::plan;
use crate::session::record::{End, Grounds, Writer};
use crate::session::reply::{Running, STORE_MS, Storing};
use crate::session::writer::{self, Heard};
use crate::workspace::command::{Outcome, Passage, Reported, WorkspaceError};

/// A reply that never began.
const REFUSED: End = End {
    state: MessageState::Interrupted,
    finish: FinishReason::Error,
    problem: Some(Code::Unavailable),
};

/// A reply that is written, and what is known of it.
struct Reply<'a> {
    begun: &'a Begun,
    config: &'a Config,
    /// What is named as its sources.
    passages: &'a [Passage],
    /// Who writes it.
    name: &'static str,
    /// How long it may become, in bytes.
    bytes: usize,
}

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

    /// Takes the reply out of memory, ends its writing, and tells the workspace what is known of it.
    pub(super) fn break_off(&self) -> Option<Running> {
        let Active { running, abort, .. } = self.active.borrow_mut().take()?;
        abort.abort();
        let bytes = running.bytes();
        self.settle_stopped(bytes);
        self.end_probe(if bytes == 0 { Outcome::Unknown } else { Outcome::Works });
        Some(running)
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
        self.end_probe(Outcome::Unknown);
        let Some(running) = self.take_written(reply) else { return };
        if let Ok(config) = Config::from_env(&self.env)
            && let Err(error) =
                self.core(&config).end(reply, running.text(), running.grounds(), REFUSED)
        {
            log::error("reply_not_stored").fault(&error).write();
        }
        running.end(REFUSED);
    }

    async fn write(
        self: &Rc<Self>,
        begun: &Begun,
        turn: NetworkTurn,
        starting: oneshot::Sender<Result<(), SessionError>>,
    ) -> Result<(), ShellError> {
        let config = Config::from_env(&self.env)?;
        let core = self.core(&config);
        let mut context = match call(&self.env, &turn.workspace, &turn.turn).await {
            Ok(context) => context,
            Err(error) => {
                core.withdraw(begun)?;
                if let Some(running) = self.take_written(&begun.reply) {
                    running.end(REFUSED);
                }
                // Nobody waits for it any more if the visitor has gone.
                let _ = starting.send(Err(refusal_of_turn(error)));
                return self.set_alarm().await;
            }
        };

        self.bill.set(context.reserved.map(|reserved| Bill::new(&turn, reserved)));
        self.probe.set(Probe::of(&turn.workspace, &context.providers));
        let policy = guard::policy(&context);
        // Without a model nobody was told anything.
        let unwatched = Output::new(policy.clone(), context.links.clone(), &Told::default());
        let screened = asking::screened(&context, begun.question.as_str());
        if let Some(answer) = plan::own_answer(&context, begun, screened.verdict) {
            // No model is asked.
            self.settle_unasked();
            self.end_probe(Outcome::Unknown);
            let provider = identity::PROVIDER;
            let writer = Writer { provider, model: None, grounds: Grounds::of(Vec::new()) };
            core.begin(begun, &writer)?;
            self.with_running(&begun.reply, |running| running.start(&writer));
            let _ = starting.send(Ok(()));
            let bytes = usize::MAX;
            let reply = Reply { begun, config: &config, passages: &[], name: provider, bytes };
            return self.write_with(&mut Local::text(answer), unwatched, reply).await;
        }

        let canary = core.canary()?;
        let is_odd = screened.verdict == Verdict::Caution;
        let (mut chain, bytes) =
            self.chain(&core, begun, &mut context, &policy, &canary, is_odd)?;
        core.begin(begun, &plan::writer(&context, 0))?;
        let _ = starting.send(Ok(()));
        // Who answers is known with the first word, and said before it.
        let place = chain.settle().await;
        self.tell_of_providers(&turn.workspace, &context.providers, &chain.take_tried());
        self.lose(chain.lost());
        let writer = plan::writer(&context, place);
        if place > 0 {
            core.hand_over(&begun.reply, &writer)?;
        }
        self.with_running(&begun.reply, |running| running.start(&writer));
        let is_model = writer.model.is_some();
        let passages = plan::given(&context, is_model);
        let output = if is_model {
            let instructions = input::instructions(&context).to_vec();
            let told = Told { instructions, canary: Some(&canary), passages: passages.len() };
            Output::new(policy, context.links.clone(), &told)
        } else {
            unwatched
        };
        let bytes = if is_model { bytes } else { usize::MAX };
        let reply = Reply { begun, config: &config, passages, name: writer.provider, bytes };
        // Whoever quotes documents takes nothing, and nobody who did not answer.
        if is_model && chain.is_answered() {
            self.note_usage(Usage::default());
        }
        let written = self.write_with(&mut chain, output, reply).await;
        self.tell_of_providers(&turn.workspace, &context.providers, &chain.take_tried());
        written
    }

    /// Lets the provider write to the end, and stores what it wrote.
    async fn write_with<P: Provider>(
        self: &Rc<Self>,
        provider: &mut P,
        mut output: Output,
        reply: Reply<'_>,
    ) -> Result<(), ShellError> {
        let Reply { begun, config, passages, name, bytes } = reply;
        let core = self.core(config);
        let written = writer::write(provider, &mut output, bytes, |heard| {
            let piece = match heard {
                Heard::Piece(piece) => piece,
                Heard::Usage(usage) => return self.note_usage(usage),
            };
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
        let is_cut_off = output.cut() == Some(Cut::Quotation);
        let Some(mut running) = self.take_written(&begun.reply) else { return Ok(()) };
        running.cite(match output.cited() {
            Some(cited) => cited.iter().filter_map(|at| passages.get(*at)).map(source).collect(),
            None => passages.iter().map(source).collect(),
        });
        let stored = core.end(running.id(), running.text(), running.grounds(), written.end);
        self.settle_written(written.is_finished, running.bytes());
        running.end(if stored.is_ok() { written.end } else { REFUSED });
        written.line(name).write();
        stored?;
        if is_cut_off {
            core.note(Reported::ReplyCutOff)?;
            self.tell(config).await?;
        }
        Ok(())
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
