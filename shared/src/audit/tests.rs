use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::Digest as _;

use super::*;
use crate::id::WorkspaceId;

const NOW: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn key(origin: &str) -> VerifierKey {
    VerifierKey::new(origin, &signing_key().verifying_key().to_bytes()).unwrap()
}

/// A log as the edge keeps one.
struct Log {
    origin: String,
    tree: Tree,
    entries: Vec<Entry>,
}

impl Log {
    fn of(entries: u64) -> Self {
        let origin = origin(&WorkspaceId::from_bytes([9; 32]));
        let mut log = Self { origin, tree: Tree::default(), entries: Vec::new() };
        for number in 0..entries {
            log.push(number);
        }
        log
    }

    fn push(&mut self, number: u64) {
        let class = if number.is_multiple_of(3) { Class::Compliance } else { Class::Operational };
        let salt = Digest([u8::try_from(number).unwrap(); 32]);
        let content = Content { salt, payload: format!("{{\"action\":\"a{number}\"}}") };
        let at = NOW - 1_000 * HOUR + number * HOUR;
        let head = Head { class, at, commitment: content.commitment() };
        let previous = self.entries.last().map_or(beginning(&self.origin), |entry| entry.leaf);
        let leaf = head.leaf(&previous);
        self.tree.push(leaf);
        self.entries.push(Entry {
            number,
            at,
            class,
            commitment: head.commitment,
            leaf,
            salt: Some(content.salt),
            payload: Some(content.payload),
        });
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: self.origin.clone(), size: self.tree.size(), root: self.tree.root() }
    }

    fn note(&self) -> String {
        let key = signing_key();
        let public = key.verifying_key().to_bytes();
        self.checkpoint().sign(&public, |text| key.sign(text).to_bytes())
    }

    fn export(self) -> Export {
        let checkpoint = Some(self.note());
        Export { origin: self.origin, entries: self.entries, next: None, checkpoint }
    }
}

/// What is found after a change, against the checkpoints of sizes 5 and 10 of a log of 12.
fn found(change: impl FnOnce(&mut Vec<Entry>)) -> Vec<Finding> {
    let kept = [Log::of(5).checkpoint(), Log::of(10).checkpoint()];
    let mut export = Log::of(12).export();
    change(&mut export.entries);
    verify(&export, &kept, NOW).findings
}

/// Renumbers and links the entries again, as one would who knows the format and not the key.
fn relink(entries: &mut [Entry]) {
    let mut previous = beginning(&Log::of(0).origin);
    for (entry, number) in entries.iter_mut().zip(0..) {
        entry.number = number;
        if let Some(content) = entry.content() {
            entry.commitment = content.commitment();
        }
        entry.leaf = entry.head().leaf(&previous);
        previous = entry.leaf;
    }
}

#[test]
fn a_log_fits_the_checkpoints_that_were_signed_over_it() {
    let export = Log::of(12).export();
    let kept = [Log::of(12).checkpoint(), Log::of(0).checkpoint(), Log::of(7).checkpoint()];
    let report = verify(&export, &kept, NOW);
    assert_eq!(report, Report { entries: 12, gone: 0, covered: 12, findings: vec![] });
    let report = verify(&export, &kept[2..], NOW);
    assert_eq!((report.covered, report.is_good()), (7, true));
}

#[test]
fn a_changed_entry_is_found() {
    assert_eq!(found(|_| {}), []);
    let changed = [Finding::ContentChanged { number: 3 }];
    assert_eq!(found(|log| log[3].payload = Some("{}".into())), changed);
    assert_eq!(found(|log| log[3].salt = Some(Digest([0; 32]))), changed);
    let unlinked = [Finding::NotLinked { number: 3 }];
    assert_eq!(found(|log| log[3].at += 1), unlinked);
    assert_eq!(found(|log| log[3].class = Class::Operational), unlinked);
    let torn = [Finding::ContentTorn { number: 3 }];
    assert_eq!(found(|log| log[3].salt = None), torn);
    assert_eq!(found(|log| log[3].payload = None), torn);
    assert_eq!(
        found(|log| log[3].commitment = Digest([0; 32])),
        [Finding::NotLinked { number: 3 }, Finding::ContentChanged { number: 3 }]
    );
    assert_eq!(
        found(|log| log[6].leaf = Digest([0; 32])),
        [
            Finding::NotLinked { number: 6 },
            Finding::NotLinked { number: 7 },
            Finding::Rewritten { from: 5, to: 10 }
        ]
    );
    assert_eq!(
        found(|log| log[4].at = log[2].at),
        [Finding::NotLinked { number: 4 }, Finding::TimeRunsBack { number: 4 }]
    );
}

