//! Design tokens: the closed list of what a realm may change about how its pages look. Each is typed, has a bound, and is
//! read by the stylesheet; free CSS is none of them.

use serde::{Deserialize, Serialize};

use super::color::Color;

/// Light or dark, as the reader's system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

macro_rules! palette {
    ($($(#[$doc:meta])+ $name:ident => $property:literal;)+) => {
        /// The colours of a scheme that a realm chose; the others follow from them.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Palette {
            $($(#[$doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<Color>,)+
        }

        /// Every colour of a scheme.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct Colors {
            $($(#[$doc])+ pub $name: Color,)+
        }

        impl Palette {
            /// The name, the custom property, and the chosen colour of each token.
            pub fn list(&self) -> Vec<(&'static str, &'static str, Option<Color>)> {
                vec![$((stringify!($name), $property, self.$name)),+]
            }
        }

        impl Palette {
            /// Takes colours that are not chosen from another palette.
            pub(super) fn fill(&mut self, lower: &Self) {
                $(self.$name = self.$name.or(lower.$name);)+
            }
        }

        impl Colors {
            /// The colour of each token, in the order of [`Palette::list`].
            pub fn list(&self) -> Vec<Color> {
                vec![$(self.$name),+]
            }
        }
    };
}

palette! {
    /// The ground of the page.
    background => "--bg";
    /// The ground of cards and fields.
    surface => "--surface";
    /// The ground of what stands out of a card: badges, notices, hovered rows.
    surface_raised => "--surface-2";
    /// Text.
    text => "--text";
    /// Hints and secondary text.
    text_muted => "--muted";
    /// Lines between things.
    border => "--line";
    /// The outline of fields and buttons.
    control => "--control";
    /// Main buttons.
    accent => "--accent";
    /// Text on main buttons.
    accent_text => "--accent-text";
    /// Links.
    link => "--link";
    /// The outline of what has the focus.
    focus => "--focus";
    /// Errors.
    danger => "--danger";
    /// Warnings.
    warning => "--warning";
    /// Success.
    success => "--success";
}

impl Palette {
    /// Every colour: the chosen ones, and what the stylesheet derives where none was chosen.
    pub fn resolved(&self, scheme: Scheme) -> Colors {
        let hex = |light: [u8; 3], dark: [u8; 3]| {
            let [r, g, b] = if scheme == Scheme::Light { light } else { dark };
            Color::new(r, g, b)
        };
        let by = |light: Color, dark: Color| if scheme == Scheme::Light { light } else { dark };
        let background = self.background.unwrap_or_else(|| hex([0xf5, 0xf6, 0xfa], [0x12, 0x14, 0x1c]));
        let lifted = |share| background.mix(Color::WHITE, share);
        let text = self.text.unwrap_or_else(|| hex([0x14, 0x16, 0x1f], [0xee, 0xf0, 0xf6]));
        let surface = self.surface.unwrap_or_else(|| by(Color::WHITE, lifted(0.05)));
        let accent = self.accent.unwrap_or_else(|| hex([0x34, 0x47, 0xc4], [0x9d, 0xac, 0xff]));
        Colors {
            background,
            surface,
            surface_raised: self.surface_raised.unwrap_or_else(|| by(lifted(0.35), lifted(0.09))),
            text,
            text_muted: self.text_muted.unwrap_or_else(|| hex([0x56, 0x5c, 0x70], [0xa9, 0xb0, 0xc3])),
            border: self
                .border
                .unwrap_or_else(|| surface.mix(text, if scheme == Scheme::Light { 0.13 } else { 0.16 })),
            control: self.control.unwrap_or_else(|| hex([0x85, 0x8b, 0x9c], [0x74, 0x7c, 0x91])),
            accent,
            accent_text: self.accent_text.unwrap_or_else(|| accent.text_on()),
            link: self.link.unwrap_or(accent),
            focus: self.focus.unwrap_or(accent),
            danger: self.danger.unwrap_or_else(|| hex([0xb3, 0x20, 0x1f], [0xff, 0x9d, 0x96])),
            warning: self.warning.unwrap_or_else(|| hex([0x7a, 0x4b, 0x00], [0xf2, 0xc4, 0x6d])),
            success: self.success.unwrap_or_else(|| hex([0x0d, 0x6b, 0x3c], [0x79, 0xd9, 0xa3])),
        }
    }
}

/// A family of letters that systems have; none is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Font {
    /// That of the system.
    #[default]
    System,
    /// Warm letters without serifs.
    Humanist,
    /// Round letters.
    Rounded,
    /// Letters with serifs.
    Serif,
    /// Letters of one width.
    Mono,
}

/// How far cards stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shadow {
    /// Not at all.
    None,
    /// A little.
    #[default]
    Soft,
    /// Much.
    Strong,
}

/// Where the logo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogoPosition {
    /// Where lines begin.
    #[default]
    Start,
    /// In the middle.
    Center,
}

/// Everything a realm may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Colours of the light scheme.
    pub light: Palette,
    /// Colours of the dark scheme.
    pub dark: Palette,
    /// Letters of texts.
    pub font_body: Font,
    /// Letters of headings.
    pub font_heading: Font,
    /// Size of texts in pixels, if the reader's browser is set to 16: 14 to 20.
    pub size_base: u16,
    /// Corners of fields and buttons in pixels: 0 to 24.
    pub radius_control: u16,
    /// Corners of cards in pixels: 0 to 40.
    pub radius_card: u16,
    /// Shadow of cards.
    pub shadow: Shadow,
    /// Width of the sign-in card in pixels: 360 to 560.
    pub card_width: u16,
    /// Space between the edge of the sign-in card and what it holds, in pixels: 16 to 64.
    pub card_padding: u16,
    /// Where the logo stands.
    pub logo_position: LogoPosition,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            light: Palette::default(),
            dark: Palette::default(),
            font_body: Font::System,
            font_heading: Font::System,
            size_base: 16,
            radius_control: 10,
            radius_card: 18,
            shadow: Shadow::Soft,
            card_width: 432,
            card_padding: 36,
            logo_position: LogoPosition::Start,
        }
    }
}

impl Tokens {
    /// The palette of a scheme.
    pub const fn palette(&self, scheme: Scheme) -> &Palette {
        match scheme {
            Scheme::Light => &self.light,
            Scheme::Dark => &self.dark,
        }
    }

    /// Every colour of a scheme.
    pub fn colors(&self, scheme: Scheme) -> Colors {
        self.palette(scheme).resolved(scheme)
    }
}
