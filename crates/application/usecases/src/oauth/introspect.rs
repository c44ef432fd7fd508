//! Introspection ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)): the owner of a live token, or its audience, learns
//! what it says; everybody and everything else gets exactly `{"active":false}`.

use serde_json::Value;
use vestibule_kernel::{Cx, OpaqueToken, StoreError, TokenKind};
use vestibule_oauth::{
    Client, OAuthError, client::authentication::PresentedCredentials, token::introspection,
};

use crate::{
    App, RealmSnapshot,
    access::bearer,
    oauth::{ProtocolFailure, authenticate_client, client_authentication::acting},
};

/// Tells an authenticated client about a token.
///
/// # Errors
/// `invalid_client` for a public client too; `invalid_request` without a token.
pub async fn introspect(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    presented: PresentedCredentials,
    token: Option<&str>,
    hint: Option<&str>,
) -> Result<Value, ProtocolFailure> {
    let authenticated = authenticate_client(app, cx, realm, presented).await?;
    if !authenticated.is_confidential() {
        return Err(OAuthError::CredentialsMissing.into());
    }
    let token = token.ok_or(OAuthError::TokenMissing)?;
    let cx = acting(cx, &authenticated);
    let told = match OpaqueToken::parse(TokenKind::Refresh, token) {
        // Where an access token is meant, a refresh token is the wrong kind.
        Some(_) if hint == Some("access_token") => None,
        Some(refresh) => refresh_token(app, &cx, realm, authenticated.client(), &refresh).await?,
        None => access_token(app, &cx, realm, authenticated.client(), token).await?,
    };
    Ok(told.unwrap_or_else(introspection::inactive))
}

async fn access_token(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    caller: &Client,
    token: &str,
) -> Result<Option<Value>, StoreError> {
    let Some(genuine) = bearer::genuine(app, realm, cx, token) else { return Ok(None) };
    if !introspection::may_learn(caller, &genuine.client, &genuine.claims) {
        return Ok(None);
    }
    let mut tx = app.store.read(cx).await?;
    tx.ends_with_next();
    let alive = bearer::alive(tx.as_mut(), &genuine, cx).await?;
    tx.commit().await?;
    Ok(alive.map(|_| introspection::access_token(&genuine.claims)))
}

async fn refresh_token(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    caller: &Client,
    token: &OpaqueToken,
) -> Result<Option<Value>, StoreError> {
    let mut tx = app.store.read(cx).await?;
    let found = tx.tokens().find_refresh_token(&token.digest()).await?;
    let told = match found {
        Some((token, family)) if family.client == caller.id && token.consumed_at.is_none() => {
            let in_time = cx.now < token.expires_at && cx.now < family.expires_at;
            let liveness = tx.tokens().token_liveness(family.id, cx.now).await?;
            let alive = liveness.is_some_and(|alive| alive.user_active && !alive.session_revoked);
            (in_time && alive).then(|| introspection::refresh_token(realm.issuer.as_str(), &token, &family))
        }
        _ => None,
    };
    tx.commit().await?;
    Ok(told)
}
