//! A new password, chosen by its owner: everything else that is signed in ends, and the owner is told by mail.

use serde_json::Map;
use vestibule_authn::{Credential, CredentialKind, HashError, TrustScope};
use vestibule_kernel::{CredentialId, Secret, StoreError};
use vestibule_sessions::{RevocationCause, SessionScope};
use vestibule_storage::jobs::MessageKind;
use vestibule_users::{NewUser, User};

use super::{AccountCx, AccountError, FreshCx};
use crate::{App, RealmSnapshot, access::end::end_sessions, admin::passwords, notice};

/// Whether the realm has passwords, and the person one of them.
///
/// # Errors
/// The realm has none; the store failed.
pub async fn has_password(app: &App, realm: &RealmSnapshot, me: &AccountCx) -> Result<bool, AccountError> {
    if !realm.realm.settings.login.password {
        return Err(AccountError::SwitchedOff);
    }
    let mut tx = app.store.read(me.cx()).await?;
    let found = tx.credentials().find_credential(me.id(), CredentialKind::Password).await?;
    tx.commit().await?;
    Ok(found.is_some())
}

/// Sets or replaces the password. Every other session ends, and every token with offline access too: whoever knew the
/// old password may hold one.
///
/// # Errors
/// The password is refused, the realm has none, the hashing queue is full, or the store failed.
pub async fn change_password(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    password: &Secret,
) -> Result<(), AccountError> {
    if !realm.realm.settings.login.password {
        return Err(AccountError::SwitchedOff);
    }
    let normal = passwords::check(&realm.realm, &names(me.user()), password)?;
    let hash = match app.hasher.hash(&normal, passwords::cost(&realm.realm.settings)).await {
        Ok(hash) => hash,
        Err(HashError::Busy { retry_after_seconds }) => {
            return Err(AccountError::Busy { retry_after_seconds });
        }
        Err(HashError::Unusable) => return Err(StoreError::Corrupt("a new password hash".to_owned()).into()),
    };
    let (cx, user) = (me.cx(), me.id());
    let mut tx = app.store.write(cx).await?;
    me.confirm(tx.as_mut()).await?;
    let change = match tx.credentials().find_credential(user, CredentialKind::Password).await? {
        Some(old) => old.replaced(hash, cx.now),
        None => Credential::password(CredentialId::from_uuid(app.entropy.uuid(cx.now)), user, hash, cx.now),
    };
    tx.credentials().save_credential(change).await?;
    tx.lockouts().reset_attempts(user, CredentialKind::Password).await?;
    let others = SessionScope::UserExcept(user, me.session().id);
    end_sessions(app, tx.as_mut(), others, RevocationCause::AccountChanged, cx.now).await?;
    tx.tokens().revoke_user_families(user, cx.now).await?;
    tx.trusted_devices().forget_trusted_devices(TrustScope::User(user)).await?;
    notice::tell(app, cx, tx.as_mut(), me.user(), (MessageKind::PasswordChanged, Map::new())).await?;
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
