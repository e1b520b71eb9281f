use sotto_shared::audit::{
    Checkpoint, Export, Finding, Report, SignedNote, VerifierKey, object, verify,
};
use sotto_shared::id::ConversationId;

use super::*;
use crate::auth::keyring::{test_json, test_keyring};
use crate::clock::ManualClock;
use crate::random::CountingRandom;
use crate::sql::{FailingSql, MemorySql};
use crate::workspace::schema;

const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([0x0b; 32]);
const NOW: u64 = 1_800_000_000_000;
const SECOND: u64 = 1_000;

struct World {
    sql: MemorySql,
    clock: ManualClock,
    random: CountingRandom,
    keyring: Keyring,
}

impl World {
    fn new() -> Self {
        let sql = MemorySql::new();
        schema::migrate(&sql).unwrap();
        let clock = ManualClock::at(NOW);
        Self { sql, clock, random: CountingRandom::default(), keyring: test_keyring() }
    }

    /// A log with an entry of each action, a second apart.
    fn full() -> Self {
        let world = Self::new();
        for action in Action::ALL {
            world.append(*action);
            world.clock.advance(SECOND);
        }
        world
    }

    fn log(&self) -> Log<'_, MemorySql, ManualClock, CountingRandom> {
        let store = Store(&self.sql);
        Log { workspace: WORKSPACE, store, clock: &self.clock, random: &self.random }
    }

    fn append(&self, action: Action) {
        self.log().append(&event(action)).unwrap();
    }

    fn export(&self) -> String {
        self.log().export(&self.keyring, 0).unwrap()
    }

    fn checkpoint(&self) -> Checkpoint {
        self.open(&self.log().checkpoint(&self.keyring).unwrap())
    }

    /// Opens a note as anyone does who has the edge's public keys.
    fn open(&self, note: &str) -> Checkpoint {
        let keys: Vec<VerifierKey> = self
            .keyring
            .receipt_public_keys()
            .map(|key| VerifierKey::new(&origin(&WORKSPACE), &key.value).unwrap())
            .collect();
        SignedNote::parse(note).unwrap().open(&keys).unwrap().clone()
    }

    fn verify(&self, text: &str, kept: &[Checkpoint]) -> Report {
        verify(&Export::parse(text).unwrap(), kept, self.clock.now_ms())
    }

    fn exec(&self, statement: &str) -> Result<(), SqlError> {
        self.sql.exec(statement, &[]).map(drop)
    }
}

fn conversation() -> ConversationId {
    ConversationId::from_bytes([7; 32])
}

fn event(action: Action) -> Event {
    Event {
        actor: Actor::Visitor(conversation()),
        action,
        object: Object::Conversation(Some(3), conversation()),
        reason: None,
        outcome: Outcome::Done,
    }
}

#[test]
fn an_export_verifies_against_checkpoints_of_any_time() {
    let world = World::new();
    let mut kept = vec![world.checkpoint()];
    for action in Action::ALL {
        world.append(*action);
        kept.push(world.checkpoint());
    }
    let size = u64::try_from(Action::ALL.len()).unwrap();
    let report = world.verify(&world.export(), &kept);
    assert_eq!(report, Report { entries: size, gone: 0, covered: size, findings: vec![] });
    let own = Export::parse(&world.export()).unwrap().checkpoint.unwrap();
    assert_eq!(world.open(&own), *kept.last().unwrap());
}

/// Checkpoints are kept for years: a key that was rotated away verifies for as long as it is
/// published.
#[test]
fn checkpoints_outlive_the_key_that_signed_them() {
    let mut world = World::full();
    let before = world.log().checkpoint(&world.keyring).unwrap();
    world.keyring = Keyring::parse(&test_json(&[3, 2, 1])).unwrap();
    world.append(Action::SitesListed);
    let after = world.log().checkpoint(&world.keyring).unwrap();
    let kept = [world.open(&before), world.open(&after)];
    assert!(world.verify(&world.export(), &kept).is_good());
    let signer = |note: &str| note.lines().last().map(|line| line[..line.len() - 80].to_owned());
    assert_ne!(signer(&before), signer(&after));
}

