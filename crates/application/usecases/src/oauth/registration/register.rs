//! Registers a client (RFC 7591 §3).

use vestibule_kernel::{ClientId, Cx, OpaqueToken, TokenKind};
use vestibule_oauth::{Client, ClientAuthMethod, ClientSecret, OAuthError, Verification};
use vestibule_realms::settings::RegistrationMode;
use vestibule_storage::RealmTx;

use super::{Registered, RegistrationRequest, check, wire};
use crate::{
    App, RealmSnapshot,
    flow::network_of,
    oauth::{ProtocolFailure, limit},
};

/// Registers a client as far as the realm allows it. `token` is the bearer token of the request, if any.
///
/// # Errors
/// Closed, no valid initial access token, quota reached, too many requests, or metadata that breaks a rule.
pub async fn register(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    token: Option<&str>,
    request: RegistrationRequest,
) -> Result<Registered, ProtocolFailure> {
    let settings = &realm.realm.settings;
    if settings.registration.mode == RegistrationMode::Closed || !realm.is_active() {
        return Err(OAuthError::RegistrationClosed.into());
    }
    let network = cx.origin.ip.map_or_else(|| "unknown".to_owned(), network_of);
    let key = format!("register:{}:{network}", realm.realm.id);
    limit::count(app, &key, settings.limits.registration_per_minute).await?;
    let metadata = request.metadata(wire::base(settings.registration.trusted))?;
    check(realm, &metadata)?;
    let verification =
        if settings.registration.trusted { Verification::Verified } else { Verification::Unverified };
    let secret =
        uses_secret(metadata.token_endpoint_auth_method).then(|| app.entropy.token(TokenKind::ClientSecret));
    let secrets = secret
        .iter()
        .map(|secret| ClientSecret { digest: secret.digest(), created_at: cx.now, expires_at: None })
        .collect();
    let registration_token = app.entropy.token(TokenKind::RegistrationAccess);
    let id = ClientId::generated(app.entropy.uuid(cx.now));
    let change =
        Client::create(id, metadata, verification, secrets, Some(registration_token.digest()), cx.now);
    let client = change.value.clone();
    let mut tx = app.store.write(cx).await?;
    if let Err(error) = admit(cx, realm, tx.as_mut(), token).await? {
        tx.rollback().await?;
        return Err(error.into());
    }
    tx.clients().save_client(change).await?;
    // Counted after saving, which holds the realm's row until the end: who registers at the same time waits there, and
    // then counts this client too.
    if tx.clients().count_registered_clients().await? > settings.registration.quota {
        tx.rollback().await?;
        return Err(OAuthError::RegistrationQuota.into());
    }
    tx.commit().await?;
    app.snapshots.refresh(realm.realm.id).await?;
    Ok(Registered { client, secret, registration_token: Some(registration_token) })
}

/// Whether clients of this method prove themselves by a shared secret.
pub(super) const fn uses_secret(method: ClientAuthMethod) -> bool {
    match method {
        ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost => true,
        ClientAuthMethod::None | ClientAuthMethod::PrivateKeyJwt => false,
    }
}

/// Takes one use of the initial access token, in the transaction that stores the client.
async fn admit(
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    token: Option<&str>,
) -> Result<Result<(), OAuthError>, ProtocolFailure> {
    let registration = &realm.realm.settings.registration;
    if registration.mode == RegistrationMode::Token {
        let token = token.and_then(|text| OpaqueToken::parse(TokenKind::InitialAccess, text));
        let Some(token) = token else { return Ok(Err(OAuthError::InitialTokenInvalid)) };
        if !tx.clients().consume_initial_access_token(&token.digest(), cx.now).await? {
            return Ok(Err(OAuthError::InitialTokenInvalid));
        }
    }
    Ok(Ok(()))
}
