//! Examples of the protocol's bodies.

use serde_json::{Value, json};

pub(super) fn token_form() -> Value {
    json!({
        "grant_type": "authorization_code", "code": "vac_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX",
        "redirect_uri": "https://shop.acme.example/callback",
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    })
}

pub(super) fn tokens() -> Value {
    json!({
        "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9…", "token_type": "Bearer", "expires_in": 600,
        "scope": "openid email", "id_token": "eyJhbGciOiJFUzI1NiJ9…",
    })
}

pub(super) fn pushed_form() -> Value {
    json!({
        "response_type": "code", "client_id": "shop", "redirect_uri": "https://shop.acme.example/callback",
        "scope": "openid email", "state": "af0ifjsldkj",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    })
}

pub(super) fn pushed() -> Value {
    json!({
        "request_uri": "urn:ietf:params:oauth:request_uri:vpr_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX",
        "expires_in": 90,
    })
}

pub(super) fn token_to_check() -> Value {
    json!({"token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9…"})
}

pub(super) fn introspection() -> Value {
    json!({
        "active": true, "scope": "openid email", "client_id": "shop", "sub": "usr_agm7jm2wcj3rfbaa4qxrhq6qhe",
        "iss": "https://id.example/realms/acme", "exp": 1_769_852_400, "iat": 1_769_851_800,
    })
}

pub(super) fn user_info() -> Value {
    json!({"sub": "usr_agm7jm2wcj3rfbaa4qxrhq6qhe", "name": "Ada Lovelace", "email": "ada@acme.example", "email_verified": true})
}

pub(super) fn metadata() -> Value {
    json!({
        "issuer": "https://id.example/realms/acme",
        "authorization_endpoint": "https://id.example/realms/acme/oauth/authorize",
        "token_endpoint": "https://id.example/realms/acme/oauth/token",
        "jwks_uri": "https://id.example/realms/acme/oauth/jwks",
    })
}

pub(super) fn jwks() -> Value {
    json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "4kq2", "alg": "ES256", "use": "sig", "x": "…", "y": "…"}]})
}

pub(super) fn registration_body() -> Value {
    json!({
        "client_name": "Acme Shop", "redirect_uris": ["https://shop.acme.example/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

pub(super) fn registration() -> Value {
    json!({
        "client_id": "cli_agm7jm2wcj3rfbaa4qxrhq6qhe",
        "client_secret": "vcs_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX",
        "registration_access_token": "vra_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX",
        "registration_client_uri": "https://id.example/realms/acme/oauth/register/cli_agm7jm2wcj3rfbaa4qxrhq6qhe",
        "redirect_uris": ["https://shop.acme.example/callback"],
    })
}

pub(super) fn start_flow() -> Value {
    json!({"login_hint": "ada@acme.example"})
}

pub(super) fn flow_action() -> Value {
    json!({"step": 1, "username": "ada@acme.example"})
}

pub(super) fn flow_state() -> Value {
    json!({
        "id": "flw_agm7jm2wcj3rfbaa4qxrhq6qhe", "intent": "sign_in", "state": "identify", "step": 1,
        "actions": [{
            "name": "identify",
            "href": "https://id.example/realms/acme/flow/v1/flw_agm7jm2wcj3rfbaa4qxrhq6qhe/identify", "fields": [],
        }],
        "messages": [], "requirements": ["identity"], "expires_at": "2026-01-31T10:00:00Z",
        "csrf": "vcf_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX",
    })
}
