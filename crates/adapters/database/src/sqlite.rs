//! Connections to the embedded database: one that writes, several that only read. Writers of this process queue for
//! the one connection, in order and without blocking a thread; locks of other processes are waited for by SQLite.

use std::{
    error::Error,
    future::Future,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use diesel::{SqliteConnection, connection::SimpleConnection};
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures::{FutureExt, future::BoxFuture};
use tokio::{runtime::Handle, task::JoinHandle};

use crate::config::{Durability, SqliteConfig};

/// Runs statements on the blocking pool of the store's own runtime.
pub(crate) struct Blocking(Handle);

/// A statement under way. Dropped early, it waits for the statement to end: the connection must not be shared with it,
/// and a current-thread runtime (an actix worker) has no other way to wait.
struct Statement<R>(JoinHandle<R>);

impl<R> Future for Statement<R> {
    type Output = Result<R, Box<dyn Error + Send + Sync>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(Into::into)
    }
}

impl<R> Drop for Statement<R> {
    fn drop(&mut self) {
        if !self.0.is_finished() {
            // The outcome belongs to a transaction that is being rolled back.
            drop(futures::executor::block_on(&mut self.0));
        }
    }
}

impl SpawnBlocking for Blocking {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        Statement(self.0.spawn_blocking(task)).boxed()
    }

    fn get_runtime() -> Self {
        Self(Handle::current())
    }
}

/// One connection of a pool.
pub(crate) struct LiteConn {
    pub(crate) inner: SyncConnectionWrapper<SqliteConnection, Blocking>,
    /// Whether a transaction may be open. A busy connection is never reused.
    pub(crate) busy: bool,
}

/// Why the file was not opened.
#[derive(Debug, thiserror::Error)]
#[error("the database file cannot be opened: {0}")]
pub(crate) struct OpenError(String);

/// Makes connections for a pool.
pub(crate) struct LiteManager {
    pub(crate) config: SqliteConfig,
    pub(crate) read_only: bool,
    pub(crate) runtime: Handle,
}

/// Opens the file with the settings every connection has. Blocks.
pub(crate) fn open_blocking(config: &SqliteConfig, read_only: bool) -> Result<SqliteConnection, OpenError> {
    let fail = |error: &dyn std::fmt::Display| OpenError(error.to_string());
    create_private(&config.path).map_err(|error| fail(&error))?;
    let path = config.path.to_str().ok_or_else(|| fail(&"the path is not UTF-8"))?;
    let mut connection =
        <SqliteConnection as diesel::Connection>::establish(path).map_err(|error| fail(&error))?;
    let synchronous = match config.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let setup = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; \
         PRAGMA query_only = {};",
        config.busy_timeout.as_millis(),
        if read_only { "ON" } else { "OFF" },
    );
    // Two processes that make the file at once both switch it to the write-ahead log, and SQLite does not wait there.
    let deadline = Instant::now() + config.busy_timeout;
    loop {
        match connection.batch_execute(&setup) {
            Ok(()) => return Ok(connection),
            Err(error) if Instant::now() < deadline && error.to_string().contains("locked") => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(error) => return Err(fail(&error)),
        }
    }
}

/// Makes the file readable by its owner only; SQLite gives its side files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl bb8::ManageConnection for LiteManager {
    type Connection = LiteConn;
    type Error = OpenError;

    async fn connect(&self) -> Result<LiteConn, OpenError> {
        let (config, read_only) = (self.config.clone(), self.read_only);
        let opened = self
            .runtime
            .spawn_blocking(move || open_blocking(&config, read_only))
            .await
            .map_err(|error| OpenError(error.to_string()))??;
        let inner = SyncConnectionWrapper::with_runtime(opened, Blocking(self.runtime.clone()));
        Ok(LiteConn { inner, busy: false })
    }

    async fn is_valid(&self, _: &mut LiteConn) -> Result<(), OpenError> {
        Ok(())
    }

    fn has_broken(&self, conn: &mut LiteConn) -> bool {
        conn.busy
    }
}
