//! Which colours must be readable on which. WCAG 2.2 §1.4.3 (text) and §1.4.11 (controls).

use super::{
    ThemeFault,
    color::Color,
    tokens::{Colors, Scheme, Tokens},
};

/// Contrast of text.
const TEXT: f64 = 4.5;
/// Contrast of controls.
const CONTROL: f64 = 3.0;
/// How much of the surface is in the ground of a notice; the stylesheet mixes the same.
const NOTICE: f64 = 0.91;

/// What a foreground stands on.
enum Ground {
    /// A colour of its own, by name.
    Named(&'static str, Color),
    /// The ground of a notice, which follows the foreground's colour.
    Notice(Color),
}

impl Ground {
    fn under(&self, color: Color) -> Color {
        match self {
            Self::Named(_, ground) => *ground,
            Self::Notice(surface) => color.mix(*surface, NOTICE),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Named(name, _) => name,
            Self::Notice(_) => "its notice",
        }
    }
}

/// A foreground by name, its colour, what it stands on and the contrast each needs.
type Foreground = (&'static str, Color, Vec<(Ground, f64)>);

fn foregrounds(colors: &Colors) -> Vec<Foreground> {
    let background = || Ground::Named("background", colors.background);
    let surface = || Ground::Named("surface", colors.surface);
    let raised = || Ground::Named("surface_raised", colors.surface_raised);
    let notice = || Ground::Notice(colors.surface);
    let everywhere = || vec![(background(), TEXT), (surface(), TEXT), (raised(), TEXT)];
    let in_notices = || vec![(surface(), TEXT), (notice(), TEXT)];
    vec![
        ("text", colors.text, everywhere()),
        ("text_muted", colors.text_muted, everywhere()),
        ("accent_text", colors.accent_text, vec![(Ground::Named("accent", colors.accent), TEXT)]),
        ("link", colors.link, vec![(background(), TEXT), (surface(), TEXT)]),
        ("danger", colors.danger, in_notices()),
        ("warning", colors.warning, in_notices()),
        ("success", colors.success, in_notices()),
        ("control", colors.control, vec![(surface(), CONTROL)]),
        ("focus", colors.focus, vec![(background(), CONTROL), (surface(), CONTROL)]),
    ]
}

/// Every foreground that cannot be read somewhere, with the nearest colour that can be read everywhere.
pub(super) fn faults(tokens: &Tokens) -> Vec<ThemeFault> {
    let mut faults = Vec::new();
    for (scheme, name) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        for (foreground, color, grounds) in foregrounds(&tokens.colors(scheme)) {
            let fails = |color: Color| {
                let mut grounds = grounds.iter();
                grounds.find(|(ground, needed)| color.contrast(ground.under(color)) < *needed)
            };
            let Some((ground, needed)) = fails(color) else { continue };
            let on = ground.under(color);
            let reached = color.contrast(on);
            let way_out = color.nearest(|color| fails(color).is_none()).map_or_else(
                || {
                    "no colour can be read on all that it stands on: bring these grounds nearer to each other"
                        .to_owned()
                },
                |passing| format!("the nearest that passes is {passing}"),
            );
            faults.push(ThemeFault::new(
                format!("/tokens/{name}/{foreground}"),
                format!(
                    "{color} on {ground} {on} has a contrast of {reached:.2}, below {needed}; {way_out}",
                    ground = ground.name()
                ),
            ));
        }
    }
    faults
}
