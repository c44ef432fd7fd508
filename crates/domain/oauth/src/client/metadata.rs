//! The rules of client metadata. Creation, update and registration all check the whole new state with this one
//! function, so an update can never be allowed what a creation is refused.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    client::{ClientAuthMethod, ClientMetadata, GrantType, redirect_uri},
    resource,
    scope::{ADMIN_SCOPES, is_scope_token},
};

/// Most entries of a list.
const MAX_LIST: usize = 50;
/// Most characters of a text.
const MAX_TEXT: usize = 200;
/// Most keys of a JWKS.
const MAX_KEYS: usize = 20;
/// Most bytes of a JWKS.
const MAX_JWKS_BYTES: usize = 64 * 1_024;
/// Least bits of an RSA modulus.
const MIN_RSA_BITS: usize = 2_048;

/// One value that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataFault {
    /// The field, by its name in RFC 7591.
    pub field: &'static str,
    /// What is wrong.
    pub reason: String,
}

/// Why metadata was refused: at least one fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(|fault| format!("{}: {}", fault.field, fault.reason)).collect::<Vec<_>>().join("; "))]
pub struct MetadataError(pub Vec<MetadataFault>);

impl MetadataError {
    /// Whether a redirect address is at fault (`invalid_redirect_uri`).
    pub fn concerns_redirect_uris(&self) -> bool {
        self.0.iter().any(|fault| fault.field == "redirect_uris")
    }
}

/// Collects faults.
struct Faults(Vec<MetadataFault>);

impl Faults {
    fn add(&mut self, field: &'static str, reason: impl ToString) {
        self.0.push(MetadataFault { field, reason: reason.to_string() });
    }

    fn require(&mut self, holds: bool, field: &'static str, reason: &str) {
        if !holds {
            self.add(field, reason);
        }
    }
}

/// Checks the whole of a client's metadata. `algorithms` are the JOSE names the realm has keys for.
///
/// # Errors
/// Every rule that is broken.
pub fn check(metadata: &ClientMetadata, algorithms: &[&str]) -> Result<(), MetadataError> {
    let mut faults = Faults(Vec::new());
    check_texts(metadata, &mut faults);
    check_addresses(metadata, &mut faults);
    check_grants(metadata, &mut faults);
    check_authentication(metadata, &mut faults);
    check_scopes(metadata, &mut faults);
    for (field, value) in [
        ("id_token_signed_response_alg", &metadata.id_token_signed_response_alg),
        ("access_token_signed_response_alg", &metadata.access_token_signed_response_alg),
    ] {
        if let Some(alg) = value {
            faults.require(
                algorithms.contains(&alg.as_str()),
                field,
                "the realm has no key for this algorithm",
            );
        }
    }
    if faults.0.is_empty() { Ok(()) } else { Err(MetadataError(faults.0)) }
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= MAX_TEXT
        && !text.chars().any(|c| c.is_control() || vestibule_kernel::contact::is_invisible(c))
}

fn check_texts(metadata: &ClientMetadata, faults: &mut Faults) {
    let bound = "must be at most 200 characters without control characters";
    faults.require(is_text(&metadata.client_name), "client_name", bound);
    let contacts = metadata.contacts.len() <= 10 && metadata.contacts.iter().all(|text| is_text(text));
    faults.require(contacts, "contacts", "must be at most 10 short texts");
    let contexts = metadata.default_acr_values.len() <= 10
        && metadata.default_acr_values.iter().all(|text| is_text(text));
    faults.require(contexts, "default_acr_values", "must be at most 10 short texts");
    let age = metadata.default_max_age.is_none_or(|seconds| seconds <= 10 * 365 * 86_400);
    faults.require(age, "default_max_age", "must be at most ten years");
}

