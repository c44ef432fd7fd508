//! Server metadata ([OpenID Connect Discovery](https://openid.net/specs/openid-connect-discovery-1_0.html),
//! [RFC 8414](https://www.rfc-editor.org/rfc/rfc8414)), generated from the tables the handlers use: what is advertised
//! works, what is not advertised is refused.

use serde_json::{Map, Value, json};

use crate::{
    client::{ClientAuthMethod, GrantType, authentication::ASSERTION_ALGORITHMS},
    pkce,
    request::{Prompt, ResponseMode},
    scope::STANDARD_SCOPES,
};

/// The paths of the endpoints below the issuer, each with its name in the metadata. Handlers mount these.
pub mod endpoint {
    /// `authorization_endpoint`.
    pub const AUTHORIZE: &str = "/oauth/authorize";
    /// Where a finished flow returns to.
    pub const RESUME: &str = "/oauth/authorize/resume";
    /// `pushed_authorization_request_endpoint`.
    pub const PAR: &str = "/oauth/par";
    /// `token_endpoint`.
    pub const TOKEN: &str = "/oauth/token";
    /// `introspection_endpoint`.
    pub const INTROSPECT: &str = "/oauth/introspect";
    /// `revocation_endpoint`.
    pub const REVOKE: &str = "/oauth/revoke";
    /// `userinfo_endpoint`.
    pub const USERINFO: &str = "/oauth/userinfo";
    /// `jwks_uri`.
    pub const JWKS: &str = "/oauth/jwks";
    /// `registration_endpoint`.
    pub const REGISTER: &str = "/oauth/register";
    /// `end_session_endpoint`.
    pub const LOGOUT: &str = "/oauth/logout";
    /// OpenID Connect Discovery §4.
    pub const DISCOVERY: &str = "/.well-known/openid-configuration";
    /// RFC 8414 §3, for a realm that lives at the root of its own host; below a path the prefix moves to the front.
    pub const OAUTH_DISCOVERY: &str = "/.well-known/oauth-authorization-server";
}

/// What the document depends on.
#[derive(Debug, Clone)]
pub struct ServerFacts<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// Algorithms the realm signs with, the default first.
    pub algorithms: Vec<&'a str>,
    /// Scopes beside the standard ones that release the realm's own claims.
    pub own_scopes: Vec<&'a str>,
    /// The realm's own claims that some scope releases.
    pub own_claims: Vec<&'a str>,
    /// Languages of the pages.
    pub locales: Vec<&'a str>,
    /// Contexts a sign-in can reach.
    pub contexts: Vec<&'a str>,
    /// Whether clients may register.
    pub registration: bool,
}

/// The document.
pub fn document(facts: &ServerFacts<'_>) -> Map<String, Value> {
    let url = |path: &str| Value::from(format!("{}{path}", facts.issuer));
    let methods: Vec<_> = ClientAuthMethod::ALL.iter().map(|method| method.as_str()).collect();
    let confidential: Vec<_> =
        methods.iter().copied().filter(|method| *method != ClientAuthMethod::None.as_str()).collect();
    let scopes = scopes(facts);
    let claims: Vec<_> = ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"]
        .into_iter()
        .chain(STANDARD_SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied()))
        .chain(facts.own_claims.iter().copied())
        .collect();
    let values = json!({
        "issuer": facts.issuer,
        "authorization_endpoint": url(endpoint::AUTHORIZE),
        "pushed_authorization_request_endpoint": url(endpoint::PAR),
        "token_endpoint": url(endpoint::TOKEN),
        "introspection_endpoint": url(endpoint::INTROSPECT),
        "revocation_endpoint": url(endpoint::REVOKE),
        "userinfo_endpoint": url(endpoint::USERINFO),
        "jwks_uri": url(endpoint::JWKS),
        "end_session_endpoint": url(endpoint::LOGOUT),
        "response_types_supported": ["code"],
        "response_modes_supported": ResponseMode::ALL.map(ResponseMode::as_str),
        "grant_types_supported": GrantType::ALL.map(GrantType::as_str),
        "code_challenge_methods_supported": pkce::METHODS,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": facts.algorithms,
        "scopes_supported": scopes,
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": Prompt::ALL.map(Prompt::as_str),
        "display_values_supported": ["page"],
        "acr_values_supported": facts.contexts,
        "ui_locales_supported": facts.locales,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    });
    let mut document = match values {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    if facts.registration {
        document.insert("registration_endpoint".to_owned(), url(endpoint::REGISTER));
    }
    document
}

/// A realm's attribute may be released by a standard scope; each name is listed once.
fn scopes<'a>(facts: &ServerFacts<'a>) -> Vec<&'a str> {
    let mut scopes: Vec<&'a str> = STANDARD_SCOPES.iter().map(|(scope, _)| *scope).collect();
    for scope in &facts.own_scopes {
        if !scopes.contains(scope) {
            scopes.push(scope);
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(registration: bool) -> ServerFacts<'static> {
        ServerFacts {
            issuer: "https://id.test/realms/acme",
            algorithms: vec!["ES256", "RS256"],
            own_scopes: vec![],
            own_claims: vec![],
            locales: vec!["en"],
            contexts: vec!["urn:vestibule:acr:single-factor"],
            registration,
        }
    }

    #[test]
    fn metadata_offers_nothing_that_is_refused() {
        let document = document(&facts(false));
        assert_eq!(document["issuer"], "https://id.test/realms/acme");
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert!(!document.contains_key("registration_endpoint"));
        let mut members = Vec::new();
        for (name, value) in document.iter().filter(|(name, _)| name.ends_with("_alg_values_supported")) {
            for algorithm in value.as_array().unwrap() {
                let text = algorithm.as_str().unwrap();
                assert!(text != "none" && !text.starts_with("HS"), "{name} offers {text}");
            }
            members.push(name.as_str());
        }
        assert!(members.contains(&"id_token_signing_alg_values_supported"), "{members:?}");
        assert!(members.contains(&"token_endpoint_auth_signing_alg_values_supported"), "{members:?}");
        assert!(!Value::Object(document).to_string().contains("\"plain\""));
    }

    #[test]
    fn the_issuer_in_the_answer_is_announced() {
        // RFC 9207 §3.
        assert_eq!(document(&facts(false))["authorization_response_iss_parameter_supported"], true);
    }

    #[test]
    fn registration_is_advertised_where_it_is_open() {
        assert_eq!(
            document(&facts(true))["registration_endpoint"],
            "https://id.test/realms/acme/oauth/register"
        );
    }
}
