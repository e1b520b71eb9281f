//! Which network an access token is for.
//!
//! The token carries a tag: an HMAC of the network under a random key that only the conversation's
//! object has and that goes with the conversation. So neither the token nor anything stored says
//! where a visitor is, two conversations from one network cannot be told to be so, and only the
//! object can check a tag.

use serde::{Deserialize, Serialize};
use sotto_shared::redacted_debug;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{codec, mac};
use crate::random::{Random, RandomError};
use crate::session::command::Network;

/// Half of the hash, the least that RFC 2104 (§5) advises to keep. A tag is signed with the token,
/// so it cannot be tried out; with 128 bits, no other of the 2^48 networks there can be has it.
const TAG_BYTES: usize = 16;

/// Makes the tags of one conversation, and nothing else.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct NetworkKey([u8; 32]);

/// Stands for a network within one conversation.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct NetworkTag([u8; TAG_BYTES]);

/// A text that is no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the tag of a network")]
pub struct NotATag;

impl NetworkKey {
    /// A new key.
    ///
    /// # Errors
    /// [`RandomError`]
    pub fn generate(random: &impl Random) -> Result<Self, RandomError> {
        random.bytes().map(Self)
    }

    /// A key that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key, to be sealed and stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The tag of a network.
    #[must_use]
    pub fn tag(&self, network: &Network) -> NetworkTag {
        let code = mac::hmac_sha256(&self.0, &[network.0.as_bytes()]);
        let mut tag = [0; TAG_BYTES];
        for (to, from) in tag.iter_mut().zip(code) {
            *to = from;
        }
        NetworkTag(tag)
    }
}

impl NetworkTag {
    /// A tag that was stored; `None` if it has another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The tag, to be stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether two tags stand for the same network, in a time that does not depend on them.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        mac::equal(&self.0, &other.0)
    }
}

impl From<NetworkTag> for String {
    fn from(tag: NetworkTag) -> Self {
        codec::encode("", &tag.0)
    }
}

impl TryFrom<String> for NetworkTag {
    type Error = NotATag;

    fn try_from(text: String) -> Result<Self, NotATag> {
        codec::decode("", &text).map(Self).ok_or(NotATag)
    }
}

redacted_debug!(NetworkKey, NetworkTag);

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network(text.into())
    }

    #[test]
    fn a_tag_is_of_one_network_and_one_conversation() {
        let key = NetworkKey::from_bytes([1; 32]);
        let tag = key.tag(&network("203.0.113.0/24"));
        assert!(tag.is(&key.tag(&network("203.0.113.0/24"))));
        assert!(!tag.is(&key.tag(&network("203.0.114.0/24"))));
        let other = NetworkKey::from_bytes([2; 32]);
        assert!(!tag.is(&other.tag(&network("203.0.113.0/24"))));
    }

    /// Pinned: tags stand in tokens that are out there.
    #[test]
    fn the_spelling_is_fixed_and_reads_back() {
        let tag = NetworkKey::from_bytes([1; 32]).tag(&network("203.0.113.0/24"));
        let text = String::from(tag);
        assert_eq!(text.len(), 22);
        assert!(NetworkTag::try_from(text).unwrap().is(&tag));
        assert!(NetworkTag::from_bytes(tag.as_bytes()).unwrap().is(&tag));
        assert_eq!(NetworkTag::from_bytes(&[0; 15]), None);
        for text in ["", "0", "203.0.113.0/24", "zzzzzzzzzzzzzzzzzzzzzz"] {
            assert!(NetworkTag::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn neither_key_nor_tag_is_printed() {
        let key = NetworkKey::from_bytes([1; 32]);
        let tag = key.tag(&network("203.0.113.0/24"));
        assert_eq!(format!("{key:?} {tag:?}"), "NetworkKey { redacted } NetworkTag { redacted }");
    }
}
