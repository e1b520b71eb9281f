//! What the loader hands over: the site's public settings and the language.

use sotto_shared::consent::LegalBasis;
use sotto_shared::json::Value;
use sotto_shared::wire::site::Site;

use crate::texts::{Text, Texts};

/// The settings of one chat.
pub(crate) struct Settings {
    pub(crate) site: Site,
    pub(crate) texts: Texts,
}

impl Settings {
    /// Reads the texts of `GET /v1/sites/{key}` and of the locale file (empty for English).
    /// `None` if the settings lack something.
    pub(crate) fn read(settings: &str, lang: &str, locale: &str) -> Option<Self> {
        let site = Site::read(&Value::parse(settings)?)?;
        Some(Self { site, texts: Texts::new(lang, locale) })
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
        Self { site, texts: self.texts.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_lack_something_are_none() {
        let fixture = include_str!("../../shared/tests/fixtures/wire/site.json");
        assert!(Settings::read(fixture, "en", "").is_some());
        assert!(Settings::read("{}", "en", "").is_none());
    }
}
