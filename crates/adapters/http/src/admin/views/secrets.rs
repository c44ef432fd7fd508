//! Secrets of a realm.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_realms::SecretInfo;

/// A secret without its value.
#[derive(Serialize, ToSchema)]
#[schema(as = SecretInfo)]
pub(in crate::admin) struct SecretInfoView {
    /// Its name.
    name: String,
    /// When it was set.
    updated_at: DateTime<Utc>,
}

impl From<SecretInfo> for SecretInfoView {
    fn from(secret: SecretInfo) -> Self {
        Self { name: secret.name.to_string(), updated_at: secret.updated_at }
    }
}

/// A secret to be set.
#[derive(Deserialize, ToSchema)]
#[schema(as = Secret)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct SecretBody {
    /// The value: 1 to 16,384 bytes.
    pub(in crate::admin) value: String,
}
