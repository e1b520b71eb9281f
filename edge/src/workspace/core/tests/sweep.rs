//! How a workspace looks after its conversations.

use super::*;
use crate::object::{CallError, Unreachable};
use crate::session::command::{Lifetimes, SessionError};
use crate::sql::FailingSql;
use crate::workspace::command::Listing;

const CONVERSATION: ConversationId = ConversationId::from_bytes([7; 32]);
const HOUR_MS: u64 = 3_600_000;

fn with_conversations(count: u8) -> (Fixture, [u8; 32]) {
    let generous = SiteSettings {
        budget: DayBudget { sessions_per_network: 1_000, ..DayBudget::default() },
        ..settings()
    };
    let (fixture, secret) = Fixture::with_site(generous);
    for n in 0..count {
        let conversation = ConversationId::from_bytes([7 + n; 32]);
        fixture.admit(|admit| admit.conversation = conversation).unwrap();
    }
    (fixture, secret)
}

impl Fixture {
    fn sweep(&self) -> Vec<Check> {
        self.core().begin_sweep().unwrap()
    }

    fn wake_in(&self) -> Option<u64> {
        self.core().next_wake().unwrap().map(|at| at.saturating_sub(self.clock.now_ms()))
    }

    fn is_listed(&self) -> bool {
        self.core().store().listed(&CONVERSATION).unwrap().is_some()
    }

    fn audited(&self) -> usize {
        let erased = "SELECT 1 FROM audit WHERE payload LIKE '%conversation.erased%'";
        self.sql.exec(erased, &[]).unwrap().len()
    }
}

fn listing(fixture: &Fixture, ends_at: u64) -> Listing {
    Listing { ends_at, ..fixture.core().store().listed(&CONVERSATION).unwrap().unwrap().told }
}

#[test]
fn a_conversation_is_asked_at_the_end_of_the_day_after_it_should_have_ended() {
    let (fixture, _) = with_conversations(1);
    // Day 20,000 begins. It lives for a day and has an hour to say that it has ended.
    assert!(fixture.sweep().is_empty());
    fixture.clock.advance(2 * DAY_MS - 1);
    assert!(fixture.sweep().is_empty());
    assert_eq!(fixture.wake_in(), Some(1));
    fixture.clock.advance(1);
    let checks = fixture.sweep();
    assert_eq!((checks.len(), checks[0].conversation), (1, CONVERSATION));
    assert_eq!(checks[0].question.workspace, ID);
    assert_eq!(checks[0].question.lifetimes, settings::lifetimes(&settings()));
    assert!(fixture.sweep().is_empty(), "it is not asked twice at once");
}

/// Messages move the end, of which the list is not told: it hears when it asks.
#[test]
fn one_that_lives_on_is_asked_again_when_it_should_have_ended_then() {
    let (fixture, _) = with_conversations(1);
    fixture.clock.advance(2 * DAY_MS);
    let check = fixture.sweep().remove(0);
    let ends_at = fixture.clock.now_ms() + DAY_MS / 2;
    let answer = Ok(listing(&fixture, ends_at));
    fixture.core().checked(&check, &answer).unwrap();
    assert_eq!(
        fixture.core().store().listed(&CONVERSATION).unwrap().unwrap().told.ends_at,
        ends_at
    );
    assert_eq!(fixture.wake_in(), Some(DAY_MS));
    fixture.clock.advance(DAY_MS);
    assert_eq!(fixture.sweep().len(), 1);
}

#[test]
fn what_was_missed_is_made_good() {
    let receipt = || "R".to_owned();
    for (answer, entries) in [
        (SessionError::Ended { receipt: receipt() }, 1),
        (SessionError::Erased { receipt: receipt() }, 1),
        (SessionError::ErasedByOperator { receipt: receipt() }, 1),
        (SessionError::Unknown, 0),
    ] {
        let (fixture, _) = with_conversations(1);
        fixture.clock.advance(2 * DAY_MS);
        let check = fixture.sweep().remove(0);
        let answer = Err(CallError::Refused(answer));
        fixture.core().checked(&check, &answer).unwrap();
        assert!(!fixture.is_listed(), "{answer:?}");
        assert_eq!(fixture.audited(), entries, "{answer:?}");
        fixture.core().checked(&check, &answer).unwrap();
        assert_eq!(fixture.audited(), entries, "{answer:?}");
    }
}

/// A row is written before its object is made; only one that is old was never made.
#[test]
fn a_conversation_that_is_about_to_be_made_stays_listed() {
    let (fixture, _) = with_conversations(1);
    fixture.core().store().check_site(1).unwrap();
    let check = fixture.sweep().remove(0);
    let unknown = Err(CallError::Refused(SessionError::Unknown));
    fixture.core().checked(&check, &unknown).unwrap();
    assert!(fixture.is_listed());
    fixture.clock.advance(HOUR_MS);
    let check = fixture.sweep().remove(0);
    fixture.core().checked(&check, &unknown).unwrap();
    assert!(!fixture.is_listed());
}

