//! What opens each route.

/// What opens a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    /// Anybody may call it.
    Nothing,
    /// The public key of a site.
    Site,
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
    /// An erase token.
    Erase,
    /// An API key.
    ApiKey,
    /// The platform token.
    Platform,
}

/// Every route. One that is not here fails the test below, so that nobody forgets to say, and to
/// try, what opens it.
const ROUTES: &[(&str, Credential)] = &[
    ("/v1/sites/{key}", Credential::Site),
    ("/v1/sessions", Credential::Site),
    ("/v1/sessions/refresh", Credential::Refresh),
    ("/v1/chat", Credential::Access),
    ("/v1/chat/stop", Credential::Access),
    ("/v1/chat/{conversation}/stream", Credential::Access),
    ("/v1/conversation", Credential::Access),
    ("/v1/consent", Credential::Access),
    ("/v1/conversation/messages/{id}", Credential::Access),
    ("/v1/restriction", Credential::Access),
    ("/v1/review", Credential::Access),
    ("/v1/erase", Credential::Erase),
    ("/v1/receipts/verify", Credential::Nothing),
    ("/v1/provenance/verify", Credential::Nothing),
    ("/v1/admin/workspaces", Credential::Platform),
    ("/v1/admin/workspaces/{workspace}/keys", Credential::Platform),
    ("/v1/admin/workspaces/{workspace}/root", Credential::Platform),
    ("/v1/admin/keys", Credential::ApiKey),
    ("/v1/admin/keys/{id}", Credential::ApiKey),
    ("/v1/admin/sites", Credential::ApiKey),
    ("/v1/admin/sites/{site}", Credential::ApiKey),
    ("/v1/admin/sites/{site}/key", Credential::ApiKey),
    ("/v1/admin/sites/{site}/counts", Credential::ApiKey),
    ("/v1/admin/sites/{site}/documents", Credential::ApiKey),
    ("/v1/admin/sites/{site}/documents/{name}", Credential::ApiKey),
    ("/v1/admin/conversations", Credential::ApiKey),
    ("/v1/admin/conversations/{conversation}", Credential::ApiKey),
    ("/v1/admin/conversations/{conversation}/consent", Credential::ApiKey),
    ("/v1/admin/conversations/{conversation}/export", Credential::ApiKey),
    ("/v1/admin/conversations/{conversation}/hold", Credential::ApiKey),
    ("/v1/admin/conversations/{conversation}/review", Credential::ApiKey),
    ("/v1/admin/audit", Credential::ApiKey),
    ("/v1/admin/audit/checkpoint", Credential::ApiKey),
    ("/healthz", Credential::Nothing),
    ("/.well-known/gpc.json", Credential::Nothing),
    ("/.well-known/security.txt", Credential::Nothing),
    ("/.well-known/jwks.json", Credential::Nothing),
];

#[test]
fn every_route_says_what_opens_it() {
    let mut listed: Vec<&str> = ROUTES.iter().map(|(path, _)| *path).collect();
    listed.sort_unstable();
    assert_eq!(routed(), listed);
}

/// The paths of the router, sorted.
pub(in crate::routes) fn routed() -> Vec<&'static str> {
    let source = include_str!("../../mod.rs");
    let routed = source.split(".route(").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let mut routed: Vec<&str> = routed.collect();
    routed.sort_unstable();
    routed
}

/// The routes that this opens.
pub(super) fn routes(credential: Credential) -> impl Iterator<Item = &'static str> {
    ROUTES.iter().filter(move |(_, opens)| *opens == credential).map(|(path, _)| *path)
}