#[test]
fn a_removed_entry_is_found() {
    for number in 0..11 {
        let at = usize::try_from(number).unwrap();
        let gap = Finding::Missing { from: number, to: number + 1 };
        assert_eq!(found(|log| drop(log.remove(at))), [gap], "{number}");
    }
    let middle = Finding::Missing { from: 2, to: 6 };
    assert_eq!(found(|log| drop(log.drain(2..6))), [middle]);
    assert_eq!(found(|log| log.truncate(9)), [Finding::Truncated { has: 9, had: 10 }]);
    assert_eq!(
        found(Vec::clear),
        [Finding::Truncated { has: 0, had: 5 }, Finding::Truncated { has: 0, had: 10 }]
    );
    let double = |log: &mut Vec<Entry>| {
        let again = Log::of(4).entries.pop().unwrap();
        log.insert(7, again);
    };
    assert_eq!(found(double), [Finding::Repeated { number: 3 }]);
}

#[test]
fn a_reordered_entry_is_found() {
    assert_eq!(found(|log| log.swap(3, 4)), [Finding::OutOfOrder { number: 3 }]);
    let renumbered = found(|log| {
        log.swap(3, 4);
        (log[3].number, log[4].number) = (3, 4);
    });
    for number in 3..=5 {
        assert!(renumbered.contains(&Finding::NotLinked { number }), "{renumbered:?}");
    }
    assert!(renumbered.contains(&Finding::Rewritten { from: 0, to: 5 }));
}

/// Who links everything anew is found by a checkpoint kept elsewhere, and only by it.
#[test]
fn a_rewritten_log_is_found_between_two_checkpoints() {
    let rewritten = |change: fn(&mut Vec<Entry>)| {
        found(|log| {
            change(log);
            relink(log);
        })
    };
    let late = [Finding::Rewritten { from: 5, to: 10 }];
    assert_eq!(rewritten(|log| log[6].payload = Some("{}".into())), late);
    assert_eq!(rewritten(|log| drop(log.remove(9))), late);
    let both = [Finding::Rewritten { from: 0, to: 5 }, Finding::Rewritten { from: 0, to: 10 }];
    assert_eq!(rewritten(|log| log[4].payload = Some("{}".into())), both);
    assert_eq!(rewritten(|log| drop(log.remove(0))), both);
    let short = [Finding::Rewritten { from: 5, to: 10 }, Finding::Truncated { has: 8, had: 10 }];
    let removed = rewritten(|log| drop(log.drain(6..10)));
    assert_eq!(removed, short[1..]);
    assert_eq!(
        rewritten(|log| log[10].payload = Some("{}".into())),
        [],
        "not covered by a kept one"
    );
}

#[test]
fn contents_go_when_their_time_has_come_and_not_before() {
    let mut export = Log::of(12).export();
    for entry in &mut export.entries {
        (entry.salt, entry.payload) = (None, None);
    }
    let kept = [Log::of(12).checkpoint()];
    let early = verify(&export, &kept, NOW);
    assert_eq!((early.gone, early.findings.len()), (0, 12));
    let two_years = NOW + Class::Operational.retention_ms();
    let report = verify(&export, &kept, two_years);
    assert_eq!(report.gone, 8, "what is kept for two years");
    let left = [0, 3, 6, 9].map(|number| Finding::GoneEarly { number });
    assert_eq!(report.findings, left);
    let all = verify(&export, &kept, NOW + Class::Compliance.retention_ms());
    assert_eq!((all.gone, all.is_good(), all.covered), (12, true, 12));
    // To the millisecond.
    let head = export.entries[1].head();
    let end = head.at + Class::Operational.retention_ms();
    assert!(!head.may_have_gone(end - 1) && head.may_have_gone(end));
}

