//! GitHub: plain OAuth 2. The subject is the numeric id, since names are given away; the address is the primary one of
//! `/user/emails`, if GitHub has verified it.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use vestibule_federation::{Connector, ConnectorError, Preset, Protocol};

use crate::{
    oauth2::{Addresses, Extra, OAuth2Connector},
    upstream::Upstream,
};

struct Emails;

#[async_trait]
impl Extra for Emails {
    async fn add(
        &self,
        upstream: &Upstream,
        userinfo: &str,
        token: &str,
        claims: &mut Map<String, Value>,
    ) -> Result<(), ConnectorError> {
        if !claims.get("id").is_some_and(Value::is_u64) {
            return Err(ConnectorError::Invalid("the subject is empty or malformed"));
        }
        // The address of the public profile is whatever its owner typed.
        claims.remove("email");
        claims.remove("email_verified");
        let emails = upstream.get(&format!("{userinfo}/emails"), Some(token)).await?;
        let is_true = |entry: &Value, name: &str| entry.get(name) == Some(&Value::Bool(true));
        let primary = emails.as_array().into_iter().flatten().find(|entry| is_true(entry, "primary"));
        if let Some(address) = primary.and_then(|entry| entry.get("email")) {
            claims.insert("email".to_owned(), address.clone());
            let verified = primary.is_some_and(|entry| is_true(entry, "verified"));
            claims.insert("email_verified".to_owned(), verified.into());
        }
        Ok(())
    }
}

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "github",
        name: "GitHub",
        protocol: Protocol::OAuth2,
        scopes: &["read:user", "user:email"],
        claims: &[
            ("email", "email"),
            ("email_verified", "email_verified"),
            ("name", "name"),
            ("preferred_username", "login"),
            ("picture", "avatar_url"),
            ("profile", "html_url"),
        ],
        parameters: &[],
        form_post: false,
        pkce: true,
    };
    let addresses = Addresses {
        authorization: Some("https://github.com/login/oauth/authorize"),
        token: Some("https://github.com/login/oauth/access_token"),
        userinfo: Some("https://api.github.com/user"),
    };
    Box::new(OAuth2Connector { preset, addresses, subject: "id", extra: Emails, upstream })
}
