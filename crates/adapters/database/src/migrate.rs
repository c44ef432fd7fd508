//! Migrations, embedded in the binary: what is applied, what is pending, forwards and back. One migrator works at a
//! time (an advisory lock on Postgres, the write lock on SQLite), so starting two is safe.

use diesel::{
    Connection, RunQueryDsl, SqliteConnection,
    backend::Backend,
    connection::SimpleConnection,
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
    sqlite::Sqlite,
};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use serde::Serialize;
use tokio::runtime::Handle;
use vestibule_kernel::StoreError;

use crate::{
    catalogue::{self, Catalogue},
    config::{DatabaseConfig, PostgresConfig, SqliteConfig},
    postgres::Connector,
    rules,
    sqlite::open_blocking,
    system::lock_number,
    wire::{Wire, db},
};

const EMBEDDED_POSTGRES: EmbeddedMigrations = embed_migrations!("../../../migrations/postgres");
const EMBEDDED_SQLITE: EmbeddedMigrations = embed_migrations!("../../../migrations/sqlite");

/// The migrations of one database, anew for each use: Diesel takes them by value.
type Source = fn() -> EmbeddedMigrations;
const POSTGRES: Source = || EMBEDDED_POSTGRES;
const SQLITE: Source = || EMBEDDED_SQLITE;

/// Why the schema was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database does not answer or refuses the login.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// A migration or a grant failed; nothing of it was kept.
    #[error("the schema was not changed: {0}")]
    Failed(String),
}

/// What is applied and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Names of applied migrations, oldest first. One that this build does not know is a bare version.
    pub applied: Vec<String>,
    /// Names of migrations that this build has and the database has not.
    pub pending: Vec<String>,
}

type PgBlocking = AsyncConnectionWrapper<AsyncPgConnection>;

fn failed(error: &dyn std::fmt::Display) -> MigrateError {
    MigrateError::Failed(error.to_string())
}

/// Names with their versions, oldest first.
fn names<DB: Backend>(source: Source) -> Result<Vec<(String, String)>, MigrateError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> = source().migrations().map_err(|error| failed(&error))?;
    let mut names: Vec<_> = migrations
        .iter()
        .map(|migration| (migration.name().version().to_string(), migration.name().to_string()))
        .collect();
    names.sort();
    Ok(names)
}

/// The newest migration this build needs.
pub(crate) fn needed_version(postgres: bool) -> String {
    let names = if postgres { names::<Pg>(POSTGRES) } else { names::<Sqlite>(SQLITE) };
    names.ok().and_then(|names| names.into_iter().last()).map(|(version, _)| version).unwrap_or_default()
}

#[derive(diesel::QueryableByName)]
struct Newest {
    #[diesel(sql_type = Nullable<Text>)]
    version: Option<String>,
}

/// The newest migration the database has.
pub(crate) async fn applied_version(wire: &mut Wire) -> Result<Option<String>, StoreError> {
    let newest = db!(*wire, |c| {
        let query = sql_query("SELECT max(version) AS version FROM __diesel_schema_migrations");
        diesel_async::RunQueryDsl::get_result::<Newest>(query, c).await
    })?;
    Ok(newest.version)
}

/// Reads the status through a connection that may write.
fn status_of<C, DB>(conn: &mut C, source: Source) -> Result<Status, MigrateError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.applied_migrations().map_err(|error| failed(&error))?;
    let applied = applied.into_iter().map(|version| version.to_string()).collect();
    Ok(compare(names::<DB>(source)?, applied))
}

