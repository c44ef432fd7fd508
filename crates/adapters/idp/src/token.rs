//! The token request (RFC 6749 §4.1.3, RFC 7636 §4.5), the same for both protocols, and what precedes it: whether the
//! answer is ours at all.

use serde_json::{Map, Value};
use vestibule_egress::Authorization;
use vestibule_federation::{Answer, ConnectionSettings, ConnectorError, ExchangeDetails, Preset, TokenAuth};

use crate::upstream::Upstream;

/// The code of an answer, or why there is none. An `iss` that is there must be the expected one, and one that was
/// announced must be there ([RFC 9207 §2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
///
/// Stops: mix-up, where an answer of one provider is sent to another's address.
pub(crate) fn code(
    answer: &Answer,
    is_issuer: impl Fn(&str) -> bool,
    announced: bool,
) -> Result<&str, ConnectorError> {
    match answer.iss.as_deref() {
        Some(iss) if !is_issuer(iss) => return Err(ConnectorError::Mismatch("iss names another issuer")),
        None if announced => return Err(ConnectorError::Mismatch("iss is missing")),
        Some(_) | None => {}
    }
    match (&answer.code, answer.error.as_deref()) {
        (_, Some("access_denied" | "user_cancelled_authorize" | "user_cancelled_login")) => {
            Err(ConnectorError::Denied)
        }
        (_, Some("temporarily_unavailable" | "server_error")) => {
            Err(ConnectorError::Unavailable("it says so itself".to_owned()))
        }
        (_, Some(_)) => Err(ConnectorError::Invalid("it answered with an error")),
        (Some(code), None) if !code.is_empty() => Ok(code),
        (_, None) => Err(ConnectorError::Invalid("there is no code")),
    }
}

/// Trades the code.
pub(crate) async fn request(
    upstream: &Upstream,
    endpoint: &str,
    preset: &Preset,
    settings: &ConnectionSettings,
    details: ExchangeDetails<'_>,
    (code, secret): (&str, Option<&str>),
) -> Result<Map<String, Value>, ConnectorError> {
    let mut form =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", details.redirect_uri)];
    if preset.pkce && settings.pkce {
        form.push(("code_verifier", details.verifier));
    }
    let id = settings.client_id.as_str();
    let authorization = match (settings.token_auth, secret) {
        (TokenAuth::ClientSecretBasic, Some(secret)) => Authorization::Basic(id, secret),
        (TokenAuth::ClientSecretPost, Some(secret)) => {
            form.extend([("client_id", id), ("client_secret", secret)]);
            Authorization::None
        }
        (TokenAuth::None, _) => {
            form.push(("client_id", id));
            Authorization::None
        }
        (_, None) => return Err(ConnectorError::Incomplete("the client secret")),
    };
    upstream.post(endpoint, &form, authorization).await
}

/// The access token of a token answer.
pub(crate) fn access_token(answer: &Map<String, Value>) -> Option<&str> {
    let bearer = answer
        .get("token_type")
        .is_none_or(|kind| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")));
    answer.get("access_token").and_then(Value::as_str).filter(|token| {
        bearer && (1..=8_192).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic())
    })
}
