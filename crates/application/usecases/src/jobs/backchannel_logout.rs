//! Tells a client that a session ended ([OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::sync::Arc;

use serde_json::to_vec;
use vestibule_kernel::{ClientId, JobId, RealmId, SessionId, StoreError, UserId};
use vestibule_oauth::{Client, FetchError, token::logout};

use super::Attempt;
use crate::{App, RealmSnapshot};

/// Sends one logout token. A client or realm that is gone, or wants no such message any more, is told nothing.
pub(super) async fn backchannel_logout(
    app: &App,
    (realm, job): (RealmId, JobId),
    client: &ClientId,
    session: SessionId,
    user: UserId,
) -> Result<Attempt, StoreError> {
    let Some((realm, client)) = find(app, realm, client).await? else { return Ok(Attempt::Done) };
    let Some(uri) = client.metadata.backchannel_logout_uri.as_deref().filter(|_| client.is_enabled()) else {
        return Ok(Attempt::Done);
    };
    let Some(token) = token(app, &realm, &client, (job, session, user)) else {
        return Ok(Attempt::Again("the logout token could not be signed".to_owned()));
    };
    Ok(match app.logout.send_logout(uri, &token).await {
        Ok(()) => Attempt::Done,
        Err(error @ FetchError::Refused(_)) => Attempt::Never(error.to_string()),
        Err(error @ FetchError::Failed(_)) => Attempt::Again(error.to_string()),
    })
}

/// The client as configured now. One that this process has not heard of may have been made a moment ago.
async fn find(
    app: &App,
    realm: RealmId,
    client: &ClientId,
) -> Result<Option<(Arc<RealmSnapshot>, Client)>, StoreError> {
    let known = |snapshot: Arc<RealmSnapshot>| {
        let client = snapshot.client(client).cloned()?;
        Some((snapshot, client))
    };
    if let Some(found) = app.snapshots.by_id(realm).await?.and_then(known) {
        return Ok(Some(found));
    }
    Ok(app.snapshots.refresh(realm).await?.and_then(known))
}

/// Signed like the client's ID tokens (§2.4); `jti` names the job, so that a receiver knows a repeated delivery.
fn token(
    app: &App,
    realm: &RealmSnapshot,
    client: &Client,
    (job, session, user): (JobId, SessionId, UserId),
) -> Option<String> {
    let default = realm.realm.settings.keys.default_algorithm.as_str();
    let alg = client.metadata.id_token_signed_response_alg.as_deref().unwrap_or(default);
    let key = realm.signing_key(alg)?;
    let issuer = realm.issuer.as_str();
    let claims = logout::claims(issuer, &client.id, user, session, &job.to_string(), app.clock.now());
    app.signer.sign(realm.realm.id, key, logout::TYP, &to_vec(&claims).ok()?).ok()
}
