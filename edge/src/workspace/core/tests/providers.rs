use sotto_shared::wire::provider::{BreakerState, Provider};

use super::*;
use crate::workspace::command::{Outcome, ProviderResult, ReportProviders, TurnProvider};

/// A model with a name, a host and a key of its own.
fn model(name: &str, host: &str, key: Option<&str>) -> Provider {
    let mut provider = openai();
    if let Some(remote) = provider.remote_mut() {
        remote.base_url = Some(format!("https://{host}/v1"));
        remote.model = name.into();
        remote.key = key.map(Into::into);
    }
    provider
}

fn site(list: Vec<Provider>) -> SiteSettings {
    let mut list = list.into_iter();
    SiteSettings { provider: list.next().unwrap(), fallbacks: list.collect(), ..settings() }
}

fn three() -> SiteSettings {
    site(vec![
        model("a", "a.example", Some("key-of-a-aaaa")),
        model("b", "b.example", Some("key-of-b-bbbb")),
        Provider::Local {},
    ])
}

/// Model and key of each provider of a turn, in order.
fn asked(fixture: &Fixture) -> Vec<(String, Option<String>)> {
    let providers = fixture.turn("Hi").unwrap().providers;
    let facts = |provider: TurnProvider| match provider.settings.remote() {
        Some(remote) => (remote.model.clone(), remote.key.clone()),
        None => ("local".into(), None),
    };
    providers.into_iter().map(facts).collect()
}

fn names(fixture: &Fixture) -> Vec<String> {
    asked(fixture).into_iter().map(|(name, _)| name).collect()
}

fn with_key(name: &str, key: &str) -> (String, Option<String>) {
    (name.into(), Some(key.into()))
}

fn change(
    fixture: &Fixture,
    secret: [u8; 32],
    settings: SiteSettings,
) -> Result<SiteEntry, String> {
    match fixture.admin(secret, AdminAction::ChangeSite(1, Box::new(settings))) {
        Ok(AdminReply::Site(entry)) => Ok(*entry),
        Err(WorkspaceError::InvalidValue { field, .. }) => Err(field),
        other => panic!("{other:?}"),
    }
}

fn report(fixture: &Fixture, name: &str, outcome: Outcome) {
    let results = vec![ProviderResult { name: name.into(), outcome }];
    fixture.core().report_providers(&ReportProviders { results }).unwrap();
}

const A: &str = "openai a.example a …aaaa";
const B: &str = "openai b.example b …bbbb";

#[test]
fn a_turn_has_the_list_in_its_order_with_its_keys() {
    let (fixture, secret) = Fixture::with_site(three());
    let local = ("local".to_owned(), None);
    let (a, b) = (with_key("a", "key-of-a-aaaa"), with_key("b", "key-of-b-bbbb"));
    assert_eq!(asked(&fixture), [a, b, local]);
    let Ok(AdminReply::Sites(list)) = fixture.admin(secret, AdminAction::ListSites) else {
        panic!("no list");
    };
    let json = serde_json::to_string(&list).unwrap();
    assert!(!json.contains("key-of") && json.contains("\"aaaa\"") && json.contains("\"bbbb\""));
    let stored = fixture.sql.exec("SELECT settings FROM site", &[]).unwrap();
    assert!(!stored[0][0].text().unwrap().contains("key"));
}

#[test]
fn a_provider_that_moves_in_the_list_keeps_its_key() {
    let (fixture, secret) = Fixture::with_site(three());
    let swapped = site(vec![model("b", "b.example", None), model("a", "a.example", None)]);
    change(&fixture, secret, swapped).unwrap();
    let (a, b) = (with_key("a", "key-of-a-aaaa"), with_key("b", "key-of-b-bbbb"));
    assert_eq!(asked(&fixture), [b, a]);
    let unknown = site(vec![model("b", "b.example", None), model("c", "c.example", None)]);
    assert_eq!(change(&fixture, secret, unknown), Err("fallbacks[0].key".into()));
    // What left the list left the store.
    change(&fixture, secret, site(vec![model("b", "b.example", None)])).unwrap();
    let back = site(vec![model("b", "b.example", None), model("a", "a.example", None)]);
    assert_eq!(change(&fixture, secret, back), Err("fallbacks[0].key".into()));
}

