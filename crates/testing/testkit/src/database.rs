//! A Postgres database of its own for one test, migrated, on the server that `cargo xtask test` started. The server
//! under test gets a role without privileges; the test may look behind its back as the superuser.

use tokio_postgres::{Client, NoTls};
use vestibule_database::{
    DatabaseConfig,
    testing::{TempPostgres, temp_postgres},
};

/// A fresh database, gone with the value.
pub struct TempDatabase {
    url: String,
    guard: TempPostgres,
}

impl std::fmt::Debug for TempDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TempDatabase").finish_non_exhaustive()
    }
}

impl TempDatabase {
    /// Creates one.
    ///
    /// # Panics
    /// Without `VESTIBULE_TEST_POSTGRES`.
    pub async fn create() -> Self {
        let (config, guard) = temp_postgres().await;
        let DatabaseConfig::Postgres(config) = config else { unreachable!("temp_postgres gives Postgres") };
        Self { url: config.url.expose().to_owned(), guard }
    }

    /// The address of the database for the server under test.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// A connection as the superuser.
    ///
    /// # Panics
    /// If the database does not answer.
    pub async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.guard.superuser_url, NoTls)
            .await
            .expect("the test's Postgres answers");
        tokio::spawn(connection);
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_is_there_until_dropped() {
        let database = TempDatabase::create().await;
        database.connect().await.batch_execute("SELECT 1 FROM users").await.unwrap();
        let url = database.guard.superuser_url.clone();
        drop(database);
        assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    }
}