#[test]
fn an_entry_tells_of_its_object_to_those_who_know_it() {
    let world = World::new();
    world.append(Action::ConversationErased);
    let entry = Export::parse(&world.export()).unwrap().entries.remove(0);
    let salt = entry.salt.unwrap();
    let commitment = object(&salt, "conversation", conversation().as_bytes());
    let payload = format!(
        "{{\"actor\":{{\"kind\":\"visitor\",\"commitment\":\"{commitment}\"}},\
         \"action\":\"conversation.erased\",\
         \"object\":{{\"kind\":\"conversation\",\"commitment\":\"{commitment}\"}},\
         \"site\":3,\"result\":\"done\"}}"
    );
    assert_eq!(entry.payload.unwrap(), payload);
    assert!(!world.export().contains(&conversation().to_hex()));
    world.append(Action::ConversationErased);
    let entries = Export::parse(&world.export()).unwrap().entries;
    assert_ne!(entries[0].salt, entries[1].salt);
}

#[test]
fn actions_have_names_of_their_own_and_are_documented() {
    let documentation = include_str!("../../../../docs/audit.md");
    for (at, action) in Action::ALL.iter().enumerate() {
        let same = Action::ALL[..at].iter().find(|other| other.name() == action.name());
        assert_eq!(same, None);
        let name = format!("`{}`", action.name());
        let kept = format!("| {} years |", action.class().code());
        let row = documentation.lines().find(|line| line.starts_with('|') && line.contains(&name));
        assert!(row.is_some_and(|row| row.contains(&kept)), "{name} {kept}");
    }
}

