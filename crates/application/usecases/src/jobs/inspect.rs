//! Looking at queues from the command line: every realm, or one.

use serde_json::json;
use vestibule_kernel::{EventRecord, JobId, Page, PageRequest, StoreError, SystemCx};
use vestibule_realms::{Realm, Slug};
use vestibule_storage::{JobState, JobView, Store};

/// A job and the realm it belongs to.
#[derive(Debug, Clone)]
pub struct JobInRealm {
    /// The realm.
    pub realm: Slug,
    /// The job.
    pub job: JobView,
}

/// At most `limit` jobs in a state, of one realm or realm by realm, oldest first within a realm.
///
/// # Errors
/// The store failed.
pub async fn list(
    store: &dyn Store,
    cx: &SystemCx,
    realm: Option<&Slug>,
    state: Option<JobState>,
    limit: usize,
) -> Result<Vec<JobInRealm>, StoreError> {
    let mut found = Vec::new();
    for realm in realms(store, cx, realm).await? {
        let mut page = PageRequest::default();
        loop {
            let mut tx = store.read(&cx.in_realm(realm.id)).await?;
            let Page { items, next } = tx.jobs().list_jobs(state, &page).await?;
            tx.commit().await?;
            for job in items {
                if found.len() >= limit {
                    return Ok(found);
                }
                found.push(JobInRealm { realm: realm.slug.clone(), job });
            }
            let Some(next) = next else { break };
            page.after = Some(next);
        }
    }
    Ok(found)
}

/// Puts a parked job back with a fresh count; false if no realm has such a parked job.
///
/// # Errors
/// The store failed.
pub async fn retry(store: &dyn Store, cx: &SystemCx, id: JobId) -> Result<bool, StoreError> {
    for realm in realms(store, cx, None).await? {
        let mut tx = store.write(&cx.in_realm(realm.id)).await?;
        let found = tx.jobs().retry_job(id, cx.now).await?;
        if found {
            tx.events().append_event(EventRecord::about("job.retried", "job", id, json!({}))).await?;
        }
        tx.commit().await?;
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn realms(store: &dyn Store, cx: &SystemCx, only: Option<&Slug>) -> Result<Vec<Realm>, StoreError> {
    let mut tx = store.system(cx).await?;
    let mut realms = Vec::new();
    if let Some(slug) = only {
        realms.extend(tx.directory().find_realm_by_slug(slug).await?);
    } else {
        let mut page = PageRequest::default();
        loop {
            let Page { items, next } = tx.directory().list_realms(&page).await?;
            realms.extend(items);
            let Some(next) = next else { break };
            page.after = Some(next);
        }
    }
    tx.rollback().await?;
    Ok(realms)
}
