//! `cargo xtask audit verify`: whether an export of an audit log is the log that checkpoints were
//! signed over, without asking the edge. If it is not, every finding is on standard output.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use lexopt::{Arg, Parser, ValueExt};
use sotto_shared::audit::{Checkpoint, Export, NoteError, SignedNote, VerifierKey, verify};

use super::{NothingVerified, keys, read};

/// Options of `audit verify`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verify {
    /// The export.
    pub(crate) export: PathBuf,
    /// Checkpoints that were kept elsewhere.
    pub(crate) checkpoints: Vec<PathBuf>,
    /// Verifier keys, or files with them or with a set of public keys as the edge publishes it.
    pub(crate) keys: Vec<String>,
}

/// The export is not the log: the program ends with 1.
#[derive(Debug)]
struct NotTheLog(usize);

impl Verify {
    /// Reads what follows its name on the command line.
    ///
    /// # Errors
    /// If that is none of its tasks; the sentence says what would be.
    pub(crate) fn read(parser: &mut Parser) -> Result<Self> {
        match parser.next()? {
            Some(Arg::Value(name)) if name == "verify" => {}
            _ => bail!("`audit` takes `verify`"),
        }
        let (mut export, mut checkpoints, mut keys) = (None, Vec::new(), Vec::new());
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("checkpoint") => checkpoints.push(PathBuf::from(parser.value()?)),
                Arg::Long("key") => keys.push(parser.value()?.string()?),
                Arg::Value(file) if export.is_none() => export = Some(PathBuf::from(file)),
                other => return Err(other.unexpected().into()),
            }
        }
        let export = export.context("`audit verify` needs the file with the export")?;
        if checkpoints.is_empty() {
            bail!("`audit verify` needs --checkpoint FILE, one that was kept elsewhere");
        }
        if keys.is_empty() {
            bail!("`audit verify` needs --key KEY, the public key of the edge that signed");
        }
        Ok(Self { export, checkpoints, keys })
    }
}

/// Verifies, and prints what was found.
///
/// # Errors
/// If the export is not the log, or if something cannot be read.
pub(crate) fn run(options: &Verify) -> Result<()> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    let told = tell(options, now).context(NothingVerified)?;
    println!("{}", told.lines.join("\n"));
    match told.findings {
        0 => Ok(()),
        findings => Err(NotTheLog(findings).into()),
    }
}

/// What is printed, and how much of it is wrong.
#[derive(Debug)]
struct Told {
    lines: Vec<String>,
    findings: usize,
}

fn tell(options: &Verify, now: u64) -> Result<Told> {
    let named = |file: &Path| file.display().to_string();
    let export = Export::parse(&read(&options.export)?).with_context(|| named(&options.export))?;
    let keys = keys(&options.keys, &export.origin)?;
    let (mut findings, mut kept) = (Vec::new(), Vec::new());
    for file in &options.checkpoints {
        match open(&read(file)?, &keys) {
            Ok(checkpoint) => kept.push(checkpoint),
            Err(error @ (NoteError::NotSigned | NoteError::Forged)) => {
                findings.push(format!("{}: {error}", named(file)));
            }
            Err(error) => return Err(anyhow!(error).context(named(file))),
        }
    }
    let covered = verify(&export, &kept, now).covered;
    // The export's own checkpoint tells of what came after those that were kept.
    let own = export.checkpoint.as_deref().map(|note| open(note, &keys)).transpose();
    match own {
        Ok(own) => kept.extend(own),
        Err(error) => findings.push(format!("the checkpoint at the export's end: {error}")),
    }
    let report = verify(&export, &kept, now);
    findings.extend(report.findings.iter().map(ToString::to_string));

    let mut lines = findings.clone();
    if findings.is_empty() {
        lines.push(format!(
            "{}: {} entries, none changed, removed or reordered",
            export.origin, report.entries
        ));
        if report.gone > 0 {
            lines.push(format!(
                "{} are without their payload, since their retention is over",
                report.gone
            ));
        }
        lines.push(format!("{covered} are covered by what was kept elsewhere"));
        if report.entries > covered {
            let rest = report.entries - covered;
            lines.push(format!(
                "{rest} came later and are covered by the export's own checkpoint alone"
            ));
        }
    }
    Ok(Told { lines, findings: findings.len() })
}

fn open(note: &str, keys: &[VerifierKey]) -> Result<Checkpoint, NoteError> {
    SignedNote::parse(note)?.open(keys).cloned()
}

/// The keys that may sign checkpoints of a log. What the edge publishes has no name: it signs every
/// log of that edge under the log's own.
fn keys(given: &[String], origin: &str) -> Result<Vec<VerifierKey>> {
    keys::all(given, VerifierKey::parse, |key| VerifierKey::new(origin, &key.bytes))
}

