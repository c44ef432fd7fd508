//! What a client's metadata must satisfy, whoever sets it: the same rules at creation, change and import.

use vestibule_oauth::{ClientAuthMethod, ClientKind, ClientMetadata, GrantType};
use vestibule_realms::{RealmSettings, settings::Algorithm};

use crate::admin::AdminFailure;

/// Checks metadata and gives it in the form that is stored.
///
/// # Errors
/// Names the first value that breaks a rule, below `pointer`.
pub fn check(
    metadata: ClientMetadata,
    settings: &RealmSettings,
    pointer: &str,
) -> Result<ClientMetadata, AdminFailure> {
    let refuse = |field: &str, detail: &str| Err(AdminFailure::invalid(format!("{pointer}/{field}"), detail));
    for (field, uris) in [
        ("redirect_uris", &metadata.redirect_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ] {
        for uri in uris {
            if !is_redirect_uri(uri, metadata.application_type) {
                return refuse(
                    field,
                    "an https address, or for native applications a loopback address or own scheme, without fragment",
                );
            }
        }
    }
    if metadata.grant_types.contains(&GrantType::AuthorizationCode) && metadata.redirect_uris.is_empty() {
        return refuse("redirect_uris", "the authorization_code grant needs one");
    }
    let public = metadata.token_endpoint_auth_method == ClientAuthMethod::None;
    if public && metadata.grant_types.contains(&GrantType::ClientCredentials) {
        return refuse("grant_types", "a public client cannot use client_credentials");
    }
    for (field, alg) in [
        ("id_token_signed_response_alg", &metadata.id_token_signed_response_alg),
        ("access_token_signed_response_alg", &metadata.access_token_signed_response_alg),
    ] {
        let served =
            |alg: &String| Algorithm::parse(alg).is_some_and(|alg| settings.keys.algorithms.contains(&alg));
        if alg.as_ref().is_some_and(|alg| !served(alg)) {
            return refuse(field, "the realm has no keys for this algorithm");
        }
    }
    Ok(metadata)
}

fn is_redirect_uri(text: &str, kind: ClientKind) -> bool {
    let Ok(uri) = url::Url::parse(text) else { return false };
    let loopback = matches!(uri.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let served = match uri.scheme() {
        "https" => true,
        "http" => loopback,
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => false,
        _ => kind == ClientKind::Native,
    };
    served && uri.fragment().is_none() && text.len() <= 2_000
}
