//! The daily figures.

use sotto_shared::wire::admin::{Counts, DayCounts};

use super::*;
use crate::workspace::command::{IssueKey, Listing};

/// The day on which the tests begin.
const FIRST: &str = "2024-10-04";

struct World {
    fixture: Fixture,
    secret: [u8; 32],
}

impl World {
    fn new() -> Self {
        let site = SiteSettings {
            purposes: Purposes::ALL,
            budget: DayBudget { sessions_per_network: 1_000, ..DayBudget::default() },
            ..settings()
        };
        let (fixture, secret) = Fixture::with_site(site);
        Self { fixture, secret }
    }

    /// A conversation begins, given to `analytics` or not.
    fn begin(&self, number: u8, analytics: bool) -> ConversationId {
        let conversation = ConversationId::from_bytes([number; 32]);
        self.fixture
            .admit(|admit| {
                admit.conversation = conversation;
                admit.choice.purposes.analytics = analytics;
            })
            .unwrap();
        conversation
    }

    /// So many conversations begin and say one thing each.
    fn begin_many(&self, numbers: core::ops::Range<u8>) {
        for number in numbers {
            let conversation = self.begin(number, true);
            self.say(conversation, 1);
        }
    }

    fn say(&self, conversation: ConversationId, times: u32) {
        for _ in 0..times {
            let turn = Turn { counted: Some(conversation), ..self.fixture.turn_command("Hi") };
            self.fixture.core().turn(&turn).unwrap();
        }
    }

    /// The visitor withdraws `analytics`, or gives it later.
    fn change(&self, conversation: ConversationId, analytics: bool) {
        let told = self.fixture.core().store().listed(&conversation).unwrap().unwrap().told;
        let listing = Listing { number: told.number + 1, analytics, ..told };
        self.fixture.core().list(&listing).unwrap();
    }

    fn end(&self, conversation: ConversationId, why: Forgotten) {
        self.fixture.core().forget(&Forget { conversation, why }).unwrap();
    }

    fn days(&self, days: u64) {
        self.fixture.clock.advance(days * DAY_MS);
    }

    fn read(&self, from: Option<&str>, to: Option<&str>) -> Result<Vec<DayCounts>, WorkspaceError> {
        let (from, to) = (from.map(Into::into), to.map(Into::into));
        // The first key is as old as the oldest figures.
        let issued = self.fixture.core().issue_key(&IssueKey {}).unwrap();
        let secret = ApiKey::parse(&issued.api_key).unwrap().secret;
        match self.fixture.admin(secret, AdminAction::ReadCounts { site: 1, from, to }) {
            Ok(AdminReply::Counts(Counts { site: 1, days })) => Ok(days),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        }
    }

    /// What is shown of the first day.
    fn first(&self) -> (Option<u64>, Option<u64>) {
        let days = self.read(Some(FIRST), Some(FIRST)).unwrap();
        assert_eq!((days.len(), days[0].day.as_str()), (1, FIRST));
        (days[0].conversations, days[0].messages)
    }

    fn rows(&self, table: &str) -> usize {
        self.fixture.sql.exec(&format!("SELECT 1 FROM {table}"), &[]).unwrap().len()
    }
}

#[test]
fn conversations_and_messages_are_counted_by_day() {
    let world = World::new();
    world.begin_many(1..7);
    world.say(ConversationId::from_bytes([1; 32]), 3);
    assert!(world.read(Some(FIRST), Some(FIRST)).unwrap().is_empty(), "the day is not over");
    world.days(1);
    assert_eq!(world.first(), (Some(6), Some(9)));
    let usual = world.read(None, None).unwrap();
    assert_eq!((usual.len(), usual[29].day.as_str()), (30, FIRST));
    assert_eq!((usual[28].conversations, usual[28].messages), (None, None));
}

/// Nothing is counted that was not given.
#[test]
fn what_was_not_given_to_analytics_is_not_counted() {
    let world = World::new();
    world.begin_many(1..6);
    for number in 10..20 {
        // Not even if a session asked for it.
        world.say(world.begin(number, false), 1);
    }
    world.days(1);
    assert_eq!(world.first(), (Some(5), Some(5)));
}

#[test]
fn fewer_than_five_are_not_shown() {
    let world = World::new();
    world.begin_many(1..5);
    world.say(ConversationId::from_bytes([1; 32]), 50);
    world.days(1);
    assert_eq!(world.first(), (None, None), "four conversations, however much they say");

    let world = World::new();
    for number in 1..7 {
        world.begin(number, true);
    }
    world.days(1);
    assert_eq!(world.first(), (Some(6), None), "nothing was said");
}

