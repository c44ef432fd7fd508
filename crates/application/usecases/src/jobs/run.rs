//! The loop of a worker: claims what is due, runs so many at a time, sleeps until woken.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use vestibule_kernel::StoreError;
use vestibule_storage::ClaimedJob;

use super::{perform::perform, purge_expired, rotate_keys};
use crate::App;

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// Jobs run at the same time; at least one.
    pub concurrency: u16,
    /// A claimed job belongs to this worker for so long; after that another may take it.
    pub lease_seconds: u32,
    /// The queue is looked at this often though nobody wakes the worker.
    pub poll: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { concurrency: 4, lease_seconds: 30, poll: Duration::from_secs(1) }
    }
}

impl WorkerSettings {
    /// A job ends well before its lease does.
    fn time_for_one(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds)) * 2 / 3
    }
}

/// Works until `stop`, then finishes the jobs in hand and returns. Safe in many processes at once.
pub async fn run(app: Arc<App>, settings: WorkerSettings, stop: CancellationToken) {
    tokio::join!(
        work(&app, settings, &stop),
        Schedule::PurgeExpired.follow(&app, &stop),
        Schedule::RotateKeys.follow(&app, &stop),
    );
}

/// What is done now and then, whether or not anybody asks.
#[derive(Debug, Clone, Copy)]
enum Schedule {
    PurgeExpired,
    RotateKeys,
}

impl Schedule {
    const fn every(self) -> Duration {
        match self {
            Self::PurgeExpired => purge_expired::EVERY,
            Self::RotateKeys => rotate_keys::EVERY,
        }
    }

    /// Runs at once and then after each pause.
    async fn follow(self, app: &App, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let done = match self {
                Self::PurgeExpired => purge_expired::purge_expired(app, stop).await,
                Self::RotateKeys => rotate_keys::rotate_keys(app, stop).await,
            };
            match done {
                Ok(0) => {}
                Ok(count) => tracing::info!(schedule = ?self, count, "scheduled work done"),
                Err(error) => tracing::warn!(schedule = ?self, %error, "scheduled work failed"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(self.every()) => {}
            }
        }
    }
}

/// Carries out what is due now, and what becomes due meanwhile, and returns how many jobs that were.
///
/// # Errors
/// Jobs could not be claimed; those claimed before are carried out.
pub async fn run_due(app: &Arc<App>, settings: WorkerSettings) -> Result<usize, StoreError> {
    let mut done = 0;
    loop {
        let claimed = claim(app, settings.concurrency.max(1), settings).await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        let mut running = JoinSet::new();
        for job in claimed {
            start(app, &mut running, job, settings);
        }
        done += running.len();
        while let Some(ended) = running.join_next().await {
            note_end(ended);
        }
    }
}

fn start(app: &Arc<App>, running: &mut JoinSet<()>, job: ClaimedJob, settings: WorkerSettings) {
    let span = tracing::info_span!(
        "usecase.perform_job",
        job.id = %job.id,
        job.kind = job.job.kind(),
        realm.id = %job.realm
    );
    let app = Arc::clone(app);
    running.spawn(async move { perform(&app, job, settings.time_for_one()).await }.instrument(span));
}

fn note_end(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        // Its lease runs out and it is tried again.
        tracing::error!(%error, "a job died");
    }
}

async fn work(app: &Arc<App>, settings: WorkerSettings, stop: &CancellationToken) {
    let mut running = JoinSet::new();
    while !stop.is_cancelled() {
        let busy = u16::try_from(running.len()).unwrap_or(u16::MAX);
        let free = settings.concurrency.max(1).saturating_sub(busy);
        let claimed = claim(app, free, settings).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "jobs could not be claimed");
            Vec::new()
        });
        // All places taken: the next look comes when one is free.
        let is_full = claimed.len() >= usize::from(free);
        for job in claimed {
            start(app, &mut running, job, settings);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            Some(ended) = running.join_next() => note_end(ended),
            () = app.jobs_wake.notified(), if !is_full => {}
            () = sleep(settings.poll), if !is_full => {}
        }
    }
    while let Some(ended) = running.join_next().await {
        note_end(ended);
    }
}

async fn claim(app: &App, free: u16, settings: WorkerSettings) -> Result<Vec<ClaimedJob>, StoreError> {
    if free == 0 {
        return Ok(Vec::new());
    }
    let cx = app.above_realms();
    let mut tx = app.store.system(&cx).await?;
    let claimed = tx.claim_jobs(free, settings.lease_seconds, cx.now).await?;
    tx.commit().await?;
    Ok(claimed)
}
