//! Replaces hosts and settings of a realm as a whole: the same steps for its own administrators and for operators.

use vestibule_kernel::Cx;
use vestibule_realms::{Realm, RealmSettings};

use crate::{
    App,
    admin::{AdminFailure, Precondition},
    keys,
};

/// What a realm shall be set to.
pub(crate) struct Configuration {
    /// Own hosts.
    pub(crate) hosts: Vec<String>,
    /// Settings.
    pub(crate) settings: RealmSettings,
}

/// Computes the new configuration from the stored one, makes the keys it needs, and stores both if the realm is still
/// the one that `wanted` was computed from.
///
/// # Errors
/// What `wanted` refuses, a broken rule, or a realm that changed meanwhile.
pub(crate) async fn reconfigure(
    app: &App,
    cx: &Cx,
    precondition: &Precondition,
    wanted: impl FnOnce(&Realm) -> Result<Configuration, AdminFailure> + Send,
) -> Result<Realm, AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let realm = tx.realm().get_realm().await?;
    let keys = tx.keys().list_keys().await?;
    tx.commit().await?;
    precondition.check(realm.version)?;
    let seen = realm.version;
    let new = wanted(&realm)?;
    if realm.hosts == new.hosts && realm.settings == new.settings {
        return Ok(realm);
    }
    new.settings.check().map_err(|error| AdminFailure::invalid("/settings", error))?;
    let generated = keys::generate_missing(app, cx.realm, &new.settings, &keys).await?;

    let mut tx = app.store.write(cx).await?;
    tx.realm().touch_config().await?;
    let realm = tx.realm().get_realm().await?;
    if realm.version != seen {
        tx.rollback().await?;
        return Err(AdminFailure::Stale);
    }
    let change = realm
        .reconfigure(new.hosts, new.settings, cx.now)
        .map_err(|error| AdminFailure::invalid("", error))?;
    let realm = change.value.clone();
    tx.realm().save_realm(change).await?;
    keys::save_missing(tx.as_mut(), generated, cx.now).await?;
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(realm)
}
