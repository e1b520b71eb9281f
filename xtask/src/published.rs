//! Public keys as the edge publishes them at `/.well-known/jwks.json`.

use anyhow::{Context, Result};
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sotto_shared::signed::PublicKey;

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
pub(crate) fn read_set(text: &str) -> Option<Result<Vec<PublicKey>>> {
    let set: KeySet = serde_json::from_str(text).ok()?;
    let keys = set.keys.iter().filter(|key| key.crv == "Ed25519");
    Some(keys.map(|key| public_key(&key.x, key.kid.parse().ok())).collect())
}

/// A key by its 32 bytes in base64url.
pub(crate) fn public_key(x: &str, kid: Option<u8>) -> Result<PublicKey> {
    let bytes = BASE64URL_NOPAD.decode(x.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    Ok(PublicKey { kid, bytes: bytes.context("a key is not 32 bytes in base64url")? })
}
