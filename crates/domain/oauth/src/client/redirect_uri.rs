//! Redirect addresses: what may be registered, and whether a presented one is registered. Compared byte for byte; no
//! pattern exists.

use url::Url;

use crate::client::ClientKind;

/// Most bytes of an address.
pub const MAX_BYTES: usize = 2_000;

/// The loopback literals whose port may differ for a native application
/// ([RFC 8252 §7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)); never the name `localhost`.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Schemes that run code or read files in a browser.
const DANGEROUS: [&str; 8] =
    ["javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source"];

/// Why an address may not be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Too long, not ASCII, white space, controls, back slashes, quotes.
    #[error("must be at most 2,000 visible ASCII characters")]
    Characters,
    /// Not an absolute address with a host.
    #[error("must be an absolute address")]
    Relative,
    /// Has a fragment.
    #[error("must not have a fragment")]
    Fragment,
    /// Has a wildcard.
    #[error("must not have a wildcard")]
    Wildcard,
    /// Has a user name or password.
    #[error("must not have a user name or password")]
    UserInfo,
    /// Has `.` or `..` as a path segment.
    #[error("must not have dot segments")]
    DotSegments,
    /// Plain http to somewhere else than this machine.
    #[error("must be https, or http on a loopback address")]
    Insecure,
    /// A custom scheme without a dot, of a web application, or one that browsers run.
    #[error("a custom scheme is for native applications and contains a dot (a reversed domain name)")]
    Scheme,
}

/// Whether a presented address is registered: equal byte for byte. For a native application the port of a registered
/// loopback literal may differ, and nothing else of it.
///
/// Stops: codes sent to a page reached through a prefix, wildcard or normalising match
/// ([RFC 9700 §4.1.3](https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3)).
pub fn is_registered(registered: &[String], presented: &str, kind: ClientKind) -> bool {
    registered.iter().any(|known| {
        known == presented
            || kind == ClientKind::Native
                && matches!((without_port(known), without_port(presented)), (Some(a), Some(b)) if a == b)
    })
}

/// The loopback literal and what follows the port; `None` for anything else.
fn without_port(uri: &str) -> Option<(&'static str, &str)> {
    LOOPBACK.into_iter().find_map(|host| {
        let rest = uri.strip_prefix(host)?;
        let path = match rest.strip_prefix(':') {
            Some(port) => {
                let digits = port.bytes().take_while(u8::is_ascii_digit).count();
                let (number, path) = port.split_at_checked(digits)?;
                let valid = !number.starts_with('0') && number.parse::<u16>().is_ok();
                valid.then_some(path)?
            }
            None => rest,
        };
        (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path))
    })
}

/// Whether an address may be registered for responses.
///
/// # Errors
/// The first rule it breaks.
pub fn check(uri: &str, kind: ClientKind) -> Result<(), RedirectUriError> {
    let url = check_shape(uri)?;
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" | "https" => Err(RedirectUriError::Insecure),
        scheme => {
            let reversed_domain = scheme.contains('.') && !DANGEROUS.contains(&scheme);
            if kind == ClientKind::Native && reversed_domain { Ok(()) } else { Err(RedirectUriError::Scheme) }
        }
    }
}

/// Whether an address may be shown as a link or called: https, or http on this machine.
///
/// # Errors
/// The first rule it breaks.
pub fn check_link(uri: &str) -> Result<(), RedirectUriError> {
    let url = check_shape(uri)?;
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        _ => Err(RedirectUriError::Insecure),
    }
}

