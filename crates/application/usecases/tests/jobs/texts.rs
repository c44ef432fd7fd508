//! Codes by text message as the worker sends them: counted, within the budget, and not to numbers that never answer.

use chrono::Duration;
use vestibule_authn::{
    ChallengePurpose, MethodId,
    method::{Begun, Delivery},
};
use vestibule_kernel::{Secret, contact::Phone, ports::Clock};
use vestibule_storage::{DeliveryState, TextFigures};
use vestibule_usecases::challenge::{self, NewChallenge};

use crate::harness::World;

const BLOCK: &str = "+49171";

/// Asks for a code to a number, and lets the worker send it; what became of it.
async fn text(world: &World, number: &str) -> DeliveryState {
    // Deliveries are listed by when their jobs were made.
    world.clock.advance(1);
    let cx = world.app.system_cx(world.realm);
    let to = Phone::parse(number).unwrap();
    let begun = Begun {
        payload: zeroize::Zeroizing::new(vec![1, 2, 3]),
        delivery: Some(Delivery::Sms { to, code: Secret::new("123456".to_owned()) }),
        lifetime: Duration::minutes(10),
        max_attempts: 5,
    };
    let new = NewChallenge {
        method: MethodId::PHONE_CODE,
        purpose: ChallengePurpose::Prove,
        flow: None,
        user: None,
        asked_for: None,
        pending: None,
    };
    let stored = challenge::seal(&world.app, &cx, new, &begun).unwrap();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    challenge::keep(&world.app, &cx, tx.as_mut(), &stored, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.work().await, 1);
    assert!(world.queue().await.is_empty(), "the job is over either way");
    world.deliveries().await.first().unwrap().state
}

async fn figures(world: &World) -> TextFigures {
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    let figures = tx.text_counts().text_figures(BLOCK, world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    figures
}

/// Messages of half an hour ago.
async fn sent_before(world: &World, prefix: &str, count: usize) {
    let before = world.clock.now() - Duration::minutes(40);
    let mut tx = world.app.store.write(&world.app.system_cx(world.realm)).await.unwrap();
    for _ in 0..count {
        tx.text_counts().count_text_sent(prefix, before).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn stopped(world: &World) -> usize {
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    let events = tx
        .events()
        .list_events(&vestibule_events::EventFilter::default(), &vestibule_kernel::PageRequest::default())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    events.items.iter().filter(|event| event.kind == "sms.stopped").count()
}

#[tokio::test]
async fn a_message_that_was_handed_over_is_counted() {
    let world = World::new().await;
    for _ in 0..2 {
        assert_eq!(text(&world, "+491711234567").await, DeliveryState::Sent);
    }
    let figures = figures(&world).await;
    assert_eq!((figures.last_hour, figures.last_day, figures.judged), (2, 2, 0));
}

#[tokio::test]
async fn numbers_that_never_answer_get_no_more_and_operators_are_told_once() {
    let world = World::new().await;
    sent_before(&world, BLOCK, 30).await;
    for _ in 0..2 {
        assert_eq!(text(&world, "+491711234567").await, DeliveryState::Rejected);
    }
    assert_eq!(stopped(&world).await, 1);
    assert_eq!(text(&world, "+33612345678").await, DeliveryState::Sent, "others do");
    world.clock.advance(25 * 3_600);
    assert_eq!(text(&world, "+491711234567").await, DeliveryState::Sent, "a day later it is tried again");
}

#[tokio::test]
async fn a_realm_sends_no_more_than_its_budget() {
    let world = World::new().await;
    sent_before(&world, "+33612", 499).await;
    assert_eq!(text(&world, "+491711234567").await, DeliveryState::Sent);
    assert_eq!(text(&world, "+491711234567").await, DeliveryState::Rejected);
    assert_eq!(stopped(&world).await, 0, "no block is to blame");
    world.clock.advance(3_600);
    assert_eq!(text(&world, "+491711234567").await, DeliveryState::Sent);
}
