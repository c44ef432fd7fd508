//! The bearer token of a request: from the header only ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1));
//! never from the query.

use actix_web::{HttpRequest, http::header};

/// Most bytes of a token that are looked at.
pub const MAX_TOKEN_BYTES: usize = 8_192;

/// The token, if exactly one `Authorization: Bearer` header is there. The scheme's case does not matter.
pub fn bearer_token(request: &HttpRequest) -> Option<String> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let (value, more) = (values.next()?, values.next());
    if more.is_some() {
        return None;
    }
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let shaped =
        !token.is_empty() && token.len() <= MAX_TOKEN_BYTES && token.bytes().all(|b| b.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && shaped).then(|| token.to_owned())
}
