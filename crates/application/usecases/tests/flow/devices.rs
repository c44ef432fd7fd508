//! Browsers in which somebody signed in before are not held up by what others do to the account.

use chrono::Duration;
use vestibule_authn::{FlowState, lockout::MAX_FAILURES};
use vestibule_usecases::flow::{Browser, DEVICE_LIFETIME, Outcome, Refusal};

use crate::world::{ADA, PASSWORD, Visit, World, identify};

/// A new flow in a browser that keeps this cookie.
async fn visit_on(world: &World, device: Option<&String>) -> Visit {
    let visit = world.visit().await;
    Visit { browser: Browser { device: device.cloned(), ..visit.browser }, ..visit }
}

/// Guesses until the account takes no more from strangers, each as late as it must be.
async fn disable(world: &World) {
    for _ in 0..MAX_FAILURES {
        world.advance(Duration::seconds(901));
        let visit = world.visit().await;
        let acted = world.act(&visit, identify(ADA, Some("wrong"))).await.unwrap();
        assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordWrong));
    }
    world.advance(Duration::seconds(901));
    let stranger = world.visit().await;
    let acted = world.sign_in(&stranger).await;
    assert!(matches!(acted.flow.state, FlowState::Slowed { until: None }), "{:?}", acted.flow.state);
}

#[tokio::test]
async fn a_known_browser_signs_in_while_strangers_are_locked_out() {
    let world = World::new().await;
    let first = world.sign_in(&world.visit().await).await;
    let device = first.device.expect("a sign-in makes the browser known");
    disable(&world).await;

    let visit = visit_on(&world, Some(&device)).await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    let again = acted.device.expect("each sign-in prolongs it");
    assert_ne!(again, device);

    let stranger = world.visit().await;
    let acted = world.sign_in(&stranger).await;
    assert!(acted.session.is_none(), "what a known browser does gives strangers no new guesses");
}

#[tokio::test]
async fn guesses_in_a_known_browser_are_limited_as_everywhere() {
    let world = World::new().await;
    let device = world.sign_in(&world.visit().await).await.device;
    let mut slowed = false;
    for _ in 0..=vestibule_authn::lockout::FREE_FAILURES {
        let visit = visit_on(&world, device.as_ref()).await;
        let acted = world.act(&visit, identify(ADA, Some("wrong"))).await.unwrap();
        slowed |= matches!(acted.flow.state, FlowState::Slowed { .. });
    }
    assert!(slowed);
    let stranger = world.visit().await;
    assert!(world.sign_in(&stranger).await.session.is_some(), "the count is that browser's own");
}

#[tokio::test]
async fn what_is_not_ours_or_too_old_makes_nobody_known() {
    let world = World::new().await;
    let device = world.sign_in(&world.visit().await).await.device.unwrap();
    disable(&world).await;
    let mut forged = device.clone();
    forged.replace_range(20..21, if device.get(20..21) == Some("A") { "B" } else { "A" });
    for cookie in [forged, "x".to_owned(), String::new(), ".".repeat(2_000), "A".repeat(5_000)] {
        let visit = visit_on(&world, Some(&cookie)).await;
        let acted = world.act(&visit, identify(ADA, Some(PASSWORD))).await.unwrap();
        assert!(acted.session.is_none(), "{cookie}");
    }
    world.advance(DEVICE_LIFETIME + Duration::seconds(1));
    let visit = visit_on(&world, Some(&device)).await;
    assert!(world.sign_in(&visit).await.session.is_none());
}
