//! Facebook: plain OAuth 2 over its Graph API. It does not say whether an address is verified, so it never is.

use std::sync::Arc;

use vestibule_federation::{Connector, Preset, Protocol};

use crate::{
    oauth2::{Addresses, NoExtra, OAuth2Connector},
    upstream::Upstream,
};

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "facebook",
        name: "Facebook",
        protocol: Protocol::OAuth2,
        scopes: &["public_profile", "email"],
        claims: &[
            ("email", "email"),
            ("name", "name"),
            ("given_name", "first_name"),
            ("family_name", "last_name"),
            ("picture", "picture.data.url"),
        ],
        parameters: &[],
        form_post: false,
        pkce: false,
    };
    let addresses = Addresses {
        authorization: Some("https://www.facebook.com/v21.0/dialog/oauth"),
        token: Some("https://graph.facebook.com/v21.0/oauth/access_token"),
        userinfo: Some(
            "https://graph.facebook.com/v21.0/me?fields=id,name,first_name,last_name,email,picture",
        ),
    };
    Box::new(OAuth2Connector { preset, addresses, subject: "id", extra: NoExtra, upstream })
}
