//! How often something may be done in one conversation, exactly: each time it is done is a row, and
//! a row goes when its window is over.
//!
//! A secret that fits is never refused for the wrong ones that came before it: ids of conversations
//! are no secrets, and whoever knows one must not be able to lock its visitor out. An erasure with
//! the right token is not limited at all (promise 6).

use sotto_shared::limits;

use super::{Core, CoreError};
use crate::clock::{Clock, DAY_MS};
use crate::random::Random;
use crate::session::command::SessionError;
use crate::sql::Sql;

pub(super) const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// What is counted in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Messages, with as many a minute as the site allows.
    Message(u32),
    /// New tokens.
    Refresh,
    /// Looks: what a client resumes with, taking up a reply, stopping one.
    Look,
    /// Signed copies.
    Export,
    /// Changes: of consent, and by the visitor's other rights.
    Change,
    /// Refresh and erase tokens whose secret does not fit.
    WrongSecret,
}

/// At most so many within this time, in milliseconds.
type Window = (u64, u32);

impl Counted {
    const fn name(self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Refresh => "refresh",
            Self::Look => "look",
            Self::Export => "export",
            Self::Change => "change",
            Self::WrongSecret => "wrong_secret",
        }
    }

    /// Its windows: the first is the one that is looked at first, the last is the longest.
    const fn windows(self) -> [Window; 2] {
        match self {
            Self::Message(most) => [(MINUTE_MS, most); 2],
            Self::Refresh => {
                [(MINUTE_MS, limits::REFRESHES_PER_MINUTE), (HOUR_MS, limits::REFRESHES_PER_HOUR)]
            }
            Self::Look => [(MINUTE_MS, limits::LOOKS_PER_MINUTE); 2],
            Self::Export => {
                [(MINUTE_MS, limits::EXPORTS_PER_MINUTE), (DAY_MS, limits::EXPORTS_PER_DAY)]
            }
            Self::Change => {
                [(MINUTE_MS, limits::CHANGES_PER_MINUTE), (DAY_MS, limits::CHANGES_PER_DAY)]
            }
            Self::WrongSecret => [(HOUR_MS, limits::WRONG_SECRETS_PER_HOUR); 2],
        }
    }
}

