//! Pictures of a realm's brand, for everybody.

use vestibule_kernel::{Cx, StoreError};
use vestibule_realms::Picture;

use crate::App;

/// The picture whose content has this hash.
///
/// # Errors
/// The store failed.
pub async fn load(app: &App, cx: &Cx, hash: &str) -> Result<Option<Picture>, StoreError> {
    let mut tx = app.store.read(cx).await?;
    let found = tx.pictures().find_picture_by_hash(hash).await?;
    tx.commit().await?;
    Ok(found)
}