#[test]
fn two_keys_of_one_host_are_told_apart_by_their_ends_or_place() {
    let one = || model("one", "m.example", Some("key-number-1111"));
    let two = || model("two", "m.example", Some("key-number-2222"));
    let (fixture, secret) = Fixture::with_site(site(vec![one(), two()]));
    let sent = |ends: Option<&str>, name: &str| {
        let mut provider = model(name, "m.example", None);
        if let Some(remote) = provider.remote_mut() {
            remote.key_ends = ends.map(Into::into);
        }
        provider
    };
    let swapped = site(vec![sent(Some("2222"), "two"), sent(Some("1111"), "one")]);
    change(&fixture, secret, swapped).unwrap();
    let wanted = [with_key("two", "key-number-2222"), with_key("one", "key-number-1111")];
    assert_eq!(asked(&fixture), wanted);
    change(&fixture, secret, site(vec![sent(None, "two"), sent(None, "one")])).unwrap();
    assert_eq!(asked(&fixture), wanted);
    let third = site(vec![sent(None, "two"), sent(None, "one"), sent(None, "three")]);
    assert_eq!(change(&fixture, secret, third), Err("fallbacks[1].key".into()));
}

#[test]
fn a_site_without_a_key_of_its_own_has_the_platforms() {
    let mut fixture = Fixture::new();
    fixture.platform =
        PlatformProviders::read(None, Some("{\"a.example\":\"platform-key\"}")).unwrap();
    let secret = fixture.create();
    let created = site(vec![model("a", "a.example", None)]);
    fixture.site(secret, AdminAction::CreateSite(Box::new(created)));
    assert_eq!(asked(&fixture), [with_key("a", "platform-key")]);
    // It goes nowhere else, and a key of the site's own comes first.
    let elsewhere = site(vec![model("a", "a.example:8443", None)]);
    assert_eq!(change(&fixture, secret, elsewhere), Err("provider.key".into()));
    change(&fixture, secret, site(vec![model("a", "a.example", Some("own-key"))])).unwrap();
    assert_eq!(asked(&fixture), [with_key("a", "own-key")]);
}

#[test]
fn a_compatible_server_and_workers_ai_need_no_key() {
    let remote = || {
        let mut remote = model("m", "a.example", None).remote().unwrap().clone();
        remote.key = None;
        remote
    };
    let mut bound = remote();
    bound.base_url = None;
    let list = vec![Provider::OpenAiCompatible(remote()), Provider::WorkersAi(bound)];
    let (fixture, _) = Fixture::with_site(site(list));
    assert_eq!(asked(&fixture), [("m".into(), None), ("m".into(), None)]);
}

/// What was stored before there were lists.
#[test]
fn the_one_key_of_an_earlier_version_is_kept() {
    let (fixture, secret) = Fixture::with_site(with_openai());
    fixture
        .sql
        .exec(
            "UPDATE site SET (key_sealed, key_host, key_ends) =
             (SELECT sealed, host, ends FROM provider_key)",
            &[],
        )
        .unwrap();
    fixture.age(5);
    assert_eq!(asked(&fixture), [with_key("small", "secret-key-1234")]);
    let rows = fixture.sql.exec("SELECT key_sealed FROM site", &[]).unwrap();
    assert!(rows[0][0].blob().is_none());
    change(&fixture, secret, site(vec![model("m2", "model.example", None)])).unwrap();
    assert_eq!(asked(&fixture), [with_key("m2", "secret-key-1234")]);
}

#[test]
fn removing_a_site_removes_its_keys() {
    let (fixture, secret) = Fixture::with_site(three());
    fixture.admin(secret, AdminAction::DeleteSite(1)).unwrap();
    assert!(fixture.sql.exec("SELECT 1 FROM provider_key", &[]).unwrap().is_empty());
}

#[test]
fn every_key_that_is_set_is_recorded_once() {
    let (fixture, secret) = Fixture::with_site(three());
    let page = fixture.admin(secret, AdminAction::ExportAudit(None));
    let Ok(AdminReply::Audit(page)) = page else { panic!("no log") };
    assert_eq!(page.matches("provider_key.set").count(), 1);
}

#[test]
fn the_list_has_rules() {
    let (fixture, secret) = Fixture::with_site(three());
    let local_first = site(vec![Provider::Local {}, openai()]);
    assert_eq!(change(&fixture, secret, local_first), Err("provider".into()));
}

#[test]
fn a_provider_that_keeps_failing_is_left_alone_and_probed() {
    let (fixture, secret) = Fixture::with_site(three());
    for _ in 0..4 {
        report(&fixture, A, Outcome::Fails);
        assert_eq!(names(&fixture), ["a", "b", "local"]);
    }
    assert!(fixture.turn("Hi").unwrap().providers[0].is_watched);
    report(&fixture, A, Outcome::Fails);
    assert_eq!(names(&fixture), ["b", "local"]);
    let health = |fixture: &Fixture| match fixture.admin(secret, AdminAction::ReadHealth) {
        Ok(AdminReply::Health(health)) => health,
        other => panic!("{other:?}"),
    };
    let now = fixture.clock.now_ms();
    let [open] = &*health(&fixture) else { panic!("one breaker") };
    assert_eq!((open.provider.as_str(), open.state, open.failures), (A, BreakerState::Open, 5));
    assert_eq!((open.failed_at, open.open_until), (now, Some(now + 30_000)));

    fixture.clock.advance(30_000);
    assert_eq!(health(&fixture)[0].state, BreakerState::HalfOpen);
    assert_eq!(names(&fixture), ["a", "b", "local"], "the probe");
    assert_eq!(names(&fixture), ["b", "local"], "nobody else asks until it is back");
    report(&fixture, A, Outcome::Works);
    assert_eq!(names(&fixture), ["a", "b", "local"]);
    assert!(health(&fixture).is_empty());
}

