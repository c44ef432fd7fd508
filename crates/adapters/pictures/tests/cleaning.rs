//! What uploaded files become, and which are refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use vestibule_pictures::Pictures;
use vestibule_realms::{CleanPicture, PictureCleaner, PictureError, PictureKind, PictureSlot};

async fn clean(file: impl Into<Vec<u8>>) -> Result<CleanPicture, PictureError> {
    Pictures::new().clean(PictureSlot::Logo, None, file.into()).await
}

async fn vectors(body: &str) -> Result<String, PictureError> {
    let file =
        format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 24'>{body}<path d='M0 0h9'/></svg>");
    clean(file).await.map(|clean| String::from_utf8(clean.content).unwrap())
}

fn pixels(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let picture = RgbaImage::from_pixel(width, height, Rgba([10, 120, 90, 255]));
    let mut picture = DynamicImage::ImageRgba8(picture);
    if format == ImageFormat::Jpeg {
        picture = DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn every_raster_format_becomes_png_and_cleaning_again_changes_nothing() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let first = clean(pixels(format, 80, 40)).await.unwrap();
        assert_eq!((first.kind, first.width, first.height), (PictureKind::Png, 80, 40), "{format:?}");
        assert_eq!(clean(first.content.clone()).await.unwrap(), first);
    }
}

#[tokio::test]
async fn a_large_picture_is_made_small_in_its_proportions() {
    let logo = clean(pixels(ImageFormat::Png, 2_000, 1_000)).await.unwrap();
    assert_eq!((logo.width, logo.height), (512, 256));
}

#[tokio::test]
async fn what_follows_or_hides_in_a_file_is_gone() {
    let mut file = pixels(ImageFormat::Png, 8, 8);
    file.extend_from_slice(b"<script>alert(1)</script>PK\x03\x04");
    let cleaned = clean(file).await.unwrap();
    assert!(!cleaned.content.windows(6).any(|bytes| bytes == b"script"));
}

/// A header that promises more pixels than anybody has memory for, and a small file of very many equal pixels.
#[tokio::test]
async fn bombs_are_refused_before_they_are_decoded() {
    let mut huge = pixels(ImageFormat::Png, 8, 8);
    huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    assert!(clean(huge).await.is_err());
    let flat = pixels(ImageFormat::Png, 4_000, 4_000);
    assert!(flat.len() < 512 * 1_024, "{} bytes are a bomb", flat.len());
    assert!(matches!(clean(flat).await, Err(PictureError::TooLarge { what: "the number of pixels", .. })));
    assert!(matches!(clean(pixels(ImageFormat::Png, 5_000, 1)).await, Err(PictureError::TooLarge { .. })));
}

#[tokio::test]
async fn broken_and_foreign_files_are_refused() {
    let whole = pixels(ImageFormat::Png, 64, 64);
    assert!(matches!(clean(&whole[..whole.len() / 2]).await, Err(PictureError::Broken(_))));
    for other in [&b"GIF89a"[..], b"", b"%PDF-1.7", b"\0\0\0\x1cftypavif", b"BM1234"] {
        assert_eq!(clean(other).await, Err(PictureError::Type));
    }
    assert!(matches!(clean(vec![b'<'; 600 * 1_024]).await, Err(PictureError::TooLarge { .. })));
}

#[tokio::test]
async fn a_file_is_what_its_sender_says() {
    let told = |told, file| async move { Pictures::new().clean(PictureSlot::Logo, Some(told), file).await };
    assert!(told("image/png", pixels(ImageFormat::Png, 8, 8)).await.is_ok());
    let other = told("image/png", b"<svg/>".to_vec()).await;
    assert_eq!(other, Err(PictureError::OtherType("PNG")));
    assert_eq!(told("text/html", b"<svg/>".to_vec()).await, Err(PictureError::Type));
}

