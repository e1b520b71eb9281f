//! Configuration: read from the environment once, checked as a whole, the same for the life of
//! the isolate.
//!
//! It fails closed. What is missing or unknown stops every request with 503 `misconfigured`; the
//! log names the variable and its rule, never its value.

use sotto_shared::redacted_debug;
use std::cell::OnceCell;
use std::sync::Arc;

use sotto_shared::id::Origin;
use worker::Env;

use crate::auth::keyring::{Keyring, KeyringError};
use crate::auth::mac;
use crate::http::client_address::AddressSource;
use crate::language::Language;
use crate::log::{Loggable, Told};
use crate::provider::platform::PlatformProviders;

/// Everything that the operator of the edge sets.
#[derive(Debug)]
pub struct Config {
    /// `SOTTO_MODE`
    pub mode: Mode,
    /// `SOTTO_JURISDICTION`
    pub jurisdiction: Jurisdiction,
    /// `SOTTO_CLIENT_ADDRESS`
    pub client_address: AddressSource,
    /// `SOTTO_ISSUER`: the edge's own origin, issuer and audience of its tokens.
    pub issuer: Origin,
    /// `SOTTO_SECURITY_CONTACT`: where a weakness is reported; absent if nothing is published.
    pub security_contact: Option<String>,
    /// `SOTTO_KEYRING`
    pub keyring: Keyring,
    /// `SOTTO_PLATFORM_TOKEN`
    pub platform_token: PlatformToken,
    /// `SOTTO_PRIVATE_HOSTS` and `SOTTO_PROVIDER_KEYS`
    pub platform: PlatformProviders,
}

/// How strict the edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For visitors.
    Production,
    /// For one machine: short lifetimes and providers on loopback are allowed.
    Development,
}

/// Where objects are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jurisdiction {
    /// European Union.
    Eu,
    /// United States.
    Us,
    /// FedRAMP.
    FedRamp,
    /// Anywhere; it has to be written out.
    None,
}

/// Lets its holder make workspaces. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformToken([u8; 32]);

/// A variable that breaks its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {rule}")]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// What it has to be.
    pub rule: &'static str,
}

impl Loggable for ConfigError {
    fn told(&self) -> Told {
        Told::new(self.variable).name(self.rule)
    }
}

impl Config {
    /// The configuration of this isolate. It is read at the first call; a faulty one is read
    /// again each time, so that the log keeps saying so.
    ///
    /// # Errors
    /// [`ConfigError`] names the first variable that breaks its rule.
    pub fn from_env(env: &Env) -> Result<Arc<Self>, ConfigError> {
        thread_local! {
            static CONFIG: OnceCell<Arc<Config>> = const { OnceCell::new() };
        }
        CONFIG.with(|cell| {
            if let Some(config) = cell.get() {
                return Ok(Arc::clone(config));
            }
            let read = |name: &str| env.var(name).ok().map(|value| value.to_string());
            let config = Arc::new(Self::read(read)?);
            Ok(Arc::clone(cell.get_or_init(|| config)))
        })
    }

