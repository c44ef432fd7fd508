//! Pictures of a realm document: vectors as text, pixels in base64, or the name of a file beside the command line.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use vestibule_realms::{CleanPicture, Picture, PictureKind, PictureSlot};
use vestibule_storage::RealmTx;

use super::{DocumentError, RealmDocument, apply::Outcome};
use crate::{
    App,
    admin::{
        AdminFailure,
        pictures::{self, Saved},
    },
};

/// The picture of a slot: exactly one of its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PictureEntry {
    /// An SVG file as text.
    Svg(String),
    /// Any file in base64.
    Base64(String),
    /// A file of the importing machine.
    File(String),
}

/// The pictures of a document. What is left out is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct PictureEntries {
    /// In the place of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<PictureEntry>,
    /// The same on dark ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_dark: Option<PictureEntry>,
    /// In the tab of the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicon: Option<PictureEntry>,
}

impl PictureEntries {
    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.logo.is_none() && self.logo_dark.is_none() && self.favicon.is_none()
    }

    const fn slot(&mut self, slot: PictureSlot) -> &mut Option<PictureEntry> {
        match slot {
            PictureSlot::Logo => &mut self.logo,
            PictureSlot::LogoDark => &mut self.logo_dark,
            PictureSlot::Favicon => &mut self.favicon,
        }
    }
}

impl RealmDocument {
    /// Replaces names of files by what `read` finds. For callers on the machine itself only, like the references of
    /// secrets.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] when `read` refuses.
    pub fn resolve_pictures(
        &mut self,
        read: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<(), DocumentError> {
        for slot in PictureSlot::ALL {
            let entry = self.pictures.slot(slot);
            if let Some(PictureEntry::File(path)) = entry {
                let file = read(path)
                    .map_err(|reason| DocumentError::Malformed(format!("the picture {slot}: {reason}")))?;
                *entry = Some(PictureEntry::Base64(STANDARD.encode(file)));
            }
        }
        Ok(())
    }
}

/// The pictures of a document, made harmless.
///
/// # Errors
/// A file that is no picture, bad base64, or a reference that nobody resolved.
pub(super) async fn prepare(
    app: &App,
    mut entries: PictureEntries,
) -> Result<BTreeMap<PictureSlot, CleanPicture>, AdminFailure> {
    let mut prepared = BTreeMap::new();
    for slot in PictureSlot::ALL {
        let Some(entry) = entries.slot(slot).take() else { continue };
        let pointer = format!("/pictures/{slot}");
        let file = match entry {
            PictureEntry::Svg(text) => text.into_bytes(),
            PictureEntry::Base64(text) => STANDARD
                .decode(text.split_ascii_whitespace().collect::<String>())
                .map_err(|error| AdminFailure::invalid(&pointer, error))?,
            PictureEntry::File(_) => {
                return Err(AdminFailure::invalid(pointer, "a file is read by the command line only"));
            }
        };
        let clean = app.pictures.clean(slot, None, file).await;
        prepared.insert(slot, clean.map_err(|error| AdminFailure::invalid(&pointer, error))?);
    }
    Ok(prepared)
}

/// Brings one picture in line.
pub(super) async fn apply(
    tx: &mut dyn RealmTx,
    (slot, clean): (PictureSlot, CleanPicture),
    now: vestibule_kernel::Timestamp,
) -> Result<Outcome, AdminFailure> {
    let had = pictures::find(tx, slot).await?.is_some();
    Ok(match pictures::save(tx, slot, clean, now).await? {
        (_, Saved::Unchanged) => Outcome::Unchanged,
        (_, Saved::Changed) if had => Outcome::Updated,
        (_, Saved::Changed) => Outcome::Created,
    })
}

/// The pictures of the realm as entries.
pub(super) async fn exported(tx: &mut dyn RealmTx) -> Result<PictureEntries, AdminFailure> {
    let mut entries = PictureEntries::default();
    for info in tx.pictures().list_pictures().await? {
        let found = tx.pictures().find_picture_by_hash(&info.hash).await?;
        *entries.slot(info.slot) = found.map(entry);
    }
    Ok(entries)
}

fn entry(picture: Picture) -> PictureEntry {
    let encoded = |content: &[u8]| PictureEntry::Base64(STANDARD.encode(content));
    match picture.info.kind {
        PictureKind::Png => encoded(&picture.content),
        PictureKind::Svg => match String::from_utf8(picture.content) {
            Ok(text) => PictureEntry::Svg(text),
            Err(error) => encoded(error.as_bytes()),
        },
    }
}
