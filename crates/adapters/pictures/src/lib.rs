//! Makes uploaded pictures harmless. Pixels are decoded within bounds and encoded anew; vectors are read as XML and
//! written anew from an allow-list. Nothing of the file itself is ever kept.
#![warn(missing_docs)]

mod raster;
mod svg;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use vestibule_realms::{
    CleanPicture, PictureCleaner, PictureError, PictureKind, PictureSlot,
    picture::{MAX_STORED_BYTES, MAX_UPLOAD_BYTES},
};

/// Files read at the same time: each may need some tens of megabytes for a moment.
const AT_ONCE: usize = 2;

/// What a file is by its first bytes, whatever its sender says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileType {
    Png,
    Jpeg,
    WebP,
    Svg,
}

impl FileType {
    fn of(file: &[u8]) -> Option<Self> {
        let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let starts = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if file.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if file.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP".as_slice()) {
            Some(Self::WebP)
        } else if starts == Some(&b'<') {
            Some(Self::Svg)
        } else {
            None
        }
    }

    fn announced(media_type: &str) -> Option<Self> {
        match media_type {
            "image/png" => Some(Self::Png),
            "image/jpeg" => Some(Self::Jpeg),
            "image/webp" => Some(Self::WebP),
            "image/svg+xml" => Some(Self::Svg),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Svg => "SVG",
        }
    }
}

/// The cleaner: threads outside the runtime's own, two files at a time.
#[derive(Debug, Clone)]
pub struct Pictures {
    turns: Arc<Semaphore>,
}

impl Pictures {
    /// A cleaner.
    pub fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Default for Pictures {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl PictureCleaner for Pictures {
    async fn clean(
        &self,
        slot: PictureSlot,
        media_type: Option<&str>,
        file: Vec<u8>,
    ) -> Result<CleanPicture, PictureError> {
        let found = FileType::of(&file).ok_or(PictureError::Type)?;
        if let Some(announced) = media_type {
            let announced = FileType::announced(announced).ok_or(PictureError::Type)?;
            if announced != found {
                return Err(PictureError::OtherType(announced.name()));
            }
        }
        let stopped = || PictureError::Broken("the server is shutting down".to_owned());
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_closed| stopped())?;
        let task = tokio::task::spawn_blocking(move || {
            let cleaned = clean(slot, found, &file);
            drop(turn);
            cleaned
        });
        // A panic of a decoder is the file's fault as well.
        task.await.map_err(|_panicked| PictureError::Broken("it is damaged".to_owned()))?
    }
}

fn clean(slot: PictureSlot, found: FileType, file: &[u8]) -> Result<CleanPicture, PictureError> {
    within("the number of bytes", file.len(), MAX_UPLOAD_BYTES)?;
    let cleaned = match found {
        FileType::Svg => svg::clean(file)?,
        FileType::Png => raster::clean(slot, image::ImageFormat::Png, file)?,
        FileType::Jpeg => raster::clean(slot, image::ImageFormat::Jpeg, file)?,
        FileType::WebP => raster::clean(slot, image::ImageFormat::WebP, file)?,
    };
    within("the number of bytes after cleaning", cleaned.content.len(), MAX_STORED_BYTES)?;
    debug_assert!(cleaned.kind == PictureKind::Svg || found != FileType::Svg);
    Ok(cleaned)
}

fn within(what: &'static str, value: usize, most: usize) -> Result<(), PictureError> {
    let bound = u64::try_from(most).unwrap_or(u64::MAX);
    if value <= most { Ok(()) } else { Err(PictureError::TooLarge { what, most: bound }) }
}
