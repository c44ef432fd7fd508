//! OAuth clients of a realm, as administrators see and change them.

mod secret;
mod write;

use vestibule_kernel::{ClientId, Page, PageRequest};
use vestibule_oauth::Client;
use vestibule_storage::RealmTx;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Ceiling},
};

pub use secret::{MAX_OVERLAP_SECONDS, rotate_secret};
pub use write::{CreatedClient, create, delete, set_status, update, verify};

/// A page of clients by `client_id`.
///
/// # Errors
/// Needs `clients:read`.
pub async fn list(app: &App, admin: &AdminCx, page: &PageRequest) -> Result<Page<Client>, AdminFailure> {
    admin.require(AdminScope::CLIENTS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let clients = tx.clients().list_clients(page).await?;
    tx.commit().await?;
    Ok(clients)
}

/// A client.
///
/// # Errors
/// Needs `clients:read`; [`AdminFailure::NotFound`].
pub async fn get(app: &App, admin: &AdminCx, id: &ClientId) -> Result<Client, AdminFailure> {
    admin.require(AdminScope::CLIENTS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let client = tx.clients().find_client(id).await?;
    tx.commit().await?;
    client.ok_or(AdminFailure::NotFound("client"))
}

/// A client that the administrator may change: one that holds no more than they do.
pub(super) async fn changeable(
    tx: &mut dyn RealmTx,
    admin: &AdminCx,
    id: &ClientId,
) -> Result<Client, AdminFailure> {
    let client = tx.clients().find_client(id).await?.ok_or(AdminFailure::NotFound("client"))?;
    Ceiling::from(admin).admit_client("", &client.metadata)?;
    Ok(client)
}
