//! What a site may still do: by the minute, by the day, and behind a challenge.

use sotto_shared::limits;
use sotto_shared::wire::admin::{ChallengeMode, NewKey, Scope};

use super::*;
use crate::auth::challenge::Solved;
use crate::workspace::command::{IssueKey, Reserved, Settle, Spent};
use crate::workspace::store::Store;

const MINUTE_MS: u64 = 60_000;

fn with_budget(change: impl Fn(&mut DayBudget)) -> Fixture {
    let mut site = with_openai();
    change(&mut site.budget);
    Fixture::with_site(site).0
}

fn with_challenge(challenge: ChallengeMode, sessions_per_minute: u32) -> Fixture {
    let mut site = settings();
    site.challenge = challenge;
    site.budget.sessions_per_minute = sessions_per_minute;
    Fixture::with_site(site).0
}

fn network(n: u32) -> Network {
    Network(format!("10.{}.{}.0/24", n / 256, n % 256))
}

fn is_paid(context: &TurnContext) -> bool {
    context.providers[0].settings.remote().is_some()
}

#[test]
fn budgets_are_per_network_and_day() {
    let fixture = with_budget(|budget| {
        budget.sessions_per_network = 1;
        budget.messages_per_network = 3;
        budget.messages = 1;
    });
    assert!(fixture.admit(|_| {}).is_ok());
    let spent = fixture.admit(|_| {}).unwrap_err();
    assert_eq!(spent, WorkspaceError::BudgetSpent { retry_after: 86_400 });
    assert!(fixture.admit(|admit| admit.network = network(1)).is_ok());

    assert!(is_paid(&fixture.turn("Hi").unwrap()));
    assert!(!is_paid(&fixture.turn("Hi").unwrap()), "the site falls back to local");
    assert!(!is_paid(&fixture.turn("Hi").unwrap()));
    assert!(matches!(fixture.turn("Hi"), Err(WorkspaceError::BudgetSpent { .. })));

    fixture.clock.advance(DAY_MS);
    assert!(fixture.admit(|_| {}).is_ok());
    assert!(is_paid(&fixture.turn("Hi").unwrap()));
}

#[test]
fn a_site_has_a_budget_of_tokens_for_a_day() {
    let fixture = with_budget(|budget| budget.tokens = 10_000);
    let settle = |reserved, tokens| {
        fixture.core().settle(&Settle { site: 1, reserved, tokens }).unwrap();
    };
    let first = fixture.turn("Hi").unwrap();
    let reserved = first.reserved.unwrap();
    assert_eq!(reserved.day, 20_000);
    assert!((1_000..1_100).contains(&reserved.tokens), "{reserved:?}");
    settle(reserved, 9_000);
    let second = fixture.turn("Hi").unwrap();
    assert!(is_paid(&second), "a thousand tokens are left");
    let third = fixture.turn("Hi").unwrap();
    assert!(!is_paid(&third), "they are counted before the reply is written");
    assert_eq!(third.reserved, None);
    settle(second.reserved.unwrap(), 200);
    assert!(is_paid(&fixture.turn("Hi").unwrap()), "what was not needed is given back");
    fixture.clock.advance(DAY_MS);
    assert!(is_paid(&fixture.turn("Hi").unwrap()));
}

#[test]
fn a_longer_prompt_is_counted_with_more() {
    let mut site = with_openai();
    site.system_prompt = "x".repeat(4_000);
    let (fixture, secret) = Fixture::with_site(site);
    let short = fixture.turn("Tea").unwrap().reserved.unwrap().tokens;
    assert!((2_000..2_100).contains(&short), "{short}");
    fixture
        .put(secret, "tea.md", &format!("# Tea\n\n{}", "Green tea is here. ".repeat(40)))
        .unwrap();
    assert!(fixture.turn("Tea").unwrap().reserved.unwrap().tokens > short + 150);
}

