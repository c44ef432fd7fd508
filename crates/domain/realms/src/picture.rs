//! Pictures of a realm's brand: uploaded, made harmless, and served by the realm itself. Does not know how a file is
//! read; [`crate::ports::PictureCleaner`] does.

use serde::Serialize;
use vestibule_kernel::{Changed, Digest, Timestamp};

use crate::events::RealmEvent;

/// Most bytes of an upload.
pub const MAX_UPLOAD_BYTES: usize = 512 * 1_024;
/// Most bytes of a picture as it is kept and served.
pub const MAX_STORED_BYTES: usize = 256 * 1_024;

/// What a picture is for. A realm has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureSlot {
    /// In the place of the name, on light ground.
    Logo,
    /// The same on dark ground; without one the other is shown there too.
    LogoDark,
    /// In the tab of the browser.
    Favicon,
}

impl PictureSlot {
    /// Every slot.
    pub const ALL: [Self; 3] = [Self::Logo, Self::LogoDark, Self::Favicon];

    /// Its name in addresses and in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::LogoDark => "logo-dark",
            Self::Favicon => "favicon",
        }
    }

    /// Most pixels of each side of a raster picture; a larger one is made smaller.
    pub const fn max_side(self) -> u32 {
        match self {
            Self::Logo | Self::LogoDark => 512,
            Self::Favicon => 192,
        }
    }
}

impl std::fmt::Display for PictureSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a picture is one of logo, logo-dark and favicon")]
pub struct UnknownSlot;

impl std::str::FromStr for PictureSlot {
    type Err = UnknownSlot;
    fn from_str(text: &str) -> Result<Self, UnknownSlot> {
        Self::ALL.into_iter().find(|slot| slot.as_str() == text).ok_or(UnknownSlot)
    }
}

/// The two kinds of file that are kept, whatever was uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// Pixels that this server encoded itself.
    Png,
    /// Vectors that this server wrote itself.
    Svg,
}

impl PictureKind {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The ending of its name in addresses, and its name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }

    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Png, Self::Svg].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A file that was made harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanPicture {
    /// What it is.
    pub kind: PictureKind,
    /// The file.
    pub content: Vec<u8>,
    /// Width in pixels; of vectors, that of their own measure.
    pub width: u32,
    /// Height in the same measure.
    pub height: u32,
}

/// Why a file is no picture of a realm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Neither PNG, JPEG, WebP nor SVG.
    #[error("expected a PNG, JPEG, WebP or SVG file")]
    Type,
    /// It says that it is one thing and is another.
    #[error("the file is no {0}")]
    OtherType(&'static str),
    /// It cannot be read to its end.
    #[error("the file cannot be read: {0}")]
    Broken(String),
    /// Too many bytes, pixels, elements.
    #[error("{what} is more than {most}")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// The bound.
        most: u64,
    },
    /// It holds what a picture of a realm must not hold.
    #[error("{0} is not allowed in a picture of a realm")]
    Forbidden(String),
}

/// A picture without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureInfo {
    /// What it is for.
    pub slot: PictureSlot,
    /// What it is.
    pub kind: PictureKind,
    /// The first half of the content's SHA-256 in hexadecimal digits: its name in addresses.
    pub hash: String,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// When it was set.
    pub updated_at: Timestamp,
}

impl PictureInfo {
    /// Its path below the realm's addresses. Another content has another path, so it may be cached for ever.
    pub fn path(&self) -> String {
        format!("/flow/picture-{}.{}", self.hash, self.kind.as_str())
    }
}

/// A picture as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What is known of it.
    pub info: PictureInfo,
    /// The file.
    pub content: Vec<u8>,
}

impl Picture {
    /// Sets a picture, or replaces the one of its slot: the last writer wins.
    pub fn set(slot: PictureSlot, clean: CleanPicture, now: Timestamp) -> Changed<Self> {
        let info = PictureInfo {
            slot,
            kind: clean.kind,
            hash: content_hash(&clean.content),
            width: clean.width,
            height: clean.height,
            updated_at: now,
        };
        let event = RealmEvent::PictureSet { slot, hash: info.hash.clone() };
        Changed { value: Self { info, content: clean.content }, expected: None, events: vec![event.into()] }
    }
}

/// Half of SHA-256 in hexadecimal digits: nobody finds another file for a name.
pub fn content_hash(content: &[u8]) -> String {
    use std::fmt::Write;
    Digest::of(content).as_bytes().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_address() {
        let clean = |content: &[u8]| CleanPicture {
            kind: PictureKind::Svg,
            content: content.to_vec(),
            width: 1,
            height: 1,
        };
        let path = |content: &[u8]| {
            Picture::set(PictureSlot::Logo, clean(content), Timestamp::UNIX_EPOCH).value.info.path()
        };
        assert_eq!(path(b"a"), path(b"a"));
        assert_ne!(path(b"a"), path(b"b"));
        assert!(path(b"a").starts_with("/flow/picture-") && path(b"a").contains(".svg"));
    }

    #[test]
    fn a_slot_is_read_from_its_name() {
        for slot in PictureSlot::ALL {
            assert_eq!(slot.as_str().parse(), Ok(slot));
        }
        assert_eq!("banner".parse::<PictureSlot>(), Err(UnknownSlot));
    }
}
