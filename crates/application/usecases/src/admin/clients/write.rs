//! Creates, changes and deletes clients. A change must satisfy the same rules as a creation.

use serde_json::{Map, Value};
use vestibule_kernel::{Changed, ClientId, OpaqueToken};
use vestibule_oauth::{Client, ClientMetadata, ClientStatus, OAuthEvent, Verification};

use super::secret;
use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Ceiling, Precondition, client_rules, merge_patch},
};

/// A client just made, with its secret if it has one: the only time it is seen.
pub struct CreatedClient {
    /// The client.
    pub client: Client,
    /// Its secret.
    pub secret: Option<OpaqueToken>,
}

/// Creates an enabled, verified client from a JSON object: metadata members, and optionally `client_id`.
///
/// # Errors
/// Needs `clients:write`; see [`AdminFailure`].
pub async fn create(
    app: &App,
    admin: &AdminCx,
    mut object: Map<String, Value>,
) -> Result<CreatedClient, AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    let cx = admin.cx();
    let id = match object.remove("client_id") {
        None | Some(Value::Null) => ClientId::generated(app.entropy.uuid(cx.now)),
        Some(value) => {
            serde_json::from_value(value).map_err(|error| AdminFailure::invalid("/client_id", error))?
        }
    };
    let metadata = checked(app, admin, object).await?;
    let (secret, stored) = if secret::uses_secret(metadata.token_endpoint_auth_method) {
        let (secret, stored) = secret::fresh(app, cx.now);
        (Some(secret), vec![stored])
    } else {
        (None, Vec::new())
    };
    let change = Client::create(id, metadata, Verification::Verified, stored, None, cx.now);
    let client = save(app, admin, change).await?;
    Ok(CreatedClient { client, secret })
}

/// Merges a patch into a client's metadata.
///
/// # Errors
/// Needs `clients:write`; see [`AdminFailure`].
pub async fn update(
    app: &App,
    admin: &AdminCx,
    id: &ClientId,
    patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<Client, AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    let mut client = read(app, admin, id).await?;
    precondition.check(client.version)?;
    let current = serde_json::to_value(&client.metadata).map_err(|error| AdminFailure::invalid("", error))?;
    let current = current.as_object().cloned().unwrap_or_default();
    let metadata = checked(app, admin, merge_patch::merge(current, patch)).await?;
    if metadata == client.metadata {
        return Ok(client);
    }
    if !secret::uses_secret(metadata.token_endpoint_auth_method) {
        client.secrets.clear();
    }
    client.metadata = metadata;
    let event = OAuthEvent::ClientUpdated { id: client.id.clone() };
    save(app, admin, client.updated(event, admin.cx().now)).await
}

/// Serves a client or stops serving it; a disabled client's tokens do not work.
///
/// # Errors
/// Needs `clients:write`; see [`AdminFailure`].
pub async fn set_status(
    app: &App,
    admin: &AdminCx,
    id: &ClientId,
    status: ClientStatus,
    precondition: &Precondition,
) -> Result<Client, AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    let mut client = read(app, admin, id).await?;
    precondition.check(client.version)?;
    if client.status == status {
        return Ok(client);
    }
    client.status = status;
    let event = OAuthEvent::ClientUpdated { id: client.id.clone() };
    save(app, admin, client.updated(event, admin.cx().now)).await
}

/// Vouches for a client that registered itself.
///
/// # Errors
/// Needs `clients:write`; see [`AdminFailure`].
pub async fn verify(
    app: &App,
    admin: &AdminCx,
    id: &ClientId,
    precondition: &Precondition,
) -> Result<Client, AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    let mut client = read(app, admin, id).await?;
    precondition.check(client.version)?;
    if client.verification == Verification::Verified {
        return Ok(client);
    }
    client.verification = Verification::Verified;
    let event = OAuthEvent::ClientUpdated { id: client.id.clone() };
    save(app, admin, client.updated(event, admin.cx().now)).await
}

/// Deletes a client with its grants, codes and tokens.
///
/// # Errors
/// Needs `clients:write`; see [`AdminFailure`].
pub async fn delete(
    app: &App,
    admin: &AdminCx,
    id: &ClientId,
    precondition: &Precondition,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let client = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(client.version)?;
    let event = OAuthEvent::ClientDeleted { id: client.id };
    tx.clients().delete_client(id, event.into()).await?;
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(())
}

async fn checked(
    app: &App,
    admin: &AdminCx,
    object: Map<String, Value>,
) -> Result<ClientMetadata, AdminFailure> {
    let metadata: ClientMetadata =
        serde_json::from_value(Value::Object(object)).map_err(|error| AdminFailure::invalid("", error))?;
    Ceiling::from(admin).admit_client("", &metadata)?;
    let realm = app.snapshots.by_id(admin.cx().realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    client_rules::check(&metadata, &realm.realm.settings, "")?;
    Ok(metadata)
}

async fn read(app: &App, admin: &AdminCx, id: &ClientId) -> Result<Client, AdminFailure> {
    let mut tx = app.store.read(admin.cx()).await?;
    let client = super::changeable(tx.as_mut(), admin, id).await;
    tx.rollback().await?;
    client
}

/// The version in the change guards against whoever wrote since the client was read.
async fn save(app: &App, admin: &AdminCx, change: Changed<Client>) -> Result<Client, AdminFailure> {
    let client = change.value.clone();
    let mut tx = app.store.write(admin.cx()).await?;
    tx.clients().save_client(change).await?;
    tx.commit().await?;
    app.snapshots.refresh(admin.cx().realm).await?;
    Ok(client)
}
