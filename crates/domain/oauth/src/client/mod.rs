//! OAuth clients: what they are and how they prove who they are.

pub mod authentication;
pub mod metadata;
pub mod redirect_uri;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_kernel::{Changed, ClientId, Digest, EventRecord, Timestamp, Version};

use crate::events::OAuthEvent;

/// How a client authenticates ([OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthMethod {
    /// A public client.
    None,
    /// Secret in the `Authorization` header.
    ClientSecretBasic,
    /// Secret in the body.
    ClientSecretPost,
    /// A JWT signed with the client's private key.
    PrivateKeyJwt,
}

impl ClientAuthMethod {
    /// Every method, also what metadata advertises.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

/// A grant type of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

impl GrantType {
    /// Every grant, also what metadata advertises.
    pub const ALL: [Self; 3] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The grant with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }
}

/// How `sub` is made ([OpenID Connect Core §8](https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// The user id, the same for every client.
    #[default]
    Public,
}

/// Whether a client runs on a server of one party or on people's devices; decides the loopback rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// `application_type=web`.
    #[default]
    Web,
    /// `application_type=native`.
    Native,
}

/// Whether a client is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientStatus {
    /// Served.
    Enabled,
    /// Gets nothing from any grant; its tokens do not work.
    Disabled,
}

impl ClientStatus {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }

    /// The status with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|status| status.as_str() == text)
    }
}

/// Who vouches for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Created by an administrator.
    Verified,
    /// Registered itself; shown as unverified until an administrator says otherwise.
    Unverified,
}

/// Everything that may be set about a client; the names of RFC 7591 §2 where it has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientMetadata {
    /// The name people see.
    pub client_name: String,
    /// Kind of application.
    pub application_type: ClientKind,
    /// Exact addresses an authorization response may go to.
    pub redirect_uris: Vec<String>,
    /// Exact addresses a logout may return to.
    pub post_logout_redirect_uris: Vec<String>,
    /// Grants it may use.
    pub grant_types: BTreeSet<GrantType>,
    /// How it authenticates.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// Its public keys, by value.
    pub jwks: Option<Value>,
    /// Its public keys, by address; not together with `jwks`.
    pub jwks_uri: Option<String>,
    /// Scopes it may ask for.
    pub scope: String,
    /// Algorithm of its ID tokens; none: the realm's default (RS256 when it registered itself).
    pub id_token_signed_response_alg: Option<String>,
    /// Algorithm of its JWT access tokens; none: the realm's default.
    pub access_token_signed_response_alg: Option<String>,
    /// How `sub` is made.
    pub subject_type: SubjectType,
    /// Logo, https.
    pub logo_uri: Option<String>,
    /// Home page, https.
    pub client_uri: Option<String>,
    /// Privacy notice, https.
    pub policy_uri: Option<String>,
    /// Terms of service, https.
    pub tos_uri: Option<String>,
    /// Where logout tokens go.
    pub backchannel_logout_uri: Option<String>,
    /// Whether logout tokens must carry `sid`.
    pub backchannel_logout_session_required: bool,
    /// Where a third party may start a login.
    pub initiate_login_uri: Option<String>,
    /// Seconds after which people must sign in again, unless the request says otherwise.
    pub default_max_age: Option<u64>,
    /// Whether `auth_time` is always in ID tokens.
    pub require_auth_time: bool,
    /// Authentication contexts asked for unless the request says otherwise.
    pub default_acr_values: Vec<String>,
    /// Whether requests must be pushed (RFC 9126 §6).
    pub require_pushed_authorization_requests: bool,
    /// Whether PKCE is demanded; always true for public clients.
    pub require_pkce: bool,
    /// Whether people are asked before their data is released; false for the realm's own applications.
    pub require_consent: bool,
    /// Resource servers (RFC 8707) it may ask tokens for, beside the realm's own.
    pub resources: Vec<String>,
    /// Resource servers (RFC 8707) it is: it may learn of tokens that are meant for them (RFC 7662).
    pub served_resources: Vec<String>,
    /// Scopes of the admin API it may ask for with client credentials.
    pub admin_scopes: Vec<String>,
    /// Whether its own front end may walk flows over JSON without our pages.
    pub headless: bool,
    /// Where contacts are.
    pub contacts: Vec<String>,
}

impl Default for ClientMetadata {
    fn default() -> Self {
        Self {
            client_name: String::new(),
            application_type: ClientKind::Web,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
            token_endpoint_auth_method: ClientAuthMethod::ClientSecretBasic,
            jwks: None,
            jwks_uri: None,
            scope: "openid profile email phone address offline_access".to_owned(),
            id_token_signed_response_alg: None,
            access_token_signed_response_alg: None,
            subject_type: SubjectType::Public,
            logo_uri: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            initiate_login_uri: None,
            default_max_age: None,
            require_auth_time: false,
            default_acr_values: Vec::new(),
            require_pushed_authorization_requests: false,
            require_pkce: true,
            require_consent: true,
            resources: Vec::new(),
            served_resources: Vec::new(),
            admin_scopes: Vec::new(),
            headless: false,
            contacts: Vec::new(),
        }
    }
}

/// A secret of a client, as stored. Two may be live during a rotation.
#[derive(Clone)]
pub struct ClientSecret {
    /// SHA-256 of the secret; secrets have at least 128 bits of entropy or are refused.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// An OAuth client.
#[derive(Clone)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// Whether it is served.
    pub status: ClientStatus,
    /// Who vouches for it.
    pub verification: Verification,
    /// Its settings.
    pub metadata: ClientMetadata,
    /// Its secrets.
    pub secrets: Vec<ClientSecret>,
    /// Digest of its registration access token (RFC 7592).
    pub registration_token: Option<Digest>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Client {
    /// A public client cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.metadata.token_endpoint_auth_method == ClientAuthMethod::None
    }

    /// Whether it is served.
    pub fn is_enabled(&self) -> bool {
        self.status == ClientStatus::Enabled
    }

    /// The scopes it may ask for.
    pub fn scopes(&self) -> BTreeSet<&str> {
        self.metadata.scope.split(' ').filter(|scope| !scope.is_empty()).collect()
    }

    /// A new client from metadata that [`crate::client`]'s rules accepted.
    pub fn create(
        id: ClientId,
        metadata: ClientMetadata,
        verification: Verification,
        secrets: Vec<ClientSecret>,
        registration_token: Option<Digest>,
        now: Timestamp,
    ) -> Changed<Self> {
        let event = OAuthEvent::ClientCreated { id: id.clone(), verification };
        let client = Self {
            id,
            status: ClientStatus::Enabled,
            verification,
            metadata,
            secrets,
            registration_token,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        };
        Changed::created(client, event)
    }

    /// A changed client.
    pub fn updated(mut self, event: impl Into<EventRecord>, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.updated_at = now;
        self.version = expected.next();
        Changed::updated(self, expected, event)
    }
}
