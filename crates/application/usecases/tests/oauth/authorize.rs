//! Who may enter a client, and what the client is told.

use vestibule_oauth::{OAuthError, Verification};
use vestibule_usecases::{
    flow::Command,
    oauth::{AuthorizeOutcome, AuthorizeOutcome::Flow},
};

use crate::support::{World, answered, asking, claims, code_of};

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    world.user("ada").await;
    world
}

fn error(outcome: &AuthorizeOutcome) -> String {
    answered(outcome, "error").unwrap_or_default()
}

#[tokio::test]
async fn with_a_session_nobody_is_asked_again() {
    let world = shop().await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let outcome = browser.open(&asking(&[])).await;
    code_of(&outcome);
    assert_eq!(answered(&outcome, "iss").as_deref(), Some("https://id.test/realms/acme"));
    assert_eq!(answered(&outcome, "state").as_deref(), Some("s"));
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let world = shop().await;
    world.client("third", |m| m.require_consent = true).await;
    let mut browser = world.browser();
    let silent = asking(&[("prompt", "none")]);
    let outcome = browser.open(&silent).await;
    assert_eq!(error(&outcome), "login_required");
    assert_eq!(answered(&outcome, "iss").as_deref(), Some("https://id.test/realms/acme"));
    browser.code("ada", &asking(&[])).await;
    code_of(&browser.open(&silent).await);
    let third = asking(&[("client_id", "third"), ("prompt", "none")]);
    assert_eq!(error(&browser.open(&third).await), "consent_required");
}

#[tokio::test]
async fn prompt_login_and_max_age_move_the_time_of_the_sign_in() {
    let world = shop().await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    world.advance(100);
    for changes in [[("prompt", "login")], [("max_age", "0")], [("max_age", "50")]] {
        let before = world.cx().now.timestamp();
        let outcome = browser.open(&asking(&changes)).await;
        assert!(matches!(outcome, Flow(_)), "{changes:?}");
        let outcome = browser.sign_in("ada", outcome).await;
        let tokens = world.redeem(&code_of(&outcome)).await.unwrap();
        let auth_time = claims(tokens.id_token.as_deref().unwrap())["auth_time"].as_i64().unwrap();
        assert!(auth_time > before, "{changes:?}");
        world.advance(100);
    }
    code_of(&browser.open(&asking(&[("max_age", "10000")])).await);
}

#[tokio::test]
async fn a_parked_request_is_answered_once() {
    let world = shop().await;
    let mut browser = world.browser();
    let Flow(started) = browser.open(&asking(&[])).await else { panic!("a flow") };
    world.advance(1);
    let command = Command::Identify {
        username: "ada@acme.test".into(),
        password: Some(vestibule_kernel::Secret::new(crate::support::PASSWORD.into())),
    };
    let acted = browser.act(started.flow, command).await;
    code_of(&browser.resume(&acted.flow).await);
    assert!(matches!(browser.resume(&acted.flow).await, AuthorizeOutcome::Page(OAuthError::RequestUsed)));
}

#[tokio::test]
async fn resuming_proves_nothing_by_itself() {
    let world = shop().await;
    let mut browser = world.browser();
    let Flow(started) = browser.open(&asking(&[])).await else { panic!("a flow") };
    let cx = world.cx();
    let mut tx = world.app.store.read(&cx).await.unwrap();
    let flow = tx.flows().find_flow(started.flow).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(browser.resume(&flow).await, Flow(_)), "nobody signed in: a flow starts");
    // A session from before does not answer prompt=login.
    let mut other = world.browser();
    other.code("ada", &asking(&[])).await;
    world.advance(10);
    let Flow(again) = other.open(&asking(&[("prompt", "login")])).await else { panic!("a flow") };
    let mut tx = world.app.store.read(&cx).await.unwrap();
    let flow = tx.flows().find_flow(again.flow).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(other.resume(&flow).await, Flow(_)));
}

