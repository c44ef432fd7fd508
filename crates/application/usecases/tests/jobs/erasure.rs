//! Erasing whoever asked for it, when their time has come.

use chrono::Duration;
use vestibule_kernel::ports::Clock;
use vestibule_storage::Job;

use crate::harness::World;

async fn leave(world: &World) -> Job {
    let now = world.clock.now();
    let due = now + Duration::days(14);
    let mut tx = world.app.store.write(&world.app.system_cx(world.realm)).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    tx.users().save_user(user.schedule_deletion(due, now)).await.unwrap();
    tx.commit().await.unwrap();
    Job::EraseUser { user: world.user, due }
}

async fn is_there(world: &World) -> bool {
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap();
    tx.commit().await.unwrap();
    user.is_some()
}

#[tokio::test]
async fn who_does_not_come_back_is_erased_and_told() {
    let world = World::new().await;
    let job = leave(&world).await;
    world.enqueue(job.clone()).await;
    world.work().await;
    assert!(is_there(&world).await, "not before its time");
    world.clock.advance(14 * 86_400);
    world.enqueue(job.clone()).await;
    world.work().await;
    assert!(!is_there(&world).await);
    let got = world
        .postbox
        .got
        .lock()
        .unwrap()
        .iter()
        .map(|(_, mail)| (mail.subject.clone(), mail.to.to_string()))
        .collect::<Vec<_>>();
    assert_eq!(got, [("AccountDeleted".to_owned(), "ada@acme.test".to_owned())]);
    world.enqueue(job).await;
    world.work().await;
    assert!(world.queue().await.is_empty(), "a second run finds nothing to do");
}

#[tokio::test]
async fn who_came_back_stays_also_when_they_leave_again_later() {
    let world = World::new().await;
    let first = leave(&world).await;
    world.clock.advance(7 * 86_400);
    let _second = leave(&world).await;
    world.clock.advance(7 * 86_400);
    world.enqueue(first).await;
    world.work().await;
    assert!(is_there(&world).await, "the first decision was taken back");
}
