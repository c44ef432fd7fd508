//! How users are stored.

use async_trait::async_trait;
use vestibule_kernel::{Changed, EventRecord, Page, PageRequest, StoreError, UserId, contact::Identifier};

use crate::user::{User, UserStatus};

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
