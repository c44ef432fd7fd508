//! A copy of everything that is kept about a person, for the person: asked for, made in the background, downloaded.

use std::time::Duration;

use vestibule_kernel::{EventRecord, ExportId, JobId, StoreError};
use vestibule_storage::Job;
use vestibule_users::{DataExport, UserEvent};

use super::{AccountCx, AccountError, FreshCx, archive};
use crate::{App, RealmSnapshot, flow::limited};

/// Copies that one person asks for in a day.
const COPIES_PER_DAY: u32 = 10;

/// An archive to hand over.
pub struct Archive {
    /// A name for the file.
    pub name: String,
    /// A ZIP archive.
    pub bytes: Vec<u8>,
}

/// Asks for a copy. While one is being made, it is that one.
///
/// # Errors
/// Too many were asked for, or the store failed.
pub async fn request_export(app: &App, me: &FreshCx<'_>) -> Result<DataExport, AccountError> {
    let (cx, about) = (me.cx(), me.id().to_string());
    if let Some(making) = making(app, me).await? {
        return Ok(making);
    }
    limited(app, cx, ("account_export", &about), (COPIES_PER_DAY, Duration::from_hours(24))).await?;
    let id = ExportId::from_uuid(app.entropy.uuid(cx.now));
    let change = DataExport::request(id, me.id(), archive::STEPS, cx.now);
    let export = change.value.clone();
    let mut tx = app.store.write(cx).await?;
    me.confirm(tx.as_mut()).await?;
    match tx.exports().insert_export(change).await {
        Ok(()) => {}
        Err(StoreError::Conflict(rule)) if rule == "data_exports_making" => {
            tx.rollback().await?;
            return making(app, me).await?.ok_or(AccountError::TooMany);
        }
        Err(error) => return Err(error.into()),
    }
    let job = Job::ExportData { export: id, locale: cx.origin.language.clone() };
    tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, cx.now).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(export)
}

async fn making(app: &App, me: &AccountCx) -> Result<Option<DataExport>, StoreError> {
    let exports = list_exports(app, me).await?;
    Ok(exports.into_iter().find(|export| export.ready_at.is_none()))
}

/// The copies that are being made or can be downloaded, the newest first.
///
/// # Errors
/// The store failed.
pub async fn list_exports(app: &App, me: &AccountCx) -> Result<Vec<DataExport>, StoreError> {
    let mut tx = app.store.read(me.cx()).await?;
    let exports = tx.exports().list_exports(me.id(), me.cx().now).await?;
    tx.commit().await?;
    Ok(exports)
}

/// One of them.
///
/// # Errors
/// There is none of the person's with this id, or the store failed.
pub async fn get_export(app: &App, me: &AccountCx, id: ExportId) -> Result<DataExport, AccountError> {
    let mine = list_exports(app, me).await?.into_iter().find(|export| export.id == id);
    mine.ok_or(AccountError::NotFound("copy"))
}

/// Hands the archive of a copy over.
///
/// # Errors
/// There is none of the person's with this id that is ready, or the store failed.
pub async fn take_export(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    id: ExportId,
) -> Result<Archive, AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let event: EventRecord = UserEvent::Exported { id: me.id(), export: id }.into();
    let taken = tx.exports().take_export(me.id(), id, me.cx().now, event).await?;
    tx.commit().await?;
    let content = taken.ok_or(AccountError::NotFound("copy"))?;
    let date = content.ready_at.format("%Y-%m-%d");
    Ok(Archive { name: format!("{}-{date}.zip", realm.realm.slug.as_str()), bytes: content.bytes })
}
