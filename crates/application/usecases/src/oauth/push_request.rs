//! Pushed authorization requests ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)): checked by the same table, stored,
//! named by a random address.

use vestibule_kernel::{Cx, RequestId, TokenKind};
use vestibule_oauth::{
    OAuthError, StoredRequest,
    authorize::{AuthorizeContext, Parameters, check},
    client::authentication::PresentedCredentials,
};

use crate::{
    App, RealmSnapshot,
    oauth::{ProtocolFailure, authenticate_client, authorize::hint, entry::seconds, limit, resources},
};

/// What every `request_uri` of ours begins with (RFC 9126 §2.2).
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The answer.
#[derive(Debug, Clone)]
pub struct PushedRequest {
    /// The address to send the browser with.
    pub request_uri: String,
    /// Seconds it is good for.
    pub expires_in: u64,
}

/// Stores a checked request for later.
///
/// # Errors
/// `invalid_client`, or the refusal of the table of checks.
pub async fn push_request(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    presented: PresentedCredentials,
    parameters: &Parameters,
) -> Result<PushedRequest, ProtocolFailure> {
    let authenticated = authenticate_client(app, cx, realm, presented).await?;
    let client = authenticated.client();
    let key = format!("token:{}:{}", realm.realm.id, client.id);
    limit::count(app, &key, realm.realm.settings.limits.token_per_minute).await?;
    let own = resources::named(app, realm, &parameters.all("resource")).await?;
    let hint = hint(app, realm, Some(client), parameters);
    let context = AuthorizeContext { client: Some(client), resources: &own, hint, pushed: true };
    // The client is known by its authentication; a parameter that names another was refused there.
    let named = parameters.clone().with_default("client_id", client.id.as_str());
    let request = check(&named, &context).map_err(|refusal| refusal.error())?;
    if request.client != client.id {
        return Err(OAuthError::CredentialsCombined.into());
    }
    let reference = app.entropy.token(TokenKind::PushedRequest);
    let expires_in = realm.realm.settings.tokens.pushed_request_seconds;
    let stored = StoredRequest {
        id: RequestId::from_uuid(app.entropy.uuid(cx.now)),
        reference: Some(reference.digest()),
        request,
        created_at: cx.now,
        expires_at: cx.now + seconds(expires_in),
        used_at: None,
    };
    let mut tx = app.store.write(cx).await?;
    tx.requests().insert_request(&stored).await?;
    tx.commit().await?;
    Ok(PushedRequest { request_uri: format!("{REQUEST_URI_PREFIX}{}", reference.expose()), expires_in })
}
