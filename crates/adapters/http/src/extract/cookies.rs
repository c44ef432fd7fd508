//! Cookies: `__Host-` names with the realm's slug, since realms share a host; a name that appears twice is refused,
//! because a sibling host may have planted one.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
};
use vestibule_kernel::{OpaqueToken, TokenKind};
use vestibule_realms::Slug;

/// The name of the session cookie of a realm.
pub fn session_cookie(slug: &Slug) -> String {
    format!("__Host-vst_session_{slug}")
}

/// The name of the cookie that binds flows of a realm to this browser.
pub fn flow_cookie(slug: &Slug) -> String {
    format!("__Host-vst_flow_{slug}")
}

/// The name of the cookie that tells who signed in before in this browser.
pub fn device_cookie(slug: &Slug) -> String {
    format!("__Host-vst_device_{slug}")
}

/// The name of the cookie that keeps the language chosen in a realm.
pub fn language_cookie(slug: &Slug) -> String {
    format!("__Host-vst_language_{slug}")
}

/// The name of the cookie that keeps by which way somebody signed in to a realm last.
pub fn way_cookie(slug: &Slug) -> String {
    format!("__Host-vst_way_{slug}")
}

/// The token in a cookie, if the cookie is there exactly once and well formed.
pub fn read(request: &HttpRequest, name: &str, kind: TokenKind) -> Option<OpaqueToken> {
    read_text(request, name).and_then(|text| OpaqueToken::parse(kind, &text))
}

/// The text of a cookie that is there exactly once; at most 4,096 bytes.
pub fn read_text(request: &HttpRequest, name: &str) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut found = headers
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned());
    let (value, twice) = (found.next()?, found.next());
    (twice.is_none() && value.len() <= 4_096).then_some(value)
}

/// A cookie that carries a secret: `Secure`, `HttpOnly`, `SameSite=Lax`, whole host. Without an age it ends with the
/// browser.
pub fn secret_cookie(name: String, value: String, max_age_seconds: Option<u64>) -> Cookie<'static> {
    let mut cookie =
        Cookie::build(name, value).path("/").secure(true).http_only(true).same_site(SameSite::Lax);
    if let Some(seconds) = max_age_seconds {
        cookie = cookie.max_age(Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX)));
    }
    cookie.finish()
}

/// The cookie that removes a cookie.
pub fn removal(name: String) -> Cookie<'static> {
    secret_cookie(name, String::new(), Some(0))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_that_appears_twice_is_refused() {
        let one = TestRequest::default().insert_header((header::COOKIE, "a=1; b=2")).to_http_request();
        assert_eq!(read_text(&one, "b").as_deref(), Some("2"));
        let two = TestRequest::default().insert_header((header::COOKIE, "a=1; a=2")).to_http_request();
        assert_eq!(read_text(&two, "a"), None);
    }

    #[test]
    fn a_secret_cookie_is_for_this_host_over_https_and_no_script() {
        for cookie in [
            secret_cookie("__Host-a".to_owned(), "x".to_owned(), None),
            secret_cookie("__Host-a".to_owned(), "x".to_owned(), Some(60)),
            removal("__Host-a".to_owned()),
        ] {
            assert_eq!((cookie.secure(), cookie.http_only()), (Some(true), Some(true)), "{cookie}");
            assert_eq!((cookie.path(), cookie.domain()), (Some("/"), None), "{cookie}");
            assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{cookie}");
        }
    }
}