    /// Reads and checks every variable.
    ///
    /// # Errors
    /// [`ConfigError`] names the first variable that breaks its rule.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mode = match variable("SOTTO_MODE").as_deref() {
            Some("production") => Mode::Production,
            Some("development") => Mode::Development,
            _ => return fault("SOTTO_MODE", "must be 'production' or 'development'"),
        };
        let jurisdiction = match variable("SOTTO_JURISDICTION").as_deref() {
            None | Some("eu") => Jurisdiction::Eu,
            Some("us") => Jurisdiction::Us,
            Some("fedramp") => Jurisdiction::FedRamp,
            Some("none") => Jurisdiction::None,
            Some(_) => {
                return fault("SOTTO_JURISDICTION", "must be 'eu', 'us', 'fedramp' or 'none'");
            }
        };
        let address = variable("SOTTO_CLIENT_ADDRESS").unwrap_or_default();
        let Some(client_address) = AddressSource::parse(&address) else {
            return fault(
                "SOTTO_CLIENT_ADDRESS",
                "must be 'cloudflare', 'header:<Name>' or, in development, 'development'",
            );
        };
        if client_address == AddressSource::Development && mode == Mode::Production {
            return fault("SOTTO_CLIENT_ADDRESS", "must not be 'development' in production");
        }
        let Some(issuer) = variable("SOTTO_ISSUER")
            .and_then(|url| Origin::parse(url.strip_suffix('/').unwrap_or(&url)).ok())
        else {
            return fault("SOTTO_ISSUER", "must be the edge's own origin ('https://host')");
        };
        if mode == Mode::Production && !issuer.as_str().starts_with("https://") {
            return fault("SOTTO_ISSUER", "must begin with 'https://' in production");
        }
        let security_contact = variable("SOTTO_SECURITY_CONTACT").filter(|text| !text.is_empty());
        if let Some(contact) = &security_contact
            && (!(contact.starts_with("mailto:") || contact.starts_with("https://"))
                || contact.chars().any(|c| c.is_control() || c.is_whitespace()))
        {
            return fault("SOTTO_SECURITY_CONTACT", "must be a 'mailto:' or 'https:' URL");
        }
        let keyring = variable("SOTTO_KEYRING").unwrap_or_default();
        let keyring = match Keyring::parse(&keyring) {
            Ok(keyring) => keyring,
            Err(KeyringError::Malformed) => {
                return fault("SOTTO_KEYRING", "must be what 'cargo xtask keys new' writes");
            }
            Err(KeyringError::Empty(_)) => {
                return fault("SOTTO_KEYRING", "must have a key in every list");
            }
            Err(KeyringError::Repeated(_)) => {
                return fault("SOTTO_KEYRING", "must not have one 'kid' twice in a list");
            }
            Err(KeyringError::Key(_)) => {
                return fault("SOTTO_KEYRING", "must have keys of 32 bytes in base64url");
            }
        };
        let platform_token = variable("SOTTO_PLATFORM_TOKEN").unwrap_or_default();
        if platform_token.len() < 32 {
            return fault("SOTTO_PLATFORM_TOKEN", "must have at least 32 random characters");
        }
        let platform_token = PlatformToken(mac::sha256(platform_token.as_bytes()));
        let private_hosts = variable("SOTTO_PRIVATE_HOSTS");
        if PlatformProviders::read(private_hosts.as_deref(), None).is_none() {
            return fault("SOTTO_PRIVATE_HOSTS", "must be hosts, separated by commas");
        }
        let keys = variable("SOTTO_PROVIDER_KEYS");
        let Some(platform) = PlatformProviders::read(private_hosts.as_deref(), keys.as_deref())
        else {
            return fault("SOTTO_PROVIDER_KEYS", "must be a JSON object from hosts to keys");
        };
        Ok(Self {
            mode,
            jurisdiction,
            client_address,
            issuer,
            security_contact,
            keyring,
            platform_token,
            platform,
        })
    }

    /// Whether the edge runs on a developer's machine.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.mode == Mode::Development
    }
}

impl Jurisdiction {
    /// The platform's name for it; `None` for no jurisdiction.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Eu => Some("eu"),
            Self::Us => Some("us"),
            Self::FedRamp => Some("fedramp"),
            Self::None => None,
        }
    }

    /// Where conversations are stored, as the notice tells visitors.
    #[must_use]
    pub const fn place(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Eu, Language::English) => "European Union",
            (Self::Eu, Language::German) => "Europäische Union",
            (Self::Us | Self::FedRamp, Language::English) => "United States",
            (Self::Us | Self::FedRamp, Language::German) => "Vereinigte Staaten",
            (Self::None, Language::English) => "wherever this service runs",
            (Self::None, Language::German) => "dort, wo dieser Dienst läuft",
        }
    }
}

