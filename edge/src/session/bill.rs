//! The shell's side of a paid reply's cost: the workspace has counted tokens before the reply was
//! written, and is told afterwards what it really took, when nobody waits for it any more.

use crate::config::Config;
use crate::log;
use crate::object::call;
use crate::session::core::NetworkTurn;
use crate::session::object::Shell;
use crate::session::writer::Written;
use crate::workspace::command::{Reserved, Settle, tokens_of};

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
    pub(super) fn settle(&self, counted: Option<u64>, reply_bytes: u64) {
        let Some(bill) = self.bill.take() else { return };
        let (env, site, reserved) = (self.env.clone(), bill.site, bill.reserved);
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

/// All tokens that a reply of so many bytes took; `None` if somebody counted none. `written` is what
/// came of it, if a model wrote it; `lost` what those took that failed before.
///
/// Some count the first token and then no more until the end. Of a reply that ended otherwise, the
/// output is therefore what its length comes to, if that is more.
pub(super) fn counted(
    written: Option<&Written>,
    reply_bytes: u64,
    lost: Option<u64>,
) -> Option<u64> {
    let Some(Written { usage, is_finished, .. }) = written else { return lost };
    if usage.input.saturating_add(usage.output) == 0 {
        return None;
    }
    let output = if *is_finished { 0 } else { tokens_of(reply_bytes) };
    let all = usage.input.saturating_add(usage.output.max(output));
    Some(all.saturating_add(lost.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Usage;
    use crate::session::record::End;
    use sotto_shared::pii::Counts;
    use sotto_shared::wire::conversation::MessageState;
    use sotto_shared::wire::stream::FinishReason;

    fn written(input: u64, output: u64, is_finished: bool) -> Written {
        let (state, finish) = (MessageState::Complete, FinishReason::Stop);
        Written {
            end: End { state, finish, problem: None },
            usage: Usage { input, output },
            is_finished,
            found: Counts::default(),
            error: None,
        }
    }

    #[test]
    fn a_provider_that_counts_nothing_has_not_counted_zero() {
        let finished = written(9, 2, true);
        assert_eq!(counted(Some(&finished), 400, Some(0)), Some(11));
        assert_eq!(counted(Some(&finished), 400, Some(5)), Some(16));
        assert_eq!(counted(Some(&finished), 400, None), Some(11));
        assert_eq!(counted(Some(&written(0, 0, true)), 400, Some(0)), None);
    }

    #[test]
    fn a_reply_that_was_cut_took_as_much_as_it_is_long() {
        assert_eq!(counted(Some(&written(9, 1, false)), 400, Some(0)), Some(109));
        assert_eq!(counted(Some(&written(9, 150, false)), 400, Some(3)), Some(162));
        assert_eq!(counted(Some(&written(0, 0, false)), 400, Some(0)), None, "an estimate is made");
    }

    #[test]
    fn documents_cost_nothing_but_what_was_lost_before() {
        assert_eq!(counted(None, 400, Some(0)), Some(0));
        assert_eq!(counted(None, 400, Some(7)), Some(7));
        assert_eq!(counted(None, 400, None), None, "the estimate stays");
    }
}
