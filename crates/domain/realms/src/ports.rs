//! How realms are stored.

use async_trait::async_trait;
use vestibule_kernel::{Changed, Page, PageRequest, RealmId, StoreError};

use crate::realm::{Realm, Slug};

/// The realm of the transaction.
#[async_trait]
pub trait RealmRepo: Send {
    /// The realm itself.
    async fn get_realm(&mut self) -> Result<Realm, StoreError>;

    /// Stores settings, hosts or status, raises `config_version`, and appends the events. A host that another realm
    /// has is `Conflict("realm_hosts_host")`.
    async fn save_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError>;

    /// Raises `config_version` after a change of clients or keys and returns the new value.
    async fn touch_config(&mut self) -> Result<i64, StoreError>;
}

/// The directory above realms.
#[async_trait]
pub trait RealmDirectory: Send {
    /// All realms by slug.
    async fn list_realms(&mut self, page: &PageRequest) -> Result<Page<Realm>, StoreError>;

    /// Id and `config_version` of every realm: the poll that keeps snapshots fresh.
    async fn list_config_versions(&mut self) -> Result<Vec<(RealmId, i64)>, StoreError>;

    /// A realm by slug.
    async fn find_realm_by_slug(&mut self, slug: &Slug) -> Result<Option<Realm>, StoreError>;

    /// A realm by id.
    async fn find_realm(&mut self, id: RealmId) -> Result<Option<Realm>, StoreError>;

    /// A realm by one of its own hosts.
    async fn find_realm_by_host(&mut self, host: &str) -> Result<Option<Realm>, StoreError>;

    /// Stores a new realm; its event goes into the new realm's log. A taken slug is `Conflict("realms_slug")`.
    async fn create_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError>;

    /// Removes a realm and everything in it.
    async fn delete_realm(&mut self, id: RealmId) -> Result<(), StoreError>;
}
