//! `private_key_jwt` (RFC 7523 §3): the client's own keys verify, its `jti` counts once for all servers.

use vestibule_kernel::{ClientId, Cx};
use vestibule_oauth::{
    Client, ClientAuthMethod, OAuthError, TokenError,
    client::authentication::{
        ASSERTION_ALGORITHMS, ASSERTION_JTI, AuthenticatedClient, authenticate_by_assertion, claimed_client,
    },
    metadata::endpoint,
};

use serde_json::{Map, Value};

use crate::{App, RealmSnapshot, oauth::ProtocolFailure};

/// Longest assertion that is looked at.
const MAX_BYTES: usize = 16 * 1_024;

/// Recognises a client by its assertion.
///
/// # Errors
/// `invalid_client` for anything that is not a fresh assertion of an enabled client of this realm for us.
pub(super) async fn authenticate<'a>(
    app: &App,
    cx: &Cx,
    realm: &'a RealmSnapshot,
    named: Option<&ClientId>,
    jwt: &str,
) -> Result<AuthenticatedClient<'a>, ProtocolFailure> {
    if jwt.len() > MAX_BYTES {
        return Err(OAuthError::AssertionInvalid.into());
    }
    let claimed = claimed_client(jwt).ok_or(OAuthError::AssertionInvalid)?;
    if named.is_some_and(|named| *named != claimed) {
        return Err(OAuthError::AssertionInvalid.into());
    }
    let client = realm.client(&claimed).ok_or(OAuthError::CredentialsWrong)?;
    if client.metadata.token_endpoint_auth_method != ClientAuthMethod::PrivateKeyJwt {
        return Err(OAuthError::CredentialsMethod.into());
    }
    let claims = verified(app, client, jwt).await?;
    let audiences = [
        realm.issuer.as_str().to_owned(),
        realm.issuer.url(endpoint::TOKEN),
        realm.issuer.url(endpoint::PAR),
    ];
    let (authenticated, claim) = authenticate_by_assertion(client, &claims, &audiences, cx.now)?;
    let mut tx = app.store.write(cx).await?;
    let first = tx.tokens().remember_once(ASSERTION_JTI, &claim.value, claim.expires_at).await?;
    if first {
        tx.commit().await?;
        Ok(authenticated)
    } else {
        tx.rollback().await?;
        Err(OAuthError::AssertionReplayed.into())
    }
}

/// Verifies with the registered keys; those behind an address are fetched anew once when none fits.
async fn verified(app: &App, client: &Client, jwt: &str) -> Result<Map<String, Value>, OAuthError> {
    let verify = |jwks: &Value| app.signer.verify_foreign(jwks, &ASSERTION_ALGORITHMS, jwt);
    let invalid = |_ignored: TokenError| OAuthError::AssertionInvalid;
    if let Some(jwks) = &client.metadata.jwks {
        return verify(jwks).map_err(invalid);
    }
    let uri = client.metadata.jwks_uri.as_deref().ok_or(OAuthError::KeysUnavailable)?;
    if let Ok(claims) = verify(&fetched(app, client, uri, false).await?) {
        return Ok(claims);
    }
    verify(&fetched(app, client, uri, true).await?).map_err(invalid)
}

async fn fetched(app: &App, client: &Client, uri: &str, refresh: bool) -> Result<Value, OAuthError> {
    app.jwks.jwks(uri, refresh).await.map_err(|error| {
        tracing::warn!(client.id = %client.id, %error, "the keys of a client could not be fetched");
        OAuthError::KeysUnavailable
    })
}
