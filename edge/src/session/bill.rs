//! The shell's side of a paid reply's cost: the workspace has counted tokens before the reply was
//! written, and is told afterwards what it really took, when nobody waits for it any more.

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
        self.state.wait_until(async move {
            if let Err(error) = call(&env, &bill.workspace, &settle).await {
                log::error("settle_not_heard").fault(&error).write();
            }
        });
    }
}

/// All tokens that a provider counted; `None` if it counted none.
pub(super) fn counted(usage: Usage) -> Option<u64> {
    let all = usage.input.saturating_add(usage.output);
    (all > 0).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_counts_nothing_has_not_counted_zero() {
        assert_eq!(counted(Usage { input: 9, output: 2 }), Some(11));
        assert_eq!(counted(Usage::default()), None);
    }
}
