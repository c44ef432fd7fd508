//! Connections of a realm document. A secret comes by value or reference and is never written down; one that the realm
//! has already stays with its connection as long as the addresses do.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use vestibule_federation::{Connection, ConnectionKey, ConnectionSettings};
use vestibule_kernel::{ConnectionId, Cx, Secret};
use vestibule_realms::SecretName;
use vestibule_storage::RealmTx;

use super::{SecretEntry, apply::Outcome, entries::take, secrets};
use crate::{
    App,
    admin::{AdminFailure, connections},
};

/// A connection: its key and secret, and beside them every one of its settings.
#[derive(Clone)]
pub struct ConnectionEntry {
    /// Its key.
    pub key: ConnectionKey,
    /// Our secret at the provider.
    pub client_secret: Option<SecretEntry>,
    /// Everything else.
    pub settings: ConnectionSettings,
}

impl ConnectionEntry {
    /// A stored connection as an entry, without its secret.
    pub(super) fn of(connection: Connection) -> Self {
        let settings = ConnectionSettings { client_secret_name: None, ..connection.settings };
        Self { key: connection.key, client_secret: None, settings }
    }
}

impl<'de> Deserialize<'de> for ConnectionEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let mut map = Map::deserialize(deserializer)?;
        let key = take(&mut map, "key")?.ok_or_else(|| D::Error::missing_field("key"))?;
        let client_secret = take(&mut map, "client_secret")?;
        if map.contains_key("client_secret_name") {
            return Err(D::Error::custom(format!(
                "{key}: client_secret_name is not set; give client_secret"
            )));
        }
        let settings = serde_json::from_value(Value::Object(map))
            .map_err(|error| D::Error::custom(format!("connection {key}: {error}")))?;
        Ok(Self { key, client_secret, settings })
    }
}

#[derive(Serialize)]
struct ConnectionTable<'a> {
    key: &'a ConnectionKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a SecretEntry>,
    #[serde(flatten)]
    settings: &'a ConnectionSettings,
}

impl Serialize for ConnectionEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = ConnectionTable {
            key: &self.key,
            client_secret: self.client_secret.as_ref(),
            settings: &self.settings,
        };
        table.serialize(serializer)
    }
}

/// An entry that was checked as far as it goes without the realm.
#[derive(Clone)]
pub(super) struct PreparedConnection {
    pub(super) key: ConnectionKey,
    settings: ConnectionSettings,
    /// Whether the document brings the secret.
    brings_secret: bool,
}

/// The entries, and the secrets they bring.
///
/// # Errors
/// Too many, a key twice, or a secret that is no value.
pub(super) fn prepare(
    entries: Vec<ConnectionEntry>,
    own_secrets: &mut Vec<(SecretName, Secret)>,
) -> Result<Vec<PreparedConnection>, AdminFailure> {
    if entries.len() > connections::MAX_CONNECTIONS {
        let most = format!("at most {} in one realm", connections::MAX_CONNECTIONS);
        return Err(AdminFailure::invalid("/connections", most));
    }
    let mut prepared: Vec<PreparedConnection> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let pointer = format!("/connections/{index}");
        if prepared.iter().any(|other| other.key == entry.key) {
            return Err(AdminFailure::invalid(pointer, "the key appears twice in the document"));
        }
        let name = connections::secret_name(&entry.key)?;
        let listed = own_secrets.iter().any(|(own, _)| *own == name);
        if let Some(secret) = entry.client_secret {
            let pointer = format!("{pointer}/client_secret");
            if listed {
                return Err(AdminFailure::invalid(pointer, "the secrets of the document have it too"));
            }
            own_secrets.push((name, secrets::value(secret, &pointer)?));
            prepared.push(PreparedConnection {
                key: entry.key,
                settings: entry.settings,
                brings_secret: true,
            });
        } else {
            let (key, settings) = (entry.key, entry.settings);
            prepared.push(PreparedConnection { key, settings, brings_secret: listed });
        }
    }
    Ok(prepared)
}

/// Brings one connection in line.
///
/// # Errors
/// A setting breaks a rule; a secret is missing, or would follow the connection to another address.
pub(super) async fn apply(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    (index, entry): (usize, &PreparedConnection),
) -> Result<Outcome, AdminFailure> {
    let at = |failure: AdminFailure| failure.below(&format!("/connections/{index}"));
    let existing = tx.federation().find_connection_by_key(&entry.key).await?;
    let kept = existing.as_ref().and_then(|connection| connection.settings.client_secret_name.clone());
    let mut settings = entry.settings.clone();
    settings.client_secret_name =
        if entry.brings_secret { Some(connections::secret_name(&entry.key)?.to_string()) } else { kept };
    connections::check(app, &settings).map_err(at)?;
    let Some(existing) = existing else {
        if tx.federation().list_connections().await?.len() >= connections::MAX_CONNECTIONS {
            return Err(AdminFailure::Conflict("a realm has at most 100 connections"));
        }
        let id = ConnectionId::from_uuid(app.entropy.uuid(cx.now));
        let change = Connection::create(id, entry.key.clone(), settings, cx.now);
        tx.federation().save_connection(change.map_err(|error| at(error.into()))?).await?;
        return Ok(Outcome::Created);
    };
    if existing.settings == settings {
        return Ok(Outcome::Unchanged);
    }
    if settings.endpoints != existing.settings.endpoints {
        if !entry.brings_secret && settings.client_secret_name.is_some() {
            let why = "give the secret again with other addresses: it is sent there";
            return Err(at(AdminFailure::invalid("/client_secret", why)));
        }
        let linked = tx.federation().count_identities(existing.id).await?;
        connections::keep_trust(&existing, &settings, linked)?;
    }
    let change = existing.reconfigure(settings, cx.now).map_err(|error| at(error.into()))?;
    tx.federation().save_connection(change).await?;
    Ok(Outcome::Updated)
}
