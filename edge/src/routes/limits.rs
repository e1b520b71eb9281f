//! How often a network may call. Every request is counted here before a handler sees it, so that a
//! new route cannot forget to: what has no limit of its own has that of [`Limit::Other`].
//!
//! The limits are the platform's and coarse: it counts in each of its places by itself. The exact
//! limits are the objects'.

use http::HeaderMap;
use worker::{Env, RateLimiter};

use crate::clock::{Clock as _, DAY_MS, PlatformClock};
use crate::config::Config;
use crate::error::ApiError;
use crate::session::command::Network;

/// The window of the platform's rate limits, in seconds, as `wrangler.toml` has it.
const WINDOW_SECONDS: u64 = 60;

/// What an operator does where the path alone does not say that it is one.
pub const OPERATORS: &str = "/v1/admin/";

/// A rate limit of the platform, per network. `wrangler.toml` has the figures and their reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// New conversations.
    Mint,
    /// Messages.
    Chat,
    /// New tokens.
    Refresh,
    /// Erasures.
    Erase,
    /// What an operator does.
    Admin,
    /// Verifications of signed documents: the only thing that anybody can make the edge compute.
    Verify,
    /// Everything else, and what is at no address.
    Other,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 7] = [
        Self::Mint,
        Self::Chat,
        Self::Refresh,
        Self::Erase,
        Self::Admin,
        Self::Verify,
        Self::Other,
    ];

    /// The limit of a path; `None` where nothing is counted. `/healthz` is asked by whoever watches
    /// over the service, often past the proxy that says where requests come from; it wakes no
    /// object and computes nothing, unless it carries a credential, which it counts itself.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        Some(match path {
            "/healthz" => return None,
            "/v1/sessions" => Self::Mint,
            "/v1/sessions/refresh" => Self::Refresh,
            "/v1/chat" => Self::Chat,
            "/v1/erase" => Self::Erase,
            "/v1/receipts/verify" | "/v1/provenance/verify" => Self::Verify,
            path if path.starts_with(OPERATORS) => Self::Admin,
            _ => Self::Other,
        })
    }

    /// Its binding in `wrangler.toml`.
    #[must_use]
    pub const fn binding(self) -> &'static str {
        match self {
            Self::Mint => "LIMIT_MINT",
            Self::Chat => "LIMIT_CHAT",
            Self::Refresh => "LIMIT_REFRESH",
            Self::Erase => "LIMIT_ERASE",
            Self::Admin => "LIMIT_ADMIN",
            Self::Verify => "LIMIT_VERIFY",
            Self::Other => "LIMIT_OTHER",
        }
    }
}

