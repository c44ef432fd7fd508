//! The job queue of a realm: what waits, what was given up, and giving it another try.

use serde_json::json;
use vestibule_kernel::{EventRecord, JobId, Page, PageRequest};
use vestibule_storage::{JobState, JobView};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// A page of jobs, oldest first.
///
/// # Errors
/// Needs `jobs:read`.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    state: Option<JobState>,
    page: &PageRequest,
) -> Result<Page<JobView>, AdminFailure> {
    admin.require(AdminScope::JOBS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let jobs = tx.jobs().list_jobs(state, page).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// Puts a parked job back into the queue.
///
/// # Errors
/// Needs `jobs:write`; [`AdminFailure::NotFound`] unless the job is parked.
pub async fn retry(app: &App, admin: &AdminCx, id: JobId) -> Result<(), AdminFailure> {
    admin.require(AdminScope::JOBS_WRITE)?;
    let cx = admin.cx();
    let mut tx = app.store.write(cx).await?;
    if !tx.jobs().retry_job(id, cx.now).await? {
        tx.rollback().await?;
        return Err(AdminFailure::NotFound("parked job"));
    }
    tx.events().append_event(EventRecord::about("job.retried", "job", id, json!({}))).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