#[test]
fn what_is_settled_late_changes_nothing_of_today() {
    let fixture = with_budget(|budget| budget.tokens = 5_000);
    let reserved = fixture.turn("Hi").unwrap().reserved.unwrap();
    fixture.clock.advance(DAY_MS);
    let settle = Settle { site: 1, reserved, tokens: 1_000_000 };
    fixture.core().settle(&settle).unwrap();
    assert!(is_paid(&fixture.turn("Hi").unwrap()));
}

#[test]
fn a_local_reply_costs_no_tokens() {
    let (fixture, _) = Fixture::with_site(settings());
    assert_eq!(fixture.turn("Hi").unwrap().reserved, None);
}

/// Fills a counter of all sites, which no test can reach one by one.
fn fill(fixture: &Fixture, kind: &str, count: u32) {
    let store = Store(&fixture.sql);
    assert!(store.take(0, kind, &[], u64::from(count), u64::MAX >> 1).unwrap());
}

#[test]
fn all_sites_of_a_workspace_have_a_budget_together() {
    let (fixture, _) = Fixture::with_site(settings());
    let begin = |n| fixture.admit(|admit| admit.network = network(n)).map(drop);
    begin(1).unwrap();
    fill(&fixture, "sessions", limits::WORKSPACE_SESSIONS_PER_DAY - 2);
    begin(2).unwrap();
    assert!(matches!(begin(3), Err(WorkspaceError::BudgetSpent { .. })));
    fixture.turn("Hi").unwrap();
    fill(&fixture, "messages", limits::WORKSPACE_MESSAGES_PER_DAY - 1);
    assert!(matches!(fixture.turn("Hi"), Err(WorkspaceError::BudgetSpent { .. })));
    fixture.clock.advance(DAY_MS);
    begin(4).unwrap();
    fixture.turn("Hi").unwrap();
}

#[test]
fn conversations_of_a_site_are_limited_by_the_minute() {
    let fixture = with_budget(|budget| budget.sessions_per_minute = 2);
    fixture.clock.advance(20_000);
    fixture.admit(|_| {}).unwrap();
    fixture.admit(|admit| admit.network = network(1)).unwrap();
    let full = fixture.admit(|admit| admit.network = network(2)).unwrap_err();
    assert_eq!(full, WorkspaceError::RateLimited { retry_after: 40 });
    fixture.clock.advance(40_000);
    fixture.admit(|_| {}).unwrap();
}

/// Who is refused takes nothing from the minute of the others, nor makes their challenge harder.
#[test]
fn a_network_that_is_spent_shuts_nobody_else_out() {
    let mut site = settings();
    site.challenge = ChallengeMode::Auto;
    site.budget.sessions_per_minute = 8;
    site.budget.sessions_per_network = 1;
    let (fixture, _) = Fixture::with_site(site);
    fixture.admit(|_| {}).unwrap();
    for n in 0..20 {
        let refused = fixture.admit(|admit| admit.solved = Some(solved(&fixture, n)));
        assert!(matches!(refused, Err(WorkspaceError::BudgetSpent { .. })), "{refused:?}");
    }
    let kept = fixture.sql.exec("SELECT count(*) FROM used_challenge", &[]).unwrap();
    assert_eq!(kept[0][0].unsigned(), Some(0), "the answer still counts");
    let other = |admit: &mut Admit| {
        admit.network = network(1);
        admit.solved = Some(solved(&fixture, 1));
    };
    fixture.admit(other).unwrap();
    let asked = fixture.admit(|admit| admit.network = network(2)).unwrap_err();
    let bits = limits::CHALLENGE_BITS + 1;
    assert_eq!(asked, WorkspaceError::ChallengeRequired { bits }, "by the two that began");
}

#[test]
fn conversations_of_all_sites_are_limited_by_the_minute() {
    let mut site = settings();
    site.budget.sessions_per_minute = u32::MAX;
    let (fixture, _) = Fixture::with_site(site);
    fixture.admit(|_| {}).unwrap();
    let most = limits::WORKSPACE_SESSIONS_PER_MINUTE;
    fixture.sql.exec("UPDATE rate SET count = ? WHERE what = 'sites'", &[most.into()]).unwrap();
    assert!(matches!(fixture.admit(|_| {}), Err(WorkspaceError::RateLimited { .. })));
}

