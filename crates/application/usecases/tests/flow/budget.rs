//! What a sign-in costs the database.

use vestibule_authn::FlowState;
use vestibule_usecases::flow::Browser;

use crate::world::{PASSWORD, Visit, World, identify, password};

/// Round trips of a whole sign-in with both fields filled, and of one in two steps, once connections are warm.
async fn round_trips(world: &World, client: &str) -> (u64, u64) {
    let mut counts = (0, 0);
    for _ in 0..12 {
        let visit = world.visit_client(client, |_| {}).await;
        // Parking the request is the authorization endpoint's; starting the flow counts one more.
        let before = world.store.round_trips();
        let acted = world.sign_in(&visit).await;
        counts.0 = world.store.round_trips() - before;
        assert_eq!(acted.flow.state, FlowState::Continue);
        let visit = world.visit_client(client, |_| {}).await;
        let visit = Visit { browser: Browser { session: None, ..visit.browser }, ..visit };
        let before = world.store.round_trips();
        world.act(&visit, identify(crate::world::ADA, None)).await.unwrap();
        world.act(&visit, password(PASSWORD)).await.unwrap();
        counts.1 = world.store.round_trips() - before;
    }
    counts
}

#[tokio::test]
async fn a_sign_in_stays_within_its_round_trips() {
    let world = World::on_postgres().await;
    let (at_once, in_two_steps) = round_trips(&world, "shop").await;
    assert!(at_once <= 3, "at once: {at_once}");
    assert!(in_two_steps <= 5, "in two steps: {in_two_steps}");
}
