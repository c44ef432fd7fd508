//! After a change of the master key: what the one before sealed for good (signing keys, secrets of the realm,
//! authenticators) is sealed anew, so that the old key can be forgotten. What lives for minutes is left to run out.

use vestibule_kernel::{Cx, EventRecord, PageRequest, StoreError};
use vestibule_storage::RealmTx;

use super::KeyError;
use crate::{App, challenge, secrets};

/// Rounds over the authenticators of a realm: one that is used meanwhile is met again in the next.
const ROUNDS: u32 = 5;

/// How many values were sealed anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Signing keys.
    pub signing_keys: u64,
    /// Secrets of the realm's settings.
    pub secrets: u64,
    /// Authenticators.
    pub authenticators: u64,
}

impl Resealed {
    fn any(self) -> bool {
        self != Self::default()
    }
}

/// Seals a realm's values anew where another master key than the current one sealed them. Safe to repeat and to
/// interrupt; afterwards nothing in the realm needs the master key before.
///
/// # Errors
/// A value opens under no configured key, or the store failed; what was done so far stays.
pub async fn reseal(app: &App, cx: &Cx) -> Result<Resealed, KeyError> {
    let done = Resealed {
        signing_keys: signing_keys(app, cx).await?,
        secrets: realm_secrets(app, cx).await?,
        authenticators: authenticators(app, cx).await?,
    };
    if done.any() {
        let payload = serde_json::json!({
            "signing_keys": done.signing_keys, "secrets": done.secrets, "authenticators": done.authenticators
        });
        let mut tx = app.store.write(cx).await?;
        tx.events().append_event(EventRecord::plain("realm.resealed", payload)).await?;
        tx.commit().await?;
    }
    app.snapshots.refresh(cx.realm).await?;
    Ok(done)
}

async fn signing_keys(app: &App, cx: &Cx) -> Result<u64, KeyError> {
    let mut tx = app.store.read(cx).await?;
    let keys = tx.keys().list_keys().await?;
    tx.commit().await?;
    let mut done = 0;
    for key in keys {
        let Some(private) = app.signer.reseal(cx.realm, &key)? else { continue };
        let mut tx = app.store.write(cx).await?;
        tx.keys().save_key(key.resealed(private)).await?;
        tx.commit().await?;
        done += 1;
    }
    Ok(done)
}

async fn realm_secrets(app: &App, cx: &Cx) -> Result<u64, KeyError> {
    let mut tx = app.store.read(cx).await?;
    let names = tx.secrets().list_secrets().await?;
    tx.commit().await?;
    let mut done = 0;
    for info in names {
        let mut tx = app.store.read(cx).await?;
        let found = tx.secrets().find_secret(&info.name).await?;
        tx.commit().await?;
        let Some(secret) = found else { continue };
        let Some(anew) = secrets::reseal(app, cx, &secret)? else { continue };
        let mut tx = app.store.write(cx).await?;
        // False: somebody set another value meanwhile, which the current key sealed.
        done += u64::from(tx.secrets().reseal_secret(&secret.name, &secret.sealed, &anew).await?);
        tx.commit().await?;
    }
    Ok(done)
}

async fn authenticators(app: &App, cx: &Cx) -> Result<u64, KeyError> {
    let mut done = 0;
    for _ in 0..ROUNDS {
        let (resealed, missed) = one_round(app, cx).await?;
        done += resealed;
        if missed == 0 {
            return Ok(done);
        }
    }
    Err(StoreError::Stale.into())
}

/// Goes through the authenticators once: how many were sealed anew, and how many changed under its hands.
async fn one_round(app: &App, cx: &Cx) -> Result<(u64, u64), KeyError> {
    let (mut done, mut missed) = (0, 0);
    let mut page = PageRequest::default();
    loop {
        let mut tx = app.store.read(cx).await?;
        let listed = tx.credentials().list_sealed_credentials(&page).await?;
        tx.commit().await?;
        for credential in listed.items {
            let Some(sealed) = challenge::reseal_credential(app, cx.realm, &credential)? else { continue };
            let mut tx = app.store.write(cx).await?;
            if save(tx.as_mut(), credential.resealed(sealed)).await? {
                tx.commit().await?;
                done += 1;
            } else {
                tx.rollback().await?;
                missed += 1;
            }
        }
        let Some(next) = listed.next else { return Ok((done, missed)) };
        page.after = Some(next);
    }
}

async fn save(
    tx: &mut dyn RealmTx,
    change: vestibule_kernel::Changed<vestibule_authn::Credential>,
) -> Result<bool, StoreError> {
    match tx.credentials().save_credential(change).await {
        Ok(()) => Ok(true),
        Err(StoreError::Stale) => Ok(false),
        Err(error) => Err(error),
    }
}
