//! The address a browser is sent to.

use url::Url;
use vestibule_federation::{AuthorizationDetails, ConnectionSettings, ConnectorError, Preset};

/// Builds the authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
pub(crate) fn authorization(
    endpoint: &str,
    preset: &Preset,
    settings: &ConnectionSettings,
    details: AuthorizationDetails<'_>,
    with_nonce: bool,
) -> Result<String, ConnectorError> {
    let mut url = Url::parse(endpoint)
        .map_err(|_cause: url::ParseError| ConnectorError::Incomplete("the authorization endpoint"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(ConnectorError::Refused("the authorization endpoint is no web address"));
    }
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", details.redirect_uri)
            .append_pair("scope", &preset.scopes_of(settings))
            .append_pair("state", details.state);
        if with_nonce {
            query.append_pair("nonce", details.nonce);
        }
        if preset.pkce && settings.pkce {
            query
                .append_pair("code_challenge", details.challenge)
                .append_pair("code_challenge_method", "S256");
        }
        if preset.form_post {
            query.append_pair("response_mode", "form_post");
        }
        if let (Some(hint), true) = (details.login_hint, with_nonce) {
            query.append_pair("login_hint", hint);
        }
        if let (Some(language), true) = (details.ui_locales, with_nonce) {
            query.append_pair("ui_locales", language);
        }
        if details.fresh && with_nonce {
            query.append_pair("prompt", "login").append_pair("max_age", "0");
        }
    }
    Ok(url.into())
}
