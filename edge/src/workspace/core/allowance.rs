//! What a site may still do: begin a conversation, ask a paid provider, and what that really took.

use sotto_shared::limits;
use sotto_shared::wire::admin::{Budget as Limits, SiteSettings};

use super::{Fault, Workspace};
use crate::clock::Clock;
use crate::provider::tokens::tokens_of;
use crate::random::Random;
use crate::sql::Sql;
use crate::workspace::budget::{ALL_SITES, Budget, BudgetError, Kind};
use crate::workspace::command::{Admit, Reserved, Settle, Turn, WorkspaceError};
use crate::workspace::rates::Rate;

/// Tokens of a prompt that are the same for every reply (our rules, the earlier messages), about.
const TOKENS_BESIDE: u64 = 1_000;

impl<S: Sql, C: Clock, R: Random> Workspace<'_, S, C, R> {
    /// Lets a conversation begin, in this order:
    ///
    /// 1. the site's challenge, once ([`WorkspaceError::ChallengeRequired`]);
    /// 2. the minute's limits of the site and of all sites ([`WorkspaceError::RateLimited`]);
    /// 3. the day's budgets of the network and of all sites ([`WorkspaceError::BudgetSpent`]);
    /// 4. all of them are taken, since nothing refuses it any more: whoever is refused takes nothing
    ///    from others, and the answer to the challenge still counts. A site that has used up its own
    ///    day is not closed: what follows is answered by `local`.
    pub(super) fn let_begin(
        &self,
        command: &Admit,
        site: u16,
        settings: &SiteSettings,
    ) -> Result<(), Fault> {
        let (rates, limits) = (self.rates(), settings.budget);
        // 1
        let asked = rates.challenge(site, settings.challenge, limits.sessions_per_minute)?;
        let solved = match &command.solved {
            Some(solved) if !self.store().is_used(&solved.salt)? => Some(solved),
            _ => None,
        };
        if let (Some(bits), None) = (asked, solved) {
            return Err(WorkspaceError::ChallengeRequired { bits }.into());
        }
        // 2
        let of_site = (Rate::Site(site), limits.sessions_per_minute);
        let of_all = (Rate::AllSites, limits::WORKSPACE_SESSIONS_PER_MINUTE);
        for (what, limit) in [of_site, of_all] {
            rates.check(what, limit)?;
        }
        // 3
        let budget = self.budget()?;
        let all = u64::from(limits::WORKSPACE_SESSIONS_PER_DAY);
        let network = (&command.network, limits.sessions_per_network);
        budget.check_for(site, Kind::Sessions, network.0, network.1)?;
        budget.check(ALL_SITES, Kind::Sessions, all)?;
        // 4
        for (what, limit) in [of_site, of_all] {
            rates.take(what, limit)?;
        }
        rates.remember(site, limits.sessions_per_minute)?;
        if let Some(solved) = solved {
            self.store().forget_challenges(self.clock.now_ms())?;
            self.store().use_challenge(&solved.salt, solved.expires_at)?;
        }
        budget.take_for(site, Kind::Sessions, network.0, network.1)?;
        budget.take(ALL_SITES, Kind::Sessions, 1, all)?;
        unless_spent(budget.take(site, Kind::Sessions, 1, limits.sessions.into()))?;
        Ok(())
    }

    /// Lets a message be answered: [`WorkspaceError::BudgetSpent`] for a network that has used up
    /// its messages, and for a workspace that has.
    pub(super) fn let_answer(
        &self,
        budget: &Budget<'_, S>,
        command: &Turn,
        limits: Limits,
    ) -> Result<(), Fault> {
        let site = command.site.number;
        budget.take_for(site, Kind::Messages, &command.network, limits.messages_per_network)?;
        budget.take(ALL_SITES, Kind::Messages, 1, limits::WORKSPACE_MESSAGES_PER_DAY.into())?;
        Ok(())
    }

    /// Lets a paid provider write the reply to a prompt of about so many bytes, and counts its
    /// tokens beforehand, so that replies which are written at the same time cannot together take
    /// more than is left; `None` where the site's conversations, paid messages or tokens are used
    /// up.
    pub(super) fn let_pay(
        &self,
        budget: &Budget<'_, S>,
        site: u16,
        limits: Limits,
        bytes: usize,
    ) -> Result<Option<Reserved>, Fault> {
        if budget.is_spent(site, Kind::Sessions, limits.sessions.into())?
            || budget.is_spent(site, Kind::Tokens, limits.tokens)?
            || !unless_spent(budget.take(site, Kind::Paid, 1, limits.messages.into()))?
        {
            return Ok(None);
        }
        let tokens = tokens_of(bytes).saturating_add(TOKENS_BESIDE);
        let is_left = unless_spent(budget.take(site, Kind::Tokens, tokens, limits.tokens))?;
        Ok(is_left.then_some(Reserved { day: budget.day(), tokens }))
    }

    /// Counts what a reply really took in the place of what was counted beforehand. A reply of which
    /// nothing is told stays as it was counted.
    pub fn settle(&self, command: &Settle) -> Result<(), Fault> {
        self.wake()?;
        let Reserved { day, tokens } = command.reserved;
        let budget = self.budget()?;
        Ok(budget.correct(command.site, Kind::Tokens, day, tokens, command.tokens)?)
    }
}

/// Whether something was taken; whatever else went wrong is an error still.
fn unless_spent(taken: Result<(), BudgetError>) -> Result<bool, BudgetError> {
    match taken {
        Ok(()) => Ok(true),
        Err(BudgetError::Spent { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
