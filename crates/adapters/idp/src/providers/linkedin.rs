//! LinkedIn: its ID tokens repeat no nonce, so it is read as plain OAuth 2 over its userinfo address.

use std::sync::Arc;

use vestibule_federation::{Connector, Preset, Protocol};

use crate::{
    oauth2::{Addresses, NoExtra, OAuth2Connector},
    upstream::Upstream,
};

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "linkedin",
        name: "LinkedIn",
        protocol: Protocol::OAuth2,
        scopes: &["openid", "profile", "email"],
        claims: &[
            ("email", "email"),
            ("email_verified", "email_verified"),
            ("name", "name"),
            ("given_name", "given_name"),
            ("family_name", "family_name"),
            ("picture", "picture"),
        ],
        parameters: &[],
        form_post: false,
        pkce: false,
    };
    let addresses = Addresses {
        authorization: Some("https://www.linkedin.com/oauth/v2/authorization"),
        token: Some("https://www.linkedin.com/oauth/v2/accessToken"),
        userinfo: Some("https://api.linkedin.com/v2/userinfo"),
    };
    Box::new(OAuth2Connector { preset, addresses, subject: "sub", extra: NoExtra, upstream })
}
