//! Identifiers. Each can only be had by parsing, so what holds one need not check it again.

use alloc_free_hex::{decode, encode};
use core::fmt;

use crate::limits::{MESSAGE_ID_CHARS, ORIGIN_BYTES};

/// Why a text is not the identifier it should be. It names the fault, never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// The text is empty or longer than its kind allows.
    Length,
    /// A character stands where its kind does not allow it.
    Character,
    /// The text has the right characters but not the right form.
    Form,
}

/// A conversation: the id of its Durable Object, written as 64 lower-case hexadecimal digits.
///
/// It is the public id of the conversation, the chat id of `useChat` and the subject of its
/// tokens. It grants nothing by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConversationId([u8; 32]);

/// A workspace: the id of its Durable Object, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkspaceId([u8; 32]);

/// A message or a rotation of a refresh token, named by the client: `[A-Za-z0-9_-]{1,64}`.
///
/// It is unique in its conversation and serves as idempotency key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

/// The public key of a site as the embed tag carries it: `pk_` and 66 letters or digits.
///
/// Here only the form is checked; the edge checks the code inside before it wakes an object.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SiteKey(String);

/// A web origin as browsers send it: `scheme://host` or `scheme://host:port`, http or https,
/// lower case, nothing behind it. Comparing two of them is comparing their text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

macro_rules! object_id {
    ($name:ident) => {
        impl $name {
            /// Reads 64 lower-case hexadecimal digits.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                decode(text).map(Self)
            }

            /// The id of an object from its 32 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The 64 hexadecimal digits.
            #[must_use]
            pub fn to_hex(&self) -> String {
                encode(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_hex())
            }
        }
    };
}

macro_rules! text_id {
    ($name:ident) => {
        impl $name {
            /// The text as it was parsed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

macro_rules! parsed_by_serde {
    ($($name:ident),+) => {$(
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(|_| {
                    serde::de::Error::custom(concat!("not a valid ", stringify!($name)))
                })
            }
        }
    )+};
}

object_id!(ConversationId);
object_id!(WorkspaceId);
text_id!(MessageId);
text_id!(SiteKey);
text_id!(Origin);
parsed_by_serde!(ConversationId, WorkspaceId, MessageId, SiteKey, Origin);

impl MessageId {
    /// Reads `[A-Za-z0-9_-]{1,64}`.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > MESSAGE_ID_CHARS {
            return Err(IdError::Length);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err(IdError::Character);
        }
        Ok(Self(text.into()))
    }
}

impl SiteKey {
    /// What every site key begins with.
    pub const PREFIX: &'static str = "pk_";
    /// Length of a site key in characters, its prefix included.
    pub const CHARS: usize = 69;

    /// Reads `pk_` and 66 letters or digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.len() != Self::CHARS {
            return Err(IdError::Length);
        }
        let body = text.strip_prefix(Self::PREFIX).ok_or(IdError::Form)?;
        if !body.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(IdError::Character);
        }
        Ok(Self(text.into()))
    }
}

impl Origin {
    /// Reads an origin as a browser writes it in the `Origin` header. `null` is not one.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > ORIGIN_BYTES {
            return Err(IdError::Length);
        }
        let (host_and_port, default_port) = match text.strip_prefix("https://") {
            Some(rest) => (rest, "443"),
            None => (text.strip_prefix("http://").ok_or(IdError::Form)?, "80"),
        };
        let (host, port) = split_port(host_and_port)?;
        // Browsers leave the default port out, so an origin that names it would match nobody's.
        if host.is_empty() || !port.is_none_or(|port| is_port(port) && port != default_port) {
            return Err(IdError::Form);
        }
        let bracketed = host.starts_with('[') && host.ends_with(']');
        let allowed = |b: u8| {
            b.is_ascii_lowercase()
                || b.is_ascii_digit()
                || b == b'.'
                || b == b'-'
                || b == b'_'
                || (bracketed && matches!(b, b':' | b'[' | b']'))
        };
        if !host.bytes().all(allowed) {
            return Err(IdError::Character);
        }
        Ok(Self(text.into()))
    }
}

fn split_port(host_and_port: &str) -> Result<(&str, Option<&str>), IdError> {
    if host_and_port.starts_with('[') {
        let end = host_and_port.find(']').ok_or(IdError::Form)?;
        let (host, rest) = host_and_port.split_at(end + 1);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(IdError::Form),
        };
    }
    Ok(match host_and_port.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (host_and_port, None),
    })
}

fn is_port(port: &str) -> bool {
    (1..=5).contains(&port.len())
        && !port.starts_with('0')
        && port.bytes().all(|b| b.is_ascii_digit())
}

/// Hexadecimal for object ids alone: the widget needs no encoding library for it.
mod alloc_free_hex {
    use super::IdError;

    pub(super) fn encode(bytes: &[u8; 32]) -> String {
        let mut text = String::with_capacity(64);
        for byte in bytes {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
            }
        }
        text
    }

    pub(super) fn decode(text: &str) -> Result<[u8; 32], IdError> {
        if text.len() != 64 {
            return Err(IdError::Length);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            for digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return Err(IdError::Character),
                };
                *byte = (*byte << 4) | value;
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_ids_are_64_lower_case_digits() {
        let text = "00ff".repeat(16);
        let id = ConversationId::parse(&text).unwrap();
        assert_eq!(id.to_hex(), text);
        assert_eq!(id.as_bytes()[1], 0xff);
        assert_eq!(ConversationId::parse(&text.to_uppercase()), Err(IdError::Character));
        assert_eq!(ConversationId::parse("00ff"), Err(IdError::Length));
    }

    #[test]
    fn message_ids_are_short_and_plain() {
        assert!(MessageId::parse("msg_01-Ab").is_ok());
        assert_eq!(MessageId::parse(""), Err(IdError::Length));
        assert_eq!(MessageId::parse(&"x".repeat(65)), Err(IdError::Length));
        assert_eq!(MessageId::parse("a b"), Err(IdError::Character));
        assert_eq!(MessageId::parse("ä"), Err(IdError::Character));
    }

    #[test]
    fn site_keys_have_one_length_and_one_prefix() {
        let body = "a1".repeat(33);
        assert!(SiteKey::parse(&format!("pk_{body}")).is_ok());
        assert_eq!(SiteKey::parse(&format!("sk_{body}")), Err(IdError::Form));
        assert_eq!(SiteKey::parse("pk_short"), Err(IdError::Length));
        assert_eq!(SiteKey::parse(&format!("pk_{}-", "a".repeat(65))), Err(IdError::Character));
    }

    #[test]
    fn origins_are_what_browsers_send() {
        for good in [
            "https://shop.example",
            "http://localhost:8787",
            "http://127.0.0.1:1",
            "https://[::1]:8787",
        ] {
            assert_eq!(Origin::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "null",
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://Shop.example",
            "https://shop.example/",
            "https://shop.example:",
            "https://shop.example:123456",
            "https://shop.example:443",
            "http://shop.example:80",
            "https://shop.example:08443",
            "https://user@shop.example",
            "https://[::1",
            "https://a:b:c",
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad}");
        }
    }
}