#[tokio::test]
async fn consent_is_remembered_and_a_refusal_is_told() {
    let world = shop().await;
    world.client("third", |m| m.require_consent = true).await;
    let asked = asking(&[("client_id", "third"), ("scope", "openid email")]);
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let Flow(started) = browser.open(&asked).await else { panic!("consent is asked") };
    let denied = browser.act(started.flow, Command::Deny).await;
    assert_eq!(error(&browser.resume(&denied.flow).await), "access_denied");
    let Flow(started) = browser.open(&asked).await else { panic!("consent is asked again") };
    let allowed = browser.act(started.flow, Command::Allow { scopes: vec!["openid".into()] }).await;
    let code = code_of(&browser.resume(&allowed.flow).await);
    let tokens =
        world.exchange(crate::support::post("third"), crate::support::code_request(&code)).await.unwrap();
    assert_eq!(tokens.scope, "openid", "what was left out is not granted");
    code_of(&browser.open(&asking(&[("client_id", "third"), ("scope", "openid")])).await);
    let more = asking(&[("client_id", "third"), ("scope", "openid email")]);
    assert!(matches!(browser.open(&more).await, Flow(_)), "growth asks again");
}

#[tokio::test]
async fn an_id_token_hint_about_somebody_else_gives_no_code() {
    let world = shop().await;
    world.user("bob").await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let hint = world.redeem(&code).await.unwrap().id_token.unwrap();
    let mut browser = world.browser();
    browser.code("bob", &asking(&[])).await;
    let silent = [("prompt", "none"), ("id_token_hint", hint.as_str())];
    assert_eq!(error(&browser.open(&asking(&silent)).await), "login_required");
    let outcome = browser.open(&asking(&[("id_token_hint", hint.as_str())])).await;
    assert!(matches!(outcome, Flow(_)));
    let mut same = world.browser();
    same.code("ada", &asking(&[])).await;
    world.advance(3_600);
    code_of(&same.open(&asking(&silent)).await);
    let bad = format!("{hint}x");
    assert_eq!(error(&same.open(&asking(&[("id_token_hint", bad.as_str())])).await), "invalid_request");
}

#[tokio::test]
async fn an_essential_context_that_cannot_be_reached_is_an_error() {
    let world = shop().await;
    let wanted = r#"{"id_token":{"acr":{"essential":true,"value":"urn:vestibule:acr:multi-factor"}}}"#;
    let outcome = world.browser().open(&asking(&[("claims", wanted)])).await;
    assert_eq!(error(&outcome), "unmet_authentication_requirements");
    let unknown = r#"{"id_token":{"acr":{"essential":true,"value":"urn:example:unknown"}}}"#;
    for prompt in ["login", "none"] {
        let outcome = world.browser().open(&asking(&[("claims", unknown), ("prompt", prompt)])).await;
        assert_eq!(error(&outcome), "unmet_authentication_requirements", "{prompt}");
    }
    let wish = asking(&[("acr_values", "urn:vestibule:acr:multi-factor")]);
    assert!(matches!(world.browser().open(&wish).await, Flow(_)), "a wish is no demand");
}

#[tokio::test]
async fn nobody_is_sent_to_an_unverified_client_before_having_signed_in() {
    let world = shop().await;
    let id = world.client("fresh", |_| ()).await;
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let mut client = tx.clients().find_client(&id).await.unwrap().unwrap();
    client.verification = Verification::Unverified;
    let event = vestibule_oauth::OAuthEvent::ClientUpdated { id };
    tx.clients().save_client(client.updated(event, cx.now)).await.unwrap();
    tx.commit().await.unwrap();
    world.snapshot().await;
    let bad = [("client_id", "fresh"), ("scope", "unknown")];
    let mut browser = world.browser();
    assert!(matches!(browser.open(&asking(&bad)).await, AuthorizeOutcome::Page(OAuthError::ScopeNotAllowed)));
    let silent = [("client_id", "fresh"), ("prompt", "none")];
    assert_eq!(error(&browser.open(&asking(&silent)).await), "login_required");
    browser.code("ada", &asking(&[])).await;
    assert_eq!(error(&browser.open(&asking(&bad)).await), "invalid_scope");
}

#[tokio::test]
async fn a_suspended_user_loses_the_session_at_this_door() {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    let ada = world.user("ada").await;
    let mut browser = world.browser();
    let code = browser.code("ada", &asking(&[])).await;
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let user = tx.users().find_user(ada).await.unwrap().unwrap();
    let suspended = user.set_status(vestibule_users::UserStatus::Suspended, None, cx.now);
    tx.users().save_user(suspended).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(browser.open(&asking(&[])).await, Flow(_)));
    assert_eq!(crate::support::cause(world.redeem(&code).await), "grant_revoked");
}
