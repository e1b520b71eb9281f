//! The challenge that may stand before a new conversation. docs/challenge.md says how it is met.

use crate::json::{Value, write_string};

/// Comes with the problem `challenge_required`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Challenge {
    /// The text: ASCII, at most 80 characters, to be sent back as it is.
    pub text: String,
    /// How many zero bits the hash has to begin with.
    pub bits: u8,
    /// Until when an answer is taken.
    pub expires_at: u64,
}

/// Answers a [`Challenge`]; goes into the request that was refused, once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Solution {
    /// The challenge's text.
    pub text: String,
    /// The number whose decimal digits, behind the text, give the hash.
    pub nonce: u32,
}

impl Challenge {
    /// Reads what a solver needs of the problem `challenge_required`: the text and the bits.
    #[must_use]
    pub fn read(problem: &Value) -> Option<(String, u32)> {
        let challenge = problem.get("challenge");
        let bits = challenge.get("bits").unsigned().and_then(|bits| u32::try_from(bits).ok())?;
        Some((challenge.get("text").string()?, bits))
    }
}

impl Solution {
    /// Puts the solution into the JSON text of a request.
    #[must_use]
    pub fn put_into(text: &str, nonce: &str, request: &str) -> String {
        let mut out = String::from("{\"challenge\":{\"text\":");
        write_string(&mut out, text);
        out.push_str(",\"nonce\":");
        out.push_str(nonce);
        out.push_str("},");
        out.push_str(request.strip_prefix('{').unwrap_or_default());
        out
    }
}
