//! What the platform's operator allows and pays for: hosts that may be reached without https, and
//! keys for sites that bring none of their own.

use std::collections::BTreeMap;

use sotto_shared::redacted_debug;

/// The hosts that a site's settings may name beyond public ones, and the platform's own keys.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PlatformProviders {
    private: Vec<String>,
    keys: BTreeMap<String, String>,
}

redacted_debug!(PlatformProviders);

impl PlatformProviders {
    /// Reads the list of private hosts (`ollama:11434, 10.0.0.5`, each with its port if it has
    /// one) and the keys (a JSON object from host to key); `None` if either has another form.
    #[must_use]
    pub fn read(private: Option<&str>, keys: Option<&str>) -> Option<Self> {
        let hosts = private.unwrap_or_default().split(',').map(str::trim);
        let private: Vec<String> =
            hosts.filter(|host| !host.is_empty()).map(str::to_ascii_lowercase).collect();
        let keys = match keys.filter(|keys| !keys.trim().is_empty()) {
            Some(keys) => serde_json::from_str::<BTreeMap<String, String>>(keys).ok()?,
            None => BTreeMap::new(),
        };
        let is_host = |host: &String| {
            host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
        };
        let is_key =
            |key: &String| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        let is_whole =
            private.iter().all(is_host) && keys.keys().all(is_host) && keys.values().all(is_key);
        is_whole.then_some(Self { private, keys })
    }

    /// Whether a host, with its port, is one of the private ones.
    #[must_use]
    pub fn is_private(&self, host: &str) -> bool {
        self.private.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The platform's key for a host, with its port.
    #[must_use]
    pub fn key(&self, host: &str) -> Option<&str> {
        self.keys.get(host).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_keys_are_read_whole_or_not_at_all() {
        let keys = "{\"api.openai.com\":\"sk-1\"}";
        let platform =
            PlatformProviders::read(Some(" Ollama:11434, 10.0.0.5,"), Some(keys)).unwrap();
        assert!(platform.is_private("ollama:11434") && platform.is_private("10.0.0.5"));
        assert!(!platform.is_private("ollama") && !platform.is_private("10.0.0.5:80"));
        assert_eq!(platform.key("api.openai.com"), Some("sk-1"));
        assert_eq!(platform.key("api.openai.com:444"), None);
        assert_eq!(PlatformProviders::read(None, Some(" ")), Some(PlatformProviders::default()));
        for (private, keys) in [
            (Some("http://ollama"), None),
            (Some("a/b"), None),
            (None, Some("sk-1")),
            (None, Some("{\"api.openai.com\":\"\"}")),
            (None, Some("{\"api.openai.com\":\"a b\"}")),
            (None, Some("{\"https://api.openai.com\":\"sk-1\"}")),
        ] {
            assert_eq!(PlatformProviders::read(private, keys), None, "{private:?} {keys:?}");
        }
        assert_eq!(format!("{platform:?}"), "PlatformProviders { redacted }");
    }
}
