//! The platform's secrets, made and rotated: `SOTTO_KEYRING` and `SOTTO_PLATFORM_TOKEN`.
//!
//! They live in a file of `NAME=value` lines that wrangler reads: `.dev.vars` locally, or one that
//! `wrangler secret bulk <file>` uploads. What can be done to the lists of keys is in [`ring`].
//! Only names and key ids are ever printed.

mod ring;

pub(crate) use ring::List;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};

use crate::sh;
use ring::{Keyring, random};

const KEYRING: &str = "SOTTO_KEYRING";
const PLATFORM_TOKEN: &str = "SOTTO_PLATFORM_TOKEN";

/// What `keys` does, and to which file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) task: KeyTask,
    pub(crate) file: Option<PathBuf>,
}

/// A task of `keys`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyTask {
    New,
    List,
    Prepare(Vec<List>),
    /// The lists to rotate; empty means all.
    Rotate(Vec<List>),
    Retire {
        list: List,
        kid: u8,
        /// Whether the operator knows what is lost with it.
        is_sure: bool,
    },
}

impl Keys {
    /// Reads what follows its name on the command line.
    ///
    /// # Errors
    /// If that is none of its tasks; the sentence says what would be.
    pub(crate) fn read(parser: &mut Parser) -> Result<Self> {
        let mut words = Vec::new();
        let (mut file, mut is_sure) = (None, false);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("file") => file = Some(PathBuf::from(parser.value()?)),
                Arg::Long("sure") => is_sure = true,
                Arg::Value(word) => words.push(word.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let lists =
            |names: &[&str]| names.iter().map(|name| List::parse(name)).collect::<Result<_>>();
        let task = match words.as_slice() {
            ["new"] => KeyTask::New,
            ["list"] => KeyTask::List,
            ["prepare", first, others @ ..] => {
                KeyTask::Prepare(lists(&[&[*first], others].concat())?)
            }
            ["rotate", names @ ..] => KeyTask::Rotate(lists(names)?),
            ["retire", list, kid] => KeyTask::Retire {
                list: List::parse(list)?,
                kid: kid.parse().ok().with_context(|| format!("`{kid}` is no key's id"))?,
                is_sure,
            },
            _ => bail!("`keys` takes `new`, `list`, `prepare LIST`, `rotate` or `retire LIST KID`"),
        };
        if is_sure && !matches!(task, KeyTask::Retire { .. }) {
            bail!("only `keys retire` takes --sure");
        }
        Ok(Self { task, file })
    }
}

/// Where the secrets of development are.
pub(crate) fn dev_file() -> PathBuf {
    sh::at(".dev.vars")
}

/// Runs `cargo xtask keys`.
///
/// # Errors
/// If there already are secrets (`new`), or none that could be read (the other tasks), or if a key
/// cannot go (`retire`).
pub(crate) fn run(keys: &Keys) -> Result<()> {
    let file = keys.file.clone().unwrap_or_else(dev_file);
    match &keys.task {
        KeyTask::New => {
            if !create(&file)? {
                bail!("{} exists; `keys rotate` changes its keys", file.display());
            }
            println!("{}: made {KEYRING} and {PLATFORM_TOKEN}", file.display());
        }
        KeyTask::List => println!("{}", read(&file)?.keyring),
        KeyTask::Prepare(lists) => {
            change(&file, |keyring| lists.iter().try_for_each(|list| keyring.prepare(*list)))?;
        }
        KeyTask::Rotate(lists) => {
            let lists = if lists.is_empty() { &List::ALL[..] } else { lists };
            change(&file, |keyring| lists.iter().try_for_each(|list| keyring.rotate(*list)))?;
        }
        KeyTask::Retire { list, kid, is_sure } => {
            if let Some(warning) = list.warning()
                && !is_sure
            {
                bail!("{warning} docs/keys.md says how to know; repeat with --sure");
            }
            change(&file, |keyring| keyring.retire(*list, *kid))?;
        }
    }
    Ok(())
}

/// Changes the keyring in a file, and shows what it is then.
fn change(file: &Path, act: impl FnOnce(&mut Keyring) -> Result<()>) -> Result<()> {
    let mut secrets = read(file)?;
    act(&mut secrets.keyring)?;
    replace(file, &secrets.to_text()?)?;
    println!("{}", secrets.keyring);
    Ok(())
}

/// Makes secrets in a file that only its owner may read, unless it exists; says whether it did.
///
/// # Errors
/// If the file cannot be written or the machine has no randomness.
pub(crate) fn create(file: &Path) -> Result<bool> {
    let secrets = Secrets::random()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    match options.open(file) {
        Ok(mut opened) => {
            opened
                .write_all(secrets.to_text()?.as_bytes())
                .with_context(|| file.display().to_string())?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| file.display().to_string()),
    }
}

/// The token that creates workspaces.
///
/// # Errors
/// If the file or the token in it is missing.
pub(crate) fn platform_token(file: &Path) -> Result<String> {
    Ok(read(file)?.platform_token)
}

/// The secrets as variables of an environment.
///
/// # Errors
/// If the file or a secret in it is missing.
pub(crate) fn variables(file: &Path) -> Result<[(&'static str, String); 2]> {
    let secrets = read(file)?;
    let keyring = serde_json::to_string(&secrets.keyring)?;
    Ok([(KEYRING, keyring), (PLATFORM_TOKEN, secrets.platform_token)])
}

fn read(file: &Path) -> Result<Secrets> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read; `keys new` makes it", file.display()))?;
    Secrets::parse(&text).with_context(|| file.display().to_string())
}

/// Writes beside the file and renames, so that a full disk loses no key.
fn replace(file: &Path, text: &str) -> Result<()> {
    let beside = file.with_extension("new.vars");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    owner_only(&mut options);
    let write = || -> std::io::Result<()> {
        let mut opened = options.open(&beside)?;
        opened.write_all(text.as_bytes())?;
        opened.sync_all()?;
        fs::rename(&beside, file)
    };
    write().with_context(|| file.display().to_string())
}

#[cfg(unix)]
pub(crate) fn owner_only(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
pub(crate) fn owner_only(_options: &mut OpenOptions) {}

/// What a file of secrets holds.
struct Secrets {
    keyring: Keyring,
    platform_token: String,
    /// Its other lines, as they stand: a provider's key, perhaps.
    others: Vec<String>,
}

impl Secrets {
    fn random() -> Result<Self> {
        Ok(Self { keyring: Keyring::random()?, platform_token: random()?, others: Vec::new() })
    }

    fn parse(text: &str) -> Result<Self> {
        let (mut keyring, mut platform_token, mut others) = (None, None, Vec::new());
        for line in text.lines() {
            match line.split_once('=') {
                Some((KEYRING, value)) => keyring = Some(unquote(value)),
                Some((PLATFORM_TOKEN, value)) => platform_token = Some(unquote(value).to_owned()),
                _ => others.push(line.to_owned()),
            }
        }
        let keyring = keyring.with_context(|| format!("there is no {KEYRING}"))?;
        // serde's own sentence could quote a key.
        let Ok(keyring) = serde_json::from_str(keyring) else {
            bail!("{KEYRING} is not a keyring");
        };
        let platform_token =
            platform_token.with_context(|| format!("there is no {PLATFORM_TOKEN}"))?;
        Ok(Self { keyring, platform_token, others })
    }

    fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        for line in &self.others {
            text.push_str(line);
            text.push('\n');
        }
        let keyring = serde_json::to_string(&self.keyring)?;
        let token = &self.platform_token;
        Ok(text + &format!("{PLATFORM_TOKEN}=\"{token}\"\n{KEYRING}='{keyring}'\n"))
    }
}

fn unquote(value: &str) -> &str {
    let value = value.trim();
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Command;
    use crate::args::lines::{check, refusal};

    #[test]
    fn secrets_survive_being_written_and_read() {
        let mut secrets = Secrets::random().unwrap();
        secrets.others = vec!["# mine".to_owned(), "OTHER=\"x=y\"".to_owned()];
        let text = secrets.to_text().unwrap();
        let again = Secrets::parse(&text).unwrap();
        assert_eq!(again.to_text().unwrap(), text);
        assert_eq!(again.platform_token.len(), 43);
        assert_eq!(again.others, secrets.others);
    }

    /// The edge reads exactly this.
    #[test]
    fn the_keyring_has_the_shape_that_the_edge_reads() {
        let secrets = Secrets::random().unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&serde_json::to_string(&secrets.keyring).unwrap()).unwrap();
        for list in List::ALL {
            let key = &json[list.name()][0];
            assert_eq!(key["kid"], 1);
            let bytes = data_encoding::BASE64URL_NOPAD
                .decode(key["key"].as_str().unwrap().as_bytes())
                .unwrap();
            assert_eq!(bytes.len(), 32);
        }
    }

