mod allowance;
mod audit;
mod confidential;
mod conversations;
mod counts;
mod keys;
mod list;
mod providers;
mod sweep;

use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::{ConversationId, Origin};
use sotto_shared::limits;
use sotto_shared::pii::{Policy, scrub_for_edge};
use sotto_shared::wire::admin::{Budget as DayBudget, DocumentEntry, SiteEntry, SiteTexts};
use sotto_shared::wire::session::{Client, Holder};
use sotto_shared::wire::site::{Contact, ScrubSettings};

use super::*;
use crate::auth::keyring::{Keyring, test_json, test_keyring};
use crate::auth::mac;
use crate::auth::tokens::ApiKey;
use crate::clock::{DAY_MS, ManualClock};
use crate::config::Jurisdiction;
use crate::provider::access::Access;
use crate::random::CountingRandom;
use crate::session::command::{Network, SessionTerms};
use crate::sql::MemorySql;
use crate::workspace::command::{
    Admin, AdminAction, AdminReply, Admit, Admitted, Forget, Forgotten, PublicSettings, PublicSite,
    ReadRules, Turn, TurnContext,
};
use crate::workspace::settings::tests::{openai, settings};

const ID: WorkspaceId = WorkspaceId::from_bytes([0x0b; 32]);

pub(super) struct Fixture {
    pub(super) sql: MemorySql,
    pub(super) clock: ManualClock,
    pub(super) random: CountingRandom,
    pub(super) keyring: Keyring,
    pub(super) access: Access,
}

pub(super) type Core<'a> = Workspace<'a, MemorySql, ManualClock, CountingRandom>;

impl Fixture {
    fn new() -> Self {
        Self {
            sql: MemorySql::new(),
            clock: ManualClock::at(20_000 * DAY_MS),
            random: CountingRandom::default(),
            keyring: test_keyring(),
            access: Access::default(),
        }
    }

    /// A workspace with its API key and one site.
    pub(super) fn with_site(settings: SiteSettings) -> (Self, [u8; 32]) {
        let fixture = Self::new();
        let secret = fixture.create();
        fixture.site(secret, AdminAction::CreateSite(Box::new(settings)));
        (fixture, secret)
    }

