//! The store: pools of connections, and how a transaction is opened on each database.
//!
//! On Postgres every transaction takes one of two roles (`SET LOCAL ROLE`): `vestibule_app`, which row-level security
//! confines to the realm named by `app.realm_id`, or `vestibule_system` for work above realms. The role the server
//! logs in with needs nothing but membership in both.

use std::{
    fmt::Display,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use bb8::{ManageConnection, Pool, PooledConnection, RunError};
use tokio::runtime::Handle;
use vestibule_kernel::{Cx, RealmId, StoreError, SystemCx};
use vestibule_storage::{ConfigFeed, RealmTx, Store, SystemTx};

use crate::{
    config::{DatabaseConfig, PostgresConfig, SqliteConfig},
    feed::{Feed, Listener, listen},
    migrate,
    postgres::{Connector, PgManager},
    sqlite::LiteManager,
    system::DbSystemTx,
    tx::DbTx,
    wire::{Conn, Shared, Wire},
};

enum Pools {
    Postgres { pool: Pool<PgManager>, _listener: Listener },
    Sqlite { writer: Pool<LiteManager>, readers: Pool<LiteManager> },
}

/// The store on Postgres or on SQLite.
pub struct DbStore {
    pools: Pools,
    shared: Arc<Shared>,
}

/// Connections of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// All of them.
    pub size: u32,
    /// Those in use.
    pub in_use: u32,
}

/// Sweeps and the removal of a realm take longer than what a request waits for.
const BEGIN_SYSTEM: &str = "BEGIN; SET LOCAL ROLE vestibule_system; SET LOCAL statement_timeout = '5min'";

/// What makes a transaction on Postgres one of the realm, until its end.
pub(crate) fn enter_realm(realm: RealmId) -> String {
    format!("SET LOCAL ROLE vestibule_app; SET LOCAL app.realm_id = '{}'", realm.as_uuid())
}

/// What a transaction may do.
#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
}

fn unavailable(error: &dyn Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

async fn take<M: ManageConnection<Error: Display>>(
    pool: &Pool<M>,
) -> Result<PooledConnection<'static, M>, StoreError> {
    pool.get_owned().await.map_err(|error| match error {
        RunError::User(cause) => unavailable(&cause),
        RunError::TimedOut => unavailable(&"no connection was free in time"),
    })
}

impl DbStore {
    /// Opens the store on the current runtime, which then drives its connections. SQLite is opened at once and, if so
    /// configured, migrated; Postgres is connected to when first needed, so that a server can start before it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened or migrated, or the address is not valid.
    pub async fn open(config: DatabaseConfig) -> Result<Self, StoreError> {
        let feed = Arc::new(Feed::default());
        let runtime = Handle::current();
        let shared =
            Arc::new(Shared { round_trips: Arc::new(AtomicU64::new(0)), feed, runtime: runtime.clone() });
        let pools = match config {
            DatabaseConfig::Postgres(config) => Self::open_postgres(&config, &shared)?,
            DatabaseConfig::Sqlite(config) => Self::open_sqlite(config, &shared).await?,
        };
        Ok(Self { pools, shared })
    }

    fn open_postgres(config: &PostgresConfig, shared: &Arc<Shared>) -> Result<Pools, StoreError> {
        let connector =
            Connector::new(config, shared.runtime.clone()).map_err(|error| unavailable(&error))?;
        let pool = Pool::builder()
            .max_size(config.max_connections.max(1))
            .min_idle(config.min_idle.min(config.max_connections))
            .connection_timeout(config.acquire_timeout)
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .build_unchecked(PgManager(connector.clone()));
        let listener = listen(connector, shared.feed.clone(), &shared.runtime);
        Ok(Pools::Postgres { pool, _listener: listener })
    }

    async fn open_sqlite(config: SqliteConfig, shared: &Arc<Shared>) -> Result<Pools, StoreError> {
        if config.auto_migrate {
            migrate::up(&DatabaseConfig::Sqlite(config.clone()))
                .await
                .map_err(|error| unavailable(&error))?;
        }
        let pool = |size: u32, read_only: bool| {
            let manager = LiteManager { config: config.clone(), read_only, runtime: shared.runtime.clone() };
            Pool::builder()
                .max_size(size)
                .min_idle(1)
                .max_lifetime(None)
                .idle_timeout(None)
                .connection_timeout(config.acquire_timeout)
                .queue_strategy(bb8::QueueStrategy::Lifo)
                .build(manager)
        };
        let writer = pool(1, false).await.map_err(|error| unavailable(&error))?;
        let readers = pool(config.readers.max(1), true).await.map_err(|error| unavailable(&error))?;
        Ok(Pools::Sqlite { writer, readers })
    }

