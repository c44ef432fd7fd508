//! The storage contract on SQLite.

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