#[test]
fn an_export_that_is_not_whole_is_found() {
    let kept = [Log::of(4).checkpoint()];
    let mut export = Log::of(6).export();
    export.checkpoint = None;
    assert_eq!(verify(&export, &kept, NOW).findings, [Finding::BrokenOff]);
    export.next = Some(6);
    assert_eq!(verify(&export, &kept, NOW).findings, [Finding::PageMissing { from: 6 }]);
    let other = Checkpoint { origin: "another".into(), ..Log::of(4).checkpoint() };
    let findings = verify(&Log::of(6).export(), &[other], NOW).findings;
    assert_eq!(findings, [Finding::OtherLog { origin: "another".into() }]);
}

#[test]
fn an_entry_of_one_log_is_none_of_another() {
    let mut export = Log::of(3).export();
    export.origin = origin(&WorkspaceId::from_bytes([8; 32]));
    assert_eq!(verify(&export, &[], NOW).findings, [Finding::NotLinked { number: 0 }]);
}

#[test]
fn exports_are_written_and_read() {
    let Log { origin, entries, .. } = Log::of(3);
    let start = |from| Line::Log(LogStart { format: FORMAT.into(), origin: origin.clone(), from });
    let mut lines = vec![start(0)];
    let (mut first, mut second) = (entries, Vec::new());
    second.extend(first.pop());
    lines.extend(first.into_iter().map(Line::Entry));
    lines.extend([Line::Next(2), start(2)]);
    lines.extend(second.into_iter().map(Line::Entry));
    lines.push(Line::Checkpoint(Log::of(3).note()));
    let write = |lines: &[Line]| {
        lines.iter().map(|line| line.to_json().unwrap() + "\n").collect::<String>()
    };
    let export = Export::parse(&write(&lines)).unwrap();
    assert_eq!(export, Log::of(3).export());
    assert!(verify(&export, &[Log::of(3).checkpoint()], NOW).is_good());

    let refusal = |text: &str| Export::parse(text).unwrap_err().to_string();
    assert_eq!(refusal(""), "line 1 is missing: the file is empty");
    assert_eq!(refusal("{\"next\":1}"), "line 1 comes before the line that names the log");
    assert_eq!(refusal("{}"), "line 1 is not a line of an audit export");
    let twice = write(&[start(0), start(0)]);
    assert_eq!(refusal(&twice), "line 2 is not the page that follows");
    let late = write(&[start(0), Line::Checkpoint(String::new()), Line::Next(1)]);
    assert_eq!(refusal(&late), "line 3 stands behind the end of its page");
    let other = write(&[start(0), Line::Next(1)]) + &write(&[start(1)]).replace("09", "0a");
    assert_eq!(refusal(&other), "line 3 begins another log");
    let newer = write(&[start(0)]).replace("audit/1", "audit/2");
    assert_eq!(refusal(&newer), "line 1 is of another version of the format");
}

/// Pinned: logs and checkpoints are kept for years.
#[test]
fn the_format_is_fixed() {
    let log = Log::of(2);
    let leaf = log.entries[1].leaf.to_string();
    let note = log.note();
    let object = object(&Digest([1; 32]), "conversation", &[2; 32]);
    let object = object.to_string();
    assert_eq!(leaf, "6aifWxp9TX/tscKi8DkrLAP1tQeTLPOpN4aaVx4xlD8=");
    assert_eq!(object, "Qo3BbqawCklrCghL1gYytPcQoERVAWqgsL6hWHMmfSE=");
    let origin = format!("sotto-audit/{}", "09".repeat(32));
    let signed = "mP1EUONGmFTjUFd1xbsytXA9l965B4QsAghrN52bk9uBKGZdKli+zjsHQT75pLRZ8DrvNhrwj0GiVj0ddYACZvXVPQQ=";
    let root = "TGbIqFI7o/YvzFkpSUZaDhb99Ytygqofu6FR4q95kGg=";
    assert_eq!(note, format!("{origin}\n2\n{root}\n\n\u{2014} {origin} {signed}\n"));
}

