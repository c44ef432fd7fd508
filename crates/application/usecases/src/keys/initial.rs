//! The keys a realm cannot do without: one active key for each algorithm its settings name.

use std::{collections::BTreeSet, sync::Arc};

use vestibule_kernel::{RealmId, StoreError, Timestamp};
use vestibule_oauth::{GeneratedKey, KeyStatus, SigningKey};
use vestibule_realms::RealmSettings;
use vestibule_storage::RealmTx;

use super::KeyError;
use crate::App;

fn is_missing(present: &[SigningKey], alg: &str) -> bool {
    !present.iter().any(|key| key.status == KeyStatus::Active && key.public.alg == alg)
}

/// Makes one key for each of the algorithms, on a thread where that may take its time (RSA does).
pub(super) async fn generate(
    app: &App,
    realm: RealmId,
    algorithms: BTreeSet<&'static str>,
) -> Result<Vec<GeneratedKey>, KeyError> {
    if algorithms.is_empty() {
        return Ok(Vec::new());
    }
    let signer = Arc::clone(&app.signer);
    let made = tokio::task::spawn_blocking(move || {
        algorithms.into_iter().map(|alg| signer.generate(realm, alg)).collect::<Result<Vec<_>, _>>()
    });
    Ok(made.await.map_err(|_cause: tokio::task::JoinError| KeyError::Cancelled)??)
}

/// Makes a key for each algorithm of `settings` that `present` has no active key for. Never inside a transaction.
///
/// # Errors
/// The library failed, or the process is shutting down.
pub async fn generate_missing(
    app: &App,
    realm: RealmId,
    settings: &RealmSettings,
    present: &[SigningKey],
) -> Result<Vec<GeneratedKey>, KeyError> {
    let wanted = settings.keys.algorithms.iter().map(|alg| alg.as_str());
    generate(app, realm, wanted.filter(|alg| is_missing(present, alg)).collect()).await
}

/// Stores those of the keys that are still missing; the caller holds the realm's row. Returns how many.
///
/// # Errors
/// The store failed.
pub async fn save_missing(
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
