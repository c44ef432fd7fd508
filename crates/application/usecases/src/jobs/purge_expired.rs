//! Removes what is over (flows, requests, codes, sessions, tokens, one-time values), in short transactions.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vestibule_kernel::StoreError;

use crate::App;

/// How often.
pub(super) const EVERY: Duration = Duration::from_secs(60);
/// Rows of a table in one transaction: no lock is held for long.
const BATCH: u32 = 1_000;
/// Transactions in one round; what is left waits for the next.
const MAX_BATCHES: u32 = 200;
/// Others may write between two batches.
const PAUSE: Duration = Duration::from_millis(20);
const LOCK: &str = "purge_expired";

/// Removes what is over at the current time and returns how many rows; nothing while another process does it.
///
/// # Errors
/// The store failed; what was removed before stays removed.
pub async fn purge_expired(app: &App, stop: &CancellationToken) -> Result<u64, StoreError> {
    let mut removed = 0_u64;
    for _ in 0..MAX_BATCHES {
        let cx = app.above_realms();
        let mut tx = app.store.system(&cx).await?;
        if !tx.try_lock(LOCK).await? {
            tx.rollback().await?;
            break;
        }
        let counts = tx.purge_expired(cx.now, BATCH).await?;
        tx.commit().await?;
        removed = counts.0.iter().fold(removed, |sum, (_, count)| sum.saturating_add(*count));
        let is_more = counts.0.iter().any(|(_, count)| *count >= u64::from(BATCH));
        if !is_more || stop.is_cancelled() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(removed)
}
