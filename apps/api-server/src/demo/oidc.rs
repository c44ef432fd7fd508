//! The demo application's side of OpenID Connect: an ordinary relying party that knows the issuer's address and its own
//! registration, and calls public endpoints only. Checks what a relying party must check.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use url::Url;
use vestibule_kernel::{Digest, Sealed, Secret, Timestamp};
use vestibule_oauth::{GeneratedKey, PublicKey, SigningKey, TokenSigner};

use super::transport::{Answer, Transport};

/// Seconds by which the clocks of issuer and client may differ.
const SKEW_SECONDS: i64 = 60;

/// Why the demo could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RelyingPartyError {
    /// The issuer could not be called.
    #[error("{endpoint} could not be reached: {cause}")]
    Unreachable { endpoint: &'static str, cause: String },
    /// The issuer refused, in its own words.
    #[error("{endpoint} answered {status}: {error} {description}")]
    Refused { endpoint: &'static str, status: u16, error: String, description: String },
    /// An answer breaks a rule of the protocol.
    #[error("{0}")]
    Broken(&'static str),
}

/// The part of [provider metadata](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata) used.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: String,
    pub(crate) userinfo_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) end_session_endpoint: Url,
    pub(crate) introspection_endpoint: String,
}

/// How one application is registered.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) client_id: &'static str,
    /// None: a public client.
    pub(crate) secret: Option<Secret>,
    pub(crate) scope: &'static str,
}

/// What one sign-in must remember until the browser comes back.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// A [token response](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse).
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) id_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) expires_in: Option<u64>,
    pub(crate) scope: Option<String>,
}

impl Provider {
    /// Reads the metadata and checks that it is the issuer's own (Discovery §4.3).
    pub(crate) async fn discover(transport: &Transport, issuer: &str) -> Result<Self, RelyingPartyError> {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let provider: Self = json(transport.get(&url, None).await, "the discovery document")?;
        if provider.issuer == issuer {
            Ok(provider)
        } else {
            Err(RelyingPartyError::Broken("the discovery document names another issuer"))
        }
    }

    /// Where the browser is sent: code flow with PKCE, state and nonce.
    pub(crate) fn authorize_url(
        &self,
        client: &Registration,
        redirect_uri: &str,
        pending: &Pending,
        extra: &[(&str, &str)],
    ) -> Url {
        let challenge = URL_SAFE_NO_PAD.encode(Digest::of(pending.verifier.as_bytes()).as_bytes());
        let mut url = self.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", client.scope)
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(extra);
        url
    }

    /// Trades a code for tokens.
    pub(crate) async fn exchange(
        &self,
        transport: &Transport,
        client: &Registration,
        redirect_uri: &str,
        code: &str,
        pending: &Pending,
    ) -> Result<Tokens, RelyingPartyError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &pending.verifier),
        ];
        self.token(transport, client, &form).await
    }

    /// Trades a refresh token for new tokens.
    pub(crate) async fn refresh(
        &self,
        transport: &Transport,
        client: &Registration,
        refresh_token: &str,
    ) -> Result<Tokens, RelyingPartyError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.token(transport, client, &form).await
    }

    /// A token for the client itself.
    pub(crate) async fn client_credentials(
        &self,
        transport: &Transport,
        client: &Registration,
    ) -> Result<Tokens, RelyingPartyError> {
        let form = [("grant_type", "client_credentials"), ("scope", client.scope)];
        self.token(transport, client, &form).await
    }

    async fn token(
        &self,
        transport: &Transport,
        client: &Registration,
        form: &[(&str, &str)],
    ) -> Result<Tokens, RelyingPartyError> {
        json(transport.post(&self.token_endpoint, client, form).await, "the token endpoint")
    }

    /// What the issuer says about a token (RFC 7662).
    pub(crate) async fn introspect(
        &self,
        transport: &Transport,
        client: &Registration,
        token: &str,
    ) -> Result<Value, RelyingPartyError> {
        let answer = transport.post(&self.introspection_endpoint, client, &[("token", token)]).await;
        json(answer, "the introspection endpoint")
    }

    /// The claims the access token opens.
    pub(crate) async fn userinfo(
        &self,
        transport: &Transport,
        access_token: &str,
    ) -> Result<Map<String, Value>, RelyingPartyError> {
        json(transport.get(&self.userinfo_endpoint, Some(access_token)).await, "the userinfo endpoint")
    }

    /// Verifies a token of this issuer against its published keys: signature, exact `typ`, issuer, audience, times.
    pub(crate) async fn verified(
        &self,
        transport: &Transport,
        signer: &dyn TokenSigner,
        expected: Expected<'_>,
        token: &str,
    ) -> Result<Map<String, Value>, RelyingPartyError> {
        let jwks: Value = json(transport.get(&self.jwks_uri, None).await, "the key set")?;
        let keys = published_keys(&jwks, expected.now);
        let claims =
            signer.verify(&keys, expected.typ, token).map_err(|_cause: vestibule_oauth::TokenError| {
                RelyingPartyError::Broken("the token's signature is not good")
            })?;
        check(&claims, &self.issuer, expected)?;
        Ok(claims)
    }
}

