//! The authorization code grant (RFC 6749 §4.1.3). The code is claimed before this is asked and stays burned whatever
//! comes out.

use chrono::Duration;
use vestibule_kernel::{Digest, Timestamp};

use crate::{
    client::Client,
    code::AuthorizationCode,
    error::OAuthError,
    family::{FamilyDetails, RefreshToken, TokenFamily},
    pkce, resource,
    resource::OwnResources,
    scope,
};

/// What a token request says about its code.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeRequest<'a> {
    /// The parameter `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// The parameter `code_verifier`.
    pub verifier: Option<&'a str>,
    /// The parameters `resource`.
    pub resources: &'a [&'a str],
}

/// Whether a code just claimed may be redeemed by this client with these values.
///
/// Stops: codes of another client, stolen codes, codes injected into another transaction
/// ([RFC 9700 §4.5](https://www.rfc-editor.org/rfc/rfc9700#section-4.5)).
///
/// # Errors
/// `invalid_grant` or `invalid_target`.
pub fn redeem(
    code: &AuthorizationCode,
    client: &Client,
    request: CodeRequest<'_>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if code.client != client.id {
        return Err(OAuthError::CodeOfAnother);
    }
    if now >= code.expires_at {
        return Err(OAuthError::CodeExpired);
    }
    let asked = &code.details.request;
    let same_address = match request.redirect_uri {
        Some(named) => named == asked.redirect_uri,
        None => !asked.redirect_uri_given,
    };
    if !same_address {
        return Err(OAuthError::RedirectUriDiffers);
    }
    pkce::verify(asked.code_challenge.as_deref(), request.verifier)
}

/// Which of the granted resources this token is for: those named, else all of them (RFC 8707 §2.2).
///
/// # Errors
/// `invalid_target` for one that was not granted.
pub fn narrow_resources(
    granted: &[String],
    named: &[&str],
    own: &OwnResources,
) -> Result<Vec<String>, OAuthError> {
    if named.is_empty() {
        return Ok(granted.to_vec());
    }
    let mut allowed = granted.to_vec();
    if !granted.iter().any(|resource| own.admin.contains(resource)) {
        allowed.push(own.userinfo.clone());
    }
    if named.iter().any(|resource| !allowed.iter().any(|known| known == resource)) {
        return Err(OAuthError::ResourceNotAllowed);
    }
    resource::check(named, granted, own)
}

/// The family a code starts.
pub fn start_family(code: &AuthorizationCode, absolute: Duration, now: Timestamp) -> TokenFamily {
    let request = &code.details.request;
    TokenFamily {
        id: code.family,
        client: code.client.clone(),
        user: code.user,
        session: Some(code.session),
        details: FamilyDetails {
            scopes: code.details.granted.clone(),
            resources: request.resources.clone(),
            id_token_claims: request.id_token_claims.clone(),
            userinfo_claims: request.userinfo_claims.clone(),
            auth_time: code.details.auth_time,
            acr: code.details.acr.clone(),
            amr: code.details.amr.clone(),
            nonce: request.nonce.clone(),
        },
        created_at: now,
        expires_at: now + absolute,
        revoked_at: None,
    }
}

/// Whether a family has refresh tokens: offline access was granted, which only a client with the refresh grant can ask
/// for (OpenID Connect Core §11).
pub fn has_refresh(family: &TokenFamily) -> bool {
    family.details.scopes.contains(scope::OFFLINE_ACCESS)
}

/// A fresh refresh token of a family; never outlives it.
pub fn refresh_token(family: &TokenFamily, digest: Digest, idle: Duration, now: Timestamp) -> RefreshToken {
    RefreshToken {
        digest,
        family: family.id,
        issued_at: now,
        expires_at: (now + idle).min(family.expires_at),
        consumed_at: None,
    }
}
