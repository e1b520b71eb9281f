//! The shell's side of a paid reply's cost: the workspace has counted tokens before the reply was
//! written, and is told afterwards what it really took, when nobody waits for it any more.
//! The provider's count holds where there is one; else it is what the texts' length comes to.

use crate::config::Config;
use crate::log;
use crate::object::call;
use crate::provider::tokens::tokens_of;
use crate::provider::{Prompt, Taken, Usage};
use crate::session::core::NetworkTurn;
use crate::session::object::Shell;
use crate::workspace::command::{Reserved, Settle};

/// What was counted for the reply under way, and where.
pub(super) struct Bill {
    workspace: String,
    site: u16,
    reserved: Reserved,
    /// Tokens of the prompt, about.
    prompt: u64,
    /// What those took that failed before a word.
    lost: Taken,
    /// What the model that writes has counted so far; `None` while none writes.
    usage: Option<Usage>,
}

impl Bill {
    pub(super) fn new(turn: &NetworkTurn, reserved: Reserved) -> Self {
        let (workspace, site) = (turn.workspace.clone(), turn.turn.site.number);
        Self {
            workspace,
            site,
            reserved,
            prompt: reserved.tokens,
            lost: Taken::default(),
            usage: None,
        }
    }
}

impl Shell {
    /// Takes down how long the prompt became in the end.
    pub(super) fn weigh(&self, prompt: &Prompt) {
        self.change_bill(|bill| bill.prompt = prompt.tokens());
    }

    /// Takes down what those took that failed before a word.
    pub(super) fn lose(&self, lost: Taken) {
        self.change_bill(|bill| bill.lost = lost);
    }

    /// Takes down what the model that writes has counted so far; nothing at first.
    pub(super) fn note_usage(&self, usage: Usage) {
        self.change_bill(|bill| bill.usage = Some(usage));
    }

    /// Settles a reply that nobody was asked for.
    pub(super) fn settle_unasked(&self) {
        self.settle(|_| Taken::default());
    }

    /// Settles a reply that was stopped when it had so many bytes.
    pub(super) fn settle_stopped(&self, reply_bytes: usize) {
        self.settle(|usage| match usage {
            // Somebody is being asked who has not answered yet.
            None if reply_bytes == 0 => Taken { tokens: 0, prompts: 1 },
            usage => written(usage, false, reply_bytes),
        });
    }

    /// Settles a reply that was written; `is_finished` says whether the provider itself ended it.
    pub(super) fn settle_written(&self, is_finished: bool, reply_bytes: usize) {
        self.settle(|usage| written(usage, is_finished, reply_bytes));
    }

    /// Tells the workspace what the reply under way has taken, and those that failed before it; does
    /// nothing where nothing was counted for it. It is told once: if that fails, what was counted
    /// beforehand stays.
    fn settle(&self, taken: impl FnOnce(Option<Usage>) -> Taken) {
        let Some(bill) = self.bill.take() else { return };
        let (env, site, reserved) = (self.env.clone(), bill.site, bill.reserved);
        let all = bill.lost.plus(taken(bill.usage));
        let settle = Settle { site, reserved, tokens: all.in_all(bill.prompt) };
        self.count(settle.tokens);
        self.state.wait_until(async move {
            if let Err(error) = call(&env, &bill.workspace, &settle).await {
                log::error("settle_not_heard").fault(&error).write();
            }
        });
    }

    fn change_bill(&self, change: impl FnOnce(&mut Bill)) {
        let mut bill = self.bill.take();
        bill.as_mut().map(change);
        self.bill.set(bill);
    }

    /// Counts tokens in the conversation. The reply is there whether or not that can be stored.
    fn count(&self, tokens: u64) {
        let Ok(config) = Config::from_env(&self.env) else { return };
        if let Err(error) = self.core(&config).count_tokens(tokens) {
            log::error("tokens_not_counted").fault(&error).write();
        }
    }
}

/// What a reply took that was written: nothing if no model wrote it.
fn written(usage: Option<Usage>, is_finished: bool, reply_bytes: usize) -> Taken {
    usage.map_or_else(Taken::default, |usage| taken(usage, is_finished, reply_bytes))
}

/// What a reply of so many bytes took by the provider's last count; `is_finished` says whether the
/// provider itself ended it.
///
/// Some count the first token and then no more until the end. Of a reply that ended otherwise, the
/// output is therefore what its length comes to, if that is more.
fn taken(usage: Usage, is_finished: bool, reply_bytes: usize) -> Taken {
    let by_length = tokens_of(reply_bytes);
    if usage.input.saturating_add(usage.output) == 0 {
        return Taken { tokens: by_length, prompts: 1 };
    }
    let output = if is_finished { usage.output } else { usage.output.max(by_length) };
    Taken { tokens: usage.input.saturating_add(output), prompts: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn usage(input: u64, output: u64) -> Usage {
        Usage { input, output }
    }

    const fn tokens(tokens: u64) -> Taken {
        Taken { tokens, prompts: 0 }
    }

    #[test]
    fn what_the_provider_counted_holds() {
        assert_eq!(taken(usage(9, 2), true, 400), tokens(11));
    }

    #[test]
    fn documents_cost_nothing() {
        assert_eq!(written(None, true, 400), tokens(0));
        assert_eq!(written(Some(usage(9, 2)), true, 400), tokens(11));
    }

    #[test]
    fn a_provider_that_counts_nothing_has_not_counted_zero() {
        for is_finished in [true, false] {
            let uncounted = Taken { tokens: 100, prompts: 1 };
            assert_eq!(taken(usage(0, 0), is_finished, 400), uncounted);
        }
    }

    #[test]
    fn a_reply_that_was_cut_took_as_much_as_it_is_long() {
        assert_eq!(taken(usage(9, 1), false, 400), tokens(109));
        assert_eq!(taken(usage(9, 150), false, 400), tokens(159));
    }
}