#[test]
fn what_is_withdrawn_on_its_day_is_taken_back() {
    let world = World::new();
    world.begin_many(1..7);
    world.change(ConversationId::from_bytes([1; 32]), false);
    // A message that was under way when it was withdrawn.
    world.say(ConversationId::from_bytes([1; 32]), 1);
    world.days(1);
    assert_eq!(world.first(), (Some(5), Some(5)));
    // From then on it is a number, of which nobody can tell what is in it.
    world.change(ConversationId::from_bytes([2; 32]), false);
    world.days(1);
    assert_eq!(world.first(), (Some(5), Some(5)));
}

#[test]
fn what_is_given_later_counts_from_then_on() {
    let world = World::new();
    world.begin_many(1..6);
    let late = world.begin(9, false);
    world.say(late, 4);
    world.change(late, true);
    world.change(late, true);
    world.say(late, 1);
    world.days(1);
    assert_eq!(world.first(), (Some(6), Some(6)));
}

#[test]
fn what_ends_by_itself_stays_counted_and_what_is_erased_does_not() {
    for (why, counted) in [
        (Forgotten::Ended, 6),
        (Forgotten::Erased, 5),
        (Forgotten::ErasedByOperator, 5),
        (Forgotten::NeverBegun, 5),
    ] {
        let world = World::new();
        world.begin_many(1..7);
        let conversation = ConversationId::from_bytes([1; 32]);
        world.end(conversation, why);
        world.end(conversation, why);
        assert_eq!(world.rows("contribution"), 5, "it cannot be told any more");
        world.days(1);
        assert_eq!(world.first(), (Some(counted), Some(counted)), "{why:?}");
    }
}

/// Messages of the next day are that day's; the conversation began once.
#[test]
fn a_conversation_over_midnight_counts_for_each_day() {
    let world = World::new();
    world.begin_many(1..7);
    world.days(1);
    (1..7).for_each(|number| world.say(ConversationId::from_bytes([number; 32]), 2));
    world.days(1);
    let days = world.read(Some(FIRST), None).unwrap();
    let shown: Vec<_> = days.iter().map(|day| (day.conversations, day.messages)).collect();
    assert_eq!(shown, [(Some(6), Some(6)), (None, Some(12))]);
}

#[test]
fn the_alarm_makes_numbers_of_days_that_are_over_and_drops_old_ones() {
    let world = World::new();
    world.begin_many(1..7);
    let core = || world.fixture.core();
    core().begin_sweep().unwrap();
    assert_eq!((world.rows("contribution"), world.rows("day_count")), (6, 0));
    assert!(core().next_wake().unwrap().unwrap() <= 20_001 * DAY_MS);
    world.days(1);
    core().begin_sweep().unwrap();
    assert_eq!((world.rows("contribution"), world.rows("day_count")), (0, 1));
    let columns = world.fixture.sql.exec("SELECT * FROM day_count", &[]).unwrap();
    assert!(columns[0].iter().all(|value| value.text().is_none()), "numbers alone");
    // Nothing else is due any more.
    (1..7).for_each(|n| world.end(ConversationId::from_bytes([n; 32]), Forgotten::NeverBegun));
    assert_eq!(core().next_wake().unwrap(), Some(20_401 * DAY_MS));
    world.days(399);
    core().begin_sweep().unwrap();
    assert_eq!(world.first(), (Some(6), Some(6)));
    world.days(1);
    core().begin_sweep().unwrap();
    assert_eq!(world.rows("day_count"), 0);
}

#[test]
fn a_removed_site_takes_its_figures_along() {
    let world = World::new();
    world.begin_many(1..7);
    world.days(1);
    assert_eq!(world.first(), (Some(6), Some(6)));
    world.fixture.admin(world.secret, AdminAction::DeleteSite(1)).unwrap();
    assert_eq!(world.read(None, None), Err(WorkspaceError::SiteUnknown));
    assert_eq!((world.rows("contribution"), world.rows("day_count")), (0, 0));
}

#[test]
fn days_are_asked_for_by_dates() {
    let world = World::new();
    world.days(500);
    let field = |from: &str, to: &str| match world.read(Some(from), Some(to)) {
        Err(WorkspaceError::InvalidValue { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field("yesterday", FIRST), "from");
    assert_eq!(field(FIRST, "2024-13-01"), "to");
    assert_eq!(field("2024-01-01", "2025-06-01"), "from");
    assert_eq!(world.read(Some(FIRST), Some("2024-10-01")).unwrap(), []);
    assert_eq!(world.read(Some(FIRST), Some("2025-11-07")).unwrap().len(), 400);
}
