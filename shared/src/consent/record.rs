//! The record of a consent and its receipt, shaped by ISO/IEC TS 27560:2023 as the W3C's DPV
//! community group maps it. docs/consent.md has the fields beside those of the specification.
//!
//! There is a record for each notice that a visitor answered to. It holds no address, no user agent
//! and nothing of what was said.

use serde::{Deserialize, Serialize};

use super::{
    ConsentEvent, ConsentState, DataKind, LegalBasis, Notice, NoticeVersion, OptionalPurpose,
    Party, Purpose, Purposes, Recipient,
};
use crate::id::ConversationId;
use crate::signed::Kind;

/// Profile of a record.
pub const RECORD_SCHEMA: &str = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";

/// Profile of a receipt.
pub const RECEIPT_SCHEMA: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";

/// Rights that the visitor can use without asking anybody, as the GDPR's articles.
const RIGHTS: &[&str] = &[
    "eu-gdpr:A7-3",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A21",
    "eu-gdpr:A22",
    "eu-gdpr:A77",
];

/// What a visitor was told, as it is kept with the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The notice.
    pub notice: Notice,
    /// SHA-256 of its content, 64 hexadecimal digits, of which the version is the first half.
    pub sha256: String,
    /// Language in which it was told.
    pub lang: String,
    /// The jurisdiction in which conversations are stored: `eu`, `us`, `fedramp`, or `none` where
    /// none is promised.
    pub jurisdiction: String,
}

/// A record of a consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentRecord<'a> {
    schema: &'static str,
    record_id: &'a str,
    principal: Principal,
    controller: &'a Party,
    recipients: &'a [Recipient],
    law: &'static str,
    jurisdiction: &'a str,
    notice: NoticeTold<'a>,
    purposes: Vec<PurposeRecord<'a>>,
    collection: &'static str,
    withdrawal: Withdrawal,
    rights: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    rights_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<&'a str>,
    event_type: &'static str,
    event_entity: &'static str,
    events: &'a [ConsentEvent],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Principal {
    id: ConversationId,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct NoticeTold<'a> {
    version: &'a NoticeVersion,
    sha256: &'a str,
    lang: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct PurposeRecord<'a> {
    id: Purpose,
    dpv: &'static str,
    legal_basis: &'static str,
    data: &'a [DataKind],
    recipients: Vec<&'a str>,
    storage_location: &'a str,
    processing_location: Vec<&'a str>,
    retention: String,
    necessity: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Withdrawal {
    method: &'static str,
    call: &'static str,
}

/// What is signed and given to the visitor: what holds, and the whole record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt<'a> {
    kind: &'static str,
    schema: &'static str,
    /// Names the receipt: the id of the newest event, so that the same state has the same receipt.
    id: &'a str,
    notice: &'a NoticeVersion,
    chat: bool,
    purposes: Purposes,
    objections: Purposes,
    given_at: u64,
    /// Absent for a conversation that was begun before records were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<ConsentRecord<'a>>,
}

/// What may be left of a record after an erasure: that there was a consent, to which notice, for
/// which purposes and when. It names nobody, and the visitor's own receipt names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof<'a> {
    kind: &'static str,
    schema: &'static str,
    id: &'a str,
    notice: &'a NoticeVersion,
    sha256: &'a str,
    acts: Vec<Act<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Act<'a> {
    state: ConsentState,
    purposes: &'a [Purpose],
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis: Option<&'static str>,
    at: u64,
}

/// What holds for a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// What last became of the chat.
    pub chat: Option<ConsentState>,
    /// The optional purposes that do.
    pub purposes: Purposes,
    /// The optional purposes that were objected to.
    pub objections: Purposes,
}

