//! Form bodies and client credentials of the back-channel endpoints, as they came; nothing is judged here.

use actix_web::{HttpRequest, http::header, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use vestibule_kernel::Secret;
use vestibule_oauth::{OAuthError, client::authentication::PresentedCredentials};

use crate::extract::{
    body,
    params::{Params, ParamsError, decode},
};

/// Reads a form body; only `resource` may repeat.
///
/// # Errors
/// `invalid_request`.
pub(super) async fn form(http: &HttpRequest, payload: web::Payload) -> Result<Params, OAuthError> {
    let bytes = form_bytes(http, payload).await?;
    Params::parse(&bytes, &["resource"]).map_err(|error| match error {
        ParamsError::Repeated(_) => OAuthError::ParameterRepeated,
        ParamsError::Encoding | ParamsError::TooLarge => OAuthError::ParametersMalformed,
    })
}

/// Reads the bytes of a form body.
///
/// # Errors
/// `invalid_request`.
pub(super) async fn form_bytes(http: &HttpRequest, payload: web::Payload) -> Result<Vec<u8>, OAuthError> {
    if body::media_type(http) != "application/x-www-form-urlencoded" {
        return Err(OAuthError::MediaType);
    }
    body::read(http, payload, body::MAX_FORM_BYTES)
        .await
        .map_err(|_ignored: crate::problem::Problem| OAuthError::ParametersMalformed)
}

/// Whatever authenticates the client of a request.
pub(super) fn credentials(http: &HttpRequest, form: &Params) -> PresentedCredentials {
    let text = |name: &str| form.get(name).map(str::to_owned);
    let mut headers = http.headers().get_all(header::AUTHORIZATION);
    let basic = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(only), None) => Some(only.to_str().ok().and_then(basic)),
        (Some(_), Some(_)) => Some(None),
    };
    PresentedCredentials {
        basic,
        client_id: text("client_id"),
        client_secret: text("client_secret").map(Secret::new),
        assertion_type: text("client_assertion_type"),
        assertion: text("client_assertion"),
    }
}

/// Id and secret of `Basic` credentials, each form-encoded (RFC 6749 §2.3.1).
fn basic(value: &str) -> Option<(String, Secret)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 8_192 {
        return None;
    }
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let split = bytes.iter().position(|byte| *byte == b':')?;
    let (id, secret) = bytes.split_at(split);
    let secret = secret.strip_prefix(b":")?;
    Some((decode(id).ok()?, Secret::new(decode(secret).ok()?)))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(headers: &[&str]) -> Option<Option<(String, String)>> {
        let request = headers.iter().fold(TestRequest::default(), |request, value| {
            request.append_header((header::AUTHORIZATION, *value))
        });
        let presented = credentials(&request.to_http_request(), &Params::default());
        presented.basic.map(|basic| basic.map(|(id, secret)| (id, secret.expose().to_owned())))
    }

    fn encoded(text: &str) -> String {
        STANDARD.encode(text)
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        let value = format!("bAsIc {}", encoded("a%3Ab:s%2Bs+x:y"));
        assert_eq!(read(&[&value]), Some(Some(("a:b".into(), "s+s x:y".into()))));
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_header_that_cannot_be_read_is_not_taken_for_none() {
        let value = format!("Basic {}", encoded("a:b"));
        for bad in [&["Bearer x"][..], &["Basic ???"], &["Basic"], &[value.as_str(), value.as_str()]] {
            assert_eq!(read(bad), Some(None), "{bad:?}");
        }
        assert_eq!(read(&[&format!("Basic {}", encoded("no-colon"))]), Some(None));
    }
}
