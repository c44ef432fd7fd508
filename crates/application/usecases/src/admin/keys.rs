//! Signing keys of a realm: seen by their public parts only.

use vestibule_oauth::SigningKey;
use vestibule_realms::settings::Algorithm;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
    keys,
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

/// Makes a new key sign at once; the ones it replaces stay published until what they signed has expired.
///
/// # Errors
/// Needs `keys:rotate`; [`AdminFailure::Invalid`] when the realm's settings do not name the algorithm.
pub async fn rotate(app: &App, admin: &AdminCx, alg: Algorithm) -> Result<(), AdminFailure> {
    admin.require(AdminScope::KEYS_ROTATE)?;
    keys::rotate_now(app, admin.cx(), alg).await?;
    Ok(())
}
