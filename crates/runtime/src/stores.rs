//! Opens the store that the configuration names: Postgres, or the embedded file. Another storage gets its arm here.

use std::sync::Arc;

use vestibule_database::{
    DatabaseConfig, DbStore, PostgresConfig, SqliteConfig,
    migrate::{self, MigrateError},
};
use vestibule_kernel::{PageRequest, StoreError, SystemCx};
use vestibule_storage::Store;

use crate::{
    config::{Config, mask_url},
    data_dir,
    master_key::Data,
    report::{DATABASE_UNREACHABLE, OperatorError, SCHEMA_MISMATCH},
};

/// An open store.
#[derive(Clone)]
pub struct OpenStore {
    port: Arc<dyn Store>,
    database: Arc<DbStore>,
}

impl OpenStore {
    /// The store as use cases see it.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.port)
    }

    /// Whether there is anything that a master key has sealed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn data(&self, config: &Config) -> Result<Data, OperatorError> {
        let first = PageRequest::new(1, None);
        let cx = SystemCx::internal(std::time::SystemTime::now().into());
        let looked = async {
            let mut tx = self.port.system_read(&cx).await?;
            let realms = tx.directory().list_realms(&first).await?;
            tx.rollback().await?;
            Ok(realms.items)
        };
        let realms = looked.await.map_err(|error| failed(config, &error))?;
        Ok(if realms.is_empty() { Data::None } else { Data::Kept })
    }

    /// The store with what only its own process asks: levels of its pool.
    pub fn database(&self) -> &DbStore {
        &self.database
    }
}

/// Opens the store, applies migrations if configured, and makes sure that it answers with the schema needed.
///
/// # Errors
/// The database cannot be reached or opened, or its schema does not fit.
pub async fn open_store(config: &Config) -> Result<OpenStore, OperatorError> {
    let database = database_config(config)?;
    if config.auto_migrate() {
        migrate::up(&database).await.map_err(|error| match error {
            MigrateError::Unreachable(why) => unreachable_database(config, &why),
            MigrateError::Failed(why) => OperatorError::new(SCHEMA_MISMATCH)
                .tried(named(config))
                .because(why)
                .fix("the cause is named above; nothing was changed. See also:  migrator status"),
        })?;
    }
    let store = DbStore::open(database).await.map_err(|error| failed(config, &error))?;
    store.ready().await.map_err(|error| failed(config, &error))?;
    let database = Arc::new(store);
    let port: Arc<dyn Store> = Arc::<DbStore>::clone(&database);
    Ok(OpenStore { port, database })
}

/// The database as configured.
///
/// # Errors
/// The directory of the embedded file cannot be made.
pub fn database_config(config: &Config) -> Result<DatabaseConfig, OperatorError> {
    let Some(url) = &config.database.url else {
        let path = config.database_path();
        if let Some(folder) = path.parent() {
            data_dir::create(folder)?;
        }
        let mut sqlite = SqliteConfig::at(path);
        sqlite.readers = config.database.max_connections;
        sqlite.auto_migrate = false;
        return Ok(DatabaseConfig::Sqlite(sqlite));
    };
    let mut postgres = PostgresConfig::at(url.clone());
    postgres.max_connections = config.database.max_connections;
    postgres.ca_file.clone_from(&config.database.ca_file);
    Ok(DatabaseConfig::Postgres(postgres))
}

fn failed(config: &Config, error: &StoreError) -> OperatorError {
    let text = error.to_string();
    if text.contains("schema") {
        return OperatorError::new(SCHEMA_MISMATCH)
            .tried(named(config))
            .because(text)
            .fix("apply the migrations:  migrator up   (or set database.auto_migrate = true)");
    }
    unreachable_database(config, &text)
}

fn unreachable_database(config: &Config, why: &str) -> OperatorError {
    let fix = if config.is_embedded() {
        "the file must be a database of this program, and writable:  server.data_dir, database.path"
    } else {
        "check address, user and password, or start one:  docker compose -f deploy/compose.yaml up -d postgres"
    };
    OperatorError::new(DATABASE_UNREACHABLE).tried(named(config)).because(why).fix(fix)
}

fn named(config: &Config) -> String {
    let source = |key| config.source_of(key).unwrap_or_else(|| "built-in default".to_owned());
    match &config.database.url {
        Some(url) => format!("{}   (from {})", mask_url(url.expose()), source("database.url")),
        None => format!("{}   (from {})", config.database_path().display(), source("database.path")),
    }
}
