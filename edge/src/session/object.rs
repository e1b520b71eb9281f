//! The Durable Object: a thin shell around [`core`](super::core).
//!
//! It takes commands by their path, holds the one reply that may be under way, and sees to the
//! alarm. Nothing in its memory is needed to be right: what is lost with it is stored as far as it
//! had come, and is marked interrupted when the object wakes again.

#![expect(missing_docs, reason = "what `durable_object` generates has no documentation")]

use core::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::stream::{Stream, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sotto_shared::id::ConversationId;
use sotto_shared::wire::conversation::{Conversation, MessageState};
use sotto_shared::wire::session::ErasureReceipt;
use sotto_shared::wire::stream::{FinishReason, Part};
use worker::{DurableObject, Env, Request, Response, ScheduledTime, State, durable_object};

use crate::clock::PlatformClock;
use crate::config::Config;
use crate::log::{self, Loggable, Told};
use crate::object::envelope;
use crate::random::PlatformRandom;
use crate::session::asking::Probe;
use crate::session::bill::Bill;
use crate::session::command::{
    AskReview, Chat, CheckLife, Command, Erase, Export, Mint, MintedSession, Operator, Read,
    Rectify, Refresh, Remove, Restrict, Resume, SessionError, SetConsent, Stop,
};
use crate::session::core::{Accepted, Core, CoreError, Erasure};
use crate::session::record::{Due, End, Tombstone};
use crate::session::reply::replay;
use crate::session::stream;
use crate::session::vault::VaultKey;
use crate::session::writing::Active;
use crate::sql::ObjectSql;
use crate::workspace::command::Reported;

/// Events that go out together at most.
const READY_EVENTS: usize = 256;

/// A failed alarm is tried again after this time, in milliseconds.
const ALARM_RETRY_MS: i64 = 60_000;

/// A reply that the visitor stopped.
const STOPPED: End =
    End { state: MessageState::Stopped, finish: FinishReason::Other, problem: None };

/// One conversation.
#[durable_object]
pub struct SessionObject(Rc<Shell>);

impl core::fmt::Debug for SessionObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionObject")
    }
}

impl DurableObject for SessionObject {
    fn new(state: State, env: Env) -> Self {
        let sql = ObjectSql::new(&state.storage());
        Self(Rc::new(Shell {
            state,
            env,
            sql,
            active: RefCell::new(None),
            bill: Cell::new(None),
            probe: Cell::new(None),
            vault_key: RefCell::new(None),
            answers: Cell::new(0),
            is_awake: Cell::new(false),
            alarm: Cell::new(None),
        }))
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let path = request.path();
        let body = request.text().await?;
        Rc::clone(&self.0).answer(&path, &body).await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        if let Err(error) = self.0.alarm().await {
            log::error("session_alarm_failed").fault(&error).write();
            self.0.state.storage().set_alarm(ALARM_RETRY_MS).await?;
        }
        Response::empty()
    }
}

/// The core over the platform's storage, clock and randomness.
pub(super) type SessionCore<'a> = Core<'a, ObjectSql, PlatformClock, PlatformRandom>;

pub(super) struct Shell {
    pub(super) state: State,
    pub(super) env: Env,
    sql: ObjectSql,
    pub(super) active: RefCell<Option<Active>>,
    /// What the reply under way costs, if it costs anything.
    pub(super) bill: Cell<Option<Bill>>,
    /// The model that the reply under way tries out, if it tries one out.
    pub(super) probe: Cell<Option<Probe>>,
    /// The conversation's key, once the workspace has opened it.
    pub(super) vault_key: RefCell<Option<Rc<VaultKey>>>,
    /// How many answers about the consent have come: of two under way, the later one counts.
    pub(super) answers: Cell<u64>,
    /// Whether this object has looked at what it was when it was last stopped.
    is_awake: Cell<bool>,
    /// When the alarm comes, Unix milliseconds, if this object has set it.
    alarm: Cell<Option<u64>>,
}