#[test]
fn calls_with_an_api_key_are_limited_by_the_minute() {
    let (fixture, owner) = Fixture::with_site(settings());
    let new = NewKey { name: "other".into(), scopes: vec![Scope::Sites], life_seconds: 3_600 };
    let Ok(AdminReply::KeyCreated(other)) = fixture.admin(owner, AdminAction::CreateKey(new))
    else {
        panic!("no key");
    };
    let other = ApiKey::parse(&other.api_key).unwrap().secret;
    fixture.clock.advance(MINUTE_MS);
    for _ in 0..limits::ADMIN_CALLS_PER_MINUTE {
        fixture.admin(owner, AdminAction::ListSites).unwrap();
    }
    let refused = fixture.admin(owner, AdminAction::ListSites).unwrap_err();
    assert_eq!(refused, WorkspaceError::RateLimited { retry_after: 60 });
    fixture.admin(other, AdminAction::ListSites).unwrap();
    // A wrong key counts for nobody.
    assert_eq!(fixture.admin([0; 32], AdminAction::ListSites), Err(WorkspaceError::KeyInvalid));
    fixture.clock.advance(MINUTE_MS);
    fixture.admin(owner, AdminAction::ListSites).unwrap();
}

#[test]
fn keys_of_the_platform_are_limited_by_the_minute() {
    let (fixture, _) = Fixture::with_site(settings());
    fixture.core().issue_key(&IssueKey {}).unwrap();
    let most = limits::ADMIN_CALLS_PER_MINUTE;
    let full = "UPDATE rate SET count = ? WHERE what = 'platform'";
    fixture.sql.exec(full, &[most.into()]).unwrap();
    let refused = fixture.core().issue_key(&IssueKey {}).map(drop).map_err(refused);
    assert!(matches!(refused, Err(WorkspaceError::RateLimited { .. })));
}

/// A challenge that was solved, told apart by a number.
fn solved(fixture: &Fixture, n: u8) -> Solved {
    let expires_at = fixture.clock.now_ms() + limits::CHALLENGE_SECONDS * 1_000;
    Solved { salt: [n; 16], expires_at }
}

#[test]
fn a_site_that_wants_a_challenge_takes_each_once() {
    let fixture = with_challenge(ChallengeMode::On, 120);
    let least = limits::CHALLENGE_BITS;
    let begin = |solved| fixture.admit(|admit| admit.solved = solved).map(drop);
    let required = Err(WorkspaceError::ChallengeRequired { bits: least });
    assert_eq!(begin(None), required);
    let one = solved(&fixture, 1);
    begin(Some(one)).unwrap();
    assert_eq!(begin(Some(one)), required);
    begin(Some(solved(&fixture, 2))).unwrap();
    fixture.clock.advance(limits::CHALLENGE_SECONDS * 1_000);
    begin(Some(solved(&fixture, 3))).unwrap();
    let kept = fixture.sql.exec("SELECT count(*) FROM used_challenge", &[]).unwrap();
    assert_eq!(kept[0][0].unsigned(), Some(1), "what is not taken any more is not remembered");
}

#[test]
fn without_a_challenge_an_answer_does_no_harm() {
    let fixture = with_challenge(ChallengeMode::Off, 120);
    fixture.admit(|admit| admit.solved = Some(solved(&fixture, 1))).unwrap();
    fixture.admit(|_| {}).unwrap();
}

#[test]
fn a_challenge_comes_with_the_load_and_grows_with_it() {
    let fixture = with_challenge(ChallengeMode::Auto, 8);
    let mut asked = Vec::new();
    for n in 0..8_u8 {
        let without = fixture.admit(|admit| admit.network = network(n.into()));
        asked.push(match without {
            Ok(_) => None,
            Err(WorkspaceError::ChallengeRequired { bits }) => {
                fixture
                    .admit(|admit| {
                        admit.network = network(n.into());
                        admit.solved = Some(solved(&fixture, n));
                    })
                    .unwrap();
                Some(bits)
            }
            Err(error) => panic!("{error}"),
        });
    }
    assert_eq!(asked, [None, None, Some(18), Some(18), Some(19), Some(19), Some(20), Some(20)]);
    fixture.clock.advance(MINUTE_MS * (limits::CHALLENGE_MINUTES + 1));
    fixture.admit(|_| {}).unwrap();
}

