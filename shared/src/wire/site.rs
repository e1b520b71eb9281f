//! `GET /v1/sites/{site_key}?lang=…`: the public settings of a site, in one language.

use crate::consent::{
    LegalBasis, Notice, NoticeVersion, Party, Purpose, PurposeNotice, Purposes, Recipient,
};
use crate::id::SiteKey;
use crate::json::Value;
use crate::pii::Policy;

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
    /// What the site wants found beyond, or short of, what a chat looks for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub scrub: ScrubSettings,
}

/// What a site changes about the scrubber. It is public, like all that a browser needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct ScrubSettings {
    /// Words of placeholders (`PHONE`, `TAX_ID`) that are not wanted. Each switches off every
    /// category that shares it.
    pub off: Vec<String>,
    /// Patterns of the site's own, such as `'KD'-9{6,8}`; docs/pii.md has the syntax.
    pub patterns: Vec<String>,
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
        Some(Self {
            site: SiteKey::parse(value.get("site").as_str()?).ok()?,
            name: value.get("name").string()?,
            lang: value.get("lang").string()?,
            accent: value.get("accent").string()?,
            greeting: value.get("greeting").string(),
            starters: strings(value, "starters"),
            contact: Contact::read(value.get("contact")),
            notice: Notice::read(value.get("notice"))?,
            purposes: Purposes::read(value.get("purposes")),
            message_chars: u32::try_from(value.get("message_chars").unsigned()?).ok()?,
            exempt: strings(value, "exempt"),
            scrub: ScrubSettings::read(value.get("scrub")),
        })
    }

    /// What is hidden in this site's chat before a message leaves the browser, as
    /// [rules](Policy::of_rules).
    #[must_use]
    pub fn rules(&self) -> String {
        self.scrub.rules(&self.exempt)
    }
}

impl ScrubSettings {
    /// The policy of a site with these settings and these values of its own. Browser and edge
    /// both have it from here, so that they find the same.
    ///
    /// The edge stores no setting that cannot be read. One that an older widget does not know is
    /// passed over, and the widget hides more or leaves the finding to the edge.
    #[must_use]
    pub fn policy(&self, exempt: &[String]) -> Policy {
        Policy::of_rules(&self.rules(exempt))
    }

    /// The same as [rules](Policy::of_rules), for the scrubber in the browser.
    #[must_use]
    pub fn rules(&self, exempt: &[String]) -> String {
        let mut rules = String::new();
        for (sign, values) in [('-', &*self.off), ('+', &*self.patterns), ('=', exempt)] {
            for line in values.iter().flat_map(|value| value.lines()) {
                rules.push(sign);
                rules.push_str(line);
                rules.push('\n');
            }
        }
        rules
    }

    /// Reads the settings; what is missing changes nothing.
    fn read(value: &Value) -> Self {
        Self { off: strings(value, "off"), patterns: strings(value, "patterns") }
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
                address: controller.get("address").string(),
                authority: controller.get("authority").string(),
            },
            recipients: value
                .get("recipients")
                .items()
                .iter()
                .filter_map(Recipient::read)
                .collect(),
            storage: value.get("storage").string()?,
            legal_basis: LegalBasis::named(value.get("legal_basis").as_str()?),
            idle_seconds: value.get("idle_seconds").unsigned()?,
            retention_seconds: value.get("retention_seconds").unsigned()?,
            purposes: value
                .get("purposes")
                .items()
                .iter()
                .filter_map(PurposeNotice::read)
                .collect(),
            proof_days: days(value.get("proof_days")).unwrap_or_default(),
        })
    }
}

impl PurposeNotice {
    /// What a purpose's data are, this crate knows by itself: the list on the wire is for others.
    fn read(value: &Value) -> Option<Self> {
        let purpose = Purpose::parse(value.get("purpose").as_str()?)?;
        Some(Self {
            purpose,
            legal_basis: LegalBasis::named(value.get("legal_basis").as_str()?),
            data: purpose.data().to_vec(),
            seconds: value.get("seconds").unsigned(),
        })
    }
}

impl Recipient {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            name: value.get("name").string()?,
            role: value.get("role").string()?,
            place: value.get("place").string()?,
            retention_days: days(value.get("retention_days")),
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

fn days(value: &Value) -> Option<u32> {
    value.unsigned().and_then(|days| u32::try_from(days).ok())
}

/// The texts of a list; none if it is missing.
fn strings(value: &Value, name: &str) -> Vec<String> {
    value.get(name).items().iter().filter_map(Value::string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::{Category, scrub_for_edge};

    fn scrub(off: &[&str], patterns: &[&str]) -> ScrubSettings {
        let owned = |texts: &[&str]| texts.iter().copied().map(Into::into).collect();
        ScrubSettings { off: owned(off), patterns: owned(patterns) }
    }

    #[test]
    fn a_label_switches_off_every_category_that_shares_it() {
        let policy = scrub(&["TAX_ID", "PHONE"], &[]).policy(&[]);
        for category in [Category::TaxId, Category::DeTaxId, Category::HrOib, Category::Phone] {
            assert!(!policy.is_on(category), "{category:?}");
        }
        assert!(policy.is_on(Category::NationalId));
        assert_eq!(scrub_for_edge("+49 30 1234567", &policy).0.as_str(), "+49 30 1234567");
    }

    #[test]
    fn patterns_and_own_values_are_part_of_the_policy() {
        let own = ["shop@shop.example", "Call us: +49 30 901820", "192.0.2.7"].map(Into::into);
        let policy = scrub(&[], &["'KD'-9{6}"]).policy(&own);
        let (text, _) = scrub_for_edge(
            "KD-123456, jo@shop.example; you are shop@shop.example, 030 901820, 192.0.2.7",
            &policy,
        );
        assert_eq!(
            text.as_str(),
            "[CUSTOM], [EMAIL]; you are shop@shop.example, 030 901820, 192.0.2.7"
        );
    }

    /// The widget hands the rules to its scrubber; the edge makes its policy of the same settings.
    #[test]
    fn a_sites_rules_are_its_policy() {
        let fixture = include_str!("../../tests/fixtures/wire/site.json");
        let site = Site::read(&Value::parse(fixture).unwrap()).unwrap();
        let browser = Policy::of_rules(&site.rules());
        let edge = site.scrub.policy(&site.exempt);
        for (typed, sent) in [
            ("hello@shop.example or jo@shop.example", "hello@shop.example or [EMAIL]"),
            ("kd 1234567", "[CUSTOM]"),
            ("IP 198.51.100.23, tax id 86095742719", "IP [IP], tax id 86095742719"),
        ] {
            for policy in [&browser, &edge] {
                assert_eq!(scrub_for_edge(typed, policy).0.as_str(), sent);
            }
        }
    }

    #[test]
    fn a_value_of_several_lines_is_several_rules() {
        let site = scrub(&["PHONE"], &["'KD'-9{6}"]);
        let rules = site.rules(&["a@shop.example\n+9{4}".to_owned(), String::new()]);
        assert_eq!(rules, "-PHONE\n+'KD'-9{6}\n=a@shop.example\n=+9{4}\n");
    }

    #[test]
    fn what_is_not_known_or_not_allowed_switches_nothing_off() {
        let policy = scrub(&["EMAIL", "SECRET", "PLANET", ""], &["9{8}"]).policy(&[]);
        let text = "jo@shop.example, 12345678";
        assert_eq!(scrub_for_edge(text, &policy).0.as_str(), "[EMAIL], 12345678");
    }
}
