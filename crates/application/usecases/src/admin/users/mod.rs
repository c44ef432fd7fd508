//! Users of a realm, as administrators see and change them.

mod credentials;
mod identities;
mod input;
mod password;
mod status;
mod write;

use vestibule_kernel::{Page, PageRequest, UserId};
use vestibule_storage::RealmTx;
use vestibule_users::{User, UserFilter};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Ceiling},
};

pub use credentials::{delete_credential, list_credentials};
pub use identities::{list_identities, unlink_identity};
pub use password::set_password;
pub use status::{delete, resume, suspend};
pub use write::{create, update};

/// A page of users, oldest first.
///
/// # Errors
/// Needs `users:read`.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<User>, AdminFailure> {
    admin.require(AdminScope::USERS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let users = tx.users().list_users(filter, page).await?;
    tx.commit().await?;
    Ok(users)
}

/// A user.
///
/// # Errors
/// Needs `users:read`; [`AdminFailure::NotFound`].
pub async fn get(app: &App, admin: &AdminCx, id: UserId) -> Result<User, AdminFailure> {
    admin.require(AdminScope::USERS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let user = tx.users().find_user(id).await?;
    tx.commit().await?;
    user.ok_or(AdminFailure::NotFound("user"))
}

/// A user that the administrator may change: one who holds no more than they do.
///
/// Stops: taking over a stronger administrator by their password, address or account (CVE-2026-9795).
pub(super) async fn changeable(
    tx: &mut dyn RealmTx,
    admin: &AdminCx,
    id: UserId,
) -> Result<User, AdminFailure> {
    let user = tx.users().find_user(id).await?.ok_or(AdminFailure::NotFound("user"))?;
    Ceiling::from(admin).admit("/admin_scopes", &user.admin_scopes)?;
    Ok(user)
}

/// Refuses to take away the last active operator who can manage realms. The check and the change are one: the
/// realm's row is held.
pub(crate) async fn keep_an_owner(tx: &mut dyn RealmTx, user: &User) -> Result<(), AdminFailure> {
    let manage = AdminScope::REALMS_MANAGE.as_str();
    let owns = |user: &User| user.is_active() && user.admin_scopes.iter().any(|scope| scope == manage);
    if !owns(user) || !tx.realm().get_realm().await?.is_operators() {
        return Ok(());
    }
    tx.realm().touch_config().await?;
    let mut after = None;
    loop {
        let page =
            tx.users().list_users(&UserFilter::default(), &PageRequest::new(PageRequest::MAX, after)).await?;
        if page.items.iter().any(|other| other.id != user.id && owns(other)) {
            return Ok(());
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Err(AdminFailure::Conflict("the last operator who manages realms stays")),
        }
    }
}
