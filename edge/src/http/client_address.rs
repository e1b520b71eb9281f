//! Where a request comes from: believed only from the configured source, cut to its network at
//! once, and dropped.

use core::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName};

use crate::session::command::Network;

/// The header that the platform sets itself.
const PLATFORM_HEADER: &str = "cf-connecting-ip";

/// Who says where a request comes from (`SOTTO_CLIENT_ADDRESS`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressSource {
    /// The platform, which overwrites what a client sends.
    Cloudflare,
    /// A trusted proxy in front of a self-hosted edge, which overwrites or appends to this header.
    Header(HeaderName),
    /// The client itself, for tests on one machine.
    Development,
}

/// The configured source says nothing usable about a request, so no request can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configured source of the client's address gives none")]
pub struct AddressMissing;

impl AddressSource {
    /// Reads `cloudflare`, `header:<Name>` or `development`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "cloudflare" => Some(Self::Cloudflare),
            "development" => Some(Self::Development),
            _ => HeaderName::try_from(text.strip_prefix("header:")?).ok().map(Self::Header),
        }
    }

    /// The network of a request.
    ///
    /// # Errors
    /// [`AddressMissing`] if the source gives no address. In development a request without one
    /// comes from loopback.
    pub fn network(&self, headers: &HeaderMap) -> Result<Network, AddressMissing> {
        // Of a header that comes twice, the last line is the one that was added last.
        let value = |name: &str| {
            headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok())
        };
        let address = match self {
            Self::Cloudflare => value(PLATFORM_HEADER),
            // A proxy that appends puts its own word last; what stands before is the client's.
            Self::Header(name) => {
                value(name.as_str()).and_then(|list| list.rsplit(',').next()).map(str::trim)
            }
            Self::Development if !headers.contains_key(PLATFORM_HEADER) => Some("127.0.0.1"),
            Self::Development => value(PLATFORM_HEADER),
        };
        address.and_then(|text| text.parse().ok()).map(network).ok_or(AddressMissing)
    }
}

/// The /24 of an IPv4 address, the /48 of an IPv6 one.
fn network(address: IpAddr) -> Network {
    Network(match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn network_of(source: &str, name: &'static str, value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        AddressSource::parse(source).unwrap().network(&headers).ok().map(|network| network.0)
    }

    #[test]
    fn an_address_is_cut_to_its_network() {
        let cut = |address| network_of("cloudflare", "cf-connecting-ip", address);
        assert_eq!(cut("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(cut("2001:db8:1:2:3:4:5:6").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(cut("::ffff:203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(cut("not an address"), None);
        assert_eq!(cut(""), None);
    }

    #[test]
    fn only_the_configured_source_is_believed() {
        assert_eq!(network_of("header:X-Real-IP", "cf-connecting-ip", "203.0.113.7"), None);
        assert_eq!(network_of("cloudflare", "x-forwarded-for", "203.0.113.7"), None);
        assert_eq!(
            network_of("header:X-Forwarded-For", "x-forwarded-for", "198.51.100.1, 203.0.113.7"),
            Some("203.0.113.0/24".into())
        );
    }

    #[test]
    fn what_a_client_sent_before_the_proxy_is_not_believed() {
        let source = AddressSource::parse("header:X-Real-IP").unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-real-ip", HeaderValue::from_static("198.51.100.1"));
        headers.append("x-real-ip", HeaderValue::from_static("203.0.113.7"));
        assert_eq!(source.network(&headers).unwrap().0, "203.0.113.0/24");
        headers.append("x-real-ip", HeaderValue::from_static("unknown"));
        assert_eq!(source.network(&headers).unwrap_err(), AddressMissing);
    }

    #[test]
    fn development_falls_back_to_loopback() {
        assert_eq!(
            AddressSource::Development.network(&HeaderMap::new()).unwrap().0,
            "127.0.0.0/24"
        );
        assert_eq!(
            network_of("development", "cf-connecting-ip", "203.0.113.7"),
            Some("203.0.113.0/24".into())
        );
        assert_eq!(network_of("development", "cf-connecting-ip", "unreadable"), None);
    }

    #[test]
    fn other_sources_are_unknown() {
        for text in ["", "Cloudflare", "header:", "header:a b", "x-forwarded-for"] {
            assert_eq!(AddressSource::parse(text), None, "{text}");
        }
    }
}
