//! OAuth clients.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_oauth::{Client, ClientMetadata, ClientSecret, Verification};

/// A secret's dates; the secret itself is shown once, when it is made.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientSecretDates)]
pub(in crate::admin) struct SecretView {
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it stops working.
    expires_at: Option<DateTime<Utc>>,
}

impl From<&ClientSecret> for SecretView {
    fn from(secret: &ClientSecret) -> Self {
        Self { created_at: secret.created_at, expires_at: secret.expires_at }
    }
}

/// An OAuth client: its state, and beside it every member of its metadata.
#[derive(Serialize)]
pub(in crate::admin) struct ClientView {
    client_id: String,
    /// Only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    status: String,
    verification: Verification,
    secrets: Vec<SecretView>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(flatten)]
    metadata: ClientMetadata,
}

impl ClientView {
    /// With the secret that was just made.
    pub(in crate::admin) fn with_secret(client: Client, secret: Option<String>) -> Self {
        Self { client_secret: secret, ..Self::from(client) }
    }
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        Self {
            client_id: client.id.to_string(),
            client_secret: None,
            status: client.status.as_str().to_owned(),
            verification: client.verification,
            secrets: client.secrets.iter().map(SecretView::from).collect(),
            created_at: client.created_at,
            updated_at: client.updated_at,
            metadata: client.metadata,
        }
    }
}

const fn a_day() -> u64 {
    86_400
}

/// How the old secret goes.
#[derive(Deserialize, ToSchema)]
#[schema(as = RotateSecret)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct RotateBody {
    /// Seconds the old secret goes on working: 0 to 604,800; a day if left out.
    #[serde(default = "a_day")]
    pub(in crate::admin) overlap_seconds: u64,
}

const fn one_use() -> u32 {
    1
}

/// A new initial access token.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewInitialAccessToken)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct InitialAccessBody {
    /// Registrations it is good for: 1 to 1,000.
    #[serde(default = "one_use")]
    pub(in crate::admin) uses: u32,
    /// Seconds it works: 60 to 7,776,000; a day if left out.
    #[serde(default = "a_day")]
    pub(in crate::admin) lifetime_seconds: u64,
}

/// An initial access token, shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = InitialAccessToken)]
pub(in crate::admin) struct InitialAccessView {
    /// The token.
    pub(in crate::admin) token: String,
    /// Registrations it is good for.
    pub(in crate::admin) uses: u32,
    /// When it ends.
    pub(in crate::admin) expires_at: DateTime<Utc>,
}
