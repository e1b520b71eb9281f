//! The rules for who writes a site's replies: one list, of which `provider` is the first.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sotto_shared::limits;
use sotto_shared::wire::provider::{Auth, Provider, Remote, TimeOuts};
use worker::Url;

use super::{SiteSettings, WorkspaceError, is_url, name, recipient, rule};
use crate::clock::day_of;
use crate::provider::anthropic;
use crate::provider::platform::PlatformProviders;

/// The regions in which OpenAI has a host of its own.
const OPENAI_REGIONS: [&str; 6] = ["us", "eu", "ae", "au", "in", "jp"];

/// The last of Anthropic's versions that takes sampling parameters.
const ANTHROPIC_SAMPLING: &str = "2023-06-01";

/// The list as it is asked.
pub fn list(settings: &SiteSettings) -> impl Iterator<Item = &Provider> {
    core::iter::once(&settings.provider).chain(&settings.fallbacks)
}

/// The list, to be changed.
pub fn list_mut(settings: &mut SiteSettings) -> impl Iterator<Item = &mut Provider> {
    core::iter::once(&mut settings.provider).chain(&mut settings.fallbacks)
}

/// What the place of the list is called in a fault.
#[must_use]
pub fn field(place: usize) -> String {
    match place.checked_sub(1) {
        None => "provider".into(),
        Some(n) => format!("fallbacks[{n}]"),
    }
}

/// The host that a provider's key is bound to, with its port unless that is the one of `https:`;
/// `None` where there is no URL.
#[must_use]
pub fn host(provider: &Provider) -> Option<String> {
    bound(&Url::parse(&provider.base_url()?).ok()?)
}

fn bound(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let port = url.port_or_known_default()?;
    let is_usual = url.scheme() == "https" && port == 443;
    Some(if is_usual { host.to_owned() } else { format!("{host}:{port}") })
}

/// Whether a provider's host may be reached. The platform may have allowed it once and not any more.
#[must_use]
pub fn is_reachable(provider: &Provider, platform: &PlatformProviders, development: bool) -> bool {
    // Workers AI and `local` have no address.
    provider
        .base_url()
        .is_none_or(|url| Url::parse(&url).is_ok_and(|url| may_reach(&url, platform, development)))
}

/// Checks the list. What needs the stored state (a key that is kept) is the core's business.
///
/// # Errors
/// [`WorkspaceError::InvalidValue`] for the first rule that is broken.
pub fn check(
    settings: &SiteSettings,
    platform: &PlatformProviders,
    development: bool,
) -> Result<(), WorkspaceError> {
    let few = settings.fallbacks.len() <= limits::FALLBACKS;
    rule(few, "fallbacks", "must be at most 4")?;
    for (place, provider) in list(settings).enumerate() {
        let field = field(place);
        match provider.remote() {
            None => {
                let last = place == settings.fallbacks.len();
                rule(last, &field, "must be the last of the list if it is local")?;
            }
            Some(remote) => Checks { field, provider, remote, platform, development }.run()?,
        }
    }
    Ok(())
}

/// One provider, and what its settings are held against.
struct Checks<'a> {
    field: String,
    provider: &'a Provider,
    remote: &'a Remote,
    platform: &'a PlatformProviders,
    development: bool,
}