    pub(super) fn core(&self) -> Core<'_> {
        Workspace {
            id: ID,
            sql: &self.sql,
            clock: &self.clock,
            random: &self.random,
            keyring: &self.keyring,
            jurisdiction: Jurisdiction::Eu,
            development: false,
            access: &self.access,
        }
    }

    fn create(&self) -> [u8; 32] {
        let created = self.core().create(&Create { name: "Shop Ltd".into() }).unwrap();
        let key = ApiKey::parse(&created.api_key).unwrap();
        assert_eq!(key.workspace, ID);
        key.secret
    }

    fn admin(&self, secret: [u8; 32], action: AdminAction) -> Result<AdminReply, WorkspaceError> {
        self.core().admin(Admin { secret: secret.to_vec(), action }).map_err(refused)
    }

    fn site(&self, secret: [u8; 32], action: AdminAction) -> SiteEntry {
        match self.admin(secret, action) {
            Ok(AdminReply::Site(entry)) => *entry,
            other => panic!("{other:?}"),
        }
    }

    fn put(
        &self,
        secret: [u8; 32],
        name: &str,
        text: &str,
    ) -> Result<DocumentEntry, WorkspaceError> {
        let action = AdminAction::PutDocument {
            site: 1,
            name: name.into(),
            media_type: "text/markdown".into(),
            text: text.into(),
            confidential: None,
        };
        self.admin(secret, action).map(|reply| match reply {
            AdminReply::Document(entry) => entry,
            other => panic!("{other:?}"),
        })
    }

    fn public(&self, lang: Option<&str>) -> Result<PublicSettings, WorkspaceError> {
        let command = PublicSite { site: site_one(), lang: lang.map(Into::into) };
        self.core().public_site(&command).map_err(refused)
    }

    /// The notice in force; another one where the site cannot be read.
    pub(super) fn notice(&self) -> NoticeVersion {
        let public = self.public(None).map(|public| public.site.notice.version);
        public.unwrap_or(NoticeVersion::parse(&"0".repeat(32)).unwrap())
    }

    fn admit(&self, change: impl Fn(&mut Admit)) -> Result<SessionTerms, WorkspaceError> {
        self.admitted(change).map(|admitted| admitted.terms)
    }

    pub(super) fn admitted(&self, change: impl Fn(&mut Admit)) -> Result<Admitted, WorkspaceError> {
        let mut command = Admit {
            site: site_one(),
            conversation: ConversationId::from_bytes(self.random.bytes().unwrap()),
            origin: Origin::parse("https://shop.example").unwrap(),
            lang: "de".into(),
            client: Client::Widget,
            choice: Choice::new(self.notice(), true, Purposes::default(), false),
            network: Network("203.0.113.0/24".into()),
            solved: None,
        };
        change(&mut command);
        self.core().admit(&command).map_err(refused)
    }

    /// A turn under the notice in force.
    fn turn_command(&self, question: &str) -> Turn {
        Turn {
            site: site_one(),
            question: scrub_for_edge(question, &Policy::chat()).0,
            lang: "de".into(),
            notice: self.notice(),
            origin: Origin::parse("https://shop.example").unwrap(),
            counted: None,
            network: Network("203.0.113.0/24".into()),
        }
    }

    /// Takes the tables back to what they were at a version, by dropping what came later.
    fn age(&self, version: u32) {
        let later: &[(u32, &[&str])] = &[
            (2, &["ALTER TABLE document DROP COLUMN own_values"]),
            (3, &["DROP TABLE audit", "DROP TABLE audit_tree", "DROP TABLE audit_quiet"]),
            (
                4,
                &[
                    "ALTER TABLE api_key DROP COLUMN id",
                    "ALTER TABLE api_key DROP COLUMN name",
                    "ALTER TABLE api_key DROP COLUMN scopes",
                    "ALTER TABLE api_key DROP COLUMN ends",
                    "ALTER TABLE api_key DROP COLUMN expires_at",
                ],
            ),
            (
                5,
                &[
                    "DROP INDEX conversation_site",
                    "DROP INDEX conversation_check",
                    "ALTER TABLE conversation DROP COLUMN told",
                    "ALTER TABLE conversation DROP COLUMN improve",
                    "ALTER TABLE conversation DROP COLUMN analytics",
                    "ALTER TABLE conversation DROP COLUMN restricted",
                    "ALTER TABLE conversation DROP COLUMN review_asked_at",
                    "ALTER TABLE conversation DROP COLUMN hold_reason",
                    "ALTER TABLE conversation DROP COLUMN hold_until",
                    "ALTER TABLE conversation DROP COLUMN erased_by",
                    "ALTER TABLE conversation DROP COLUMN ends_at",
                    "ALTER TABLE conversation DROP COLUMN check_at",
                ],
            ),
            (6, &["ALTER TABLE workspace DROP COLUMN wrapped_at"]),
            (
                7,
                &[
                    "ALTER TABLE document DROP COLUMN confidential",
                    "DROP TABLE confidential",
                    "DROP TABLE confidential_part",
                ],
            ),
            (8, &["DROP TABLE contribution", "DROP TABLE day_count"]),
            (9, &["DROP TABLE rate", "DROP TABLE load", "DROP TABLE used_challenge"]),
            (10, &["DROP TABLE provider_key", "DROP TABLE breaker"]),
        ];
        for (_, statements) in later.iter().filter(|(made, _)| *made > version) {
            for statement in *statements {
                self.sql.exec(statement, &[]).unwrap();
            }
        }
        self.sql.exec("UPDATE schema SET version = ?", &[version.into()]).unwrap();
    }

    pub(super) fn turn(&self, question: &str) -> Result<TurnContext, WorkspaceError> {
        self.core().turn(&self.turn_command(question)).map_err(refused)
    }
}

fn list_all() -> AdminAction {
    AdminAction::ListConversations { after: None, site: None, flag: None }
}

