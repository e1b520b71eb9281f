//! The platform's keys: one secret, `SOTTO_KEYRING`, with a list for each purpose.
//!
//! ```json
//! {"access":[{"kid":2,"key":"<base64url of 32 bytes>"},{"kid":1,"key":"…"}],
//!  "site":[…],"receipt":[…],"root":[…]}
//! ```
//!
//! The first key of a list is the one that signs or seals; the others still verify and open, so
//! that keys are rotated without a cut. A purpose's key is never used for another purpose.
//!
//! Of a receipt key that was retired the public half stays, in `receipt_public`, so that what it
//! signed still verifies. docs/keys.md says how keys are rotated and retired.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::Deserialize;
use sotto_shared::wire::session::Signature;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::mac::hmac_sha256;
use super::seal::{SealError, SealKey};
use crate::random::Random;

/// The keys of a platform.
#[derive(Debug)]
pub struct Keyring {
    access: Keys,
    site: Keys,
    receipt: Keys,
    /// Public halves of receipt keys that were retired.
    retired: Vec<WithKid<[u8; 32]>>,
    root: Keys,
}

/// Why a keyring cannot be used. It names the list, never a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// It is not the JSON it should be.
    #[error("the keyring is not the JSON that 'cargo xtask keys' writes")]
    Malformed,
    /// A list has no key.
    #[error("the keyring has no key for '{0}'")]
    Empty(&'static str),
    /// Two keys of a list have the same id.
    #[error("the keyring has two keys of one id for '{0}'")]
    Repeated(&'static str),
    /// A key does not have 32 bytes in base64url without padding.
    #[error("a key for '{0}' is not 32 bytes in base64url")]
    Key(&'static str),
}

/// A key's id together with what it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithKid<T> {
    /// Which key.
    pub kid: u8,
    /// What it made.
    pub value: T,
}

impl Keyring {
    /// Reads the secret.
    ///
    /// # Errors
    /// [`KeyringError`] names what is wrong with it.
    pub fn parse(json: &str) -> Result<Self, KeyringError> {
        let file: File<'_> = serde_json::from_str(json).map_err(|_| KeyringError::Malformed)?;
        let access = Keys::read("access", &file.access)?;
        let site = Keys::read("site", &file.site)?;
        let receipt = Keys::read("receipt", &file.receipt)?;
        let retired = retired(&receipt, &file.receipt_public)?;
        let root = Keys::read("root", &file.root)?;
        Ok(Self { access, site, receipt, retired, root })
    }

    /// The id of the key that signs access tokens.
    #[must_use]
    pub fn access_kid(&self) -> u8 {
        self.access.active.kid
    }

    /// The code of an access token under one of the keys; `None` if there is no such key.
    #[must_use]
    pub fn access_mac(&self, kid: u8, message: &[u8]) -> Option<[u8; 32]> {
        self.access.find(kid).map(|key| hmac_sha256(&key.bytes, &[message]))
    }

    /// The id of the key that makes site keys.
    #[must_use]
    pub fn site_kid(&self) -> u8 {
        self.site.active.kid
    }

    /// The code of a site key under one of the keys; `None` if there is no such key.
    #[must_use]
    pub fn site_mac(&self, kid: u8, message: &[u8]) -> Option<[u8; 32]> {
        self.site.find(kid).map(|key| hmac_sha256(&key.bytes, &[message]))
    }

    /// Signs the text of a receipt with Ed25519.
    #[must_use]
    pub fn sign_receipt(&self, text: &[u8]) -> Signature {
        let key = &self.receipt.active;
        let signature = SigningKey::from_bytes(&key.bytes).sign(text);
        Signature {
            alg: "Ed25519".into(),
            kid: key.kid,
            value: data_encoding::BASE64URL_NOPAD.encode(&signature.to_bytes()),
        }
    }

    /// The public keys that verify receipts, the active one first. They stay published after
    /// rotation, and after their signing key was retired.
    pub fn receipt_public_keys(&self) -> impl Iterator<Item = WithKid<[u8; 32]>> {
        let public = |key: &Key| WithKid {
            kid: key.kid,
            value: SigningKey::from_bytes(&key.bytes).verifying_key().to_bytes(),
        };
        self.receipt.all().map(public).chain(self.retired.iter().copied())
    }

    /// Names a network (the prefix of an address) for the platform's rate limits, so that they
    /// never see it: HMAC under a key that is derived from the root for this and one day alone.
    #[must_use]
    pub fn network_tag(&self, day: u64, network: &str) -> String {
        let purpose = b"sotto network tag 1";
        let key = hmac_sha256(&self.root.active.bytes, &[purpose, &day.to_be_bytes()]);
        data_encoding::BASE64URL_NOPAD.encode(&hmac_sha256(&key, &[network.as_bytes()]))
    }

    /// The id of the root key that seals.
    #[must_use]
    pub fn root_kid(&self) -> u8 {
        self.root.active.kid
    }

    /// Whether it was the active root key that sealed a value.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.first() == Some(&self.root.active.kid)
    }

    /// Seals under the active root key: its id, then what [`SealKey::seal`] makes.
    ///
    /// # Errors
    /// As [`SealKey::seal`].
    pub fn seal(
        &self,
        random: &impl Random,
        place: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let key = &self.root.active;
        let mut sealed = vec![key.kid];
        sealed.extend(SealKey::from_bytes(key.bytes).seal(random, place, plain)?);
        Ok(sealed)
    }

    /// Opens what was sealed for the same place under any root key of the ring.
    ///
    /// # Errors
    /// [`SealError`]
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (kid, sealed) = sealed.split_first().ok_or(SealError::NotOpened)?;
        let key = self.root.find(*kid).ok_or(SealError::UnknownKey)?;
        SealKey::from_bytes(key.bytes).open(place, sealed)
    }
}

