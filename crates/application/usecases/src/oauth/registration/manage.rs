//! A client manages its own registration (RFC 7592) with the token it got for exactly this client.

use vestibule_kernel::{ClientId, Cx, OpaqueToken, TokenKind};
use vestibule_oauth::{Client, ClientSecret, OAuthError, OAuthEvent, Verification};
use vestibule_storage::RealmTx;

use super::{Registered, RegistrationRequest, check, register::uses_secret};
use crate::{App, RealmSnapshot, oauth::ProtocolFailure};

/// The client, if the token is its registration access token. Everything else is refused alike, so that nobody learns
/// which clients exist.
async fn owned(
    tx: &mut dyn RealmTx,
    realm: &RealmSnapshot,
    id: &str,
    token: Option<&str>,
) -> Result<Client, ProtocolFailure> {
    let refused = OAuthError::RegistrationTokenInvalid;
    let token =
        token.and_then(|text| OpaqueToken::parse(TokenKind::RegistrationAccess, text)).ok_or(refused)?;
    let id = ClientId::parse(id).map_err(|_ignored: vestibule_kernel::ids::IdError| refused)?;
    let client = tx.clients().find_client(&id).await?.ok_or(refused)?;
    let right = client.registration_token.as_ref().is_some_and(|known| known.matches(&token.digest()));
    if right && client.is_enabled() && realm.is_active() { Ok(client) } else { Err(refused.into()) }
}

/// Reads the registration.
///
/// # Errors
/// `invalid_token`.
pub async fn read(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    id: &str,
    token: Option<&str>,
) -> Result<Registered, ProtocolFailure> {
    let mut tx = app.store.read(cx).await?;
    let found = owned(tx.as_mut(), realm, id, token).await;
    tx.commit().await?;
    Ok(Registered { client: found?, secret: None, registration_token: presented(token) })
}

/// Replaces the registration as a whole; validated like a creation.
///
/// # Errors
/// `invalid_token`, or metadata that breaks a rule.
pub async fn update(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (id, token): (&str, Option<&str>),
    request: RegistrationRequest,
) -> Result<Registered, ProtocolFailure> {
    let mut tx = app.store.write(cx).await?;
    let result = replaced(app, cx, realm, tx.as_mut(), (id, token), request).await;
    match result {
        Ok(registered) => {
            tx.commit().await?;
            app.snapshots.refresh(realm.realm.id).await?;
            Ok(registered)
        }
        Err(failure) => {
            tx.rollback().await?;
            Err(failure)
        }
    }
}

async fn replaced(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    (id, token): (&str, Option<&str>),
    request: RegistrationRequest,
) -> Result<Registered, ProtocolFailure> {
    let mut client = owned(tx, realm, id, token).await?;
    if request.client_id.as_ref() != Some(&client.id) {
        return Err(ProtocolFailure::Metadata {
            error: OAuthError::MetadataRefused,
            detail: "client_id: must be the client's own".to_owned(),
        });
    }
    let metadata = request.metadata(client.metadata.clone())?;
    check(realm, &metadata)?;
    let needs_secret = uses_secret(metadata.token_endpoint_auth_method);
    let secret =
        (needs_secret && client.secrets.is_empty()).then(|| app.entropy.token(TokenKind::ClientSecret));
    if let Some(secret) = &secret {
        client.secrets = vec![ClientSecret { digest: secret.digest(), created_at: cx.now, expires_at: None }];
    } else if !needs_secret {
        client.secrets.clear();
    }
    if client.metadata != metadata && !realm.realm.settings.registration.trusted {
        // What an administrator vouched for is not what it says now.
        client.verification = Verification::Unverified;
    }
    client.metadata = metadata;
    let event = OAuthEvent::ClientUpdated { id: client.id.clone() };
    let change = client.updated(event, cx.now);
    let client = change.value.clone();
    tx.clients().save_client(change).await?;
    Ok(Registered { client, secret, registration_token: presented(token) })
}

/// Every answer repeats the token (RFC 7592 §3): the one that was presented, since it is not rotated.
fn presented(token: Option<&str>) -> Option<OpaqueToken> {
    token.and_then(|text| OpaqueToken::parse(TokenKind::RegistrationAccess, text))
}

/// Removes the client with everything it was given.
///
/// # Errors
/// `invalid_token`.
pub async fn delete(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    id: &str,
    token: Option<&str>,
) -> Result<(), ProtocolFailure> {
    let mut tx = app.store.write(cx).await?;
    let client = match owned(tx.as_mut(), realm, id, token).await {
        Ok(client) => client,
        Err(failure) => {
            tx.rollback().await?;
            return Err(failure);
        }
    };
    let event = OAuthEvent::ClientDeleted { id: client.id.clone() };
    tx.clients().delete_client(&client.id, event.into()).await?;
    tx.commit().await?;
    app.snapshots.refresh(realm.realm.id).await?;
    Ok(())
}
