//! Pushed authorization requests.

use vestibule_oauth::OAuthError;
use vestibule_usecases::oauth::{AuthorizeOutcome, ProtocolFailure, PushedRequest, push_request};

use crate::support::{World, asking, cause, code_of, parameters_of, post};

async fn push(world: &World, pairs: &[(&str, &str)]) -> Result<PushedRequest, ProtocolFailure> {
    let realm = world.snapshot().await;
    push_request(&world.app, &world.cx(), &realm, post("shop"), &parameters_of(pairs)).await
}

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |m| m.require_pushed_authorization_requests = true).await;
    world.client("other", |_| ()).await;
    world.user("ada").await;
    world
}

#[tokio::test]
async fn a_pushed_request_can_be_opened_again_until_it_is_answered() {
    let world = shop().await;
    let pushed = push(&world, &asking(&[])).await.unwrap();
    assert!((5..=600).contains(&pushed.expires_in));
    let asked = [("client_id", "shop"), ("request_uri", pushed.request_uri.as_str())];
    let mut browser = world.browser();
    assert!(matches!(browser.open(&asked).await, AuthorizeOutcome::Flow(_)));
    let outcome = browser.open(&asked).await;
    code_of(&browser.sign_in("ada", outcome).await);
    assert!(matches!(browser.open(&asked).await, AuthorizeOutcome::Page(OAuthError::RequestUsed)));
}

#[tokio::test]
async fn a_sign_in_may_outlast_the_address() {
    let world = shop().await;
    let pushed = push(&world, &asking(&[])).await.unwrap();
    let asked = [("client_id", "shop"), ("request_uri", pushed.request_uri.as_str())];
    let mut browser = world.browser();
    let outcome = browser.open(&asked).await;
    world.advance(300);
    code_of(&browser.sign_in("ada", outcome).await);
}

#[tokio::test]
async fn with_a_session_the_answer_is_given_once() {
    let world = shop().await;
    let mut browser = world.browser();
    let first = push(&world, &asking(&[])).await.unwrap().request_uri;
    browser.code("ada", &[("client_id", "shop"), ("request_uri", &first)]).await;
    let second = push(&world, &asking(&[])).await.unwrap().request_uri;
    let asked = [("client_id", "shop"), ("request_uri", second.as_str())];
    code_of(&browser.open(&asked).await);
    assert!(matches!(browser.open(&asked).await, AuthorizeOutcome::Page(OAuthError::RequestUsed)));
}

#[tokio::test]
async fn an_address_of_another_client_or_an_old_one_is_refused() {
    let world = shop().await;
    let uri = push(&world, &asking(&[])).await.unwrap().request_uri;
    let page = |outcome| matches!(outcome, AuthorizeOutcome::Page(OAuthError::RequestUriUnknown));
    let mut browser = world.browser();
    assert!(page(browser.open(&[("client_id", "other"), ("request_uri", &uri)]).await));
    let cut = uri.get(..uri.len() - 1).unwrap();
    assert!(page(browser.open(&[("client_id", "shop"), ("request_uri", cut)]).await));
    world.advance(91);
    assert!(page(browser.open(&[("client_id", "shop"), ("request_uri", &uri)]).await));
}

#[tokio::test]
async fn a_pushed_request_is_checked_like_any_other() {
    let world = shop().await;
    let nested = [("request_uri", "urn:ietf:params:oauth:request_uri:x")];
    assert_eq!(cause(push(&world, &asking(&nested)).await), "request_uri_in_push");
    assert_eq!(cause(push(&world, &asking(&[("redirect_uri", "")])).await), "redirect_uri_missing");
    assert_eq!(cause(push(&world, &asking(&[("code_challenge", "")])).await), "code_challenge_missing");
    assert!(push(&world, &asking(&[("client_id", "")])).await.is_ok(), "authentication names the client");
    let plain = world.browser().open(&asking(&[])).await;
    assert_eq!(crate::support::answered(&plain, "error").as_deref(), Some("invalid_request"));
}
