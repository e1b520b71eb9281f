//! The lists of keys: prepared, rotated, retired. The first key of a list is the one in use; the
//! others verify and open what they signed and sealed. docs/keys.md says when to do what.

use core::fmt;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

/// The platform's keys.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keyring {
    access: Vec<Key>,
    site: Vec<Key>,
    receipt: Vec<Key>,
    /// Public halves of receipt keys that were retired: what they signed still verifies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    receipt_public: Vec<Key>,
    root: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    /// Site keys carry it in one byte.
    kid: u8,
    /// 32 bytes, base64url without padding.
    key: String,
}

impl Keyring {
    /// A keyring with one key in each list.
    pub(super) fn random() -> Result<Self> {
        let mut keyring = Self::default();
        for list in List::ALL {
            keyring.rotate(list)?;
        }
        Ok(keyring)
    }

    /// Puts a new key second: it verifies and opens, and is not used yet. When every instance of an
    /// edge knows it, [`rotate`](Self::rotate) can bring it into use without a cut.
    pub(super) fn prepare(&mut self, list: List) -> Result<()> {
        let kid = self.free_kid(list)?;
        let keys = self.list(list);
        if let Some(active) = keys.first()
            && let Some(prepared) = keys.iter().find(|key| key.kid > active.kid)
        {
            bail!("{} has key {} prepared; `keys rotate` uses it", list.name(), prepared.kid);
        }
        let place = usize::from(!keys.is_empty());
        keys.insert(place, Key { kid, key: random()? });
        Ok(())
    }

    /// Puts the key first that was prepared, or a new one.
    pub(super) fn rotate(&mut self, list: List) -> Result<()> {
        let kid = self.free_kid(list);
        let keys = self.list(list);
        let active = keys.first().map_or(0, |key| key.kid);
        let next = match keys.iter().position(|key| key.kid > active) {
            Some(prepared) => keys.remove(prepared),
            None => Key { kid: kid?, key: random()? },
        };
        keys.insert(0, next);
        Ok(())
    }

    /// Removes a key that is not in use. Of a receipt key the public half stays.
    pub(super) fn retire(&mut self, list: List, kid: u8) -> Result<()> {
        let keys = self.list(list);
        let place = keys
            .iter()
            .position(|key| key.kid == kid)
            .with_context(|| format!("{} has no key {kid}", list.name()))?;
        if place == 0 {
            bail!("key {kid} of {} is in use; `keys rotate` takes another", list.name());
        }
        let retired = keys.remove(place);
        if list == List::Receipt {
            self.receipt_public.insert(0, retired.public()?);
        }
        Ok(())
    }

    /// An id that no key of the list has had. The one in use is never retired, and the public halves
    /// stay, so the highest that is there is the highest that was.
    fn free_kid(&mut self, list: List) -> Result<u8> {
        let public = match list {
            List::Receipt => self.receipt_public.iter().map(|key| key.kid).max(),
            List::Access | List::Site | List::Root => None,
        };
        let newest = self.list(list).iter().map(|key| key.kid).max().max(public).unwrap_or(0);
        newest
            .checked_add(1)
            .with_context(|| format!("{} has had 255 keys, which is all there are", list.name()))
    }

    fn list(&mut self, list: List) -> &mut Vec<Key> {
        match list {
            List::Access => &mut self.access,
            List::Site => &mut self.site,
            List::Receipt => &mut self.receipt,
            List::Root => &mut self.root,
        }
    }
}

impl Key {
    /// The public half of a receipt key.
    fn public(&self) -> Result<Self> {
        let bytes = BASE64URL_NOPAD.decode(self.key.as_bytes()).ok();
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        // What stands there is not quoted: it may be a key.
        let signing = SigningKey::from_bytes(&bytes.context("a receipt key has not 32 bytes")?);
        Ok(Self { kid: self.kid, key: BASE64URL_NOPAD.encode(&signing.verifying_key().to_bytes()) })
    }
}

/// The ids, by list: what may be shown of a keyring.
impl fmt::Display for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [&self.access, &self.site, &self.receipt, &self.root];
        for (at, (list, keys)) in List::ALL.into_iter().zip(lists).enumerate() {
            let active = keys.first().map_or(0, |key| key.kid);
            let (known, prepared): (Vec<&Key>, Vec<&Key>) =
                keys.iter().skip(1).partition(|key| key.kid < active);
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}: {active} in use", list.name())?;
            for (what, keys) in [("prepared", prepared), ("known", known)] {
                if !keys.is_empty() {
                    write!(f, "; {what}: {}", ids(keys))?;
                }
            }
            if list == List::Receipt && !self.receipt_public.is_empty() {
                write!(f, "; public halves: {}", ids(&self.receipt_public))?;
            }
        }
        Ok(())
    }
}

fn ids<'a>(keys: impl IntoIterator<Item = &'a Key>) -> String {
    keys.into_iter().map(|key| key.kid.to_string()).collect::<Vec<_>>().join(", ")
}

