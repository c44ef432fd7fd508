//! The theme's pictures that are part of a page: small line icons, and QR codes drawn as one path. Both carry classes
//! and presentation attributes only, since a `style` attribute would be blocked.

use std::{collections::BTreeMap, fmt::Write as _};

use qrcode::{Color, EcLevel, QrCode};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../../themes/default/icons"]
struct Files;

/// Light modules around a QR code that a scanner needs.
const QUIET: usize = 4;

/// The icons by name, read once.
pub struct Icons {
    by_name: BTreeMap<String, String>,
}

impl Icons {
    /// Reads the embedded theme.
    pub fn embedded() -> Self {
        let read = |name: std::borrow::Cow<'static, str>| {
            let text = String::from_utf8_lossy(&Files::get(&name)?.data).trim().to_owned();
            Some((name.strip_suffix(".svg")?.to_owned(), text))
        };
        Self { by_name: Files::iter().filter_map(read).collect() }
    }

    /// The icon as inline SVG; `None` if there is none of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str)
    }
}

/// A QR code of a text as inline SVG, dark on light in both colour schemes; `None` if the text is too long for one.
/// `label` becomes its accessible name and must be escaped by the caller.
pub fn qr(text: &str, escaped_label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len()).ok()?;
            }
            x += run.len();
        }
    }
    let size = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{escaped_label}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_are_plain_shapes() {
        let icons = Icons::embedded();
        assert!(icons.get("mail").is_some() && icons.get("none").is_none());
        for (name, svg) in &icons.by_name {
            assert!(svg.starts_with("<svg class=\"glyph"), "{name}");
            assert!(!svg.contains("style") && !svg.contains("script") && !svg.contains("href"), "{name}");
        }
    }

    #[test]
    fn a_code_is_as_large_as_its_text_needs_and_refused_beyond_that() {
        let svg = qr("otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP", "Code").unwrap();
        assert!(svg.contains("aria-label=\"Code\"") && svg.len() < 12_000);
        assert!(qr(&"x".repeat(4_000), "Code").is_none());
    }
}
