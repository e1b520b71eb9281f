//! The shell's side of a paid reply's cost: the workspace has counted tokens before the reply was
//! written, and is told afterwards what it really took, when nobody waits for it any more.
//! The provider's count holds where there is one; else it is what the texts' length comes to.

use crate::config::Config;
use crate::log;
use crate::object::call;
use crate::provider::tokens::tokens_of;
use crate::provider::{Prompt, Taken};
use crate::session::core::NetworkTurn;
use crate::session::object::Shell;
use crate::session::writer::Written;
use crate::workspace::command::{Reserved, Settle};

/// What was counted for the reply under way, and where.
pub(super) struct Bill {
    workspace: String,
    site: u16,
    reserved: Reserved,
    /// Tokens of the prompt, about.
    prompt: u64,
}

impl Bill {
    pub(super) fn new(turn: &NetworkTurn, reserved: Reserved) -> Self {
        let (workspace, site) = (turn.workspace.clone(), turn.turn.site.number);
        Self { workspace, site, reserved, prompt: reserved.tokens }
    }
}

impl Shell {
    /// Takes down how long the prompt became in the end.
    pub(super) fn weigh(&self, prompt: &Prompt) {
        if let Some(bill) = self.bill.take() {
            self.bill.set(Some(Bill { prompt: prompt.tokens(), ..bill }));
        }
    }

    /// Tells the workspace what the reply under way has taken; does nothing where nothing was
    /// counted for it. It is told once: if that fails, what was counted beforehand stays.
    pub(super) fn settle(&self, taken: Taken) {
        let Some(bill) = self.bill.take() else { return };
        let (env, site, reserved) = (self.env.clone(), bill.site, bill.reserved);
        let settle = Settle { site, reserved, tokens: taken.in_all(bill.prompt) };
        self.count(settle.tokens);
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

/// What a turn took whose reply has so many bytes. `written` is what came of it, if a model wrote it;
/// `lost` what those took that failed before.
///
/// Some count the first token and then no more until the end. Of a reply that ended otherwise, the
/// output is therefore what its length comes to, if that is more.
pub(super) fn taken(written: Option<&Written>, reply_bytes: usize, lost: Taken) -> Taken {
    let Some(Written { usage, is_finished, .. }) = written else { return lost };
    let by_length = tokens_of(reply_bytes);
    let of_reply = if usage.input.saturating_add(usage.output) == 0 {
        Taken { tokens: by_length, prompts: 1 }
    } else {
        let output = if *is_finished { usage.output } else { usage.output.max(by_length) };
        Taken { tokens: usage.input.saturating_add(output), prompts: 0 }
    };
    lost.plus(of_reply)
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

    const fn tokens(tokens: u64) -> Taken {
        Taken { tokens, prompts: 0 }
    }

    #[test]
    fn what_the_provider_counted_holds() {
        let finished = written(9, 2, true);
        assert_eq!(taken(Some(&finished), 400, tokens(0)), tokens(11));
        assert_eq!(taken(Some(&finished), 400, tokens(5)), tokens(16));
        let slow = Taken { tokens: 0, prompts: 1 };
        assert_eq!(taken(Some(&finished), 400, slow), Taken { tokens: 11, prompts: 1 });
    }

    #[test]
    fn a_provider_that_counts_nothing_has_not_counted_zero() {
        for is_finished in [true, false] {
            let uncounted = Taken { tokens: 100, prompts: 1 };
            assert_eq!(taken(Some(&written(0, 0, is_finished)), 400, tokens(0)), uncounted);
        }
    }

    #[test]
    fn a_reply_that_was_cut_took_as_much_as_it_is_long() {
        assert_eq!(taken(Some(&written(9, 1, false)), 400, tokens(0)), tokens(109));
        assert_eq!(taken(Some(&written(9, 150, false)), 400, tokens(3)), tokens(162));
    }

    #[test]
    fn documents_cost_nothing_but_what_was_lost_before() {
        assert_eq!(taken(None, 400, tokens(0)), tokens(0));
        assert_eq!(taken(None, 400, tokens(7)), tokens(7));
    }
}
