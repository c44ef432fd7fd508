//! How users are stored.

use async_trait::async_trait;
use vestibule_kernel::{
    Changed, EventRecord, ExportId, Page, PageRequest, StoreError, Timestamp, UserId, contact::Identifier,
};

use crate::{
    export::{DataExport, ExportContent},
    user::{User, UserStatus},
};

/// Which users to list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Users one of whose identifiers starts with this normal form.
    pub identifier_prefix: Option<String>,
    /// Users with this status.
    pub status: Option<UserStatus>,
}

/// Users of the transaction's realm.
#[async_trait]
pub trait UserRepo: Send {
    /// A user by id.
    async fn find_user(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user who has this identifier, of whatever kind.
    async fn find_user_by_identifier(&mut self, identifier: &Identifier) -> Result<Option<User>, StoreError>;

    /// Users, newest last (ids are in time order).
    async fn list_users(&mut self, filter: &UserFilter, page: &PageRequest)
    -> Result<Page<User>, StoreError>;

    /// Stores a new or changed user with its identifiers and events. An identifier that another user of the realm has
    /// is `Conflict("user_identifiers_value")`; `Stale` when the version moved.
    async fn save_user(&mut self, change: Changed<User>) -> Result<(), StoreError>;

    /// Removes a user with everything they have (sessions, credentials, grants, tokens); false if there was none.
    async fn delete_user(&mut self, id: UserId, event: EventRecord) -> Result<bool, StoreError>;
}

/// Copies of what is kept about users of the transaction's realm.
#[async_trait]
pub trait ExportRepo: Send {
    /// Stores a copy that was asked for. A second one that is still being made for the same user is
    /// `Conflict("data_exports_making")`.
    async fn insert_export(&mut self, change: Changed<DataExport>) -> Result<(), StoreError>;

    /// A copy, without its archive.
    async fn find_export(&mut self, id: ExportId) -> Result<Option<DataExport>, StoreError>;

    /// The copies of a user that are not over, the newest first, at most 50.
    async fn list_exports(&mut self, user: UserId, now: Timestamp) -> Result<Vec<DataExport>, StoreError>;

    /// Notes how many steps are done; false if the copy is ready or gone.
    async fn note_export_progress(&mut self, id: ExportId, done: u16) -> Result<bool, StoreError>;

    /// Keeps the archive of a copy that is not ready yet; [`StoreError::Stale`] if it is, or is gone.
    async fn finish_export(
        &mut self,
        change: Changed<DataExport>,
        archive: Vec<u8>,
    ) -> Result<(), StoreError>;

    /// The archive of a user's copy that is ready and not over, and appends the event.
    async fn take_export(
        &mut self,
        user: UserId,
        id: ExportId,
        now: Timestamp,
        event: EventRecord,
    ) -> Result<Option<ExportContent>, StoreError>;
}
