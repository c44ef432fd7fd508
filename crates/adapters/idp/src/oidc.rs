//! An OpenID Connect relying party. Every check of Core §3.1.3.7 is made, in one place, for every provider; a provider
//! can only add.

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha512};
use vestibule_federation::{
    ActiveConnection, AuthorizationDetails, Connection, ConnectionError, ConnectionSettings, Connector,
    ConnectorError, ExchangeDetails, Preset, Subject, UpstreamIdentity,
};
use vestibule_kernel::Timestamp;

use crate::{
    discovery::Metadata,
    token,
    upstream::{Upstream, of_fetch},
    url::authorization,
};

/// Algorithms of ID tokens: asymmetric ones alone, `none` cannot be said.
const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];
/// Clocks may differ by so many seconds.
const SKEW_SECONDS: i64 = 60;
/// An ID token is used at once; one made longer ago than this is not the answer to our request.
const MAX_AGE_SECONDS: i64 = 900;

/// What a provider does its own way.
pub(crate) trait Quirks: Send + Sync {
    /// The issuer to discover; `None`: the connection must name it.
    fn issuer(&self, settings: &ConnectionSettings) -> Option<String>;

    /// Whether metadata with this issuer is that of the issuer asked for.
    fn accepts_metadata(&self, asked: &str, found: &str) -> bool {
        asked == found
    }

    /// Whether a token with this `iss` is of the issuer of the metadata.
    fn accepts_issuer(&self, metadata: &str, iss: &str, _claims: Option<&Map<String, Value>>) -> bool {
        metadata == iss
    }

    /// What this provider needs of a connection beyond its parameters.
    fn check(&self, _settings: &ConnectionSettings) -> Result<(), ConnectionError> {
        Ok(())
    }

    /// The secret that is sent.
    fn secret(
        &self,
        _upstream: &Upstream,
        _settings: &ConnectionSettings,
        details: ExchangeDetails<'_>,
    ) -> Result<Option<String>, ConnectorError> {
        Ok(details.secret.map(|secret| secret.expose().to_owned()))
    }

    /// Claims that came another way.
    fn add(&self, _details: ExchangeDetails<'_>, _claims: &mut Map<String, Value>) {}
}

/// A relying party of one provider.
pub(crate) struct OidcConnector<Q> {
    preset: Preset,
    quirks: Q,
    upstream: Arc<Upstream>,
}

impl<Q: Quirks> OidcConnector<Q> {
    pub(crate) const fn new(preset: Preset, quirks: Q, upstream: Arc<Upstream>) -> Self {
        Self { preset, quirks, upstream }
    }

    fn issuer(&self, settings: &ConnectionSettings) -> Option<String> {
        settings.endpoints.issuer.clone().or_else(|| self.quirks.issuer(settings))
    }

    async fn metadata(&self, connection: &Connection) -> Result<Metadata, ConnectorError> {
        let issuer = self.issuer(&connection.settings).ok_or(ConnectorError::Incomplete("the issuer"))?;
        let accepts = |found: &str| self.quirks.accepts_metadata(&issuer, found);
        Metadata::of(&self.upstream, connection, &issuer, accepts).await
    }

    /// The claims of a signed token; keys are fetched anew once when none fits.
    async fn verified(
        &self,
        metadata: &Metadata,
        id_token: &str,
    ) -> Result<Map<String, Value>, ConnectorError> {
        let verify = |keys: &Value| self.upstream.verifier.verify_foreign(keys, &ALGORITHMS, id_token);
        let keys = self.upstream.jwks.jwks(&metadata.jwks_uri, false).await.map_err(of_fetch)?;
        if let Ok(claims) = verify(&keys) {
            return Ok(claims);
        }
        let keys = self.upstream.jwks.jwks(&metadata.jwks_uri, true).await.map_err(of_fetch)?;
        verify(&keys).map_err(|_cause: vestibule_oauth::TokenError| {
            ConnectorError::Invalid("the ID token is not signed by the provider")
        })
    }

    fn judge(
        &self,
        metadata: &Metadata,
        client_id: &str,
        details: ExchangeDetails<'_>,
        claims: &Map<String, Value>,
    ) -> Result<Subject, ConnectorError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let iss = text("iss").unwrap_or_default();
        if !self.quirks.accepts_issuer(&metadata.issuer, iss, Some(claims)) {
            return Err(ConnectorError::Mismatch("the ID token is of another issuer"));
        }
        audience(claims, client_id)?;
        if text("nonce") != Some(details.nonce) {
            return Err(ConnectorError::Mismatch("the ID token is not for this sign-in"));
        }
        times(claims, details.now)?;
        text("sub")
            .and_then(Subject::parse)
            .ok_or(ConnectorError::Invalid("the subject is empty or malformed"))
    }

    /// Adds what the userinfo endpoint says, if the ID token is short of it. An address and its verification come from
    /// one place, never half from each.
    async fn add_userinfo(
        &self,
        metadata: &Metadata,
        token: Option<&str>,
        claims: &mut Map<String, Value>,
    ) -> Result<(), ConnectorError> {
        let (Some(endpoint), Some(token)) = (&metadata.userinfo_endpoint, token) else { return Ok(()) };
        if claims.contains_key("email") && claims.contains_key("name") {
            return Ok(());
        }
        let more = self.upstream.get_object(endpoint, Some(token)).await?;
        // Core §5.3.2: without this check the answer could be about anybody.
        if more.get("sub") != claims.get("sub") {
            return Err(ConnectorError::Mismatch("userinfo is about somebody else"));
        }
        let has_email = claims.contains_key("email");
        for (name, value) in more {
            let of_email = name == "email" || name == "email_verified";
            if of_email && !has_email {
                claims.insert(name, value);
            } else if !of_email {
                claims.entry(name).or_insert(value);
            }
        }
        Ok(())
    }
}

