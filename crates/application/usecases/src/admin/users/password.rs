//! Sets a user's password on behalf of an administrator. Everything that was opened with the old one ends.

use serde_json::Map;
use vestibule_authn::{Credential, CredentialKind};
use vestibule_kernel::{CredentialId, Secret, UserId};
use vestibule_sessions::RevocationCause;
use vestibule_storage::jobs::MessageKind;
use vestibule_users::{NewUser, User};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, access_end, passwords},
    notice,
};

/// Sets the password, ends every session and token of the user, clears their failed attempts, and tells them by mail.
///
/// # Errors
/// Needs `credentials:write`; [`AdminFailure::Invalid`] names the rule of the policy; [`AdminFailure::Busy`] when
/// hashing is at capacity.
pub async fn set_password(
    app: &App,
    admin: &AdminCx,
    id: UserId,
    password: Secret,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::CREDENTIALS_WRITE)?;
    let cx = admin.cx();
    let realm = app.snapshots.by_id(cx.realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    let mut tx = app.store.read(cx).await?;
    let user = super::changeable(tx.as_mut(), admin, id).await;
    tx.rollback().await?;
    let password = passwords::check(&realm.realm, &names(&user?), &password)
        .map_err(|error| AdminFailure::invalid("/password", error))?;
    let hash = app.hasher.hash(&password, passwords::cost(&realm.realm.settings)).await?;

    let mut tx = app.store.write(cx).await?;
    // Read again: rights may have changed while the password was hashed.
    let user = super::changeable(tx.as_mut(), admin, id).await?;
    let change = match tx.credentials().find_credential(id, CredentialKind::Password).await? {
        Some(old) => old.replaced(hash, cx.now),
        None => {
            let credential = CredentialId::from_uuid(app.entropy.uuid(cx.now));
            Credential::password(credential, id, hash, cx.now)
        }
    };
    tx.credentials().save_credential(change).await?;
    tx.lockouts().reset_attempts(id, CredentialKind::Password).await?;
    access_end::end_access(app, tx.as_mut(), id, RevocationCause::AccountChanged, cx.now).await?;
    // In the user's language: the one of this request is the administrator's.
    let told = (MessageKind::PasswordChanged, &Map::new(), None);
    notice::tell_at(app, cx, tx.as_mut(), (id, &notice::addresses(&user)), told).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// The parts of a user that a password may not consist of.
fn names(user: &User) -> NewUser {
    NewUser {
        username: user.username.clone(),
        emails: user.emails.clone(),
        profile: user.profile.clone(),
        ..NewUser::default()
    }
}