impl PlatformToken {
    /// Whether a text is the token. The hashes are compared, so the time says nothing about it.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        mac::equal(&self.0, &mac::sha256(text.as_bytes()))
    }
}

redacted_debug!(PlatformToken);

const fn fault<T>(variable: &'static str, rule: &'static str) -> Result<T, ConfigError> {
    Err(ConfigError { variable, rule })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::keyring::test_json;

    fn read(changes: &[(&str, Option<&str>)]) -> Result<Config, ConfigError> {
        let keyring = test_json(&[1]);
        Config::read(|name| {
            if let Some((_, value)) = changes.iter().find(|(changed, _)| *changed == name) {
                return value.map(Into::into);
            }
            Some(match name {
                "SOTTO_MODE" => "production".into(),
                "SOTTO_JURISDICTION" => "eu".into(),
                "SOTTO_CLIENT_ADDRESS" => "cloudflare".into(),
                "SOTTO_ISSUER" => "https://edge.example".into(),
                "SOTTO_KEYRING" => keyring.clone(),
                "SOTTO_PLATFORM_TOKEN" => "0123456789abcdef0123456789abcdef".into(),
                _ => return None,
            })
        })
    }

    #[test]
    fn a_whole_configuration_is_read() {
        let config = read(&[]).unwrap();
        assert_eq!(config.mode, Mode::Production);
        assert_eq!(config.jurisdiction.name(), Some("eu"));
        assert_eq!(config.issuer.as_str(), "https://edge.example");
        assert!(config.platform_token.is("0123456789abcdef0123456789abcdef"));
        assert!(!config.platform_token.is("0123456789abcdef0123456789abcdeF"));
    }

    #[test]
    fn no_jurisdiction_must_be_written_out() {
        assert_eq!(read(&[("SOTTO_JURISDICTION", None)]).unwrap().jurisdiction, Jurisdiction::Eu);
        let none = read(&[("SOTTO_JURISDICTION", Some("none"))]).unwrap();
        assert_eq!(none.jurisdiction.name(), None);
    }

    #[test]
    fn every_fault_is_named_without_its_value() {
        for (variable, value) in [
            ("SOTTO_MODE", None),
            ("SOTTO_MODE", Some("staging")),
            ("SOTTO_JURISDICTION", Some("")),
            ("SOTTO_JURISDICTION", Some("mars")),
            ("SOTTO_CLIENT_ADDRESS", None),
            ("SOTTO_CLIENT_ADDRESS", Some("header:")),
            ("SOTTO_CLIENT_ADDRESS", Some("development")),
            ("SOTTO_ISSUER", None),
            ("SOTTO_ISSUER", Some("http://edge.example")),
            ("SOTTO_ISSUER", Some("https://edge.example/path")),
            ("SOTTO_SECURITY_CONTACT", Some("security@edge.example")),
            ("SOTTO_KEYRING", None),
            ("SOTTO_KEYRING", Some("{}")),
            ("SOTTO_PLATFORM_TOKEN", None),
            ("SOTTO_PLATFORM_TOKEN", Some("short")),
            ("SOTTO_PRIVATE_HOSTS", Some("http://ollama")),
            ("SOTTO_PROVIDER_KEYS", Some("sk-short")),
        ] {
            let error = read(&[(variable, value)]).unwrap_err();
            assert_eq!(error.variable, variable);
            for value in ["staging", "mars", "edge.example", "short"] {
                assert!(!error.to_string().contains(value), "{error}");
            }
        }
    }

    #[test]
    fn development_is_looser() {
        let config = read(&[
            ("SOTTO_MODE", Some("development")),
            ("SOTTO_CLIENT_ADDRESS", Some("development")),
            ("SOTTO_ISSUER", Some("http://127.0.0.1:8787")),
        ]);
        assert!(config.unwrap().is_development());
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", read(&[]).unwrap());
        assert!(!printed.contains("0123456789abcdef"));
        assert!(printed.contains("PlatformToken { redacted }"));
    }
}