/// What a token must be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// `typ` of the header.
    pub(crate) typ: &'static str,
    /// The client it is for.
    pub(crate) client_id: &'a str,
    /// The nonce sent, where there is one.
    pub(crate) nonce: Option<&'a str>,
    /// Now.
    pub(crate) now: Timestamp,
}

fn check(claims: &Map<String, Value>, issuer: &str, expected: Expected<'_>) -> Result<(), RelyingPartyError> {
    let broken = |why| Err(RelyingPartyError::Broken(why));
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return broken("the token is from another issuer");
    }
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => one == expected.client_id,
        Some(Value::Array(many)) => many.iter().any(|one| one == expected.client_id),
        _ => false,
    };
    if !audience {
        return broken("the token is for another client");
    }
    let now = expected.now.timestamp();
    if claims.get("exp").and_then(Value::as_i64).is_none_or(|exp| exp + SKEW_SECONDS <= now) {
        return broken("the token has expired");
    }
    if claims.get("iat").and_then(Value::as_i64).is_none_or(|iat| iat - SKEW_SECONDS > now) {
        return broken("the token is from the future");
    }
    if expected.nonce.is_some_and(|nonce| text("nonce") != Some(nonce)) {
        return broken("the token answers another request");
    }
    Ok(())
}

/// The issuer's keys in the form the verifier takes; the algorithm is the key's, never the token's.
fn published_keys(jwks: &Value, now: Timestamp) -> Vec<SigningKey> {
    let keys = jwks.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let usable = keys.iter().filter_map(Value::as_object).filter_map(|jwk| {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
        let public = PublicKey { kid: text("kid")?, alg: text("alg")?, jwk: jwk.clone() };
        let private = Sealed::from_bytes(Vec::new());
        Some(SigningKey::create(GeneratedKey { public, private }, now, now).value)
    });
    usable.collect()
}

fn json<T: serde::de::DeserializeOwned>(
    answer: Result<Answer, String>,
    endpoint: &'static str,
) -> Result<T, RelyingPartyError> {
    let answer = answer.map_err(|cause| RelyingPartyError::Unreachable { endpoint, cause })?;
    if answer.status != 200 {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        return Err(RelyingPartyError::Refused {
            endpoint,
            status: answer.status,
            error: text("error"),
            description: text("error_description"),
        });
    }
    serde_json::from_slice(&answer.body)
        .map_err(|_cause: serde_json::Error| RelyingPartyError::Broken("an answer is not the JSON expected"))
}

/// Header and payload of a compact JWT, for showing; nothing is verified here.
pub(crate) fn decoded(token: &str) -> Option<(Value, Value)> {
    let mut parts = token.split('.');
    let mut part = || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok();
    Some((part()?, part()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(change: impl Fn(&mut Value)) -> Result<(), RelyingPartyError> {
        let mut claims =
            json!({"iss": "https://id.test", "aud": ["shop"], "exp": 1_000, "iat": 900, "nonce": "n"});
        change(&mut claims);
        let now = chrono::DateTime::from_timestamp(950, 0).unwrap();
        let expected = Expected { typ: "JWT", client_id: "shop", nonce: Some("n"), now };
        check(claims.as_object().unwrap(), "https://id.test", expected)
    }

    #[test]
    fn an_id_token_must_be_from_the_issuer_for_the_client_in_time_and_answer_the_request() {
        verdict(|_| {}).unwrap();
        for (name, value) in [
            ("iss", json!("https://evil.test")),
            ("aud", json!("other")),
            ("exp", json!(800)),
            ("iat", json!(2_000)),
            ("nonce", json!("m")),
        ] {
            assert!(verdict(|claims| claims[name] = value.clone()).is_err(), "{name}");
            assert!(
                verdict(|claims| {
                    claims.as_object_mut().unwrap().remove(name);
                })
                .is_err(),
                "no {name}"
            );
        }
    }
}
