//! Resource indicators ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)): which resources a client may name, and
//! which audience and scopes a token gets from them.

use std::collections::BTreeSet;

use crate::{
    error::OAuthError,
    scope::{ADMIN_SCOPES, is_identity_scope},
};

/// Most resources of one request.
pub const MAX_RESOURCES: usize = 10;

/// Whether a text is a resource identifier: an absolute address without fragment (RFC 8707 §2).
pub fn is_identifier(text: &str) -> bool {
    text.len() <= 1_000
        && text.bytes().all(|b| b.is_ascii_graphic())
        && !text.contains('#')
        && url::Url::parse(text).is_ok()
}

/// The realm's own resources.
#[derive(Debug, Clone, Default)]
pub struct OwnResources {
    /// The userinfo endpoint: what a user's token is meant for when nothing else is named.
    pub userinfo: String,
    /// The issuer: what a client's own token is meant for when nothing else is named.
    pub issuer: String,
    /// The realm's own admin API.
    pub own_admin: String,
    /// The admin APIs this realm may issue tokens for, among those the request names. An operators' realm administers
    /// every realm, any other itself.
    pub admin: BTreeSet<String>,
}

/// What a token is meant for and what it may do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The `aud` values; never empty.
    pub audience: Vec<String>,
    /// The scopes: those granted that belong to this audience.
    pub scopes: BTreeSet<String>,
}

/// Checks the resources a request names against the client's list and the realm's own.
///
/// # Errors
/// `invalid_target`: malformed, not the client's, or an admin API together with something else.
pub fn check(asked: &[&str], of_client: &[String], own: &OwnResources) -> Result<Vec<String>, OAuthError> {
    let mut accepted: Vec<String> = Vec::new();
    if asked.len() > MAX_RESOURCES {
        return Err(OAuthError::ResourceMalformed);
    }
    for resource in asked.iter().copied() {
        if !is_identifier(resource) {
            return Err(OAuthError::ResourceMalformed);
        }
        let known = resource == own.userinfo
            || resource == own.issuer
            || own.admin.contains(resource)
            || of_client.iter().any(|registered| registered == resource);
        if !known {
            return Err(OAuthError::ResourceNotAllowed);
        }
        if !accepted.iter().any(|seen| seen == resource) {
            accepted.push(resource.to_owned());
        }
    }
    if accepted.len() > 1 && accepted.iter().any(|resource| own.admin.contains(resource)) {
        return Err(OAuthError::ResourcesCombined);
    }
    Ok(accepted)
}

/// Audience and scopes of a user's access token. A token for an admin API carries admin scopes alone and is meant for
/// that API alone; every other token carries none of them.
pub fn reach_of_user(granted: &BTreeSet<String>, resources: &[String], own: &OwnResources) -> Reach {
    if let [only] = resources
        && own.admin.contains(only)
    {
        return Reach { audience: vec![only.clone()], scopes: admin(granted) };
    }
    let mut audience = vec![own.userinfo.clone()];
    audience.extend(resources.iter().filter(|resource| **resource != own.userinfo).cloned());
    Reach { audience, scopes: granted.iter().filter(|scope| !is_admin(scope)).cloned().collect() }
}

/// Audience and scopes of a client's own access token. Identity scopes mean nothing without a person.
pub fn reach_of_client(
    granted: &BTreeSet<String>,
    resources: &[String],
    of_client: &[String],
    own: &OwnResources,
) -> Reach {
    if let [only] = resources
        && own.admin.contains(only)
    {
        return Reach { audience: vec![only.clone()], scopes: admin(granted) };
    }
    let audience = match (resources, of_client) {
        ([], []) => vec![own.issuer.clone()],
        ([], registered) => registered.to_vec(),
        (named, _) => named.to_vec(),
    };
    let fits = |scope: &&String| !is_admin(scope) && !is_identity_scope(scope);
    Reach { audience, scopes: granted.iter().filter(fits).cloned().collect() }
}

/// Whether a scope belongs to the admin API.
pub fn is_admin(scope: &str) -> bool {
    ADMIN_SCOPES.contains(&scope)
}

fn admin(scopes: &BTreeSet<String>) -> BTreeSet<String> {
    scopes.iter().filter(|scope| is_admin(scope)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> OwnResources {
        OwnResources {
            userinfo: "https://id.test/oauth/userinfo".into(),
            issuer: "https://id.test".into(),
            own_admin: "https://id.test/admin/v1".into(),
            admin: BTreeSet::from(["https://id.test/admin/v1".to_owned()]),
        }
    }

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn only_registered_resources_are_accepted() {
        let registered = ["https://api.test".to_owned()];
        assert!(check(&["https://api.test", "https://api.test"], &registered, &own()).unwrap().len() == 1);
        assert_eq!(check(&["https://api.test/"], &registered, &own()), Err(OAuthError::ResourceNotAllowed));
        assert_eq!(check(&["api"], &registered, &own()), Err(OAuthError::ResourceMalformed));
        assert_eq!(check(&["https://api.test#x"], &registered, &own()), Err(OAuthError::ResourceMalformed));
        let both = ["https://api.test", "https://id.test/admin/v1"];
        assert_eq!(check(&both, &registered, &own()), Err(OAuthError::ResourcesCombined));
    }

    #[test]
    fn admin_scopes_live_only_in_tokens_for_an_admin_api() {
        let granted = set(&["openid", "users:read"]);
        let plain = reach_of_user(&granted, &[], &own());
        assert_eq!((plain.audience, plain.scopes), (vec![own().userinfo], set(&["openid"])));
        let admin = reach_of_user(&granted, &["https://id.test/admin/v1".to_owned()], &own());
        assert_eq!(
            (admin.audience, admin.scopes),
            (vec!["https://id.test/admin/v1".to_owned()], set(&["users:read"]))
        );
        let service = reach_of_client(&granted, &[], &[], &own());
        assert_eq!((service.audience, service.scopes), (vec![own().issuer], set(&[])));
    }
}
