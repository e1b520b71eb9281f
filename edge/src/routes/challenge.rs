//! The challenge before a new conversation, between the workspace, which says whether there is one,
//! and the browser, which solves it.
//!
//! What a workspace has asked for is remembered for a minute, so that requests without an answer
//! do not even reach it: a flood of them costs one hash each here, and more than that at its source.

use core::cell::Cell;

use sotto_shared::wire::challenge::Solution;

use super::Edge;
use super::by_site::{self, BySite, SiteName};
use crate::auth::challenge::{self, Asker, Solved};
use crate::clock::{Clock as _, PlatformClock};
use crate::error::ApiError;
use crate::object::CallError;
use crate::random::PlatformRandom;
use crate::workspace::command::WorkspaceError;

thread_local! {
    /// How hard the challenges of sites are that this isolate has met.
    static ASKED: Cell<BySite<u8>> = Cell::default();
}

impl Edge {
    /// The challenge that a request brings the answer to, if it does.
    ///
    /// # Errors
    /// 403 `challenge_required` without an answer, if the site has asked for one of late
    pub(super) fn solved(
        &self,
        solution: Option<&Solution>,
        asker: &Asker<'_>,
    ) -> Result<Option<Solved>, ApiError> {
        let now = PlatformClock.now_ms();
        let keyring = &self.config.keyring;
        if let Some(solved) = solution.and_then(|one| challenge::verify(keyring, now, one, asker)) {
            return Ok(Some(solved));
        }
        match by_site::with(&ASKED, |asked| asked.get(&name(asker), now)) {
            Some(bits) => Err(self.challenge(bits, asker)),
            None => Ok(None),
        }
    }

    /// What the caller hears of a workspace's refusal: with the challenge, where that is what is
    /// missing.
    pub(super) fn not_admitted(
        &self,
        error: CallError<WorkspaceError>,
        asker: &Asker<'_>,
    ) -> ApiError {
        let CallError::Refused(WorkspaceError::ChallengeRequired { bits }) = error else {
            return error.into();
        };
        by_site::with(&ASKED, |asked| asked.put(name(asker), bits, PlatformClock.now_ms()));
        self.challenge(bits, asker)
    }

    /// The problem with a new challenge.
    fn challenge(&self, bits: u8, asker: &Asker<'_>) -> ApiError {
        let now = PlatformClock.now_ms();
        challenge::issue(&self.config.keyring, &PlatformRandom, now, bits, asker)
            .map_or_else(Into::into, ApiError::ChallengeRequired)
    }
}

fn name(asker: &Asker<'_>) -> SiteName {
    (asker.site.workspace, asker.site.site.number)
}