/// Its turn was answered without a model, or the visitor stopped it.
#[test]
fn a_probe_that_showed_nothing_leaves_its_place_to_the_next_turn() {
    let (fixture, _) = Fixture::with_site(three());
    for _ in 0..5 {
        report(&fixture, A, Outcome::Fails);
    }
    fixture.clock.advance(30_000);
    let probes = || {
        let providers = fixture.turn("Hi").unwrap().providers;
        providers.iter().map(|provider| provider.is_probe).collect::<Vec<_>>()
    };
    assert_eq!(probes(), [true, false, false]);
    assert_eq!(probes(), [false, false], "it is under way");
    report(&fixture, A, Outcome::Unknown);
    assert_eq!(probes(), [true, false, false]);
    report(&fixture, B, Outcome::Unknown);
    let known = fixture.sql.exec("SELECT 1 FROM breaker", &[]).unwrap();
    assert_eq!(known.len(), 1, "nothing is kept of a provider that has not failed");
}

#[test]
fn if_everybody_fails_everybody_is_asked() {
    let both = vec![
        model("a", "a.example", Some("key-of-a-aaaa")),
        model("b", "b.example", Some("key-of-b-bbbb")),
    ];
    let (fixture, _) = Fixture::with_site(site(both));
    for _ in 0..5 {
        report(&fixture, A, Outcome::Fails);
        report(&fixture, B, Outcome::Fails);
    }
    assert_eq!(names(&fixture), ["a", "b"]);
}

#[test]
fn the_spent_quota_of_one_key_says_nothing_of_another() {
    let (fixture, secret) = Fixture::with_site(three());
    for _ in 0..5 {
        report(&fixture, A, Outcome::Fails);
    }
    assert_eq!(names(&fixture), ["b", "local"]);
    let another = site(vec![model("a", "a.example", Some("key-of-a-zzzz")), Provider::Local {}]);
    change(&fixture, secret, another).unwrap();
    assert_eq!(names(&fixture), ["a", "local"]);
    assert_eq!(fixture.turn("Hi").unwrap().providers[0].name, "openai a.example a …zzzz");
}

/// An earlier version bound a key of `http:` as it did one of `https:`. It is as good as none, and the
/// other providers are asked all the same.
#[test]
fn a_key_that_is_bound_to_another_host_is_not_opened() {
    let (fixture, _) = Fixture::with_site(three());
    fixture.sql.exec("UPDATE provider_key SET host = 'a.example:80' WHERE place = 0", &[]).unwrap();
    let local = ("local".to_owned(), None);
    assert_eq!(asked(&fixture), [("a".into(), None), with_key("b", "key-of-b-bbbb"), local]);
}

/// The platform's operator may have changed their mind.
#[test]
fn a_private_host_that_is_allowed_no_more_is_not_asked() {
    let mut fixture = Fixture::new();
    fixture.platform = PlatformProviders::read(Some("10.0.0.5"), None).unwrap();
    let secret = fixture.create();
    let list = vec![model("a", "10.0.0.5", Some("key")), model("b", "b.example", Some("key"))];
    fixture.site(secret, AdminAction::CreateSite(Box::new(site(list))));
    assert_eq!(names(&fixture), ["a", "b"]);
    fixture.platform = PlatformProviders::default();
    assert_eq!(names(&fixture), ["b"]);
    fixture.platform = PlatformProviders::read(Some("10.0.0.5"), None).unwrap();
    let alone = site(vec![model("a", "10.0.0.5", Some("key"))]);
    change(&fixture, secret, alone).unwrap();
    fixture.platform = PlatformProviders::default();
    assert_eq!(names(&fixture), ["local"], "an answer from documents beats none");
}

#[test]
fn failures_that_are_long_past_are_forgotten() {
    let (fixture, _) = Fixture::with_site(three());
    report(&fixture, A, Outcome::Fails);
    fixture.clock.advance(120_001);
    report(&fixture, B, Outcome::Works);
    assert!(fixture.sql.exec("SELECT 1 FROM breaker", &[]).unwrap().is_empty());
}