/// The roots of the trees over the usual test leaves of Certificate Transparency (RFC 6962).
#[test]
fn the_tree_is_the_standard_one() {
    let leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::default();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(HEXLOWER.encode(&tree.root().0), empty);
    for (leaf, root) in leaves.into_iter().zip(roots) {
        let data = HEXLOWER.decode(leaf.as_bytes()).unwrap();
        let hash = sha2::Sha256::new().chain_update([0]).chain_update(data).finalize();
        tree.push(Digest(hash.into()));
        assert_eq!(HEXLOWER.encode(&tree.root().0), root);
        assert_eq!(Tree::from_bytes(tree.size(), &tree.to_bytes()).as_ref(), Some(&tree));
    }
    assert_eq!(Tree::from_bytes(2, &tree.to_bytes()[1..]), None);
    assert_eq!(Tree::from_bytes(7, &tree.to_bytes()), None);
}

#[test]
fn a_checkpoint_opens_with_its_key_alone() {
    let log = Log::of(5);
    let note = log.note();
    let signed = SignedNote::parse(&note).unwrap();
    assert_eq!(signed.claimed_origin(), log.origin);
    assert_eq!(signed.open(&[key(&log.origin)]), Ok(&log.checkpoint()));
    assert_eq!(signed.open(&[]), Err(NoteError::NotSigned));
    assert_eq!(signed.open(&[key("another")]), Err(NoteError::NotSigned));
    let stranger = SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes();
    let stranger = VerifierKey::new(&log.origin, &stranger).unwrap();
    assert_eq!(signed.open(core::slice::from_ref(&stranger)), Err(NoteError::NotSigned));
    assert!(signed.open(&[stranger, key(&log.origin)]).is_ok(), "an older key stands beside it");
    // A witness has signed as well.
    let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
    assert!(SignedNote::parse(&witnessed).unwrap().open(&[key(&log.origin)]).is_ok());
}

#[test]
fn a_changed_checkpoint_does_not_open() {
    let log = Log::of(5);
    let note = log.note();
    // Every part of the note is met; each signature costs milliseconds where nothing is optimised.
    for at in (0..note.len()).step_by(9) {
        let mut changed = note.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(changed) = String::from_utf8(changed) else { continue };
        let opened = SignedNote::parse(&changed)
            .is_ok_and(|signed| signed.open(&[key(&log.origin)]).is_ok());
        assert!(!opened, "byte {at}");
    }
    for (from, to) in [("\n5\n", "\n05\n"), ("\n5\n", "\n+5\n"), ("\n5\n", "\n\n5\n")] {
        assert!(SignedNote::parse(&note.replacen(from, to, 1)).is_err(), "{to:?}");
    }
}

#[test]
fn verifier_keys_have_their_usual_form() {
    let text = key("log.example/1").to_string();
    assert_eq!(VerifierKey::parse(&text), Ok(key("log.example/1")));
    for bad in
        ["", "a+b", &text.replace("log", "lag"), &text.replace('+', "-"), &format!("{text}A")]
    {
        assert_eq!(VerifierKey::parse(bad), Err(NoteError::NotAKey), "{bad}");
    }
    assert!(VerifierKey::new("a b", &signing_key().verifying_key().to_bytes()).is_err());
    // A key and a note of another implementation of signed notes: it is a note, and no checkpoint.
    let known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(VerifierKey::parse(known).unwrap().to_string(), known);
    let note = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    assert_eq!(SignedNote::parse(note), Err(NoteError::NotACheckpoint));
}

#[test]
fn objects_are_recognised_by_those_who_know_them() {
    let (salt, other) = (Digest([1; 32]), Digest([2; 32]));
    let commitment = object(&salt, "conversation", &[3; 32]);
    assert_eq!(object(&salt, "conversation", &[3; 32]), commitment);
    assert_ne!(object(&salt, "conversation", &[4; 32]), commitment);
    assert_ne!(object(&salt, "site", &[3; 32]), commitment);
    assert_ne!(object(&other, "conversation", &[3; 32]), commitment);
}