impl<'a> ConsentRecord<'a> {
    /// The record of this id: what a conversation's visitor was told, and did about it.
    #[must_use]
    pub fn new(
        id: &'a str,
        conversation: ConversationId,
        told: &'a Told,
        events: &'a [ConsentEvent],
    ) -> Self {
        let notice = &told.notice;
        let url = notice.controller.privacy_url.as_deref();
        Self {
            schema: RECORD_SCHEMA,
            record_id: id,
            principal: Principal { id: conversation, kind: "visitor" },
            controller: &notice.controller,
            recipients: &notice.recipients,
            law: "eu-gdpr:GDPR",
            jurisdiction: &told.jurisdiction,
            notice: NoticeTold {
                version: &notice.version,
                sha256: &told.sha256,
                lang: &told.lang,
                url,
            },
            purposes: notice.purposes.iter().map(|one| purpose(notice, one)).collect(),
            collection: "data_subject",
            withdrawal: Withdrawal { method: "chat", call: "PUT /v1/consent" },
            rights: RIGHTS,
            rights_url: url,
            authority: notice.controller.authority.as_deref(),
            event_type: "expressed",
            event_entity: "data_subject",
            events,
        }
    }

    /// The proof that may outlive an erasure.
    #[must_use]
    pub fn proof(&self) -> Proof<'a> {
        Proof {
            kind: Kind::ConsentProof.name(),
            schema: RECEIPT_SCHEMA,
            id: self.record_id,
            notice: self.notice.version,
            sha256: self.notice.sha256,
            acts: self.events.iter().map(act).collect(),
        }
    }
}

impl<'a> Receipt<'a> {
    /// The receipt of what holds by the newest event, with the whole record.
    #[must_use]
    pub fn new(newest: &'a ConsentEvent, held: &Held, record: Option<ConsentRecord<'a>>) -> Self {
        Self {
            kind: Kind::ConsentReceipt.name(),
            schema: RECEIPT_SCHEMA,
            id: &newest.id,
            notice: &newest.notice,
            chat: held.has_chat(),
            purposes: held.purposes,
            objections: held.objections,
            given_at: newest.at,
            record,
        }
    }
}

impl Held {
    /// What holds after these events, oldest first.
    #[must_use]
    pub fn after<'a>(events: impl IntoIterator<Item = &'a ConsentEvent>) -> Self {
        let mut held = Self::default();
        for event in events {
            for purpose in &event.purposes {
                held.follow(*purpose, event.state);
            }
        }
        held
    }

    /// Whether the chat holds.
    #[must_use]
    pub const fn has_chat(&self) -> bool {
        matches!(self.chat, Some(ConsentState::Given))
    }

    /// Whether a purpose holds.
    #[must_use]
    pub const fn has(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Chat => self.has_chat(),
            Purpose::Remember => self.purposes.remember,
            Purpose::Improve => self.purposes.improve,
            Purpose::Analytics => self.purposes.analytics,
        }
    }

    fn follow(&mut self, purpose: Purpose, state: ConsentState) {
        let optional = match purpose {
            Purpose::Chat => {
                // What was only shown changes nothing.
                if state != ConsentState::Noticed {
                    self.chat = Some(state);
                }
                return;
            }
            Purpose::Remember => OptionalPurpose::Remember,
            Purpose::Improve => OptionalPurpose::Improve,
            Purpose::Analytics => OptionalPurpose::Analytics,
        };
        match state {
            ConsentState::Noticed => {}
            ConsentState::Given => {
                self.purposes = self.purposes.with(optional, true);
                self.objections = self.objections.with(optional, false);
            }
            ConsentState::Refused | ConsentState::Withdrawn => {
                self.purposes = self.purposes.with(optional, false);
            }
            ConsentState::Objected => {
                self.purposes = self.purposes.with(optional, false);
                self.objections = self.objections.with(optional, true);
            }
        }
    }
}

fn act(event: &ConsentEvent) -> Act<'_> {
    Act {
        state: event.state,
        purposes: &event.purposes,
        legal_basis: event.legal_basis.map(article),
        at: event.at,
    }
}

fn purpose<'a>(notice: &'a Notice, told: &'a super::PurposeNotice) -> PurposeRecord<'a> {
    // Text goes to others so that it is answered; what the other purposes need stays here or on the
    // visitor's device.
    let others: &[Recipient] = match told.purpose {
        Purpose::Chat => &notice.recipients,
        Purpose::Remember | Purpose::Improve | Purpose::Analytics => &[],
    };
    let places = others.iter().map(|one| one.place.as_str());
    PurposeRecord {
        id: told.purpose,
        dpv: match told.purpose {
            Purpose::Chat => "dpv:ServiceProvision",
            Purpose::Remember => "dpv:ServicePersonalisation",
            Purpose::Improve => "dpv:ImproveExistingProductsAndServices",
            Purpose::Analytics => "dpv:ServiceUsageAnalytics",
        },
        legal_basis: article(told.legal_basis),
        data: &told.data,
        recipients: others.iter().map(|one| one.name.as_str()).collect(),
        storage_location: match told.purpose {
            Purpose::Remember => "device",
            Purpose::Chat | Purpose::Improve | Purpose::Analytics => &notice.storage,
        },
        processing_location: core::iter::once(notice.storage.as_str()).chain(places).collect(),
        retention: told.seconds.map_or_else(|| "none".into(), |seconds| format!("PT{seconds}S")),
        necessity: if told.purpose == Purpose::Chat { "required" } else { "optional" },
    }
}

