//! Userinfo (OpenID Connect Core §5.3): the claims the token's scopes release about its live user.

use serde_json::{Map, Value};
use vestibule_kernel::{Cx, StoreError};
use vestibule_oauth::{OAuthError, scope::OPENID, token::claims};

use crate::{
    App, RealmSnapshot,
    access::bearer::{self, BearerError},
    oauth::person,
};

/// Why there are no claims.
#[derive(Debug, thiserror::Error)]
pub enum UserinfoError {
    /// `invalid_token` or `insufficient_scope`.
    #[error(transparent)]
    Refused(#[from] OAuthError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The claims for an access token.
///
/// # Errors
/// See [`UserinfoError`].
pub async fn userinfo(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    token: &str,
) -> Result<Map<String, Value>, UserinfoError> {
    let token = bearer::verify(app, realm, cx, token).await.map_err(|error| match error {
        BearerError::Invalid => OAuthError::TokenInvalid.into(),
        BearerError::Store(error) => UserinfoError::Store(error),
    })?;
    let meant = token.has_scope(OPENID) && token.has_audience(&realm.issuer.userinfo_resource());
    let (Some(user), Some(family), true) = (&token.user, &token.family, meant) else {
        return Err(OAuthError::OpenidMissing.into());
    };
    let scopes = token.scopes().map(str::to_owned).collect();
    let own = person::own_claims(realm);
    let mut released = claims::release(&person::claims(user), &scopes, &family.details.userinfo_claims, &own);
    released.insert("sub".to_owned(), user.id.to_string().into());
    Ok(released)
}
