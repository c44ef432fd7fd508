//! Sessions of a realm: seen, and ended one by one, by user or all at once.

use vestibule_authn::TrustScope;
use vestibule_kernel::{Page, PageRequest, SessionId, UserId};
use vestibule_sessions::{RevocationCause, Session, SessionScope};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, access_end},
};

/// A page of live sessions; of one user if given.
///
/// # Errors
/// Needs `sessions:read`; [`AdminFailure::NotFound`] for a user who does not exist.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    user: Option<UserId>,
    page: &PageRequest,
) -> Result<Page<Session>, AdminFailure> {
    admin.require(AdminScope::SESSIONS_READ)?;
    let cx = admin.cx();
    let mut tx = app.store.read(cx).await?;
    let known = match user {
        Some(user) => tx.users().find_user(user).await?.is_some(),
        None => true,
    };
    let sessions = tx.sessions().list_sessions(user, cx.now, page).await?;
    tx.commit().await?;
    if known { Ok(sessions) } else { Err(AdminFailure::NotFound("user")) }
}

/// Ends one session with its tokens.
///
/// # Errors
/// Needs `sessions:revoke`; [`AdminFailure::NotFound`] for a session that is not live.
pub async fn revoke(app: &App, admin: &AdminCx, id: SessionId) -> Result<(), AdminFailure> {
    match end(app, admin, SessionScope::One(id)).await? {
        0 => Err(AdminFailure::NotFound("session")),
        _ => Ok(()),
    }
}

/// Ends every session of a user, and offline access that outlived its session. Returns how many sessions ended.
///
/// # Errors
/// Needs `sessions:revoke`; [`AdminFailure::NotFound`].
pub async fn revoke_user(app: &App, admin: &AdminCx, user: UserId) -> Result<u64, AdminFailure> {
    admin.require(AdminScope::SESSIONS_REVOKE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    if tx.users().find_user(user).await?.is_none() {
        tx.rollback().await?;
        return Err(AdminFailure::NotFound("user"));
    }
    let ended =
        access_end::end_access(app, tx.as_mut(), user, RevocationCause::Administrator, cx.now).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(ended)
}

/// Ends every session of the realm, and the trust in browsers. Returns how many sessions ended.
///
/// # Errors
/// Needs `sessions:revoke`.
pub async fn revoke_all(app: &App, admin: &AdminCx) -> Result<u64, AdminFailure> {
    end(app, admin, SessionScope::Realm).await
}

async fn end(app: &App, admin: &AdminCx, scope: SessionScope) -> Result<u64, AdminFailure> {
    admin.require(AdminScope::SESSIONS_REVOKE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let ended =
        access_end::end_sessions(app, tx.as_mut(), scope, RevocationCause::Administrator, cx.now).await?;
    if scope == SessionScope::Realm {
        tx.trusted_devices().forget_trusted_devices(TrustScope::Realm).await?;
    }
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(ended)
}
