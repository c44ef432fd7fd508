//! How events are appended and read. They are never changed.

use async_trait::async_trait;
use vestibule_kernel::{EventRecord, Page, PageRequest, StoreError};

use crate::audit::{AuditEvent, EventFilter};

/// Events of the transaction's realm.
#[async_trait]
pub trait EventRepo: Send {
    /// Appends an event that belongs to no aggregate's change, with the transaction's actor, time and origin.
    async fn append_event(&mut self, event: EventRecord) -> Result<(), StoreError>;

    /// Events, newest first.
    async fn list_events(
        &mut self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError>;
}
