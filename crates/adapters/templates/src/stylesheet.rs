//! The stylesheet of a realm: its branding tokens as custom properties, nothing else. Values were checked by the
//! realm's rules, so nothing can break out of a declaration.

use vestibule_realms::Branding;

use crate::assets::content_hash;

/// The file name (with the content's hash) and the text of a realm's stylesheet.
pub fn of(branding: &Branding) -> (String, String) {
    let text = format!(
        "@layer theme{{:root{{--accent:light-dark({accent},{accent_dark});\
         --accent-text:light-dark({on_accent},{on_accent_dark});\
         --bg:light-dark({background},{background_dark});--radius:{radius}px}}}}\n",
        accent = branding.accent,
        accent_dark = branding.accent_dark,
        on_accent = Branding::text_on(&branding.accent),
        on_accent_dark = Branding::text_on(&branding.accent_dark),
        background = branding.background,
        background_dark = branding.background_dark,
        radius = branding.radius,
    );
    (format!("theme-{}.css", content_hash(text.as_bytes())), text)
}