/// Counts a request of its network, and says which network it is; `None` where nothing is counted.
/// The platform sees a keyed hash of the network.
///
/// # Errors
/// 429 `rate_limited`; 503 `misconfigured` without an address or without the limit
pub async fn count(
    env: &Env,
    config: &Config,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<Network>, ApiError> {
    let Some(limit) = Limit::of(path) else { return Ok(None) };
    let network = config.client_address.network(headers)?;
    let day = PlatformClock.now_ms() / DAY_MS;
    let tag = config.keyring.network_tag(day, &network.0);
    let missing = |_| ApiError::Binding(limit.binding());
    let limiter: RateLimiter = env.rate_limiter(limit.binding()).map_err(missing)?;
    if limiter.limit(tag).await.map_err(missing)?.success {
        Ok(Some(network))
    } else {
        Err(ApiError::RateLimited { retry_after: WINDOW_SECONDS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::tests::credentials::routed;

    /// Every route and its limit. One that is not here fails the test below, so that nobody forgets
    /// to think about how often it may be called.
    const LIMITS: &[(&str, Option<Limit>)] = &[
        ("/v1/sites/{key}", Some(Limit::Other)),
        ("/v1/sessions", Some(Limit::Mint)),
        ("/v1/sessions/refresh", Some(Limit::Refresh)),
        ("/v1/chat", Some(Limit::Chat)),
        ("/v1/chat/stop", Some(Limit::Other)),
        ("/v1/chat/{conversation}/stream", Some(Limit::Other)),
        ("/v1/conversation", Some(Limit::Other)),
        ("/v1/consent", Some(Limit::Other)),
        ("/v1/conversation/messages/{id}", Some(Limit::Other)),
        ("/v1/restriction", Some(Limit::Other)),
        ("/v1/review", Some(Limit::Other)),
        ("/v1/erase", Some(Limit::Erase)),
        ("/v1/receipts/verify", Some(Limit::Verify)),
        ("/v1/provenance/verify", Some(Limit::Verify)),
        ("/v1/admin/workspaces", Some(Limit::Admin)),
        ("/v1/admin/workspaces/{workspace}/keys", Some(Limit::Admin)),
        ("/v1/admin/workspaces/{workspace}/root", Some(Limit::Admin)),
        ("/v1/admin/keys", Some(Limit::Admin)),
        ("/v1/admin/keys/{id}", Some(Limit::Admin)),
        ("/v1/admin/sites", Some(Limit::Admin)),
        ("/v1/admin/sites/{site}", Some(Limit::Admin)),
        ("/v1/admin/sites/{site}/key", Some(Limit::Admin)),
        ("/v1/admin/sites/{site}/counts", Some(Limit::Admin)),
        ("/v1/admin/sites/{site}/documents", Some(Limit::Admin)),
        ("/v1/admin/sites/{site}/documents/{name}", Some(Limit::Admin)),
        ("/v1/admin/conversations", Some(Limit::Admin)),
        ("/v1/admin/conversations/{conversation}", Some(Limit::Admin)),
        ("/v1/admin/conversations/{conversation}/consent", Some(Limit::Admin)),
        ("/v1/admin/conversations/{conversation}/export", Some(Limit::Admin)),
        ("/v1/admin/conversations/{conversation}/hold", Some(Limit::Admin)),
        ("/v1/admin/conversations/{conversation}/review", Some(Limit::Admin)),
        ("/v1/admin/audit", Some(Limit::Admin)),
        ("/v1/admin/audit/checkpoint", Some(Limit::Admin)),
        ("/healthz", None),
        ("/.well-known/gpc.json", Some(Limit::Other)),
        ("/.well-known/security.txt", Some(Limit::Other)),
        ("/.well-known/jwks.json", Some(Limit::Other)),
    ];

    #[test]
    fn every_route_says_how_often_it_may_be_called() {
        let mut listed: Vec<&str> = LIMITS.iter().map(|(path, _)| *path).collect();
        listed.sort_unstable();
        assert_eq!(routed(), listed);
        for (path, limit) in LIMITS {
            assert_eq!(Limit::of(path), *limit, "{path}");
        }
    }

    #[test]
    fn what_is_no_route_is_counted_too() {
        for path in ["/", "/v1", "/v1/sessions/", "/v1/chat/", "/healthz/", "/%76%31/chat"] {
            assert_eq!(Limit::of(path), Some(Limit::Other), "{path}");
        }
    }

    /// The figure of a limit in `wrangler.toml`, for a window of a minute.
    fn figure(limit: Limit) -> u32 {
        let settings = include_str!("../../../wrangler.toml");
        let name = format!("name = \"{}\"", limit.binding());
        let (_, after) = settings.split_once(&name).unwrap_or_else(|| panic!("{name} is missing"));
        let (_, after) = after.split_once("simple = { limit = ").unwrap();
        let (figure, rest) = after.split_once(',').unwrap();
        assert!(rest.starts_with(&format!(" period = {WINDOW_SECONDS} }}")), "{name}");
        figure.parse().unwrap()
    }

    #[test]
    fn what_costs_or_guards_most_is_limited_most() {
        let other = figure(Limit::Other);
        for limit in Limit::ALL.into_iter().filter(|limit| *limit != Limit::Other) {
            assert!(figure(limit) < other, "{limit:?}");
        }
        for strict in [Limit::Mint, Limit::Refresh, Limit::Erase] {
            assert!(figure(strict) < figure(Limit::Chat), "{strict:?}");
        }
    }
}