/// Why the shell did not carry out a command.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShellError {
    #[error(transparent)]
    Core(#[from] CoreError),
    #[error("the platform failed: {0}")]
    Platform(#[from] worker::Error),
    #[error("the edge is not configured: {0}")]
    Config(#[from] crate::config::ConfigError),
    #[error("a command could not be read at column {0}")]
    Command(usize),
}

impl Loggable for ShellError {
    fn told(&self) -> Told {
        match self {
            Self::Core(error) => error.told(),
            Self::Platform(error) => error.told(),
            Self::Config(error) => error.told(),
            Self::Command(column) => {
                let column = u64::try_from(*column).unwrap_or(u64::MAX);
                Told::new("a command could not be read at column").number(column)
            }
        }
    }
}

impl Shell {
    async fn answer(self: Rc<Self>, path: &str, body: &str) -> worker::Result<Response> {
        match path {
            Mint::PATH => respond(self.mint(body).await),
            Refresh::PATH => respond(self.refresh(body).await),
            Chat::PATH => self.chat(body).await.or_else(|error| respond::<()>(Err(error))),
            Resume::PATH => self.resume(body).await.or_else(|error| respond::<()>(Err(error))),
            Stop::PATH => respond(self.stop(body).await),
            Read::PATH => respond(self.read(body).await),
            SetConsent::PATH => respond(self.set_consent(body).await),
            Export::PATH => respond(self.export(body).await),
            Rectify::PATH => respond(self.rectify(body).await),
            Remove::PATH => respond(self.remove(body).await),
            Restrict::PATH => respond(self.restrict(body).await),
            AskReview::PATH => respond(self.ask_review(body).await),
            Erase::PATH => respond(self.erase(body).await),
            Operator::PATH => respond(self.operate(body).await),
            CheckLife::PATH => respond(self.check_life(body).await),
            _ => Response::error("no such command", 404),
        }
    }

    // Commands

    async fn mint(&self, body: &str) -> Result<MintedSession, ShellError> {
        let config = Config::from_env(&self.env)?;
        let command: Mint = parse(body)?;
        let conversation = self.conversation()?;
        let key = Rc::new(VaultKey::new(conversation, &command.key.plain));
        let core = Core { vault_key: Some(Rc::clone(&key)), ..self.core(&config) };
        let minted = core.mint(conversation, command)?;
        self.vault_key.replace(Some(key));
        self.set_alarm().await?;
        Ok(minted)
    }

    async fn refresh(&self, body: &str) -> Result<<Refresh as Command>::Reply, ShellError> {
        let config = self.prepare().await?;
        let core = self.core(&config);
        let refreshed = core.refresh(&parse(body)?);
        if let Err(CoreError::Refused(SessionError::TokenRevoked)) = &refreshed {
            // Whoever listens may be the one who took the token.
            self.stop_writing(&core)?;
            self.tell(&config).await?;
        }
        Ok(refreshed?)
    }

    async fn chat(self: Rc<Self>, body: &str) -> Result<Response, ShellError> {
        let config = self.prepare().await?;
        let command: Chat = parse(body)?;
        self.unlock(&config, &command.caller).await?;
        let core = self.core(&config);
        let message = self.active.borrow().as_ref().map(|active| active.running.message().clone());
        match core.accept(&command, message.as_ref())? {
            Accepted::Join => match self.listen() {
                Some(listener) => Ok(live(listener)?),
                None => Err(CoreError::from(SessionError::Failed).into()),
            },
            Accepted::Replay(exchange) => Ok(event_stream(stream::whole(replay(&exchange)))?),
            Accepted::Write(begun) => {
                let turn = begun.turn(command.caller.network);
                let (listener, started) = Rc::clone(&self).begin_writing(begun, turn);
                self.set_alarm().await?;
                match started.await {
                    Ok(Err(refusal)) => Err(CoreError::from(refusal).into()),
                    // It began, or it was stopped before: the listener knows.
                    Ok(Ok(())) | Err(_) => Ok(live(listener)?),
                }
            }
        }
    }

    async fn resume(&self, body: &str) -> Result<Response, ShellError> {
        let config = self.prepare().await?;
        let command: Resume = parse(body)?;
        self.unlock(&config, &command.caller).await?;
        let core = self.core(&config);
        core.check_open(&command.caller)?;
        if let Some(listener) = self.listen() {
            return Ok(live(listener)?);
        }
        match core.just_ended()? {
            Some(exchange) => Ok(event_stream(stream::whole(replay(&exchange)))?),
            None => Ok(Response::empty()?.with_status(204)),
        }
    }

    async fn stop(&self, body: &str) -> Result<(), ShellError> {
        let config = self.prepare().await?;
        let command: Stop = parse(body)?;
        let core = self.core(&config);
        core.check_open(&command.caller)?;
        self.stop_writing(&core)
    }

    async fn read(&self, body: &str) -> Result<Conversation, ShellError> {
        let config = self.prepare().await?;
        let command: Read = parse(body)?;
        self.unlock(&config, &command.caller).await?;
        let active = self.active.borrow();
        let running = active.as_ref().map(|active| &active.running);
        Ok(self.core(&config).read(&command.caller, running)?)
    }

    async fn erase(&self, body: &str) -> Result<ErasureReceipt, ShellError> {
        let command: Erase = parse(body)?;
        let config = match self.prepare().await {
            Ok(config) => config,
            // Whatever keeps a conversation from being used, nothing keeps it from being erased.
            Err(error) => {
                log::error("session_not_ready").fault(&error).write();
                Config::from_env(&self.env)?
            }
        };
        let erased = match self.core(&config).erase(&command.secret) {
            Ok(Erasure::Done(receipt)) => Ok(receipt),
            Ok(Erasure::Bury(tombstone)) => {
                self.bury(&config, &tombstone).await.map(|()| tombstone.receipt)
            }
            Err(error) => Err(error.into()),
        };
        match &erased {
            Ok(_)
            // What comes too often has been recorded.
            | Err(ShellError::Core(CoreError::Refused(
                SessionError::Unknown | SessionError::RateLimited { .. },
            ))) => {}
            Err(ShellError::Core(CoreError::Refused(_))) => {
                self.report(&config, Reported::ErasureRefused).await;
            }
            Err(_) => self.report(&config, Reported::ErasureFailed).await,
        }
        erased
    }

    /// Ends the reply that is under way, if there is one; its text so far is kept.
    pub(super) fn stop_writing(&self, core: &SessionCore<'_>) -> Result<(), ShellError> {
        if let Some(running) = self.break_off() {
            core.end(running.id(), running.text(), running.grounds(), STOPPED)?;
            running.end(STOPPED);
        }
        Ok(())
    }

    // Lifetime

    /// What comes before every command but minting: what was being written when the object was
    /// stopped is marked, and a conversation whose life is over erases itself.
    pub(super) async fn prepare(&self) -> Result<Arc<Config>, ShellError> {
        let config = Config::from_env(&self.env)?;
        let core = self.core(&config);
        if !self.is_awake.get() {
            core.wake()?;
            self.is_awake.set(true);
        }
        if let Some(tombstone) = core.overdue()?
            && let Err(error) = self.bury(&config, &tombstone).await
        {
            self.report(&config, Reported::EndingFailed).await;
            return Err(error);
        }
        Ok(config)
    }

    /// Destroys the key, then writes the tombstone and drops the rest, all in one turn, so that no
    /// moment is stored in which one has happened without the other.
    pub(super) async fn bury(
        &self,
        config: &Config,
        tombstone: &Tombstone,
    ) -> Result<(), ShellError> {
        if let Some(running) = self.break_off() {
            running.end(STOPPED);
        }
        self.vault_key.replace(None);
        let core = self.core(config);
        core.destroy_key(tombstone.cause)?;
        core.bury(tombstone)?;
        self.set_alarm().await
    }

    async fn alarm(&self) -> Result<(), ShellError> {
        self.alarm.set(None);
        let config = self.prepare().await?;
        let core = self.core(&config);
        while let Some(item) = core.due()? {
            match item.kind {
                Due::TombstoneEnd => {
                    // The alarm goes with it.
                    self.sql.forget();
                    self.state.storage().delete_all().await?;
                    return Ok(());
                }
                Due::Outbox => self.tell_of_erasure(&config).await?,
                Due::Listing => self.tell_list(&config).await?,
                Due::Reports => self.tell_reports(&config).await?,
                // `due` has seen to them.
                Due::ProofEnd | Due::End => {}
            }
            core.settle(item)?;
        }
        self.set_alarm().await
    }

    /// Sets the one alarm to what is due next, unless it comes before: then it finds nothing to do
    /// and plans anew. Each message moves the conversation's end, and an alarm costs a write.
    pub(super) async fn set_alarm(&self) -> Result<(), ShellError> {
        let config = Config::from_env(&self.env)?;
        let storage = self.state.storage();
        match self.core(&config).next_wake()? {
            Some(at) if self.alarm.get().is_some_and(|alarm| alarm <= at) => Ok(()),
            Some(at) => {
                let wait = at.saturating_sub(self.now());
                let wait = i64::try_from(wait).unwrap_or(i64::MAX);
                storage.set_alarm(ScheduledTime::from(wait)).await?;
                self.alarm.set(Some(at));
                Ok(())
            }
            None => {
                self.alarm.set(None);
                Ok(storage.delete_alarm().await?)
            }
        }
    }

    pub(super) fn core<'a>(&'a self, config: &'a Config) -> SessionCore<'a> {
        Core {
            sql: &self.sql,
            clock: &PlatformClock,
            random: &PlatformRandom,
            keyring: &config.keyring,
            vault_key: self.vault_key.borrow().clone(),
        }
    }

    pub(super) fn conversation(&self) -> Result<ConversationId, ShellError> {
        let id = self.state.id().to_string();
        Ok(ConversationId::parse(&id).map_err(|_| CoreError::from(SessionError::Unknown))?)
    }

    pub(super) fn now(&self) -> u64 {
        crate::clock::Clock::now_ms(&PlatformClock)
    }
}

pub(super) fn parse<C: DeserializeOwned>(body: &str) -> Result<C, ShellError> {
    serde_json::from_str(body).map_err(|error| ShellError::Command(error.column()))
}

/// A command's result in its envelope. What is not a refusal goes to the log, once.
fn respond<T: Serialize>(result: Result<T, ShellError>) -> worker::Result<Response> {
    envelope(&result.map_err(|error| match error {
        ShellError::Core(CoreError::Refused(refusal)) => refusal,
        ShellError::Core(error @ CoreError::Consent(_)) => {
            log::error("consent_unproven").fault(&error).write();
            SessionError::ConsentUnproven
        }
        error => {
            log::error("session_failed").fault(&error).write();
            SessionError::Failed
        }
    }))
}

fn live(listener: UnboundedReceiver<Part>) -> worker::Result<Response> {
    event_stream(stream::events(listener))
}

/// The stream for the Worker, which puts a visitor's headers on it. What is ready at the same time
/// goes out in one piece, since each takes its way through JavaScript.
fn event_stream(events: impl Stream<Item = Vec<u8>> + 'static) -> worker::Result<Response> {
    let pieces =
        events.ready_chunks(READY_EVENTS).map(|events| Ok::<_, worker::Error>(events.concat()));
    let response = Response::from_stream(pieces)?;
    response.headers().set("content-type", "text/event-stream")?;
    Ok(response)
}