/// A list of the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Signs access tokens.
    Access,
    /// Makes site keys unforgeable.
    Site,
    /// Signs receipts.
    Receipt,
    /// Wraps the keys that workspaces and conversations store.
    Root,
}

impl List {
    pub(super) const ALL: [Self; 4] = [Self::Access, Self::Site, Self::Receipt, Self::Root];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Site => "site",
            Self::Receipt => "receipt",
            Self::Root => "root",
        }
    }

    /// What is lost with a key of this list, where that does not come back.
    pub(super) const fn warning(self) -> Option<&'static str> {
        match self {
            // Tokens are renewed within minutes; public halves stay.
            Self::Access | Self::Receipt => None,
            Self::Site => Some("Pages that carry a public key made with it can no longer chat."),
            Self::Root => Some("What is still sealed under it can never be opened again."),
        }
    }

    /// The list of this name.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|list| list.name() == name)
            .with_context(|| format!("the keyring has no list `{name}`"))
    }
}

/// 32 random bytes, base64url without padding: 43 characters.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; 32];
    if getrandom::fill(&mut bytes).is_err() {
        bail!("this machine gives no randomness");
    }
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kids(keys: &[Key]) -> Vec<u8> {
        keys.iter().map(|key| key.kid).collect()
    }

    #[test]
    fn rotation_puts_the_new_key_first_and_keeps_the_old_ones() {
        let mut keyring = Keyring::random().unwrap();
        let old = keyring.access[0].key.clone();
        keyring.rotate(List::Access).unwrap();
        keyring.rotate(List::Access).unwrap();
        assert_eq!(kids(&keyring.access), [3, 2, 1]);
        assert_eq!(keyring.access[2].key, old);
        assert_eq!(kids(&keyring.site), [1]);
    }

    #[test]
    fn a_key_is_prepared_before_it_is_used() {
        let mut keyring = Keyring::random().unwrap();
        keyring.prepare(List::Site).unwrap();
        assert_eq!(kids(&keyring.site), [1, 2]);
        assert!(keyring.prepare(List::Site).is_err(), "one at a time");
        let prepared = keyring.site[1].key.clone();
        keyring.rotate(List::Site).unwrap();
        assert_eq!(kids(&keyring.site), [2, 1]);
        assert_eq!(keyring.site[0].key, prepared);
        keyring.rotate(List::Site).unwrap();
        assert_eq!(kids(&keyring.site), [3, 2, 1]);
    }

    #[test]
    fn a_key_in_use_is_not_retired_and_an_id_never_comes_again() {
        let mut keyring = Keyring::random().unwrap();
        assert!(keyring.retire(List::Root, 1).is_err());
        assert!(keyring.retire(List::Root, 9).is_err());
        for list in List::ALL {
            keyring.rotate(list).unwrap();
            keyring.retire(list, 1).unwrap();
            assert!(keyring.retire(list, 2).is_err());
            keyring.rotate(list).unwrap();
        }
        assert_eq!(kids(&keyring.root), [3, 2]);
        assert_eq!(kids(&keyring.receipt), [3, 2]);
    }

    #[test]
    fn of_a_retired_receipt_key_the_public_half_stays() {
        let mut keyring = Keyring::random().unwrap();
        let secret = keyring.receipt[0].key.clone();
        let bytes = BASE64URL_NOPAD.decode(secret.as_bytes()).unwrap().try_into().unwrap();
        let public = SigningKey::from_bytes(&bytes).verifying_key().to_bytes();
        keyring.rotate(List::Receipt).unwrap();
        keyring.retire(List::Receipt, 1).unwrap();
        let json = serde_json::to_string(&keyring).unwrap();
        assert!(!json.contains(&secret));
        assert_eq!(kids(&keyring.receipt_public), [1]);
        assert_eq!(keyring.receipt_public[0].key, BASE64URL_NOPAD.encode(&public));
        // The one in use may have gone down to a lower id than a public half only by hand.
        keyring.receipt[0].kid = 1;
        keyring.receipt_public[0].kid = 7;
        keyring.rotate(List::Receipt).unwrap();
        assert_eq!(keyring.receipt[0].kid, 8);
    }

    #[test]
    fn a_key_id_never_wraps_around() {
        let mut keyring = Keyring::default();
        keyring.site.push(Key { kid: 255, key: String::new() });
        assert!(keyring.rotate(List::Site).is_err());
        assert!(keyring.prepare(List::Site).is_err());
    }

    #[test]
    fn ids_alone_are_shown() {
        let mut keyring = Keyring::random().unwrap();
        keyring.rotate(List::Receipt).unwrap();
        keyring.retire(List::Receipt, 1).unwrap();
        keyring.rotate(List::Access).unwrap();
        keyring.prepare(List::Access).unwrap();
        assert_eq!(
            keyring.to_string(),
            "access: 2 in use; prepared: 3; known: 1\nsite: 1 in use\n\
             receipt: 2 in use; public halves: 1\nroot: 1 in use"
        );
    }
}
