//! The look of a realm as design tokens: typed values that compile to one stylesheet, never free CSS.

use serde::{Deserialize, Serialize};

/// Why branding was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrandingError {
    /// Not `#rrggbb`.
    #[error("{0} must be a colour of the form #rrggbb")]
    Color(&'static str),
    /// The pair cannot be read; names the contrast reached.
    #[error("{pair}: contrast {reached} is below {needed}; the nearest passing colour is {suggestion}")]
    Contrast {
        /// The two tokens.
        pair: &'static str,
        /// Contrast ratio reached.
        reached: String,
        /// Contrast ratio needed.
        needed: &'static str,
        /// A colour that passes.
        suggestion: String,
    },
    /// A link is not https (or a path of this host).
    #[error("{0} must be an https address or a path starting with /")]
    Link(&'static str),
    /// A number is out of bounds.
    #[error("{0} is out of bounds")]
    Range(&'static str),
}

/// Design tokens of a realm. Colours are `#rrggbb`; shades and dark variants derive from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// Buttons and links on light ground.
    pub accent: String,
    /// Buttons and links on dark ground.
    pub accent_dark: String,
    /// Page ground, light.
    pub background: String,
    /// Page ground, dark.
    pub background_dark: String,
    /// Corner radius of controls in pixels: 0 to 24.
    pub radius: u8,
    /// Terms of service.
    pub terms_uri: Option<String>,
    /// Privacy notice.
    pub policy_uri: Option<String>,
    /// Where to get help.
    pub support_uri: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            accent: "#3447c4".to_owned(),
            accent_dark: "#9dacff".to_owned(),
            background: "#f5f6fa".to_owned(),
            background_dark: "#12141c".to_owned(),
            radius: 10,
            terms_uri: None,
            policy_uri: None,
            support_uri: None,
        }
    }
}

/// Linear red, green, blue.
fn channels(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#')?;
    if digits.len() != 6 || !digits.is_ascii() {
        return None;
    }
    let part = |range| digits.get(range).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    Some([part(0..2)?, part(2..4)?, part(4..6)?])
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126f64.mul_add(r, 0.7152f64.mul_add(g, 0.0722 * b))
}

/// The contrast ratio of two colours ([WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)); `None` unless
/// both are `#rrggbb`.
pub fn contrast(a: &str, b: &str) -> Option<f64> {
    let (a, b) = (luminance(channels(a)?), luminance(channels(b)?));
    Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
}

/// Moves a colour towards black or white until it passes against the ground.
fn nearest_passing(color: &str, ground: &str, needed: f64) -> String {
    let Some(rgb) = channels(color) else { return color.to_owned() };
    let towards: u8 = if channels(ground).is_some_and(|g| luminance(g) > 0.18) { 0 } else { 255 };
    (1..=20u16)
        .map(|step| {
            let mixed = rgb.map(|value| {
                let blended = (u16::from(value) * (20 - step) + u16::from(towards) * step) / 20;
                u8::try_from(blended).unwrap_or(towards)
            });
            let [r, g, b] = mixed;
            format!("#{r:02x}{g:02x}{b:02x}")
        })
        .find(|candidate| contrast(candidate, ground).is_some_and(|ratio| ratio >= needed))
        .unwrap_or_else(|| if towards == 0 { "#000000".to_owned() } else { "#ffffff".to_owned() })
}

impl Branding {
    /// Text colour that reads best on the given colour: black or white.
    pub fn text_on(color: &str) -> &'static str {
        let on_white = contrast(color, "#ffffff").unwrap_or(1.0);
        if on_white >= 4.5 { "#ffffff" } else { "#0b0d14" }
    }

    /// Checks types, bounds and that the accent can be read on its ground in both schemes.
    ///
    /// # Errors
    /// Names the field, and for an unreadable pair the nearest passing colour.
    pub fn check(&self) -> Result<(), BrandingError> {
        for (name, value) in [
            ("branding.accent", &self.accent),
            ("branding.accent_dark", &self.accent_dark),
            ("branding.background", &self.background),
            ("branding.background_dark", &self.background_dark),
        ] {
            channels(value).ok_or(BrandingError::Color(name))?;
        }
        readable("branding.accent on branding.background", &self.accent, &self.background)?;
        readable(
            "branding.accent_dark on branding.background_dark",
            &self.accent_dark,
            &self.background_dark,
        )?;
        ground("branding.background must carry dark text", "#14161f", &self.background)?;
        ground("branding.background_dark must carry light text", "#eef0f6", &self.background_dark)?;
        if self.radius > 24 {
            return Err(BrandingError::Range("branding.radius"));
        }
        link("branding.terms_uri", self.terms_uri.as_deref())?;
        link("branding.policy_uri", self.policy_uri.as_deref())?;
        link("branding.support_uri", self.support_uri.as_deref())
    }
}

fn readable(pair: &'static str, color: &str, on: &str) -> Result<(), BrandingError> {
    let ratio = contrast(color, on).unwrap_or(0.0);
    if ratio >= 4.5 {
        return Ok(());
    }
    Err(BrandingError::Contrast {
        pair,
        reached: format!("{ratio:.2}"),
        needed: "4.5",
        suggestion: nearest_passing(color, on, 4.5),
    })
}

fn ground(pair: &'static str, text: &str, on: &str) -> Result<(), BrandingError> {
    let ratio = contrast(text, on).unwrap_or(0.0);
    if ratio >= 7.0 {
        return Ok(());
    }
    Err(BrandingError::Contrast {
        pair,
        reached: format!("{ratio:.2}"),
        needed: "7.0",
        suggestion: nearest_passing(on, text, 7.0),
    })
}

fn link(name: &'static str, value: Option<&str>) -> Result<(), BrandingError> {
    let Some(value) = value else { return Ok(()) };
    let local = value.starts_with('/') && !value.starts_with("//");
    let remote = url::Url::parse(value).is_ok_and(|url| url.scheme() == "https" || url.scheme() == "mailto");
    let clean = value.len() <= 2_000
        && !value.chars().any(|c| c.is_control() || c.is_whitespace() || c == '"' || c == '\\');
    if clean && (local || remote) { Ok(()) } else { Err(BrandingError::Link(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_twenty_one() {
        assert!((contrast("#000000", "#ffffff").unwrap() - 21.0).abs() < 0.01);
        assert_eq!(contrast("red", "#ffffff"), None);
    }

    #[test]
    fn unreadable_colours_are_refused_with_a_passing_suggestion() {
        let branding = Branding { accent: "#ffee88".to_owned(), ..Branding::default() };
        let Err(BrandingError::Contrast { suggestion, .. }) = branding.check() else { unreachable!() };
        assert!(contrast(&suggestion, &branding.background).unwrap() >= 4.5);
        Branding { accent: suggestion, ..branding }.check().unwrap();
    }

    #[test]
    fn links_cannot_carry_scripts_or_break_out_of_attributes() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.test/x",
            "https://a.test/\"onload=",
            "http://a.test/l.png",
        ] {
            let branding = Branding { terms_uri: Some(bad.to_owned()), ..Branding::default() };
            assert!(branding.check().is_err(), "{bad}");
        }
    }
}
