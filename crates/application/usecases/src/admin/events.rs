//! The audit log of a realm.

use vestibule_events::{AuditEvent, CATALOGUE, EventFilter};
use vestibule_kernel::{Page, PageRequest};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// A page of events, newest first.
///
/// # Errors
/// Needs `events:read`; [`AdminFailure::Invalid`] for a kind that does not exist.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    filter: &EventFilter,
    page: &PageRequest,
) -> Result<Page<AuditEvent>, AdminFailure> {
    admin.require(AdminScope::EVENTS_READ)?;
    if let Some(kind) = filter.kind.as_deref()
        && !CATALOGUE.iter().any(|(known, _)| *known == kind)
    {
        return Err(AdminFailure::invalid("type", "there is no such kind of event"));
    }
    let mut tx = app.store.read(admin.cx()).await?;
    let events = tx.events().list_events(filter, page).await?;
    tx.commit().await?;
    Ok(events)
}

/// Every kind of event with its meaning.
///
/// # Errors
/// Needs `events:read`.
pub fn types(admin: &AdminCx) -> Result<&'static [(&'static str, &'static str)], AdminFailure> {
    admin.require(AdminScope::EVENTS_READ)?;
    Ok(CATALOGUE)
}