/// Requests that bring no answer use up nothing, so a flood of them shuts nobody out.
#[test]
fn who_does_not_solve_the_challenge_takes_nothing_from_others() {
    let fixture = with_challenge(ChallengeMode::On, 2);
    for _ in 0..50 {
        fixture.admit(|_| {}).unwrap_err();
    }
    fixture.admit(|admit| admit.solved = Some(solved(&fixture, 1))).unwrap();
}

/// Who comes when the minute is full has not solved the challenge for nothing.
#[test]
fn an_answer_counts_until_it_let_a_conversation_begin() {
    let fixture = with_challenge(ChallengeMode::On, 1);
    let begin = |n| fixture.admit(|admit| admit.solved = Some(solved(&fixture, n))).map(drop);
    begin(1).unwrap();
    let late = solved(&fixture, 2);
    let wait = fixture.admit(|admit| admit.solved = Some(late)).map(drop);
    assert!(matches!(wait, Err(WorkspaceError::RateLimited { .. })));
    fixture.clock.advance(MINUTE_MS);
    fixture.admit(|admit| admit.solved = Some(late)).unwrap();
}

#[test]
fn a_wrong_page_or_choice_is_refused_before_the_challenge() {
    let fixture = with_challenge(ChallengeMode::On, 120);
    let evil = Origin::parse("https://evil.example").unwrap();
    let refused = fixture.admit(|admit| admit.origin = evil.clone()).unwrap_err();
    assert_eq!(refused, WorkspaceError::OriginNotAllowed);
    let refused = fixture.admit(|admit| admit.choice.chat = false).unwrap_err();
    assert_eq!(refused, WorkspaceError::ConsentRequired);
}

#[test]
fn reserved_tokens_are_of_a_day() {
    let fixture = with_budget(|_| {});
    let Some(Reserved { day, .. }) = fixture.turn("Hi").unwrap().reserved else { panic!("none") };
    assert_eq!(day, fixture.clock.now_ms() / DAY_MS);
}
#[test]
fn a_site_whose_conversations_are_used_up_answers_with_local() {
    let mut small = with_openai();
    small.budget.sessions = 1;
    let (fixture, _) = Fixture::with_site(small);
    let paid = |context: TurnContext| context.providers[0].settings.remote().is_some();
    assert!(paid(fixture.turn("Hi").unwrap()));
    assert!(fixture.admit(|_| {}).is_ok());
    assert!(fixture.admit(|_| {}).is_ok(), "nobody is turned away");
    assert!(!paid(fixture.turn("Hi").unwrap()));
    fixture.clock.advance(DAY_MS);
    assert!(paid(fixture.turn("Hi").unwrap()));
}

#[test]
fn a_conversation_has_tokens_of_its_own_and_the_reply_says_when_they_are_used_up() {
    let mut site = with_openai();
    site.budget.tokens_per_conversation = 5_000;
    let (fixture, _) = Fixture::with_site(site);
    let after = |tokens| {
        let turn = Turn { tokens, ..fixture.turn_command("Hi") };
        fixture.core().turn(&turn).unwrap()
    };
    let before = after(4_999);
    assert!(is_paid(&before) && before.spent.is_none());
    let used_up = after(5_000);
    assert!(!is_paid(&used_up) && used_up.reserved.is_none());
    assert_eq!(used_up.spent, Some(Spent::Conversation));

    let mut site = with_openai();
    site.budget.messages = 1;
    let (fixture, _) = Fixture::with_site(site);
    assert_eq!(fixture.turn("Hi").unwrap().spent, None);
    assert_eq!(fixture.turn("Hi").unwrap().spent, Some(Spent::Day));
    let (fixture, _) = Fixture::with_site(settings());
    assert_eq!(fixture.turn("Hi").unwrap().spent, None, "documents cost nothing");
}