fn check_shape(uri: &str) -> Result<Url, RedirectUriError> {
    let visible = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`');
    if uri.is_empty() || uri.len() > MAX_BYTES || !uri.bytes().all(visible) {
        return Err(RedirectUriError::Characters);
    }
    if uri.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    if uri.contains('*') {
        return Err(RedirectUriError::Wildcard);
    }
    let url = Url::parse(uri).map_err(|_ignored: url::ParseError| RedirectUriError::Relative)?;
    let web = matches!(url.scheme(), "http" | "https");
    let authority = uri.split_once("://").map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    if web && authority.is_none_or(str::is_empty) {
        return Err(RedirectUriError::Relative);
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || authority.is_some_and(|host| host.contains('@'))
    {
        return Err(RedirectUriError::UserInfo);
    }
    let path = uri.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(RedirectUriError::DotSegments);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
}

/// The origin an address belongs to, for CORS and `form-action`; `None` for custom schemes.
pub fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let origin = url.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_compared_byte_for_byte() {
        let registered = ["https://app.example/cb?a=1&b=2".to_owned(), "https://app.example/cb".to_owned()];
        assert!(is_registered(&registered, "https://app.example/cb", ClientKind::Web));
        assert!(is_registered(&registered, "https://app.example/cb?a=1&b=2", ClientKind::Web));
        for other in [
            "https://app.example/cb/",
            "https://app.example/CB",
            "https://APP.example/cb",
            "HTTPS://app.example/cb",
            "https://app.example/cb?",
            "https://app.example/cb?x=1",
            "https://app.example/cb?b=2&a=1",
            "https://app.example/cb?a=1",
            "https://app.example/cb#",
            "https://app.example/cb#x",
            "https://app.example/./cb",
            "https://app.example/x/../cb",
            "https://app.example/c%62",
            "https://app.example:443/cb",
            "https://user@app.example/cb",
            "https://app.example.evil.example/cb",
            "http://app.example/cb",
            " https://app.example/cb",
            "https://app.example/cb\0",
            "",
        ] {
            assert!(!is_registered(&registered, other, ClientKind::Web), "{other}");
            assert!(!is_registered(&registered, other, ClientKind::Native), "{other}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_literal_may_differ_and_only_for_native_applications() {
        let registered = ["http://127.0.0.1/cb".to_owned(), "http://[::1]:1/cb".to_owned()];
        for fine in
            ["http://127.0.0.1:5000/cb", "http://127.0.0.1/cb", "http://[::1]:65535/cb", "http://[::1]/cb"]
        {
            assert!(is_registered(&registered, fine, ClientKind::Native), "{fine}");
        }
        assert!(!is_registered(&registered, "http://127.0.0.1:5000/cb", ClientKind::Web));
        for other in [
            "http://localhost:5000/cb",
            "http://0.0.0.0:5000/cb",
            "http://[::]:5000/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1:5000.evil.example/cb",
            "http://127.0.0.1:5000@evil.example/cb",
            "http://127.0.0.11/cb",
            "http://127.1:5000/cb",
            "http://127.0.0.2:5000/cb",
            "http://127.0.0.1:70000/cb",
            "http://127.0.0.1:05000/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:5000/cb/",
            "http://127.0.0.1:5000/other",
            "http://127.0.0.1:5000/cb?x=1",
            "https://127.0.0.1:5000/cb",
        ] {
            assert!(!is_registered(&registered, other, ClientKind::Native), "{other}");
        }
        let named = ["http://localhost/cb".to_owned()];
        assert!(is_registered(&named, "http://localhost/cb", ClientKind::Native));
        assert!(!is_registered(&named, "http://localhost:5000/cb", ClientKind::Native));
    }

    #[test]
    fn registration_refuses_what_a_browser_would_read_differently_or_run() {
        use RedirectUriError as E;
        for (uri, error) in [
            ("https://a.example/cb#x", E::Fragment),
            ("https://*.example/cb", E::Wildcard),
            ("https://a.example/*", E::Wildcard),
            ("https://u:p@a.example/cb", E::UserInfo),
            ("https://@a.example/cb", E::UserInfo),
            ("https://a.example/c b", E::Characters),
            ("https://a.example/\\cb", E::Characters),
            ("https://ä.example/cb", E::Characters),
            ("javascript:alert(1)", E::Scheme),
            ("data:text/html,x", E::Scheme),
            ("http://a.example/cb", E::Insecure),
            ("http://127.0.0.1.evil.example/cb", E::Insecure),
            ("http://0.0.0.0/cb", E::Insecure),
            ("https:a.example/cb", E::Relative),
            ("https:///cb", E::Relative),
            ("/cb", E::Relative),
            ("", E::Characters),
            ("https://a.example/x/../cb", E::DotSegments),
            ("https://a.example/x/%2e%2E/cb", E::DotSegments),
            ("com.example.app:/cb", E::Scheme),
        ] {
            assert_eq!(check(uri, ClientKind::Web), Err(error), "{uri}");
        }
        for uri in
            ["https://a.example/cb?x=1", "http://localhost:8080/cb", "http://127.0.0.1/cb", "http://[::1]:9/"]
        {
            assert_eq!(check(uri, ClientKind::Web), Ok(()), "{uri}");
        }
        assert_eq!(check("com.example.app:/cb", ClientKind::Native), Ok(()));
        assert_eq!(check("myapp:/cb", ClientKind::Native), Err(E::Scheme));
    }
}
