//! Process configuration: read once at start, checked as a whole, every value with its source. Tenant settings are not
//! here but in the database.

mod catalogue;
mod check;
mod sections;
mod show;
mod sources;

use std::path::PathBuf;

use figment::Figment;
use url::Url;

pub use catalogue::{Kind, SETTINGS, Setting};
pub use sections::{
    Database, Dev, Egress, Hashing, HostPort, LogFormat, Mail, MailTls, Ops, Secrets, Server, Sms, Telemetry,
    Worker,
};
pub use show::{Shown, mask_url, schema, template};
pub use sources::{ENV_PREFIX, Given, SYSTEM_FILE, Sources, environment};

use crate::report::OperatorError;

/// The whole configuration.
#[derive(Clone)]
pub struct Config {
    /// The main listener.
    pub server: Server,
    /// The second listener.
    pub ops: Ops,
    /// The database.
    pub database: Database,
    /// The keys above all keys.
    pub secrets: Secrets,
    /// The password hashing pool.
    pub hashing: Hashing,
    /// Outgoing requests.
    pub egress: Egress,
    /// Mail to real servers.
    pub mail: Mail,
    /// Text messages by a provider.
    pub sms: Sms,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// Developer features.
    pub dev: Dev,
    /// Background work.
    pub worker: Worker,
    tree: Figment,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// The first thing that is wrong, as a report for the operator.
    pub fn load(sources: &Sources) -> Result<Self, OperatorError> {
        let tree = sources.read()?;
        let config = Self {
            server: section(&tree, "server")?,
            ops: section(&tree, "ops")?,
            database: section(&tree, "database")?,
            secrets: section(&tree, "secrets")?,
            hashing: section(&tree, "hashing")?,
            egress: section(&tree, "egress")?,
            mail: section(&tree, "mail")?,
            sms: section(&tree, "sms")?,
            telemetry: section(&tree, "telemetry")?,
            dev: section(&tree, "dev")?,
            worker: section(&tree, "worker")?,
            tree,
        };
        config.check()?;
        Ok(config)
    }

    /// The address issuers, links and mails are built from; no trailing slash beyond the root path.
    pub fn public_url(&self) -> Url {
        let listen = self.server.listen.first().map_or(8080, std::net::SocketAddr::port);
        self.server.public_url.clone().unwrap_or_else(|| local_url(listen))
    }

    /// Whether the embedded database is used.
    pub fn is_embedded(&self) -> bool {
        self.database.url.is_none()
    }

    /// File of the embedded database.
    pub fn database_path(&self) -> PathBuf {
        self.database.path.clone().unwrap_or_else(|| self.server.data_dir.join("vestibule.db"))
    }

    /// File of a generated master key.
    pub fn master_key_path(&self) -> PathBuf {
        self.server.data_dir.join("master.key")
    }

    /// Whether migrations are applied at start.
    pub fn auto_migrate(&self) -> bool {
        self.database.auto_migrate.unwrap_or(self.is_embedded())
    }

    /// Whether the worker runs inside the server.
    pub fn worker_in_process(&self) -> bool {
        self.worker.in_process.unwrap_or(self.is_embedded())
    }

    /// Where the value of a setting came from, if it has one.
    pub fn source_of(&self, key: &str) -> Option<String> {
        self.tree.find_metadata(key).map(|metadata| metadata.name.to_string())
    }
}

fn local_url(port: u16) -> Url {
    let mut url = Url::parse("http://localhost/").unwrap_or_else(|_| unreachable!("a constant URL"));
    // Cannot fail: the URL has a host and its scheme is not `file`.
    let _ = url.set_port(Some(port));
    url
}

fn section<T: serde::de::DeserializeOwned>(tree: &Figment, name: &str) -> Result<T, OperatorError> {
    tree.extract_inner(name).map_err(|error| {
        let key = error.path.join(".");
        let key = if key.starts_with(name) { key } else { format!("{name}.{key}") };
        let key = key.split('.').take(2).collect::<Vec<_>>().join(".");
        let source = tree.find_metadata(&key).map_or("nowhere".into(), |metadata| metadata.name.to_string());
        match Setting::find(&key) {
            Some(setting) => {
                let value = tree.find_value(&key).map(|value| show::text(&value)).unwrap_or_default();
                sources::invalid(setting, &source, &value, &error.kind.to_string())
            }
            None => OperatorError::new(crate::report::INVALID_SETTING).because(error.kind.to_string()),
        }
    })
}
