//! Which page sent a request.

use http::{HeaderMap, Method, header};
use sotto_shared::id::Origin;

/// Why a request's origin cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// There is none.
    #[error("the request has no origin")]
    Missing,
    /// It is `null`, is not an origin, or is there twice.
    #[error("the request's origin is not usable")]
    Invalid,
}

/// The origin of the `Origin` header, if there is one.
///
/// # Errors
/// [`OriginError::Invalid`]
pub fn stated(headers: &HeaderMap) -> Result<Option<Origin>, OriginError> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(OriginError::Invalid);
    }
    let text = value.to_str().map_err(|_| OriginError::Invalid)?;
    Origin::parse(text).map(Some).map_err(|_| OriginError::Invalid)
}

/// The origin that a request comes from. A browser sends no `Origin` with a GET to the page's own
/// origin; there, `Sec-Fetch-Site: same-origin`, which no script can set, stands for `own`.
///
/// # Errors
/// [`OriginError`]
pub fn required(method: &Method, headers: &HeaderMap, own: &Origin) -> Result<Origin, OriginError> {
    if let Some(origin) = stated(headers)? {
        return Ok(origin);
    }
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let same = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    if is_read && same { Ok(own.clone()) } else { Err(OriginError::Missing) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn check(
        method: &Method,
        headers: &[(&'static str, &'static str)],
    ) -> Result<String, OriginError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let own = Origin::parse("https://edge.example").unwrap();
        required(method, &map, &own).map(|origin| origin.as_str().to_owned())
    }

    #[test]
    fn the_header_counts() {
        let shop = ("origin", "https://shop.example");
        assert_eq!(check(&Method::POST, &[shop]), Ok("https://shop.example".into()));
        let same = ("sec-fetch-site", "same-origin");
        assert_eq!(check(&Method::GET, &[shop, same]), Ok("https://shop.example".into()));
        assert_eq!(check(&Method::POST, &[]), Err(OriginError::Missing));
        assert_eq!(check(&Method::GET, &[]), Err(OriginError::Missing));
    }

    #[test]
    fn a_same_origin_read_needs_no_header() {
        let same = ("sec-fetch-site", "same-origin");
        assert_eq!(check(&Method::GET, &[same]), Ok("https://edge.example".into()));
        assert_eq!(check(&Method::POST, &[same]), Err(OriginError::Missing));
        let cross = ("sec-fetch-site", "cross-site");
        assert_eq!(check(&Method::GET, &[cross]), Err(OriginError::Missing));
    }

    #[test]
    fn null_and_nonsense_are_refused() {
        let same = ("sec-fetch-site", "same-origin");
        for origin in ["null", "", "https://shop.example/", "https://a.example, https://b.example"]
        {
            let sent = ("origin", origin);
            assert_eq!(check(&Method::GET, &[sent, same]), Err(OriginError::Invalid), "{origin}");
        }
        let shop = ("origin", "https://shop.example");
        assert_eq!(check(&Method::POST, &[shop, shop]), Err(OriginError::Invalid));
    }
}
