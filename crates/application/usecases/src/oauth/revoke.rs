//! Revocation ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)): a client ends a token of its own. A user's token ends
//! its whole family; a foreign or unknown one changes nothing, and nobody can tell.

use chrono::DateTime;
use serde_json::Value;
use vestibule_kernel::{Cx, Digest, FamilyId, OpaqueToken, TokenKind, UserId};
use vestibule_oauth::{
    Client, OAuthError, OAuthEvent, client::authentication::PresentedCredentials, token::access::family_of,
};

use crate::{
    App, RealmSnapshot,
    access::bearer::{self, REVOKED_JTI},
    oauth::{ProtocolFailure, authenticate_client, client_authentication::acting},
};

/// Revokes a token of the authenticated client.
///
/// # Errors
/// `invalid_client`; `invalid_request` without a token. An unknown token is no error.
pub async fn revoke(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    presented: PresentedCredentials,
    token: Option<&str>,
) -> Result<(), ProtocolFailure> {
    let authenticated = authenticate_client(app, cx, realm, presented).await?;
    let token = token.ok_or(OAuthError::TokenMissing)?;
    let cx = acting(cx, &authenticated);
    let client = authenticated.client();
    match OpaqueToken::parse(TokenKind::Refresh, token) {
        Some(refresh) => revoke_refresh(app, &cx, client, &refresh).await,
        None => revoke_access(app, &cx, realm, client, token).await,
    }
}

async fn revoke_refresh(
    app: &App,
    cx: &Cx,
    client: &Client,
    token: &OpaqueToken,
) -> Result<(), ProtocolFailure> {
    let mut tx = app.store.write(cx).await?;
    let found = tx.tokens().find_refresh_token(&token.digest()).await?;
    match found {
        Some((_, family)) if family.client == client.id => {
            let event = event(client, Some(family.user), Some(family.id));
            tx.tokens().revoke_family(family.id, event.into(), cx.now).await?;
            tx.commit().await?;
        }
        _ => tx.rollback().await?,
    }
    Ok(())
}

async fn revoke_access(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    token: &str,
) -> Result<(), ProtocolFailure> {
    let Some(genuine) = bearer::genuine(app, realm, cx, token) else { return Ok(()) };
    if genuine.client != client.id {
        return Ok(());
    }
    let mut tx = app.store.write(cx).await?;
    match family_of(&genuine.jti) {
        Some(family) => {
            let user = genuine.subject.parse().ok();
            tx.tokens().revoke_family(family, event(client, user, Some(family)).into(), cx.now).await?;
        }
        None => {
            let expires = genuine.claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
            let until = DateTime::from_timestamp(expires, 0).unwrap_or(cx.now);
            let jti = Digest::of(genuine.jti.as_bytes());
            if tx.tokens().remember_once(REVOKED_JTI, &jti, until).await? {
                tx.events().append_event(event(client, None, None).into()).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

fn event(client: &Client, user: Option<UserId>, family: Option<FamilyId>) -> OAuthEvent {
    OAuthEvent::TokenRevoked { client: client.id.clone(), user, family }
}
