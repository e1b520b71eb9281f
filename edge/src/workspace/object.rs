//! The workspace's Durable Object: a shell that reads a command, asks the
//! [core](super::core), and puts the reply into its envelope.

#![expect(missing_docs, reason = "what `durable_object` generates has no documentation")]

use sotto_shared::id::WorkspaceId;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use super::budget::end_day;
use super::command::{
    Admin, Admit, Create, Forget, IssueKey, PublicSite, ReadRules, Turn, WorkspaceError,
};
use super::core::{Fault, Workspace};
use super::store::Store;
use crate::clock::{Clock as _, DAY_MS, PlatformClock};
use crate::config::Config;
use crate::log;
use crate::object::{Command, envelope};
use crate::random::PlatformRandom;
use crate::sql::ObjectSql;

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
        match request.path().as_str() {
            Create::PATH => self.run(request, |core, command| core.create(&command)).await,
            IssueKey::PATH => self.run(request, |core, command| core.issue_key(&command)).await,
            PublicSite::PATH => self.run(request, |core, command| core.public_site(&command)).await,
            ReadRules::PATH => self.run(request, |core, command| core.rules(&command)).await,
            // Both count, under a key that is to go when the day is over.
            Admit::PATH => {
                self.plan_end_of_day().await?;
                self.run(request, |core, command| core.admit(&command)).await
            }
            Turn::PATH => {
                self.plan_end_of_day().await?;
                self.run(request, |core, command| core.turn(&command)).await
            }
            Forget::PATH => self.run(request, |core, command| core.forget(&command)).await,
            Admin::PATH => self.run(request, |core, command| core.admin(command)).await,
            _ => Response::error("no such command", 404),
        }
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let sql = ObjectSql(self.state.storage().sql());
        if let Err(error) = end_day(&Store(&sql), &PlatformClock) {
            log::error("workspace_alarm_failed").fault(&error).write();
            self.plan_end_of_day().await?;
        }
        Response::empty()
    }
}

impl WorkspaceObject {
    /// Sets the alarm to the end of the day, unless it is set.
    async fn plan_end_of_day(&self) -> worker::Result<()> {
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            let rest = DAY_MS - PlatformClock.now_ms() % DAY_MS;
            storage.set_alarm(i64::try_from(rest).unwrap_or(i64::MAX)).await?;
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
        };
        decide(&core, command)
    }
}

impl core::fmt::Debug for WorkspaceObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WorkspaceObject")
    }
}
