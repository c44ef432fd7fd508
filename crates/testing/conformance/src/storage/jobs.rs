//! The job queue.

use std::collections::BTreeSet;

use vestibule_kernel::{JobId, PageRequest, RealmId, Timestamp, UserId};
use vestibule_storage::{ClaimedJob, Job, JobOutcome, JobState, jobs::MessageKind};

use super::fixture::{Fixture, TestStore, all_at_once, at, id};

fn job() -> Job {
    Job::SendMessage {
        user: UserId::from_uuid(id()),
        to: None,
        message: MessageKind::NewDevice,
        data: serde_json::Map::new(),
        locale: None,
    }
}

async fn enqueue(fixture: &Fixture, run_at: Timestamp) -> (JobId, Job) {
    let (id, job) = (JobId::from_uuid(id()), job());
    let mut tx = fixture.write().await;
    tx.jobs().enqueue(id, &job, run_at).await.unwrap();
    tx.commit().await.unwrap();
    (id, job)
}

async fn claim(fixture: &Fixture, limit: u16, now: Timestamp) -> Vec<ClaimedJob> {
    let mut tx = fixture.system().await;
    let jobs = tx.claim_jobs(limit, 60, now).await.unwrap();
    tx.commit().await.unwrap();
    jobs
}

async fn finish(fixture: &Fixture, realm: RealmId, id: JobId, outcome: JobOutcome) {
    let mut tx = fixture.system().await;
    tx.finish_job(realm, id, outcome).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn a_job_commits_with_its_change(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    tx.jobs().enqueue(JobId::from_uuid(id()), &job(), at(0)).await.unwrap();
    tx.rollback().await.unwrap();
    assert!(claim(&fixture, 10, at(1)).await.is_empty());
    let (id, job) = enqueue(&fixture, at(5)).await;
    assert!(claim(&fixture, 10, at(4)).await.is_empty(), "not due");
    let claimed = claim(&fixture, 10, at(5)).await;
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].id, claimed[0].realm), (id, fixture.cx.realm));
    assert_eq!((&claimed[0].job, claimed[0].attempts), (&job, 0));
}

pub async fn a_claimed_job_is_not_claimed_again_before_its_lease_ends(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (id, _) = enqueue(&fixture, at(0)).await;
    assert_eq!(claim(&fixture, 10, at(0)).await.len(), 1);
    assert!(claim(&fixture, 10, at(59)).await.is_empty());
    let again = claim(&fixture, 10, at(60)).await;
    assert_eq!((again.len(), again[0].id, again[0].attempts), (1, id, 1));
}

pub async fn parallel_workers_share_the_jobs(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    for _ in 0..40 {
        tx.jobs().enqueue(JobId::from_uuid(id()), &job(), at(0)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let claimed = all_at_once(8, |_| {
        let fixture = fixture.clone();
        async move { claim(&fixture, 5, at(1)).await }
    })
    .await
    .concat();
    let mut ids: BTreeSet<_> = claimed.iter().map(|job| job.id).collect();
    assert_eq!(ids.len(), claimed.len(), "a job was claimed twice");
    // Workers that found every row locked come again.
    while let Some(job) = claim(&fixture, 1, at(1)).await.pop() {
        assert!(ids.insert(job.id), "a job was claimed twice");
    }
    assert_eq!(ids.len(), 40);
}

pub async fn outcomes_of_jobs_are_kept(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let realm = fixture.cx.realm;
    let (done, _) = enqueue(&fixture, at(0)).await;
    let (retried, _) = enqueue(&fixture, at(0)).await;
    let (parked, _) = enqueue(&fixture, at(0)).await;
    assert_eq!(claim(&fixture, 10, at(0)).await.len(), 3);
    let error = || "no answer".to_owned();
    finish(&fixture, realm, done, JobOutcome::Done).await;
    finish(&fixture, realm, retried, JobOutcome::Retry { run_at: at(30), error: error() }).await;
    finish(&fixture, realm, parked, JobOutcome::Park { error: error() }).await;
    assert!(claim(&fixture, 10, at(29)).await.is_empty());
    let mut tx = fixture.write().await;
    let all = tx.jobs().list_jobs(None, &PageRequest::default()).await.unwrap().items;
    assert_eq!(all.iter().map(|job| job.id).collect::<Vec<_>>(), [retried, parked]);
    assert_eq!((all[0].state, all[0].attempts, all[0].run_at), (JobState::Queued, 1, at(30)));
    assert_eq!((all[1].state, all[1].last_error.as_deref()), (JobState::Parked, Some("no answer")));
    assert!(!tx.jobs().retry_job(retried, at(40)).await.unwrap(), "not parked");
    assert!(tx.jobs().retry_job(parked, at(40)).await.unwrap());
    tx.commit().await.unwrap();
    let again = claim(&fixture, 10, at(40)).await;
    assert_eq!(
        again.iter().map(|job| (job.id, job.attempts)).collect::<Vec<_>>(),
        [(retried, 1), (parked, 0)]
    );
}

pub async fn jobs_are_listed_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(enqueue(&fixture, at(0)).await.0);
    }
    let mut tx = fixture.read().await;
    let first = tx.jobs().list_jobs(Some(JobState::Queued), &PageRequest::new(2, None)).await.unwrap();
    let next = PageRequest::new(2, first.next.clone());
    let second = tx.jobs().list_jobs(Some(JobState::Queued), &next).await.unwrap();
    let none = tx.jobs().list_jobs(Some(JobState::Parked), &PageRequest::default()).await.unwrap();
    tx.commit().await.unwrap();
    let seen: Vec<_> = first.items.iter().chain(&second.items).map(|job| job.id).collect();
    assert_eq!(seen, ids);
    assert!(second.next.is_none() && none.items.is_empty());
}
