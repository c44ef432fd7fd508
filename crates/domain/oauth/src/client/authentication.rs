//! How a client proves who it is: one decision over what was presented, and the only way to [`AuthenticatedClient`].
//! Signatures are verified by the caller; a one-time `jti` is remembered by storage.

use std::num::ParseIntError;

use chrono::DateTime;
use serde_json::{Map, Value};
use vestibule_kernel::{ClientId, Digest, Secret, Timestamp};

use crate::{
    client::{Client, ClientAuthMethod},
    error::OAuthError,
};

/// The `client_assertion_type` of [RFC 7523 §2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Algorithms of client assertions, also what metadata advertises.
pub const ASSERTION_ALGORITHMS: [&str; 4] = ["ES256", "PS256", "RS256", "EdDSA"];
/// The purpose under which the `jti` of assertions are remembered.
pub const ASSERTION_JTI: &str = "client_assertion";

/// Longest life of an assertion.
const MAX_ASSERTION_SECONDS: i64 = 600;
/// Clocks may differ by so much.
const SKEW_SECONDS: i64 = 10;

/// What a request carries to authenticate its client, as it came.
#[derive(Clone, Default)]
pub struct PresentedCredentials {
    /// Id and secret of the `Authorization: Basic` header, form-decoded; `Some(None)`: a header that cannot be read.
    pub basic: Option<Option<(String, Secret)>>,
    /// The parameter `client_id`.
    pub client_id: Option<String>,
    /// The parameter `client_secret`.
    pub client_secret: Option<Secret>,
    /// The parameter `client_assertion_type`.
    pub assertion_type: Option<String>,
    /// The parameter `client_assertion`.
    pub assertion: Option<String>,
}

/// One method of authentication, read from the request.
#[derive(Clone)]
pub enum Credentials {
    /// The client named itself only.
    None {
        /// Who it says it is.
        client: ClientId,
    },
    /// A secret in the header or in the body.
    Secret {
        /// Who it says it is.
        client: ClientId,
        /// [`ClientAuthMethod::ClientSecretBasic`] or [`ClientAuthMethod::ClientSecretPost`].
        method: ClientAuthMethod,
        /// The secret.
        secret: Secret,
    },
    /// A signed assertion.
    Assertion {
        /// Who it says it is, by `client_id`; without it the assertion's `sub` says so.
        client: Option<ClientId>,
        /// The compact JWS.
        jwt: String,
    },
}

impl PresentedCredentials {
    /// Whether the `Authorization` header was used: the refusal then carries `WWW-Authenticate` (RFC 6749 §5.2).
    pub const fn used_header(&self) -> bool {
        self.basic.is_some()
    }

    /// Reads the one method that was used.
    ///
    /// # Errors
    /// `invalid_client` for none, several or malformed credentials.
    pub fn read(self) -> Result<Credentials, OAuthError> {
        let named = match &self.client_id {
            Some(text) => Some(parse_id(text)?),
            None => None,
        };
        let methods = [self.basic.is_some(), self.client_secret.is_some(), self.assertion.is_some()];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(OAuthError::CredentialsCombined);
        }
        if let Some(basic) = self.basic {
            let (id, secret) = basic.ok_or(OAuthError::CredentialsMalformed)?;
            let client = parse_id(&id)?;
            if named.is_some_and(|named| named != client) {
                return Err(OAuthError::CredentialsCombined);
            }
            return Ok(Credentials::Secret { client, method: ClientAuthMethod::ClientSecretBasic, secret });
        }
        if let Some(secret) = self.client_secret {
            let client = named.ok_or(OAuthError::CredentialsMissing)?;
            return Ok(Credentials::Secret { client, method: ClientAuthMethod::ClientSecretPost, secret });
        }
        if let Some(jwt) = self.assertion {
            return match self.assertion_type.as_deref() {
                Some(ASSERTION_TYPE) => Ok(Credentials::Assertion { client: named, jwt }),
                Some(_) | None => Err(OAuthError::AssertionType),
            };
        }
        Ok(Credentials::None { client: named.ok_or(OAuthError::CredentialsMissing)? })
    }
}

fn parse_id(text: &str) -> Result<ClientId, OAuthError> {
    ClientId::parse(text).map_err(|_ignored: vestibule_kernel::ids::IdError| OAuthError::CredentialsWrong)
}

/// A client that proved who it is and is served. Every back-channel use case takes one, so none can forget.
#[derive(Clone, Copy)]
pub struct AuthenticatedClient<'a> {
    client: &'a Client,
    method: ClientAuthMethod,
}

impl<'a> AuthenticatedClient<'a> {
    /// The client.
    pub const fn client(&self) -> &'a Client {
        self.client
    }

    /// How it authenticated.
    pub const fn method(&self) -> ClientAuthMethod {
        self.method
    }

    /// Whether it proved anything: a public client only names itself.
    pub fn is_confidential(&self) -> bool {
        self.method != ClientAuthMethod::None
    }
}

