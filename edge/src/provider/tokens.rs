//! What a turn costs in tokens: the provider's count where there is one, else what the texts'
//! length comes to.

use serde::{Deserialize, Serialize};

/// Bytes of UTF-8 in a token, about: English has a little more, other languages less.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens of so many bytes, about.
#[must_use]
pub fn tokens_of(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).div_ceil(BYTES_PER_TOKEN)
}

/// Bytes of so many tokens, about.
#[must_use]
pub fn bytes_of(tokens: u64) -> usize {
    usize::try_from(tokens.saturating_mul(BYTES_PER_TOKEN)).unwrap_or(usize::MAX)
}

/// Tokens as the provider counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, those included that a cache held.
    pub input: u64,
    /// Tokens of the reply, thoughts included.
    pub output: u64,
}

/// Tokens that a turn took, as far as anybody counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Tokens that were counted, or that a reply's length comes to.
    pub tokens: u64,
    /// How often the prompt was taken without being counted.
    pub prompts: u32,
}

impl Taken {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            prompts: self.prompts.saturating_add(other.prompts),
        }
    }

    /// All of it in tokens, where a prompt has about so many tokens.
    #[must_use]
    pub fn in_all(self, prompt: u64) -> u64 {
        self.tokens.saturating_add(prompt.saturating_mul(self.prompts.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_that_nobody_counted_took_their_prompt() {
        let lost = Taken { tokens: 7, prompts: 2 };
        let reply = Taken { tokens: 11, prompts: 0 };
        assert_eq!(lost.plus(reply), Taken { tokens: 18, prompts: 2 });
        assert_eq!(lost.plus(reply).in_all(100), 218);
        assert_eq!((tokens_of(0), tokens_of(1), tokens_of(8), bytes_of(2)), (0, 1, 2, 8));
    }
}
