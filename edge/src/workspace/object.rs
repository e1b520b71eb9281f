//! The workspace's Durable Object: a shell that reads a command, asks the
//! [core](super::core), and puts the reply into its envelope.

#![expect(missing_docs, reason = "what `durable_object` generates has no documentation")]

use sotto_shared::id::WorkspaceId;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::audit::drop_expired;
use super::budget::end_day;
use super::command::{
    Admin, Admit, Create, Forget, IssueKey, Listing, PublicSite, ReadRules, Report,
    ReportProviders, Turn, WorkspaceError,
};
use super::core::{Fault, Workspace};
use super::schema;
use super::store::Store;
use crate::clock::{Clock as _, DAY_MS, PlatformClock};
use crate::config::Config;
use crate::log;
use crate::object::{Command, envelope};
use crate::random::PlatformRandom;
use crate::sql::{ObjectSql, SqlError};

/// One tenant.
#[durable_object]
pub struct WorkspaceObject {
    state: State,
    env: Env,
}

/// The core over the platform's storage, clock and randomness.
type Core<'a> = Workspace<'a, ObjectSql, PlatformClock, PlatformRandom>;

impl DurableObject for WorkspaceObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let path = request.path();
        if !matches!(path.as_str(), PublicSite::PATH | ReadRules::PATH) {
            self.plan_end_of_day().await?;
        }
        match path.as_str() {
            Create::PATH => self.run(request, |core, command| core.create(&command)).await,
            IssueKey::PATH => self.run(request, |core, command| core.issue_key(&command)).await,
            PublicSite::PATH => self.run(request, |core, command| core.public_site(&command)).await,
            ReadRules::PATH => self.run(request, |core, command| core.rules(&command)).await,
            Admit::PATH => self.run(request, |core, command| core.admit(&command)).await,
            Turn::PATH => self.run(request, |core, command| core.turn(&command)).await,
            Listing::PATH => self.run(request, |core, command| core.list(&command)).await,
            Forget::PATH => self.run(request, |core, command| core.forget(&command)).await,
            Report::PATH => self.run(request, |core, command| core.report(&command)).await,
            ReportProviders::PATH => {
                self.run(request, |core, command| core.report_providers(&command)).await
            }
            Admin::PATH => self.run(request, |core, command| core.admin(command)).await,
            _ => Response::error("no such command", 404),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        match self.sweep() {
            Ok(None) => {}
            Ok(Some(due)) => {
                let wait = due.saturating_sub(PlatformClock.now_ms());
                self.state.storage().set_alarm(i64::try_from(wait).unwrap_or(i64::MAX)).await?;
            }
            Err(error) => {
                log::error("workspace_alarm_failed").fault(&error).write();
                self.plan_end_of_day().await?;
            }
        }
        Response::empty()
    }
}

impl WorkspaceObject {
    /// Drops what is to go: the day's counters and their key, and the contents of entries of the
    /// audit log whose retention is over. Says when the next of these is due, Unix milliseconds.
    fn sweep(&self) -> Result<Option<u64>, SqlError> {
        let sql = ObjectSql(self.state.storage().sql());
        if !schema::exists(&sql)? {
            return Ok(None);
        }
        schema::migrate(&sql)?;
        end_day(&Store(&sql), &PlatformClock)?;
        drop_expired(&Store(&sql), &PlatformClock)
    }

    /// Sets the alarm to the end of the day, unless it comes earlier: what counts has a key that
    /// is to go then, and what is recorded has a retention.
    async fn plan_end_of_day(&self) -> worker::Result<()> {
        let storage = self.state.storage();
        let now = PlatformClock.now_ms();
        let rest = i64::try_from(DAY_MS - now % DAY_MS).unwrap_or(i64::MAX);
        let end = i64::try_from(now).unwrap_or(i64::MAX).saturating_add(rest);
        if storage.get_alarm().await?.is_none_or(|alarm| alarm > end) {
            storage.set_alarm(rest).await?;
        }
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
        let result = self.decide(&body, decide).map_err(|fault| match fault {
            Fault::Refused(error) => error,
            Fault::Sql(_) | Fault::Seal(_) | Fault::Random(_) | Fault::Broken(_) => {
                log::error("workspace_failed").word("command", C::PATH).fault(&fault).write();
                WorkspaceError::Failed
            }
        });
        envelope(&result)
    }

    fn decide<C: Command>(
        &self,
        body: &str,
        decide: impl FnOnce(&Core<'_>, C) -> Result<C::Reply, Fault>,
    ) -> Result<C::Reply, Fault> {
        let command = serde_json::from_str(body)
            .map_err(|_| Fault::Broken("a command of the Worker could not be read"))?;
        let config = Config::from_env(&self.env)
            .map_err(|_| Fault::Broken("the configuration cannot be used"))?;
        let id = WorkspaceId::parse(&self.state.id().to_string())
            .map_err(|_| Fault::Broken("the object's id has another form"))?;
        let core = Workspace {
            id,
            sql: &ObjectSql(self.state.storage().sql()),
            clock: &PlatformClock,
            random: &PlatformRandom,
            keyring: &config.keyring,
            jurisdiction: config.jurisdiction,
            development: config.is_development(),
            access: &config.access,
        };
        decide(&core, command)
    }
}

impl core::fmt::Debug for WorkspaceObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WorkspaceObject")
    }
}
