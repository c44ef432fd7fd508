//! The keys a realm cannot do without: one active key for each algorithm its settings name. Generated outside any
//! transaction; stored only where none is there yet.

use std::{collections::BTreeSet, sync::Arc};

use vestibule_kernel::{RealmId, StoreError, Timestamp};
use vestibule_oauth::{GeneratedKey, KeyStatus, SigningKey};
use vestibule_realms::RealmSettings;
use vestibule_storage::RealmTx;

use crate::{App, admin::AdminFailure};

fn is_missing(present: &[SigningKey], alg: &str) -> bool {
    !present.iter().any(|key| key.status == KeyStatus::Active && key.public.alg == alg)
}

/// Makes a key for each algorithm of `settings` that `present` has no active key for.
///
/// # Errors
/// The library failed, or the process is shutting down.
pub(crate) async fn generate_missing(
    app: &App,
    realm: RealmId,
    settings: &RealmSettings,
    present: &[SigningKey],
) -> Result<Vec<GeneratedKey>, AdminFailure> {
    let wanted: BTreeSet<&'static str> = settings
        .keys
        .algorithms
        .iter()
        .map(|alg| alg.as_str())
        .filter(|alg| is_missing(present, alg))
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let signer = Arc::clone(&app.signer);
    // An RSA key takes long enough to stall an executor thread.
    let made = tokio::task::spawn_blocking(move || {
        wanted.into_iter().map(|alg| signer.generate(realm, alg)).collect::<Result<Vec<_>, _>>()
    });
    Ok(made.await.map_err(|_: tokio::task::JoinError| AdminFailure::Cancelled)??)
}

/// Stores those of the keys that are still missing; the caller holds the realm's row. Returns how many.
pub(crate) async fn save_missing(
    tx: &mut dyn RealmTx,
    generated: Vec<GeneratedKey>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    if generated.is_empty() {
        return Ok(0);
    }
    let present = tx.keys().list_keys().await?;
    let mut saved = 0;
    for key in generated {
        if is_missing(&present, &key.public.alg) {
            tx.keys().save_key(SigningKey::create(key, now, now)).await?;
            saved += 1;
        }
    }
    Ok(saved)
}
