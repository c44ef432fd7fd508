//! Key rotation by schedule, realm by realm. Every worker may do it: each realm's row decides who does.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vestibule_kernel::{Page, PageRequest, StoreError};

use crate::{App, keys};

/// How often: lifetimes of keys are counted in hours.
pub(super) const EVERY: Duration = Duration::from_secs(15 * 60);

/// Does what is due in every realm and returns in how many something was done. A realm that fails is left for the next
/// round and does not hold up others.
///
/// # Errors
/// The directory of realms cannot be read.
pub async fn rotate_keys(app: &App, stop: &CancellationToken) -> Result<u64, StoreError> {
    let mut changed = 0;
    let mut page = PageRequest::default();
    loop {
        let mut tx = app.store.system(&app.above_realms()).await?;
        let Page { items, next } = tx.directory().list_realms(&page).await?;
        tx.rollback().await?;
        for realm in items {
            if stop.is_cancelled() {
                return Ok(changed);
            }
            match keys::rotate_due(app, &app.system_cx(realm.id)).await {
                Ok(done) => changed += u64::from(done),
                Err(error) => tracing::error!(realm.id = %realm.id, %error, "keys could not be rotated"),
            }
        }
        let Some(next) = next else { return Ok(changed) };
        page.after = Some(next);
    }
}