/// Tells known migrations by name, applied and pending ones apart.
fn compare(known: Vec<(String, String)>, mut applied: Vec<String>) -> Status {
    applied.sort();
    let pending = known
        .iter()
        .filter(|(version, _)| !applied.contains(version))
        .map(|(_, name)| name.clone())
        .collect();
    let name = |version: String| {
        known.iter().find(|(known, _)| *known == version).map_or(version, |(_, name)| name.clone())
    };
    Status { applied: applied.into_iter().map(name).collect(), pending }
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Reads the status without writing anything. `is_there` asks whether any migration was ever applied.
macro_rules! read_status {
    ($conn:expr, $backend:ty, $source:expr, $is_there:literal) => {{
        let there: Vec<Version> = sql_query($is_there).load($conn).map_err(|error| failed(&error))?;
        let applied: Vec<Version> = if there.is_empty() {
            Vec::new()
        } else {
            sql_query("SELECT version FROM __diesel_schema_migrations")
                .load($conn)
                .map_err(|error| failed(&error))?
        };
        let applied = applied.into_iter().map(|row| row.version).collect();
        Ok(compare(names::<$backend>($source)?, applied))
    }};
}

fn up_through<C, DB>(conn: &mut C, source: Source) -> Result<Vec<String>, MigrateError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let pending = status_of::<C, DB>(conn, source)?.pending;
    for migration in conn.pending_migrations(source()).map_err(|error| failed(&error))? {
        let name = migration.name().to_string();
        conn.run_migration(&migration).map_err(|error| failed(&format!("{name}: {error}")))?;
    }
    Ok(pending)
}

fn down_through<C, DB>(conn: &mut C, source: Source, steps: usize) -> Result<Vec<String>, MigrateError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let mut reverted = Vec::new();
    for _ in 0..steps {
        let Some(last) = status_of::<C, DB>(conn, source)?.applied.into_iter().last() else { break };
        conn.revert_last_migration(source()).map_err(|error| failed(&format!("{last}: {error}")))?;
        reverted.push(last);
    }
    Ok(reverted)
}

/// Runs blocking work on a connection of its own, under the lock that keeps other migrators out.
async fn on_postgres<T: Send + 'static>(
    config: &PostgresConfig,
    work: impl FnOnce(&mut PgBlocking) -> Result<T, MigrateError> + Send + 'static,
) -> Result<T, MigrateError> {
    let unreachable = |error: &dyn std::fmt::Display| MigrateError::Unreachable(error.to_string());
    let connector = Connector::new(config, Handle::current()).map_err(|error| unreachable(&error))?;
    let connection = connector.connect().await.map_err(|error| unreachable(&error))?;
    let task = tokio::task::spawn_blocking(move || {
        let mut conn = PgBlocking::from(connection.inner);
        conn.batch_execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
            .map_err(|error| failed(&error))?;
        // The session's end releases the lock, whatever happens.
        sql_query("SELECT pg_advisory_lock($1)")
            .bind::<BigInt, _>(lock_number("vestibule migrations"))
            .execute(&mut conn)
            .map_err(|error| failed(&error))?;
        work(&mut conn)
    });
    task.await.map_err(|error| failed(&error))?
}

/// Runs blocking work on a connection of its own, as one write transaction.
async fn on_sqlite<T: Send + 'static>(
    config: &SqliteConfig,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, MigrateError> + Send + 'static,
) -> Result<T, MigrateError> {
    let config = config.clone();
    let task = tokio::task::spawn_blocking(move || {
        let mut conn =
            open_blocking(&config, false).map_err(|error| MigrateError::Unreachable(error.to_string()))?;
        conn.immediate_transaction(|conn| work(conn).map_err(Abort)).map_err(|Abort(error)| error)
    });
    task.await.map_err(|error| failed(&error))?
}

/// Carries an error through Diesel's transaction.
struct Abort(MigrateError);

impl From<diesel::result::Error> for Abort {
    fn from(error: diesel::result::Error) -> Self {
        Self(failed(&error))
    }
}

/// What is applied and what is pending. Writes nothing; a SQLite file that does not exist is not made.
///
/// # Errors
/// The database cannot be reached or read.
pub async fn status(config: &DatabaseConfig) -> Result<Status, MigrateError> {
    match config {
        DatabaseConfig::Postgres(config) => {
            on_postgres(config, |conn| {
                read_status!(
                    conn,
                    Pg,
                    POSTGRES,
                    "SELECT 'yes' AS version WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL"
                )
            })
            .await
        }
        DatabaseConfig::Sqlite(config) if !config.path.exists() => {
            Ok(compare(names::<Sqlite>(SQLITE)?, Vec::new()))
        }
        DatabaseConfig::Sqlite(config) => {
            on_sqlite(config, |conn| {
                read_status!(
                    conn,
                    Sqlite,
                    SQLITE,
                    "SELECT 'yes' AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
                )
            })
            .await
        }
    }
}

