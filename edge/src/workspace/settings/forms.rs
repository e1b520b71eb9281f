//! The forms of single values: names, texts, languages, colours, URLs and mail addresses.

use sotto_shared::limits;
use worker::Url;

use super::rule;
use crate::workspace::command::WorkspaceError;

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

pub(super) fn language(field: &str, tag: &str) -> Result<(), WorkspaceError> {
    rule(is_language(tag), field, "must be a language tag such as de or pt-BR")
}

pub(super) fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= limits::TEXT_CHARS
}

pub(super) fn is_line(text: &str) -> bool {
    is_text(text) && !text.chars().any(char::is_control)
}

pub(super) fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

pub(super) fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.len() <= limits::URL_BYTES
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && Url::parse(text).is_ok_and(|url| {
            schemes.contains(&url.scheme())
                && (url.scheme() == "https") == url.has_host()
                && (url.has_host() || !url.path().is_empty())
        })
}

pub(super) fn is_loopback_url(text: &str) -> bool {
    is_loopback(text).unwrap_or(false)
}

pub(super) fn is_loopback(text: &str) -> Option<bool> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let loopback =
        matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost");
    Some(url.scheme() == "http" && loopback && text.len() <= limits::URL_BYTES)
}

pub(super) fn is_mail_address(text: &str) -> bool {
    text.len() <= limits::URL_BYTES
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && text.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty() && domain.contains('.') && !domain.contains('@')
        })
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
