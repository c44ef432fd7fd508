//! A flow belongs to one browser, for half an hour, and each of its forms works once.

use chrono::Duration;
use vestibule_authn::{FlowState, StateName};
use vestibule_kernel::{FlowId, OpaqueToken, TokenKind};
use vestibule_usecases::flow::{self, ActRequest, Browser, FlowError, Outcome};

use crate::world::{ADA, PASSWORD, Visit, World, identify};

#[tokio::test]
async fn another_browser_neither_sees_nor_moves_a_flow() {
    let world = World::new().await;
    let visit = world.visit().await;
    for cookie in [None, Some(OpaqueToken::new(TokenKind::Flow, [9; 32]))] {
        let other = Visit { browser: Browser { flow: cookie, ..Browser::default() }, ..visit.clone() };
        let acted = world.act(&other, identify(ADA, Some(PASSWORD))).await;
        assert!(matches!(acted, Err(FlowError::Foreign)));
        let shown =
            flow::show(&world.app, &world.cx(), &world.realm, &other.browser, visit.flow, flow::Detail::Page)
                .await;
        assert!(matches!(shown, Err(FlowError::Foreign)));
    }
    assert_eq!(world.state(&visit).await, StateName::Identify);
}

#[tokio::test]
async fn an_expired_flow_is_over_and_remembers_its_request() {
    let world = World::new().await;
    let visit = world.visit_client("shop", |_| {}).await;
    world.advance(Duration::minutes(31));
    let acted = world.act(&visit, identify(ADA, Some(PASSWORD))).await;
    assert!(matches!(acted, Err(FlowError::Expired { request: Some(_) })));
}

#[tokio::test]
async fn an_unknown_flow_is_unknown() {
    let world = World::new().await;
    let visit = world.visit().await;
    let other = Visit { flow: FlowId::from_uuid(uuid::Uuid::from_u128(7)), ..visit };
    assert!(matches!(world.act(&other, identify(ADA, None)).await, Err(FlowError::Unknown)));
}

#[tokio::test]
async fn a_form_sent_twice_gets_the_state_the_first_one_reached() {
    let world = World::new().await;
    let visit = world.visit().await;
    let step = Some(world.stored(visit.flow).await.version);
    let command = identify(ADA, Some(PASSWORD));
    let request = ActRequest {
        flow: visit.flow,
        browser: visit.browser.clone(),
        step,
        command,
        beside: false,
        passkeys: false,
        remember_device: false,
    };
    let first = flow::act(&world.app, &world.cx(), &world.realm, request.clone()).await.unwrap();
    assert!(first.session.is_some());
    let second = flow::act(&world.app, &world.cx(), &world.realm, request).await.unwrap();
    assert_eq!(second.outcome, Outcome::Repeated);
    assert_eq!(second.flow.state, FlowState::Continue);
    assert!(second.session.is_none());
}

#[tokio::test]
async fn of_two_forms_sent_at_once_one_opens_a_session() {
    let world = World::new().await;
    let visit = world.visit().await;
    let step = Some(world.stored(visit.flow).await.version);
    let send = || {
        let command = identify(ADA, Some(PASSWORD));
        let request = ActRequest {
            flow: visit.flow,
            browser: visit.browser.clone(),
            step,
            command,
            beside: false,
            passkeys: false,
            remember_device: false,
        };
        let world = &world;
        async move { flow::act(&world.app, &world.cx(), &world.realm, request).await.unwrap() }
    };
    let (one, two) = tokio::join!(send(), send());
    assert_eq!(usize::from(one.session.is_some()) + usize::from(two.session.is_some()), 1);
    assert_eq!(world.events().await.iter().filter(|kind| *kind == "session.opened").count(), 1);
}

#[tokio::test]
async fn flows_in_two_tabs_share_the_cookie() {
    let world = World::new().await;
    let first = world.visit().await;
    let new = flow::NewFlowRequest {
        cookie: first.browser.flow.clone(),
        ..flow::NewFlowRequest::new(vestibule_authn::Intent::SignIn)
    };
    let second = world.visit_with(new).await;
    assert!(world.sign_in(&second).await.session.is_some());
    assert!(world.sign_in(&first).await.session.is_some());
}
