//! One claimed job, from the claim to the stored outcome.

use std::time::Duration;

use vestibule_kernel::StoreError;
use vestibule_storage::{ClaimedJob, Job, JobOutcome};

use super::{
    Attempt,
    backchannel_logout::backchannel_logout,
    backoff::{self, MAX_ATTEMPTS},
    deliveries::{self, Ended},
    send_challenge::send_challenge,
    send_message::send_message,
};
use crate::{
    App,
    account::{Made, erase_user, export_data},
};

/// How often storing an outcome is tried before the lease is left to run out.
const STORE_TRIES: u32 = 3;
const STORE_PAUSE: Duration = Duration::from_millis(200);

/// Carries a job out and stores what became of it. `at_most` is less than the lease, so that nobody else has the job
/// meanwhile.
pub(super) async fn perform(app: &App, claimed: ClaimedJob, at_most: Duration) {
    let (attempt, note) = if claimed.attempts >= MAX_ATTEMPTS {
        // Its workers died each time: it may be the job that kills them.
        (Attempt::Never("no attempt ever ended".to_owned()), None)
    } else {
        match tokio::time::timeout(at_most, attempt(app, &claimed)).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => (Attempt::Again(error.to_string()), None),
            Err(_elapsed) => (Attempt::Again("it took too long".to_owned()), None),
        }
    };
    if let Attempt::Refused(why) = &attempt {
        tracing::warn!(why, "a message was refused for good");
    }
    let [random, ..] = app.entropy.bytes();
    let outcome = backoff::outcome(attempt, claimed.attempts, random, app.clock.now());
    match &outcome {
        JobOutcome::Done => tracing::debug!("job done"),
        JobOutcome::Retry { error, .. } => tracing::info!(error, "job failed; it is tried again"),
        JobOutcome::Park { error } => tracing::error!(error, "job parked; somebody has to look at it"),
    }
    // First the job: what is sent must not be sent again because of a note about it.
    store_outcome(app, &claimed, &outcome).await;
    if let Some(note) = note
        && let Err(error) = deliveries::keep(app, &claimed, note, &outcome).await
    {
        tracing::warn!(%error, "what became of a message could not be noted");
    }
}

async fn store_outcome(app: &App, claimed: &ClaimedJob, outcome: &JobOutcome) {
    for _ in 0..STORE_TRIES {
        match store(app, claimed, outcome.clone()).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the outcome of a job could not be stored"),
        }
        tokio::time::sleep(STORE_PAUSE).await;
    }
}

async fn attempt(app: &App, claimed: &ClaimedJob) -> Result<Ended, StoreError> {
    match &claimed.job {
        Job::BackchannelLogout { client, session, user } => {
            let told = backchannel_logout(app, (claimed.realm, claimed.id), client, *session, *user).await?;
            Ok((told, None))
        }
        Job::SendChallenge { challenge, locale } => {
            let cx = app.system_cx(claimed.realm);
            send_challenge(app, &cx, claimed.id, (*challenge, locale.as_ref())).await
        }
        Job::ExportData { export, locale } => {
            let cx = app.system_cx(claimed.realm);
            let made = export_data(app, &cx, *export, locale.as_ref()).await?;
            Ok((
                match made {
                    Made::Done => Attempt::Done,
                    Made::Failed(why) => Attempt::Again(why.to_owned()),
                },
                None,
            ))
        }
        Job::EraseUser { user, due } => {
            let cx = app.system_cx(claimed.realm);
            erase_user(app, &cx, *user, *due).await.map(|()| (Attempt::Done, None))
        }
        Job::SendMessage { user, to, message, data, locale } => {
            let cx = app.system_cx(claimed.realm);
            let whom = (*user, to.as_ref(), locale.as_ref());
            send_message(app, &cx, claimed.id, whom, (*message, data)).await
        }
    }
}

async fn store(app: &App, claimed: &ClaimedJob, outcome: JobOutcome) -> Result<(), StoreError> {
    let mut tx = app.store.system(&app.above_realms()).await?;
    tx.finish_job(claimed.realm, claimed.id, outcome).await?;
    tx.commit().await
}
