//! The storage contract on SQLite.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::sync::Arc;

use vestibule_database::{
    DbStore,
    testing::{TempSqlite, temp_sqlite},
};

async fn open() -> (Arc<DbStore>, TempSqlite) {
    let (config, guard) = temp_sqlite();
    (Arc::new(DbStore::open(config).await.unwrap()), guard)
}

vestibule_conformance::storage_tests!(crate::open);
