//! Suspends, resumes and deletes users. Whoever may no longer sign in loses their sessions and tokens in the same
//! transaction, and the clients are told.

use vestibule_kernel::UserId;
use vestibule_sessions::RevocationCause;
use vestibule_users::{User, UserEvent, UserStatus};

use super::keep_an_owner;
use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Precondition, access_end},
};

/// Suspends a user; somebody who is suspended already stays as they are.
///
/// # Errors
/// Needs `users:write`; see [`AdminFailure`].
pub async fn suspend(
    app: &App,
    admin: &AdminCx,
    id: UserId,
    reason: Option<&str>,
    precondition: &Precondition,
) -> Result<User, AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let user = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(user.version)?;
    if user.status == UserStatus::Suspended {
        tx.rollback().await?;
        return Ok(user);
    }
    keep_an_owner(tx.as_mut(), &user).await?;
    let change = user.set_status(UserStatus::Suspended, reason, cx.now);
    let user = change.value.clone();
    tx.users().save_user(change).await?;
    access_end::end_access(app, tx.as_mut(), id, RevocationCause::Administrator, cx.now).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(user)
}

/// Lets a user sign in again.
///
/// # Errors
/// Needs `users:write`; see [`AdminFailure`].
pub async fn resume(
    app: &App,
    admin: &AdminCx,
    id: UserId,
    precondition: &Precondition,
) -> Result<User, AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let user = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(user.version)?;
    if user.status == UserStatus::Active {
        tx.rollback().await?;
        return Ok(user);
    }
    let change = user.set_status(UserStatus::Active, None, cx.now);
    let user = change.value.clone();
    tx.users().save_user(change).await?;
    tx.commit().await?;
    Ok(user)
}

/// Deletes a user with everything they have.
///
/// # Errors
/// Needs `users:write`; see [`AdminFailure`].
pub async fn delete(
    app: &App,
    admin: &AdminCx,
    id: UserId,
    precondition: &Precondition,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let user = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(user.version)?;
    keep_an_owner(tx.as_mut(), &user).await?;
    access_end::end_access(app, tx.as_mut(), id, RevocationCause::Administrator, cx.now).await?;
    tx.users().delete_user(id, UserEvent::Deleted { id }.into()).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
