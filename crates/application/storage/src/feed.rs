//! How servers learn that the configuration of a realm changed.

use std::time::Duration;

use async_trait::async_trait;

/// Wakes snapshot renewal: `LISTEN/NOTIFY` on Postgres, in process on SQLite. A lost wake-up costs seconds only, since
/// the caller polls `list_config_versions` as well.
#[async_trait]
pub trait ConfigFeed: Send + Sync {
    /// Returns when some realm's configuration may have changed, or after `at_most`.
    async fn changed(&self, at_most: Duration);
}
