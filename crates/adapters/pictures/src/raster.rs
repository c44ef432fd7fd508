//! Pixels: measured before they are decoded, decoded within a bound of memory, turned upright, made small, and encoded
//! as PNG. Whatever else the file held (metadata, places, profiles, further frames, bytes behind its end) is gone.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    error::LimitErrorKind,
    imageops,
};
use vestibule_realms::{CleanPicture, PictureError, PictureKind, PictureSlot};

/// Most pixels of each side of an upload.
const MAX_SIDE: u32 = 4_096;
/// Most pixels of an upload: a small file may say that it is huge.
const MAX_PIXELS: u64 = 4_194_304;
/// Most bytes that a decoder may ask for.
const MAX_MEMORY: u64 = 64 * 1_024 * 1_024;

const TOO_MANY_PIXELS: PictureError =
    PictureError::TooLarge { what: "the number of pixels", most: MAX_PIXELS };

pub(crate) fn clean(
    slot: PictureSlot,
    format: ImageFormat,
    file: &[u8],
) -> Result<CleanPicture, PictureError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(TOO_MANY_PIXELS);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    let most = slot.max_side();
    if picture.width() > most || picture.height() > most {
        picture = picture.resize(most, most, imageops::FilterType::Lanczos3);
    }
    encode(&picture)
}

/// The same pixels always make the same file: cleaning a cleaned picture changes nothing.
fn encode(picture: &DynamicImage) -> Result<CleanPicture, PictureError> {
    let pixels = picture.to_rgba8();
    let (width, height) = pixels.dimensions();
    let mut content = Vec::new();
    PngEncoder::new_with_quality(&mut content, CompressionType::Best, FilterType::Adaptive)
        .write_image(pixels.as_raw(), width, height, image::ExtendedColorType::Rgba8)
        .map_err(refused)?;
    Ok(CleanPicture { kind: PictureKind::Png, content, width, height })
}

fn refused(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(limit) => match limit.kind() {
            LimitErrorKind::InsufficientMemory => {
                PictureError::TooLarge { what: "the memory it needs", most: MAX_MEMORY }
            }
            _ => TOO_MANY_PIXELS,
        },
        other => PictureError::Broken(other.to_string().chars().take(200).collect()),
    }
}
