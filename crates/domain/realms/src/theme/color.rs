//! Colours: read strictly, compared by contrast, mixed as browsers mix them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// An opaque colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color([u8; 3]);

impl Color {
    /// Black.
    pub const BLACK: Self = Self([0, 0, 0]);
    /// White.
    pub const WHITE: Self = Self([255, 255, 255]);

    /// A colour by its parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Reads `#rrggbb`; nothing else is a colour here.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |range| digits.get(range).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        Some(Self([part(0..2)?, part(2..4)?, part(4..6)?]))
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(linear);
        0.2126f64.mul_add(r, 0.7152f64.mul_add(g, 0.0722 * b))
    }

    /// The contrast ratio of two colours ([WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)).
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// White if it can be read on this colour, else nearly black.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= 4.5 { Self::WHITE } else { Self([0x0b, 0x0d, 0x14]) }
    }

    /// `share` of the other colour in this one, as `color-mix(in oklab, …)` mixes.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let (a, b) = (oklab(self.0.map(linear)), oklab(other.0.map(linear)));
        let mixed = [0, 1, 2].map(|at: usize| {
            let (a, b) = (a.get(at).copied().unwrap_or_default(), b.get(at).copied().unwrap_or_default());
            (b - a).mul_add(share, a)
        });
        Self(from_oklab(mixed).map(encoded))
    }

    /// The colour nearest to this one that `passes`: it moves towards black or white, whichever gets there first. None
    /// if neither does.
    pub fn nearest(self, passes: impl Fn(Self) -> bool) -> Option<Self> {
        let towards = |end: Self| {
            (0..=100u32).find_map(|step| {
                let mixed = self.mix(end, f64::from(step) / 100.0);
                passes(mixed).then_some((step, mixed))
            })
        };
        let found = [Self::BLACK, Self::WHITE].into_iter().filter_map(towards);
        found.min_by_key(|(step, _)| *step).map(|(_, mixed)| mixed)
    }
}

fn linear(value: u8) -> f64 {
    let value = f64::from(value) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0 to 255"
)]
fn encoded(value: f64) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let gamma =
        if value <= 0.003_130_8 { value * 12.92 } else { 1.055f64.mul_add(value.powf(1.0 / 2.4), -0.055) };
    (gamma * 255.0).round().clamp(0.0, 255.0) as u8
}

type Matrix = [[f64; 3]; 3];

fn times(matrix: Matrix, [x, y, z]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a.mul_add(x, b.mul_add(y, c * z)))
}

/// Björn Ottosson, <https://bottosson.github.io/posts/oklab/>; the space of CSS Color 4 §9.3.
fn oklab(rgb: [f64; 3]) -> [f64; 3] {
    const TO_CONES: Matrix = [
        [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
        [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
        [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
    ];
    const TO_LAB: Matrix = [
        [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
        [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
        [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
    ];
    times(TO_LAB, times(TO_CONES, rgb).map(f64::cbrt))
}

fn from_oklab(lab: [f64; 3]) -> [f64; 3] {
    const TO_CONES: Matrix = [
        [1.0, 0.396_337_777_4, 0.215_803_757_3],
        [1.0, -0.105_561_345_8, -0.063_854_172_8],
        [1.0, -0.089_484_177_5, -1.291_485_548],
    ];
    const TO_RGB: Matrix = [
        [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
        [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
        [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701],
    ];
    times(TO_RGB, times(TO_CONES, lab).map(|cone| cone.powi(3)))
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a colour has the form #rrggbb"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_twenty_one() {
        assert!((Color::BLACK.contrast(Color::WHITE) - 21.0).abs() < 0.01);
        for bad in ["red", "#fff", "#12345g", "#1234567", "123456", "#é1234", "url(x)"] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
        assert_eq!(Color::parse("#0AbCdE").map(|color| color.to_string()).as_deref(), Some("#0abcde"));
    }

    #[test]
    fn colours_mix_in_the_space_of_browsers() {
        let (black, white) = (Color::BLACK, Color::WHITE);
        assert_eq!(black.mix(white, 0.0), black);
        assert_eq!(black.mix(white, 1.0), white);
        // What Chromium computes for color-mix(in oklab, black, white).
        assert_eq!(black.mix(white, 0.5).to_string(), "#636363");
    }

    #[test]
    fn a_suggestion_passes_and_is_near() {
        for (color, ground) in [("#ffee88", "#f5f6fa"), ("#3447c4", "#12141c"), ("#777777", "#808080")] {
            let (color, ground) = (Color::parse(color).unwrap(), Color::parse(ground).unwrap());
            let suggestion = color.nearest(|color| color.contrast(ground) >= 4.5).unwrap();
            assert!(suggestion.contrast(ground) >= 4.5, "{color} on {ground}: {suggestion}");
        }
        let fine = Color::parse("#14161f").unwrap();
        assert_eq!(fine.nearest(|color| color.contrast(Color::WHITE) >= 4.5), Some(fine));
        assert_eq!(fine.nearest(|_| false), None);
    }
}
