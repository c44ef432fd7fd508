//! Taking an identity off an account, unless it is the last way in.

use vestibule_federation::FederationEvent;
use vestibule_kernel::{Cx, IdentityId, StoreError, UserId};
use vestibule_storage::{RealmTx, jobs::MessageKind};

use super::{FederationError, linked::Owned, tell};
use crate::{App, RealmSnapshot};

/// How often it is decided anew when the account moves meanwhile.
const TRIES: u32 = 3;

/// Removes a user's identity and tells them by mail. The caller has asked for a fresh proof.
///
/// # Errors
/// There is none with this id, or nothing else opens the account.
pub async fn unlink(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    user: UserId,
    id: IdentityId,
) -> Result<(), FederationError> {
    let mut tries = 0;
    loop {
        let mut tx = app.store.write(cx).await?;
        match within(app, cx, realm, tx.as_mut(), (user, id)).await {
            Ok(()) => {
                tx.commit().await?;
                app.jobs_wake.notify_one();
                return Ok(());
            }
            Err(error) => {
                tx.rollback().await?;
                let again = matches!(error, FederationError::Store(StoreError::Stale)) && tries < TRIES;
                if !again {
                    return Err(error);
                }
                tries += 1;
            }
        }
    }
}

async fn within(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    (user, id): (UserId, IdentityId),
) -> Result<(), FederationError> {
    let owned = Owned::load(tx, user).await?;
    let identity = owned.identities.iter().find(|identity| identity.id == id);
    let identity = identity.ok_or(FederationError::NoIdentity)?;
    if !owned.opens_without(app, realm, identity) {
        return Err(FederationError::LastWayIn);
    }
    let connection = identity.connection;
    // Two removals at once would each see the other's identity: the row of the account orders them.
    if let Some(owner) = owned.user.clone() {
        tx.users().save_user(owner.touch(cx.now)).await?;
    }
    let event = FederationEvent::IdentityUnlinked { id, user, connection };
    tx.federation().delete_identity(user, id, event.into()).await?;
    let provider = realm.connections.iter().find(|found| found.id == connection);
    if let (Some(owner), Some(provider)) = (&owned.user, provider) {
        tell(app, cx, tx, (owner, MessageKind::IdentityUnlinked), provider).await?;
    }
    Ok(())
}
