//! The JSON of registration: what a client may say about itself, and what it is told. Fields this server does not know
//! are ignored (RFC 7591 §2); fields only an administrator may set do not exist here.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use vestibule_kernel::{ClientId, OpaqueToken};
use vestibule_oauth::{
    Client, ClientAuthMethod, ClientKind, ClientMetadata, GrantType, OAuthError, SubjectType,
    scope::{self, is_identity_scope},
};

use crate::{RealmSnapshot, oauth::ProtocolFailure};

/// What a client asks for. Types are checked by serde, values by the domain's rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of RFC 7591 §2 and OpenID Connect Registration §2")]
pub struct RegistrationRequest {
    pub client_id: Option<ClientId>,
    pub redirect_uris: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub grant_types: Option<Vec<String>>,
    pub application_type: Option<ClientKind>,
    pub contacts: Option<Vec<String>>,
    pub client_name: Option<String>,
    pub logo_uri: Option<String>,
    pub client_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    pub jwks: Option<Value>,
    pub jwks_uri: Option<String>,
    pub subject_type: Option<String>,
    pub id_token_signed_response_alg: Option<String>,
    pub token_endpoint_auth_method: Option<String>,
    pub scope: Option<String>,
    pub default_max_age: Option<u64>,
    pub require_auth_time: Option<bool>,
    pub default_acr_values: Option<Vec<String>>,
    pub initiate_login_uri: Option<String>,
    pub post_logout_redirect_uris: Option<Vec<String>>,
    pub backchannel_logout_uri: Option<String>,
    pub backchannel_logout_session_required: Option<bool>,
    pub require_pushed_authorization_requests: Option<bool>,
    pub software_statement: Option<String>,
}

/// A registered client and the secrets only this answer carries.
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Its secret, if one was just made.
    pub secret: Option<OpaqueToken>,
    /// Its registration access token, if one was just made.
    pub registration_token: Option<OpaqueToken>,
}

impl RegistrationRequest {
    /// Reads a request body.
    ///
    /// # Errors
    /// `invalid_client_metadata` naming the place.
    pub fn parse(body: &[u8]) -> Result<Self, ProtocolFailure> {
        let malformed = |error: serde_json::Error| ProtocolFailure::Metadata {
            error: OAuthError::MetadataMalformed,
            detail: error.to_string(),
        };
        // Through an object: serde would read a list as a struct, too.
        let members: Map<String, Value> = serde_json::from_slice(body).map_err(malformed)?;
        serde_json::from_value(Value::Object(members)).map_err(malformed)
    }

