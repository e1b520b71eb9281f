//! `GET /v1/sites/{key}`: the public settings of a site.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use sotto_shared::id::SiteKey;

use super::caller::json_for;
use super::{Edge, query};
use crate::auth::site_key;
use crate::error::ApiError;
use crate::object::{self, CallError};
use crate::workspace::command::{PublicSite, WorkspaceError};
use crate::workspace::settings::is_language;

/// A browser may keep the settings for [`sotto_shared::limits::SETTINGS_SECONDS`]: a changed notice
/// is noticed at minting.
const CACHE: &str = "public, max-age=60";

/// `GET /v1/sites/{key}?lang=…`
///
/// 1. The page's origin is there: 403 `origin_missing`, `origin_invalid`.
/// 2. The key is one of ours, before an object is woken: 404 `site_unknown`.
/// 3. The workspace knows the site: 404 `site_unknown`.
/// 4. The site allows the origin: 403 `origin_not_allowed`.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn read(
    edge: Edge,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // 1
    let origin = edge.origin(&method, &headers)?;
    // 2
    let unknown = || ApiError::Workspace(CallError::Refused(WorkspaceError::SiteUnknown));
    let key = SiteKey::parse(&key).map_err(|_| unknown())?;
    let opened = site_key::open(&edge.config.keyring, &key).ok_or_else(unknown)?;
    // 3
    let command = PublicSite { site: opened.site, lang: language(query.as_deref()) };
    let mut settings = object::call(&edge.env, &opened.workspace.to_hex(), &command)
        .await
        .map_err(ApiError::from)?;
    // 4
    if !settings.origins.contains(&origin) {
        return Err(CallError::Refused(WorkspaceError::OriginNotAllowed).into());
    }
    // A key made before a rotation stays the one that the page embeds.
    settings.site.site = key;
    let mut response = json_for(origin, StatusCode::OK, &settings.site);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    headers.insert(header::VARY, HeaderValue::from_static("Sec-Fetch-Site"));
    Ok(response)
}

/// The language asked for; what is not a language tag is passed over, since the site has texts in
/// its own language for everybody.
fn language(query: Option<&str>) -> Option<String> {
    query::value(query, "lang").filter(|tag| is_language(tag)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sotto_shared::limits::SETTINGS_SECONDS;

    #[test]
    fn the_time_that_browsers_are_told_is_the_named_one() {
        assert_eq!(CACHE, format!("public, max-age={SETTINGS_SECONDS}"));
    }

    #[test]
    fn a_language_is_read_from_the_query() {
        assert_eq!(language(None), None);
        assert_eq!(language(Some("lang=de-AT")).as_deref(), Some("de-AT"));
        assert_eq!(language(Some("a=b&lang=pt")).as_deref(), Some("pt"));
        assert_eq!(language(Some("lang=%3Cscript%3E")), None);
        assert_eq!(language(Some("lang=")), None);
    }
}
