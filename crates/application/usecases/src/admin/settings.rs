//! The settings of a realm, for its own administrators. Hosts are a matter for operators: a host decides the issuer.

use serde_json::{Map, Value};
use vestibule_realms::{Realm, RealmSettings};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{
        AdminFailure, Precondition, merge_patch,
        reconfigure::{Configuration, reconfigure},
    },
};

/// The realm as stored.
///
/// # Errors
/// Needs `realm:read`.
pub async fn get(app: &App, admin: &AdminCx) -> Result<Realm, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let realm = tx.realm().get_realm().await?;
    tx.commit().await?;
    Ok(realm)
}

/// Merges a patch of `{"settings": …}` into the realm; the result is checked as a whole.
///
/// # Errors
/// Needs `realm:write`; see [`AdminFailure`].
pub async fn update(
    app: &App,
    admin: &AdminCx,
    mut patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<Realm, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let patch = take_settings(&mut patch)?;
    reconfigure(app, admin.cx(), precondition, |realm| {
        let settings = patched(&realm.settings, patch)?;
        Ok(Configuration { hosts: realm.hosts.clone(), settings })
    })
    .await
}

/// The `settings` member of a patch, which must be the last one left.
pub(crate) fn take_settings(patch: &mut Map<String, Value>) -> Result<Map<String, Value>, AdminFailure> {
    let changes = match patch.remove("settings") {
        None => Map::new(),
        Some(Value::Object(changes)) => changes,
        Some(_) => return Err(AdminFailure::invalid("/settings", "an object is expected")),
    };
    match patch.keys().next() {
        None => Ok(changes),
        Some(other) => {
            Err(AdminFailure::invalid(format!("/{other}"), "not a member that can be changed here"))
        }
    }
}

/// Settings after a patch.
///
/// # Errors
/// [`AdminFailure::Invalid`] for an unknown or ill-typed member.
pub(crate) fn patched(
    settings: &RealmSettings,
    patch: Map<String, Value>,
) -> Result<RealmSettings, AdminFailure> {
    let current =
        serde_json::to_value(settings).map_err(|error| AdminFailure::invalid("/settings", error))?;
    let Value::Object(current) = current else {
        return Err(AdminFailure::invalid("/settings", "not an object"));
    };
    serde_json::from_value(Value::Object(merge_patch::merge(current, patch)))
        .map_err(|error| AdminFailure::invalid("/settings", error))
}
