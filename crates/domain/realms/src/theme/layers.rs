//! Layers: the look of an installation under that of each realm. Per token, text, slot and template, the upper one wins.

use super::{Theme, Tokens, tokens::Palette};

/// The value of the upper layer, unless it is what a theme says that says nothing.
fn upper<T: PartialEq + Copy>(upper: T, unsaid: T, lower: T) -> T {
    if upper == unsaid { lower } else { upper }
}

impl Palette {
    fn over(mut self, lower: &Self) -> Self {
        self.fill(lower);
        self
    }
}

impl Tokens {
    /// These tokens, and those of the lower layer where these are as built in.
    fn over(self, lower: &Self) -> Self {
        let unsaid = Self::default();
        Self {
            light: self.light.over(&lower.light),
            dark: self.dark.over(&lower.dark),
            font_body: upper(self.font_body, unsaid.font_body, lower.font_body),
            font_heading: upper(self.font_heading, unsaid.font_heading, lower.font_heading),
            size_base: upper(self.size_base, unsaid.size_base, lower.size_base),
            radius_control: upper(self.radius_control, unsaid.radius_control, lower.radius_control),
            radius_card: upper(self.radius_card, unsaid.radius_card, lower.radius_card),
            shadow: upper(self.shadow, unsaid.shadow, lower.shadow),
            card_width: upper(self.card_width, unsaid.card_width, lower.card_width),
            card_padding: upper(self.card_padding, unsaid.card_padding, lower.card_padding),
            logo_position: upper(self.logo_position, unsaid.logo_position, lower.logo_position),
        }
    }
}

impl Theme {
    /// This look over another one.
    #[must_use]
    pub fn over(self, lower: &Self) -> Self {
        let mut theme = Self { tokens: self.tokens.over(&lower.tokens), ..lower.clone() };
        for (language, texts) in self.copy {
            theme.copy.entry(language).or_default().extend(texts);
        }
        for (slot, texts) in self.slots {
            theme.slots.entry(slot).or_default().extend(texts);
        }
        theme.templates.extend(self.templates);
        theme
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn theme(value: serde_json::Value) -> Theme {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_upper_layer_wins_value_by_value() {
        let lower = theme(json!({
            "tokens": {"light": {"accent": "#112233", "text": "#000000"}, "radius_card": 4, "shadow": "none"},
            "copy": {"en": {"a": "lower", "b": "lower"}}, "slots": {"footer": {"en": "lower", "de": "unten"}},
            "templates": {"identify.html": "lower", "consent.html": "lower"},
        }));
        let upper = theme(json!({
            "tokens": {"light": {"accent": "#445566"}, "radius_card": 9},
            "copy": {"en": {"b": "upper"}, "de": {"a": "oben"}}, "slots": {"footer": {"en": "upper"}},
            "templates": {"identify.html": "upper"},
        }));
        let both = theme(json!({
            "tokens": {"light": {"accent": "#445566", "text": "#000000"}, "radius_card": 9, "shadow": "none"},
            "copy": {"en": {"a": "lower", "b": "upper"}, "de": {"a": "oben"}},
            "slots": {"footer": {"en": "upper", "de": "unten"}},
            "templates": {"identify.html": "upper", "consent.html": "lower"},
        }));
        assert_eq!(upper.clone().over(&lower), both);
        assert_eq!(upper.clone().over(&Theme::default()), upper);
        assert_eq!(Theme::default().over(&lower), lower);
    }
}
