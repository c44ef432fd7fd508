//! Dynamic client registration ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591),
//! [RFC 7592](https://www.rfc-editor.org/rfc/rfc7592)): closed, by initial access token, or open within a quota.

pub mod manage;
pub mod register;
pub mod wire;

pub use manage::{delete, read, update};
pub use register::register;
pub use wire::{Registered, RegistrationRequest};

use vestibule_oauth::{ClientMetadata, OAuthError, client::metadata};

use crate::{RealmSnapshot, oauth::ProtocolFailure};

/// Checks the whole new state by the rules every client obeys.
fn check(realm: &RealmSnapshot, metadata: &ClientMetadata) -> Result<(), ProtocolFailure> {
    let algorithms: Vec<&str> =
        realm.realm.settings.keys.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    metadata::check(metadata, &algorithms).map_err(|error| ProtocolFailure::Metadata {
        error: if error.concerns_redirect_uris() {
            OAuthError::RedirectUriRefused
        } else {
            OAuthError::MetadataRefused
        },
        detail: error.to_string(),
    })
}
