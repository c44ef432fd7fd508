//! Their passkeys: seen, renamed, and removed unless one is the last way in. A new one is offered by a flow that leads to
//! [`ADDED`], after a fresh proof.

use vestibule_authn::{AuthnEvent, Credential, CredentialKind};
use vestibule_kernel::CredentialId;
use vestibule_storage::jobs::MessageKind;

use super::{
    AccountCx, AccountError, FreshCx,
    factors::{self, tell},
};
use crate::{App, RealmSnapshot, federation::Owned};

/// The page of the account that a flow which adds a passkey leads to.
pub const ADDED: &str = "/passkeys/added";
/// Most passkeys of an account.
pub const MAX_PASSKEYS: usize = 20;

/// Their passkeys, oldest first.
///
/// # Errors
/// The realm has none; the store failed.
pub async fn list_passkeys(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
) -> Result<Vec<Credential>, AccountError> {
    if !realm.realm.settings.login.passkey {
        return Err(AccountError::SwitchedOff);
    }
    let mut tx = app.store.read(me.cx()).await?;
    let bound = tx.credentials().list_credentials(me.id()).await?;
    tx.commit().await?;
    Ok(bound.into_iter().filter(|credential| credential.kind == CredentialKind::Passkey).collect())
}

/// Gives one of them another name; an empty one takes the name away.
///
/// # Errors
/// They have no such passkey, or the name is too long or has control characters.
pub async fn rename_passkey(
    app: &App,
    me: &AccountCx,
    id: CredentialId,
    label: &str,
) -> Result<(), AccountError> {
    factors::rename(app, me, (id, &[CredentialKind::Passkey]), label).await
}

fn is_passkey(credential: &Credential, id: CredentialId) -> bool {
    credential.id == id && credential.kind == CredentialKind::Passkey
}

/// Removes one of them, and tells its owner by mail.
///
/// # Errors
/// They have no such passkey, nothing else opens the account, or their session ended meanwhile.
pub async fn remove_passkey(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    id: CredentialId,
) -> Result<(), AccountError> {
    let cx = me.cx();
    let mut tx = app.store.write(cx).await?;
    me.confirm(tx.as_mut()).await?;
    let owned = Owned::load(tx.as_mut(), me.id()).await?;
    if !owned.credentials.iter().any(|credential| is_passkey(credential, id)) {
        tx.rollback().await?;
        return Err(AccountError::NotFound("passkey"));
    }
    if !owned.opens_without_credential(app, realm, id) {
        tx.rollback().await?;
        return Err(AccountError::LastWayIn);
    }
    // Two removals at once would each see the other's passkey: the row of the account orders them.
    if let Some(owner) = owned.user {
        tx.users().save_user(owner.touch(cx.now)).await?;
    }
    let event = AuthnEvent::CredentialRemoved { user: me.id(), id, kind: CredentialKind::Passkey };
    tx.credentials().delete_credential(id, event.into()).await?;
    tell(app, me, tx.as_mut(), (MessageKind::FactorRemoved, CredentialKind::Passkey)).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
