//! The tokens of one conversation, and the form in which `remember` keeps them.

use sotto_shared::consent::{NoticeVersion, Purposes};
use sotto_shared::id::ConversationId;
use sotto_shared::json::{Value, write_string};
use sotto_shared::pii::PlaceholderMap;
use sotto_shared::wire::session::{Minted, Refreshed};

use crate::texts::decimal;

/// A minted conversation.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) conversation: ConversationId,
    pub(crate) access: String,
    access_expires_at: u64,
    pub(crate) refresh: String,
    pub(crate) erase: String,
    pub(crate) ends_at: u64,
    pub(crate) notice: NoticeVersion,
    pub(crate) purposes: Purposes,
}

/// An access token is renewed this long before its end, in milliseconds, so that it does not end
/// on its way.
const MARGIN: u64 = 20_000;

impl Session {
    /// What the edge minted.
    pub(crate) fn new(minted: Minted) -> Self {
        Self {
            conversation: minted.conversation,
            access: minted.access_token,
            access_expires_at: minted.access_expires_at,
            refresh: minted.refresh_token,
            erase: minted.erase_token,
            ends_at: minted.ends_at,
            notice: minted.receipt.notice,
            purposes: minted.receipt.purposes,
        }
    }

    /// The next pair of tokens.
    pub(crate) fn rotate(&mut self, refreshed: Refreshed) {
        self.access = refreshed.access_token;
        self.access_expires_at = refreshed.access_expires_at;
        self.refresh = refreshed.refresh_token;
        self.ends_at = refreshed.ends_at;
    }

    /// Whether the access token is still good at `now`, in Unix milliseconds of this device. A
    /// wrong clock costs a needless rotation, or one refusal that is answered by a rotation.
    pub(crate) const fn is_fresh(&self, now: u64) -> bool {
        now + MARGIN < self.access_expires_at
    }

    /// What sessionStorage keeps: the tokens and the map back.
    pub(crate) fn keep(&self, map: &PlaceholderMap) -> String {
        let mut out = String::from("{");
        let conversation = self.conversation.to_hex();
        for (name, text) in [
            ("conversation", conversation.as_str()),
            ("access", &self.access),
            ("refresh", &self.refresh),
            ("erase", &self.erase),
            ("notice", self.notice.as_str()),
            ("map", &map.encode()),
        ] {
            write_string(&mut out, name);
            out.push(':');
            write_string(&mut out, text);
            out.push(',');
        }
        for (name, on) in [
            ("improve", self.purposes.improve),
            ("analytics", self.purposes.analytics),
            ("remember", self.purposes.remember),
        ] {
            write_string(&mut out, name);
            out.push_str(if on { ":true," } else { ":false," });
        }
        out.push_str("\"access_expires_at\":");
        out.push_str(&decimal(self.access_expires_at));
        out.push_str(",\"ends_at\":");
        out.push_str(&decimal(self.ends_at));
        out.push('}');
        out
    }

    /// What [`keep`](Self::keep) wrote; `None` if it is anything else.
    pub(crate) fn kept(text: &str) -> Option<(Self, PlaceholderMap)> {
        let value = Value::parse(text)?;
        let text = |name| value.get(name).string();
        let session = Self {
            conversation: ConversationId::parse(value.get("conversation").as_str()?).ok()?,
            access: text("access")?,
            access_expires_at: value.get("access_expires_at").unsigned()?,
            refresh: text("refresh")?,
            erase: text("erase")?,
            ends_at: value.get("ends_at").unsigned()?,
            notice: NoticeVersion::parse(value.get("notice").as_str()?).ok()?,
            purposes: Purposes::read(&value),
        };
        Some((session, PlaceholderMap::decode(value.get("map").as_str()?).ok()?))
    }
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Session { tokens redacted }")
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::pii::{Category, Policy, scrub_for_browser};

    use super::*;

    fn minted() -> Session {
        let fixture = include_str!("../../../shared/tests/fixtures/wire/minted.json");
        Session::new(Minted::read(&Value::parse(fixture).unwrap()).unwrap())
    }

    #[test]
    fn what_is_kept_comes_back() {
        let session = minted();
        let mut map = PlaceholderMap::new();
        scrub_for_browser("I am \"jo\" <jo@shop.example>", &Policy::chat(), &mut map);
        let kept = session.keep(&map);
        let (again, map) = Session::kept(&kept).unwrap();
        assert_eq!(again, session);
        assert_eq!(map.value(Category::Email, 1), Some("jo@shop.example"));
        assert!(Session::kept("{}").is_none());
        assert!(Session::kept(&kept.replacen("map", "mop", 1)).is_none());
    }

    #[test]
    fn an_access_token_is_renewed_before_it_ends() {
        let session = minted();
        assert!(session.is_fresh(session.access_expires_at - MARGIN - 1));
        assert!(!session.is_fresh(session.access_expires_at - MARGIN));
    }

    #[test]
    fn tokens_are_not_printed() {
        assert!(!format!("{:?}", minted()).contains("rt_x"));
    }
}