/// The article of the GDPR that a legal basis is.
const fn article(basis: LegalBasis) -> &'static str {
    match basis {
        LegalBasis::Consent => "eu-gdpr:A6-1-a",
        LegalBasis::Contract => "eu-gdpr:A6-1-b",
        LegalBasis::LegitimateInterest => "eu-gdpr:A6-1-f",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{ConsentSource, SourceKind};

    fn event(state: ConsentState, purposes: &[Purpose]) -> ConsentEvent {
        ConsentEvent {
            id: "01KAGM0000000000000000000A".into(),
            state,
            purposes: purposes.to_vec(),
            legal_basis: Some(LegalBasis::Consent),
            at: 1_763_640_000_000,
            valid_until: None,
            notice: NoticeVersion::parse(&"0123".repeat(8)).unwrap(),
            lang: "en".into(),
            gpc: false,
            source: ConsentSource { kind: SourceKind::Widget, version: None, host: None },
        }
    }

    #[test]
    fn what_came_last_holds() {
        use ConsentState::{Given, Noticed, Objected, Refused, Withdrawn};
        use Purpose::{Analytics, Chat, Improve, Remember};
        let mut events = vec![event(Noticed, &Purpose::ALL)];
        assert_eq!(Held::after(&events), Held::default(), "what is shown gives nothing");
        events.push(event(Given, &[Chat, Improve]));
        events.push(event(Refused, &[Remember, Analytics]));
        let held = Held::after(&events);
        assert!(held.has_chat() && held.has(Improve) && !held.has(Remember));
        events.push(event(Objected, &[Improve]));
        let held = Held::after(&events);
        assert!(!held.has(Improve) && held.objections.improve);
        events.push(event(Refused, &[Improve]));
        events.push(event(Noticed, &[Improve]));
        assert!(Held::after(&events).objections.improve, "until it is given again");
        events.push(event(Given, &[Improve]));
        let held = Held::after(&events);
        assert!(held.has(Improve) && !held.objections.improve);
        events.push(event(Withdrawn, &[Chat, Improve]));
        let held = Held::after(&events);
        assert_eq!((held.chat, held.purposes), (Some(Withdrawn), Purposes::default()));
    }

    /// The fixture of the wire is what this module writes.
    #[test]
    fn the_receipt_is_that_of_the_wire() {
        let fixture = include_str!("../../tests/fixtures/wire/minted.json");
        let minted: serde_json::Value = serde_json::from_str(fixture).unwrap();
        let mut wanted = minted["receipt"].clone();
        let events: Vec<ConsentEvent> =
            serde_json::from_value(wanted["record"]["events"].clone()).unwrap();
        let site = include_str!("../../tests/fixtures/wire/site.json");
        let site: crate::wire::site::Site = serde_json::from_str(site).unwrap();
        let mut notice = site.notice;
        notice.controller.address = None;
        notice.controller.authority = None;
        notice.recipients.truncate(1);
        notice.purposes.truncate(2);
        let told = Told {
            notice,
            sha256: "0123".repeat(16),
            lang: "en".into(),
            jurisdiction: "eu".into(),
        };
        let conversation = ConversationId::parse(&"0a".repeat(32)).unwrap();
        let record = ConsentRecord::new("01KAGM00000000000000000009", conversation, &told, &events);
        let held = Held { chat: Some(ConsentState::Given), ..Held::after(&events) };
        let receipt = Receipt::new(&events[1], &held, Some(record));
        wanted.as_object_mut().unwrap().remove("signature");
        assert_eq!(serde_json::to_value(&receipt).unwrap(), wanted);
    }
}
