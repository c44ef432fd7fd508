//! The archive of everything that is kept about a person: documents in JSON, a page that shows them to people in their
//! language, a manifest with the hash of each file, and the issuer's signature of the manifest. Made by a job, so that
//! nobody waits.

pub mod data;
mod documents;
mod verify;
mod zip;

use std::{fmt::Write, sync::Arc};

use serde_json::{Value, json};
use vestibule_kernel::{Cx, Digest, ExportId, StoreError, contact::Locale};
use vestibule_storage::jobs::MessageKind;
use vestibule_users::{DataExport, User, export::KEPT_DAYS};

pub use self::verify::{ArchiveFault, VerifiedArchive, verify_archive};
use self::{
    data::PersonalData,
    documents::{Document, pretty},
};
use crate::{App, RealmSnapshot, notice};

/// The media type of the signature, in the header of the JWS.
pub(super) const SIGNATURE_TYPE: &str = "vestibule-export+jws";
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.jws";
const PAGE: &str = "index.html";

/// Steps of a copy: its documents, and the archive.
pub(super) const STEPS: u16 = 8;

/// How a copy ended.
pub(crate) enum Made {
    /// It is there, or nobody waits for it any more.
    Done,
    /// Something of the server's failed.
    Failed(&'static str),
}

/// Makes the copy that was asked for, and tells its owner. Safe to run again: what is ready stays as it is.
///
/// # Errors
/// The store failed.
pub(crate) async fn export_data(
    app: &App,
    cx: &Cx,
    id: ExportId,
    locale: Option<&Locale>,
) -> Result<Made, StoreError> {
    let Some(realm) = app.snapshots.by_id(cx.realm).await? else { return Ok(Made::Done) };
    let Some((export, user)) = find(app, cx, id).await? else { return Ok(Made::Done) };
    let mut data = PersonalData::begin(&user, cx.now);
    for (done, document) in (1..).zip(Document::ALL) {
        let mut tx = app.store.write(cx).await?;
        document.collect((app, &realm), tx.as_mut(), &user, &mut data).await?;
        if !tx.exports().note_export_progress(id, done).await? {
            // Taken back, erased, or made by another worker.
            tx.rollback().await?;
            return Ok(Made::Done);
        }
        tx.commit().await?;
    }
    let mut files: Vec<(String, Vec<u8>)> =
        Document::ALL.map(|document| (format!("{}.json", document.name()), document.content(&data))).into();
    let Some(page) = page(app, &realm, user.locale.as_ref().or(locale).cloned(), data).await else {
        return Ok(Made::Failed("the page could not be made"));
    };
    files.push((PAGE.to_owned(), page.into_bytes()));
    let manifest = Manifest::of(&realm, &export, files, cx);
    let Some(signature) = manifest.sign(app, &realm) else {
        return Ok(Made::Failed("the manifest could not be signed"));
    };
    let at = cx.now;
    // Compressing is work for the processor only.
    let packed = tokio::task::spawn_blocking(move || zip::pack(&manifest.into_files(signature), at)).await;
    let Ok(Ok(archive)) = packed else { return Ok(Made::Failed("the archive could not be written")) };
    let size = u64::try_from(archive.len()).unwrap_or(u64::MAX);
    let mut tx = app.store.write(cx).await?;
    tx.exports().finish_export(export.finish(size, cx.now), archive).await?;
    let data =
        notice::values([("link", realm.issuer.url("/account/privacy")), ("days", KEPT_DAYS.to_string())]);
    let to = notice::addresses(&user);
    let message = (MessageKind::ExportReady, &data, locale.cloned());
    notice::tell_at(app, cx, tx.as_mut(), (user.id, &to), message).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(Made::Done)
}

/// The page of the archive in its owner's language, or in the one that the copy was asked for in. Thousands of entries are
/// work for the processor, too.
async fn page(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    locale: Option<Locale>,
    data: PersonalData,
) -> Option<String> {
    let (renderer, realm) = (Arc::clone(&app.renderer), Arc::clone(realm));
    let made =
        tokio::task::spawn_blocking(move || renderer.render_personal_data(&realm, locale.as_ref(), &data));
    made.await.ok()?.ok()
}

async fn find(app: &App, cx: &Cx, id: ExportId) -> Result<Option<(DataExport, User)>, StoreError> {
    let mut tx = app.store.read(cx).await?;
    let export = tx.exports().find_export(id).await?.filter(|export| export.ready_at.is_none());
    let user = match &export {
        Some(export) => tx.users().find_user(export.user).await?,
        None => None,
    };
    tx.commit().await?;
    Ok(export.zip(user))
}

/// What the archive holds, and the list of it.
struct Manifest {
    files: Vec<(String, Vec<u8>)>,
    text: Vec<u8>,
}

impl Manifest {
    fn of(realm: &RealmSnapshot, export: &DataExport, files: Vec<(String, Vec<u8>)>, cx: &Cx) -> Self {
        let listed: Vec<Value> = files
            .iter()
            .map(|(name, content)| json!({"name": name, "bytes": content.len(), "sha256": hex(content)}))
            .collect();
        let text = pretty(&json!({
            "format": 2, "issuer": realm.issuer.as_str(), "realm": realm.display_name(), "account": export.user,
            "export": export.id, "made_at": cx.now, "files": listed,
        }));
        Self { files, text }
    }

    /// The manifest as a compact JWS under the realm's key, so that it holds without asking anybody but the issuer's
    /// published keys.
    fn sign(&self, app: &App, realm: &RealmSnapshot) -> Option<String> {
        let key = realm.signing_key(realm.realm.settings.keys.default_algorithm.as_str())?;
        app.signer.sign(realm.realm.id, key, SIGNATURE_TYPE, &self.text).ok()
    }

    fn into_files(self, signature: String) -> Vec<(String, Vec<u8>)> {
        let list = [(MANIFEST.to_owned(), self.text), (SIGNATURE.to_owned(), signature.into_bytes())];
        list.into_iter().chain(self.files).collect()
    }
}

fn hex(content: &[u8]) -> String {
    Digest::of(content).as_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_a_step_and_so_is_the_archive() {
        assert_eq!(usize::from(STEPS), Document::ALL.len() + 1);
    }
}
