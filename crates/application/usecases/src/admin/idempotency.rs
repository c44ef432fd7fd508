//! Answers of POST requests remembered under an `Idempotency-Key` for a day, bound to caller, address and body. A key
//! is claimed by one conditional statement before the work begins.

use vestibule_kernel::{Cx, Digest, StoreError};
use vestibule_storage::{IdempotencySlot, IdempotentResponse};

use crate::App;

/// Claims a key; the caller runs the request only if the slot is fresh.
///
/// # Errors
/// The store failed.
pub async fn claim(app: &App, cx: &Cx, key: &Digest, body: &Digest) -> Result<IdempotencySlot, StoreError> {
    let mut tx = app.store.write(cx).await?;
    let slot = tx.idempotency().claim_idempotency_key(key, body, cx.now).await?;
    tx.commit().await?;
    Ok(slot)
}

/// Remembers the answer of a claimed key. It must hold no secret: it lies in the database for a day.
///
/// # Errors
/// The store failed.
pub async fn remember(
    app: &App,
    cx: &Cx,
    key: &Digest,
    response: &IdempotentResponse,
) -> Result<(), StoreError> {
    let mut tx = app.store.write(cx).await?;
    tx.idempotency().store_idempotent_response(key, response).await?;
    tx.commit().await
}

/// Gives a key back whose request was refused before it changed anything.
///
/// # Errors
/// The store failed.
pub async fn release(app: &App, cx: &Cx, key: &Digest) -> Result<(), StoreError> {
    let mut tx = app.store.write(cx).await?;
    tx.idempotency().release_idempotency_key(key).await?;
    tx.commit().await
}