    /// How many times anything was sent to the database and awaited, over all transactions. For tests and budgets.
    pub fn round_trips(&self) -> u64 {
        self.shared.round_trips.load(Ordering::Relaxed)
    }

    /// How many connections there are and how many are in use now.
    pub fn pool_stats(&self) -> PoolStats {
        let of = |state: bb8::State| PoolStats {
            size: state.connections,
            in_use: state.connections.saturating_sub(state.idle_connections),
        };
        match &self.pools {
            Pools::Postgres { pool, .. } => of(pool.state()),
            Pools::Sqlite { writer, readers } => {
                let (writer, readers) = (of(writer.state()), of(readers.state()));
                PoolStats { size: writer.size + readers.size, in_use: writer.in_use + readers.in_use }
            }
        }
    }

    /// A transaction without realm, for the check of the schema.
    async fn bare(&self) -> Result<Wire, StoreError> {
        let (conn, begin) = match &self.pools {
            Pools::Postgres { pool, .. } => {
                (Conn::Postgres(take(pool).await?), "BEGIN READ ONLY; SET LOCAL ROLE vestibule_app")
            }
            Pools::Sqlite { readers, .. } => (Conn::Sqlite(take(readers).await?), "BEGIN"),
        };
        Ok(Wire::new(conn, begin.to_owned(), self.shared.clone()))
    }

    async fn in_realm(&self, realm: RealmId, access: Access) -> Result<Wire, StoreError> {
        let (conn, begin) = match (&self.pools, access) {
            (Pools::Postgres { pool, .. }, access) => {
                let begin = match access {
                    Access::Read => "BEGIN READ ONLY",
                    Access::Write => "BEGIN",
                };
                (Conn::Postgres(take(pool).await?), format!("{begin}; {}", enter_realm(realm)))
            }
            (Pools::Sqlite { readers, .. }, Access::Read) => {
                (Conn::Sqlite(take(readers).await?), "BEGIN".to_owned())
            }
            (Pools::Sqlite { writer, .. }, Access::Write) => {
                (Conn::Sqlite(take(writer).await?), "BEGIN IMMEDIATE".to_owned())
            }
        };
        Ok(Wire::new(conn, begin, self.shared.clone()))
    }
}

#[async_trait]
impl Store for DbStore {
    async fn read(&self, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError> {
        Ok(Box::new(DbTx::new(self.in_realm(cx.realm, Access::Read).await?, cx.clone())))
    }

    async fn write(&self, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError> {
        Ok(Box::new(DbTx::new(self.in_realm(cx.realm, Access::Write).await?, cx.clone())))
    }

    async fn system(&self, cx: &SystemCx) -> Result<Box<dyn SystemTx>, StoreError> {
        let (conn, begin) = match &self.pools {
            Pools::Postgres { pool, .. } => (Conn::Postgres(take(pool).await?), BEGIN_SYSTEM),
            Pools::Sqlite { writer, .. } => (Conn::Sqlite(take(writer).await?), "BEGIN IMMEDIATE"),
        };
        let wire = Wire::new(conn, begin.to_owned(), self.shared.clone());
        Ok(Box::new(DbSystemTx::new(wire, cx.clone())))
    }

    async fn system_read(&self, cx: &SystemCx) -> Result<Box<dyn SystemTx>, StoreError> {
        let (conn, begin) = match &self.pools {
            Pools::Postgres { pool, .. } => {
                (Conn::Postgres(take(pool).await?), BEGIN_SYSTEM.replacen("BEGIN", "BEGIN READ ONLY", 1))
            }
            Pools::Sqlite { readers, .. } => (Conn::Sqlite(take(readers).await?), "BEGIN".to_owned()),
        };
        let wire = Wire::new(conn, begin, self.shared.clone());
        Ok(Box::new(DbSystemTx::new(wire, cx.clone())))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        let mut wire = self.bare().await?;
        let applied = migrate::applied_version(&mut wire).await?;
        wire.commit().await?;
        if applied.as_deref() >= Some(migrate::needed_version(self.is_postgres()).as_str()) {
            Ok(())
        } else {
            Err(StoreError::Unavailable("the schema is older than this build needs".to_owned()))
        }
    }

    fn feed(&self) -> &dyn ConfigFeed {
        &*self.shared.feed
    }
}

impl DbStore {
    fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres { .. })
    }
}
