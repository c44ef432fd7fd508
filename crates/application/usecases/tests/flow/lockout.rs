//! Guesses: counted before they are made, slowed alike for everybody, limited by address and identifier.

use chrono::Duration;
use vestibule_authn::{FlowState, StateName};
use vestibule_usecases::flow::{Command, FlowError, Outcome, Refusal};

use crate::world::{ADA, PASSWORD, World, identify};

/// The states of so many wrong guesses, each in a flow of its own.
async fn guesses(world: &World, name: &str, count: usize) -> Vec<StateName> {
    let mut states = Vec::new();
    for _ in 0..count {
        let visit = world.visit().await;
        let acted = world.act(&visit, identify(name, Some("wrong"))).await.unwrap();
        states.push(acted.flow.state.name());
    }
    states
}

#[tokio::test]
async fn the_sixth_guess_is_slowed_whether_or_not_there_is_such_an_account() {
    let world = World::new().await;
    let known = guesses(&world, ADA, 7).await;
    assert_eq!(known, guesses(&world, "nobody@acme.test", 7).await);
    assert_eq!(known[..5], [StateName::Password; 5]);
    assert_eq!(known[5..], [StateName::Slowed; 2]);
}

#[tokio::test]
async fn a_slowed_account_opens_again_after_the_delay() {
    let world = World::new().await;
    guesses(&world, ADA, 5).await;
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    let FlowState::Slowed { until: Some(until) } = acted.flow.state else { panic!("not slowed") };
    assert!(until > world.now());
    world.advance(Duration::seconds(2));
    let acted = world.act(&visit, Command::Restart).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Identify);
    assert!(world.sign_in(&visit).await.session.is_some());
    // Success forgets the failures.
    assert_eq!(guesses(&world, ADA, 5).await, [StateName::Password; 5]);
}

#[tokio::test]
async fn parallel_guesses_do_not_share_a_count() {
    let world = World::new().await;
    let mut visits = Vec::new();
    for _ in 0..20 {
        visits.push(world.visit().await);
    }
    let guess = |visit| {
        let world = &world;
        async move { world.act(visit, identify(ADA, Some("wrong"))).await.unwrap().flow.state.name() }
    };
    let mut compared = 0;
    let states = futures_of(visits.iter().map(guess)).await;
    for state in states {
        compared += usize::from(state == StateName::Password);
    }
    assert_eq!(compared, 5);
}

/// Awaits all, polled together.
async fn futures_of<F: Future<Output = StateName>>(all: impl Iterator<Item = F>) -> Vec<StateName> {
    let mut pending: Vec<_> = all.map(|one| Box::pin(one)).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|cx| {
        pending.retain_mut(|one| match one.as_mut().poll(cx) {
            std::task::Poll::Ready(state) => {
                done.push(state);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn an_address_is_limited_by_the_realm() {
    let world = World::with(|settings| settings.limits.sign_in_per_minute = 3).await;
    let visit = world.visit().await;
    for _ in 0..3 {
        let acted = world.act(&visit, identify("ada", None)).await;
        assert!(matches!(acted, Ok(_) | Err(FlowError::NotAllowed(_))));
    }
    let refused = world.act(&visit, identify(ADA, Some(PASSWORD))).await;
    assert!(matches!(refused, Err(FlowError::Limited { retry_after_seconds: 1.. })));
}

#[tokio::test]
async fn an_identifier_is_limited_by_the_realm() {
    let world = World::with(|settings| settings.limits.identifier_per_minute = 2).await;
    for _ in 0..2 {
        let visit = world.visit().await;
        let acted = world.act(&visit, identify(ADA, Some("wrong"))).await.unwrap();
        assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordWrong));
    }
    let visit = world.visit().await;
    let refused = world.act(&visit, identify("ADA@ACME.TEST", Some(PASSWORD))).await;
    assert!(matches!(refused, Err(FlowError::Limited { .. })));
    assert!(world.act(&visit, identify("bob@acme.test", Some("x"))).await.is_ok());
}
