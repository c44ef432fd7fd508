//! Every back-channel endpoint recognises its client here; nothing else makes an authenticated client.

use vestibule_kernel::{Actor, Cx};
use vestibule_oauth::{
    OAuthError,
    client::authentication::{AuthenticatedClient, Credentials, PresentedCredentials, authenticate},
};

use crate::{
    App, RealmSnapshot,
    oauth::{ProtocolFailure, client_assertion},
};

/// Recognises the client of a request in an active realm.
///
/// # Errors
/// `invalid_client`, or `access_denied` in a suspended realm.
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
    match &credentials {
        Credentials::Assertion { client, jwt } => {
            client_assertion::authenticate(app, cx, realm, client.as_ref(), jwt).await
        }
        Credentials::None { client } | Credentials::Secret { client, .. } => {
            Ok(authenticate(realm.client(client), &credentials, cx.now)?)
        }
    }
}

/// The context in which the client is the actor.
pub(super) fn acting(cx: &Cx, client: &AuthenticatedClient<'_>) -> Cx {
    cx.acting_as(Actor::Client(client.client().id.clone()))
}
