//! `GET /v1/sites/{site_key}?lang=…`: the public settings of a site, in one language.

use crate::consent::{LegalBasis, Notice, NoticeVersion, Party, Purposes, Recipient};
use crate::id::SiteKey;
use crate::json::Value;

/// The public settings of a site. Nothing in it is secret; it is cacheable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Site {
    /// The key it was asked for with.
    pub site: SiteKey,
    /// The site's name, shown in the head of the panel.
    pub name: String,
    /// Language of the texts below: the closest that the site has to the one asked for.
    pub lang: String,
    /// Accent colour, `#rrggbb`.
    pub accent: String,
    /// First words of the AI after the disclosure; absent for the widget's own.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub greeting: Option<String>,
    /// Questions to begin with.
    pub starters: Vec<String>,
    /// Where to turn when the AI cannot help.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub contact: Option<Contact>,
    /// What the visitor is told before agreeing.
    pub notice: Notice,
    /// The optional purposes the site offers.
    pub purposes: Purposes,
    /// Longest message, in characters.
    pub message_chars: u32,
    /// The site's own values, which are never hidden.
    pub exempt: Vec<String>,
}

/// A way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Contact {
    /// What the link says.
    pub label: String,
    /// `https:`, `mailto:` or `tel:`.
    pub url: String,
}

impl Site {
    /// Reads the settings; `None` if something that the widget needs is missing.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let strings =
            |name| value.get(name).items().iter().filter_map(Value::string).collect::<Vec<_>>();
        Some(Self {
            site: SiteKey::parse(value.get("site").as_str()?).ok()?,
            name: value.get("name").string()?,
            lang: value.get("lang").string()?,
            accent: value.get("accent").string()?,
            greeting: value.get("greeting").string(),
            starters: strings("starters"),
            contact: Contact::read(value.get("contact")),
            notice: Notice::read(value.get("notice"))?,
            purposes: Purposes::read(value.get("purposes")),
            message_chars: u32::try_from(value.get("message_chars").unsigned()?).ok()?,
            exempt: strings("exempt"),
        })
    }
}

impl Contact {
    fn read(value: &Value) -> Option<Self> {
        Some(Self { label: value.get("label").string()?, url: value.get("url").string()? })
    }
}

impl Notice {
    fn read(value: &Value) -> Option<Self> {
        let controller = value.get("controller");
        Some(Self {
            version: NoticeVersion::parse(value.get("version").as_str()?).ok()?,
            controller: Party {
                name: controller.get("name").string()?,
                contact: controller.get("contact").string()?,
                privacy_url: controller.get("privacy_url").string(),
            },
            recipients: value
                .get("recipients")
                .items()
                .iter()
                .filter_map(Recipient::read)
                .collect(),
            storage: value.get("storage").string()?,
            legal_basis: match value.get("legal_basis").as_str()? {
                "contract" => LegalBasis::Contract,
                _ => LegalBasis::Consent,
            },
            idle_seconds: value.get("idle_seconds").unsigned()?,
            retention_seconds: value.get("retention_seconds").unsigned()?,
        })
    }
}

impl Recipient {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            name: value.get("name").string()?,
            role: value.get("role").string()?,
            place: value.get("place").string()?,
            retention_days: value
                .get("retention_days")
                .unsigned()
                .and_then(|days| u32::try_from(days).ok()),
        })
    }
}

impl Purposes {
    /// Reads a set; what is missing is off.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        Self {
            remember: value.get("remember").is_true(),
            improve: value.get("improve").is_true(),
            analytics: value.get("analytics").is_true(),
        }
    }
}
