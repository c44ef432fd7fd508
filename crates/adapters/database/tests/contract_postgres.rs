//! The storage contract on Postgres, as a login role without any privilege of its own.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::sync::Arc;

use vestibule_database::{
    DbStore,
    testing::{TempPostgres, temp_postgres},
};

async fn open() -> (Arc<DbStore>, TempPostgres) {
    let (config, guard) = temp_postgres().await;
    (Arc::new(DbStore::open(config).await.unwrap()), guard)
}

vestibule_conformance::storage_tests!(crate::open);