/// `aud` and `azp` (Core §3.1.3.7 numbers 3 to 5): we are the audience, and of several we are the party meant.
fn audience(claims: &Map<String, Value>, client_id: &str) -> Result<(), ConnectorError> {
    let wrong = ConnectorError::Mismatch("the ID token is for another client");
    let several = match claims.get("aud") {
        Some(Value::String(one)) if one == client_id => false,
        Some(Value::Array(many)) if many.iter().any(|one| one == client_id) => many.len() > 1,
        _ => return Err(wrong),
    };
    match claims.get("azp") {
        Some(azp) if azp != client_id => Err(wrong),
        None if several => Err(wrong),
        Some(_) | None => Ok(()),
    }
}

/// A NumericDate (RFC 7519 §2) in whole seconds.
fn seconds(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    value.as_i64().or_else(|| format!("{:.0}", value.as_f64()?).parse().ok())
}

fn times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), ConnectorError> {
    let now = now.timestamp();
    let (Some(exp), Some(iat)) = (seconds(claims.get("exp")), seconds(claims.get("iat"))) else {
        return Err(ConnectorError::Invalid("the ID token has no times"));
    };
    if exp <= now - SKEW_SECONDS {
        return Err(ConnectorError::Invalid("the ID token has expired"));
    }
    let latest = now + SKEW_SECONDS;
    if iat > latest || seconds(claims.get("nbf")).is_some_and(|nbf| nbf > latest) {
        return Err(ConnectorError::Invalid("the ID token is of the future"));
    }
    if iat < now - MAX_AGE_SECONDS {
        return Err(ConnectorError::Invalid("the ID token is old"));
    }
    Ok(())
}

/// `at_hash` (Core §3.1.3.6), if it is there: the access token is the one that came with this ID token.
fn access_token_hash(claims: &Map<String, Value>, id_token: &str, token: &str) -> Result<(), ConnectorError> {
    let Some(expected) = claims.get("at_hash") else { return Ok(()) };
    let header = id_token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header: Option<Value> = header.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let alg = header.as_ref().and_then(|header| header.get("alg")).and_then(Value::as_str);
    let digest = if alg == Some("EdDSA") {
        Sha512::digest(token.as_bytes()).to_vec()
    } else {
        Sha256::digest(token.as_bytes()).to_vec()
    };
    let half = digest.get(..digest.len() / 2).unwrap_or_default();
    if expected.as_str() == Some(URL_SAFE_NO_PAD.encode(half).as_str()) {
        Ok(())
    } else {
        Err(ConnectorError::Mismatch("the access token is not the one of the ID token"))
    }
}

#[async_trait]
impl<Q: Quirks> Connector for OidcConnector<Q> {
    fn preset(&self) -> &Preset {
        &self.preset
    }

    fn check(&self, settings: &ConnectionSettings) -> Result<(), ConnectionError> {
        if self.issuer(settings).is_none() {
            return Err(ConnectionError {
                field: "endpoints/issuer",
                reason: "this provider needs an issuer",
            });
        }
        if !settings.scopes.is_empty() && !settings.scopes.iter().any(|scope| scope == "openid") {
            return Err(ConnectionError { field: "scopes", reason: "openid is needed for an ID token" });
        }
        if !self.preset.parameters.iter().all(|name| settings.parameters.contains_key(*name)) {
            return Err(ConnectionError {
                field: "parameters",
                reason: "this provider needs more parameters",
            });
        }
        self.quirks.check(settings)
    }

    async fn authorization_url(
        &self,
        connection: ActiveConnection<'_>,
        details: AuthorizationDetails<'_>,
    ) -> Result<String, ConnectorError> {
        let connection = connection.get();
        let metadata = self.metadata(connection).await?;
        authorization(&metadata.authorization_endpoint, &self.preset, &connection.settings, details, true)
    }

    async fn exchange(
        &self,
        connection: ActiveConnection<'_>,
        details: ExchangeDetails<'_>,
    ) -> Result<UpstreamIdentity, ConnectorError> {
        let connection = connection.get();
        let settings = &connection.settings;
        let metadata = self.metadata(connection).await?;
        let is_issuer = |iss: &str| self.quirks.accepts_issuer(&metadata.issuer, iss, None);
        let announced = metadata.authorization_response_iss_parameter_supported;
        let code = token::code(details.answer, is_issuer, announced)?;
        let secret = self.quirks.secret(&self.upstream, settings, details)?;
        let pair = (code, secret.as_deref());
        let endpoint = &metadata.token_endpoint;
        let answer = token::request(&self.upstream, endpoint, &self.preset, settings, details, pair).await?;
        let id_token = answer.get("id_token").and_then(Value::as_str);
        let id_token = id_token.ok_or(ConnectorError::Invalid("there is no ID token"))?;
        let mut claims = self.verified(&metadata, id_token).await?;
        let subject = self.judge(&metadata, &settings.client_id, details, &claims)?;
        let access_token = token::access_token(&answer);
        if let Some(access_token) = access_token {
            access_token_hash(&claims, id_token, access_token)?;
        }
        self.add_userinfo(&metadata, access_token, &mut claims).await?;
        self.quirks.add(details, &mut claims);
        Ok(UpstreamIdentity::of(subject, &claims, &self.preset.mapping(settings)))
    }
}
