//! The authorization request, checked by an ordered table. Until client and redirect address are proven a refusal is a
//! page of ours; from then on it goes back to the client, in the response mode it asked for.

mod checks;
mod claims;
mod params;
mod response;

use std::collections::BTreeSet;

use vestibule_kernel::ClientId;

use crate::{
    client::{Client, redirect_uri},
    error::OAuthError,
    request::{AuthorizationRequest, ResponseMode},
    resource::OwnResources,
};

pub use params::Parameters;
pub use response::{AuthorizationResponse, ResponseTarget};

/// Parameters that may repeat.
pub const REPEATABLE: [&str; 1] = ["resource"];

/// What became of `id_token_hint`, verified by the caller (an expired one counts).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// None was sent.
    Absent,
    /// An ID token of this issuer for this client, about this subject.
    Subject(String),
    /// Anything else.
    Invalid,
}

/// What the checks depend on beside the parameters.
pub struct AuthorizeContext<'a> {
    /// The client that `client_id` names, whatever its status.
    pub client: Option<&'a Client>,
    /// The realm's own resources.
    pub resources: &'a OwnResources,
    /// The verified `id_token_hint`.
    pub hint: Hint,
    /// Whether the request comes to the pushed authorization request endpoint.
    pub pushed: bool,
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizeRefusal {
    /// Client or redirect address is not proven: a page, never a redirect.
    Page(OAuthError),
    /// Told to the client.
    Redirect(ResponseTarget, OAuthError),
}

impl AuthorizeRefusal {
    /// The cause.
    pub const fn error(&self) -> OAuthError {
        match self {
            Self::Page(error) | Self::Redirect(_, error) => *error,
        }
    }
}

/// The client a request names.
///
/// # Errors
/// Absent, repeated or malformed: to be shown as a page.
pub fn client_id(parameters: &Parameters) -> Result<ClientId, OAuthError> {
    let text = parameters.get("client_id").ok_or(OAuthError::ClientIdMissing)?;
    ClientId::parse(text).map_err(|_ignored: vestibule_kernel::ids::IdError| OAuthError::ClientIdMissing)
}

/// Runs the table of checks.
///
/// # Errors
/// The first refusal, and where it goes.
pub fn check(
    parameters: &Parameters,
    context: &AuthorizeContext<'_>,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let (client, redirect_uri) = prove(parameters, context).map_err(AuthorizeRefusal::Page)?;
    let input = checks::Input { parameters, context, client };
    let mut request = skeleton(client, redirect_uri, parameters);
    checks::read_wishes(&input, &mut request);
    for (_, check) in checks::TABLE {
        if let Err(error) = check(&input, &mut request) {
            return Err(AuthorizeRefusal::Redirect(ResponseTarget::of(&request), error));
        }
    }
    Ok(request)
}

/// Proves client and redirect address.
fn prove<'a>(
    parameters: &Parameters,
    context: &AuthorizeContext<'a>,
) -> Result<(&'a Client, String), OAuthError> {
    client_id(parameters)?;
    let client = context.client.ok_or(OAuthError::ClientUnknown)?;
    if !client.is_enabled() {
        return Err(OAuthError::ClientDisabled);
    }
    if parameters.is_repeated("redirect_uri") {
        return Err(OAuthError::RedirectUriUnknown);
    }
    let registered = &client.metadata.redirect_uris;
    match parameters.get("redirect_uri") {
        Some(presented) => {
            let known = redirect_uri::is_registered(registered, presented, client.metadata.application_type);
            if known { Ok((client, presented.to_owned())) } else { Err(OAuthError::RedirectUriUnknown) }
        }
        None => match registered.as_slice() {
            // OpenID Connect Core §3.1.2.1 requires the parameter, a pushed request too.
            [only] if !context.pushed => Ok((client, only.clone())),
            _ => Err(OAuthError::RedirectUriMissing),
        },
    }
}

fn skeleton(client: &Client, redirect_uri: String, parameters: &Parameters) -> AuthorizationRequest {
    AuthorizationRequest {
        client: client.id.clone(),
        redirect_uri,
        redirect_uri_given: parameters.get("redirect_uri").is_some(),
        response_mode: ResponseMode::Query,
        scopes: BTreeSet::new(),
        state: parameters.get("state").map(str::to_owned),
        nonce: None,
        code_challenge: None,
        prompt: BTreeSet::new(),
        max_age: None,
        login_hint: None,
        expected_subject: None,
        ui_locales: Vec::new(),
        acr_values: Vec::new(),
        acr_essential: false,
        id_token_claims: Vec::new(),
        userinfo_claims: Vec::new(),
        resources: Vec::new(),
        claims: None,
    }
}

#[cfg(test)]
mod tests;
