//! Where the data is and how patiently it is waited for. Plain values: who reads configuration fills them in.

use std::{fmt, path::PathBuf, time::Duration};

use vestibule_kernel::Secret;

/// One of the two databases.
#[derive(Debug, Clone)]
pub enum DatabaseConfig {
    /// A file in this process.
    Sqlite(SqliteConfig),
    /// A server shared by many processes.
    Postgres(PostgresConfig),
}

/// What a commit on SQLite waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The disk: nothing acknowledged is lost, even when power fails.
    Full,
    /// The operating system: power failure may cost the last commits, never consistency.
    Normal,
}

/// The embedded database.
#[derive(Debug, Clone)]
pub struct SqliteConfig {
    /// The file; made, readable by its owner only, if it does not exist.
    pub path: PathBuf,
    /// Connections for reading. There is one for writing.
    pub readers: u32,
    /// How long a transaction waits for a connection of this process.
    pub acquire_timeout: Duration,
    /// How long a statement waits for a lock of another process.
    pub busy_timeout: Duration,
    /// What a commit waits for.
    pub durability: Durability,
    /// Whether pending migrations are applied when the store opens.
    pub auto_migrate: bool,
}

impl SqliteConfig {
    /// The defaults for a file: four readers, full durability, migrations applied at start.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: 4,
            acquire_timeout: Duration::from_secs(2),
            busy_timeout: Duration::from_secs(5),
            durability: Durability::Full,
            auto_migrate: true,
        }
    }
}

/// A Postgres server.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database`. `sslmode=require` (or `verify-full`) asks for TLS, whose
    /// certificate is always verified; otherwise the connection is plain.
    pub url: Secret,
    /// Most connections of this process.
    pub max_connections: u32,
    /// Connections kept open when nothing happens.
    pub min_idle: u32,
    /// How long a transaction waits for a connection; beyond it the store is unavailable.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// A PEM file with the certificate authority of the server; none: the platform's.
    pub ca_file: Option<PathBuf>,
}

impl PostgresConfig {
    /// The defaults for an address: 16 connections, 250 ms to get one, 5 s for a statement.
    pub fn at(url: Secret) -> Self {
        Self {
            url,
            max_connections: 16,
            min_idle: 1,
            acquire_timeout: Duration::from_millis(250),
            statement_timeout: Duration::from_secs(5),
            ca_file: None,
        }
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("max_connections", &self.max_connections)
            .field("min_idle", &self.min_idle)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// Why an address does not name a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a database is named by postgres://… or sqlite:PATH")]
pub struct UrlError;

impl DatabaseConfig {
    /// The defaults for `postgres://…`, `postgresql://…` or `sqlite:PATH`.
    ///
    /// # Errors
    /// [`UrlError`] for anything else.
    pub fn from_url(url: &str) -> Result<Self, UrlError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresConfig::at(Secret::new(url.to_owned()))));
        }
        let path = url.strip_prefix("sqlite:").ok_or(UrlError)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(UrlError);
        }
        Ok(Self::Sqlite(SqliteConfig::at(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_kind_and_is_never_printed() {
        let config = DatabaseConfig::from_url("postgres://u:hunter2@h/d").unwrap();
        assert!(matches!(config, DatabaseConfig::Postgres(_)));
        assert!(!format!("{config:?}").contains("hunter2"));
        for path in ["sqlite:/var/lib/v.db", "sqlite:///var/lib/v.db"] {
            let DatabaseConfig::Sqlite(config) = DatabaseConfig::from_url(path).unwrap() else { panic!() };
            assert_eq!(config.path, PathBuf::from("/var/lib/v.db"));
        }
        assert!(DatabaseConfig::from_url("mysql://x").is_err());
        assert!(DatabaseConfig::from_url("sqlite:").is_err());
    }
}