impl fmt::Display for NotTheLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(findings) = self;
        let plural = if *findings == 1 { "finding" } else { "findings" };
        write!(f, "the export does not verify: {findings} {plural}")
    }
}

impl std::error::Error for NotTheLog {}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;
    use ed25519_dalek::{Signer as _, SigningKey};
    use sotto_shared::audit::{
        Class, Content, Digest, Entry, FORMAT, Head, Line, LogStart, Tree, beginning,
    };

    use super::*;
    use crate::args::Command;
    use crate::args::lines::{check, refusal};
    use crate::scratch::Folder;

    const ORIGIN: &str = "sotto-audit/0909";
    const NOW: u64 = 1_800_000_000_000;

    /// An export of six entries, and checkpoints over three and over all of them.
    struct Files(Folder);

    impl Files {
        fn new() -> Self {
            let files = Folder::new();
            files.write("public", &verifier_key(7).to_string());
            let mut tree = Tree::default();
            let mut leaf = beginning(ORIGIN);
            let log = LogStart { format: FORMAT.into(), origin: ORIGIN.into(), from: 0 };
            let mut lines = vec![Line::Log(log)];
            for number in 0..6 {
                let salt = Digest([u8::try_from(number).unwrap(); 32]);
                let content = Content { salt, payload: format!("{{\"action\":\"a{number}\"}}") };
                let (class, at) = (Class::Operational, NOW + number);
                let head = Head { class, at, commitment: content.commitment() };
                leaf = head.leaf(&leaf);
                tree.push(leaf);
                lines.push(Line::Entry(Entry {
                    number,
                    at,
                    class,
                    commitment: head.commitment,
                    leaf,
                    salt: Some(content.salt),
                    payload: Some(content.payload),
                }));
                if number == 2 {
                    files.write("three", &note(&tree, 7));
                }
            }
            files.write("six", &note(&tree, 7));
            files.write("stranger", &note(&tree, 8));
            lines.push(Line::Checkpoint(note(&tree, 7)));
            let text: String = lines.iter().map(|line| line.to_json().unwrap() + "\n").collect();
            files.write("export", &text);
            Self(files)
        }

        /// Changes the lines of the export.
        fn change(&self, change: impl FnOnce(&mut Vec<String>)) {
            let text = self.0.read("export");
            let mut lines = text.lines().map(str::to_owned).collect();
            change(&mut lines);
            self.0.write("export", &(lines.join("\n") + "\n"));
        }

        fn tell_at(&self, checkpoints: &[&str], key: &str, now: u64) -> Result<Told> {
            let options = Verify {
                export: self.0.at("export"),
                checkpoints: checkpoints.iter().map(|name| self.0.at(name)).collect(),
                keys: vec![key.to_owned()],
            };
            tell(&options, now)
        }

        /// What is printed, against the checkpoint over three.
        fn tell(&self) -> Vec<String> {
            let key = self.0.at("public").display().to_string();
            self.tell_at(&["three"], &key, NOW).unwrap().lines
        }
    }

    fn signing_key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn verifier_key(seed: u8) -> VerifierKey {
        VerifierKey::new(ORIGIN, &signing_key(seed).verifying_key().to_bytes()).unwrap()
    }

    fn note(tree: &Tree, seed: u8) -> String {
        let key = signing_key(seed);
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size: tree.size(), root: tree.root() };
        let public = key.verifying_key().to_bytes();
        checkpoint.sign(&public, |text| key.sign(text).to_bytes())
    }

    #[test]
    fn an_export_that_is_the_log_is_told_in_numbers() {
        let files = Files::new();
        assert_eq!(
            files.tell(),
            [
                "sotto-audit/0909: 6 entries, none changed, removed or reordered",
                "3 are covered by what was kept elsewhere",
                "3 came later and are covered by the export's own checkpoint alone"
            ]
        );
        let key = verifier_key(7).to_string();
        let told = files.tell_at(&["six", "three"], &key, NOW).unwrap();
        assert_eq!(told.lines[1..], ["6 are covered by what was kept elsewhere"]);
        assert_eq!(told.findings, 0);
    }

    #[test]
    fn what_was_done_to_an_export_is_named() {
        let changed = |change: fn(&mut Vec<String>)| {
            let files = Files::new();
            files.change(change);
            files.tell()
        };
        assert_eq!(
            changed(|lines| lines[3] = lines[3].replace("a2", "b2")),
            ["entry 2 was changed: its payload or salt is not what was written"]
        );
        assert_eq!(changed(|lines| drop(lines.remove(5))), ["entry 4 is missing"]);
        assert_eq!(changed(|lines| lines.swap(2, 3)), ["entry 1 does not stand in its place"]);
        let cut = changed(|lines| lines.truncate(3));
        assert_eq!(
            cut,
            [
                "entries are missing at the end: a checkpoint was signed over 3, and 2 are there",
                "the export is not whole: it breaks off without its checkpoint"
            ]
        );
        // The last entry, and the checkpoint at the end with it.
        assert_eq!(
            changed(|lines| lines.truncate(6)),
            ["the export is not whole: it breaks off without its checkpoint"]
        );
        let forged = changed(|lines| {
            let last = lines.last_mut().unwrap();
            *last = last.replace("\\n6\\n", "\\n5\\n");
        });
        assert_eq!(
            forged,
            [
                "the checkpoint at the export's end: its signature is not the key's: the checkpoint was changed"
            ]
        );
    }

    #[test]
    fn a_log_that_was_made_anew_is_found_by_what_was_kept() {
        let files = Files::new();
        let other = files.0.read("three");
        let root = other.lines().nth(2).unwrap().to_owned();
        let mut tree = Tree::default();
        for seed in 0..3 {
            tree.push(Digest([seed; 32]));
        }
        files.0.write("three", &note(&tree, 7));
        assert_ne!(root, tree.root().to_string());
        assert_eq!(
            files.tell(),
            ["entries were rewritten: those from 0 to 2 are not what a checkpoint was signed over"]
        );
    }

    #[test]
    fn another_key_vouches_for_nothing() {
        let files = Files::new();
        let told = files.tell_at(&["stranger"], &verifier_key(7).to_string(), NOW).unwrap();
        assert_eq!(told.findings, 1);
        assert!(told.lines[0].ends_with("stranger: it is not signed with the key"));
        let told = files.tell_at(&["six"], &verifier_key(8).to_string(), NOW).unwrap();
        assert_eq!(told.findings, 2, "neither checkpoint: {:?}", told.lines);
    }

    #[test]
    fn keys_are_read_as_the_edge_publishes_them() {
        let files = Files::new();
        let x = |seed| BASE64URL_NOPAD.encode(&signing_key(seed).verifying_key().to_bytes());
        let key = |seed| format!("{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"{}\"}}", x(seed));
        files.0.write("jwks.json", &format!("{{\"keys\":[{},{}]}}", key(8), key(7)));
        let file = files.0.at("jwks.json").display().to_string();
        assert_eq!(files.tell_at(&["six"], &file, NOW).unwrap().findings, 0);
        files.0.write("jwks.json", "{\"keys\":[]}");
        assert!(files.tell_at(&["six"], &file, NOW).is_err());
    }

    #[test]
    fn contents_that_have_gone_in_time_are_counted() {
        let files = Files::new();
        files.change(|lines| {
            let Ok(Line::Entry(mut entry)) = serde_json::from_str(&lines[1]) else { panic!() };
            (entry.salt, entry.payload) = (None, None);
            lines[1] = Line::Entry(entry).to_json().unwrap();
        });
        assert_eq!(files.tell(), ["entry 0 has lost its payload before its retention was over"]);
        let later = NOW + Class::Operational.retention_ms();
        let told = files.tell_at(&["six"], &verifier_key(7).to_string(), later).unwrap();
        assert_eq!(told.lines[1], "1 are without their payload, since their retention is over");
    }

    #[test]
    fn what_cannot_be_read_verifies_nothing() {
        let files = Files::new();
        let key = verifier_key(7).to_string();
        for (checkpoint, key) in
            [("nowhere", key.as_str()), ("export", &key), ("six", "nowhere"), ("six", "a+b+c")]
        {
            assert!(files.tell_at(&[checkpoint], key, NOW).is_err(), "{checkpoint} {key}");
        }
        files.change(|lines| lines[2].push('x'));
        let error = format!("{:#}", files.tell_at(&["six"], &key, NOW).unwrap_err());
        assert!(error.ends_with("line 3 is not a line of an audit export"), "{error}");
        let options = Verify { export: files.0.at("nowhere"), checkpoints: vec![], keys: vec![] };
        assert!(run(&options).unwrap_err().is::<NothingVerified>());
    }

    #[test]
    fn audit_verify_needs_all_that_it_compares() {
        let Command::Audit(verify) = check("audit verify e --checkpoint a --key k --checkpoint b")
        else {
            panic!("not audit verify");
        };
        assert_eq!(verify.export, PathBuf::from("e"));
        assert_eq!(verify.checkpoints, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(verify.keys, ["k"]);
        assert!(refusal("audit").contains("`verify`"));
        assert!(refusal("audit verify --checkpoint a --key k").contains("export"));
        assert!(refusal("audit verify e --key k").contains("--checkpoint"));
        assert!(refusal("audit verify e --checkpoint a").contains("--key"));
    }
}
