//! Migrations: both databases end up alike, forwards and back, also when two migrate at once.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use vestibule_database::{
    DatabaseConfig, DbStore, SqliteConfig, migrate,
    testing::{empty_postgres, temp_postgres, temp_sqlite},
};
use vestibule_storage::Store;

#[tokio::test]
async fn both_schemas_have_the_same_tables_columns_keys_and_nullability() {
    let (postgres, _postgres) = temp_postgres().await;
    let (sqlite, _sqlite) = temp_sqlite();
    migrate::up(&sqlite).await.unwrap();
    let (postgres, sqlite) =
        (migrate::catalogue(&postgres).await.unwrap(), migrate::catalogue(&sqlite).await.unwrap());
    assert!(postgres.tables.len() > 20);
    assert_eq!(postgres.differences(&sqlite, "Postgres", "SQLite"), Vec::<String>::new());
}

#[tokio::test]
async fn the_generated_schema_is_that_of_the_migrations() {
    let (_, guard) = temp_postgres().await;
    let postgres = DatabaseConfig::from_url(&guard.superuser_url).unwrap();
    assert_eq!(migrate::check(Some(&postgres)).await.unwrap(), Vec::<String>::new());
    let written = include_str!("../src/schema.rs");
    let generated = migrate::catalogue(&postgres).await.unwrap().to_schema_rs();
    let differing = written.lines().zip(generated.lines()).find(|(a, b)| a != b);
    assert!(
        written == generated,
        "schema.rs is old; see migrations/README.md; first difference: {differing:?}"
    );
}

async fn forwards_and_back(config: &DatabaseConfig) {
    let before = migrate::status(config).await.unwrap();
    assert!(before.applied.is_empty() && !before.pending.is_empty());
    let applied = migrate::up(config).await.unwrap();
    assert_eq!(applied, before.pending);
    assert!(migrate::up(config).await.unwrap().is_empty());
    let mut reverted = migrate::down(config, applied.len() + 1).await.unwrap();
    reverted.reverse();
    assert_eq!(reverted, applied);
    assert_eq!(migrate::status(config).await.unwrap(), before);
    assert!(migrate::catalogue(config).await.unwrap().tables.is_empty(), "something was left");
    migrate::up(config).await.unwrap();
}

#[tokio::test]
async fn migrations_go_forwards_and_back() {
    let (postgres, _postgres) = empty_postgres().await;
    forwards_and_back(&postgres).await;
    let (sqlite, _sqlite) = temp_sqlite();
    forwards_and_back(&sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_migrators_at_once_apply_each_migration_once() {
    let (postgres, _postgres) = empty_postgres().await;
    let (sqlite, _sqlite) = temp_sqlite();
    for config in [postgres, sqlite] {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let config = config.clone();
                tokio::spawn(async move { migrate::up(&config).await.unwrap() })
            })
            .collect();
        let mut applied = Vec::new();
        for task in tasks {
            applied.extend(task.await.unwrap());
        }
        assert_eq!(applied, migrate::status(&config).await.unwrap().applied);
    }
}

#[tokio::test]
async fn a_store_on_an_old_schema_is_not_ready() {
    let (DatabaseConfig::Sqlite(mut sqlite), _guard) = temp_sqlite() else { panic!("not SQLite") };
    sqlite.auto_migrate = false;
    let store = DbStore::open(DatabaseConfig::Sqlite(sqlite.clone())).await.unwrap();
    assert!(store.ready().await.is_err());
    migrate::up(&DatabaseConfig::Sqlite(sqlite)).await.unwrap();
    store.ready().await.unwrap();
    let (postgres, _postgres) = empty_postgres().await;
    let store = DbStore::open(postgres).await.unwrap();
    assert!(store.ready().await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (DatabaseConfig::Sqlite(SqliteConfig { path, .. }), _guard) = temp_sqlite() else {
        panic!("not SQLite")
    };
    let store = DbStore::open(DatabaseConfig::Sqlite(SqliteConfig::at(&path))).await.unwrap();
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
    drop(store);
}
