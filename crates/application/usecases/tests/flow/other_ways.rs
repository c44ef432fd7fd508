//! From one way in to another, and back to the password.

use vestibule_authn::{FlowState, MethodId, StateName};
use vestibule_usecases::flow::{self, Command, Detail};

use crate::{
    ways::{act, begin, form, world},
    world::{ADA, PASSWORD, Visit, World, identify, password},
};

/// What the page offers beside what it asks for.
async fn offers(world: &World, visit: &Visit) -> Vec<MethodId> {
    let cx = world.cx();
    let shown = flow::show(&world.app, &cx, &world.realm, &visit.browser, visit.flow, Detail::Page).await;
    shown.unwrap().offers
}

#[tokio::test]
async fn whoever_began_another_way_can_type_the_password_after_all() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    act(&world, &visit, begin("email_code")).await;
    assert_eq!(offers(&world, &visit).await.first(), Some(&MethodId::PASSWORD));
    let back = act(&world, &visit, begin("password")).await;
    assert_eq!(back.flow.state, FlowState::Password);
    assert!(act(&world, &visit, password(PASSWORD)).await.session.is_some());
    // Only there: a new address is not proven by a password.
    let visit = world.visit().await;
    act(&world, &visit, Command::SignUp(None)).await;
    let sent = act(&world, &visit, form("grace@new.test")).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact);
    assert_eq!(offers(&world, &visit).await, []);
    assert!(world.act(&visit, begin("password")).await.is_err());
}