/// Accepts a client that uses no secret, or a secret; compared by digest in constant time.
///
/// # Errors
/// `invalid_client`: unknown, disabled, registered for another method, or a wrong or expired secret.
pub fn authenticate<'a>(
    client: Option<&'a Client>,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<AuthenticatedClient<'a>, OAuthError> {
    match credentials {
        Credentials::None { .. } => accept(client, ClientAuthMethod::None),
        Credentials::Secret { method, secret, .. } => {
            let digest = secret.digest();
            let mut right = false;
            for known in client.map_or(&[][..], |client| client.secrets.as_slice()) {
                let live = known.expires_at.is_none_or(|end| now < end);
                right |= known.digest.matches(&digest) & live;
            }
            let accepted = accept(client, *method)?;
            if right { Ok(accepted) } else { Err(OAuthError::CredentialsWrong) }
        }
        Credentials::Assertion { .. } => Err(OAuthError::AssertionInvalid),
    }
}

fn accept(client: Option<&Client>, method: ClientAuthMethod) -> Result<AuthenticatedClient<'_>, OAuthError> {
    let client = client.ok_or(OAuthError::CredentialsWrong)?;
    if !client.is_enabled() {
        return Err(OAuthError::CredentialsWrong);
    }
    if client.metadata.token_endpoint_auth_method != method {
        return Err(match method {
            ClientAuthMethod::None => OAuthError::CredentialsMissing,
            _ => OAuthError::CredentialsMethod,
        });
    }
    Ok(AuthenticatedClient { client, method })
}

/// A checked assertion that must still be claimed: its `jti` may be used once.
#[derive(Clone)]
pub struct AssertionUse {
    /// What to remember under [`ASSERTION_JTI`]: client and `jti`.
    pub value: Digest,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The client an assertion says it is of, before anything is verified: only to look its keys up.
pub fn claimed_client(jwt: &str) -> Option<ClientId> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    ClientId::parse(claims.get("sub")?.as_str()?).ok()
}

