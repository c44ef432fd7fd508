//! Client secrets: made by the server, shown once, replaced with an overlap so that no deployment has to be timed.

use chrono::Duration;
use vestibule_kernel::{ClientId, OpaqueToken, Timestamp, TokenKind};
use vestibule_oauth::{Client, ClientAuthMethod, ClientSecret, OAuthEvent};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Precondition},
};

/// The longest that an old secret goes on working: a week.
pub const MAX_OVERLAP_SECONDS: u64 = 7 * 86_400;

/// Whether clients of this method prove themselves by a shared secret.
pub(super) const fn uses_secret(method: ClientAuthMethod) -> bool {
    match method {
        ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost => true,
        ClientAuthMethod::None | ClientAuthMethod::PrivateKeyJwt => false,
    }
}

/// A fresh secret and what is stored of it.
pub(super) fn fresh(app: &App, now: Timestamp) -> (OpaqueToken, ClientSecret) {
    let secret = app.entropy.token(TokenKind::ClientSecret);
    let stored = ClientSecret { digest: secret.digest(), created_at: now, expires_at: None };
    (secret, stored)
}

/// Gives the client a new secret. The newest of the old ones works for `overlap_seconds` more, all others end now.
///
/// # Errors
/// Needs `clients:write`; [`AdminFailure::Conflict`] for a client that has no secret by its method.
pub async fn rotate_secret(
    app: &App,
    admin: &AdminCx,
    id: &ClientId,
    overlap_seconds: u64,
    precondition: &Precondition,
) -> Result<(Client, OpaqueToken), AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    if overlap_seconds > MAX_OVERLAP_SECONDS {
        return Err(AdminFailure::invalid("/overlap_seconds", format!("at most {MAX_OVERLAP_SECONDS}")));
    }
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    let mut client = super::changeable(tx.as_mut(), admin, id).await?;
    precondition.check(client.version)?;
    if !uses_secret(client.metadata.token_endpoint_auth_method) {
        return Err(AdminFailure::Conflict("this client does not authenticate with a secret"));
    }
    let (secret, stored) = fresh(app, cx.now);
    let ends = cx.now + Duration::seconds(i64::try_from(overlap_seconds).unwrap_or(0));
    let newest = client.secrets.iter().max_by_key(|old| old.created_at).cloned();
    let old = newest
        .map(|old| ClientSecret { expires_at: Some(old.expires_at.map_or(ends, |at| at.min(ends))), ..old })
        .filter(|old| old.expires_at.is_some_and(|at| at > cx.now));
    client.secrets = std::iter::once(stored).chain(old).collect();
    let event = OAuthEvent::ClientSecretRotated { id: client.id.clone() };
    let change = client.updated(event, cx.now);
    let client = change.value.clone();
    tx.clients().save_client(change).await?;
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok((client, secret))
}