#[tokio::test]
async fn a_drawing_survives_and_cleaning_again_changes_nothing() {
    let file = "<?xml version='1.0'?><!-- made by hand -->\
        <svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
        xmlns:i='http://editor.test/' i:version='1' width='96px' height='48' viewBox='0 0 48 24' class='x'>\
        <title>Acme &amp; Söhne</title><metadata><i:rdf>who</i:rdf></metadata><i:view/>\
        <defs><linearGradient id='a'><stop offset='0' stop-color='#fff'/></linearGradient>\
        <linearGradient id='b' xlink:href='#a'/><clipPath id='c'><rect width='48' height='24'/></clipPath></defs>\
        <g clip-path='url(#c)' style='fill:url(\"#b\"); stroke-width: 2; -x-y: 1'><path d='M0 0\nh9'/></g>\
        <text x='1' y='2' font-family=\"'Inter', sans-serif\">A<tspan>b</tspan></text></svg>";
    let first = clean(file).await.unwrap();
    assert_eq!((first.kind, first.width, first.height), (PictureKind::Svg, 96, 48));
    let text = String::from_utf8(first.content.clone()).unwrap();
    assert_eq!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 24\" width=\"96\" height=\"48\">\
         <title>Acme &amp; Söhne</title><defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"#fff\"/>\
         </linearGradient><linearGradient href=\"#a\" id=\"b\"/><clipPath id=\"c\"><rect height=\"24\" width=\"48\"/>\
         </clipPath></defs><g clip-path=\"url(#c)\" fill=\"url(#b)\" stroke-width=\"2\"><path d=\"M0 0 h9\"/></g>\
         <text font-family=\"Inter, sans-serif\" x=\"1\" y=\"2\">A<tspan>b</tspan></text></svg>\n"
    );
    assert_eq!(clean(first.content.clone()).await.unwrap(), first);
}

#[tokio::test]
async fn whatever_acts_or_loads_is_refused() {
    for bad in [
        "<script>alert(1)</script>",
        "<s:script xmlns:s='http://www.w3.org/2000/svg'>alert(1)</s:script>",
        "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
        "<x xmlns=''/>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='https://evil.test/x.png'/>",
        "<use href='#a'/>",
        "<a href='https://evil.test'><path d='M0 0'/></a>",
        "<style>@import url(https://evil.test)</style>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<filter id='f'><feImage href='https://evil.test'/></filter>",
        "<iframe src='https://evil.test'/>",
        "<g onload='alert(1)'/>",
        "<g ONCLICK='alert(1)'/>",
        "<g x:onload='alert(1)' xmlns:x='http://x.test/'/>",
        "<g fill='url(https://evil.test/#a)'/>",
        "<g fill='url(//evil.test)'/>",
        "<g style='fill:url(https://evil.test/#a)'/>",
        "<g style='fill: u\\72l(https://evil.test)'/>",
        "<g fill='expression(alert(1))'/>",
        "<g fill='image-set(x)'/>",
        "<g fill='var(--x)'/>",
        "<linearGradient href='https://evil.test/#a'/>",
        "<linearGradient href='javascript:alert(1)'/>",
        "<g d='&quot;&gt;&lt;script&gt;'/>",
        "<mask id='m'><g mask='url(#m)'/></mask>",
        "<clipPath id='c'><path clip-path='url(#c)' d='M0 0'/></clipPath>",
        "<clipPath id='c'><mask id='m'/></clipPath>",
    ] {
        let answer = vectors(bad).await;
        assert!(matches!(answer, Err(PictureError::Forbidden(_))), "{bad}: {answer:?}");
    }
}

#[tokio::test]
async fn documents_that_grow_are_refused() {
    let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>\
        <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text>&b;</text></svg>";
    assert!(matches!(clean(laughs).await, Err(PictureError::Forbidden(_))));
    let outside = "<!DOCTYPE svg SYSTEM 'file:///etc/passwd'><svg xmlns='http://www.w3.org/2000/svg'/>";
    assert!(matches!(clean(outside).await, Err(PictureError::Forbidden(_))));
    let deep = |levels: usize| format!("{}{}", "<g>".repeat(levels), "</g>".repeat(levels));
    assert!(vectors(&deep(20)).await.is_ok());
    assert!(matches!(vectors(&deep(60)).await, Err(PictureError::TooLarge { .. })));
    assert!(matches!(vectors(&deep(15_000)).await, Err(PictureError::TooLarge { .. })));
    assert!(matches!(vectors(&"<g/>".repeat(5_000)).await, Err(PictureError::TooLarge { .. })));
    assert!(matches!(
        vectors(&"<g mask='url(#m)'/>".repeat(200)).await,
        Err(PictureError::TooLarge { what: "the number of clipped elements", .. })
    ));
}

#[tokio::test]
async fn a_file_that_draws_nothing_is_refused() {
    for empty in [
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
        "<svg viewBox='0 0 9 9'><path d='M0 0'/></svg>",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<svg",
    ] {
        assert!(matches!(clean(empty).await, Err(PictureError::Broken(_))), "{empty}");
    }
}
