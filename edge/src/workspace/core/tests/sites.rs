//! Sites: made, changed, removed, and their providers' keys.

use super::*;

#[test]
fn sites_are_made_listed_changed_and_removed() {
    let (fixture, secret) = Fixture::with_site(settings());
    let second = fixture.site(secret, AdminAction::CreateSite(Box::new(settings())));
    assert_eq!(second.number, 2);
    let opened = site_key::open(&fixture.keyring, &second.key).unwrap();
    assert_eq!(opened.workspace, ID);
    assert_eq!(opened.site, SiteRef { number: 2, generation: 1 });

    let renamed = SiteSettings { name: "Other shop".into(), ..settings() };
    let changed = fixture.site(secret, AdminAction::ChangeSite(2, Box::new(renamed.clone())));
    assert_eq!((changed.key, changed.settings), (second.key, renamed));

    fixture.put(secret, "faq.md", "# Tea\n\nGreen.").unwrap();
    assert_eq!(fixture.admin(secret, AdminAction::DeleteSite(1)), Ok(AdminReply::Done));
    let again = fixture.admin(secret, AdminAction::DeleteSite(1));
    assert_eq!(again, Err(WorkspaceError::SiteUnknown));
    assert_eq!(fixture.public(None).unwrap_err(), WorkspaceError::SiteUnknown);
    let rows = fixture.sql.exec("SELECT count(*) FROM passage", &[]).unwrap();
    assert_eq!(rows[0][0].unsigned(), Some(0));

    let third = fixture.site(secret, AdminAction::CreateSite(Box::new(settings())));
    assert_eq!(third.number, 3, "a number is never used again");
    let unknown = fixture.admin(secret, AdminAction::ChangeSite(1, Box::new(settings())));
    assert_eq!(unknown, Err(WorkspaceError::SiteUnknown));
}

#[test]
fn a_providers_key_is_sealed_and_never_read_back() {
    let (fixture, secret) = Fixture::with_site(with_openai());
    let Ok(AdminReply::Sites(list)) = fixture.admin(secret, AdminAction::ListSites) else {
        panic!("no list");
    };
    let json = serde_json::to_string(&list).unwrap();
    assert!(!json.contains("secret-key-1234"));
    assert!(json.contains("\"key_ends\":\"1234\""));
    for table in ["site", "workspace", "provider_key"] {
        for row in fixture.sql.exec(&format!("SELECT * FROM {table}"), &[]).unwrap() {
            for value in row {
                let bytes = value.blob().or(value.text().map(str::as_bytes)).unwrap_or_default();
                assert!(!bytes.windows(10).any(|window| window == b"secret-key"));
            }
        }
    }
    let providers = fixture.turn("Hi").unwrap().providers;
    let remote = providers[0].settings.remote().unwrap();
    assert_eq!(remote.key.as_deref(), Some("secret-key-1234"));
    assert_eq!(providers[0].name, "openai model.example small …1234");
}

#[test]
fn a_providers_key_stays_with_its_host() {
    let (fixture, secret) = Fixture::with_site(with_openai());
    let change = |url: &str, key: Option<&str>| {
        let mut changed = with_openai();
        if let Some(provider) = changed.provider.remote_mut() {
            provider.base_url = Some(url.into());
            provider.key = key.map(Into::into);
        }
        fixture.admin(secret, AdminAction::ChangeSite(1, Box::new(changed)))
    };
    assert!(change("https://model.example/v2", None).is_ok(), "the same host keeps the key");
    for url in ["https://evil.example/v1", "https://model.example:8443/v1"] {
        let error = change(url, None).unwrap_err();
        assert!(
            matches!(error, WorkspaceError::InvalidValue { field, .. } if field == "provider.key")
        );
    }
    assert!(change("https://other.example/v1", Some("new-key-5678")).is_ok());
    // Even in storage the key cannot be pointed at another host: it is left out, and does not open
    // where its own host was replaced too.
    fixture
        .sql
        .exec("UPDATE site SET settings = replace(settings, 'other.example', 'evil.example')", &[])
        .unwrap();
    let turn = fixture.turn("Hi").unwrap();
    assert_eq!(turn.providers[0].settings.remote().unwrap().key, None);
    fixture.sql.exec("UPDATE provider_key SET host = 'evil.example'", &[]).unwrap();
    let command = fixture.turn_command("Hi");
    assert!(matches!(fixture.core().turn(&command), Err(Fault::Seal(SealError::NotOpened))));
}

