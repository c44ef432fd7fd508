//! Whoever loses access loses it at once: sessions, access tokens, refresh tokens; and the clients are told.

use serde_json::{Value, json};

use crate::harness::{Call, Harness, PUBLIC, robot};

const BASE: &str = "/realms/acme/admin/v1";
const SCOPES: [&str; 7] = [
    "users:read",
    "users:write",
    "credentials:write",
    "sessions:read",
    "sessions:revoke",
    "jobs:read",
    "events:read",
];
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A realm with a person, an application that wants to be told of logouts, and an administrator.
async fn acme() -> (Harness, String) {
    let harness = Harness::start().await;
    harness
        .import(json!({
            "realm": {"slug": "acme"},
            "settings": {"hashing": {"memory_kib": 8192, "passes": 1, "lanes": 1}},
            "clients": [robot("robot", &SCOPES), {
                "client_id": "shop", "token_endpoint_auth_method": "none", "require_consent": false,
                "redirect_uris": ["https://shop.example/cb"],
                "backchannel_logout_uri": "https://shop.example/logout",
            }],
            "users": [{"username": "ada", "password": "correct horse battery"}],
        }))
        .await
        .unwrap();
    let token = harness.robot("acme", &SCOPES).await;
    (harness, token)
}

fn cookie(reply: &crate::harness::Reply, name: &str) -> Option<String> {
    let mut all = reply.headers.get_all("set-cookie").filter_map(|value| value.to_str().ok());
    let found = all.find(|text| text.starts_with(&format!("{name}=")))?;
    found.split(';').next().map(str::to_owned)
}

/// Signs Ada in over JSON and gives the session cookie.
pub(crate) async fn sign_in(harness: &Harness) -> String {
    let started = Call::new("POST", "/realms/acme/flow/v1").header("Origin", PUBLIC).json(&json!({}));
    let started = started.send(harness).await.expect(201);
    let jar = cookie(&started, "__Host-vst_flow_acme").unwrap();
    let mut document = started.json();
    for fields in [json!({"username": "ada"}), json!({"password": "correct horse battery"})] {
        let href = document["actions"][0]["href"].as_str().unwrap().to_owned();
        let path = href.strip_prefix(PUBLIC).unwrap_or(&href).to_owned();
        let mut body = fields;
        body["step"] = document["step"].clone();
        let acted = Call::new("POST", path)
            .header("Origin", PUBLIC)
            .header("Cookie", &jar)
            .header("X-CSRF-Token", document["csrf"].as_str().unwrap())
            .json(&body)
            .send(harness)
            .await
            .expect(200);
        if let Some(session) = cookie(&acted, "__Host-vst_session_acme") {
            return session;
        }
        document = acted.json();
    }
    panic!("no session: {document}")
}

/// Tokens of the application for the session.
async fn tokens(harness: &Harness, session: &str) -> Value {
    let query = format!(
        "client_id=shop&response_type=code&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&state=x\
         &scope=openid%20offline_access&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let authorize =
        Call::new("GET", format!("/realms/acme/oauth/authorize?{query}")).header("Cookie", session);
    let answer = authorize.send(harness).await.expect(303);
    let location = answer.header("location").unwrap();
    let code = location.split("code=").nth(1).unwrap_or_else(|| panic!("{location}"));
    let code = code.split('&').next().unwrap();
    let form = format!(
        "grant_type=authorization_code&client_id=shop&code={code}&code_verifier={VERIFIER}\
         &redirect_uri=https%3A%2F%2Fshop.example%2Fcb"
    );
    token_call(form).send(harness).await.expect(200).json()
}

fn token_call(form: String) -> Call {
    Call::new("POST", "/realms/acme/oauth/token").raw("application/x-www-form-urlencoded", form)
}

async fn works(harness: &Harness, tokens: &Value) -> bool {
    let token = tokens["access_token"].as_str().unwrap();
    let reply = Call::new("GET", "/realms/acme/oauth/userinfo").token(token).send(harness).await;
    assert!(matches!(reply.status, 200 | 401), "{} {}", reply.status, reply.text);
    reply.status == 200
}

async fn user_id(harness: &Harness, token: &str) -> String {
    let found = Call::new("GET", format!("{BASE}/users?q=ada")).token(token).send(harness).await.json();
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn live_sessions(harness: &Harness, token: &str) -> Vec<Value> {
    let listed = Call::new("GET", format!("{BASE}/sessions")).token(token).send(harness).await.expect(200);
    listed.json()["items"].as_array().unwrap().clone()
}

async fn assert_over(harness: &Harness, token: &str, tokens: &Value, how: &str) {
    assert!(!works(harness, tokens).await, "{how}: the access token");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&client_id=shop&refresh_token={refresh}");
    let refused = token_call(form).send(harness).await;
    assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_grant")), "{how}");
    assert!(live_sessions(harness, token).await.is_empty(), "{how}: the session");
    let jobs = Call::new("GET", format!("{BASE}/jobs")).token(token).send(harness).await.json();
    let told = jobs["items"].as_array().unwrap().iter().any(|job| job["kind"] == "backchannel_logout");
    assert!(told, "{how}: the client is told: {jobs}");
}

#[actix_web::test]
async fn every_way_to_lose_access_ends_sessions_and_tokens_and_tells_the_clients() {
    let ways = ["suspend", "password", "revoke one", "revoke user", "revoke all"];
    for how in ways {
        let (harness, token) = acme().await;
        let session = sign_in(&harness).await;
        let tokens = tokens(&harness, &session).await;
        assert!(works(&harness, &tokens).await);
        let id = user_id(&harness, &token).await;
        let seen = live_sessions(&harness, &token).await;
        assert_eq!((seen.len(), &seen[0]["user_id"]), (1, &json!(id)));
        let sid = seen[0]["id"].as_str().unwrap();
        let call = match how {
            "suspend" => Call::new("POST", format!("{BASE}/users/{id}:suspend")),
            "password" => Call::new("PUT", format!("{BASE}/users/{id}/password"))
                .json(&json!({"password": "another long password"})),
            "revoke one" => Call::new("DELETE", format!("{BASE}/sessions/{sid}")),
            "revoke user" => Call::new("POST", format!("{BASE}/users/{id}/sessions:revoke-all")),
            _ => Call::new("POST", format!("{BASE}/sessions:revoke-all")),
        };
        let reply = call.token(&token).send(&harness).await;
        assert!(matches!(reply.status, 200 | 204), "{how}: {} {}", reply.status, reply.text);
        assert_over(&harness, &token, &tokens, how).await;
    }
}
