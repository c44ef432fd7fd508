//! GitLab: OpenID Connect; a self-managed one is named by its issuer.

use std::sync::Arc;

use vestibule_federation::{ConnectionSettings, Connector, Preset, Protocol};

use super::STANDARD;
use crate::{
    oidc::{OidcConnector, Quirks},
    upstream::Upstream,
};

struct Gitlab;

impl Quirks for Gitlab {
    fn issuer(&self, _settings: &ConnectionSettings) -> Option<String> {
        Some("https://gitlab.com".to_owned())
    }
}

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "gitlab",
        name: "GitLab",
        protocol: Protocol::OpenIdConnect,
        scopes: &["openid", "profile", "email"],
        claims: STANDARD,
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    Box::new(OidcConnector::new(preset, Gitlab, upstream))
}