impl Checks<'_> {
    fn run(&self) -> Result<(), WorkspaceError> {
        self.address()?;
        self.model()?;
        self.key()?;
        self.sampling()?;
        self.time_outs()?;
        self.declared()?;
        recipient(&self.remote.recipient)
    }

    fn rule(&self, holds: bool, member: &str, fault: &str) -> Result<(), WorkspaceError> {
        rule(holds, &format!("{}.{member}", self.field), fault)
    }

    fn address(&self) -> Result<(), WorkspaceError> {
        let Remote { base_url, region, api_version, .. } = self.remote;
        let needed = matches!(self.provider, Provider::OpenAiCompatible(_) | Provider::Azure(_));
        let allowed = !matches!(self.provider, Provider::WorkersAi(_));
        self.rule(base_url.is_some() || !needed, "base_url", "must be there for this kind")?;
        self.rule(base_url.is_none() || allowed, "base_url", "must not be there for this kind")?;
        if let Some(url) = base_url {
            self.url(url)?;
        }
        if let Some(region) = region {
            let known = match self.provider {
                Provider::OpenAi(_) | Provider::OpenAiResponses(_) => {
                    base_url.is_none() && OPENAI_REGIONS.contains(&region.as_str())
                }
                Provider::Anthropic(_) => is_word(region, 16),
                Provider::Local {}
                | Provider::OpenAiCompatible(_)
                | Provider::Azure(_)
                | Provider::Gemini(_)
                | Provider::WorkersAi(_) => false,
            };
            let fault = "must be us, eu, ae, au, in or jp for openai without a base_url, or a \
                         place of anthropic's";
            self.rule(known, "region", fault)?;
        }
        if let Some(version) = api_version {
            let (date, preview) = version.split_at_checked(10).unwrap_or((version, ""));
            let known = match self.provider {
                Provider::Anthropic(_) => day_of(version).is_some(),
                Provider::Azure(_) => day_of(date).is_some() && matches!(preview, "" | "-preview"),
                Provider::Local {}
                | Provider::OpenAi(_)
                | Provider::OpenAiResponses(_)
                | Provider::OpenAiCompatible(_)
                | Provider::Gemini(_)
                | Provider::WorkersAi(_) => false,
            };
            let fault = "must be a date for anthropic, or one with or without -preview for azure";
            self.rule(known, "api_version", fault)?;
        }
        Ok(())
    }

    fn url(&self, text: &str) -> Result<(), WorkspaceError> {
        let safe = Url::parse(text).is_ok_and(|url| {
            url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
                && may_reach(&url, self.platform, self.development)
        });
        let safe = safe && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let fault = "must be an https: URL of a public host without user, query or fragment; other \
                     hosts, and http:, only as the platform's SOTTO_PRIVATE_HOSTS allows";
        self.rule(safe && text.len() <= limits::URL_BYTES, "base_url", fault)
    }

    fn model(&self) -> Result<(), WorkspaceError> {
        let model = &self.remote.model;
        name(&format!("{}.model", self.field), model)?;
        // It stands in the URL there.
        if matches!(self.provider, Provider::Azure(_) | Provider::Gemini(_)) {
            let folders = usize::from(matches!(self.provider, Provider::Gemini(_)));
            let plain = model.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
                && model.matches('/').count() <= folders
                && !model.contains("..")
                && !model.starts_with('/');
            let fault = "must have letters, digits, dashes, dots and underscores alone";
            self.rule(plain, "model", fault)?;
        }
        let most = limits::OUTPUT_TOKENS;
        let fits = self.remote.max_output_tokens.is_none_or(|n| (1..=most).contains(&n));
        self.rule(fits, "max_output_tokens", "must be 1 to 32768")
    }

    fn key(&self) -> Result<(), WorkspaceError> {
        let bearer = matches!(self.provider, Provider::Azure(_) | Provider::Anthropic(_));
        let known = self.remote.auth == Auth::Key || bearer;
        self.rule(known, "auth", "must be key for this kind")?;
        let Some(key) = &self.remote.key else { return Ok(()) };
        let takes = !matches!(self.provider, Provider::WorkersAi(_));
        self.rule(takes, "key", "must not be there for this kind")?;
        let visible = (1..=limits::PROVIDER_KEY_BYTES).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic());
        self.rule(visible, "key", "must be 1 to 4096 visible ASCII characters")
    }

    fn sampling(&self) -> Result<(), WorkspaceError> {
        let Remote { temperature, top_p, api_version, .. } = self.remote;
        self.rule(temperature.is_none_or(|t| t.0 <= 200), "temperature", "must be 0 to 2")?;
        self.rule(top_p.is_none_or(|p| p.0 <= 100), "top_p", "must be 0 to 1")?;
        let version = api_version.as_deref().unwrap_or(anthropic::API_VERSION);
        let refuses =
            matches!(self.provider, Provider::Anthropic(_)) && version > ANTHROPIC_SAMPLING;
        let fault = "must not be there for anthropic, but with the api_version 2023-06-01";
        self.rule(temperature.is_none() || !refuses, "temperature", fault)?;
        self.rule(top_p.is_none() || !refuses, "top_p", fault)
    }

    fn time_outs(&self) -> Result<(), WorkspaceError> {
        let TimeOuts { connect_seconds, first_token_seconds, between_seconds, total_seconds } =
            self.remote.time_outs;
        let some = |seconds, most| (1..=most).contains(&seconds);
        let fits = some(connect_seconds, 60)
            && some(first_token_seconds, 120)
            && some(between_seconds, 120)
            && some(total_seconds, 300)
            && first_token_seconds <= total_seconds;
        let fault = "must be 1 to 60 seconds to connect, 1 to 120 to the first token and between \
                     two, 1 to 300 in all, and the first token within all of it";
        self.rule(fits, "time_outs", fault)
    }

    fn declared(&self) -> Result<(), WorkspaceError> {
        if let Some(zone) = &self.remote.data_zone {
            name(&format!("{}.data_zone", self.field), zone)?;
        }
        let Some(marking) = &self.remote.text_marking else { return Ok(()) };
        name(&format!("{}.text_marking.scheme", self.field), &marking.scheme)?;
        let found = marking.evidence_url.as_ref().is_none_or(|url| is_url(url, &["https"]));
        self.rule(found, "text_marking.evidence_url", "must be an https: URL")?;
        let dated = marking.checked_on.as_ref().is_none_or(|date| day_of(date).is_some());
        self.rule(dated, "text_marking.checked_on", "must be a date such as 2026-11-25")
    }
}

/// Names that resolve to a private address cannot be told apart here: only what is visible in the
/// URL can be refused.
fn may_reach(url: &Url, platform: &PlatformProviders, development: bool) -> bool {
    let Some(host) = url.host_str() else { return false };
    // The port may be left out where it is the scheme's.
    let named = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let is_named =
        platform.is_private(&named) || bound(url).is_some_and(|host| platform.is_private(&host));
    let is_loopback =
        matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost");
    (is_named && matches!(url.scheme(), "http" | "https"))
        || (development && is_loopback && url.scheme() == "http")
        || (url.scheme() == "https" && is_public(host))
}

/// Whether a host is not visibly a private one: an address of a private network, or a name that
/// only a private network resolves.
fn is_public(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(IpAddr::V4(address)) => is_public_v4(address),
        Ok(IpAddr::V6(address)) => is_public_v6(address),
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let within = |zone: &str| host == zone || host.ends_with(&format!(".{zone}"));
            let private = ["localhost", "local", "internal", "lan", "home.arpa"];
            host.contains('.') && !private.into_iter().any(within)
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || shared
        || a == 0)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = inner_v4(address) {
        return is_public_v4(inner);
    }
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast())
}

/// The address that one of version 6 stands for: mapped or compatible (RFC 4291), of a translator's
/// well-known prefix (RFC 6052), or of 6to4 (RFC 3056).
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let inner = match octets {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
        | [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
        | [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
        | [0x20, 0x02, a, b, c, d, ..] => [a, b, c, d],
        _ => return None,
    };
    Some(Ipv4Addr::from(inner))
}

fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests;
