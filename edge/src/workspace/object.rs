//! The workspace's Durable Object: a shell that reads a command, asks the
//! [core](super::core), and puts the reply into its envelope.

#![expect(missing_docs, reason = "what `durable_object` generates has no documentation")]

use core::cell::Cell;

use futures_util::future::join_all;
use sotto_shared::id::WorkspaceId;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::command::{
    Admin, AdminConversation, Admit, Answer, Create, Forget, IssueKey, Listing, OpenKey,
    PublicSite, ReadRoot, ReadRules, Report, ReportProviders, Settle, Turn, WorkspaceError,
};
use super::core::{Fault, Workspace};
use crate::clock::{Clock as _, DAY_MS, PlatformClock};
use crate::config::Config;
use crate::log;
use crate::object::{CallError, Command, call, envelope};
use crate::random::PlatformRandom;
use crate::sql::ObjectSql;

/// A failed alarm is tried again after this time, in milliseconds.
const ALARM_RETRY_MS: u64 = 60_000;

/// One tenant.
#[durable_object]
pub struct WorkspaceObject {
    state: State,
    env: Env,
    sql: ObjectSql,
    /// When the alarm comes, Unix milliseconds, if this object has set it or looked.
    alarm: Cell<Option<u64>>,
}

/// The core over the platform's storage, clock and randomness.
type Core<'a> = Workspace<'a, ObjectSql, PlatformClock, PlatformRandom>;

