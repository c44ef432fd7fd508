//! Why a protocol request got no answer it wanted. One enum for the back-channel endpoints: each can meet every
//! variant, and each variant has one form on the wire.

use vestibule_kernel::StoreError;
use vestibule_oauth::{OAuthError, TokenError};

/// A refused or failed protocol request.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolFailure {
    /// Refused by the letter of the specification.
    #[error(transparent)]
    Refused(#[from] OAuthError),
    /// Metadata breaks rules; the text names fields and rules, never secrets.
    #[error("{error}: {detail}")]
    Metadata {
        /// `invalid_redirect_uri` or `invalid_client_metadata`.
        error: OAuthError,
        /// Fields and rules.
        detail: String,
    },
    /// Too many requests.
    #[error("too many requests")]
    RateLimited {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// A token could not be signed: nothing was issued.
    #[error(transparent)]
    Signing(#[from] TokenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
