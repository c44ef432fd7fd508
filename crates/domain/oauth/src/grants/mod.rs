//! The grants of the token endpoint: pure decisions over what storage claimed. Their outcomes are saved and committed
//! before they become an answer.

pub mod authorization_code;
pub mod client_credentials;
pub mod refresh_token;

use crate::{client::GrantType, error::OAuthError};

/// Reads `grant_type`.
///
/// # Errors
/// Missing, or a grant this server does not have (`password` among them).
pub fn grant_type(text: Option<&str>) -> Result<GrantType, OAuthError> {
    let text = text.ok_or(OAuthError::GrantTypeMissing)?;
    GrantType::parse(text).ok_or(OAuthError::GrantTypeUnsupported)
}
