//! Apple. The client secret is a JWT that we sign with the key Apple gave out (`.p8`, kept as the connection's
//! secret). The answer comes as a form when a name is asked for, and the name comes the first time only, beside the
//! signed token: it is a suggestion of the browser, good for a profile, never for an identity.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use vestibule_federation::{
    ConnectionError, ConnectionSettings, Connector, ConnectorError, ExchangeDetails, Preset, Protocol,
    TokenAuth,
};

use crate::{
    oidc::{OidcConnector, Quirks},
    upstream::Upstream,
};

const ISSUER: &str = "https://appleid.apple.com";
/// Apple allows six months; a secret that is made for each request needs minutes.
const SECRET_SECONDS: i64 = 300;
/// Longest `user` document that is read.
const MAX_USER_BYTES: usize = 2_048;

struct Apple;

impl Quirks for Apple {
    fn issuer(&self, _settings: &ConnectionSettings) -> Option<String> {
        Some(ISSUER.to_owned())
    }

    fn check(&self, settings: &ConnectionSettings) -> Result<(), ConnectionError> {
        if settings.token_auth == TokenAuth::ClientSecretPost {
            Ok(())
        } else {
            Err(ConnectionError { field: "token_auth", reason: "Apple takes client_secret_post only" })
        }
    }

    fn secret(
        &self,
        upstream: &Upstream,
        settings: &ConnectionSettings,
        details: ExchangeDetails<'_>,
    ) -> Result<Option<String>, ConnectorError> {
        let parameter =
            |name: &'static str| settings.parameters.get(name).ok_or(ConnectorError::Incomplete(name));
        let (team, key) = (parameter("team_id")?, parameter("key_id")?);
        let pem = details.secret.ok_or(ConnectorError::Incomplete("the private key"))?;
        let now = details.now.timestamp();
        let audience = settings.endpoints.issuer.as_deref().unwrap_or(ISSUER);
        let claims = json!({
            "iss": team, "sub": settings.client_id, "aud": audience, "iat": now, "exp": now + SECRET_SECONDS,
        });
        let signed = upstream.assertions.sign_es256(pem, key, claims.to_string().as_bytes());
        signed.map(Some).ok_or(ConnectorError::Incomplete("the private key is no P-256 key in PEM"))
    }

    fn add(&self, details: ExchangeDetails<'_>, claims: &mut Map<String, Value>) {
        let user = details.answer.user.as_deref().filter(|text| text.len() <= MAX_USER_BYTES);
        let Some(user) = user.and_then(|text| serde_json::from_str::<Value>(text).ok()) else { return };
        let part =
            |name: &str| user.pointer(&format!("/name/{name}")).and_then(Value::as_str).unwrap_or_default();
        let (given, family) = (part("firstName"), part("lastName"));
        let whole = [given, family].join(" ");
        for (name, value) in [("given_name", given), ("family_name", family), ("name", whole.trim())] {
            if !value.is_empty() {
                claims.entry(name).or_insert_with(|| value.into());
            }
        }
    }
}

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "apple",
        name: "Apple",
        protocol: Protocol::OpenIdConnect,
        scopes: &["openid", "name", "email"],
        claims: &[
            ("email", "email"),
            ("email_verified", "email_verified"),
            ("name", "name"),
            ("given_name", "given_name"),
            ("family_name", "family_name"),
        ],
        parameters: &["team_id", "key_id"],
        form_post: true,
        pkce: true,
    };
    Box::new(OidcConnector::new(preset, Apple, upstream))
}
