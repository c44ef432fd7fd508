//! Google: OpenID Connect by the book.

use std::sync::Arc;

use vestibule_federation::{ConnectionSettings, Connector, Preset, Protocol};

use super::STANDARD;
use crate::{
    oidc::{OidcConnector, Quirks},
    upstream::Upstream,
};

struct Google;

impl Quirks for Google {
    fn issuer(&self, _settings: &ConnectionSettings) -> Option<String> {
        Some("https://accounts.google.com".to_owned())
    }
}

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "google",
        name: "Google",
        protocol: Protocol::OpenIdConnect,
        scopes: &["openid", "profile", "email"],
        claims: STANDARD,
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    Box::new(OidcConnector::new(preset, Google, upstream))
}
