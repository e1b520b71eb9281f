//! The rules for a site's settings. Each fault names its member and what it has to be.

pub mod providers;

mod consent;

use sotto_shared::consent::{Purposes, Recipient};
use sotto_shared::id::Origin;
use sotto_shared::limits;
use sotto_shared::pii::{Policy, SwitchError};
use sotto_shared::wire::admin::{Audience, Budget, SiteSettings, SiteTexts};
use sotto_shared::wire::provider::Provider;
use sotto_shared::wire::site::ScrubSettings;
use worker::Url;

use super::command::WorkspaceError;
use crate::guard::links::LinkRules;
use crate::session::command::Lifetimes;

/// Longest retention that a recipient can declare, in days: ten years.
const RECIPIENT_DAYS_MAX: u32 = 3_650;

/// Shortest value that is never hidden, in characters; a shorter one would be in every word.
const EXEMPT_CHARS_MIN: usize = 4;

/// Checks the settings, all but who writes the replies ([`providers::check`]).
///
/// # Errors
/// [`WorkspaceError::InvalidValue`] for the first rule that is broken.
pub fn check(settings: &SiteSettings, development: bool) -> Result<(), WorkspaceError> {
    name("name", &settings.name)?;
    origins(&settings.origins)?;
    language("lang", &settings.lang)?;
    texts(&settings.texts)?;
    rule(is_colour(&settings.accent), "accent", "must be a colour in the form #rrggbb")?;
    if let Some(contact) = &settings.contact {
        name("contact.label", &contact.label)?;
        let reachable = is_url(&contact.url, &["https", "mailto", "tel"]);
        rule(reachable, "contact.url", "must be an https:, mailto: or tel: URL")?;
    }
    name("controller.name", &settings.controller.name)?;
    let contact = &settings.controller.contact;
    let reachable = is_url(contact, &["https"]) || is_mail_address(contact);
    rule(reachable, "controller.contact", "must be a mail address or an https: URL")?;
    if let Some(url) = &settings.controller.privacy_url {
        rule(is_url(url, &["https"]), "controller.privacy_url", "must be an https: URL")?;
    }
    let few = settings.recipients.len() <= limits::RECIPIENTS;
    rule(few, "recipients", "must be at most 20")?;
    settings.recipients.iter().try_for_each(recipient)?;
    lifetime("idle_seconds", settings.idle_seconds, development)?;
    lifetime("retention_seconds", settings.retention_seconds, development)?;
    lifetime("absolute_seconds", settings.absolute_seconds, development)?;
    let longest = settings.idle_seconds.max(settings.retention_seconds);
    let fits = settings.absolute_seconds >= longest;
    let fault = "must not be less than idle_seconds or retention_seconds";
    rule(fits, "absolute_seconds", fault)?;
    audience(settings)?;
    consent::check(settings)?;
    let short = settings.system_prompt.chars().count() <= limits::SYSTEM_PROMPT_CHARS;
    rule(short, "system_prompt", "must have at most 8000 characters")?;
    let Budget { messages_per_minute, sessions_per_network, sessions_per_minute, .. } =
        settings.budget;
    let some = messages_per_minute > 0 && sessions_per_network > 0 && sessions_per_minute > 0;
    rule(some, "budget", "must allow at least one session and one message in a minute")?;
    let few = settings.exempt.len() <= limits::EXEMPT_VALUES;
    rule(few, "exempt", "must be at most 50 values")?;
    let fit = |value: &String| {
        let chars = value.trim().chars().count();
        (EXEMPT_CHARS_MIN..=limits::TEXT_CHARS).contains(&chars)
    };
    rule(settings.exempt.iter().all(fit), "exempt", "must be values of 4 to 300 characters")?;
    let few = settings.link_hosts.len() <= limits::LINK_HOSTS;
    rule(few, "link_hosts", "must be at most 50 hosts")?;
    let is_host = |host: &String| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
        (1..=253).contains(&host.len()) && host.bytes().all(plain) && !host.starts_with('.')
    };
    let fit = settings.link_hosts.iter().all(is_host);
    rule(fit, "link_hosts", "must be hosts in small letters, without scheme, port or path")?;
    scrub(&settings.scrub)
}

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

/// Whether a text has the form of a language tag (BCP 47).
#[must_use]
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let alphanumeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.len() <= limits::LANGUAGE_TAG_BYTES
        && parts.next().is_some_and(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
        && parts.all(|part| (1..=8).contains(&part.len()) && alphanumeric(part))
}

