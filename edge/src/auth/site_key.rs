//! The public key of a site: which workspace, which site, which generation, and a code that only
//! the edge can make. A forged key wakes no object, and no table stands between a visitor and a
//! tenant.
//!
//! 48 bytes: workspace 32, site 2, generation 2, `kid` 1, the first 11 bytes of an HMAC-SHA-256
//! over `pk_` and what stands before it. Guessing a code of 88 bits over the network is hopeless,
//! and it opens nothing but public settings.

use sotto_shared::id::{SiteKey, WorkspaceId};

use super::codec;
use super::keyring::Keyring;
use super::mac;
use crate::workspace::command::SiteRef;

const SIGNED_BYTES: usize = 37;
const CODE_BYTES: usize = 11;
const KEY_BYTES: usize = SIGNED_BYTES + CODE_BYTES;

/// What a site key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedSiteKey {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The site within it.
    pub site: SiteRef,
}

/// Makes the key of a site with the active key of the keyring. `None` cannot happen: it stands
/// for a text that is not in a site key's form.
#[must_use]
pub fn issue(keyring: &Keyring, opened: &OpenedSiteKey) -> Option<SiteKey> {
    let kid = keyring.site_kid();
    let signed = signed_bytes(opened, kid);
    let code = code(keyring, kid, &signed)?;
    let mut bytes = [0; KEY_BYTES];
    let (head, tail) = bytes.split_at_mut(SIGNED_BYTES);
    head.copy_from_slice(&signed);
    tail.copy_from_slice(&code);
    SiteKey::parse(&codec::encode(SiteKey::PREFIX, &bytes)).ok()
}

/// Opens a key; `None` if it is forged, or made with a key that has left the keyring.
#[must_use]
pub fn open(keyring: &Keyring, key: &SiteKey) -> Option<OpenedSiteKey> {
    let bytes = codec::decode::<KEY_BYTES>(SiteKey::PREFIX, key.as_str())?;
    let (signed, given) = bytes.split_first_chunk::<SIGNED_BYTES>()?;
    let (workspace, rest) = signed.split_first_chunk::<32>()?;
    let [site_high, site_low, generation_high, generation_low, kid] = rest.try_into().ok()?;
    if !mac::equal(given, &code(keyring, kid, signed)?) {
        return None;
    }
    Some(OpenedSiteKey {
        workspace: WorkspaceId::from_bytes(*workspace),
        site: SiteRef {
            number: u16::from_be_bytes([site_high, site_low]),
            generation: u16::from_be_bytes([generation_high, generation_low]),
        },
    })
}

fn signed_bytes(opened: &OpenedSiteKey, kid: u8) -> [u8; SIGNED_BYTES] {
    let mut bytes = [0; SIGNED_BYTES];
    let parts = opened
        .workspace
        .as_bytes()
        .iter()
        .copied()
        .chain(opened.site.number.to_be_bytes())
        .chain(opened.site.generation.to_be_bytes())
        .chain([kid]);
    for (to, from) in bytes.iter_mut().zip(parts) {
        *to = from;
    }
    bytes
}

fn code(keyring: &Keyring, kid: u8, signed: &[u8; SIGNED_BYTES]) -> Option<[u8; CODE_BYTES]> {
    let message = [SiteKey::PREFIX.as_bytes(), signed].concat();
    keyring.site_mac(kid, &message)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keyring::{Keyring, test_json, test_keyring};

    const OPENED: OpenedSiteKey = OpenedSiteKey {
        workspace: WorkspaceId::from_bytes([0x0b; 32]),
        site: SiteRef { number: 1, generation: 258 },
    };

    /// Pinned: site keys stand in other people's pages.
    #[test]
    fn the_form_is_fixed() {
        assert_eq!(
            issue(&test_keyring(), &OPENED).unwrap().as_str(),
            "pk_0KpxfAusDC0qJs9NGEenIB0KpxfAusDC0qJs9NGEenIB000SRcziGgRPo3ZamDvKyo"
        );
    }

    #[test]
    fn a_key_opens_to_what_it_was_made_of_even_after_rotation() {
        let key = issue(&test_keyring(), &OPENED).unwrap();
        assert_eq!(open(&test_keyring(), &key), Some(OPENED));
        let rotated = Keyring::parse(&test_json(&[3, 2])).unwrap();
        assert_eq!(open(&rotated, &key), Some(OPENED));
        let gone = Keyring::parse(&test_json(&[3])).unwrap();
        assert_eq!(open(&gone, &key), None);
    }

    #[test]
    fn every_changed_character_is_refused() {
        let good = issue(&test_keyring(), &OPENED).unwrap();
        for at in SiteKey::PREFIX.len()..SiteKey::CHARS {
            for other in ['0', '1', 'z'] {
                let mut text = good.as_str().to_owned();
                text.replace_range(at..=at, &other.to_string());
                let key = SiteKey::parse(&text).unwrap();
                assert!(key == good || open(&test_keyring(), &key).is_none(), "at {at}");
            }
        }
    }
}
