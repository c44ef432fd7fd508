//! Background work on a real store: retries, leases, parking, what receivers get, schedules and key rotation.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod erasure;
mod exports;
mod harness;
mod keys;
mod messages;
mod texts;

use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use vestibule_kernel::{Digest, PageRequest, ports::Clock};
use vestibule_oauth::{FetchError, token::logout};
use vestibule_storage::{Job, JobState};
use vestibule_usecases::jobs::{self, MAX_ATTEMPTS, WorkerSettings};

use harness::{SETTINGS, World, client_id};

fn away() -> FetchError {
    FetchError::Failed("no connection".to_owned())
}

#[tokio::test]
async fn a_logout_token_has_the_shape_of_section_2_4() {
    let world = World::new().await;
    let job = world.logout();
    let id = world.enqueue(job.clone()).await;
    assert_eq!(world.work().await, 1);
    assert!(world.queue().await.is_empty());

    let got = world.receiver.got.lock().unwrap().clone();
    let [(uri, token)] = got.as_slice() else { panic!("{} deliveries", got.len()) };
    assert_eq!(uri, "https://shop.test/bye");
    let realm = world.app.snapshots.by_id(world.realm).await.unwrap().unwrap();
    let claims = world.app.signer.verify(&realm.keys, logout::TYP, token).unwrap();
    let Job::BackchannelLogout { session, user, .. } = job else { panic!("another job") };
    let now = world.clock.now().timestamp();
    assert_eq!(
        serde_json::Value::from(claims),
        json!({
            "iss": "https://id.test/realms/acme",
            "aud": "shop",
            "sub": user,
            "sid": session,
            "iat": now,
            "exp": now + 120,
            "jti": id,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        })
    );
    let rs256 = realm.signing_key("RS256").unwrap();
    assert!(
        world.app.signer.verify(std::slice::from_ref(rs256), logout::TYP, token).is_ok(),
        "signed like the client's ID tokens"
    );
}

#[tokio::test]
async fn a_failing_receiver_is_tried_again_ever_later_and_then_parked() {
    let world = World::new().await;
    world.receiver.answers.lock().unwrap().extend((0..MAX_ATTEMPTS).map(|_| away()));
    let id = world.enqueue(world.logout()).await;
    let mut last_wait = 0;
    for attempt in 1..MAX_ATTEMPTS {
        assert_eq!(world.work().await, 1, "attempt {attempt}");
        assert_eq!(world.work().await, 0, "not before its time");
        let queue = world.queue().await;
        assert_eq!((queue[0].state, queue[0].attempts), (JobState::Queued, attempt));
        let wait = (queue[0].run_at - world.clock.now()).num_seconds();
        assert!(wait > last_wait, "{wait} s after {last_wait} s");
        world.clock.advance(wait + 1);
        last_wait = wait;
    }
    assert_eq!(world.work().await, 1);
    let queue = world.queue().await;
    assert_eq!((queue[0].state, queue[0].attempts), (JobState::Parked, MAX_ATTEMPTS));
    assert!(queue[0].last_error.as_deref().unwrap().contains("no connection"));
    world.clock.advance(1_000_000);
    assert_eq!(world.work().await, 0, "parked is parked");

    let cx = world.app.above_realms();
    assert!(jobs::retry(world.app.store.as_ref(), &cx, id).await.unwrap());
    assert_eq!(world.work().await, 1);
    assert!(world.queue().await.is_empty());
    assert!(!jobs::retry(world.app.store.as_ref(), &cx, id).await.unwrap());
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    let retried = vestibule_events::EventFilter { kind: Some("job.retried".to_owned()), subject_id: None };
    let events = tx.events().list_events(&retried, &PageRequest::default()).await.unwrap();
    assert_eq!(events.items.len(), 1, "once, for the one that was put back");
}

#[tokio::test]
async fn a_refused_address_is_parked_at_once() {
    let world = World::new().await;
    world.receiver.answers.lock().unwrap().push_back(FetchError::Refused("the address is not public"));
    world.enqueue(world.logout()).await;
    assert_eq!(world.work().await, 1);
    assert_eq!(world.queue().await[0].state, JobState::Parked);
}