fn check_addresses(metadata: &ClientMetadata, faults: &mut Faults) {
    let kind = metadata.application_type;
    for (field, list) in [
        ("redirect_uris", &metadata.redirect_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ] {
        faults.require(list.len() <= MAX_LIST, field, "has too many entries");
        for uri in list.iter().take(MAX_LIST) {
            if let Err(error) = redirect_uri::check(uri, kind) {
                faults.add(field, format!("{} {error}", shortened(uri)));
            }
        }
    }
    for (field, value) in [
        ("logo_uri", &metadata.logo_uri),
        ("client_uri", &metadata.client_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
        ("jwks_uri", &metadata.jwks_uri),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ("initiate_login_uri", &metadata.initiate_login_uri),
    ] {
        if let Some(uri) = value
            && let Err(error) = redirect_uri::check_link(uri)
        {
            faults.add(field, error);
        }
    }
}

/// Enough of a refused address to find it again.
fn shortened(uri: &str) -> String {
    let clean: String = uri.chars().filter(|c| !c.is_control()).take(100).collect();
    format!("\"{clean}\"")
}

fn check_grants(metadata: &ClientMetadata, faults: &mut Faults) {
    let has = |grant| metadata.grant_types.contains(&grant);
    faults.require(!metadata.grant_types.is_empty(), "grant_types", "must not be empty");
    if has(GrantType::AuthorizationCode) {
        faults.require(
            !metadata.redirect_uris.is_empty(),
            "redirect_uris",
            "are required for the authorization code grant",
        );
    }
    if has(GrantType::RefreshToken) {
        faults.require(
            has(GrantType::AuthorizationCode),
            "grant_types",
            "refresh_token needs authorization_code",
        );
    }
    if metadata.token_endpoint_auth_method == ClientAuthMethod::None {
        faults.require(
            !has(GrantType::ClientCredentials),
            "grant_types",
            "a public client cannot use client_credentials",
        );
        faults.require(metadata.require_pkce, "require_pkce", "is always demanded of public clients");
    }
}

fn check_authentication(metadata: &ClientMetadata, faults: &mut Faults) {
    let (by_value, by_address) = (metadata.jwks.is_some(), metadata.jwks_uri.is_some());
    faults.require(!(by_value && by_address), "jwks_uri", "must not be given together with jwks");
    if metadata.token_endpoint_auth_method == ClientAuthMethod::PrivateKeyJwt {
        faults.require(by_value || by_address, "jwks", "or jwks_uri is required for private_key_jwt");
    }
    if let Some(jwks) = &metadata.jwks
        && let Err(reason) = check_jwks(jwks)
    {
        faults.add("jwks", reason);
    }
}

/// A JWKS of public asymmetric keys.
fn check_jwks(jwks: &Value) -> Result<(), &'static str> {
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or("must be an object with a list of keys")?;
    if keys.is_empty() || keys.len() > MAX_KEYS || jwks.to_string().len() > MAX_JWKS_BYTES {
        return Err("must have 1 to 20 keys of reasonable size");
    }
    for key in keys {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| key.get(name).is_some()) {
            return Err("must not contain private or symmetric keys");
        }
        let usable = match text("kty") {
            // Four base64url characters hold three bytes.
            Some("RSA") => text("n").is_some_and(|n| n.len() * 6 >= MIN_RSA_BITS) && text("e").is_some(),
            Some("EC") => text("crv").is_some() && text("x").is_some() && text("y").is_some(),
            Some("OKP") => text("crv").is_some() && text("x").is_some(),
            _ => false,
        };
        if !usable {
            return Err("has a key that is incomplete, too short, or of an unknown type");
        }
    }
    Ok(())
}

