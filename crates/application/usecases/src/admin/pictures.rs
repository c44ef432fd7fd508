//! Pictures of a realm's brand, for its administrators: uploaded, made harmless, served by the realm itself.

use vestibule_realms::{CleanPicture, Picture, PictureError, PictureInfo, PictureSlot, RealmEvent};
use vestibule_storage::RealmTx;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

impl From<PictureError> for AdminFailure {
    fn from(error: PictureError) -> Self {
        Self::invalid("", error)
    }
}

/// A picture, without its content.
///
/// # Errors
/// Needs `realm:read`; [`AdminFailure::NotFound`].
pub async fn get(app: &App, admin: &AdminCx, slot: PictureSlot) -> Result<PictureInfo, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let found = find(tx.as_mut(), slot).await?;
    tx.commit().await?;
    found.ok_or(AdminFailure::NotFound("picture"))
}

/// The picture of a slot.
pub(crate) async fn find(
    tx: &mut dyn RealmTx,
    slot: PictureSlot,
) -> Result<Option<PictureInfo>, AdminFailure> {
    Ok(tx.pictures().list_pictures().await?.into_iter().find(|info| info.slot == slot))
}

/// Sets a picture from a file, or replaces the one of its slot.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::Invalid`] for a file that is no picture or holds what it must not.
pub async fn put(
    app: &App,
    admin: &AdminCx,
    slot: PictureSlot,
    media_type: &str,
    file: Vec<u8>,
) -> Result<PictureInfo, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let clean = app.pictures.clean(slot, Some(media_type), file).await?;
    let mut tx = app.store.write(cx).await?;
    let (info, outcome) = save(tx.as_mut(), slot, clean, cx.now).await?;
    tx.commit().await?;
    if outcome == Saved::Changed {
        app.snapshots.refresh(cx.realm).await?;
    }
    Ok(info)
}

/// Whether a picture was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saved {
    /// It was stored.
    Changed,
    /// The same one is stored already.
    Unchanged,
}

/// Stores a picture unless the slot has just this one.
pub(crate) async fn save(
    tx: &mut dyn RealmTx,
    slot: PictureSlot,
    clean: CleanPicture,
    now: vestibule_kernel::Timestamp,
) -> Result<(PictureInfo, Saved), AdminFailure> {
    let change = Picture::set(slot, clean, now);
    if let Some(known) = find(tx, slot).await?.filter(|known| known.hash == change.value.info.hash) {
        return Ok((known, Saved::Unchanged));
    }
    let info = change.value.info.clone();
    tx.pictures().save_picture(change).await?;
    Ok((info, Saved::Changed))
}

/// Removes a picture.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::NotFound`].
pub async fn delete(app: &App, admin: &AdminCx, slot: PictureSlot) -> Result<(), AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    if !tx.pictures().delete_picture(slot, RealmEvent::PictureRemoved { slot }.into()).await? {
        tx.rollback().await?;
        return Err(AdminFailure::NotFound("picture"));
    }
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(())
}