#[test]
fn the_tables_refuse_every_change() {
    let world = World::full();
    for statement in [
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
        "UPDATE audit SET payload = '{}' WHERE number = 3",
        "UPDATE audit SET salt = x'00' WHERE number = 3",
        "UPDATE audit SET at = at + 1, salt = NULL, payload = NULL",
        "UPDATE audit SET leaf = x'00', salt = NULL, payload = NULL",
        "UPDATE audit SET number = number + 100, salt = NULL, payload = NULL",
    ] {
        let error = world.exec(statement).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    assert!(world.verify(&world.export(), &[world.checkpoint()]).is_good());
}

/// Who can write to the tables as they like is found by a checkpoint that was kept.
#[test]
fn what_is_changed_behind_the_triggers_is_found() {
    let tampered = |statement: &str| {
        let world = World::full();
        let kept = [world.checkpoint()];
        world.exec("DROP TRIGGER audit_is_not_removed").unwrap();
        world.exec("DROP TRIGGER audit_is_not_changed").unwrap();
        world.exec(statement).unwrap();
        world.verify(&world.export(), &kept).findings
    };
    assert_eq!(tampered("SELECT 1"), []);
    let changed = "UPDATE audit SET payload = replace(payload, 'done', 'failed') WHERE number = 3";
    assert_eq!(tampered(changed), [Finding::ContentChanged { number: 3 }]);
    let removed = "DELETE FROM audit WHERE number = 3";
    assert_eq!(tampered(removed), [Finding::Missing { from: 3, to: 4 }]);
    let early = "UPDATE audit SET salt = NULL, payload = NULL WHERE number = 3";
    assert_eq!(tampered(early), [Finding::GoneEarly { number: 3 }]);
}

#[test]
fn contents_go_after_two_and_seven_years() {
    let world = World::full();
    let kept = [world.checkpoint()];
    let drop_now = || {
        drop_expired(&Store(&world.sql), &world.clock).unwrap();
        next_expiry(&Store(&world.sql)).unwrap()
    };
    let of = |class| Action::ALL.iter().filter(|action| action.class() == class).count();
    let first_at = |class| {
        let position = Action::ALL.iter().position(|action| action.class() == class).unwrap();
        NOW + u64::try_from(position).unwrap() * SECOND
    };
    let gone = || usize::try_from(world.verify(&world.export(), &kept).gone).unwrap();
    assert!(of(Class::Operational) > 0 && of(Class::Compliance) > 0);

    let due = first_at(Class::Operational) + Class::Operational.retention_ms();
    assert_eq!(drop_now(), Some(due));
    world.clock.advance(due - world.clock.now_ms() - 1);
    assert_eq!((drop_now(), gone()), (Some(due), 0));
    world.clock.advance(1);
    assert!(drop_now() > Some(due));
    assert_eq!(gone(), 1);
    world.clock.advance(3_600 * SECOND);
    let due = first_at(Class::Compliance) + Class::Compliance.retention_ms();
    assert_eq!((drop_now(), gone()), (Some(due), of(Class::Operational)));
    let report = world.verify(&world.export(), &kept);
    assert!(report.is_good(), "what stays verifies: {:?}", report.findings);

    world.append(Action::AuditExported);
    world.clock.advance(Class::Compliance.retention_ms());
    assert_eq!((drop_now(), gone()), (None, Action::ALL.len() + 1));
    let rows = world.sql.exec("SELECT 1 FROM audit WHERE salt IS NOT NULL", &[]).unwrap();
    assert!(rows.is_empty());
    assert!(world.verify(&world.export(), &kept).is_good());
}

#[test]
fn a_clock_that_steps_back_does_not_take_the_log_along() {
    let mut world = World::full();
    world.clock = ManualClock::at(NOW - 3_600 * SECOND);
    world.append(Action::SitesListed);
    let kept = [world.checkpoint()];
    world.clock = ManualClock::at(NOW + 3_600 * SECOND);
    assert!(world.verify(&world.export(), &kept).is_good());
}

#[test]
fn what_needs_no_key_is_recorded_rarely() {
    let world = World::new();
    let rarely = |action| world.log().append_rarely(&event(action)).unwrap();
    let size = || world.checkpoint().size;
    for _ in 0..10 {
        rarely(Action::LoginRefused);
    }
    assert_eq!(size(), 1);
    rarely(Action::ConversationErased);
    assert_eq!(size(), 2, "one action does not hide another");
    world.clock.advance(AUDIT_QUIET_SECONDS * SECOND);
    rarely(Action::LoginRefused);
    assert_eq!(size(), 3);
}

#[test]
fn an_export_comes_in_pages() {
    let world = World::new();
    for _ in 0..=AUDIT_PAGE {
        world.append(Action::SitesListed);
    }
    let from = |number| world.log().export(&world.keyring, number);
    let first = world.export();
    let whole = first.clone() + &from(AUDIT_PAGE.into()).unwrap();
    let kept = [world.checkpoint()];
    let report = world.verify(&whole, &kept);
    assert_eq!((report.entries, report.is_good()), (u64::from(AUDIT_PAGE) + 1, true));
    assert_eq!(
        world.verify(&first, &kept).findings,
        [
            Finding::Truncated { has: AUDIT_PAGE.into(), had: u64::from(AUDIT_PAGE) + 1 },
            Finding::PageMissing { from: AUDIT_PAGE.into() }
        ]
    );
    let end = u64::from(AUDIT_PAGE) + 1;
    assert!(Export::parse(&from(end).unwrap()).unwrap().entries.is_empty());
    assert!(matches!(from(end + 1), Err(AuditError::NoSuchEntry)));
}

#[test]
fn a_state_that_cannot_be_read_stops_the_log() {
    let world = World::full();
    // Twice as many and one have one subtree more, however many there are.
    world.exec("UPDATE audit_tree SET size = 2 * size + 1").unwrap();
    assert!(matches!(world.log().append(&event(Action::SitesListed)), Err(AuditError::Broken(_))));
    assert!(matches!(world.log().checkpoint(&world.keyring), Err(AuditError::Broken(_))));
}

/// Whatever the statement at which the storage breaks down, the next entry follows, and the export
/// verifies.
#[test]
fn a_log_whose_storage_broke_down_goes_on() {
    for broken in 0.. {
        let world = World::full();
        let kept = [world.checkpoint()];
        let sql = FailingSql::after(broken, &world.sql);
        let log = Log {
            workspace: WORKSPACE,
            store: Store(&sql),
            clock: &world.clock,
            random: &world.random,
        };
        let is_whole = log.append(&event(Action::SitesListed)).is_ok();
        world.append(Action::DocumentsListed);
        let report = world.verify(&world.export(), &kept);
        assert!(report.is_good(), "statement {broken}: {:?}", report.findings);
        assert_eq!(report.entries, world.checkpoint().size, "statement {broken}");
        if is_whole {
            assert!(broken > 3, "only {broken} statements were tried");
            break;
        }
    }
}
