//! The keys that `--key` names: one by itself, a file with one on each line, or a set as the edge
//! publishes it at `/.well-known/jwks.json`.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sotto_shared::signed::PublicKey;

use super::read;

/// All the keys that are named, each way in the form that a command needs.
///
/// # Errors
/// If a file cannot be read, something in it is no key, or there is none.
pub(super) fn all<K, E>(
    given: &[String],
    written: impl Fn(&str) -> Result<K, E>,
    published: impl Fn(PublicKey) -> Result<K, E>,
) -> Result<Vec<K>>
where
    Result<K, E>: Context<K, E>,
{
    let mut keys = Vec::new();
    for given in given {
        if let Ok(key) = written(given) {
            keys.push(key);
            continue;
        }
        let named = || given.clone();
        let text = read(Path::new(given))?;
        if let Some(set) = read_set(&text) {
            for key in set.with_context(named)? {
                keys.push(published(key).with_context(named)?);
            }
        } else {
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                keys.push(written(line).with_context(named)?);
            }
        }
    }
    if keys.is_empty() {
        bail!("there is no Ed25519 key in what --key names");
    }
    Ok(keys)
}

/// A public key by its 32 bytes in base64url. Which number it has is not said.
pub(super) fn bare(x: &str) -> Result<PublicKey, NotAKey> {
    public_key(x, None)
}

/// A text is not 32 bytes in base64url.
#[derive(Debug)]
pub(super) struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key is not 32 bytes in base64url")
    }
}

impl std::error::Error for NotAKey {}

/// The keys that the edge publishes.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    kid: String,
    crv: String,
    x: String,
}

/// The Ed25519 keys of a set; `None` if the text is not a set of keys.
fn read_set(text: &str) -> Option<Result<Vec<PublicKey>, NotAKey>> {
    let set: KeySet = serde_json::from_str(text).ok()?;
    let keys = set.keys.iter().filter(|key| key.crv == "Ed25519");
    Some(keys.map(|key| public_key(&key.x, key.kid.parse().ok())).collect())
}

fn public_key(x: &str, kid: Option<u8>) -> Result<PublicKey, NotAKey> {
    let bytes = BASE64URL_NOPAD.decode(x.as_bytes()).map_err(|_| NotAKey)?;
    Ok(PublicKey { kid, bytes: bytes.try_into().map_err(|_| NotAKey)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Folder;

    #[test]
    fn keys_stand_by_themselves_in_lines_and_in_sets() {
        let folder = Folder::new();
        let x = |byte| BASE64URL_NOPAD.encode(&[byte; 32]);
        folder.write("lines", &format!("{}\n\n  {}\n", x(1), x(2)));
        let key = |crv, byte| format!("{{\"crv\":\"{crv}\",\"x\":\"{}\",\"kid\":\"9\"}}", x(byte));
        folder.write("set", &format!("{{\"keys\":[{},{}]}}", key("P-256", 3), key("Ed25519", 4)));
        let found = |given: &[&str]| {
            let given: Vec<_> = given
                .iter()
                .map(|given| {
                    let file = folder.at(given);
                    if file.exists() { file.display().to_string() } else { (*given).to_owned() }
                })
                .collect();
            let keys = all(&given, bare, Ok)?;
            anyhow::Ok(keys.iter().map(|key| (key.kid, key.bytes[0])).collect::<Vec<_>>())
        };
        assert_eq!(found(&["lines"]).unwrap(), [(None, 1), (None, 2)]);
        assert_eq!(found(&["set", &x(5)]).unwrap(), [(Some(9), 4), (None, 5)]);
        folder.write("lines", "not a key");
        let error = format!("{:#}", found(&["lines"]).unwrap_err());
        assert!(error.ends_with("lines: a key is not 32 bytes in base64url"), "{error}");
        folder.write("lines", "\n");
        for given in ["lines", "nowhere"] {
            assert!(found(&[given]).is_err(), "{given}");
        }
        assert!(found(&[]).is_err());
    }
}
