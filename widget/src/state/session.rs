//! The tokens of one conversation, and the form in which `remember` keeps them.

use sotto_shared::consent::{Choice, NoticeVersion, Purposes};
use sotto_shared::id::ConversationId;
use sotto_shared::json::{Value, write_string};
use sotto_shared::pii::PlaceholderMap;
use sotto_shared::wire::session::{Consented, Minted, Refreshed};

use super::record::{Record, Stand};

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
    /// The choice: what of it the edge has on record, and what holds.
    pub(crate) record: Record,
    /// Version of the notice that the visitor declined afterwards; empty if none was.
    pub(crate) declined: String,
    /// Names the next rotation. It is chosen with the token that it rotates, so that each try of
    /// it has the same name, whichever tab makes it.
    pub(crate) rotation: String,
    /// What the edge wrote, for keeping: the minted conversation, and the last rotation and the
    /// last change of the consent if there was one. So what is kept needs no form, writer and
    /// reader of its own.
    minted: String,
    refreshed: String,
    consented: String,
}

/// An access token is renewed this long before its end, in milliseconds, so that it does not end
/// on its way.
const MARGIN: u64 = 20_000;

impl Session {
    /// Reads what the edge minted; `None` if something is missing. `rotation` is new.
    pub(crate) fn read(text: String, rotation: String) -> Option<Self> {
        let value = Value::parse(&text)?;
        let minted = Minted::read(&value)?;
        let objections = Purposes::read(value.get("receipt").get("objections"));
        Some(Self {
            conversation: minted.conversation,
            access: minted.access_token,
            access_expires_at: minted.access_expires_at,
            refresh: minted.refresh_token,
            erase: minted.erase_token,
            ends_at: minted.ends_at,
            notice: minted.receipt.notice,
            record: Record::new(Stand {
                chat: true,
                purposes: minted.receipt.purposes,
                objections,
            }),
            declined: String::new(),
            rotation,
            minted: text,
            refreshed: String::new(),
            consented: String::new(),
        })
    }

    /// Reads the next pair of tokens; `None`, and no change, if something is missing. `rotation`
    /// is new.
    pub(crate) fn rotate(&mut self, text: String, rotation: String) -> Option<()> {
        let refreshed = Refreshed::read(&Value::parse(&text)?)?;
        self.access = refreshed.access_token;
        self.access_expires_at = refreshed.access_expires_at;
        self.refresh = refreshed.refresh_token;
        self.ends_at = refreshed.ends_at;
        self.rotation = rotation;
        self.refreshed = text;
        Some(())
    }

    /// Reads what is on record after a choice; `None`, and no change, if something is missing.
    pub(crate) fn consent(&mut self, choice: &Choice, text: String) -> Option<()> {
        let told = self.consented(text)?;
        self.record.answered(choice, told);
        Some(())
    }

    fn consented(&mut self, text: String) -> Option<Stand> {
        let Consented { chat, purposes, objections, ends_at, .. } =
            Consented::read(&Value::parse(&text)?)?;
        self.ends_at = ends_at;
        self.consented = text;
        Some(Stand { chat, purposes, objections })
    }

    /// The last receipt of the consent as it was signed: the last member of what the edge wrote.
    pub(crate) fn receipt(&self) -> &str {
        let text = if self.consented.is_empty() { &self.minted } else { &self.consented };
        let mut at = 0;
        for piece in text.split('"') {
            at += piece.len() + 1;
            if piece == "receipt" {
                let rest = text.get(at..).unwrap_or_default().trim();
                return rest.trim_start_matches(':').strip_suffix('}').unwrap_or_default().trim();
            }
        }
        ""
    }

    /// Whether the access token is still good at `now`, in Unix milliseconds of this device. A
    /// wrong clock costs a needless rotation, or one refusal that is answered by a rotation.
    pub(crate) const fn is_fresh(&self, now: u64) -> bool {
        now + MARGIN < self.access_expires_at
    }

    /// What sessionStorage keeps: the tokens, what holds of the choice, and the map back.
    pub(crate) fn keep(&self, map: &PlaceholderMap) -> String {
        let mut out = String::new();
        let mut record = self.record;
        for (lead, text) in [
            ("{\"record\":", &record.digits()),
            (",\"minted\":", &self.minted),
            (",\"refreshed\":", &self.refreshed),
            (",\"consented\":", &self.consented),
            (",\"declined\":", &self.declined),
            (",\"rotation\":", &self.rotation),
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
        let text = |name| value.get(name).string();
        let map = PlaceholderMap::decode(&text("map")?).ok()?;
        let rotation = text("rotation")?;
        let mut session = Self::read(text("minted")?, String::new())?;
        session.declined = text("declined")?;
        let [refreshed, consented] = [text("refreshed")?, text("consented")?];
        if !refreshed.is_empty() {
            session.rotate(refreshed, String::new())?;
        }
        if !consented.is_empty() {
            session.record = Record::new(session.consented(consented)?);
        }
        session.record.take_digits(value.get("record").as_str().unwrap_or_default());
        session.rotation = rotation;
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
        Session::read(fixture.into(), "r-1".into()).unwrap()
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
        let consented = include_str!("../../../shared/tests/fixtures/wire/consented.json");
        assert_eq!(session.rotate("{}".into(), "r-2".into()), None);
        session.rotate(refreshed.into(), "r-2".into()).unwrap();
        assert!(session.consented("{}".into()).is_none());
        session.record = Record::new(session.consented(consented.into()).unwrap());
        assert!(!session.record.told.chat && session.record.told.objections.analytics);
        session.declined = "0123".into();
        let (again, _) = Session::kept(&session.keep(&map)).unwrap();
        assert_eq!(again, session);
        assert_eq!((again.rotation.as_str(), again.record.told.purposes.remember), ("r-2", true));
        assert_ne!(again.refresh, minted().refresh);
        assert!(Session::kept(&kept.replacen("map", "mop", 1)).is_none());
        // As an earlier version kept it.
        let (earlier, _) = Session::kept(&kept.replacen("record", "recorb", 1)).unwrap();
        assert_eq!(earlier, minted());
    }

    #[test]
    fn what_was_taken_back_and_is_not_on_record_is_kept() {
        let mut session = minted();
        let before = session.record;
        assert!(!before.told.purposes.is_empty());
        session.record.hold(Purposes::default(), Purposes::ALL);
        let (again, _) = Session::kept(&session.keep(&PlaceholderMap::new())).unwrap();
        assert_eq!(again.record, session.record);
        assert!(again.record.is_pending());
        assert_eq!(again.record.told, before.told);
    }

    #[test]
    fn the_receipt_is_the_last_one_as_it_was_signed() {
        let mut session = minted();
        let id = |session: &Session| {
            let receipt = Value::parse(session.receipt()).unwrap();
            assert_eq!(receipt.get("kind").as_str(), Some("consent_receipt"));
            receipt.get("signature").get("alg").string().unwrap();
            receipt.get("id").string().unwrap()
        };
        let first = id(&session);
        let consented = include_str!("../../../shared/tests/fixtures/wire/consented.json");
        let changed = consented.replace("01KAGM0000000000000000000A", "01KAGM0000000000000000000B");
        session.consented(changed).unwrap();
        assert_ne!(id(&session), first);
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
