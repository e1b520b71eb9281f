//! What the loader hands over: the site's public settings and the language.

use sotto_shared::json::Value;
use sotto_shared::pii::Policy;
use sotto_shared::wire::site::Site;

use crate::texts::Texts;

/// The settings of one chat.
pub(crate) struct Settings {
    pub(crate) site: Site,
    pub(crate) texts: Texts,
    /// What is hidden before a message leaves: everything that is recognised, except the values
    /// that are the site's own.
    pub(crate) policy: Policy,
}

impl Settings {
    /// Reads the texts of `GET /v1/sites/{key}` and of the locale file (empty for English).
    /// `None` if the settings lack something.
    pub(crate) fn read(settings: &str, lang: &str, locale: &str) -> Option<Self> {
        let site = Site::read(&Value::parse(settings)?)?;
        Some(Self { policy: policy(&site), site, texts: Texts::new(lang, locale) })
    }

    /// The same with the site's settings as they are now.
    pub(crate) fn with_site(&self, site: Site) -> Self {
        Self { policy: policy(&site), site, texts: self.texts.clone() }
    }
}

fn policy(site: &Site) -> Policy {
    let mut policy = Policy::chat();
    for value in &site.exempt {
        policy.exempt_value(value);
    }
    policy
}

#[cfg(test)]
mod tests {
    use sotto_shared::pii::{PlaceholderMap, preview};

    use super::*;

    #[test]
    fn the_sites_own_values_are_not_hidden() {
        let fixture = include_str!("../../shared/tests/fixtures/wire/site.json");
        let settings = Settings::read(fixture, "en", "").unwrap();
        let text = "hello@shop.example or jo@shop.example";
        let scrubbed = preview(text, &settings.policy, &PlaceholderMap::new());
        assert_eq!(scrubbed.text, "hello@shop.example or [EMAIL_1]");
        assert!(Settings::read("{}", "en", "").is_none());
    }
}
