//! What the loader hands over: the site's public settings and the language.

use sotto_shared::consent::LegalBasis;
use sotto_shared::json::Value;
use sotto_shared::pii::Policy;
use sotto_shared::wire::site::Site;

use crate::texts::{Text, Texts};

/// The settings of one chat.
pub(crate) struct Settings {
    pub(crate) site: Site,
    pub(crate) texts: Texts,
    /// What is hidden before a message leaves; the edge reads it again with the same policy.
    pub(crate) policy: Policy,
}

impl Settings {
    /// Reads the texts of `GET /v1/sites/{key}` and of the locale file (empty for English).
    /// `None` if the settings lack something.
    pub(crate) fn read(settings: &str, lang: &str, locale: &str) -> Option<Self> {
        let site = Site::read(&Value::parse(settings)?)?;
        Some(Self { policy: site.policy(), site, texts: Texts::new(lang, locale) })
    }

    /// The words for what the chat rests on: consent, or a contract. No chat rests on an interest;
    /// an edge that said so would be read as asking.
    pub(crate) fn by_basis(&self, consent: Text, contract: Text) -> Text {
        match self.site.notice.legal_basis {
            LegalBasis::Contract => contract,
            LegalBasis::Consent | LegalBasis::LegitimateInterest => consent,
        }
    }

    /// The same with the site's settings as they are now.
    pub(crate) fn with_site(&self, site: Site) -> Self {
        Self { policy: site.policy(), site, texts: self.texts.clone() }
    }
}

#[cfg(test)]
mod tests {
    use sotto_shared::pii::{PlaceholderMap, preview};

    use super::*;

    #[test]
    fn the_policy_is_the_sites() {
        let fixture = include_str!("../../shared/tests/fixtures/wire/site.json");
        let settings = Settings::read(fixture, "en", "").unwrap();
        for (typed, sent) in [
            ("hello@shop.example or jo@shop.example", "hello@shop.example or [EMAIL_1]"),
            ("kd 1234567", "[CUSTOM_1]"),
            ("IP 198.51.100.23, tax id 86095742719", "IP [IP_1], tax id 86095742719"),
        ] {
            let scrubbed = preview(typed, &settings.policy, &PlaceholderMap::new());
            assert_eq!(scrubbed.text, sent);
            let again = settings.with_site(settings.site.clone());
            assert_eq!(preview(typed, &again.policy, &PlaceholderMap::new()).text, sent);
        }
        assert!(Settings::read("{}", "en", "").is_none());
    }
}