    /// The metadata the request asks for, on top of what only an administrator may set (`base`).
    ///
    /// # Errors
    /// A value this server does not support, or values that contradict each other.
    pub fn metadata(self, base: ClientMetadata) -> Result<ClientMetadata, ProtocolFailure> {
        if self.software_statement.is_some() {
            return Err(OAuthError::SoftwareStatementUnsupported.into());
        }
        if self.subject_type.as_deref().is_some_and(|kind| kind != "public") {
            return Err(refused("subject_type: only public is supported"));
        }
        let grant_types = grant_types(self.grant_types.as_deref(), self.response_types.as_deref())?;
        let method = match self.token_endpoint_auth_method.as_deref() {
            None => ClientAuthMethod::ClientSecretBasic,
            Some(name) => ClientAuthMethod::ALL
                .into_iter()
                .find(|method| method.as_str() == name)
                .ok_or_else(|| refused("token_endpoint_auth_method: not supported"))?,
        };
        Ok(ClientMetadata {
            client_name: self.client_name.unwrap_or_default(),
            application_type: self.application_type.unwrap_or_default(),
            redirect_uris: self.redirect_uris.unwrap_or_default(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.unwrap_or_default(),
            grant_types,
            token_endpoint_auth_method: method,
            jwks: self.jwks,
            jwks_uri: self.jwks_uri,
            scope: scopes(self.scope.as_deref(), &base),
            // OpenID Connect Registration §2: RS256 unless the client says otherwise.
            id_token_signed_response_alg: Some(
                self.id_token_signed_response_alg.unwrap_or_else(|| "RS256".to_owned()),
            ),
            subject_type: SubjectType::Public,
            logo_uri: self.logo_uri,
            client_uri: self.client_uri,
            policy_uri: self.policy_uri,
            tos_uri: self.tos_uri,
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required.unwrap_or(false),
            initiate_login_uri: self.initiate_login_uri,
            default_max_age: self.default_max_age,
            require_auth_time: self.require_auth_time.unwrap_or(false),
            default_acr_values: self.default_acr_values.unwrap_or_default(),
            require_pushed_authorization_requests: self
                .require_pushed_authorization_requests
                .unwrap_or(false),
            contacts: self.contacts.unwrap_or_default(),
            require_pkce: base.require_pkce || method == ClientAuthMethod::None,
            ..base
        })
    }
}

fn refused(detail: &str) -> ProtocolFailure {
    ProtocolFailure::Metadata { error: OAuthError::MetadataRefused, detail: detail.to_owned() }
}

fn grant_types(
    asked: Option<&[String]>,
    responses: Option<&[String]>,
) -> Result<BTreeSet<GrantType>, ProtocolFailure> {
    let grants = match asked {
        None => BTreeSet::from([GrantType::AuthorizationCode]),
        Some(names) => names
            .iter()
            .map(|name| GrantType::parse(name))
            .collect::<Option<_>>()
            .ok_or_else(|| refused("grant_types: a grant is not supported"))?,
    };
    let code = grants.contains(&GrantType::AuthorizationCode);
    match responses {
        Some(types) if types.iter().any(|name| name != "code") => {
            Err(refused("response_types: only code is supported"))
        }
        Some(types) if types.is_empty() == code => {
            Err(refused("response_types: code and authorization_code belong together"))
        }
        _ => Ok(grants),
    }
}

/// The scopes a client may give itself: those about a person, which people are asked for, and those it already has.
fn scopes(asked: Option<&str>, base: &ClientMetadata) -> String {
    let held: BTreeSet<&str> = base.scope.split(' ').filter(|scope| !scope.is_empty()).collect();
    match asked {
        None => base.scope.clone(),
        Some(text) => text
            .split(' ')
            .filter(|scope| !scope.is_empty() && (is_identity_scope(scope) || held.contains(scope)))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

impl Registered {
    /// The answer (RFC 7591 §3.2.1, RFC 7592 §3).
    pub fn to_json(&self, realm: &RealmSnapshot) -> Value {
        let metadata = &self.client.metadata;
        let code = metadata.grant_types.contains(&GrantType::AuthorizationCode);
        let mut answer: Map<String, Value> = match serde_json::to_value(metadata) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        // What only administrators set is not the client's business.
        for name in
            ["resources", "served_resources", "admin_scopes", "headless", "require_consent", "require_pkce"]
        {
            answer.remove(name);
        }
        answer.retain(|_, value| !value.is_null() && *value != json!([]) && *value != json!(""));
        let mut put = |name: &str, value: Value| {
            answer.insert(name.to_owned(), value);
        };
        put("client_id", json!(self.client.id));
        put("client_id_issued_at", self.client.created_at.timestamp().into());
        put("response_types", if code { json!(["code"]) } else { json!([]) });
        let management =
            format!("{}/{}", realm.issuer.url(vestibule_oauth::metadata::endpoint::REGISTER), self.client.id);
        put("registration_client_uri", management.into());
        if let Some(secret) = &self.secret {
            put("client_secret", secret.expose().into());
            put("client_secret_expires_at", 0.into());
        }
        if let Some(token) = &self.registration_token {
            put("registration_access_token", token.expose().into());
        }
        Value::Object(answer)
    }
}

/// What a self-registered client starts from: people are always asked, PKCE is demanded unless the realm trusts its
/// registrations.
pub(super) fn base(trusted: bool) -> ClientMetadata {
    let standard: Vec<String> = scope::STANDARD_SCOPES.iter().map(|(scope, _)| (*scope).to_owned()).collect();
    ClientMetadata {
        scope: standard.join(" "),
        require_consent: true,
        require_pkce: !trusted,
        ..ClientMetadata::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<ClientMetadata, ProtocolFailure> {
        RegistrationRequest::parse(body.as_bytes())?.metadata(base(false))
    }

    #[test]
    fn a_registration_gets_rs256_and_only_scopes_about_people() {
        let body = r#"{"redirect_uris":["https://a.test/cb"],"scope":"openid users:read","headless":true,"admin_scopes":["users:read"]}"#;
        let metadata = parse(body).unwrap();
        assert_eq!(metadata.id_token_signed_response_alg.as_deref(), Some("RS256"));
        assert_eq!(metadata.scope, "openid");
        assert!(metadata.admin_scopes.is_empty() && !metadata.headless && metadata.require_consent);
    }

    #[test]
    fn contradictions_and_what_is_not_supported_are_refused() {
        for body in [
            r#"{"response_types":["token"]}"#,
            r#"{"grant_types":["implicit"]}"#,
            r#"{"grant_types":["client_credentials"],"response_types":["code"]}"#,
            r#"{"grant_types":["authorization_code"],"response_types":[]}"#,
            r#"{"token_endpoint_auth_method":"client_secret_jwt"}"#,
            r#"{"subject_type":"pairwise"}"#,
            r#"{"software_statement":"x"}"#,
            r#"{"redirect_uris":"https://a.test"}"#,
            "[]",
            "{",
        ] {
            assert!(parse(body).is_err(), "{body}");
        }
        assert!(parse(r#"{"response_types":["code"],"unknown":{"a":1}}"#).is_ok());
    }
}