/// The keys for one purpose; there is always an active one.
struct Keys {
    active: Key,
    previous: Vec<Key>,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Key {
    kid: u8,
    bytes: [u8; 32],
}

impl Keys {
    fn read(purpose: &'static str, entries: &[Entry<'_>]) -> Result<Self, KeyringError> {
        let mut keys = Vec::with_capacity(entries.len());
        for entry in entries {
            let bytes = entry.bytes().ok_or(KeyringError::Key(purpose))?;
            if keys.iter().any(|key: &Key| key.kid == entry.kid) {
                return Err(KeyringError::Repeated(purpose));
            }
            keys.push(Key { kid: entry.kid, bytes });
        }
        let mut keys = keys.into_iter();
        let active = keys.next().ok_or(KeyringError::Empty(purpose))?;
        Ok(Self { active, previous: keys.collect() })
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        core::iter::once(&self.active).chain(&self.previous)
    }

    fn find(&self, kid: u8) -> Option<&Key> {
        self.all().find(|key| key.kid == kid)
    }
}

impl core::fmt::Debug for Keys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.all().map(|key| key.kid)).finish()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(borrow)]
    access: Vec<Entry<'a>>,
    site: Vec<Entry<'a>>,
    receipt: Vec<Entry<'a>>,
    #[serde(default)]
    receipt_public: Vec<Entry<'a>>,
    root: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    kid: u8,
    key: &'a str,
}

impl Entry<'_> {
    fn bytes(&self) -> Option<[u8; 32]> {
        let decoded = data_encoding::BASE64URL_NOPAD.decode(self.key.as_bytes());
        decoded.map(Zeroizing::new).ok()?.as_slice().try_into().ok()
    }
}

/// The public halves that are left of receipt keys. Their ids are the others' too: one id names one
/// key for ever.
fn retired(receipt: &Keys, entries: &[Entry<'_>]) -> Result<Vec<WithKid<[u8; 32]>>, KeyringError> {
    const LIST: &str = "receipt_public";
    let mut retired: Vec<WithKid<[u8; 32]>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let value = entry.bytes().ok_or(KeyringError::Key(LIST))?;
        if VerifyingKey::from_bytes(&value).is_err() {
            return Err(KeyringError::Key(LIST));
        }
        let is_known =
            receipt.find(entry.kid).is_some() || retired.iter().any(|other| other.kid == entry.kid);
        if is_known {
            return Err(KeyringError::Repeated(LIST));
        }
        retired.push(WithKid { kid: entry.kid, value });
    }
    Ok(retired)
}

/// A keyring for tests: two keys for each purpose, of which the first is active.
#[cfg(test)]
pub(crate) fn test_keyring() -> Keyring {
    Keyring::parse(&test_json(&[2, 1])).unwrap()
}

