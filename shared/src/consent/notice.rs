//! The notice: who processes what, where, for how long, and who else receives it.

use core::fmt;

use super::{DataKind, OptionalPurpose, Purpose};
use crate::id::IdError;

/// The version of a notice: the first 32 hexadecimal digits of the SHA-256 of its content, which
/// the edge computes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NoticeVersion(String);

impl NoticeVersion {
    /// Length in characters.
    pub const CHARS: usize = 32;

    /// Reads 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.len() != Self::CHARS {
            return Err(IdError::Length);
        }
        if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(IdError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NoticeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for NoticeVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for NoticeVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| serde::de::Error::custom("not a valid NoticeVersion"))
    }
}

/// What the gate tells a visitor. The words around it are the widget's, in the visitor's
/// language; the facts are the site's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Notice {
    /// Hash of everything else in the notice and of the purposes offered.
    pub version: NoticeVersion,
    /// Who decides about the processing.
    pub controller: Party,
    /// Who else receives the conversation's text; empty if nobody does.
    pub recipients: Vec<Recipient>,
    /// Where conversations are stored, in words a visitor understands ("European Union").
    pub storage: String,
    /// What the processing for `chat` rests on.
    pub legal_basis: LegalBasis,
    /// A conversation without `remember` or `improve` ends after this many idle seconds.
    pub idle_seconds: u64,
    /// A conversation with `remember` or `improve` ends after this many idle seconds.
    pub retention_seconds: u64,
    /// `chat` and each purpose that is offered, one by one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub purposes: Vec<PurposeNotice>,
    /// For how many days the proof of the consent outlives an erasure; 0 for not at all.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_zero"))]
    pub proof_days: u32,
}

/// What a notice says about one purpose, in codes: the words for them are the widget's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PurposeNotice {
    /// The purpose.
    pub purpose: Purpose,
    /// What it rests on.
    pub legal_basis: LegalBasis,
    /// The data that it needs.
    pub data: Vec<DataKind>,
    /// After how many idle seconds they are erased; absent where nothing leads to a person.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub seconds: Option<u64>,
}

/// A person or company that answers for the processing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Party {
    /// Its name.
    pub name: String,
    /// How to reach it: a mail address or a URL.
    pub contact: String,
    /// Its privacy policy.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub privacy_url: Option<String>,
    /// Its postal address, on one line.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub address: Option<String>,
    /// The supervisory authority that visitors can complain to.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub authority: Option<String>,
}

/// Someone who receives the conversation's scrubbed text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Recipient {
    /// Its name.
    pub name: String,
    /// What it receives the text for ("writes the answer").
    pub role: String,
    /// Where it processes ("EU", "United States").
    pub place: String,
    /// For how many days it keeps copies by its own terms; absent if it declares nothing.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub retention_days: Option<u32>,
}

/// What the processing for a purpose rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum LegalBasis {
    /// The visitor's consent (GDPR Art. 6(1)(a)).
    #[default]
    Consent,
    /// Steps at the visitor's request before or under a contract (GDPR Art. 6(1)(b)); for `chat`.
    Contract,
    /// The operator's legitimate interest (GDPR Art. 6(1)(f)); for `improve` and `analytics`. It is
    /// off until the visitor switches it on all the same, and switching it off is an objection.
    LegitimateInterest,
}

/// What each purpose of a site rests on. `remember` stores on the visitor's device, which takes
/// consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bases {
    /// For `chat`.
    pub chat: LegalBasis,
    /// For `improve`.
    pub improve: LegalBasis,
    /// For `analytics`.
    pub analytics: LegalBasis,
}

impl LegalBasis {
    /// The basis of this name on the wire; what is not known is consent, which asks most.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "contract" => Self::Contract,
            "legitimate_interest" => Self::LegitimateInterest,
            _ => Self::Consent,
        }
    }
}

impl Bases {
    /// What a purpose rests on.
    #[must_use]
    pub const fn of(&self, purpose: Purpose) -> LegalBasis {
        match purpose {
            Purpose::Chat => self.chat,
            Purpose::Remember => LegalBasis::Consent,
            Purpose::Improve => self.improve,
            Purpose::Analytics => self.analytics,
        }
    }
}

impl Notice {
    /// What a purpose rests on by this notice.
    #[must_use]
    pub fn basis(&self, purpose: OptionalPurpose) -> LegalBasis {
        let purpose = Purpose::from(purpose);
        let told = self.purposes.iter().find(|told| told.purpose == purpose);
        told.map_or(LegalBasis::Consent, |told| told.legal_basis)
    }
}

#[cfg(feature = "serde")]
const fn is_zero(days: &u32) -> bool {
    *days == 0
}