#[test]
fn a_provider_needs_a_key_at_first() {
    let fixture = Fixture::new();
    let secret = fixture.create();
    let mut keyless = with_openai();
    if let Some(provider) = keyless.provider.remote_mut() {
        provider.key = None;
    }
    let error = fixture.admin(secret, AdminAction::CreateSite(Box::new(keyless))).unwrap_err();
    assert!(matches!(error, WorkspaceError::InvalidValue { field, .. } if field == "provider.key"));
}

#[test]
fn the_public_settings_are_the_sites_in_the_visitors_language() {
    let mut site = with_openai();
    site.contact =
        Some(Contact { label: "Write to us".into(), url: "mailto:hello@shop.example".into() });
    site.texts = vec![SiteTexts {
        lang: "de".into(),
        greeting: Some("Guten Tag".into()),
        starters: vec!["Wann liefern Sie?".into()],
        contact_label: Some("Schreiben Sie uns".into()),
    }];
    let (fixture, _) = Fixture::with_site(site);
    let german = fixture.public(Some("de-AT")).unwrap();
    assert_eq!(german.site.lang, "de");
    assert_eq!(german.site.greeting.as_deref(), Some("Guten Tag"));
    assert_eq!(german.site.starters, ["Wann liefern Sie?"]);
    assert_eq!(german.site.contact.as_ref().unwrap().label, "Schreiben Sie uns");
    assert_eq!(german.site.notice.recipients[0].name, "Model Inc");
    assert_eq!(german.site.notice.storage, "Europäische Union");
    assert_eq!(german.site.exempt, ["hello@shop.example", "privacy@shop.example"]);
    assert_eq!(german.origins.len(), 2);
    let json = serde_json::to_string(&german.site).unwrap();
    assert!(!json.contains("model.example") && !json.contains("1234"), "{json}");
    let english = fixture.public(Some("fr")).unwrap();
    assert_eq!((english.site.lang.as_str(), english.site.greeting), ("en", None));
    assert_eq!(english.site.contact.unwrap().label, "Write to us");
}

#[test]
fn a_key_of_another_generation_names_no_site() {
    let (fixture, _) = Fixture::with_site(settings());
    fixture.sql.exec("UPDATE site SET generation = 2", &[]).unwrap();
    assert_eq!(fixture.public(None).unwrap_err(), WorkspaceError::SiteUnknown);
    assert_eq!(fixture.admit(|_| {}).unwrap_err(), WorkspaceError::SiteUnknown);
    assert_eq!(fixture.turn("Hi").unwrap_err(), WorkspaceError::SiteUnknown);
}

/// What was stored before there were such settings is read as it was meant.
#[test]
fn sites_and_documents_of_an_earlier_version_are_read() {
    let (fixture, secret) = Fixture::with_site(settings());
    fixture.put(secret, "contact.md", "# Contact\n\nCall 030 9018200.\n").unwrap();
    fixture.age(1);
    let older = "UPDATE site SET settings = json_remove(settings, '$.scrub', '$.absolute_seconds')";
    fixture.sql.exec(older, &[]).unwrap();
    let rules = fixture.core().rules(&ReadRules { site: 1 }).map_err(refused).unwrap();
    assert_eq!(rules.scrub, ScrubSettings::default());
    assert_eq!(rules.exempt, ["privacy@shop.example"]);
    fixture.put(secret, "contact.md", "# Contact\n\nCall 030 9018200.\n").unwrap();
    let rules = fixture.core().rules(&ReadRules { site: 1 }).map_err(refused).unwrap();
    assert_eq!(rules.exempt, ["privacy@shop.example", "030 9018200"]);
}
