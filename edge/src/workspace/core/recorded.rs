//! What of an operator's actions is recorded in the audit log.

use sotto_shared::wire::admin::{KeyEntry, Provider};

use super::{Fault, Workspace};
use crate::clock::Clock;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Object, Outcome};
use crate::workspace::command::{AdminAction, AdminReply};
use crate::workspace::settings::providers;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Does something and records how it ended. What could not be recorded has failed, whatever
    /// became of it.
    pub(super) fn admin_recorded(
        &self,
        key: &KeyEntry,
        action: AdminAction,
    ) -> Result<AdminReply, Fault> {
        let Some((name, object)) = self.recorded_as(&action) else {
            return self.carry_out(key, action);
        };
        let actor = Actor::Operator(key.id.clone());
        // An export holds its own entry, so it is recorded first. If it comes to nothing, that is
        // another entry.
        let is_export = name == Action::AuditExported;
        if is_export {
            self.record(actor.clone(), name, object.clone(), Outcome::Done)?;
        }
        let sets_key = sets_provider_key(&action);
        let result = self.carry_out(key, action);
        let outcome = match &result {
            Ok(_) if is_export => return result,
            Ok(_) => Outcome::Done,
            Err(Fault::Refused(_)) => Outcome::Refused,
            Err(_) => Outcome::Failed,
        };
        // What is new has its id only now.
        let object = match &result {
            Ok(AdminReply::Site(site)) => Object::Site(site.number),
            Ok(AdminReply::KeyCreated(key)) => Object::ApiKey(key.entry.id.clone()),
            _ => object,
        };
        let mut recorded = self.record(actor.clone(), name, object.clone(), outcome);
        if sets_key && recorded.is_ok() {
            recorded = self.record(actor, Action::ProviderKeySet, object, outcome);
        }
        // Why it failed says more than why that could not be recorded.
        let reply = result?;
        recorded?;
        Ok(reply)
    }

    /// The name of an action and what it is done to; `None` for a checkpoint, which tells nothing
    /// but how long the log is, and for how the providers do.
    fn recorded_as(&self, action: &AdminAction) -> Option<(Action, Object)> {
        let workspace = Object::Workspace(self.id);
        Some(match action {
            AdminAction::CreateSite(_) => (Action::SiteCreated, workspace),
            AdminAction::ChangeSite(site, _) => (Action::SiteChanged, Object::Site(*site)),
            AdminAction::DeleteSite(site) => (Action::SiteRemoved, Object::Site(*site)),
            AdminAction::ListSites => (Action::SitesListed, workspace),
            AdminAction::PutDocument { site, name, .. } => {
                (Action::DocumentPut, Object::document(*site, name))
            }
            AdminAction::DeleteDocument { site, name } => {
                (Action::DocumentRemoved, Object::document(*site, name))
            }
            AdminAction::ListDocuments(site) => (Action::DocumentsListed, Object::Site(*site)),
            AdminAction::ListConversations { .. } => (Action::ConversationsListed, workspace),
            AdminAction::ReadCounts { site, .. } => (Action::CountsRead, Object::Site(*site)),
            AdminAction::ReplaceSiteKey(site) => (Action::SiteKeyReplaced, Object::Site(*site)),
            AdminAction::CreateKey(_) => (Action::ApiKeyCreated, workspace),
            AdminAction::ListKeys => (Action::ApiKeysListed, workspace),
            AdminAction::DeleteKey(id) => (Action::ApiKeyRemoved, Object::ApiKey(id.clone())),
            AdminAction::ExportAudit(_) => (Action::AuditExported, workspace),
            AdminAction::ReadCheckpoint | AdminAction::ReadHealth => return None,
        })
    }
}

/// Whether an action brings a provider's key.
fn sets_provider_key(action: &AdminAction) -> bool {
    match action {
        AdminAction::CreateSite(settings) | AdminAction::ChangeSite(_, settings) => {
            let has_key = |provider: &Provider| provider.remote().is_some_and(|r| r.key.is_some());
            providers::list(settings).any(has_key)
        }
        _ => false,
    }
}