fn site_one() -> SiteRef {
    SiteRef { number: 1, generation: 1 }
}

pub(super) fn refused(fault: Fault) -> WorkspaceError {
    match fault {
        Fault::Refused(error) => error,
        other => panic!("{other}"),
    }
}

pub(super) fn with_openai() -> SiteSettings {
    SiteSettings { provider: openai(), ..settings() }
}

#[test]
fn nothing_is_here_before_it_is_created() {
    let fixture = Fixture::new();
    assert_eq!(fixture.public(None).unwrap_err(), WorkspaceError::Unknown);
    assert_eq!(fixture.admit(|_| {}).unwrap_err(), WorkspaceError::Unknown);
    let list = fixture.admin([0; 32], AdminAction::ListSites);
    assert_eq!(list.unwrap_err(), WorkspaceError::Unknown);
    let conversation = ConversationId::from_bytes([1; 32]);
    let forget = Forget { conversation, why: Forgotten::Erased };
    assert_eq!(refused(fixture.core().forget(&forget).unwrap_err()), WorkspaceError::Unknown);
    assert!(fixture.sql.exec("SELECT name FROM sqlite_master", &[]).unwrap().is_empty());
}

#[test]
fn a_workspace_is_created_once() {
    let fixture = Fixture::new();
    fixture.create();
    let again = fixture.core().create(&Create { name: "Other".into() });
    assert!(matches!(again, Err(Fault::Broken(_))));
    let nameless = Fixture::new().core().create(&Create { name: " ".into() }).map_err(refused);
    assert!(matches!(nameless, Err(WorkspaceError::InvalidValue { field, .. }) if field == "name"));
}

/// Promise 8: a key of one workspace never reaches another.
#[test]
fn only_the_workspaces_own_key_fits() {
    let (fixture, secret) = Fixture::with_site(settings());
    for at in 0..32 {
        let mut other = secret;
        other[at] ^= 1;
        let list = fixture.admin(other, AdminAction::ListSites);
        assert_eq!(list.unwrap_err(), WorkspaceError::KeyInvalid);
    }
    let command = Admin { secret: vec![], action: AdminAction::ListSites };
    assert_eq!(refused(fixture.core().admin(command).unwrap_err()), WorkspaceError::KeyInvalid);
    assert!(fixture.admin(secret, AdminAction::ListSites).is_ok());
}

