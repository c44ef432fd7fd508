//! Whether a request comes from our own page: by the browser's own headers, and by a token that only a page of this
//! flow, or of this session's account, in this browser can hold. Absence is refused.

use actix_web::{HttpRequest, http::header};
use vestibule_kernel::{Digest, FlowId, OpaqueToken, TokenKind};

use crate::problem::{Problem, code};

/// The token of a flow in the browser that holds its cookie: derived, so nothing is stored.
pub(super) fn token(cookie: &OpaqueToken, flow: FlowId) -> OpaqueToken {
    let digest = Digest::of(format!("csrf\n{flow}\n{}", cookie.expose()).as_bytes());
    OpaqueToken::new(TokenKind::Csrf, *digest.as_bytes())
}

/// The token of the account's pages in the browser that holds the session: derived, so nothing is stored.
pub(crate) fn session_token(session: &OpaqueToken) -> OpaqueToken {
    let digest = Digest::of(format!("csrf\naccount\n{}", session.expose()).as_bytes());
    OpaqueToken::new(TokenKind::Csrf, *digest.as_bytes())
}

/// Compares the token sent with that of the session, in constant time.
pub(crate) fn check_session_token(sent: Option<&str>, session: &OpaqueToken) -> Result<(), Problem> {
    let sent = sent.and_then(|text| OpaqueToken::parse(TokenKind::Csrf, text));
    match sent {
        Some(sent) if sent.digest().matches(&session_token(session).digest()) => Ok(()),
        _ => Err(Problem::new(&code::CSRF)),
    }
}

/// Compares the token sent with the one expected, in constant time.
pub(crate) fn check_token(
    sent: Option<&str>,
    cookie: Option<&OpaqueToken>,
    flow: FlowId,
) -> Result<(), Problem> {
    let sent = sent.and_then(|text| OpaqueToken::parse(TokenKind::Csrf, text));
    match (sent, cookie) {
        (Some(sent), Some(cookie)) if sent.digest().matches(&token(cookie, flow).digest()) => Ok(()),
        _ => Err(Problem::new(&code::CSRF)),
    }
}

/// Accepts a request that the browser says comes from `origin`. `Sec-Fetch-Site` decides where it is sent; our pages
/// send no referrer, for which browsers put `null` into `Origin`, so `Origin` decides only without it.
pub(crate) fn check_origin(http: &HttpRequest, origin: &str) -> Result<(), Problem> {
    let text = |name: &str| http.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let named = text(header::ORIGIN.as_str());
    let own = match text("sec-fetch-site") {
        Some(site) => site == "same-origin" && named.is_none_or(|named| named == origin || named == "null"),
        None => named == Some(origin),
    };
    if own { Ok(()) } else { Err(Problem::new(&code::CSRF)) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use uuid::Uuid;

    use super::*;

    const OWN: &str = "https://id.test";

    fn checked(headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = TestRequest::post();
        for header in headers {
            request = request.insert_header(*header);
        }
        check_origin(&request.to_http_request(), OWN).is_ok()
    }

    #[test]
    fn a_request_must_say_that_it_comes_from_our_page() {
        assert!(checked(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(checked(&[("sec-fetch-site", "same-origin")]));
        assert!(checked(&[("origin", OWN)]));
        assert!(!checked(&[]));
        assert!(!checked(&[("origin", "null")]));
        assert!(!checked(&[("origin", "https://evil.test")]));
        assert!(!checked(&[("sec-fetch-site", "same-site"), ("origin", OWN)]));
        assert!(!checked(&[("sec-fetch-site", "cross-site")]));
        assert!(!checked(&[("sec-fetch-site", "none")]));
        assert!(!checked(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.test")]));
    }

    #[test]
    fn a_token_is_good_for_one_flow_in_one_browser() {
        let cookie = OpaqueToken::new(TokenKind::Flow, [1; 32]);
        let other = OpaqueToken::new(TokenKind::Flow, [2; 32]);
        let (one, two) = (FlowId::from_uuid(Uuid::from_u128(1)), FlowId::from_uuid(Uuid::from_u128(2)));
        let made = token(&cookie, one);
        assert!(check_token(Some(made.expose()), Some(&cookie), one).is_ok());
        assert!(check_token(Some(made.expose()), Some(&cookie), two).is_err());
        assert!(check_token(Some(made.expose()), Some(&other), one).is_err());
        assert!(check_token(Some(made.expose()), None, one).is_err());
        assert!(check_token(None, Some(&cookie), one).is_err());
        assert!(check_token(Some("vcf_"), Some(&cookie), one).is_err());
    }

    #[test]
    fn a_token_of_the_account_is_good_for_one_session() {
        let session = OpaqueToken::new(TokenKind::Session, [1; 32]);
        let other = OpaqueToken::new(TokenKind::Session, [2; 32]);
        let made = session_token(&session);
        assert!(check_session_token(Some(made.expose()), &session).is_ok());
        assert!(check_session_token(Some(made.expose()), &other).is_err());
        assert!(check_session_token(None, &session).is_err());
    }
}
