//! Agreeing to what a client asks.

use vestibule_authn::{FailureReason, FlowState};
use vestibule_kernel::ClientId;
use vestibule_oauth::request::Prompt;
use vestibule_usecases::flow::{Command, FlowError, Outcome, Refusal};

use crate::world::{World, asked};

fn allow(scopes: &[&str]) -> Command {
    Command::Allow { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect() }
}

async fn granted(world: &World) -> Option<Vec<String>> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let client = ClientId::parse("partner").unwrap();
    let grant = tx.grants().find_grant(world.user, &client).await.unwrap();
    tx.commit().await.unwrap();
    grant.map(|grant| grant.scopes.into_iter().collect())
}

#[tokio::test]
async fn the_realms_own_client_asks_nothing() {
    let world = World::new().await;
    let visit = world.visit_client("shop", |_| {}).await;
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_third_party_asks_before_a_session_exists_and_a_subset_may_be_allowed() {
    let world = World::new().await;
    let visit = world.visit_client("partner", |_| {}).await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(asked(&acted.flow), ["email", "openid"]);
    assert!(acted.session.is_none());
    let acted = world.act(&visit, allow(&["openid"])).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(acted.session.is_some());
    assert_eq!(granted(&world).await.unwrap(), ["openid"]);
    // What was left out is asked for again, and only that.
    let visit = world.visit_client("partner", |_| {}).await;
    assert_eq!(asked(&world.sign_in(&visit).await.flow), ["email"]);
    world.act(&visit, allow(&["email"])).await.unwrap();
    let visit = world.visit_client("partner", |_| {}).await;
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn nothing_beyond_what_was_asked_can_be_allowed() {
    let world = World::new().await;
    let visit = world.visit_client("partner", |_| {}).await;
    world.sign_in(&visit).await;
    let refused = world.act(&visit, allow(&["openid", "admin"])).await;
    assert!(matches!(refused, Err(FlowError::ScopeNotAsked)));
    let acted = world.act(&visit, allow(&[])).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::NothingChosen));
    assert_eq!(granted(&world).await, None);
}

#[tokio::test]
async fn a_refusal_opens_no_session() {
    let world = World::new().await;
    let visit = world.visit_client("partner", |_| {}).await;
    world.sign_in(&visit).await;
    let acted = world.act(&visit, Command::Deny).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Failed { reason: FailureReason::Denied });
    assert!(acted.session.is_none());
    assert_eq!(granted(&world).await, None);
    assert!(!world.events().await.contains(&"session.opened".to_owned()));
}

#[tokio::test]
async fn a_new_decision_replaces_the_old_one() {
    let world = World::new().await;
    let visit = world.visit_client("partner", |_| {}).await;
    world.sign_in(&visit).await;
    world.act(&visit, allow(&["openid", "email"])).await.unwrap();
    let again = |request: &mut vestibule_oauth::AuthorizationRequest| {
        request.prompt.insert(Prompt::Consent);
    };
    let visit = world.visit_client("partner", again).await;
    assert_eq!(asked(&world.sign_in(&visit).await.flow), ["email", "openid"]);
    world.act(&visit, allow(&["openid"])).await.unwrap();
    assert_eq!(granted(&world).await.unwrap(), ["openid"]);
}