#[tokio::test]
async fn a_client_that_is_gone_or_wants_nothing_is_told_nothing() {
    let world = World::new().await;
    let cx = world.app.system_cx(world.realm);
    for change in 0..2 {
        let mut tx = world.app.store.write(&cx).await.unwrap();
        let mut client = tx.clients().find_client(&client_id()).await.unwrap().unwrap();
        let event = vestibule_oauth::OAuthEvent::ClientUpdated { id: client_id() };
        if change == 0 {
            client.metadata.backchannel_logout_uri = None;
            tx.clients().save_client(client.updated(event, cx.now)).await.unwrap();
        } else {
            let event = vestibule_oauth::OAuthEvent::ClientDeleted { id: client_id() };
            assert!(tx.clients().delete_client(&client_id(), event.into()).await.unwrap());
        }
        tx.commit().await.unwrap();
        world.app.snapshots.refresh(world.realm).await.unwrap();
        world.enqueue(world.logout()).await;
        assert_eq!(world.work().await, 1);
    }
    assert!(world.queue().await.is_empty());
    assert!(world.receiver.got.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_job_of_a_killed_worker_runs_again_when_its_lease_ends() {
    let world = World::new().await;
    world.enqueue(world.logout()).await;
    let claim = async || {
        let cx = world.app.above_realms();
        let mut tx = world.app.store.system(&cx).await.unwrap();
        let claimed = tx.claim_jobs(10, SETTINGS.lease_seconds, cx.now).await.unwrap();
        tx.commit().await.unwrap();
        claimed.len()
    };
    assert_eq!(claim().await, 1, "a worker that dies now");
    assert_eq!(world.work().await, 0, "the lease holds");
    world.clock.advance(i64::from(SETTINGS.lease_seconds));
    assert_eq!(world.work().await, 1);
    assert!(world.queue().await.is_empty());

    // A job that kills every worker does not do so for ever.
    world.enqueue(world.logout()).await;
    for _ in 0..MAX_ATTEMPTS {
        assert_eq!(claim().await, 1);
        world.clock.advance(i64::from(SETTINGS.lease_seconds));
    }
    let before = world.receiver.got.lock().unwrap().len();
    assert_eq!(world.work().await, 1);
    assert_eq!(world.queue().await[0].state, JobState::Parked);
    assert_eq!(world.receiver.got.lock().unwrap().len(), before);
}

#[tokio::test]
async fn two_workers_share_the_queue_and_do_each_job_once() {
    let world = World::new().await;
    for _ in 0..40 {
        world.enqueue(world.logout()).await;
    }
    let (one, two) = tokio::join!(world.work(), world.work());
    assert_eq!(one + two, 40);
    assert_eq!(world.receiver.got.lock().unwrap().len(), 40);
    assert!(world.queue().await.is_empty());
}

#[tokio::test]
async fn a_worker_wakes_at_once_and_finishes_what_it_has_when_it_stops() {
    let world = World::new().await;
    world.receiver.may_answer.forget_permits(1_000);
    let stop = CancellationToken::new();
    // With an hour between polls only the wake-up can be the reason.
    let worker = tokio::spawn(jobs::run(Arc::clone(&world.app), SETTINGS, stop.clone()));
    world.enqueue(world.logout()).await;
    world.app.jobs_wake.notify_one();
    world.receiver.called.notified().await;
    stop.cancel();
    world.enqueue(world.logout()).await;
    world.app.jobs_wake.notify_one();
    tokio::task::yield_now().await;
    assert!(!worker.is_finished(), "its job is not done yet");
    world.receiver.may_answer.add_permits(10);
    worker.await.unwrap();
    assert_eq!(world.receiver.got.lock().unwrap().len(), 1, "nothing new after the stop");
    assert_eq!(world.queue().await.len(), 1);
}

#[tokio::test]
async fn a_slow_job_does_not_hold_up_others() {
    let world = World::new().await;
    world.receiver.may_answer.forget_permits(1_000);
    world.enqueue(world.logout()).await;
    let settings = WorkerSettings { concurrency: 2, ..SETTINGS };
    let stop = CancellationToken::new();
    let worker = tokio::spawn(jobs::run(Arc::clone(&world.app), settings, stop.clone()));
    world.receiver.called.notified().await;
    for _ in 0..3 {
        world.enqueue(world.logout()).await;
    }
    world.app.jobs_wake.notify_one();
    // The second place serves one after the other while the first still waits.
    world.receiver.called.notified().await;
    world.receiver.may_answer.add_permits(10);
    while !world.queue().await.is_empty() {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(world.receiver.got.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_over_is_removed_and_what_is_not_stays() {
    let world = World::new().await;
    let cx = world.app.system_cx(world.realm);
    let (short, long) = (Digest::of(b"short"), Digest::of(b"long"));
    let mut tx = world.app.store.write(&cx).await.unwrap();
    for (value, seconds) in [(&short, 10), (&long, 100_000)] {
        let expires_at = cx.now + chrono::Duration::seconds(seconds);
        assert!(tx.tokens().remember_once("test", value, expires_at).await.unwrap());
    }
    tx.commit().await.unwrap();
    let stop = CancellationToken::new();
    assert_eq!(jobs::purge_expired(&world.app, &stop).await, Ok(0));
    world.clock.advance(50_000);
    assert_eq!(jobs::purge_expired(&world.app, &stop).await, Ok(1));
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    assert!(tx.tokens().is_remembered("test", &long).await.unwrap());
    assert!(!tx.tokens().is_remembered("test", &short).await.unwrap());
    tx.commit().await.unwrap();
}
