//! Connections to upstream providers, as administrators see and change them. A secret is written and never read back,
//! and does not follow a connection to another address: whoever may change addresses could have it sent to themselves.

use serde_json::{Map, Value};
use vestibule_federation::{
    Connection, ConnectionError, ConnectionKey, ConnectionSettings, FederationEvent, TokenAuth,
};
use vestibule_kernel::{Changed, ConnectionId, Secret};
use vestibule_realms::{RealmSecret, SecretName};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Precondition, merge_patch},
    secrets,
};

/// Most connections of a realm.
pub const MAX_CONNECTIONS: usize = 100;

impl From<ConnectionError> for AdminFailure {
    fn from(error: ConnectionError) -> Self {
        Self::invalid(format!("/{}", error.field), error.reason)
    }
}

/// Every connection by key.
///
/// # Errors
/// Needs `realm:read`.
pub async fn list(app: &App, admin: &AdminCx) -> Result<Vec<Connection>, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let connections = tx.federation().list_connections().await?;
    tx.commit().await?;
    Ok(connections)
}

/// A connection.
///
/// # Errors
/// Needs `realm:read`; [`AdminFailure::NotFound`].
pub async fn get(app: &App, admin: &AdminCx, id: ConnectionId) -> Result<Connection, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    find(app, admin, id).await
}

async fn find(app: &App, admin: &AdminCx, id: ConnectionId) -> Result<Connection, AdminFailure> {
    let mut tx = app.store.read(admin.cx()).await?;
    let connection = tx.federation().find_connection(id).await?;
    tx.commit().await?;
    connection.ok_or(AdminFailure::NotFound("connection"))
}

/// Creates a connection from a JSON object: `key`, the settings, and the write-only `client_secret`.
///
/// # Errors
/// Needs `realm:write`; see [`AdminFailure`].
pub async fn create(
    app: &App,
    admin: &AdminCx,
    mut object: Map<String, Value>,
) -> Result<Connection, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let key = object.remove("key").unwrap_or_default();
    let key: ConnectionKey =
        serde_json::from_value(key).map_err(|error| AdminFailure::invalid("/key", error))?;
    let secret = take_secret(&mut object)?;
    refuse_name(&object)?;
    let mut settings = read(object)?;
    let name = secret.as_ref().map(|_| secret_name(&key)).transpose()?;
    settings.client_secret_name = name.as_ref().map(ToString::to_string);
    check(app, &settings)?;
    let sealed = seal(app, admin, name, secret)?;
    let id = ConnectionId::from_uuid(app.entropy.uuid(cx.now));
    save(app, admin, Connection::create(id, key, settings, cx.now)?, sealed).await
}

/// Merges a patch into a connection's settings.
///
/// # Errors
/// Needs `realm:write`; see [`AdminFailure`].
pub async fn update(
    app: &App,
    admin: &AdminCx,
    id: ConnectionId,
    mut patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<Connection, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let connection = find(app, admin, id).await?;
    precondition.check(connection.version)?;
    let secret = take_secret(&mut patch)?;
    refuse_name(&patch)?;
    let current = serde_json::to_value(&connection.settings).unwrap_or_default();
    let current = current.as_object().cloned().unwrap_or_default();
    let mut settings = read(merge_patch::merge(current, patch))?;
    let name = secret.as_ref().map(|_| secret_name(&connection.key)).transpose()?;
    if let Some(name) = &name {
        settings.client_secret_name = Some(name.to_string());
    } else if settings.endpoints != connection.settings.endpoints && settings.client_secret_name.is_some() {
        let why = "give the secret again with other addresses: it is sent there";
        return Err(AdminFailure::invalid("/client_secret", why));
    }
    check(app, &settings)?;
    if settings.endpoints != connection.settings.endpoints {
        let mut tx = app.store.read(admin.cx()).await?;
        let linked = tx.federation().count_identities(id).await?;
        tx.commit().await?;
        keep_trust(&connection, &settings, linked)?;
    }
    if settings == connection.settings && name.is_none() {
        return Ok(connection);
    }
    let sealed = seal(app, admin, name, secret)?;
    save(app, admin, connection.reconfigure(settings, admin.cx().now)?, sealed).await
}

