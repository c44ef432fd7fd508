//! The authenticators of a user: seen without their secrets, removed one by one.

use vestibule_authn::{AuthnEvent, Credential};
use vestibule_kernel::{CredentialId, UserId};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// Every authenticator of a user.
///
/// # Errors
/// Needs `users:read`; [`AdminFailure::NotFound`].
pub async fn list_credentials(
    app: &App,
    admin: &AdminCx,
    id: UserId,
) -> Result<Vec<Credential>, AdminFailure> {
    admin.require(AdminScope::USERS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let known = tx.users().find_user(id).await?.is_some();
    let credentials = tx.credentials().list_credentials(id).await?;
    tx.commit().await?;
    if known { Ok(credentials) } else { Err(AdminFailure::NotFound("user")) }
}

/// Removes an authenticator of a user; what it opened stays open.
///
/// # Errors
/// Needs `credentials:write`; [`AdminFailure::NotFound`] unless it is this user's.
pub async fn delete_credential(
    app: &App,
    admin: &AdminCx,
    user: UserId,
    id: CredentialId,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::CREDENTIALS_WRITE)?;
    let mut tx = app.store.write(admin.cx()).await?;
    super::changeable(tx.as_mut(), admin, user).await?;
    let found = tx.credentials().list_credentials(user).await?.into_iter().find(|known| known.id == id);
    let credential = found.ok_or(AdminFailure::NotFound("credential"))?;
    let event = AuthnEvent::CredentialRemoved { user, id, kind: credential.kind };
    tx.credentials().delete_credential(id, event.into()).await?;
    tx.commit().await?;
    Ok(())
}
