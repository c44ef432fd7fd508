//! Introspection answers ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)): who may learn of a token, and what.

use serde_json::{Map, Value, json};
use vestibule_kernel::ClientId;

use crate::{client::Client, family::RefreshToken, family::TokenFamily, scope};

/// The members of an access token that are told.
const TOLD: [&str; 13] =
    ["iss", "sub", "aud", "client_id", "jti", "iat", "exp", "nbf", "scope", "auth_time", "acr", "amr", "sid"];

/// The answer for everything that is not a live token of the caller: exactly this.
pub fn inactive() -> Value {
    json!({"active": false})
}

/// Whether a client may learn of an access token: it owns it, or it is an audience of it, by its own name or as one of
/// the resources it serves.
pub fn may_learn(caller: &Client, owner: &ClientId, claims: &Map<String, Value>) -> bool {
    let serves = |value: &str| caller.metadata.served_resources.iter().any(|resource| resource == value);
    let meant = |value: &str| value == caller.id.as_str() || serves(value);
    caller.id == *owner
        || match claims.get("aud") {
            Some(Value::String(only)) => meant(only),
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).any(meant),
            _ => false,
        }
}

/// The answer for a live access token.
pub fn access_token(claims: &Map<String, Value>) -> Value {
    let mut answer = Map::new();
    answer.insert("active".to_owned(), Value::Bool(true));
    answer.insert("token_type".to_owned(), "Bearer".into());
    for name in TOLD {
        if let Some(value) = claims.get(name) {
            answer.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(answer)
}

/// The answer for a live refresh token of the caller.
pub fn refresh_token(issuer: &str, token: &RefreshToken, family: &TokenFamily) -> Value {
    json!({
        "active": true,
        "iss": issuer,
        "sub": family.user,
        "client_id": family.client,
        "scope": scope::join(&family.details.scopes),
        "iat": token.issued_at.timestamp(),
        "exp": token.expires_at.min(family.expires_at).timestamp(),
    })
}