/// Accepts a client whose assertion was verified with its own keys: `iss` = `sub` = `client_id`, our issuer or endpoint
/// as audience, an `exp` at most ten minutes ahead, a `jti`
/// ([OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).
///
/// # Errors
/// `invalid_client`.
pub fn authenticate_by_assertion<'a>(
    client: &'a Client,
    claims: &Map<String, Value>,
    audiences: &[String],
    now: Timestamp,
) -> Result<(AuthenticatedClient<'a>, AssertionUse), OAuthError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client.id.as_str()) || text("sub") != Some(client.id.as_str()) {
        return Err(OAuthError::AssertionInvalid);
    }
    let meant = |value: &str| audiences.iter().any(|ours| ours == value);
    let audience = match claims.get("aud") {
        Some(Value::String(only)) => meant(only),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).any(meant),
        _ => false,
    };
    if !audience {
        return Err(OAuthError::AssertionAudience);
    }
    let expires_at = check_times(claims, now)?;
    let jti = text("jti").filter(|jti| jti.len() <= 1_000).ok_or(OAuthError::AssertionInvalid)?;
    let value = Digest::of(format!("{}\n{jti}", client.id).as_bytes());
    Ok((accept(Some(client), ClientAuthMethod::PrivateKeyJwt)?, AssertionUse { value, expires_at }))
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, OAuthError> {
    let seconds = |name: &str| -> Result<Option<i64>, OAuthError> {
        match claims.get(name) {
            None => Ok(None),
            // NumericDate may have a fraction (RFC 7519 §2).
            Some(value) => match (value.as_i64(), value.as_f64()) {
                (Some(whole), _) => Ok(Some(whole)),
                (None, Some(real)) => format!("{real:.0}")
                    .parse()
                    .map(Some)
                    .map_err(|_ignored: ParseIntError| OAuthError::AssertionTime),
                _ => Err(OAuthError::AssertionTime),
            },
        }
    };
    let at = now.timestamp();
    let expires = seconds("exp")?.ok_or(OAuthError::AssertionTime)?;
    let too_early = |time: Option<i64>| time.is_some_and(|time| time > at + SKEW_SECONDS);
    if expires <= at || expires > at + MAX_ASSERTION_SECONDS + SKEW_SECONDS {
        return Err(OAuthError::AssertionTime);
    }
    if too_early(seconds("iat")?) || too_early(seconds("nbf")?) {
        return Err(OAuthError::AssertionTime);
    }
    DateTime::from_timestamp(expires, 0).ok_or(OAuthError::AssertionTime)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vestibule_kernel::{Version, secret::Digest};

    use super::*;
    use crate::client::{ClientMetadata, ClientSecret, ClientStatus, Verification};

    const SECRET: &str = "vcs_secret";

    fn client(method: ClientAuthMethod, status: ClientStatus) -> Client {
        let now = DateTime::UNIX_EPOCH;
        Client {
            id: ClientId::parse("shop").unwrap(),
            status,
            verification: Verification::Verified,
            metadata: ClientMetadata { token_endpoint_auth_method: method, ..ClientMetadata::default() },
            secrets: vec![ClientSecret {
                digest: Digest::of(SECRET.as_bytes()),
                created_at: now,
                expires_at: Some(now + chrono::Duration::seconds(100)),
            }],
            registration_token: None,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        }
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn attempt(client: &Client, presented: PresentedCredentials) -> Result<ClientAuthMethod, OAuthError> {
        let credentials = presented.read()?;
        authenticate(Some(client), &credentials, DateTime::UNIX_EPOCH).map(|proven| proven.method())
    }

    fn basic(id: &str, text: &str) -> PresentedCredentials {
        PresentedCredentials { basic: Some(Some((id.into(), secret(text)))), ..Default::default() }
    }

    fn post(text: &str) -> PresentedCredentials {
        PresentedCredentials {
            client_id: Some("shop".into()),
            client_secret: Some(secret(text)),
            ..Default::default()
        }
    }

    #[test]
    fn a_client_uses_the_method_it_is_registered_for_and_no_other() {
        use ClientAuthMethod as M;
        let methods = [M::None, M::ClientSecretBasic, M::ClientSecretPost, M::PrivateKeyJwt];
        for registered in methods {
            let client = client(registered, ClientStatus::Enabled);
            let named = PresentedCredentials { client_id: Some("shop".into()), ..Default::default() };
            assert_eq!(attempt(&client, named).is_ok(), registered == M::None);
            assert_eq!(attempt(&client, basic("shop", SECRET)).is_ok(), registered == M::ClientSecretBasic);
            assert_eq!(attempt(&client, post(SECRET)).is_ok(), registered == M::ClientSecretPost);
        }
    }

    #[test]
    fn two_methods_at_once_wrong_secrets_and_disabled_clients_are_refused() {
        use ClientAuthMethod::ClientSecretBasic;
        let enabled = client(ClientSecretBasic, ClientStatus::Enabled);
        let both = PresentedCredentials { client_secret: Some(secret(SECRET)), ..basic("shop", SECRET) };
        assert_eq!(attempt(&enabled, both), Err(OAuthError::CredentialsCombined));
        let other = PresentedCredentials { client_id: Some("other".into()), ..basic("shop", SECRET) };
        assert_eq!(attempt(&enabled, other), Err(OAuthError::CredentialsCombined));
        assert_eq!(attempt(&enabled, basic("shop", "wrong")), Err(OAuthError::CredentialsWrong));
        assert_eq!(attempt(&enabled, PresentedCredentials::default()), Err(OAuthError::CredentialsMissing));
        let disabled = client(ClientSecretBasic, ClientStatus::Disabled);
        assert_eq!(attempt(&disabled, basic("shop", SECRET)), Err(OAuthError::CredentialsWrong));
        let late = DateTime::UNIX_EPOCH + chrono::Duration::seconds(100);
        let credentials = basic("shop", SECRET).read().unwrap();
        assert_eq!(
            authenticate(Some(&enabled), &credentials, late).err(),
            Some(OAuthError::CredentialsWrong)
        );
        assert_eq!(authenticate(None, &credentials, late).err(), Some(OAuthError::CredentialsWrong));
    }

    #[test]
    fn an_assertion_is_of_its_client_for_us_and_short_lived() {
        let client = client(ClientAuthMethod::PrivateKeyJwt, ClientStatus::Enabled);
        let now = DateTime::UNIX_EPOCH + chrono::Duration::seconds(1_000);
        let ours = ["https://id.test".to_owned()];
        let check = |change: Value| {
            let mut claims =
                json!({"iss": "shop", "sub": "shop", "aud": "https://id.test", "exp": 1_060, "jti": "1"});
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            let claims = claims.as_object().unwrap().clone();
            authenticate_by_assertion(&client, &claims, &ours, now)
                .map(|(_, used)| used.expires_at.timestamp())
        };
        assert_eq!(check(json!({})), Ok(1_060));
        assert!(check(json!({"aud": ["x", "https://id.test"], "exp": 1_060.5, "iat": 1_009})).is_ok());
        for (change, error) in [
            (json!({"iss": "other"}), OAuthError::AssertionInvalid),
            (json!({"sub": "other"}), OAuthError::AssertionInvalid),
            (json!({"jti": null}), OAuthError::AssertionInvalid),
            (json!({"aud": "https://other.test"}), OAuthError::AssertionAudience),
            (json!({"aud": null}), OAuthError::AssertionAudience),
            (json!({"exp": null}), OAuthError::AssertionTime),
            (json!({"exp": 1_000}), OAuthError::AssertionTime),
            (json!({"exp": 2_000}), OAuthError::AssertionTime),
            (json!({"exp": "1060"}), OAuthError::AssertionTime),
            (json!({"nbf": 1_100}), OAuthError::AssertionTime),
            (json!({"iat": 1_100}), OAuthError::AssertionTime),
        ] {
            assert_eq!(check(change.clone()), Err(error), "{change}");
        }
    }
}