impl<S: Sql, C: Clock, R: Random> Core<'_, S, C, R> {
    /// Counts something that is done now.
    ///
    /// # Errors
    /// [`SessionError::RateLimited`] if it was done too often; it is then not counted.
    pub fn count(&self, what: Counted) -> Result<(), CoreError> {
        let (store, now) = (self.store(), self.clock.now_ms());
        let [first, last] = what.windows();
        let begin = |window: Window| now.saturating_sub(window.0 - 1);
        store.forget_attempts(what.name(), begin(last))?;
        for window in [first, last] {
            let (count, oldest) = store.attempts(what.name(), begin(window))?;
            if count >= u64::from(window.1) {
                let free_at = oldest.unwrap_or(now).saturating_add(window.0);
                let retry_after = free_at.saturating_sub(now).div_ceil(1_000).max(1);
                return Err(SessionError::RateLimited { retry_after }.into());
            }
            if first == last {
                break;
            }
        }
        Ok(store.insert_attempt(what.name(), now)?)
    }

    /// What a secret that does not fit is answered with: [`SessionError::TokenInvalid`], and
    /// [`SessionError::RateLimited`] when it happens too often.
    pub(super) fn wrong_secret(&self) -> CoreError {
        match self.count(Counted::WrongSecret) {
            Ok(()) => SessionError::TokenInvalid.into(),
            Err(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::id::MessageId;

    use super::*;
    use crate::auth::tokens::{EraseToken, RefreshToken};
    use crate::session::command::Refresh;
    use crate::session::core::CoreError::Refused;
    use crate::session::core::Erasure;
    use crate::session::core::tests::World;

    /// The seconds to wait, if it is refused for its rate.
    fn wait<T>(result: &Result<T, CoreError>) -> Option<u64> {
        match result {
            Err(Refused(SessionError::RateLimited { retry_after })) => Some(*retry_after),
            _ => None,
        }
    }

    fn times(most: u32, mut act: impl FnMut()) {
        for _ in 0..most {
            act();
        }
    }

    #[test]
    fn a_minute_later_there_is_room_again() {
        let world = World::minted();
        let count = || world.core().count(Counted::Change);
        times(limits::CHANGES_PER_MINUTE - 1, || count().unwrap());
        world.clock.advance(20_000);
        count().unwrap();
        assert_eq!(wait(&count()), Some(40));
        world.clock.advance(39_001);
        assert_eq!(wait(&count()), Some(1));
        world.clock.advance(999);
        count().unwrap();
        world.clock.advance(DAY_MS);
        count().unwrap();
        let left = world.sql.exec("SELECT count(*) FROM attempt", &[]).unwrap();
        assert_eq!(left[0][0].unsigned(), Some(1), "what is over is not kept");
    }

    #[test]
    fn each_kind_is_counted_by_itself() {
        let world = World::minted();
        times(limits::CHANGES_PER_MINUTE, || world.core().count(Counted::Change).unwrap());
        assert!(wait(&world.core().count(Counted::Change)).is_some());
        world.core().count(Counted::Look).unwrap();
        world.core().count(Counted::Message(1)).unwrap();
        assert!(wait(&world.core().count(Counted::Message(1))).is_some());
        world.core().count(Counted::Message(2)).unwrap();
    }

    #[test]
    fn looks_are_limited() {
        let world = World::minted();
        times(limits::LOOKS_PER_MINUTE, || drop(world.read().unwrap()));
        assert_eq!(wait(&world.read()), Some(60));
        assert_eq!(wait(&world.core().check_open(&world.caller())), Some(60));
    }

    /// Each of them is an entry of the audit log that is kept for seven years.
    #[test]
    fn exports_and_changes_are_limited_by_the_day() {
        let world = World::minted();
        for what in [Counted::Export, Counted::Change] {
            let [(minute, _), (day, most)] = what.windows();
            assert_eq!((minute, day), (MINUTE_MS, DAY_MS));
            for _ in 0..most {
                world.core().count(what).unwrap();
                world.clock.advance(10_000);
            }
            let rest = (DAY_MS - u64::from(most) * 10_000) / 1_000;
            assert_eq!(wait(&world.core().count(what)), Some(rest));
        }
        let world = World::minted();
        times(limits::EXPORTS_PER_MINUTE, || {
            world.core().export(&world.caller(), None).unwrap();
        });
        assert_eq!(wait(&world.core().export(&world.caller(), None)), Some(60));
        world.read().unwrap();
    }

    /// Uses the token in force and takes its successor.
    fn refresh(world: &World, token: &mut String, rotation: u32) -> Result<(), CoreError> {
        let read = RefreshToken::parse(token).unwrap();
        let command = Refresh {
            n: read.n,
            secret: read.secret.to_vec(),
            rotation_id: MessageId::parse(&format!("r-{rotation}")).unwrap(),
            origin: World::terms().origin,
            network: World::home(),
        };
        *token = world.core().refresh(&command)?.refresh_token;
        Ok(())
    }

    #[test]
    fn refreshes_are_limited_by_the_minute_and_by_the_hour() {
        let world = World::minted();
        let mut token = world.refresh_token.clone();
        let minutes = limits::REFRESHES_PER_HOUR / limits::REFRESHES_PER_MINUTE;
        for minute in 0..minutes {
            for n in 0..limits::REFRESHES_PER_MINUTE {
                refresh(&world, &mut token, minute * limits::REFRESHES_PER_MINUTE + n).unwrap();
            }
            if minute + 1 < minutes {
                assert_eq!(wait(&refresh(&world, &mut token, 999)), Some(60));
            }
            world.clock.advance(MINUTE_MS);
        }
        let rest = (HOUR_MS - u64::from(minutes) * MINUTE_MS) / 1_000;
        assert_eq!(wait(&refresh(&world, &mut token, 999)), Some(rest));
        world.clock.advance(rest * 1_000);
        // A message in between gave the conversation another life.
        world.core().store().touch(world.clock.now_ms()).unwrap();
        // Whoever was refused has lost nothing: the token is still the one in force.
        refresh(&world, &mut token, 999).unwrap();
    }

    #[test]
    fn an_old_token_revokes_however_often_tokens_were_asked_for() {
        let world = World::minted();
        let mut token = world.refresh_token.clone();
        for n in 0..limits::REFRESHES_PER_MINUTE {
            refresh(&world, &mut token, n).unwrap();
        }
        let mut old = world.refresh_token.clone();
        let reused = refresh(&world, &mut old, 999);
        assert!(matches!(reused, Err(Refused(SessionError::TokenRevoked))));
    }

    #[test]
    fn wrong_secrets_are_limited_and_lock_nobody_out() {
        let world = World::minted();
        let wrong = || world.core().erase(&[0; 32]);
        let invalid = |result| matches!(result, Err(Refused(SessionError::TokenInvalid)));
        times(limits::WRONG_SECRETS_PER_HOUR - 1, || assert!(invalid(wrong())));
        let mut forged = RefreshToken::parse(&world.refresh_token).unwrap();
        forged.secret[0] ^= 1;
        let forged = || refresh(&world, &mut forged.to_text(), 1);
        assert!(matches!(forged(), Err(Refused(SessionError::TokenInvalid))));
        assert_eq!(wait(&wrong()), Some(3_600));
        assert_eq!(wait(&forged()), Some(3_600));
        refresh(&world, &mut world.refresh_token.clone(), 2).unwrap();
        let right = EraseToken::parse(&world.erase_token).unwrap().secret;
        assert!(matches!(world.core().erase(&right), Ok(Erasure::Bury(_))));
    }
}