#[test]
fn api_keys_are_stored_as_hashes() {
    let fixture = Fixture::new();
    let secret = fixture.create();
    let rows = fixture.sql.exec("SELECT hash FROM api_key", &[]).unwrap();
    assert_eq!(rows[0][0].blob().unwrap(), mac::sha256(&secret));
}

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
    assert_eq!(providers[0].name, "openai model.example small");
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
    // Even in storage the key cannot be pointed at another host.
    fixture
        .sql
        .exec("UPDATE site SET settings = replace(settings, 'other.example', 'evil.example')", &[])
        .unwrap();
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
fn keys_open_after_the_roots_rotation_and_not_without_it() {
    let (mut fixture, _) = Fixture::with_site(with_openai());
    let command = fixture.turn_command("Hi");
    fixture.keyring = Keyring::parse(&test_json(&[3])).unwrap();
    assert!(matches!(fixture.core().turn(&command), Err(Fault::Seal(SealError::UnknownKey))));
    fixture.keyring = Keyring::parse(&test_json(&[3, 2])).unwrap();
    assert!(fixture.turn("Hi").is_ok());
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

#[test]
fn documents_are_put_replaced_searched_and_removed() {
    let (fixture, secret) = Fixture::with_site(settings());
    let entry = fixture
        .put(
            secret,
            "faq.md",
            "# Shop\n\n## Delivery\n\nWe deliver in three days.\n\n## Returns\n\nFree returns.\n",
        )
        .unwrap();
    assert_eq!((entry.title.as_str(), entry.passages), ("Shop", 2));
    fixture.put(secret, "more.md", "# Payment\n\nBy invoice.\n").unwrap();
    let turn = fixture.turn("When do you deliver?").unwrap();
    assert_eq!(turn.passages.len(), 1);
    assert_eq!(turn.passages[0].id, "faq.md#delivery");
    assert_eq!(turn.passages[0].text, "We deliver in three days.");

    fixture.put(secret, "faq.md", "# Shop\n\n## Delivery\n\nWe deliver in five days.\n").unwrap();
    assert_eq!(fixture.turn("deliver").unwrap().passages[0].text, "We deliver in five days.");
    assert!(fixture.turn("returns").unwrap().passages.is_empty());
    let Ok(AdminReply::Documents(list)) = fixture.admin(secret, AdminAction::ListDocuments(1))
    else {
        panic!("no list");
    };
    let names: Vec<_> = list.documents.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["faq.md", "more.md"]);

    let remove =
        || fixture.admin(secret, AdminAction::DeleteDocument { site: 1, name: "faq.md".into() });
    assert_eq!(remove(), Ok(AdminReply::Done));
    assert_eq!(remove(), Err(WorkspaceError::DocumentUnknown));
    assert!(fixture.turn("deliver").unwrap().passages.is_empty());
    assert_eq!(fixture.turn("invoice").unwrap().passages.len(), 1);
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

/// A value of a document that an earlier turn quoted is still the site's own in the next one,
/// whichever passages that one is given.
#[test]
fn values_in_documents_are_the_sites_own_until_they_go() {
    let (fixture, secret) = Fixture::with_site(settings());
    let rules = || fixture.core().rules(&ReadRules { site: 1 }).map_err(refused).unwrap();
    let contact = "# Contact\n\nCall 030 9018200 or write to desk@shop.example.\n";
    fixture.put(secret, "contact.md", contact).unwrap();
    fixture.clock.advance(1);
    fixture.put(secret, "press.md", "# Press\n\npress@shop.example, desk@shop.example\n").unwrap();
    assert_eq!(
        rules().exempt,
        ["privacy@shop.example", "press@shop.example", "desk@shop.example", "030 9018200"]
    );
    let turn = fixture.turn("Do you have tea?").unwrap();
    assert!(turn.passages.is_empty());
    let said = scrub_for_edge("+49 30 9018200, desk@shop.example", &turn.rules.policy()).0;
    assert_eq!(said.as_str(), "+49 30 9018200, desk@shop.example");
    assert_eq!(
        fixture.public(None).unwrap().site.exempt,
        ["privacy@shop.example"],
        "the public settings are no list of what is in documents"
    );

    let gone = AdminAction::DeleteDocument { site: 1, name: "contact.md".into() };
    fixture.admin(secret, gone).unwrap();
    assert_eq!(rules().exempt, ["privacy@shop.example", "press@shop.example", "desk@shop.example"]);
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

#[test]
fn documents_have_rules() {
    let (fixture, secret) = Fixture::with_site(settings());
    let field = |error| match error {
        WorkspaceError::InvalidValue { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(fixture.put(secret, "../x", "x").unwrap_err()), "name");
    let big = "x".repeat(limits::DOCUMENT_BYTES + 1);
    assert_eq!(field(fixture.put(secret, "big.md", &big).unwrap_err()), "document");
    let put = AdminAction::PutDocument {
        site: 1,
        name: "a.pdf".into(),
        media_type: "application/pdf".into(),
        text: String::new(),
        confidential: None,
    };
    assert_eq!(field(fixture.admin(secret, put).unwrap_err()), "media_type");
    let unknown = fixture.admin(secret, AdminAction::ListDocuments(9));
    assert_eq!(unknown, Err(WorkspaceError::SiteUnknown));
    for n in 0..limits::DOCUMENTS_PER_SITE {
        fixture.put(secret, &format!("d{n}"), "").unwrap();
        fixture.clock.advance(1_000);
    }
    assert!(fixture.put(secret, "d0", "again").is_ok());
    assert!(matches!(
        fixture.put(secret, "one-more", ""),
        Err(WorkspaceError::LimitReached { .. })
    ));
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
