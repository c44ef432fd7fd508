//! Discord: plain OAuth 2; the subject is the snowflake id.

use std::sync::Arc;

use vestibule_federation::{Connector, Preset, Protocol};

use crate::{
    oauth2::{Addresses, NoExtra, OAuth2Connector},
    upstream::Upstream,
};

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "discord",
        name: "Discord",
        protocol: Protocol::OAuth2,
        scopes: &["identify", "email"],
        claims: &[
            ("email", "email"),
            ("email_verified", "verified"),
            ("name", "global_name"),
            ("preferred_username", "username"),
            ("locale", "locale"),
        ],
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    let addresses = Addresses {
        authorization: Some("https://discord.com/oauth2/authorize"),
        token: Some("https://discord.com/api/oauth2/token"),
        userinfo: Some("https://discord.com/api/users/@me"),
    };
    Box::new(OAuth2Connector { preset, addresses, subject: "id", extra: NoExtra, upstream })
}
