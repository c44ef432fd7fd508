//! The stylesheet of a realm: its tokens as custom properties, nothing else. Every value is typed, so nothing can break
//! out of a declaration. What nobody chose is left to the theme's own sheet.

use std::fmt::Write;

use vestibule_realms::theme::{Font, LogoPosition, Scheme, Shadow, Tokens};

use crate::assets::content_hash;

/// The file name (with the content's hash) and the text of a realm's stylesheet.
pub fn of(tokens: &Tokens) -> (String, String) {
    let mut text = "@layer theme{:root{".to_owned();
    colors(tokens, &mut text);
    shape(tokens, &mut text);
    text.push_str("}}\n");
    (format!("theme-{}.css", content_hash(text.as_bytes())), text)
}

/// A colour that was chosen for one scheme only has its derived value in the other.
fn colors(tokens: &Tokens, text: &mut String) {
    let (light, dark) = (tokens.colors(Scheme::Light).list(), tokens.colors(Scheme::Dark).list());
    let chosen = tokens.light.list().into_iter().zip(tokens.dark.list());
    for (((name, property, on_light), (.., on_dark)), (light, dark)) in
        chosen.zip(light.into_iter().zip(dark))
    {
        // The text on a button follows its colour.
        let follows =
            name == "accent_text" && (tokens.light.accent.is_some() || tokens.dark.accent.is_some());
        if on_light.is_some() || on_dark.is_some() || follows {
            let _ = write!(text, "{property}:light-dark({light},{dark});");
        }
    }
}

fn shape(tokens: &Tokens, text: &mut String) {
    let _ = write!(
        text,
        "--radius:{}px;--radius-card:{}px;--card-width:{}rem;--card-padding:{}rem;--size-base:{}%;\
         --font:{};--font-heading:{};--brand-align:{};",
        tokens.radius_control,
        tokens.radius_card,
        rem(tokens.card_width),
        rem(tokens.card_padding),
        f32::from(tokens.size_base) * 6.25,
        family(tokens.font_body),
        family(tokens.font_heading),
        match tokens.logo_position {
            LogoPosition::Start => "start",
            LogoPosition::Center => "center",
        },
    );
    // The soft one is the theme's own.
    match tokens.shadow {
        Shadow::None => text.push_str("--shadow:none;"),
        Shadow::Soft => {}
        Shadow::Strong => {
            text.push_str("--shadow:0 2px 4px rgb(0 0 0/.12),0 24px 56px -12px rgb(0 0 0/.38);");
        }
    }
}

/// Pixels as a multiple of the root's size, so that what is measured grows with the reader's letters.
fn rem(pixels: u16) -> f32 {
    f32::from(pixels) / 16.0
}

const fn family(font: Font) -> &'static str {
    match font {
        Font::System => {
            "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Ubuntu,Cantarell,\"Helvetica Neue\",Arial,sans-serif"
        }
        Font::Humanist => "Seravek,\"Gill Sans Nova\",Ubuntu,Calibri,\"DejaVu Sans\",sans-serif",
        Font::Rounded => {
            "ui-rounded,\"Hiragino Maru Gothic ProN\",Quicksand,Nunito,\"Arial Rounded MT Bold\",sans-serif"
        }
        Font::Serif => "ui-serif,Charter,Georgia,Cambria,\"Times New Roman\",serif",
        Font::Mono => "ui-monospace,SFMono-Regular,Menlo,Consolas,\"Liberation Mono\",monospace",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE: &str = include_str!("../../../../themes/default/assets/vestibule.css");

    fn sheet(tokens: serde_json::Value) -> String {
        of(&serde_json::from_value(tokens).unwrap()).1
    }

    #[test]
    fn what_nobody_chose_is_left_to_the_theme() {
        let plain = sheet(json!({}));
        assert!(!plain.contains("light-dark") && !plain.contains("--shadow"), "{plain}");
        assert!(plain.contains("--size-base:100%") && plain.contains("--card-width:27rem"), "{plain}");
    }

    #[test]
    fn a_colour_brings_what_follows_from_it() {
        let sheet = sheet(json!({"light": {"accent": "#ffcc00"}}));
        assert!(sheet.contains("--accent:light-dark(#ffcc00,#9dacff);"), "{sheet}");
        assert!(sheet.contains("--accent-text:light-dark(#0b0d14,#0b0d14);"), "{sheet}");
    }

    /// No token is dead: the theme's own sheet reads every property that a realm can set.
    #[test]
    fn every_property_is_read_by_the_sheet_of_the_theme() {
        let mut all = json!({"shadow": "strong", "light": {}});
        for (name, ..) in vestibule_realms::theme::Palette::default().list() {
            all["light"][name] = json!("#123456");
        }
        let sheet = sheet(all);
        let properties =
            sheet.split(['{', ';']).filter_map(|part| part.split_once(':').map(|(name, _)| name));
        let properties: Vec<&str> = properties.filter(|name| name.starts_with("--")).collect();
        assert_eq!(properties.len(), 14 + 9);
        for property in properties {
            assert!(BASE.contains(&format!("var({property})")), "{property} is dead");
        }
    }
}
