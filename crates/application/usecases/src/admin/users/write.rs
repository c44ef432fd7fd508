//! Creates and changes users. A password given at creation is checked and hashed before the transaction.

use serde_json::{Map, Value};
use vestibule_authn::Credential;
use vestibule_kernel::{CredentialId, Secret, UserId};
use vestibule_users::User;

use super::{input::UserInput, keep_an_owner};
use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Ceiling, Precondition, merge_patch, passwords, realm_document::difference},
};

/// Creates an active user from a JSON object: the members of a user, and optionally `password`.
///
/// # Errors
/// Needs `users:write`, and `credentials:write` for a password; see [`AdminFailure`].
pub async fn create(
    app: &App,
    admin: &AdminCx,
    mut object: Map<String, Value>,
) -> Result<User, AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    let cx = admin.cx();
    let password = match object.remove("password") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => {
            admin.require(AdminScope::CREDENTIALS_WRITE)?;
            Some(Secret::new(text))
        }
        Some(_) => return Err(AdminFailure::invalid("/password", "a text is expected")),
    };
    let realm = app.snapshots.by_id(cx.realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    let new = UserInput::parse(object)?.into_new(&realm.realm.settings, cx.now)?;
    Ceiling::from(admin).admit("/admin_scopes", &new.admin_scopes)?;
    let password = password
        .map(|password| passwords::check(&realm.realm, &new, &password))
        .transpose()
        .map_err(|error| AdminFailure::invalid("/password", error))?;
    let id = UserId::from_uuid(app.entropy.uuid(cx.now));
    let change = User::create(id, new, cx.now).map_err(|error| AdminFailure::invalid("", error))?;
    let user = change.value.clone();
    let hash = match password {
        Some(password) => Some(app.hasher.hash(&password, passwords::cost(&realm.realm.settings)).await?),
        None => None,
    };

    let mut tx = app.store.write(cx).await?;
    tx.users().save_user(change).await?;
    if let Some(hash) = hash {
        let credential = CredentialId::from_uuid(app.entropy.uuid(cx.now));
        tx.credentials().save_credential(Credential::password(credential, id, hash, cx.now)).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Merges a patch into a user; the result is checked as a whole.
///
/// # Errors
/// Needs `users:write`; see [`AdminFailure`].
pub async fn update(
    app: &App,
    admin: &AdminCx,
    id: UserId,
    patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<User, AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    let cx = admin.cx();
    let realm = app.snapshots.by_id(cx.realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    let mut tx = app.store.write(cx).await?;
    let user = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(user.version)?;
    let settings = &realm.realm.settings;
    let current = serde_json::to_value(UserInput::of(&user, settings))
        .map_err(|error| AdminFailure::invalid("", error))?;
    let current = current.as_object().cloned().unwrap_or_default();
    let wanted = UserInput::parse(merge_patch::merge(current, patch))?.into_new(settings, cx.now)?;
    Ceiling::from(admin).admit("/admin_scopes", &wanted.admin_scopes)?;
    let Some(changes) = difference(&user, &wanted) else {
        tx.rollback().await?;
        return Ok(user);
    };
    let stays_owner = wanted.admin_scopes.iter().any(|scope| scope == AdminScope::REALMS_MANAGE.as_str());
    if !stays_owner {
        keep_an_owner(tx.as_mut(), &user).await?;
    }
    let change = user.update(changes, cx.now).map_err(|error| AdminFailure::invalid("", error))?;
    let user = change.value.clone();
    tx.users().save_user(change).await?;
    tx.commit().await?;
    Ok(user)
}
