//! What visitors' browsers and their sessions ask for.

use super::*;

#[test]
fn a_visitor_who_agrees_is_admitted_and_listed() {
    let (fixture, secret) = Fixture::with_site(with_openai());
    let conversation = ConversationId::from_bytes([7; 32]);
    let terms = fixture.admit(|admit| admit.conversation = conversation).unwrap();
    assert_eq!((terms.workspace, terms.site, terms.generation), (ID, 1, 1));
    assert_eq!(terms.origin.as_str(), "https://shop.example");
    assert_eq!(terms.lifetimes.life_seconds(terms.purposes), limits::IDLE_SECONDS_DEFAULT);
    assert_eq!(terms.messages_per_minute, DayBudget::default().messages_per_minute);
    assert_eq!(terms.recipients, [Holder { name: "Model Inc".into(), retention_days: Some(30) }]);
    let list = fixture.admin(secret, list_all());
    let Ok(AdminReply::Conversations(list)) = list else { panic!("no list") };
    assert_eq!(list.conversations[0].conversation, conversation);

    let forget = Forget { conversation, why: Forgotten::Erased };
    fixture.core().forget(&forget).unwrap();
    fixture.core().forget(&forget).unwrap();
    let list = fixture.admin(secret, list_all());
    let Ok(AdminReply::Conversations(list)) = list else { panic!("no list") };
    assert!(list.conversations.is_empty());
}

#[test]
fn what_a_visitor_agrees_to_decides_how_long_it_lives() {
    let all = SiteSettings { purposes: Purposes::ALL, ..settings() };
    let (fixture, _) = Fixture::with_site(all);
    let life = |purposes: Purposes, gpc: bool| {
        let terms = fixture.admit(|admit| {
            admit.choice.purposes = purposes;
            admit.choice.gpc = gpc;
        });
        let terms = terms.unwrap();
        terms.lifetimes.life_seconds(terms.purposes)
    };
    let analytics = Purposes { analytics: true, ..Purposes::default() };
    let improve = Purposes { improve: true, ..Purposes::default() };
    assert_eq!(life(Purposes::default(), false), limits::IDLE_SECONDS_DEFAULT);
    assert_eq!(life(analytics, false), limits::IDLE_SECONDS_DEFAULT);
    assert_eq!(life(improve, false), limits::RETENTION_SECONDS_DEFAULT);
    assert_eq!(life(improve, true), limits::IDLE_SECONDS_DEFAULT, "GPC switches it off");
    assert_eq!(life(Purposes::ALL, true), limits::RETENTION_SECONDS_DEFAULT, "remember stays");
}

#[test]
fn a_visitor_is_refused_by_rule() {
    let (fixture, secret) = Fixture::with_site(settings());
    let evil = Origin::parse("https://evil.example").unwrap();
    let error = fixture.admit(|admit| admit.origin = evil.clone()).unwrap_err();
    assert_eq!(error, WorkspaceError::OriginNotAllowed);
    let http = Origin::parse("http://shop.example").unwrap();
    let error = fixture.admit(|admit| admit.origin = http.clone()).unwrap_err();
    assert_eq!(error, WorkspaceError::OriginNotAllowed, "origins are exact");
    let error = fixture.admit(|admit| admit.choice.chat = false).unwrap_err();
    assert_eq!(error, WorkspaceError::ConsentRequired);
    let other = NoticeVersion::parse(&"0".repeat(32)).unwrap();
    let error = fixture.admit(|admit| admit.choice.notice = other.clone()).unwrap_err();
    let current = fixture.public(None).unwrap().site.notice.version;
    assert_eq!(error, WorkspaceError::NoticeChanged { notice: current.as_str().into() });
    let error = fixture.admit(|admit| admit.choice.purposes.improve = true).unwrap_err();
    assert!(matches!(error, WorkspaceError::InvalidValue { .. }), "{error:?}");
    let list = fixture.admin(secret, list_all());
    let Ok(AdminReply::Conversations(list)) = list else { panic!("no list") };
    assert!(list.conversations.is_empty(), "who is refused is not listed");
}

#[test]
fn a_turn_needs_the_notice_that_was_agreed_to_and_a_page_that_is_allowed() {
    let (fixture, secret) = Fixture::with_site(settings());
    let agreed = fixture.turn_command("Hi");
    assert!(fixture.core().turn(&agreed).is_ok());
    let elsewhere = Turn {
        origin: Origin::parse("https://other.example").unwrap(),
        ..fixture.turn_command("Hi")
    };
    let refusal = fixture.core().turn(&elsewhere).map_err(refused).unwrap_err();
    assert_eq!(refusal, WorkspaceError::OriginNotAllowed);
    // The operator turns to a provider that the visitor was never told about.
    fixture.admin(secret, AdminAction::ChangeSite(1, Box::new(with_openai()))).unwrap();
    let refusal = fixture.core().turn(&agreed).map_err(refused).unwrap_err();
    let current = fixture.public(None).unwrap().site.notice.version;
    assert_eq!(refusal, WorkspaceError::NoticeChanged { notice: current.as_str().into() });
    assert!(fixture.turn("Hi").is_ok());
}

/// A visitor's message is read before the turn, by what `ReadRules` gives; the reply is read by
/// what the turn gives. Both are the same.
#[test]
fn messages_and_replies_are_read_by_the_same_rules() {
    let (fixture, secret) = Fixture::with_site(settings());
    let rules = || fixture.core().rules(&ReadRules { site: 1 }).map_err(refused).unwrap();
    assert_eq!(rules().exempt, ["privacy@shop.example"]);
    assert_eq!(rules().scrub, ScrubSettings::default());

    let mut changed = settings();
    changed.exempt = vec!["+49 30 901820".into()];
    changed.scrub = ScrubSettings { off: vec!["IP".into()], patterns: vec!["'KD'-9{6}".into()] };
    let entry = fixture.site(secret, AdminAction::ChangeSite(1, Box::new(changed.clone())));
    assert_eq!(entry.settings.scrub, changed.scrub, "the operator sees what is in force");
    assert_eq!(fixture.public(None).unwrap().site.scrub, changed.scrub);
    assert_eq!(rules().scrub, changed.scrub);
    assert_eq!(rules().exempt, ["+49 30 901820", "privacy@shop.example"]);
    assert_eq!(fixture.turn("Hi").unwrap().rules, rules());

    let unknown = fixture.core().rules(&ReadRules { site: 2 }).map_err(refused);
    assert_eq!(unknown, Err(WorkspaceError::SiteUnknown));
}

#[test]
fn conversations_are_listed_in_pages() {
    let generous = SiteSettings {
        budget: DayBudget { sessions_per_network: 1_000, ..DayBudget::default() },
        ..settings()
    };
    let (fixture, secret) = Fixture::with_site(generous);
    for n in 0..205_u8 {
        let conversation = ConversationId::from_bytes([n; 32]);
        fixture.admit(|admit| admit.conversation = conversation).unwrap();
        fixture.clock.advance(1_000);
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let Ok(AdminReply::Conversations(page)) =
            fixture.admin(secret, AdminAction::ListConversations { after, site: None, flag: None })
        else {
            panic!("no page");
        };
        assert!(page.conversations.len() <= 100);
        seen.extend(page.conversations.iter().map(|one| one.conversation.as_bytes()[0]));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..205).collect::<Vec<_>>());
    let nonsense = fixture.admin(
        secret,
        AdminAction::ListConversations { after: Some("x".into()), site: None, flag: None },
    );
    assert!(matches!(nonsense, Err(WorkspaceError::InvalidValue { .. })));
}