/// The secret of a keyring for tests, with these ids for every purpose. Its keys are their
/// purpose's letter and their id, repeated.
#[cfg(test)]
pub(crate) fn test_json(kids: &[u8]) -> String {
    let list = |purpose: u8| {
        kids.iter()
            .map(|kid| {
                let key: [u8; 32] =
                    core::array::from_fn(|i| if i % 2 == 0 { purpose } else { *kid });
                let key = data_encoding::BASE64URL_NOPAD.encode(&key);
                format!("{{\"kid\":{kid},\"key\":\"{key}\"}}")
            })
            .collect::<Vec<_>>()
            .join(",")
    };
    format!(
        "{{\"access\":[{}],\"site\":[{}],\"receipt\":[{}],\"root\":[{}]}}",
        list(b'a'),
        list(b's'),
        list(b'r'),
        list(b'o')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CountingRandom;
    use data_encoding::BASE64URL_NOPAD;
    use ed25519_dalek::{Verifier, VerifyingKey};

    #[test]
    fn purposes_have_keys_of_their_own() {
        let ring = test_keyring();
        assert_eq!(ring.access_kid(), 2);
        assert_ne!(ring.access_mac(2, b"x"), ring.site_mac(2, b"x"));
        assert_ne!(ring.access_mac(2, b"x"), ring.access_mac(1, b"x"));
        assert_eq!(ring.access_mac(9, b"x"), None);
        assert_eq!(ring.site_mac(9, b"x"), None);
    }

    #[test]
    fn what_the_previous_root_sealed_opens_after_rotation() {
        let before = Keyring::parse(&test_json(&[1])).unwrap();
        let after = Keyring::parse(&test_json(&[2, 1])).unwrap();
        let gone = Keyring::parse(&test_json(&[3])).unwrap();
        let random = CountingRandom::default();
        let sealed = before.seal(&random, b"p", b"secret").unwrap();
        assert_eq!(after.open(b"p", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(gone.open(b"p", &sealed).unwrap_err(), SealError::UnknownKey);
        assert_eq!(after.seal(&random, b"p", b"secret").unwrap()[0], 2);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(after.open(b"p", &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn receipts_verify_with_the_published_key() {
        let ring = test_keyring();
        let signature = ring.sign_receipt(b"text");
        let key = ring.receipt_public_keys().find(|key| key.kid == signature.kid).unwrap();
        let bytes: [u8; 64] =
            BASE64URL_NOPAD.decode(signature.value.as_bytes()).unwrap().try_into().unwrap();
        let public = VerifyingKey::from_bytes(&key.value).unwrap();
        let signed = ed25519_dalek::Signature::from_bytes(&bytes);
        assert!(public.verify(b"text", &signed).is_ok());
        assert!(public.verify(b"Text", &signed).is_err());
        assert_eq!(ring.receipt_public_keys().count(), 2);
    }

    #[test]
    fn a_retired_receipt_key_stays_published_and_signs_nothing() {
        let whole = test_keyring();
        let old = whole.receipt_public_keys().find(|key| key.kid == 1).unwrap();
        let public = BASE64URL_NOPAD.encode(&old.value);
        let retired = |entries: &str| {
            let json = test_json(&[2]).trim_end_matches('}').to_owned();
            Keyring::parse(&format!("{json},\"receipt_public\":[{entries}]}}"))
        };
        let one = format!("{{\"kid\":1,\"key\":\"{public}\"}}");
        let ring = retired(&one).unwrap();
        let published: Vec<_> = ring.receipt_public_keys().collect();
        assert_eq!(published, whole.receipt_public_keys().collect::<Vec<_>>());
        assert_eq!(ring.sign_receipt(b"text").kid, 2);
        let repeated = KeyringError::Repeated("receipt_public");
        assert_eq!(retired(&format!("{one},{one}")).unwrap_err(), repeated);
        assert_eq!(retired(&one.replace(":1,", ":2,")).unwrap_err(), repeated);
        let unusable = KeyringError::Key("receipt_public");
        assert_eq!(retired("{\"kid\":1,\"key\":\"AAAA\"}").unwrap_err(), unusable);
        let no_point = BASE64URL_NOPAD.encode(&[&[2][..], &[0; 31]].concat());
        let no_point = format!("{{\"kid\":1,\"key\":\"{no_point}\"}}");
        assert_eq!(retired(&no_point).unwrap_err(), unusable);
    }

    #[test]
    fn an_unusable_ring_is_refused_by_name() {
        assert_eq!(Keyring::parse("{").unwrap_err(), KeyringError::Malformed);
        assert_eq!(Keyring::parse(&test_json(&[])).unwrap_err(), KeyringError::Empty("access"));
        assert_eq!(
            Keyring::parse(&test_json(&[1, 1])).unwrap_err(),
            KeyringError::Repeated("access")
        );
        let short = test_json(&[1])
            .replace("\"root\":[{\"kid\":1,\"key\":\"", "\"root\":[{\"kid\":1,\"key\":\"AA");
        assert_eq!(Keyring::parse(&short).unwrap_err(), KeyringError::Key("root"));
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(
            format!("{:?}", test_keyring()),
            "Keyring { access: [2, 1], site: [2, 1], receipt: [2, 1], retired: [], root: [2, 1] }"
        );
    }
}
