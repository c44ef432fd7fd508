//! The realm document: one realm as TOML or JSON (settings, clients, connections, seed users). The same types read and write it;
//! unknown keys are refused everywhere.

mod apply;
mod connections;
mod entries;
mod export;
mod import;
mod people;
mod pictures;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_realms::{RealmSettings, SecretName, Slug, Theme};

pub use connections::ConnectionEntry;
pub use entries::{
    ClientEntry, EmailEntry, PasswordSource, PhoneEntry, SecretEntry, SecretSource, UserEntry,
};
pub use export::{ExportScope, MAX_EXPORTED_USERS, export};
pub use import::{Counts, ImportReport, MAX_CLIENTS, MAX_USERS, import};
pub(crate) use people::difference;
pub use pictures::{PictureEntries, PictureEntry};
pub use secrets::{SecretReference, weak_secret};

/// The realm itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RealmEntry {
    /// Its slug.
    pub slug: Slug,
    /// Its own hosts, the first being part of the issuer.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// A whole realm.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RealmDocument {
    /// Which realm.
    pub realm: RealmEntry,
    /// Its settings; what is left out has its default.
    #[serde(default)]
    pub settings: RealmSettings,
    /// Its look. Without one the realm keeps the look it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Pictures of its brand. Pictures of the realm that are not listed are left alone.
    #[serde(default, skip_serializing_if = "PictureEntries::is_empty")]
    pub pictures: PictureEntries,
    /// Secrets that its settings name, each by value or by reference. Never exported; secrets of the realm that are not
    /// listed are left alone.
    #[serde(default, skip_serializing)]
    pub secrets: BTreeMap<SecretName, SecretEntry>,
    /// Its clients. Clients of the realm that are not listed are left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientEntry>,
    /// Its connections to upstream providers. Connections of the realm that are not listed are left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<ConnectionEntry>,
    /// Seed users. Users of the realm that are not listed are left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserEntry>,
}

/// How a document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// TOML 1.
    Toml,
    /// JSON.
    Json,
}

/// Why a text is no realm document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text cannot be read; names the place.
    #[error("{0}")]
    Malformed(String),
    /// A secret that is named by reference could not be read; names the reference, never the value.
    #[error("the secret {of} cannot be read: {reason}")]
    Secret {
        /// Whose or which.
        of: String,
        /// Why.
        reason: String,
    },
}

impl RealmDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] with the place and the reason.
    pub fn parse(text: &str, format: DocumentFormat) -> Result<Self, DocumentError> {
        match format {
            // Straight from TOML, so that an unknown key is told with its line.
            DocumentFormat::Toml => {
                toml::from_str(text).map_err(|error| DocumentError::Malformed(error.to_string()))
            }
            DocumentFormat::Json => Self::from_value(Self::read_value(text, format)?),
        }
    }

    /// Reads a text as a plain value, whatever it says.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] with the place and the reason.
    pub fn read_value(text: &str, format: DocumentFormat) -> Result<Value, DocumentError> {
        match format {
            DocumentFormat::Toml => {
                toml::from_str(text).map_err(|error| DocumentError::Malformed(error.to_string()))
            }
            DocumentFormat::Json => {
                serde_json::from_str(text).map_err(|error| DocumentError::Malformed(error.to_string()))
            }
        }
    }

    /// A document from a plain value.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] for an unknown key or a value of another type.
    pub fn from_value(value: Value) -> Result<Self, DocumentError> {
        serde_json::from_value(value).map_err(|error| DocumentError::Malformed(error.to_string()))
    }

    /// Writes a document. Keys without a value are left out, since TOML has no null.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] for a value that the format cannot hold.
    pub fn to_text(&self, format: DocumentFormat) -> Result<String, DocumentError> {
        let value = self.to_value()?;
        match format {
            DocumentFormat::Toml => {
                toml::to_string_pretty(&value).map_err(|error| DocumentError::Malformed(error.to_string()))
            }
            DocumentFormat::Json => serde_json::to_string_pretty(&value)
                .map_err(|error| DocumentError::Malformed(error.to_string())),
        }
    }

    /// The document as a JSON value without nulls.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] if serialisation fails.
    pub fn to_value(&self) -> Result<Value, DocumentError> {
        let value =
            serde_json::to_value(self).map_err(|error| DocumentError::Malformed(error.to_string()))?;
        Ok(without_nulls(value))
    }

    /// The admin scopes that the document would hand out.
    pub fn admin_scopes(&self) -> BTreeSet<&str> {
        let clients = self.clients.iter().flat_map(|client| &client.metadata.admin_scopes);
        let users = self.users.iter().flat_map(|user| &user.admin_scopes);
        clients.chain(users).map(String::as_str).collect()
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
