//! Pages on the way to another origin. No POST answers with a redirect to another origin, so that `form-action 'self'`
//! holds: the last one ends on a page of ours that goes on by itself.

use serde::Serialize;

use crate::pages::View;

/// On to an address: by meta refresh, and by a visible link.
#[derive(Debug, Clone, Serialize)]
pub struct ContinuePage {
    /// The application's name.
    pub app: Option<String>,
    /// The address: of our own route table, or registered by the client.
    pub to: String,
}

impl View for ContinuePage {
    const TEMPLATE: &'static str = "continue.html";
}

/// An authorization response in a form that posts itself
/// ([OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)).
#[derive(Debug, Clone, Serialize)]
pub struct FormPostPage {
    /// The application's name.
    pub app: Option<String>,
    /// The exact registered redirect address.
    pub action: String,
    /// The parameters of the response.
    pub fields: Vec<(String, String)>,
}

impl View for FormPostPage {
    const TEMPLATE: &'static str = "form_post.html";
}
