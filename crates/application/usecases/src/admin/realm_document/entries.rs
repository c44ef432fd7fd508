//! The entries of a realm document: clients and users as people write them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use vestibule_kernel::{
    ClientId, Secret, Timestamp, UserId,
    contact::{Email, Locale, Phone, Username},
};
use vestibule_oauth::{ClientMetadata, ClientStatus, Verification};
use vestibule_users::UserStatus;

/// A client: its own keys, and beside them every key of its metadata (the names of RFC 7591).
#[derive(Clone)]
pub struct ClientEntry {
    /// Its `client_id`.
    pub client_id: ClientId,
    /// Whether it is served; enabled if left out.
    pub status: ClientStatus,
    /// Who vouches for it; verified if left out.
    pub verification: Verification,
    /// Its secrets. A client that authenticates by secret and lists none gets none: give it one later.
    pub secrets: Vec<SecretEntry>,
    /// Everything else.
    pub metadata: ClientMetadata,
}

/// One secret of a client.
#[derive(Clone)]
pub struct SecretEntry {
    /// Where it comes from.
    pub source: SecretSource,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// Where a secret comes from. Only digests are ever written.
#[derive(Clone)]
pub enum SecretSource {
    /// The secret itself.
    Value(Secret),
    /// An environment variable of the process that imports.
    Env(String),
    /// A file that the importing process can read.
    File(String),
    /// The SHA-256 of the secret, `sha256:` and 64 hexadecimal digits.
    Digest(String),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SecretTable {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    env: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SecretText {
    Plain(String),
    Table(SecretTable),
}

impl<'de> Deserialize<'de> for SecretEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = match SecretText::deserialize(deserializer)? {
            SecretText::Plain(text) => {
                return Ok(Self { source: SecretSource::Value(Secret::new(text)), expires_at: None });
            }
            SecretText::Table(table) => table,
        };
        let expires_at = table.expires_at;
        let source = match (table.value, table.env, table.file, table.digest) {
            (Some(value), None, None, None) => SecretSource::Value(Secret::new(value)),
            (None, Some(name), None, None) => SecretSource::Env(name),
            (None, None, Some(path), None) => SecretSource::File(path),
            (None, None, None, Some(digest)) => SecretSource::Digest(digest),
            _ => {
                return Err(serde::de::Error::custom("a secret has exactly one of value, env, file, digest"));
            }
        };
        Ok(Self { source, expires_at })
    }
}

impl Serialize for SecretEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut table =
            SecretTable { value: None, env: None, file: None, digest: None, expires_at: self.expires_at };
        match &self.source {
            // A secret is never written by value; an import resolves it to its digest first.
            SecretSource::Value(secret) => {
                table.digest = Some(super::secrets::digest_text(&secret.digest()));
            }
            SecretSource::Env(name) => table.env = Some(name.clone()),
            SecretSource::File(path) => table.file = Some(path.clone()),
            SecretSource::Digest(digest) => table.digest = Some(digest.clone()),
        }
        table.serialize(serializer)
    }
}

pub(super) fn take<T: serde::de::DeserializeOwned, E: serde::de::Error>(
    map: &mut Map<String, Value>,
    key: &'static str,
) -> Result<Option<T>, E> {
    match map.remove(key) {
        None => Ok(None),
        Some(value) => {
            serde_json::from_value(value).map(Some).map_err(|error| E::custom(format!("{key}: {error}")))
        }
    }
}

impl<'de> Deserialize<'de> for ClientEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut map = Map::deserialize(deserializer)?;
        let client_id: ClientId =
            take(&mut map, "client_id")?.ok_or_else(|| D::Error::missing_field("client_id"))?;
        let one: Option<SecretEntry> = take(&mut map, "secret")?;
        let many: Option<Vec<SecretEntry>> = take(&mut map, "secrets")?;
        let secrets = match (one, many) {
            (Some(_), Some(_)) => {
                return Err(D::Error::custom(format!("{client_id}: either secret or secrets, not both")));
            }
            (Some(one), None) => vec![one],
            (None, many) => many.unwrap_or_default(),
        };
        let status = take(&mut map, "status")?.unwrap_or(ClientStatus::Enabled);
        let verification = take(&mut map, "verification")?.unwrap_or(Verification::Verified);
        let metadata = serde_json::from_value(Value::Object(map))
            .map_err(|error| D::Error::custom(format!("{client_id}: {error}")))?;
        Ok(Self { client_id, status, verification, secrets, metadata })
    }
}

#[derive(Serialize)]
struct ClientTable<'a> {
    client_id: &'a ClientId,
    status: ClientStatus,
    verification: Verification,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    secrets: &'a [SecretEntry],
    #[serde(flatten)]
    metadata: &'a ClientMetadata,
}

impl Serialize for ClientEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ClientTable {
            client_id: &self.client_id,
            status: self.status,
            verification: self.verification,
            secrets: &self.secrets,
            metadata: &self.metadata,
        }
        .serialize(serializer)
    }
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailEntry {
    /// The address.
    pub email: Email,
    /// Whether control of it was proven.
    #[serde(default)]
    pub verified: bool,
    /// The one that is used; may be left out for a single address.
    #[serde(default)]
    pub primary: bool,
}

/// A phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneEntry {
    /// The number.
    pub phone: Phone,
    /// Whether possession of it was proven.
    #[serde(default)]
    pub verified: bool,
    /// The one that is used; may be left out for a single number.
    #[serde(default)]
    pub primary: bool,
}

/// A password: set for a user who has none, never over one that exists.
#[derive(Clone)]
pub enum PasswordSource {
    /// In clear; hashed under the realm's parameters before anything is stored. The policy is not applied: the
    /// document's author decides about seeds.
    Plain(Secret),
    /// A hash: argon2 in PHC form or bcrypt.
    Hash(String),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PasswordTable {
    hash: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PasswordText {
    Plain(String),
    Table(PasswordTable),
}

impl<'de> Deserialize<'de> for PasswordSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match PasswordText::deserialize(deserializer)? {
            PasswordText::Plain(text) => Self::Plain(Secret::new(text)),
            PasswordText::Table(table) => Self::Hash(table.hash),
        })
    }
}

impl Serialize for PasswordSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(_) => Err(serde::ser::Error::custom("a password is never written in clear")),
            Self::Hash(hash) => PasswordTable { hash: hash.clone() }.serialize(serializer),
        }
    }
}

/// A user.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEntry {
    /// Their id, to keep `sub` when a realm moves; made if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    /// A name to sign in with.
    #[serde(default)]
    pub username: Option<Username>,
    /// Their addresses.
    #[serde(default)]
    pub emails: Vec<EmailEntry>,
    /// Their numbers.
    #[serde(default)]
    pub phones: Vec<PhoneEntry>,
    /// Whether they may sign in; active if left out.
    #[serde(default = "active")]
    pub status: UserStatus,
    /// Their language.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// Scopes of the admin API.
    #[serde(default)]
    pub admin_scopes: Vec<String>,
    /// Their password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordSource>,
    /// Standard claims and the realm's own attributes.
    #[serde(default)]
    pub profile: Map<String, Value>,
    /// Shown to the user and their applications.
    #[serde(default)]
    pub public_metadata: Map<String, Value>,
    /// For administrators only.
    #[serde(default)]
    pub private_metadata: Map<String, Value>,
}

const fn active() -> UserStatus {
    UserStatus::Active
}
