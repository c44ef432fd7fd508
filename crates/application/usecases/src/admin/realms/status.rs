//! Suspends, resumes and deletes realms. Deleting leaves its trace in the operators' own log, since the realm's log
//! goes with it.

use vestibule_kernel::EventRecord;
use vestibule_realms::{Realm, RealmError, RealmStatus, realm::OPERATORS_SLUG};
use vestibule_storage::system::JournalEntry;

use crate::{
    App,
    access::InstallationCx,
    admin::{AdminFailure, Precondition},
};

const BUILT_IN: AdminFailure =
    AdminFailure::Conflict("the realm of the operators cannot be suspended or deleted");

/// Suspends or resumes a realm; asking for what it is already changes nothing.
///
/// # Errors
/// See [`AdminFailure`].
pub async fn set_status(
    app: &App,
    operator: &InstallationCx,
    name: &str,
    status: RealmStatus,
) -> Result<Realm, AdminFailure> {
    let realm = super::get(app, operator, name).await?;
    if realm.status == status {
        return Ok(realm);
    }
    let cx = operator.system().in_realm(realm.id);
    let mut tx = app.store.write(&cx).await?;
    let stored = tx.realm().get_realm().await?;
    let change = stored.set_status(status, cx.now).map_err(|_ignored: RealmError| BUILT_IN)?;
    let realm = change.value.clone();
    tx.realm().save_realm(change).await?;
    tx.commit().await?;
    app.snapshots.refresh(realm.id).await?;
    Ok(realm)
}

/// Deletes a realm and everything in it.
///
/// # Errors
/// See [`AdminFailure`].
pub async fn delete(
    app: &App,
    operator: &InstallationCx,
    name: &str,
    precondition: &Precondition,
) -> Result<(), AdminFailure> {
    let realm = super::get(app, operator, name).await?;
    precondition.check(realm.version)?;
    let event = realm.deletable().map_err(|_ignored: RealmError| BUILT_IN)?;
    let operators =
        app.snapshots.by_slug(OPERATORS_SLUG).await?.ok_or(AdminFailure::NotFound("realm operators"))?;
    let mut tx = app.store.system(operator.system()).await?;
    tx.directory().delete_realm(realm.id).await?;
    let cx = operator.system().in_realm(operators.realm.id);
    tx.append_events(vec![JournalEntry { cx, event: EventRecord::from(event) }]).await?;
    tx.commit().await?;
    app.snapshots.refresh(realm.id).await?;
    Ok(())
}
