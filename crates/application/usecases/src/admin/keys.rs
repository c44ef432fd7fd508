//! Signing keys of a realm: seen by their public parts only.

use vestibule_oauth::SigningKey;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// Every published key, oldest first.
///
/// # Errors
/// Needs `keys:read`.
pub async fn list(app: &App, admin: &AdminCx) -> Result<Vec<SigningKey>, AdminFailure> {
    admin.require(AdminScope::KEYS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let keys = tx.keys().list_keys().await?;
    tx.commit().await?;
    Ok(keys)
}
