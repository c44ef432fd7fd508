//! The client credentials grant: no transaction, no synchronous write; the entry goes through the journal.

use vestibule_kernel::Cx;
use vestibule_oauth::{
    GrantType, OAuthError, OAuthEvent, client::authentication::AuthenticatedClient,
    grants::client_credentials,
};

use super::{TokenRequest, TokenResponse};
use crate::{
    App, RealmSnapshot,
    oauth::{ProtocolFailure, issue, resources},
};

pub(super) async fn exchange(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &AuthenticatedClient<'_>,
    request: &TokenRequest,
) -> Result<TokenResponse, ProtocolFailure> {
    if !client.is_confidential() {
        return Err(OAuthError::GrantTypeNotAllowed.into());
    }
    let client = client.client();
    let named: Vec<&str> = request.resources.iter().map(String::as_str).collect();
    let own = resources::named(app, realm, &named).await?;
    let reach = client_credentials::reach(client, request.scope.as_deref(), &named, &own)?;
    let response = issue::client_token(app, cx, realm, client, &reach)?;
    let event = OAuthEvent::TokenIssued {
        client: client.id.clone(),
        user: None,
        family: None,
        grant_type: GrantType::ClientCredentials.as_str(),
        scopes: reach.scopes.into_iter().collect(),
    };
    app.journal.record(cx, event);
    Ok(response)
}