#[test]
fn one_that_does_not_answer_is_asked_again() {
    let (fixture, _) = with_conversations(1);
    fixture.clock.advance(2 * DAY_MS);
    for answer in
        [CallError::Unreachable(Unreachable::Status(500)), CallError::Refused(SessionError::Failed)]
    {
        let check = fixture.sweep().remove(0);
        fixture.core().checked(&check, &Err(answer)).unwrap();
        assert_eq!(fixture.wake_in(), Some(600_000));
        fixture.clock.advance(600_000);
    }
    // A run that broke off before any answer came is the same.
    assert_eq!(fixture.sweep().len(), 1);
    fixture.clock.advance(600_000);
    assert_eq!(fixture.sweep().len(), 1);
}

/// Storage that breaks down anywhere in a run leaves nothing undone for good.
#[test]
fn a_run_that_breaks_off_anywhere_is_made_good_by_the_next() {
    for broken in 0.. {
        let (fixture, _) = with_conversations(1);
        fixture.clock.advance(2 * DAY_MS);
        let ended = Err(CallError::Refused(SessionError::Ended { receipt: "R".into() }));
        let sql = FailingSql::after(broken, &fixture.sql);
        let core = Workspace {
            id: ID,
            sql: &sql,
            clock: &fixture.clock,
            random: &fixture.random,
            keyring: &fixture.keyring,
            jurisdiction: Jurisdiction::Eu,
            development: false,
            platform: &fixture.platform,
        };
        let run = || -> Result<(), Fault> {
            for check in core.begin_sweep()? {
                core.checked(&check, &ended)?;
            }
            core.next_wake().map(drop)
        };
        let is_whole = run().is_ok();
        fixture.clock.advance(600_000);
        for check in fixture.sweep() {
            fixture.core().checked(&check, &ended).unwrap();
        }
        assert!(!fixture.is_listed(), "statement {broken}");
        assert!(fixture.audited() > 0, "statement {broken}");
        if is_whole {
            assert!(broken > 10, "only {broken} statements were tried");
            break;
        }
    }
}

#[test]
fn a_run_asks_a_batch_and_the_next_goes_on() {
    let (fixture, _) = with_conversations(60);
    fixture.clock.advance(2 * DAY_MS);
    let mut asked = Vec::new();
    for expected in [25, 25, 10] {
        assert_eq!(fixture.wake_in(), Some(0));
        let checks = fixture.sweep();
        assert_eq!(checks.len(), expected);
        asked.extend(checks.iter().map(|check| check.conversation.as_bytes()[0]));
    }
    asked.sort_unstable();
    assert_eq!(asked, (7..67).collect::<Vec<_>>());
    assert_eq!(fixture.wake_in(), Some(600_000), "none has answered");
}

#[test]
fn a_shorter_life_is_told_at_once_and_nothing_else_is() {
    let (fixture, secret) = with_conversations(1);
    let change = |settings: SiteSettings| {
        fixture.site(secret, AdminAction::ChangeSite(1, Box::new(settings)));
    };
    change(SiteSettings { name: "Other".into(), ..settings() });
    change(SiteSettings { idle_seconds: 2 * limits::IDLE_SECONDS_DEFAULT, ..settings() });
    assert!(fixture.sweep().is_empty());
    change(SiteSettings { idle_seconds: 7_200, ..settings() });
    assert_eq!(fixture.wake_in(), Some(0));
    let check = fixture.sweep().remove(0);
    assert_eq!(check.question.lifetimes.idle_seconds, 7_200);
    // Changed again before the answer: what was answered is not the last word.
    change(SiteSettings { idle_seconds: 3_600, ..settings() });
    let answer = Ok(listing(&fixture, fixture.clock.now_ms() + HOUR_MS));
    fixture.core().checked(&check, &answer).unwrap();
    let check = fixture.sweep().remove(0);
    assert_eq!(check.question.lifetimes.idle_seconds, 3_600);
    fixture.core().checked(&check, &answer).unwrap();
    assert!(fixture.sweep().is_empty());
    assert_eq!(fixture.wake_in(), Some(DAY_MS));
}

#[test]
fn the_conversations_of_a_removed_site_are_over() {
    let (fixture, secret) = with_conversations(1);
    fixture.admin(secret, AdminAction::DeleteSite(1)).unwrap();
    let check = fixture.sweep().remove(0);
    assert_eq!(check.question.lifetimes, Lifetimes::OVER);
}

/// What an earlier version listed says nothing of how it stands: it is asked soon.
#[test]
fn conversations_that_were_listed_before_are_asked_soon() {
    let (fixture, _) = with_conversations(1);
    fixture.age(4);
    let check = fixture.sweep().remove(0);
    let told = Listing { improve: true, ..listing(&fixture, fixture.clock.now_ms() + HOUR_MS) };
    assert_eq!((told.number, told.ends_at > 0), (0, true));
    fixture.core().checked(&check, &Ok(told)).unwrap();
    assert_eq!(fixture.core().store().listed(&CONVERSATION).unwrap().unwrap().told, told);
}

#[test]
fn the_alarm_wakes_nobody_for_nothing() {
    let fixture = Fixture::new();
    assert!(matches!(fixture.core().begin_sweep(), Err(Fault::Refused(WorkspaceError::Unknown))));
    let fixture = Fixture::new();
    fixture.create();
    let two_years = fixture.wake_in().unwrap();
    assert!(two_years > 365 * DAY_MS, "the first entry of the audit log is what goes next");
}
