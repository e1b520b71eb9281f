//! Refresh tokens, erase tokens and API keys: prefix, the object that knows them, a secret part,
//! checksum. Reading one here proves nothing but that it was copied whole: the object it names
//! compares the secret part.

use sotto_shared::id::{ConversationId, WorkspaceId};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::codec;

/// `rt_`: gets the next access token, once.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Which one of its family.
    pub n: u32,
    /// The first 28 bytes of an HMAC over family and `n`.
    pub secret: [u8; 28],
}

/// `et_`: erases its conversation, whatever has become of the other tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct EraseToken {
    /// The conversation it erases.
    pub conversation: ConversationId,
    /// Random.
    pub secret: [u8; 32],
}

/// `sk_`: lets an operator into a workspace.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The workspace it opens.
    pub workspace: WorkspaceId,
    /// Random.
    pub secret: [u8; 32],
}

impl RefreshToken {
    const PREFIX: &'static str = "rt_";

    /// The token as the visitor's browser holds it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut bytes = [0; 64];
        let (conversation, rest) = bytes.split_at_mut(32);
        let (n, secret) = rest.split_at_mut(4);
        conversation.copy_from_slice(self.conversation.as_bytes());
        n.copy_from_slice(&self.n.to_be_bytes());
        secret.copy_from_slice(&self.secret);
        codec::encode_checked(Self::PREFIX, &bytes)
    }

    /// Reads a token; `None` if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (conversation, rest) = halves(Self::PREFIX, text)?;
        let (n, secret) = rest.split_first_chunk::<4>()?;
        Some(Self {
            conversation: ConversationId::from_bytes(conversation),
            n: u32::from_be_bytes(*n),
            secret: secret.try_into().ok()?,
        })
    }
}

macro_rules! random_token {
    ($name:ident, $prefix:literal, $object:ident: $id:ident) => {
        impl $name {
            const PREFIX: &'static str = $prefix;

            /// The token as its holder keeps it.
            #[must_use]
            pub fn to_text(&self) -> String {
                let mut bytes = [0; 64];
                let (object, secret) = bytes.split_at_mut(32);
                object.copy_from_slice(self.$object.as_bytes());
                secret.copy_from_slice(&self.secret);
                codec::encode_checked(Self::PREFIX, &bytes)
            }

            /// Reads a token; `None` if it is not one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let (object, secret) = halves(Self::PREFIX, text)?;
                Some(Self { $object: $id::from_bytes(object), secret })
            }
        }
    };
}

random_token!(EraseToken, "et_", conversation: ConversationId);
random_token!(ApiKey, "sk_", workspace: WorkspaceId);

macro_rules! secret {
    ($($name:ident),+) => {$(
        impl Drop for $name {
            fn drop(&mut self) {
                self.secret.zeroize();
            }
        }

        impl ZeroizeOnDrop for $name {}

        sotto_shared::redacted_debug!($name);
    )+};
}

secret!(RefreshToken, EraseToken, ApiKey);

fn halves(prefix: &str, text: &str) -> Option<([u8; 32], [u8; 32])> {
    let bytes = codec::decode_checked::<64>(prefix, text)?;
    let (first, second) = bytes.split_first_chunk::<32>()?;
    Some((*first, second.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERSATION: ConversationId = ConversationId::from_bytes([0x0a; 32]);
    const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([0x0b; 32]);

    /// Pinned: visitors keep these tokens for up to 400 days.
    #[test]
    fn the_spelling_is_fixed() {
        let refresh = RefreshToken { conversation: CONVERSATION, n: 7, secret: [1; 28] };
        assert_eq!(
            refresh.to_text(),
            "rt_0IwVh4Hsv5HfvWJnKOb5MA0IwVh4Hsv5HfvWJnKOb5MA00000BdgFJuyal9KTXtjXN01tRy6czI6jAOLpZvq3hw127LsXP"
        );
        let erase = EraseToken { conversation: CONVERSATION, secret: [2; 32] };
        assert_eq!(
            erase.to_text(),
            "et_0IwVh4Hsv5HfvWJnKOb5MA0IwVh4Hsv5HfvWJnKOb5MA03mtwDFyaDSKmhf9rg7Ps203mtwDFyaDSKmhf9rg7Ps2020O1x"
        );
        let key = ApiKey { workspace: WORKSPACE, secret: [3; 32] };
        assert_eq!(
            key.to_text(),
            "sk_0KpxfAusDC0qJs9NGEenIB0KpxfAusDC0qJs9NGEenIB05gLuJsxsKBVB3UjnWB7o305gLuJsxsKBVB3UjnWB7o30YPSzW"
        );
    }

    #[test]
    fn tokens_read_as_they_were_written() {
        let refresh = RefreshToken { conversation: CONVERSATION, n: u32::MAX, secret: [1; 28] };
        assert_eq!(RefreshToken::parse(&refresh.to_text()), Some(refresh));
        let erase = EraseToken { conversation: CONVERSATION, secret: [2; 32] };
        assert_eq!(EraseToken::parse(&erase.to_text()), Some(erase));
        let key = ApiKey { workspace: WORKSPACE, secret: [3; 32] };
        assert_eq!(ApiKey::parse(&key.to_text()), Some(key));
    }

    #[test]
    fn kinds_are_not_mixed_up() {
        let erase = EraseToken { conversation: CONVERSATION, secret: [2; 32] }.to_text();
        assert!(RefreshToken::parse(&erase).is_none());
        assert!(RefreshToken::parse(&erase.replace("et_", "rt_")).is_none());
        assert!(ApiKey::parse(&erase).is_none());
    }

    #[test]
    fn every_changed_character_is_refused() {
        let good = EraseToken { conversation: CONVERSATION, secret: [2; 32] }.to_text();
        for at in 0..good.len() {
            let mut text = good.clone().into_bytes();
            text[at] = if text[at] == b'x' { b'y' } else { b'x' };
            assert!(EraseToken::parse(&String::from_utf8(text).unwrap()).is_none(), "at {at}");
        }
        assert!(EraseToken::parse(&good[..good.len() - 1]).is_none());
        assert!(EraseToken::parse(&format!("{good}0")).is_none());
    }

    #[test]
    fn secrets_are_not_printed() {
        let key = ApiKey { workspace: WORKSPACE, secret: [3; 32] };
        assert_eq!(format!("{key:?}"), "ApiKey { redacted }");
    }
}