/// Applies what is pending and says what that was. On Postgres the role that migrates also becomes a member of the
/// roles that transactions take, so that one address is enough to start with.
///
/// # Errors
/// The database cannot be reached, or a migration failed; what failed was rolled back.
pub async fn up(config: &DatabaseConfig) -> Result<Vec<String>, MigrateError> {
    match config {
        DatabaseConfig::Postgres(config) => {
            on_postgres(config, |conn| {
                let applied = up_through::<_, Pg>(conn, POSTGRES)?;
                join_roles(conn)?;
                Ok(applied)
            })
            .await
        }
        DatabaseConfig::Sqlite(config) => {
            on_sqlite(config, |conn| up_through::<_, Sqlite>(conn, SQLITE)).await
        }
    }
}

/// Reverts the newest migrations and says which they were, newest first.
///
/// # Errors
/// The database cannot be reached, or a migration failed; what failed was rolled back.
pub async fn down(config: &DatabaseConfig, steps: usize) -> Result<Vec<String>, MigrateError> {
    match config {
        DatabaseConfig::Postgres(config) => {
            on_postgres(config, move |conn| down_through::<_, Pg>(conn, POSTGRES, steps)).await
        }
        DatabaseConfig::Sqlite(config) => {
            on_sqlite(config, move |conn| down_through::<_, Sqlite>(conn, SQLITE, steps)).await
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Member {
    #[diesel(sql_type = Bool)]
    member: bool,
}

fn join_roles(conn: &mut PgBlocking) -> Result<(), MigrateError> {
    let joined: Member = sql_query(
        "SELECT pg_has_role(current_user, 'vestibule_app', 'MEMBER') \
         AND pg_has_role(current_user, 'vestibule_system', 'MEMBER') AS member",
    )
    .get_result(conn)
    .map_err(|error| failed(&error))?;
    if joined.member {
        return Ok(());
    }
    conn.batch_execute("GRANT vestibule_app, vestibule_system TO CURRENT_USER")
        .map_err(|error| failed(&error))
}

/// Lets a login role take the roles that transactions run under. Nothing to do on SQLite.
///
/// # Errors
/// The database cannot be reached, the role does not exist, or the grant is refused.
pub async fn grant_server_role(config: &DatabaseConfig, role: &str) -> Result<(), MigrateError> {
    let DatabaseConfig::Postgres(config) = config else { return Ok(()) };
    let quoted = role.replace('"', "\"\"");
    on_postgres(config, move |conn| {
        conn.batch_execute(&format!("GRANT vestibule_app, vestibule_system TO \"{quoted}\""))
            .map_err(|error| failed(&error))
    })
    .await
}

/// The tables and columns a database has now.
///
/// # Errors
/// The database cannot be reached or read.
pub async fn catalogue(config: &DatabaseConfig) -> Result<Catalogue, MigrateError> {
    match config {
        DatabaseConfig::Postgres(config) => {
            on_postgres(config, |conn| catalogue::of_postgres(conn).map_err(|error| failed(&error))).await
        }
        DatabaseConfig::Sqlite(config) => {
            on_sqlite(config, |conn| catalogue::of_sqlite(conn).map_err(|error| failed(&error))).await
        }
    }
}

/// Everything that is wrong with migrations and schema: rules of `migrations/README.md` that a migration breaks,
/// differences between `schema.rs` and a freshly migrated SQLite database (made in memory), and, with a database
/// given, pending migrations and differences there.
///
/// # Errors
/// A database cannot be reached or migrated.
pub async fn check(config: Option<&DatabaseConfig>) -> Result<Vec<String>, MigrateError> {
    let mut findings = rules::broken();
    let fresh = tokio::task::spawn_blocking(|| {
        let mut conn = SqliteConnection::establish(":memory:").map_err(|error| failed(&error))?;
        up_through::<_, Sqlite>(&mut conn, SQLITE)?;
        catalogue::of_sqlite(&mut conn).map_err(|error| failed(&error))
    });
    let fresh = fresh.await.map_err(|error| failed(&error))??;
    let written = catalogue::of_schema_rs();
    findings.extend(written.differences(&fresh, "schema.rs", "a new SQLite database"));
    if let Some(config) = config {
        findings.extend(status(config).await?.pending.into_iter().map(|name| format!("{name} is pending")));
        let found = catalogue(config).await?;
        findings.extend(written.differences(&found, "schema.rs", "the database"));
    }
    Ok(findings)
}
