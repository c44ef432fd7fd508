//! The overview of a look that is not published yet, for those who work on it.

use serde::Serialize;

use crate::pages::View;

/// Every page and mail in a look.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewPage {
    /// Where the choices of language, scheme and width are sent.
    pub action: String,
    /// The languages.
    pub languages: Vec<PreviewChoice>,
    /// Light and dark.
    pub schemes: Vec<PreviewChoice>,
    /// Widths.
    pub widths: Vec<PreviewChoice>,
    /// Groups of pages.
    pub parts: Vec<PreviewChoice>,
    /// Width of a frame in pixels.
    pub width: u16,
    /// The pages of the chosen group.
    pub cells: Vec<PreviewCell>,
    /// Until when the link works, RFC 3339.
    pub expires: String,
}

/// Something to choose.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewChoice {
    /// Its value.
    pub value: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One page in one state.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewCell {
    /// The page and its state.
    pub name: String,
    /// Its template.
    pub template: String,
    /// Whether that is one of the look's own.
    pub own: bool,
    /// Where it is.
    pub src: String,
}

impl View for PreviewPage {
    const TEMPLATE: &'static str = "preview.html";
}