    #[test]
    fn a_broken_file_is_refused_without_showing_it() {
        let error = Secrets::parse("SOTTO_KEYRING='{\"access\":\"hush\"}'\n").err().unwrap();
        assert!(!format!("{error:#}").contains("hush"));
        assert!(Secrets::parse("").is_err());
    }

    #[test]
    fn keys_names_its_lists() {
        assert_eq!(
            check("keys rotate access site --file x"),
            Command::Keys(Keys {
                task: KeyTask::Rotate(vec![List::Access, List::Site]),
                file: Some("x".into())
            })
        );
        assert_eq!(
            check("keys retire root 2 --sure"),
            Command::Keys(Keys {
                task: KeyTask::Retire { list: List::Root, kid: 2, is_sure: true },
                file: None
            })
        );
        assert_eq!(
            check("keys prepare site root"),
            Command::Keys(Keys {
                task: KeyTask::Prepare(vec![List::Site, List::Root]),
                file: None
            })
        );
        assert!(refusal("keys").contains("`rotate`"));
        assert!(refusal("keys prepare").contains("`prepare LIST`"));
        assert!(refusal("keys retire root two").contains("two"));
        assert!(refusal("keys rotate --sure").contains("--sure"));
        assert!(refusal("keys rotate house").contains("house"));
    }
}
