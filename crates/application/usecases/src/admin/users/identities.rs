//! The identities of a user at upstream providers: seen, and taken off one by one.

use vestibule_federation::{FederationEvent, Identity};
use vestibule_kernel::{IdentityId, Page, PageRequest, UserId};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// A page of a user's identities, oldest first.
///
/// # Errors
/// Needs `users:read`; [`AdminFailure::NotFound`].
pub async fn list_identities(
    app: &App,
    admin: &AdminCx,
    user: UserId,
    page: &PageRequest,
) -> Result<Page<Identity>, AdminFailure> {
    admin.require(AdminScope::USERS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let known = tx.users().find_user(user).await?.is_some();
    let identities = tx.federation().list_identities(user, page).await?;
    tx.commit().await?;
    if known { Ok(identities) } else { Err(AdminFailure::NotFound("user")) }
}

/// Takes an identity off a user, be it their last way in or not; what it opened stays open.
///
/// # Errors
/// Needs `credentials:write`; [`AdminFailure::NotFound`] unless it is this user's.
pub async fn unlink_identity(
    app: &App,
    admin: &AdminCx,
    user: UserId,
    id: IdentityId,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::CREDENTIALS_WRITE)?;
    let mut tx = app.store.write(admin.cx()).await?;
    super::changeable(tx.as_mut(), admin, user).await?;
    let page = tx.federation().list_identities(user, &PageRequest::new(PageRequest::MAX, None)).await?;
    let found = page.items.into_iter().find(|identity| identity.id == id);
    let connection = found.ok_or(AdminFailure::NotFound("identity"))?.connection;
    let event = FederationEvent::IdentityUnlinked { id, user, connection };
    tx.federation().delete_identity(user, id, event.into()).await?;
    tx.commit().await?;
    Ok(())
}
