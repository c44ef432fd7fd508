//! How grants are stored.

use async_trait::async_trait;
use vestibule_kernel::{Changed, ClientId, EventRecord, Page, PageRequest, StoreError, Timestamp, UserId};

use crate::grant::Grant;

/// Grants of the transaction's realm.
#[async_trait]
pub trait GrantRepo: Send {
    /// What a user allowed a client.
    async fn find_grant(&mut self, user: UserId, client: &ClientId) -> Result<Option<Grant>, StoreError>;

    /// Grants ordered by (user, client); of one user if given.
    async fn list_grants(
        &mut self,
        user: Option<UserId>,
        page: &PageRequest,
    ) -> Result<Page<Grant>, StoreError>;

    /// Stores a new or wider grant with its events; `Stale` when the version moved.
    async fn save_grant(&mut self, change: Changed<Grant>) -> Result<(), StoreError>;

    /// Withdraws a grant and revokes every token family of that user and client; false if there was none.
    async fn withdraw_grant(
        &mut self,
        user: UserId,
        client: &ClientId,
        event: EventRecord,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
