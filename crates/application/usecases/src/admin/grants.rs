//! What users allowed clients: seen, and withdrawn on their behalf.

use vestibule_consent::{ConsentEvent, Grant};
use vestibule_kernel::{ClientId, Page, PageRequest, UserId};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// A page of grants; of one user if given.
///
/// # Errors
/// Needs `consents:read`.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    user: Option<UserId>,
    page: &PageRequest,
) -> Result<Page<Grant>, AdminFailure> {
    admin.require(AdminScope::CONSENTS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let grants = tx.grants().list_grants(user, page).await?;
    tx.commit().await?;
    Ok(grants)
}

/// Withdraws a grant and revokes the tokens that came of it.
///
/// # Errors
/// Needs `consents:write`; [`AdminFailure::NotFound`].
pub async fn withdraw(
    app: &App,
    admin: &AdminCx,
    user: UserId,
    client: &ClientId,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::CONSENTS_WRITE)?;
    let cx = admin.cx();
    let event = ConsentEvent::Withdrawn { user, client: client.clone() };
    let mut tx = app.store.write(cx).await?;
    if !tx.grants().withdraw_grant(user, client, event.into(), cx.now).await? {
        tx.rollback().await?;
        return Err(AdminFailure::NotFound("grant"));
    }
    tx.commit().await?;
    Ok(())
}