fn check_scopes(metadata: &ClientMetadata, faults: &mut Faults) {
    let scopes: Vec<&str> = metadata.scope.split(' ').filter(|scope| !scope.is_empty()).collect();
    let shaped = scopes.len() <= 100 && scopes.iter().all(|scope| is_scope_token(scope));
    faults.require(shaped, "scope", "must be at most 100 scope tokens separated by spaces");
    let known = metadata.admin_scopes.iter().all(|scope| ADMIN_SCOPES.contains(&scope.as_str()));
    let unique = metadata.admin_scopes.iter().collect::<BTreeSet<_>>().len() == metadata.admin_scopes.len();
    faults.require(known && unique, "admin_scopes", "must be scopes of the admin API, each once");
    for (field, resources) in
        [("resources", &metadata.resources), ("served_resources", &metadata.served_resources)]
    {
        let shaped = resources.len() <= MAX_LIST && resources.iter().all(|one| resource::is_identifier(one));
        faults.require(shaped, field, "must be absolute addresses without fragment");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::ClientKind;

    const ALGORITHMS: [&str; 2] = ["ES256", "RS256"];

    fn valid() -> ClientMetadata {
        ClientMetadata { redirect_uris: vec!["https://app.example/cb".into()], ..ClientMetadata::default() }
    }

    fn fields(change: impl FnOnce(&mut ClientMetadata)) -> Vec<&'static str> {
        let mut metadata = valid();
        change(&mut metadata);
        check(&metadata, &ALGORITHMS).err().map_or(vec![], |e| e.0.iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn a_public_client_cannot_do_what_needs_a_secret() {
        assert_eq!(fields(|_| ()), Vec::<&str>::new());
        assert_eq!(
            fields(|m| {
                m.token_endpoint_auth_method = ClientAuthMethod::None;
                m.grant_types.insert(GrantType::ClientCredentials);
                m.require_pkce = false;
            }),
            ["grant_types", "require_pkce"]
        );
    }

    #[test]
    fn grants_and_addresses_belong_together() {
        assert_eq!(fields(|m| m.redirect_uris.clear()), ["redirect_uris"]);
        assert_eq!(fields(|m| m.grant_types = BTreeSet::from([GrantType::RefreshToken])), ["grant_types"]);
        assert_eq!(
            fields(|m| {
                m.redirect_uris.clear();
                m.grant_types = BTreeSet::from([GrantType::ClientCredentials]);
            }),
            Vec::<&str>::new()
        );
        assert_eq!(fields(|m| m.grant_types.clear()), ["grant_types"]);
    }

    #[test]
    fn addresses_are_secure_and_custom_schemes_are_for_native_applications() {
        assert_eq!(fields(|m| m.redirect_uris = vec!["com.app:/cb".into()]), ["redirect_uris"]);
        assert_eq!(
            fields(|m| {
                m.application_type = ClientKind::Native;
                m.redirect_uris = vec!["com.app:/cb".into()];
            }),
            Vec::<&str>::new()
        );
        assert_eq!(fields(|m| m.logo_uri = Some("http://a.example/x.png".into())), ["logo_uri"]);
        assert_eq!(fields(|m| m.tos_uri = Some("javascript:alert(1)".into())), ["tos_uri"]);
        assert_eq!(
            fields(|m| m.backchannel_logout_uri = Some("http://a.example".into())),
            ["backchannel_logout_uri"]
        );
    }

    #[test]
    fn keys_are_public_long_enough_and_given_once() {
        let with = |jwks: Value| {
            fields(move |m| {
                m.token_endpoint_auth_method = ClientAuthMethod::PrivateKeyJwt;
                m.jwks = Some(jwks);
            })
        };
        assert_eq!(fields(|m| m.token_endpoint_auth_method = ClientAuthMethod::PrivateKeyJwt), ["jwks"]);
        assert!(with(json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]})).is_empty());
        assert_eq!(
            with(json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "d": "d"}]})),
            ["jwks"]
        );
        assert_eq!(with(json!({"keys": [{"kty": "oct", "k": "x"}]})), ["jwks"]);
        assert_eq!(with(json!({"keys": [{"kty": "RSA", "n": "a".repeat(170), "e": "AQAB"}]})), ["jwks"]);
        assert_eq!(with(json!({"keys": []})), ["jwks"]);
        assert_eq!(with(json!([])), ["jwks"]);
        assert_eq!(
            fields(|m| {
                m.jwks = Some(json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}));
                m.jwks_uri = Some("https://a.example/jwks".into());
            }),
            ["jwks_uri"]
        );
    }

    #[test]
    fn scopes_algorithms_and_texts_are_bounded() {
        assert_eq!(fields(|m| m.scope = "a\"b".into()), ["scope"]);
        assert_eq!(fields(|m| m.admin_scopes = vec!["root".into()]), ["admin_scopes"]);
        assert_eq!(
            fields(|m| m.id_token_signed_response_alg = Some("none".into())),
            ["id_token_signed_response_alg"]
        );
        assert_eq!(fields(|m| m.client_name = "a\u{202e}b".into()), ["client_name"]);
        assert_eq!(fields(|m| m.client_name = "a".repeat(201)), ["client_name"]);
        assert_eq!(fields(|m| m.resources = vec!["api".into()]), ["resources"]);
        assert_eq!(fields(|m| m.served_resources = vec!["api".into()]), ["served_resources"]);
    }
}
