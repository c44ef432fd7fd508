//! Any provider by its addresses: OpenID Connect by issuer, or OAuth 2 with an address that says who it is.

use std::sync::Arc;

use vestibule_federation::{ConnectionSettings, Connector, Preset, Protocol};

use super::STANDARD;
use crate::{
    oauth2::{Addresses, NoExtra, OAuth2Connector},
    oidc::{OidcConnector, Quirks},
    upstream::Upstream,
};

struct Plain;

impl Quirks for Plain {
    fn issuer(&self, _settings: &ConnectionSettings) -> Option<String> {
        None
    }
}

/// OpenID Connect.
pub(crate) fn oidc(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "oidc",
        name: "OpenID Connect",
        protocol: Protocol::OpenIdConnect,
        scopes: &["openid", "profile", "email"],
        claims: STANDARD,
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    Box::new(OidcConnector::new(preset, Plain, upstream))
}

/// OAuth 2. Its word about an address counts only where the connection maps `email_verified`.
pub(crate) fn oauth2(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "oauth2",
        name: "OAuth 2",
        protocol: Protocol::OAuth2,
        scopes: &[],
        claims: &[("email", "email"), ("name", "name"), ("picture", "picture")],
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    let addresses = Addresses::default();
    Box::new(OAuth2Connector { preset, addresses, subject: "sub", extra: NoExtra, upstream })
}
