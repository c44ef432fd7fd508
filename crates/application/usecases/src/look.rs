//! A look as it is shown: a theme with the name that everything made of it is kept under.

use vestibule_realms::{Theme, picture::content_hash};

/// A theme and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    theme: Theme,
    key: String,
}

impl Look {
    /// Names a theme by its content.
    pub fn new(theme: Theme) -> Self {
        let key = serde_json::to_vec(&theme).map(|text| content_hash(&text)).unwrap_or_default();
        Self { theme, key }
    }

    /// The theme.
    pub const fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Its name: the same for the same content, whoever's it is.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::new(Theme::default())
    }
}
