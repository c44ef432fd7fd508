//! A Postgres database of its own for one test, on the server that `cargo xtask test` started, dropped with the value.

use tokio_postgres::{Client, NoTls};
use url::Url;

use crate::programs::provided;

/// A fresh, empty database.
#[derive(Debug)]
pub struct TempDatabase {
    server: Url,
    name: String,
}

impl TempDatabase {
    /// Creates one.
    ///
    /// # Panics
    /// Without `VESTIBULE_TEST_POSTGRES`.
    pub async fn create() -> Self {
        let server =
            Url::parse(&provided("VESTIBULE_TEST_POSTGRES")).expect("VESTIBULE_TEST_POSTGRES is a URL");
        let name = format!("vestibule_test_{}", uuid::Uuid::from_u128(crate::fake::seed()).simple());
        run(&server, &format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }

    /// The address of the database for the superuser.
    pub fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }

    /// A connection as the superuser, for looking behind the server's back.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }
}

impl Drop for TempDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own: the test's runtime may be single-threaded and is about to end.
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
            }
        });
        let _ = cleaner.join();
    }
}

async fn run(server: &Url, statement: &str) {
    let client = connect(server.as_str()).await;
    client.batch_execute(statement).await.expect("a statement of the test's superuser");
}

async fn connect(url: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.expect("the Postgres server of `cargo xtask test` answers");
    tokio::spawn(connection);
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_is_there_until_dropped() {
        let database = TempDatabase::create().await;
        database.connect().await.batch_execute("SELECT 1").await.unwrap();
        let url = database.url();
        drop(database);
        assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    }
}
