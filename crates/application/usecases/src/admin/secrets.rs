//! Secrets of a realm, for its administrators: set, listed by name, removed. No call gives a value back.

use vestibule_kernel::Secret;
use vestibule_realms::{RealmEvent, SecretInfo, SecretName};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
    secrets::{self, SecretError},
};

impl From<SecretError> for AdminFailure {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Store(error) => error.into(),
            other @ (SecretError::Size | SecretError::Seal(_)) => Self::invalid("/value", other),
        }
    }
}

/// Every secret by name.
///
/// # Errors
/// Needs `realm:read`.
pub async fn list(app: &App, admin: &AdminCx) -> Result<Vec<SecretInfo>, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let secrets = tx.secrets().list_secrets().await?;
    tx.commit().await?;
    Ok(secrets)
}

/// Sets a secret, or replaces the one of this name.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::Invalid`] for an empty or over-long value.
pub async fn put(app: &App, admin: &AdminCx, name: SecretName, value: &Secret) -> Result<(), AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    Ok(secrets::put_secret(app, admin.cx(), name, value).await?)
}

/// Removes a secret. What names it does not work until it is set again.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::NotFound`].
pub async fn delete(app: &App, admin: &AdminCx, name: &SecretName) -> Result<(), AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let event = RealmEvent::SecretRemoved { name: name.clone() };
    let mut tx = app.store.write(cx).await?;
    if !tx.secrets().delete_secret(name, event.into()).await? {
        tx.rollback().await?;
        return Err(AdminFailure::NotFound("secret"));
    }
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(())
}
