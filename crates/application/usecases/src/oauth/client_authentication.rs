//! Every back-channel endpoint recognises its client here; nothing else makes an authenticated client.

use std::time::Duration;

use vestibule_kernel::{Actor, Cx};
use vestibule_oauth::{
    OAuthError,
    client::authentication::{AuthenticatedClient, Credentials, PresentedCredentials, authenticate},
};

use crate::{
    App, RealmSnapshot,
    flow::{counted_as, network_of},
    oauth::{ProtocolFailure, client_assertion},
};

/// Failures of one network as one client, per minute; then its requests are refused unseen (RFC 6749 §2.3.1).
const FAILURES: u32 = 30;
const WINDOW: Duration = Duration::from_mins(1);

/// Recognises the client of a request in an active realm. Who fails too often is told to come back later, also with the
/// right credentials; the same client from another network is not held up.
///
/// # Errors
/// `invalid_client`, `access_denied` in a suspended realm, or 429 after many failures.
pub async fn authenticate_client<'a>(
    app: &App,
    cx: &Cx,
    realm: &'a RealmSnapshot,
    presented: PresentedCredentials,
) -> Result<AuthenticatedClient<'a>, ProtocolFailure> {
    if !realm.is_active() {
        return Err(OAuthError::RealmSuspended.into());
    }
    let credentials = presented.read()?;
    let key = failures_key(cx, &credentials);
    if let Some(left) = app.limiter.refused_for(&key).await {
        return Err(ProtocolFailure::RateLimited { retry_after_seconds: left.as_secs().max(1) });
    }
    let recognised = match &credentials {
        Credentials::Assertion { client, jwt } => {
            client_assertion::authenticate(app, cx, realm, client.as_ref(), jwt).await
        }
        Credentials::None { client } | Credentials::Secret { client, .. } => {
            authenticate(realm.client(client), &credentials, cx.now).map_err(ProtocolFailure::from)
        }
    };
    if matches!(&recognised, Err(ProtocolFailure::Refused(_))) {
        app.limiter.check(&key, FAILURES, WINDOW).await;
    }
    recognised
}

/// Realm, client and network.
fn failures_key(cx: &Cx, credentials: &Credentials) -> String {
    let client = match credentials {
        Credentials::Assertion { client, .. } => client.as_ref(),
        Credentials::None { client } | Credentials::Secret { client, .. } => Some(client),
    };
    let client = counted_as(client.map_or("", |client| client.as_str()));
    let network = cx.origin.ip.map(network_of).unwrap_or_default();
    format!("client-failures:{}:{client}:{network}", cx.realm)
}

/// The context in which the client is the actor.
pub(super) fn acting(cx: &Cx, client: &AuthenticatedClient<'_>) -> Cx {
    cx.acting_as(Actor::Client(client.client().id.clone()))
}
