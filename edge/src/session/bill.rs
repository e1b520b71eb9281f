//! The shell's side of a paid reply's cost: the workspace has counted tokens before the reply was
//! written, and is told afterwards what it really took, when nobody waits for it any more.

use crate::config::Config;
use crate::log;
use crate::object::call;
use crate::provider::Usage;
use crate::session::core::NetworkTurn;
use crate::session::object::Shell;
use crate::workspace::command::{Reserved, Settle};

/// What was counted for the reply under way, and where.
pub(super) struct Bill {
    workspace: String,
    site: u16,
    reserved: Reserved,
}

impl Bill {
    pub(super) fn new(turn: &NetworkTurn, reserved: Reserved) -> Self {
        Self { workspace: turn.workspace.clone(), site: turn.turn.site.number, reserved }
    }
}

impl Shell {
    /// Tells the workspace what the reply under way has taken; does nothing where nothing was
    /// counted for it. It is told once: if that fails, what was counted beforehand stays.
    pub(super) fn settle(&self, counted: Option<u64>, reply_bytes: usize) {
        let Some(bill) = self.bill.take() else { return };
        let (env, site, reserved) = (self.env.clone(), bill.site, bill.reserved);
        let reply_bytes = u64::try_from(reply_bytes).unwrap_or(u64::MAX);
        let settle = Settle { site, reserved, counted, reply_bytes };
        self.count(settle.used());
        self.state.wait_until(async move {
            if let Err(error) = call(&env, &bill.workspace, &settle).await {
                log::error("settle_not_heard").fault(&error).write();
            }
        });
    }
}

impl Shell {
    /// Counts tokens in the conversation. The reply is there whether or not that can be stored.
    fn count(&self, tokens: u64) {
        let Ok(config) = Config::from_env(&self.env) else { return };
        if let Err(error) = self.core(&config).count_tokens(tokens) {
            log::error("tokens_not_counted").fault(&error).write();
        }
    }
}

/// All tokens that a reply took; `None` if somebody counted none. `usage` is what the provider that
/// wrote it counted, if it is a model's; `lost` what those took that failed before.
pub(super) fn counted(usage: Option<Usage>, lost: Option<u64>) -> Option<u64> {
    let Some(usage) = usage else { return lost };
    let all = usage.input.saturating_add(usage.output);
    (all > 0).then_some(all.saturating_add(lost.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_counts_nothing_has_not_counted_zero() {
        let usage = Some(Usage { input: 9, output: 2 });
        assert_eq!(counted(usage, Some(0)), Some(11));
        assert_eq!(counted(usage, Some(5)), Some(16));
        assert_eq!(counted(usage, None), Some(11));
        assert_eq!(counted(Some(Usage::default()), Some(0)), None);
    }

    #[test]
    fn documents_cost_nothing_but_what_was_lost_before() {
        assert_eq!(counted(None, Some(0)), Some(0));
        assert_eq!(counted(None, Some(7)), Some(7));
        assert_eq!(counted(None, None), None, "the estimate stays");
    }
}