/// Deletes a connection with the identities that were linked through it, and its secret.
///
/// # Errors
/// Needs `realm:write`; see [`AdminFailure`].
pub async fn delete(
    app: &App,
    admin: &AdminCx,
    id: ConnectionId,
    precondition: &Precondition,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let found = tx.federation().find_connection(id).await?.ok_or(AdminFailure::NotFound("connection"))?;
    precondition.check(found.version)?;
    let identities = tx.federation().count_identities(id).await?;
    let event = FederationEvent::ConnectionDeleted { id, key: found.key.clone(), identities };
    tx.federation().delete_connection(id, event.into()).await?;
    if let Some(name) =
        found.settings.client_secret_name.as_deref().and_then(|name| SecretName::parse(name).ok())
    {
        let event = vestibule_realms::RealmEvent::SecretRemoved { name: name.clone() };
        tx.secrets().delete_secret(&name, event.into()).await?;
    }
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(())
}

/// Other addresses would vouch for people who were linked by the ones they know: whoever may change a connection could
/// become any of them.
///
/// # Errors
/// Somebody is linked through the connection and an address changes.
pub(crate) fn keep_trust(
    connection: &Connection,
    settings: &ConnectionSettings,
    linked: u64,
) -> Result<(), AdminFailure> {
    if linked > 0 && settings.endpoints != connection.settings.endpoints {
        return Err(AdminFailure::Conflict(
            "people are linked through these addresses; make another connection",
        ));
    }
    Ok(())
}

/// What a connection must satisfy before it is stored.
pub(crate) fn check(app: &App, settings: &ConnectionSettings) -> Result<(), AdminFailure> {
    settings.check()?;
    let connector = app.connectors.find(settings.provider.as_str());
    let connector = connector.ok_or_else(|| {
        let known: Vec<&str> = app.connectors.presets().into_iter().map(|preset| preset.key).collect();
        AdminFailure::invalid("/provider", format!("one of {}", known.join(", ")))
    })?;
    connector.check(settings)?;
    if settings.token_auth != TokenAuth::None && settings.client_secret_name.is_none() {
        return Err(AdminFailure::invalid("/client_secret", "needed unless token_auth is none"));
    }
    Ok(())
}

fn read(object: Map<String, Value>) -> Result<ConnectionSettings, AdminFailure> {
    serde_json::from_value(Value::Object(object)).map_err(|error| AdminFailure::invalid("", error))
}

fn take_secret(object: &mut Map<String, Value>) -> Result<Option<Secret>, AdminFailure> {
    match object.remove("client_secret") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Secret::new(text))),
        Some(_) => Err(AdminFailure::invalid("/client_secret", "a text")),
    }
}

/// The name is ours to choose: another one could be that of a secret this connection has no business with.
fn refuse_name(object: &Map<String, Value>) -> Result<(), AdminFailure> {
    if object.contains_key("client_secret_name") {
        return Err(AdminFailure::invalid("/client_secret_name", "read only; set client_secret"));
    }
    Ok(())
}

pub(crate) fn secret_name(key: &ConnectionKey) -> Result<SecretName, AdminFailure> {
    SecretName::parse(&format!("{}{key}", vestibule_federation::connection::SECRET_PREFIX))
        .map_err(|error| AdminFailure::invalid("/key", error))
}

fn seal(
    app: &App,
    admin: &AdminCx,
    name: Option<SecretName>,
    secret: Option<Secret>,
) -> Result<Option<Changed<RealmSecret>>, AdminFailure> {
    match (name, secret) {
        (Some(name), Some(secret)) => secrets::seal(app, admin.cx(), name, &secret)
            .map(Some)
            .map_err(|error| AdminFailure::invalid("/client_secret", error)),
        _ => Ok(None),
    }
}

async fn save(
    app: &App,
    admin: &AdminCx,
    change: Changed<Connection>,
    secret: Option<Changed<RealmSecret>>,
) -> Result<Connection, AdminFailure> {
    let connection = change.value.clone();
    let mut tx = app.store.write(admin.cx()).await?;
    if change.expected.is_none() && tx.federation().list_connections().await?.len() >= MAX_CONNECTIONS {
        tx.rollback().await?;
        return Err(AdminFailure::Conflict("a realm has at most 100 connections"));
    }
    tx.federation().save_connection(change).await?;
    if let Some(secret) = secret {
        tx.secrets().save_secret(secret).await?;
    }
    tx.commit().await?;
    app.snapshots.refresh(admin.cx().realm).await?;
    Ok(connection)
}
