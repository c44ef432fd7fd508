//! What changes how an account is entered asks for a proof that is a few minutes old, over JSON and from pages: a browser
//! left open, or a stolen session cookie, takes no account over.

use serde_json::{Value, json};
use vestibule_kernel::{Changed, OpaqueToken, TokenKind};
use vestibule_usecases::account::FRESH_SECONDS;

use crate::{
    harness::{Call, Harness, PUBLIC, Reply},
    sessions::sign_in,
};

const ACCOUNT: &str = "/realms/acme/account";
const CREDENTIAL: &str = "crd_agm7jm2wcj3rfbaa4qxrhq6qhe";

/// Every change of the JSON interface that asks for a fresh proof, with a body that can be read. The last one is for
/// the account to go.
fn sensitive() -> Vec<(&'static str, String, Value)> {
    let email = || json!({"email": "ada@lovelace.test"});
    vec![
        ("PUT", "/v1/password".to_owned(), json!({"password": "short"})),
        ("DELETE", format!("/v1/passkeys/{CREDENTIAL}"), Value::Null),
        ("POST", "/v1/emails".to_owned(), email()),
        ("POST", "/v1/emails:make-primary".to_owned(), email()),
        ("POST", "/v1/emails:remove".to_owned(), email()),
        ("POST", "/v1/authenticators".to_owned(), json!({"method": "totp"})),
        ("POST", "/v1/authenticators".to_owned(), json!({"method": "security_key"})),
        ("DELETE", format!("/v1/authenticators/{CREDENTIAL}"), Value::Null),
        ("POST", "/v1/exports".to_owned(), Value::Null),
        ("GET", "/v1/exports/exp_agm7jm2wcj3rfbaa4qxrhq6qhe/archive".to_owned(), Value::Null),
        ("POST", "/v1/deletion".to_owned(), Value::Null),
    ]
}

async fn acme() -> Harness {
    let harness = Harness::start().await;
    harness
        .import(json!({
            "realm": {"slug": "acme"},
            "settings": {
                "hashing": {"memory_kib": 8192, "passes": 1, "lanes": 1}, "login": {"passkey": true},
                "mfa": {"security_key": true},
            },
            "users": [{"username": "ada", "password": "correct horse battery"}],
        }))
        .await
        .unwrap();
    harness
}

/// Makes the sign-in behind a session cookie older than a fresh one is.
async fn age(harness: &Harness, cookie: &str) {
    let app = harness.app();
    let realm = app.snapshots.by_slug("acme").await.unwrap().unwrap();
    let cx = app.system_cx(realm.realm.id);
    let (_, token) = cookie.split_once('=').unwrap();
    let token = OpaqueToken::parse(TokenKind::Session, token).unwrap();
    let mut tx = app.store.write(&cx).await.unwrap();
    let mut session = tx.sessions().find_session_by_secret(&token.digest()).await.unwrap().unwrap();
    let read = session.version;
    session.auth_time -= std::time::Duration::from_secs(FRESH_SECONDS + 1);
    session.version = read.next();
    let session = session.active(cx.now).unwrap();
    tx.sessions().save_session(Changed::quiet(session, Some(read))).await.unwrap();
    tx.commit().await.unwrap();
}

async fn call(harness: &Harness, cookie: &str, (method, path, body): &(&str, String, Value)) -> Reply {
    let call =
        Call::new(method, format!("{ACCOUNT}{path}")).header("Origin", PUBLIC).header("Cookie", cookie);
    if body.is_null() { call.send(harness).await } else { call.json(body).send(harness).await }
}

#[actix_web::test]
async fn every_sensitive_change_asks_an_old_session_for_a_new_proof() {
    let harness = acme().await;
    for change in sensitive() {
        let cookie = sign_in(&harness).await;
        let what = format!("{} {}", change.0, change.1);
        age(&harness, &cookie).await;
        let asked = call(&harness, &cookie, &change).await.expect(403);
        assert_eq!(asked.problem(), "VST-091", "{what}");
        // Somebody who has just signed in is told something else, or gets it.
        let fresh = sign_in(&harness).await;
        let answer = call(&harness, &fresh, &change).await;
        assert!(!answer.text.contains("VST-091"), "{what}: {}", answer.text);
        assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
    }
}

#[actix_web::test]
async fn a_page_left_open_removes_nothing() {
    let harness = acme().await;
    for (page, field, gone) in [
        ("/passkeys", "passkey", "/account/passkeys?done=passkey-gone"),
        ("/authenticators", "credential", "/account/authenticators"),
        ("/security-keys", "credential", "/account/security-keys"),
    ] {
        let cookie = sign_in(&harness).await;
        // The token is the session's: one page's is as good as another's.
        let open = Call::new("GET", format!("{ACCOUNT}/passkeys")).header("Cookie", &cookie);
        let open = open.send(&harness).await.expect(200).text;
        let token = open.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = format!("csrf={}&action=remove&{field}={CREDENTIAL}", token.unwrap());
        let remove = async || {
            let call = Call::new("POST", format!("{ACCOUNT}{page}")).header("Origin", PUBLIC);
            let call = call.header("Cookie", &cookie).raw("application/x-www-form-urlencoded", form.clone());
            call.send(&harness).await.expect(303).header("location").unwrap().to_owned()
        };
        assert!(remove().await.ends_with(gone), "{page}: fresh: looked for, not there");
        age(&harness, &cookie).await;
        let to = remove().await;
        assert!(to.contains("/realms/acme/flow/flw_"), "{page}: a flow asks for the proof: {to}");
    }
}
