//! Connections to upstream providers, and identities of users there.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vestibule_federation::{Connection, ConnectionSettings, Identity};

/// A connection: its state, and beside it every member of its settings.
#[derive(Serialize)]
pub(in crate::admin) struct ConnectionView {
    id: String,
    key: String,
    redirect_uri: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(flatten)]
    settings: ConnectionSettings,
}

impl ConnectionView {
    /// With the address to register at the provider.
    pub(in crate::admin) fn of(connection: Connection, redirect_uri: String) -> Self {
        Self {
            id: connection.id.to_string(),
            key: connection.key.to_string(),
            redirect_uri,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
            settings: connection.settings,
        }
    }
}

/// Addresses of a provider that its preset or its metadata does not give.
#[derive(ToSchema)]
#[schema(as = ConnectionEndpoints)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::admin) struct EndpointsSchema {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    jwks_uri: Option<String>,
}

/// The settings of a connection that can be set.
#[derive(ToSchema)]
#[schema(as = ConnectionPatch)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::admin) struct ConnectionBody {
    /// The connector: `oidc`, `oauth2`, `google`, `apple`, `microsoft`, `github`, `facebook`, `gitlab`, `linkedin` or
    /// `discord`. Never changes.
    provider: String,
    /// What the button says; empty: the provider's own name.
    display_name: Option<String>,
    /// Whether anybody may sign in through it.
    enabled: Option<bool>,
    /// Whether the sign-in page leaves it out.
    hidden: Option<bool>,
    /// Our identifier there.
    client_id: String,
    /// Our secret there (Apple: the private key in PEM). Written, never read back.
    #[schema(write_only)]
    client_secret: Option<String>,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    token_auth: Option<String>,
    endpoints: Option<EndpointsSchema>,
    /// Scopes asked for; empty: those of the provider's preset.
    scopes: Option<Vec<String>>,
    /// Whether PKCE is used.
    pkce: Option<bool>,
    /// Our name of a value → the provider's name of it.
    claims: Option<BTreeMap<String, String>>,
    /// Domains whose addresses this provider may vouch for.
    authoritative_domains: Option<Vec<String>>,
    /// Whether people whose address is of such a domain are sent there as soon as they typed it.
    home_realm: Option<bool>,
    /// What happens when the address belongs to an account: `ask`, `automatic` or `never`.
    link_policy: Option<String>,
    /// Whether somebody new may sign up through it.
    sign_up: Option<bool>,
    /// Further values a provider asks for, such as `tenant`, `team_id`, `key_id`.
    parameters: Option<BTreeMap<String, String>>,
}

/// A new connection.
#[derive(ToSchema)]
#[schema(as = NewConnection)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::admin) struct NewConnectionBody {
    /// Its name in addresses: 2 to 40 of a-z, 0-9 and -. Never changes.
    key: String,
    /// Its settings.
    #[schema(inline)]
    #[serde(flatten)]
    settings: ConnectionBody,
}

/// A connection.
#[derive(ToSchema)]
#[schema(as = Connection)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::admin) struct ConnectionSchema {
    id: String,
    key: String,
    /// The address to register at the provider.
    redirect_uri: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The name of its secret among the realm's secrets.
    client_secret_name: Option<String>,
    #[schema(inline)]
    #[serde(flatten)]
    settings: ConnectionBody,
}

/// An identity of a user at an upstream provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Identity)]
pub(in crate::admin) struct IdentityView {
    id: String,
    connection_id: String,
    /// Who they are there.
    subject: String,
    /// What the provider said at the last sign-in.
    #[schema(value_type = Object)]
    claims: Map<String, Value>,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        Self {
            id: identity.id.to_string(),
            connection_id: identity.connection.to_string(),
            subject: identity.subject.as_str().to_owned(),
            claims: identity.claims,
            created_at: identity.created_at,
            last_used_at: identity.last_used_at,
        }
    }
}