impl DurableObject for WorkspaceObject {
    fn new(state: State, env: Env) -> Self {
        let sql = ObjectSql::new(&state.storage());
        Self { state, env, sql, alarm: Cell::new(None) }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let path = request.path();
        if !matches!(path.as_str(), PublicSite::PATH | ReadRules::PATH) {
            self.plan_end_of_day().await?;
        }
        match path.as_str() {
            Create::PATH => self.run(request, |core, command| core.create(&command)).await,
            ReadRoot::PATH => self.run(request, |core, command| core.root_state(&command)).await,
            IssueKey::PATH => self.run(request, |core, command| core.issue_key(&command)).await,
            PublicSite::PATH => self.run(request, |core, command| core.public_site(&command)).await,
            ReadRules::PATH => self.run(request, |core, command| core.rules(&command)).await,
            Admit::PATH => self.run(request, |core, command| core.admit(&command)).await,
            OpenKey::PATH => self.run(request, |core, command| core.open_key(&command)).await,
            Answer::PATH => self.run(request, |core, command| core.answer(&command)).await,
            Turn::PATH => self.run(request, |core, command| core.turn(&command)).await,
            Settle::PATH => self.run(request, |core, command| core.settle(&command)).await,
            Listing::PATH => self.run(request, |core, command| core.list(&command)).await,
            Forget::PATH => self.run(request, |core, command| core.forget(&command)).await,
            Report::PATH => self.run(request, |core, command| core.report(&command)).await,
            ReportProviders::PATH => {
                self.run(request, |core, command| core.report_providers(&command)).await
            }
            Admin::PATH => {
                let reply = self.run(request, |core, command| core.admin(command)).await;
                self.plan_checks().await?;
                reply
            }
            AdminConversation::PATH => self.ask_conversation(request).await,
            _ => Response::error("no such command", 404),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        self.alarm.set(None);
        let next = match self.sweep().await {
            Ok(next) => next,
            Err(fault) => {
                log::error("workspace_alarm_failed").fault(&fault).write();
                Some(PlatformClock.now_ms().saturating_add(ALARM_RETRY_MS))
            }
        };
        if let Some(next) = next {
            self.set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl WorkspaceObject {
    /// Does what is due, and asks a batch of conversations. Says when there is more to do, Unix
    /// milliseconds; nothing was ever due in an object that holds no workspace.
    async fn sweep(&self) -> Result<Option<u64>, Fault> {
        let checks = match self.decide(|core| core.begin_sweep()) {
            Ok(checks) => checks,
            Err(Fault::Refused(WorkspaceError::Unknown)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let answers = join_all(checks.iter().map(async |check| {
            (check, call(&self.env, &check.conversation.to_hex(), &check.question).await)
        }));
        for (check, answer) in answers.await {
            if let Err(error) = &answer
                && !matches!(error, CallError::Refused(_))
            {
                log::error("check_not_answered").fault(error).write();
            }
            // One that cannot be taken over keeps no other from it; it is asked again.
            if let Err(fault) = self.decide(|core| core.checked(check, &answer)) {
                log::error("check_not_stored").fault(&fault).write();
            }
        }
        self.decide(|core| core.next_wake())
    }

    /// Sets the alarm to the end of the day, unless it comes earlier: what counts has a key that
    /// is to go then, and what is recorded has a retention.
    async fn plan_end_of_day(&self) -> worker::Result<()> {
        let now = PlatformClock.now_ms();
        self.plan(now.saturating_add(DAY_MS - now % DAY_MS)).await
    }

    /// Sets the alarm to when conversations are to be asked, unless it comes earlier. Changed
    /// settings have that done at once.
    async fn plan_checks(&self) -> worker::Result<()> {
        match self.decide(|core| core.next_wake()) {
            Ok(Some(next)) => self.plan(next).await,
            Ok(None) | Err(Fault::Refused(_)) => Ok(()),
            Err(fault) => {
                log::error("workspace_alarm_failed").fault(&fault).write();
                Ok(())
            }
        }
    }

    async fn plan(&self, at: u64) -> worker::Result<()> {
        if self.alarm.get().is_none() {
            let planned = self.state.storage().get_alarm().await?;
            self.alarm.set(planned.map(|planned| u64::try_from(planned).unwrap_or(0)));
        }
        let later = self.alarm.get().is_none_or(|planned| planned > at);
        if later { self.set_alarm(at).await } else { Ok(()) }
    }

    async fn set_alarm(&self, at: u64) -> worker::Result<()> {
        let wait = at.saturating_sub(PlatformClock.now_ms());
        self.state.storage().set_alarm(i64::try_from(wait).unwrap_or(i64::MAX)).await?;
        self.alarm.set(Some(at));
        Ok(())
    }

    async fn run<C>(
        &self,
        mut request: Request,
        decide: impl FnOnce(&Core<'_>, C) -> Result<C::Reply, Fault>,
    ) -> worker::Result<Response>
    where
        C: Command<Error = WorkspaceError>,
    {
        let body = request.text().await?;
        respond::<C>(parse(&body).and_then(|command| self.decide(|core| decide(core, command))))
    }

    /// An operator's command to a conversation: the core looks at the key and the list, the session
    /// answers, and the core records that before it gives the answer on.
    async fn ask_conversation(&self, mut request: Request) -> worker::Result<Response> {
        let body = request.text().await?;
        let asked = parse(&body).and_then(|command: AdminConversation| {
            self.decide(|core| {
                let asked = core.ask(&command)?;
                Ok((core.question(&asked), asked))
            })
        });
        let answered = match asked {
            Ok((question, asked)) => {
                let answer = call(&self.env, &asked.conversation().to_hex(), &question).await;
                self.decide(|core| core.answered(&asked, answer))
            }
            Err(fault) => Err(fault),
        };
        respond::<AdminConversation>(answered)
    }

    /// Lets the core decide, over this object's storage.
    fn decide<T>(&self, decide: impl FnOnce(&Core<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let config = Config::from_env(&self.env)
            .map_err(|_| Fault::Broken("the configuration cannot be used"))?;
        let id = WorkspaceId::parse(&self.state.id().to_string())
            .map_err(|_| Fault::Broken("the object's id has another form"))?;
        let core = Workspace {
            id,
            sql: &self.sql,
            clock: &PlatformClock,
            random: &PlatformRandom,
            keyring: &config.keyring,
            jurisdiction: config.jurisdiction,
            development: config.is_development(),
            platform: &config.platform,
        };
        decide(&core)
    }
}

fn parse<C: Command>(body: &str) -> Result<C, Fault> {
    serde_json::from_str(body)
        .map_err(|_| Fault::Broken("a command of the Worker could not be read"))
}

/// A command's result in its envelope. What is not a refusal goes to the log, once.
fn respond<C: Command<Error = WorkspaceError>>(
    result: Result<C::Reply, Fault>,
) -> worker::Result<Response> {
    envelope(&result.map_err(|fault| match fault {
        Fault::Refused(error) => error,
        Fault::Sql(_) | Fault::Seal(_) | Fault::Random(_) | Fault::Broken(_) => {
            log::error("workspace_failed").word("command", C::PATH).fault(&fault).write();
            WorkspaceError::Failed
        }
    }))
}

impl core::fmt::Debug for WorkspaceObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WorkspaceObject")
    }
}
