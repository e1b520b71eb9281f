//! The tokens of one conversation, and the form in which `remember` keeps them.

use sotto_shared::consent::{NoticeVersion, Purposes};
use sotto_shared::id::ConversationId;
use sotto_shared::json::{Value, write_string};
use sotto_shared::pii::PlaceholderMap;
use sotto_shared::wire::session::{Minted, Refreshed};

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
    /// What the edge wrote, for keeping: the minted conversation, and the last rotation if there
    /// was one. So what is kept needs no form, writer and reader of its own.
    minted: String,
    refreshed: String,
}

/// An access token is renewed this long before its end, in milliseconds, so that it does not end
/// on its way.
const MARGIN: u64 = 20_000;

impl Session {
    /// Reads what the edge minted; `None` if something is missing.
    pub(crate) fn read(text: String) -> Option<Self> {
        let minted = Minted::read(&Value::parse(&text)?)?;
        Some(Self {
            conversation: minted.conversation,
            access: minted.access_token,
            access_expires_at: minted.access_expires_at,
            refresh: minted.refresh_token,
            erase: minted.erase_token,
            ends_at: minted.ends_at,
            notice: minted.receipt.notice,
            purposes: minted.receipt.purposes,
            minted: text,
            refreshed: String::new(),
        })
    }

    /// Reads the next pair of tokens; `None`, and no change, if something is missing.
    pub(crate) fn rotate(&mut self, text: String) -> Option<()> {
        let refreshed = Refreshed::read(&Value::parse(&text)?)?;
        self.access = refreshed.access_token;
        self.access_expires_at = refreshed.access_expires_at;
        self.refresh = refreshed.refresh_token;
        self.ends_at = refreshed.ends_at;
        self.refreshed = text;
        Some(())
    }

    /// Whether the access token is still good at `now`, in Unix milliseconds of this device. A
    /// wrong clock costs a needless rotation, or one refusal that is answered by a rotation.
    pub(crate) const fn is_fresh(&self, now: u64) -> bool {
        now + MARGIN < self.access_expires_at
    }

    /// What sessionStorage keeps: the tokens and the map back.
    pub(crate) fn keep(&self, map: &PlaceholderMap) -> String {
        let mut out = String::new();
        for (lead, text) in [
            ("{\"minted\":", &self.minted),
            (",\"refreshed\":", &self.refreshed),
            (",\"map\":", &map.encode()),
        ] {
            out.push_str(lead);
            write_string(&mut out, text);
        }
        out.push('}');
        out
    }

    /// What [`keep`](Self::keep) wrote; `None` if it is anything else.
    pub(crate) fn kept(text: &str) -> Option<(Self, PlaceholderMap)> {
        let value = Value::parse(text)?;
        let map = PlaceholderMap::decode(value.get("map").as_str()?).ok()?;
        let mut session = Self::read(value.get("minted").string()?)?;
        let refreshed = value.get("refreshed").string()?;
        if !refreshed.is_empty() {
            session.rotate(refreshed)?;
        }
        Some((session, map))
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
        Session::read(fixture.into()).unwrap()
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

        let mut session = again;
        let refreshed = include_str!("../../../shared/tests/fixtures/wire/refreshed.json");
        assert_eq!(session.rotate("{}".into()), None);
        session.rotate(refreshed.into()).unwrap();
        let (again, _) = Session::kept(&session.keep(&map)).unwrap();
        assert_eq!(again, session);
        assert_ne!(again.refresh, minted().refresh);
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
