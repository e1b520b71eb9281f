//! `POST /v1/erase`: the erase token in, a signed receipt out.

mod html;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use sotto_shared::limits::SMALL_BODY_BYTES;
use sotto_shared::wire::session::{EraseRequest, ErasureReceipt};

use super::Edge;
use super::caller::{json, json_for};
use super::sessions::unverified;
use crate::auth::tokens::EraseToken;
use crate::error::ApiError;
use crate::http::{body, origin};
use crate::object;
use crate::session::command::Erase;

/// What a browser sends a form as.
const FORM: &str = "application/x-www-form-urlencoded";

/// `POST /v1/erase`
///
/// It needs no access token and no known page: it works after everything else has expired, from
/// anywhere, and again and again. The form of the page `/erase`, sent by a browser that runs no
/// script, is answered with a page, whatever it says.
///
/// 1. The body is an [`EraseRequest`] or such a form: 413, 415, 400.
/// 2. The erase token was copied whole, before an object is woken: 401 `token_invalid`.
/// 3. The session erases: 401 `token_invalid`; 429 for wrong tokens.
///
/// # Errors
/// As its steps say.
#[worker::send]
pub async fn erase(State(edge): State<Edge>, request: Request) -> Result<Response, ApiError> {
    let (head, stream) = request.into_parts();
    // 1
    if body::media_type(&head.headers) == Some(FORM) {
        let language = html::language(&head.headers);
        return Ok(match form(&edge, &head.headers, stream).await {
            Ok(receipt) => html::receipt(language, &receipt),
            Err(error) => html::fault(language, &error),
        });
    }
    let text = body::json_text(&head.headers, stream, SMALL_BODY_BYTES).await?;
    let request: EraseRequest = body::parse(&text)?;
    // 2, 3
    let receipt = erased(&edge, &request.erase_token).await?;
    // The holder of the erase token may read the receipt on whichever page it was pasted.
    Ok(match origin::stated(&head.headers)? {
        Some(origin) => json_for(origin, StatusCode::OK, &receipt),
        None => json(StatusCode::OK, &receipt),
    })
}

/// Steps 1 to 3 of a form.
async fn form(edge: &Edge, headers: &HeaderMap, stream: Body) -> Result<ErasureReceipt, ApiError> {
    let text = body::text(headers, stream, SMALL_BODY_BYTES).await?;
    erased(edge, &form_value(&text, "erase_token").ok_or(ApiError::TokenInvalid)?).await
}

async fn erased(edge: &Edge, token: &str) -> Result<ErasureReceipt, ApiError> {
    let token = EraseToken::parse(token).ok_or(ApiError::TokenInvalid)?;
    let command = Erase { secret: token.secret.to_vec() };
    object::call(&edge.env, &token.conversation.to_hex(), &command).await.map_err(unverified)
}

/// A value of a form by its name, without the white space that came along when it was pasted.
/// `None` if it is not there or not ASCII, which a token is.
fn form_value(form: &str, name: &str) -> Option<String> {
    let value =
        form.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    let mut plain = String::new();
    let mut rest = value.1.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        };
        if !byte.is_ascii() {
            return None;
        }
        plain.push(char::from(byte));
    }
    Some(plain.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_token_is_read_from_a_form() {
        for (form, token) in [
            ("erase_token=et_aB1", Some("et_aB1")),
            ("x=1&erase_token=+et%5FaB1%0D%0A&y", Some("et_aB1")),
            ("erase_token=", Some("")),
            ("erase_token=%C3%A4", None),
            ("erase_token=%4", None),
            ("erase_token=%zz", None),
            ("token=et_aB1", None),
            ("", None),
        ] {
            assert_eq!(form_value(form, "erase_token").as_deref(), token, "{form}");
        }
    }
}