/// What a policy takes is right, and nothing else is: the scrubber itself is asked.
fn scrub(settings: &ScrubSettings) -> Result<(), WorkspaceError> {
    let few = settings.off.len() <= limits::SCRUB_OFF;
    rule(few, "scrub.off", "must be at most 64 words")?;
    let few = settings.patterns.len() <= limits::SCRUB_PATTERNS;
    rule(few, "scrub.patterns", "must be at most 16 patterns")?;
    let mut policy = Policy::chat();
    for (place, label) in settings.off.iter().enumerate() {
        let fault = match policy.switch_off(label) {
            Ok(()) => continue,
            Err(SwitchError::Fixed) => {
                "must not be EMAIL, CARD, IBAN, SECRET or PASSWORD, which are always hidden"
            }
            Err(SwitchError::Unknown) => {
                "must be the word of a placeholder, such as PHONE, IP or TAX_ID"
            }
        };
        rule(false, &format!("scrub.off[{place}]"), fault)?;
    }
    for (place, pattern) in settings.patterns.iter().enumerate() {
        if let Err(error) = policy.add_pattern(pattern) {
            let fault = format!("must be a pattern that can be read: {error}");
            rule(false, &format!("scrub.patterns[{place}]"), &fault)?;
        }
    }
    Ok(())
}

fn origins(origins: &[Origin]) -> Result<(), WorkspaceError> {
    let some = (1..=limits::ORIGINS_PER_SITE).contains(&origins.len());
    rule(some, "origins", "must be 1 to 20 origins")?;
    let safe = origins
        .iter()
        .all(|origin| origin.as_str().starts_with("https://") || is_loopback_url(origin.as_str()));
    rule(safe, "origins", "must be https://, or http:// on localhost")
}

fn texts(texts: &[SiteTexts]) -> Result<(), WorkspaceError> {
    rule(texts.len() <= limits::LANGUAGES_PER_SITE, "texts", "must be at most 40 languages")?;
    for (index, one) in texts.iter().enumerate() {
        language("texts.lang", &one.lang)?;
        let new = texts.iter().take(index).all(|other| other.lang != one.lang);
        rule(new, "texts.lang", "must be there once for each language")?;
        let greeting = one.greeting.as_deref().is_none_or(is_text);
        rule(greeting, "texts.greeting", "must have 1 to 300 characters")?;
        let few = one.starters.len() <= limits::STARTERS;
        rule(few, "texts.starters", "must be at most 6")?;
        let fit = one.starters.iter().all(|starter| is_text(starter));
        rule(fit, "texts.starters", "must have 1 to 300 characters each")?;
        if let Some(label) = &one.contact_label {
            name("texts.contact_label", label)?;
        }
    }
    Ok(())
}

fn recipient(recipient: &Recipient) -> Result<(), WorkspaceError> {
    name("recipients.name", &recipient.name)?;
    name("recipients.role", &recipient.role)?;
    name("recipients.place", &recipient.place)?;
    let believable = recipient.retention_days.is_none_or(|days| days <= RECIPIENT_DAYS_MAX);
    rule(believable, "recipients.retention_days", "must be at most 3650")
}

fn lifetime(field: &str, seconds: u64, development: bool) -> Result<(), WorkspaceError> {
    let least = if development { 1 } else { limits::LIFETIME_SECONDS_MIN };
    let fits = (least..=limits::LIFETIME_SECONDS_MAX).contains(&seconds);
    rule(fits, field, &format!("must be {least} to {} seconds", limits::LIFETIME_SECONDS_MAX))
}

/// Children's sites keep nothing and pass nothing on.
fn audience(settings: &SiteSettings) -> Result<(), WorkspaceError> {
    if settings.audience != Audience::Children {
        return Ok(());
    }
    let none = settings.purposes == Purposes::default();
    rule(none, "purposes", "must all be off for an audience of children")?;
    let local = settings.provider == Provider::Local {};
    rule(local, "provider", "must be local for an audience of children")?;
    let alone = settings.recipients.is_empty();
    rule(alone, "recipients", "must be empty for an audience of children")
}

fn rule(holds: bool, field: &str, rule: &str) -> Result<(), WorkspaceError> {
    if holds {
        return Ok(());
    }
    Err(WorkspaceError::InvalidValue { field: field.to_owned(), rule: rule.to_owned() })
}

/// Checks a name: of a workspace, a site, a person.
///
/// # Errors
/// [`WorkspaceError::InvalidValue`]
pub fn name(field: &str, text: &str) -> Result<(), WorkspaceError> {
    let chars = text.chars().count();
    let fits = !text.trim().is_empty()
        && chars <= limits::NAME_CHARS
        && !text.chars().any(char::is_control);
    rule(fits, field, "must have 1 to 120 characters on one line")
}

fn language(field: &str, tag: &str) -> Result<(), WorkspaceError> {
    rule(is_language(tag), field, "must be a language tag such as de or pt-BR")
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= limits::TEXT_CHARS
}

