//! The token endpoint: a code, a refresh token or the client itself for tokens. Outcomes that are defences are committed
//! before the error is returned; tokens are signed after the commit.

mod authorization_code;
mod client_credentials;
mod refresh_token;

use vestibule_kernel::{Cx, OpaqueToken};
use vestibule_oauth::{
    GrantType, OAuthError, OAuthEvent,
    client::authentication::{AuthenticatedClient, PresentedCredentials},
    grants::grant_type,
};

use crate::{
    App, RealmSnapshot,
    oauth::{ProtocolFailure, authenticate_client, client_authentication::acting, limit},
};

/// The parameters of a token request, as they came.
#[derive(Debug, Clone, Default)]
pub struct TokenRequest {
    /// `grant_type`.
    pub grant_type: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `code_verifier`.
    pub code_verifier: Option<String>,
    /// `refresh_token`.
    pub refresh_token: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// `resource`, as often as it came.
    pub resources: Vec<String>,
}

/// The answer (RFC 6749 §5.1); always a bearer token.
#[derive(Clone)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Seconds it is valid.
    pub expires_in: u64,
    /// The scopes of this response.
    pub scope: String,
    /// The next refresh token.
    pub refresh_token: Option<OpaqueToken>,
    /// The ID token.
    pub id_token: Option<String>,
}

/// Exchanges one grant for tokens.
///
/// # Errors
/// See [`ProtocolFailure`]; each refusal is recorded.
pub async fn exchange_token(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    presented: PresentedCredentials,
    request: &TokenRequest,
) -> Result<TokenResponse, ProtocolFailure> {
    // Told to everybody alike: what this server never does needs no authentication (RFC 9700 §2.4).
    if let Err(error) = grant_type(request.grant_type.as_deref()) {
        let failure = error.into();
        record_refusal(app, cx, None, None, &failure);
        return Err(failure);
    }
    let client = match authenticate_client(app, cx, realm, presented).await {
        Ok(client) => client,
        Err(failure) => {
            record_refusal(app, cx, None, None, &failure);
            return Err(failure);
        }
    };
    let cx = acting(cx, &client);
    let result = exchange(app, &cx, realm, &client, request).await;
    if let Err(failure) = &result {
        let grant = request.grant_type.as_deref().and_then(GrantType::parse).map(GrantType::as_str);
        record_refusal(app, &cx, Some(&client), grant, failure);
    }
    result
}

async fn exchange(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &AuthenticatedClient<'_>,
    request: &TokenRequest,
) -> Result<TokenResponse, ProtocolFailure> {
    let key = format!("token:{}:{}", realm.realm.id, client.client().id);
    limit::count(app, &key, realm.realm.settings.limits.token_per_minute).await?;
    let grant = grant_type(request.grant_type.as_deref())?;
    if !client.client().metadata.grant_types.contains(&grant) {
        return Err(OAuthError::GrantTypeNotAllowed.into());
    }
    match grant {
        GrantType::AuthorizationCode => {
            authorization_code::exchange(app, cx, realm, client.client(), request).await
        }
        GrantType::RefreshToken => refresh_token::exchange(app, cx, realm, client.client(), request).await,
        GrantType::ClientCredentials => client_credentials::exchange(app, cx, realm, client, request).await,
    }
}

/// Nothing was changed, so the entry needs no synchronous write.
fn record_refusal(
    app: &App,
    cx: &Cx,
    client: Option<&AuthenticatedClient<'_>>,
    grant_type: Option<&'static str>,
    failure: &ProtocolFailure,
) {
    if let ProtocolFailure::Refused(error) = failure {
        let event = OAuthEvent::TokenRefused {
            client: client.map(|client| client.client().id.clone()),
            grant_type,
            error: error.code().as_str(),
            cause: error.cause(),
        };
        app.journal.record(cx, event);
    }
}
