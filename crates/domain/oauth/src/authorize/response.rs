//! The authorization response: where it goes and what it carries. A target is made only of an address that the table
//! of checks proved, so nothing else can be redirected to.

use url::form_urlencoded;

use crate::{
    error::OAuthError,
    request::{AuthorizationRequest, ResponseMode},
};

/// A proven address and how a response gets there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseTarget {
    redirect_uri: String,
    mode: ResponseMode,
    state: Option<String>,
}

/// A response on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationResponse {
    target: ResponseTarget,
    parameters: Vec<(&'static str, String)>,
}

impl ResponseTarget {
    pub(super) const fn new(redirect_uri: String, mode: ResponseMode, state: Option<String>) -> Self {
        Self { redirect_uri, mode, state }
    }

    /// The target of a request that passed every check.
    pub fn of(request: &AuthorizationRequest) -> Self {
        Self::new(request.redirect_uri.clone(), request.response_mode, request.state.clone())
    }

    /// A code for the client; `iss` says who it is from ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
    pub fn code(self, code: &str, issuer: &str) -> AuthorizationResponse {
        self.answer(vec![("code", code.to_owned())], issuer)
    }

    /// An error for the client.
    pub fn error(self, error: OAuthError, issuer: &str) -> AuthorizationResponse {
        let parameters = vec![
            ("error", error.code().as_str().to_owned()),
            ("error_description", error.description().to_owned()),
        ];
        self.answer(parameters, issuer)
    }

    fn answer(self, mut parameters: Vec<(&'static str, String)>, issuer: &str) -> AuthorizationResponse {
        if let Some(state) = &self.state {
            parameters.push(("state", state.clone()));
        }
        parameters.push(("iss", issuer.to_owned()));
        AuthorizationResponse { target: self, parameters }
    }
}

impl AuthorizationResponse {
    /// How it travels.
    pub const fn mode(&self) -> ResponseMode {
        self.target.mode
    }

    /// Where it goes, without the response's parameters.
    pub fn redirect_uri(&self) -> &str {
        &self.target.redirect_uri
    }

    /// What it carries, for a form.
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.parameters
    }

    /// The address to redirect to (query and fragment modes). A registered query is kept. The fragment is always set,
    /// so that a browser does not carry one over from the address before (RFC 9110 §10.2.2).
    pub fn location(&self) -> String {
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.parameters.iter().map(|(name, value)| (*name, value.as_str())))
            .finish();
        let uri = &self.target.redirect_uri;
        match self.target.mode {
            ResponseMode::Fragment => format!("{uri}#{encoded}"),
            ResponseMode::Query | ResponseMode::FormPost => {
                let glue = match uri.split_once('?') {
                    None => "?",
                    Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
                    Some(_) => "&",
                };
                format!("{uri}{glue}{encoded}#")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(uri: &str, mode: ResponseMode) -> String {
        ResponseTarget::new(uri.into(), mode, Some("a b&c".into())).code("x", "https://id.test").location()
    }

    #[test]
    fn a_registered_query_is_kept_and_the_issuer_is_named() {
        let tail = "code=x&state=a+b%26c&iss=https%3A%2F%2Fid.test";
        assert_eq!(location("https://a.test/cb", ResponseMode::Query), format!("https://a.test/cb?{tail}#"));
        assert_eq!(
            location("https://a.test/cb?p=1", ResponseMode::Query),
            format!("https://a.test/cb?p=1&{tail}#")
        );
        assert_eq!(location("https://a.test/cb?", ResponseMode::Query), format!("https://a.test/cb?{tail}#"));
        assert_eq!(
            location("https://a.test/cb", ResponseMode::Fragment),
            format!("https://a.test/cb#{tail}")
        );
    }

    #[test]
    fn errors_carry_state_and_issuer() {
        let target =
            ResponseTarget::new("https://a.test/cb".into(), ResponseMode::FormPost, Some("s".into()));
        let response = target.error(OAuthError::Denied, "https://id.test");
        let names: Vec<_> = response.parameters().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["error", "error_description", "state", "iss"]);
    }
}
