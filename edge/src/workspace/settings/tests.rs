use super::*;
use sotto_shared::pii::CATEGORIES;
use sotto_shared::wire::site::Contact;

pub(crate) fn settings() -> SiteSettings {
    let fixture = include_str!("../../../../shared/tests/fixtures/wire/site-settings.json");
    serde_json::from_str(fixture).unwrap()
}

pub(crate) fn openai() -> Provider {
    let json = r#"{"kind":"openai","base_url":"https://model.example/v1","model":"small",
        "key":"secret-key-1234","recipient":{"name":"Model Inc","role":"writes the answers",
        "place":"EU","retention_days":30}}"#;
    serde_json::from_str(json).unwrap()
}

pub(crate) fn broken(change: impl Fn(&mut SiteSettings)) -> String {
    let mut changed = settings();
    change(&mut changed);
    match check(&changed, false) {
        Err(WorkspaceError::InvalidValue { field, rule }) => {
            assert!(rule.starts_with("must "), "{rule}");
            field
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn good_settings_pass() {
    assert_eq!(check(&settings(), false), Ok(()));
    let mut with = settings();
    with.contact = Some(Contact { label: "Call".into(), url: "tel:+49301234".into() });
    assert_eq!(check(&with, false), Ok(()));
}

#[test]
fn every_rule_names_its_member() {
    let long = |n: usize| "x".repeat(n);
    assert_eq!(broken(|s| s.name = " ".into()), "name");
    assert_eq!(broken(|s| s.name = long(121)), "name");
    assert_eq!(broken(|s| s.name = "a\nb".into()), "name");
    assert_eq!(broken(|s| s.origins.clear()), "origins");
    let plain = Origin::parse("http://shop.example").unwrap();
    assert_eq!(broken(|s| s.origins.push(plain.clone())), "origins");
    assert_eq!(broken(|s| s.lang = "deutsch!".into()), "lang");
    assert_eq!(broken(|s| s.accent = "#12345g".into()), "accent");
    assert_eq!(broken(|s| s.accent = "red".into()), "accent");
    for url in ["javascript:alert(1)", "http://shop.example", "mailto:", "https://", "x"] {
        let contact = Contact { label: "Write".into(), url: url.into() };
        assert_eq!(broken(|s| s.contact = Some(contact.clone())), "contact.url", "{url}");
    }
    assert_eq!(broken(|s| s.controller.name.clear()), "controller.name");
    assert_eq!(broken(|s| s.controller.contact = "me".into()), "controller.contact");
    let url = Some("http://shop.example".to_owned());
    assert_eq!(broken(|s| s.controller.privacy_url = url.clone()), "controller.privacy_url");
    assert_eq!(broken(|s| s.idle_seconds = 3_599), "idle_seconds");
    assert_eq!(broken(|s| s.retention_seconds = u64::MAX), "retention_seconds");
    assert_eq!(broken(|s| s.absolute_seconds = u64::MAX), "absolute_seconds");
    assert_eq!(broken(|s| s.absolute_seconds = s.idle_seconds - 1), "absolute_seconds");
    assert_eq!(broken(|s| s.retention_seconds = s.absolute_seconds + 1), "absolute_seconds");
    assert_eq!(broken(|s| s.system_prompt = long(8_001)), "system_prompt");
    assert_eq!(broken(|s| s.budget.messages_per_minute = 0), "budget");
    assert_eq!(broken(|s| s.budget.sessions_per_minute = 0), "budget");
    assert_eq!(broken(|s| s.budget.tokens_per_turn = 1_999), "budget");
    let crowded = broken(|s| {
        (s.budget.tokens_per_turn, s.system_prompt) = (2_900, "x".repeat(4_000));
    });
    assert_eq!(crowded, "budget");
    assert_eq!(broken(|s| s.exempt = vec!["abc".into()]), "exempt");
    assert_eq!(broken(|s| s.exempt = vec!["abcd".into(); 51]), "exempt");
    for host in ["https://shop.example", "Shop.example", "", ".example", "a.example/b"] {
        assert_eq!(broken(|s| s.link_hosts = vec![host.into()]), "link_hosts", "{host}");
    }
    let off = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    assert_eq!(broken(|s| s.scrub.off = off(&["PHONE", "phone"])), "scrub.off[1]");
    assert_eq!(broken(|s| s.scrub.off = off(&["PHONE"; 65])), "scrub.off");
    assert_eq!(broken(|s| s.scrub.patterns = off(&["'KD'-9{6}"; 17])), "scrub.patterns");
    let texts = |lang: &str| SiteTexts {
        lang: lang.into(),
        greeting: None,
        starters: vec![],
        contact_label: None,
    };
    assert_eq!(broken(|s| s.texts = vec![texts("de"), texts("de")]), "texts.lang");
    assert_eq!(broken(|s| s.texts = vec![texts("")]), "texts.lang");
    let starters = SiteTexts { starters: vec!["x".into(); 7], ..texts("de") };
    assert_eq!(broken(|s| s.texts = vec![starters.clone()]), "texts.starters");
    let greeting = SiteTexts { greeting: Some(long(301)), ..texts("de") };
    assert_eq!(broken(|s| s.texts = vec![greeting.clone()]), "texts.greeting");
}

fn fault(change: impl Fn(&mut ScrubSettings)) -> (String, String) {
    let mut changed = settings();
    change(&mut changed.scrub);
    match check(&changed, false) {
        Err(WorkspaceError::InvalidValue { field, rule }) => (field, rule),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_always_hidden_cannot_be_switched_off() {
    for label in ["EMAIL", "CARD", "IBAN", "SECRET", "PASSWORD"] {
        let (field, rule) = fault(|scrub| scrub.off = vec!["IP".into(), label.into()]);
        assert_eq!(field, "scrub.off[1]");
        assert!(rule.contains(label) && rule.contains("always hidden"), "{rule}");
    }
    let mut all_others = settings();
    for row in &CATEGORIES {
        if row.switchable && !all_others.scrub.off.iter().any(|label| label == row.label) {
            all_others.scrub.off.push(row.label.to_owned());
        }
    }
    assert_eq!(check(&all_others, false), Ok(()));
}

#[test]
fn a_pattern_that_cannot_be_read_is_named_with_the_reason() {
    for (pattern, reason) in [
        ("'KD'9{6", "open bracket"),
        ("'KD'x{6}", "a sign that means nothing"),
        ("9{8}", "a quoted prefix or a check digit"),
        ("'AB'9", "fewer than 4"),
        ("", "fewer than 4"),
    ] {
        let (field, rule) =
            fault(|scrub| scrub.patterns = vec!["'KD'-9{6,8}".into(), pattern.into()]);
        assert_eq!(field, "scrub.patterns[1]");
        assert!(rule.contains(reason), "{rule}");
        assert!(pattern.is_empty() || !rule.contains(pattern), "{rule}");
    }
    let mut full = settings();
    full.scrub.patterns = vec!["A{2}9{2}*{5,21}+mod97".into(); limits::SCRUB_PATTERNS];
    assert_eq!(check(&full, false), Ok(()));
}

#[test]
fn development_allows_short_lives() {
    let mut short = settings();
    short.idle_seconds = 1;
    assert_eq!(check(&short, true), Ok(()));
    short.idle_seconds = 0;
    assert!(check(&short, true).is_err());
}

#[test]
fn children_are_kept_apart() {
    let child = |change: fn(&mut SiteSettings)| {
        broken(move |s| {
            s.audience = Audience::Children;
            change(s);
        })
    };
    assert_eq!(child(|s| s.purposes.remember = true), "purposes");
    assert_eq!(child(|s| s.provider = openai()), "provider");
    assert_eq!(
        child(|s| s.recipients.extend(openai().remote().map(|p| p.recipient.clone()))),
        "recipients"
    );
}

#[test]
fn texts_come_in_the_closest_language() {
    let mut site = settings();
    site.texts = ["en", "de", "pt-BR"]
        .map(|lang| SiteTexts {
            lang: lang.into(),
            greeting: Some(lang.into()),
            starters: vec![],
            contact_label: None,
        })
        .into();
    let chosen = |asked| texts_for(&site, asked).0;
    assert_eq!(chosen(None), "en");
    assert_eq!(chosen(Some("de")), "de");
    assert_eq!(chosen(Some("DE")), "de");
    assert_eq!(chosen(Some("de-AT")), "de");
    assert_eq!(chosen(Some("pt")), "pt-BR");
    assert_eq!(chosen(Some("fr")), "en");
    assert_eq!(texts_for(&site, Some("de-AT")).1.unwrap().greeting.as_deref(), Some("de"));
}

#[test]
fn own_values_are_the_sites_contacts_and_what_it_names() {
    let mut site = settings();
    site.exempt = vec!["+49 30 1234".into()];
    let url = "mailto:hello@shop.example?subject=Hi".into();
    site.contact = Some(Contact { label: "Write".into(), url });
    assert_eq!(own_values(&site), ["+49 30 1234", "hello@shop.example", "privacy@shop.example"]);
}
