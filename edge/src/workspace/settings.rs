//! The rules for a site's settings. Each fault names its member and what it has to be.

pub mod providers;

mod consent;
mod forms;
mod read;
#[cfg(test)]
pub(crate) mod tests;

pub use forms::{is_language, name};
pub use read::{lifetimes, link_rules, own_values, texts_for};

use sotto_shared::consent::{Purposes, Recipient};
use sotto_shared::id::Origin;
use sotto_shared::limits;
use sotto_shared::pii::{Policy, SwitchError};
use sotto_shared::wire::admin::{Audience, Budget, SiteSettings, SiteTexts};
use sotto_shared::wire::provider::Provider;
use sotto_shared::wire::site::ScrubSettings;

use self::forms::{
    is_colour, is_line, is_loopback_url, is_mail_address, is_text, is_url, language,
};
use super::command::WorkspaceError;
use crate::provider::tokens::tokens_of;

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
    let beside = tokens_of(settings.system_prompt.len());
    let most = u64::from(settings.budget.tokens_per_turn);
    let some = most >= u64::from(limits::TOKENS_PER_TURN_MIN) + beside;
    rule(some, "budget", "must allow at least 2000 tokens_per_turn beside the system_prompt")?;
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
