//! Bodies of the protocol and of flows, for their schemas only: the handlers read and write them by the letter of
//! their specifications.
#![expect(dead_code, reason = "only the schemas are used")]
#![expect(clippy::struct_field_names, reason = "the names are those of RFC 7591")]

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A token request (RFC 6749 §4.1.3, §4.4.2, §6; RFC 8707 §2.2).
#[derive(ToSchema)]
pub(super) struct TokenForm {
    /// `authorization_code`, `refresh_token` or `client_credentials`.
    grant_type: String,
    /// The code.
    code: Option<String>,
    /// The redirect address of the authorization request, if it named one.
    redirect_uri: Option<String>,
    /// The PKCE verifier (RFC 7636 §4.5).
    code_verifier: Option<String>,
    /// The refresh token; each works once.
    refresh_token: Option<String>,
    /// Scopes, separated by spaces; a refresh may narrow them.
    scope: Option<String>,
    /// The resource the token is for; may be repeated.
    resource: Option<String>,
    /// The client, unless another method of authentication names it.
    client_id: Option<String>,
    /// The secret, with `client_secret_post`.
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with `private_key_jwt`.
    client_assertion_type: Option<String>,
    /// The signed assertion, with `private_key_jwt`.
    client_assertion: Option<String>,
}

/// Tokens (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
#[derive(ToSchema)]
pub(super) struct Tokens {
    /// A JWT access token (RFC 9068).
    access_token: String,
    /// `Bearer`.
    token_type: String,
    /// Seconds.
    expires_in: u64,
    /// What was granted.
    scope: String,
    /// With `offline_access` or a session.
    refresh_token: Option<String>,
    /// With `openid`.
    id_token: Option<String>,
}

/// The parameters of an authorization request, pushed (RFC 9126).
#[derive(ToSchema)]
pub(super) struct PushedForm {
    /// `code`.
    response_type: String,
    /// The client.
    client_id: String,
    /// A registered redirect address.
    redirect_uri: String,
    /// Scopes, separated by spaces.
    scope: Option<String>,
    /// Given back unchanged.
    state: Option<String>,
    /// Copied to the ID token.
    nonce: Option<String>,
    /// The PKCE challenge.
    code_challenge: String,
    /// `S256`.
    code_challenge_method: String,
}

/// A pushed request.
#[derive(ToSchema)]
pub(super) struct Pushed {
    /// For `request_uri` of the authorization request; works once.
    request_uri: String,
    /// Seconds.
    expires_in: u64,
}

/// A token to be looked at or revoked (RFC 7662 §2.1, RFC 7009 §2.1).
#[derive(ToSchema)]
pub(super) struct TokenToCheck {
    /// An access or refresh token.
    token: String,
    /// `access_token` or `refresh_token`; a hint only.
    token_type_hint: Option<String>,
}

/// What is known of a token (RFC 7662 §2.2).
#[derive(ToSchema)]
pub(super) struct Introspection {
    /// Whether it works now. If not, nothing else is said.
    active: bool,
    /// Its scopes.
    scope: Option<String>,
    /// Who it was issued to.
    client_id: Option<String>,
    /// Whose it is.
    sub: Option<String>,
    /// Whom it is for.
    aud: Option<Vec<String>>,
    /// The issuer.
    iss: Option<String>,
    /// When it ends, seconds since the epoch.
    exp: Option<i64>,
    /// When it was issued.
    iat: Option<i64>,
}

/// Claims about a user (OpenID Connect Core §5.3).
#[derive(ToSchema)]
pub(super) struct UserInfo {
    /// The user.
    sub: String,
    /// With `profile`.
    name: Option<String>,
    /// With `email`.
    email: Option<String>,
    /// With `email`.
    email_verified: Option<bool>,
}

/// Metadata of the server: read the document for the full list.
#[derive(ToSchema)]
pub(super) struct ServerMetadata {
    /// The issuer.
    issuer: String,
    /// The authorization endpoint.
    authorization_endpoint: String,
    /// The token endpoint.
    token_endpoint: String,
    /// The keys.
    jwks_uri: String,
}

/// Public keys (RFC 7517 §5).
#[derive(ToSchema)]
pub(super) struct Jwks {
    /// The keys, old and new.
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Map<String, Value>>,
}

/// Client metadata (RFC 7591 §2).
#[derive(ToSchema)]
pub(super) struct RegistrationBody {
    /// The name people see.
    client_name: Option<String>,
    /// Where responses may go, compared byte for byte.
    redirect_uris: Vec<String>,
    /// `authorization_code`, `refresh_token`, `client_credentials`.
    grant_types: Option<Vec<String>>,
    /// `none`, `client_secret_basic`, `client_secret_post` or `private_key_jwt`.
    token_endpoint_auth_method: Option<String>,
    /// Scopes it may ask for.
    scope: Option<String>,
    /// Public keys, by address.
    jwks_uri: Option<String>,
}

/// A registered client (RFC 7591 §3.2.1).
#[derive(ToSchema)]
pub(super) struct Registration {
    /// Its id.
    client_id: String,
    /// Its secret, in this answer only.
    client_secret: Option<String>,
    /// For reading and changing it (RFC 7592).
    registration_access_token: Option<String>,
    /// Where it is read and changed.
    registration_client_uri: String,
    /// What it may use.
    redirect_uris: Vec<String>,
}

/// An error of the protocol (RFC 6749 §5.2).
#[derive(ToSchema)]
pub(in crate::openapi) struct OAuthError {
    /// A registered code.
    error: String,
    /// What is wrong, for developers.
    error_description: Option<String>,
}

/// How a flow begins.
#[derive(ToSchema)]
pub(super) struct StartFlow {
    /// A native client that an administrator trusts with passwords (`headless`); left out by pages of our own origin.
    client_id: Option<String>,
    /// The client's pushed request.
    request_uri: Option<String>,
    /// Who is expected.
    login_hint: Option<String>,
    /// The language wanted.
    ui_locale: Option<String>,
}

/// An action with its fields; which ones is said by the state.
#[derive(ToSchema)]
pub(super) struct FlowAction {
    /// The `step` of the document it answers, so that a repetition is recognised.
    step: Option<i64>,
    /// Who signs in.
    username: Option<String>,
    /// Their password.
    password: Option<String>,
    /// What is agreed to.
    scopes: Option<Vec<String>>,
}

/// An action that is possible now.
#[derive(ToSchema)]
pub(super) struct FlowActionLink {
    /// Its name.
    name: String,
    /// Where it is sent.
    href: String,
    /// Its fields.
    #[schema(value_type = Vec<Object>)]
    fields: Vec<Map<String, Value>>,
}

/// A flow: where it stands and what may be done.
#[derive(ToSchema)]
pub(super) struct FlowState {
    /// Its id.
    id: String,
    /// What it is for.
    intent: String,
    /// Where it stands.
    state: String,
    /// Send it back as `step`.
    step: i64,
    /// What may be done now.
    actions: Vec<FlowActionLink>,
    /// What to tell the person.
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Map<String, Value>>,
    /// What is still owed.
    requirements: Vec<String>,
    /// When it ends.
    expires_at: chrono::DateTime<chrono::Utc>,
    /// Where a flow that is over leads.
    #[schema(rename = "continue")]
    onward: Option<String>,
    /// For the header `X-CSRF-Token` of a browser.
    csrf: Option<String>,
    /// For the header `X-Flow-Secret` of a native client; in the first answer only.
    flow_secret: Option<String>,
}
