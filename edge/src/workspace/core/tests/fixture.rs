//! What the tests share: a workspace in memory.

use super::*;

pub(in crate::workspace::core) const ID: WorkspaceId = WorkspaceId::from_bytes([0x0b; 32]);

pub(in crate::workspace::core) struct Fixture {
    pub(in crate::workspace::core) sql: MemorySql,
    pub(in crate::workspace::core) clock: ManualClock,
    pub(in crate::workspace::core) random: CountingRandom,
    pub(in crate::workspace::core) keyring: Keyring,
    pub(in crate::workspace::core) platform: PlatformProviders,
}

pub(in crate::workspace::core) type Core<'a> =
    Workspace<'a, MemorySql, ManualClock, CountingRandom>;

impl Fixture {
    pub(in crate::workspace::core) fn new() -> Self {
        Self {
            sql: MemorySql::new(),
            clock: ManualClock::at(20_000 * DAY_MS),
            random: CountingRandom::default(),
            keyring: test_keyring(),
            platform: PlatformProviders::default(),
        }
    }

    /// A workspace with its API key and one site.
    pub(in crate::workspace::core) fn with_site(settings: SiteSettings) -> (Self, [u8; 32]) {
        let fixture = Self::new();
        let secret = fixture.create();
        fixture.site(secret, AdminAction::CreateSite(Box::new(settings)));
        (fixture, secret)
    }

    pub(in crate::workspace::core) fn core(&self) -> Core<'_> {
        Workspace {
            id: ID,
            sql: &self.sql,
            clock: &self.clock,
            random: &self.random,
            keyring: &self.keyring,
            jurisdiction: Jurisdiction::Eu,
            development: false,
            platform: &self.platform,
        }
    }

    pub(in crate::workspace::core) fn create(&self) -> [u8; 32] {
        let created = self.core().create(&Create { name: "Shop Ltd".into() }).unwrap();
        let key = ApiKey::parse(&created.api_key).unwrap();
        assert_eq!(key.workspace, ID);
        key.secret
    }

    pub(in crate::workspace::core) fn admin(
        &self,
        secret: [u8; 32],
        action: AdminAction,
    ) -> Result<AdminReply, WorkspaceError> {
        self.core().admin(Admin { secret: secret.to_vec(), action }).map_err(refused)
    }

    pub(in crate::workspace::core) fn site(
        &self,
        secret: [u8; 32],
        action: AdminAction,
    ) -> SiteEntry {
        match self.admin(secret, action) {
            Ok(AdminReply::Site(entry)) => *entry,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::workspace::core) fn put(
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

    pub(in crate::workspace::core) fn public(
        &self,
        lang: Option<&str>,
    ) -> Result<PublicSettings, WorkspaceError> {
        let command = PublicSite { site: site_one(), lang: lang.map(Into::into) };
        self.core().public_site(&command).map_err(refused)
    }

    /// The notice in force; another one where the site cannot be read.
    pub(in crate::workspace::core) fn notice(&self) -> NoticeVersion {
        let public = self.public(None).map(|public| public.site.notice.version);
        public.unwrap_or(NoticeVersion::parse(&"0".repeat(32)).unwrap())
    }

    pub(in crate::workspace::core) fn admit(
        &self,
        change: impl Fn(&mut Admit),
    ) -> Result<SessionTerms, WorkspaceError> {
        self.admitted(change).map(|admitted| admitted.terms)
    }

    pub(in crate::workspace::core) fn admitted(
        &self,
        change: impl Fn(&mut Admit),
    ) -> Result<Admitted, WorkspaceError> {
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
    pub(in crate::workspace::core) fn turn_command(&self, question: &str) -> Turn {
        Turn {
            site: site_one(),
            question: scrub_for_edge(question, &Policy::chat()).0,
            lang: "de".into(),
            notice: self.notice(),
            origin: Origin::parse("https://shop.example").unwrap(),
            counted: None,
            tokens: 0,
            network: Network("203.0.113.0/24".into()),
        }
    }

    /// Takes the tables back to what they were at a version, by dropping what came later.
    pub(in crate::workspace::core) fn age(&self, version: u32) {
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
            (11, &["ALTER TABLE document DROP COLUMN flagged"]),
        ];
        for (_, statements) in later.iter().filter(|(made, _)| *made > version) {
            for statement in *statements {
                self.sql.exec(statement, &[]).unwrap();
            }
        }
        self.sql.exec("UPDATE schema SET version = ?", &[version.into()]).unwrap();
    }

    pub(in crate::workspace::core) fn turn(
        &self,
        question: &str,
    ) -> Result<TurnContext, WorkspaceError> {
        self.core().turn(&self.turn_command(question)).map_err(refused)
    }
}

pub(in crate::workspace::core) fn list_all() -> AdminAction {
    AdminAction::ListConversations { after: None, site: None, flag: None }
}

pub(in crate::workspace::core) fn site_one() -> SiteRef {
    SiteRef { number: 1, generation: 1 }
}

pub(in crate::workspace::core) fn refused(fault: Fault) -> WorkspaceError {
    match fault {
        Fault::Refused(error) => error,
        other => panic!("{other}"),
    }
}

pub(in crate::workspace::core) fn with_openai() -> SiteSettings {
    SiteSettings { provider: openai(), ..settings() }
}