fn is_line(text: &str) -> bool {
    is_text(text) && !text.chars().any(char::is_control)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.len() <= limits::URL_BYTES
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && Url::parse(text).is_ok_and(|url| {
            schemes.contains(&url.scheme())
                && (url.scheme() == "https") == url.has_host()
                && (url.has_host() || !url.path().is_empty())
        })
}

fn is_loopback_url(text: &str) -> bool {
    is_loopback(text).unwrap_or(false)
}

fn is_loopback(text: &str) -> Option<bool> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let loopback =
        matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost");
    Some(url.scheme() == "http" && loopback && text.len() <= limits::URL_BYTES)
}

fn is_mail_address(text: &str) -> bool {
    text.len() <= limits::URL_BYTES
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && text.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty() && domain.contains('.') && !domain.contains('@')
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sotto_shared::pii::CATEGORIES;
    use sotto_shared::wire::site::Contact;

    pub(crate) fn settings() -> SiteSettings {
        let fixture = include_str!("../../../shared/tests/fixtures/wire/site-settings.json");
        serde_json::from_str(fixture).unwrap()
    }

    pub(crate) fn openai() -> Provider {
        let json = r#"{"kind":"openai","base_url":"https://model.example/v1","model":"small",
            "key":"secret-key-1234","recipient":{"name":"Model Inc","role":"writes the answers",
            "place":"EU","retention_days":30}}"#;
        serde_json::from_str(json).unwrap()
    }

    pub(crate) fn broken(change: impl Fn(&mut SiteSettings)) -> String {
        let mut changed = settings();
        change(&mut changed);
        match check(&changed, false) {
            Err(WorkspaceError::InvalidValue { field, rule }) => {
                assert!(rule.starts_with("must "), "{rule}");
                field
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn good_settings_pass() {
        assert_eq!(check(&settings(), false), Ok(()));
        let mut with = settings();
        with.contact = Some(Contact { label: "Call".into(), url: "tel:+49301234".into() });
        assert_eq!(check(&with, false), Ok(()));
    }

    #[test]
    fn every_rule_names_its_member() {
        let long = |n: usize| "x".repeat(n);
        assert_eq!(broken(|s| s.name = " ".into()), "name");
        assert_eq!(broken(|s| s.name = long(121)), "name");
        assert_eq!(broken(|s| s.name = "a\nb".into()), "name");
        assert_eq!(broken(|s| s.origins.clear()), "origins");
        let plain = Origin::parse("http://shop.example").unwrap();
        assert_eq!(broken(|s| s.origins.push(plain.clone())), "origins");
        assert_eq!(broken(|s| s.lang = "deutsch!".into()), "lang");
        assert_eq!(broken(|s| s.accent = "#12345g".into()), "accent");
        assert_eq!(broken(|s| s.accent = "red".into()), "accent");
        for url in ["javascript:alert(1)", "http://shop.example", "mailto:", "https://", "x"] {
            let contact = Contact { label: "Write".into(), url: url.into() };
            assert_eq!(broken(|s| s.contact = Some(contact.clone())), "contact.url", "{url}");
        }
        assert_eq!(broken(|s| s.controller.name.clear()), "controller.name");
        assert_eq!(broken(|s| s.controller.contact = "me".into()), "controller.contact");
        let url = Some("http://shop.example".to_owned());
        assert_eq!(broken(|s| s.controller.privacy_url = url.clone()), "controller.privacy_url");
        assert_eq!(broken(|s| s.idle_seconds = 3_599), "idle_seconds");
        assert_eq!(broken(|s| s.retention_seconds = u64::MAX), "retention_seconds");
        assert_eq!(broken(|s| s.absolute_seconds = u64::MAX), "absolute_seconds");
        assert_eq!(broken(|s| s.absolute_seconds = s.idle_seconds - 1), "absolute_seconds");
        assert_eq!(broken(|s| s.retention_seconds = s.absolute_seconds + 1), "absolute_seconds");
        assert_eq!(broken(|s| s.system_prompt = long(8_001)), "system_prompt");
        assert_eq!(broken(|s| s.budget.messages_per_minute = 0), "budget");
        assert_eq!(broken(|s| s.budget.sessions_per_minute = 0), "budget");
        assert_eq!(broken(|s| s.exempt = vec!["abc".into()]), "exempt");
        assert_eq!(broken(|s| s.exempt = vec!["abcd".into(); 51]), "exempt");
        for host in ["https://shop.example", "Shop.example", "", ".example", "a.example/b"] {
            assert_eq!(broken(|s| s.link_hosts = vec![host.into()]), "link_hosts", "{host}");
        }
        let off = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(broken(|s| s.scrub.off = off(&["PHONE", "phone"])), "scrub.off[1]");
        assert_eq!(broken(|s| s.scrub.off = off(&["PHONE"; 65])), "scrub.off");
        assert_eq!(broken(|s| s.scrub.patterns = off(&["'KD'-9{6}"; 17])), "scrub.patterns");
        let texts = |lang: &str| SiteTexts {
            lang: lang.into(),
            greeting: None,
            starters: vec![],
            contact_label: None,
        };
        assert_eq!(broken(|s| s.texts = vec![texts("de"), texts("de")]), "texts.lang");
        assert_eq!(broken(|s| s.texts = vec![texts("")]), "texts.lang");
        let starters = SiteTexts { starters: vec!["x".into(); 7], ..texts("de") };
        assert_eq!(broken(|s| s.texts = vec![starters.clone()]), "texts.starters");
        let greeting = SiteTexts { greeting: Some(long(301)), ..texts("de") };
        assert_eq!(broken(|s| s.texts = vec![greeting.clone()]), "texts.greeting");
    }

    fn fault(change: impl Fn(&mut ScrubSettings)) -> (String, String) {
        let mut changed = settings();
        change(&mut changed.scrub);
        match check(&changed, false) {
            Err(WorkspaceError::InvalidValue { field, rule }) => (field, rule),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_always_hidden_cannot_be_switched_off() {
        for label in ["EMAIL", "CARD", "IBAN", "SECRET", "PASSWORD"] {
            let (field, rule) = fault(|scrub| scrub.off = vec!["IP".into(), label.into()]);
            assert_eq!(field, "scrub.off[1]");
            assert!(rule.contains(label) && rule.contains("always hidden"), "{rule}");
        }
        let mut all_others = settings();
        for row in &CATEGORIES {
            if row.switchable && !all_others.scrub.off.iter().any(|label| label == row.label) {
                all_others.scrub.off.push(row.label.to_owned());
            }
        }
        assert_eq!(check(&all_others, false), Ok(()));
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_named_with_the_reason() {
        for (pattern, reason) in [
            ("'KD'9{6", "open bracket"),
            ("'KD'x{6}", "a sign that means nothing"),
            ("9{8}", "a quoted prefix or a check digit"),
            ("'AB'9", "fewer than 4"),
            ("", "fewer than 4"),
        ] {
            let (field, rule) =
                fault(|scrub| scrub.patterns = vec!["'KD'-9{6,8}".into(), pattern.into()]);
            assert_eq!(field, "scrub.patterns[1]");
            assert!(rule.contains(reason), "{rule}");
            assert!(pattern.is_empty() || !rule.contains(pattern), "{rule}");
        }
        let mut full = settings();
        full.scrub.patterns = vec!["A{2}9{2}*{5,21}+mod97".into(); limits::SCRUB_PATTERNS];
        assert_eq!(check(&full, false), Ok(()));
    }

    #[test]
    fn development_allows_short_lives() {
        let mut short = settings();
        short.idle_seconds = 1;
        assert_eq!(check(&short, true), Ok(()));
        short.idle_seconds = 0;
        assert!(check(&short, true).is_err());
    }

    #[test]
    fn children_are_kept_apart() {
        let child = |change: fn(&mut SiteSettings)| {
            broken(move |s| {
                s.audience = Audience::Children;
                change(s);
            })
        };
        assert_eq!(child(|s| s.purposes.remember = true), "purposes");
        assert_eq!(child(|s| s.provider = openai()), "provider");
        assert_eq!(
            child(|s| s.recipients.extend(openai().remote().map(|p| p.recipient.clone()))),
            "recipients"
        );
    }

    #[test]
    fn texts_come_in_the_closest_language() {
        let mut site = settings();
        site.texts = ["en", "de", "pt-BR"]
            .map(|lang| SiteTexts {
                lang: lang.into(),
                greeting: Some(lang.into()),
                starters: vec![],
                contact_label: None,
            })
            .into();
        let chosen = |asked| texts_for(&site, asked).0;
        assert_eq!(chosen(None), "en");
        assert_eq!(chosen(Some("de")), "de");
        assert_eq!(chosen(Some("DE")), "de");
        assert_eq!(chosen(Some("de-AT")), "de");
        assert_eq!(chosen(Some("pt")), "pt-BR");
        assert_eq!(chosen(Some("fr")), "en");
        assert_eq!(texts_for(&site, Some("de-AT")).1.unwrap().greeting.as_deref(), Some("de"));
    }

    #[test]
    fn own_values_are_the_sites_contacts_and_what_it_names() {
        let mut site = settings();
        site.exempt = vec!["+49 30 1234".into()];
        let url = "mailto:hello@shop.example?subject=Hi".into();
        site.contact = Some(Contact { label: "Write".into(), url });
        assert_eq!(
            own_values(&site),
            ["+49 30 1234", "hello@shop.example", "privacy@shop.example"]
        );
    }
}
