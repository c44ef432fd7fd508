//! The client credentials grant (RFC 6749 §4.4): a client acting for itself. No refresh token, no ID token.

use std::collections::BTreeSet;

use crate::{
    client::Client,
    error::OAuthError,
    resource::{self, OwnResources, Reach},
    scope,
};

/// What a client's own token is for and may do. Scopes are those it asks for among those it holds; scopes of the admin
/// API alone, without a resource, mean the realm's own admin API.
///
/// # Errors
/// `invalid_scope` or `invalid_target`.
pub fn reach(
    client: &Client,
    asked: Option<&str>,
    resources: &[&str],
    own: &OwnResources,
) -> Result<Reach, OAuthError> {
    let resources = resource::check(resources, &client.metadata.resources, own)?;
    let held: BTreeSet<&str> =
        client.scopes().into_iter().chain(client.metadata.admin_scopes.iter().map(String::as_str)).collect();
    let asked = match asked {
        Some(text) => Some(scope::parse(text).ok_or(OAuthError::ScopeMalformed)?),
        None => None,
    };
    let granted: BTreeSet<String> = match &asked {
        Some(asked) => asked.clone(),
        None => held.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    if granted.iter().any(|scope| !held.contains(scope.as_str())) {
        return Err(OAuthError::ScopeNotAllowed);
    }
    // A scope of the admin API comes from what the client itself holds, not from what it may ask its users for.
    let mine = |scope: &&String| {
        !resource::is_admin(scope) || client.metadata.admin_scopes.iter().any(|held| held == *scope)
    };
    let granted: BTreeSet<String> = granted.iter().filter(mine).cloned().collect();
    let admin_only =
        asked.is_some() && !granted.is_empty() && granted.iter().all(|scope| resource::is_admin(scope));
    let resources = if resources.is_empty() && admin_only { vec![own.own_admin.clone()] } else { resources };
    let reach = resource::reach_of_client(&granted, &resources, &client.metadata.resources, own);
    let nothing_left = reach.scopes.is_empty() && asked.is_some_and(|asked| !asked.is_empty());
    if nothing_left { Err(OAuthError::ScopeNotAllowed) } else { Ok(reach) }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use vestibule_kernel::{ClientId, Version};

    use super::*;
    use crate::client::{ClientMetadata, ClientStatus, Verification};

    fn client() -> Client {
        Client {
            id: ClientId::parse("service").unwrap(),
            status: ClientStatus::Enabled,
            verification: Verification::Verified,
            metadata: ClientMetadata {
                scope: "openid orders:read users:write".into(),
                admin_scopes: vec!["users:read".into()],
                resources: vec!["https://api.test".into()],
                ..ClientMetadata::default()
            },
            secrets: vec![],
            registration_token: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            version: Version::FIRST,
        }
    }

    fn own() -> OwnResources {
        OwnResources {
            userinfo: "https://id.test/oauth/userinfo".into(),
            issuer: "https://id.test".into(),
            own_admin: "https://id.test/admin/v1".into(),
            admin: BTreeSet::from([
                "https://id.test/admin/v1".to_owned(),
                "https://id.test/x/admin/v1".to_owned(),
            ]),
        }
    }

    fn ask(scope: Option<&str>, resources: &[&str]) -> Result<(Vec<String>, String), OAuthError> {
        reach(&client(), scope, resources, &own()).map(|reach| (reach.audience, scope::join(&reach.scopes)))
    }

    #[test]
    fn a_client_gets_what_it_holds_for_the_resource_it_names() {
        let api = vec!["https://api.test".to_owned()];
        assert_eq!(ask(None, &[]), Ok((api.clone(), "orders:read".into())));
        assert_eq!(ask(Some("orders:read"), &["https://api.test"]), Ok((api, "orders:read".into())));
        assert_eq!(ask(Some("orders:write"), &[]), Err(OAuthError::ScopeNotAllowed));
        assert_eq!(ask(Some("openid"), &[]), Err(OAuthError::ScopeNotAllowed));
        assert_eq!(ask(None, &["https://other.test"]), Err(OAuthError::ResourceNotAllowed));
    }

    #[test]
    fn admin_scopes_are_those_the_client_itself_holds() {
        let admin = |url: &str| Ok((vec![url.to_owned()], "users:read".to_owned()));
        assert_eq!(ask(Some("users:read"), &[]), admin("https://id.test/admin/v1"));
        assert_eq!(
            ask(Some("users:read"), &["https://id.test/x/admin/v1"]),
            admin("https://id.test/x/admin/v1")
        );
        assert_eq!(ask(None, &["https://id.test/admin/v1"]), admin("https://id.test/admin/v1"));
        // Held for its users only.
        assert_eq!(ask(Some("users:write"), &["https://id.test/admin/v1"]), Err(OAuthError::ScopeNotAllowed));
    }
}
