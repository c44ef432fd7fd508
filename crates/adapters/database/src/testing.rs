//! Databases that live as long as a test: a SQLite file in a temporary folder, a Postgres database cloned from a
//! migrated template. Feature `testing`.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot get its database fails")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};
use url::Url;
use vestibule_kernel::Secret;

use crate::{
    config::{DatabaseConfig, PostgresConfig, SqliteConfig},
    migrate,
};

/// Names the address of a Postgres superuser; `cargo xtask test` starts a server and sets it.
pub const POSTGRES_VARIABLE: &str = "VESTIBULE_TEST_POSTGRES";

/// The login role of servers under test: neither owner nor superuser, and seeing nothing by itself.
const SERVER_ROLE: &str = "vestibule_test_server";

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    let mut random = [0; 6];
    getrandom::fill(&mut random).expect("randomness");
    format!("{}_{}", COUNTER.fetch_add(1, Ordering::Relaxed), data_encoding::HEXLOWER.encode(&random))
}

/// Removes the temporary folder when dropped.
pub struct TempSqlite(PathBuf);

impl Drop for TempSqlite {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// An empty SQLite database, migrated when a store opens it. It is gone when the guard is dropped.
///
/// # Panics
/// When no temporary folder can be made.
pub fn temp_sqlite() -> (DatabaseConfig, TempSqlite) {
    let folder = std::env::temp_dir().join(format!("vestibule_test_{}", unique()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    (DatabaseConfig::Sqlite(SqliteConfig::at(folder.join("vestibule.db"))), TempSqlite(folder))
}

/// Drops the database when dropped.
pub struct TempPostgres {
    admin: String,
    /// A superuser's address of the same database.
    pub superuser_url: String,
    name: String,
}

impl Drop for TempPostgres {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    let client = connect(&admin).await;
                    drop(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await);
                });
            })
        };
        drop(std::thread::spawn(work).join());
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| panic!("the Postgres of {POSTGRES_VARIABLE} does not answer: {error}"));
    tokio::spawn(connection);
    client
}

fn admin_url() -> String {
    std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{POSTGRES_VARIABLE} is not set: this test needs the address of a Postgres superuser; \
             `cargo xtask test` starts a server and sets it"
        )
    })
}

fn at_database(url: &str, database: &str) -> Url {
    let mut url = Url::parse(url).expect("a valid address");
    url.set_path(database);
    url
}

/// Makes the migrated template once per set of migrations, whatever processes ask for it.
async fn template(admin: &str) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let texts = crate::rules::all_texts();
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(texts.as_bytes()));
        let name = format!("vestibule_template_{}", hash.get(..16).expect("64 digits"));
        let client = connect(admin).await;
        client.batch_execute("SELECT pg_advisory_lock(712001)").await.expect("the lock");
        let found = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await
            .expect("the list of databases");
        if found.is_none() {
            let making = format!("{name}_making");
            client
                .batch_execute(&format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"))
                .await
                .expect("drop");
            client.batch_execute(&format!("CREATE DATABASE {making}")).await.expect("a database");
            let url = at_database(admin, &making).to_string();
            let config = DatabaseConfig::Postgres(PostgresConfig::at(Secret::new(url)));
            migrate::up(&config).await.expect("the migrations");
            let role = format!(
                "DO $$ BEGIN CREATE ROLE {SERVER_ROLE} LOGIN NOINHERIT PASSWORD 'vestibule'; \
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            );
            client.batch_execute(&role).await.expect("the server's role");
            migrate::grant_server_role(&config, SERVER_ROLE).await.expect("the grant");
            client.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}")).await.expect("rename");
        }
        client.batch_execute("SELECT pg_advisory_unlock(712001)").await.expect("the lock");
        name
    };
    TEMPLATE.get_or_init(make).await.clone()
}

/// An empty Postgres database of its own, reached as its owner: for tests of migrations. It is gone when the guard is
/// dropped.
///
/// # Panics
/// When [`POSTGRES_VARIABLE`] is not set or its server does not answer.
pub async fn empty_postgres() -> (DatabaseConfig, TempPostgres) {
    let admin = admin_url();
    let name = format!("vestibule_test_{}_{}", std::process::id(), unique());
    connect(&admin).await.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let superuser_url = at_database(&admin, &name).to_string();
    let config = PostgresConfig::at(Secret::new(superuser_url.clone()));
    (DatabaseConfig::Postgres(config), TempPostgres { admin, superuser_url, name })
}

/// A migrated Postgres database of its own, for a server role without privileges. It is gone when the guard is
/// dropped.
///
/// # Panics
/// When [`POSTGRES_VARIABLE`] is not set or its server does not answer.
pub async fn temp_postgres() -> (DatabaseConfig, TempPostgres) {
    let admin = admin_url();
    let template = template(&admin).await;
    let name = format!("vestibule_test_{}_{}", std::process::id(), unique());
    let client = connect(&admin).await;
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.expect("a database");
    let superuser_url = at_database(&admin, &name).to_string();
    let mut url = at_database(&admin, &name);
    url.set_username(SERVER_ROLE).expect("an address with a user");
    url.set_password(Some("vestibule")).expect("an address with a password");
    let mut config = PostgresConfig::at(Secret::new(url.to_string()));
    // Tests share a small machine: patience is tested on its own.
    config.acquire_timeout = std::time::Duration::from_secs(10);
    config.statement_timeout = std::time::Duration::from_secs(30);
    (DatabaseConfig::Postgres(config), TempPostgres { admin, superuser_url, name })
}
