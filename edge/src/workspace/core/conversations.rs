//! What an operator asks of conversations: the list, which is the workspace's own, and each of them,
//! which its session answers. An operator reaches a session by way of its workspace alone, which
//! checks the key and the list before, and records what came of it before anything is shown.

use sotto_shared::id::ConversationId;
use sotto_shared::limits::HOLD_SECONDS_MAX;
use sotto_shared::wire::admin::{ConversationEntry, ConversationFlag, ConversationList, Hold};

use super::{Fault, Workspace, count, invalid, sweep};
use crate::clock::Clock;
use crate::object::CallError;
use crate::random::Random;
use crate::session::command::{Operator, OperatorAction, OperatorReply, SessionError};
use crate::sql::Sql;
use crate::workspace::audit::{Action, Actor, Event, Object, Outcome};
use crate::workspace::command::{AdminConversation, AdminReply, Forgotten, WorkspaceError};

/// Conversations on one page of the list.
const PAGE: u32 = 100;

/// What is asked of a session for an operator, until it has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Id of the API key.
    key: String,
    conversation: ConversationId,
    /// Its site, if the conversation is on the list.
    site: Option<u16>,
    action: OperatorAction,
}

impl Asked {
    /// Whose session is asked.
    #[must_use]
    pub const fn conversation(&self) -> &ConversationId {
        &self.conversation
    }
}

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// A page of the list.
    pub(super) fn list_conversations(
        &self,
        after: Option<&str>,
        site: Option<u16>,
        flag: Option<ConversationFlag>,
    ) -> Result<AdminReply, Fault> {
        let after = after.map_or(Ok(0), |cursor| {
            cursor.parse::<u64>().map_err(|_| invalid("after", "must be what `next` said"))
        })?;
        // One more than a page shows whether there is another page.
        let mut rows = self.store().conversations(after, site, flag, PAGE + 1)?;
        let more = count(rows.len()) > u64::from(PAGE);
        rows.truncate(PAGE as usize);
        let next = rows.last().filter(|_| more).map(|(position, _)| position.to_string());
        let conversations = rows.iter().map(|(_, listed)| listed.entry()).collect();
        Ok(AdminReply::Conversations(ConversationList { conversations, next }))
    }

    /// Looks whether the operator's key may do it and the conversation is this workspace's. What is
    /// refused here is recorded.
    ///
    /// # Errors
    /// [`WorkspaceError::ConversationUnknown`]: another workspace's conversation is as unknown as
    /// one that never was; [`WorkspaceError::InvalidValue`] for a hold that ends too late.
    pub fn ask(&self, command: &AdminConversation) -> Result<Asked, Fault> {
        self.wake()?;
        let action = command.action;
        let key = self.log_in(&command.secret, action.scope())?;
        let conversation = command.conversation;
        let site = self.store().site_of(&conversation)?;
        let asked = Asked { key: key.id, conversation, site, action };
        let refusal = match action {
            // What is left of an erased conversation is on no list: it knows whose it was.
            OperatorAction::Consent => None,
            _ if site.is_none() => Some(WorkspaceError::ConversationUnknown),
            OperatorAction::Hold(Some(hold)) => self.check_hold(hold).err(),
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.record_asked(&asked, Outcome::Refused)?;
            return Err(refusal.into());
        }
        if action == OperatorAction::Erase {
            // The session tells of its erasure by itself as well, which may be heard first.
            self.store().mark_erasing(&conversation, &asked.key)?;
        }
        Ok(asked)
    }

    /// What the session is asked.
    pub fn question(&self, asked: &Asked) -> Operator {
        Operator { workspace: self.id, action: asked.action }
    }

    /// Records what the session answered, and only then gives the answer on.
    ///
    /// # Errors
    /// [`WorkspaceError::Conversation`] with the session's refusal, [`WorkspaceError::Unreachable`];
    /// [`Fault`] if it cannot be recorded: nothing is shown then.
    pub fn answered(
        &self,
        asked: &Asked,
        answer: Result<OperatorReply, CallError<SessionError>>,
    ) -> Result<OperatorReply<ConversationEntry>, Fault> {
        let outcome = match &answer {
            Ok(_) => Outcome::Done,
            Err(CallError::Refused(error)) if *error != SessionError::Failed => Outcome::Refused,
            Err(_) => Outcome::Failed,
        };
        // The session may have told of its erasure first, by which it was recorded. What else was
        // answered is recorded, though the conversation is on the list no more.
        let store = self.store();
        let is_told = matches!(answer, Ok(OperatorReply::Erased(_)))
            && store.listed(&asked.conversation)?.is_none();
        if !is_told {
            self.record_asked(asked, outcome)?;
        }
        match answer {
            Ok(OperatorReply::Consent(shown)) => Ok(OperatorReply::Consent(shown)),
            Ok(OperatorReply::Read(conversation)) => Ok(OperatorReply::Read(conversation)),
            Ok(OperatorReply::Erased(receipt)) => {
                self.settle_counts(&asked.conversation, Forgotten::ErasedByOperator)?;
                store.forget_conversation(&asked.conversation)?;
                Ok(OperatorReply::Erased(receipt))
            }
            Ok(OperatorReply::Listed(listing)) => {
                self.take_over(&listing, sweep::check_after(&listing))?;
                let listed = store.listed(&asked.conversation)?;
                let listed = listed.ok_or(WorkspaceError::ConversationUnknown)?;
                Ok(OperatorReply::Listed(listed.entry()))
            }
            // It was listed and could not be made, or what was left of it is gone too.
            Err(CallError::Refused(SessionError::Unknown) | CallError::NoSuchObject) => {
                Err(WorkspaceError::ConversationUnknown.into())
            }
            Err(CallError::Refused(SessionError::Failed)) => Err(WorkspaceError::Failed.into()),
            Err(CallError::Refused(error)) => Err(WorkspaceError::Conversation(error).into()),
            Err(CallError::Unreachable(_)) => Err(WorkspaceError::Unreachable.into()),
        }
    }

    fn check_hold(&self, hold: Hold) -> Result<(), WorkspaceError> {
        let now = self.clock.now_ms();
        let latest = now.saturating_add(HOLD_SECONDS_MAX * 1_000);
        if hold.until > now && hold.until <= latest {
            Ok(())
        } else {
            Err(invalid("until", "must be a time within the next 400 days"))
        }
    }

    fn record_asked(&self, asked: &Asked, outcome: Outcome) -> Result<(), Fault> {
        let reason = match asked.action {
            OperatorAction::Read { reason } | OperatorAction::Export { reason } => {
                reason.map(|reason| reason.name())
            }
            OperatorAction::Hold(hold) => hold.map(|hold| hold.reason.name()),
            OperatorAction::Answer(outcome) => Some(outcome.name()),
            OperatorAction::Erase | OperatorAction::Consent => None,
        };
        let action = match asked.action {
            OperatorAction::Read { .. } => Action::ConversationRead,
            OperatorAction::Export { .. } => Action::ConversationExported,
            OperatorAction::Erase => Action::ConversationErased,
            OperatorAction::Hold(Some(_)) => Action::ConversationHeld,
            OperatorAction::Hold(None) => Action::ConversationReleased,
            OperatorAction::Answer(_) => Action::ReviewAnswered,
            OperatorAction::Consent => Action::ConsentShown,
        };
        Ok(self.audit().append(&Event {
            actor: Actor::Operator(asked.key.clone()),
            action,
            object: Object::Conversation(asked.site, asked.conversation),
            reason,
            outcome,
        })?)
    }
}
