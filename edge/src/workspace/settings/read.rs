//! What the rest of the edge reads from a site's settings.

use sotto_shared::wire::admin::{SiteSettings, SiteTexts};

use crate::guard::links::LinkRules;
use crate::session::command::Lifetimes;

/// How long the site's conversations live. Settings of an earlier version name no absolute life,
/// and may have a longer idle one.
#[must_use]
pub fn lifetimes(settings: &SiteSettings) -> Lifetimes {
    let (idle_seconds, retention_seconds) = (settings.idle_seconds, settings.retention_seconds);
    let absolute_seconds = settings.absolute_seconds.max(idle_seconds).max(retention_seconds);
    let restriction_keeps = settings.restriction_keeps;
    Lifetimes { idle_seconds, retention_seconds, absolute_seconds, restriction_keeps }
}

/// Where replies may link to: the hosts that the site names, if it names any, and its own contacts.
#[must_use]
pub fn link_rules(settings: &SiteSettings) -> LinkRules {
    let contact = settings.contact.as_ref().map(|contact| contact.url.clone());
    let own = contact.into_iter().chain(settings.controller.privacy_url.clone()).collect();
    LinkRules { hosts: settings.link_hosts.clone(), own }
}

/// The site's own ways to be reached and the values it names: nothing of them is personal data of
/// a visitor, so nothing of them is hidden.
#[must_use]
pub fn own_values(settings: &SiteSettings) -> Vec<String> {
    let contact = settings.contact.as_ref().map(|contact| {
        let url = contact.url.as_str();
        let plain = url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url);
        plain.split('?').next().unwrap_or_default().to_owned()
    });
    let mut values = settings.exempt.clone();
    for value in contact.into_iter().chain([settings.controller.contact.clone()]) {
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// The site's texts in the language that comes closest to the one asked for (the same tag, else
/// the same primary language, else the site's own), and that language.
#[must_use]
pub fn texts_for<'a>(
    settings: &'a SiteSettings,
    asked: Option<&str>,
) -> (&'a str, Option<&'a SiteTexts>) {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let all = || settings.texts.iter().map(|texts| (texts.lang.as_str(), Some(texts)));
    let own = || {
        let texts = settings.texts.iter().find(|texts| texts.lang == settings.lang);
        (settings.lang.as_str(), texts)
    };
    let Some(asked) = asked else {
        return own();
    };
    let candidates = || core::iter::once(own()).chain(all());
    candidates()
        .find(|(lang, _)| lang.eq_ignore_ascii_case(asked))
        .or_else(|| candidates().find(|(lang, _)| primary(lang) == primary(asked)))
        .unwrap_or_else(own)
}
