//! Realms, above realms: what operators with `realms:manage` do. The context proves the scope.

mod import;
mod status;
mod write;

use vestibule_kernel::{Page, PageRequest, RealmId};
use vestibule_realms::{Realm, Slug};

use crate::{App, access::InstallationCx, admin::AdminFailure};

pub use import::import;
pub use status::{delete, set_status};
pub use write::{NewRealm, create, update};

/// A page of realms, by slug.
///
/// # Errors
/// The store failed.
pub async fn list(
    app: &App,
    operator: &InstallationCx,
    page: &PageRequest,
) -> Result<Page<Realm>, AdminFailure> {
    let mut tx = app.store.system(operator.system()).await?;
    let realms = tx.directory().list_realms(page).await?;
    tx.rollback().await?;
    Ok(realms)
}

/// A realm by id or slug.
///
/// # Errors
/// [`AdminFailure::NotFound`].
pub async fn get(app: &App, operator: &InstallationCx, name: &str) -> Result<Realm, AdminFailure> {
    let mut tx = app.store.system(operator.system()).await?;
    let realm = match (name.parse::<RealmId>(), Slug::parse(name)) {
        (Ok(id), _) => tx.directory().find_realm(id).await?,
        (Err(_), Ok(slug)) => tx.directory().find_realm_by_slug(&slug).await?,
        (Err(_), Err(_)) => None,
    };
    tx.rollback().await?;
    realm.ok_or(AdminFailure::NotFound("realm"))
}
