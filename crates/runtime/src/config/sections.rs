//! The typed form of every section. Built only by the loader, so each value has been checked.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};
use url::Url;
use vestibule_kernel::{Secret, contact::Email, ports::SmsProtocol};

/// The main listener.
#[derive(Debug, Clone, Deserialize)]
pub struct Server {
    /// The address people and clients use, if set.
    pub(super) public_url: Option<Url>,
    /// Addresses to listen on.
    pub listen: Vec<SocketAddr>,
    /// Directory of the embedded database and of a generated master key.
    pub data_dir: PathBuf,
    /// Networks whose forwarding headers are believed.
    #[serde(deserialize_with = "each_parsed")]
    pub trusted_proxies: Vec<IpNet>,
    /// HTTP threads; 0: one per core.
    pub workers: usize,
    /// Longest time to finish requests after SIGTERM, in seconds.
    pub shutdown_seconds: u64,
    /// Longest time from the head of a request to its answer, in seconds.
    pub request_seconds: u64,
    /// A look under that of every realm.
    pub theme: Option<PathBuf>,
    /// Whether unsafe settings are refused.
    pub production: bool,
}

/// The second listener.
#[derive(Debug, Clone, Deserialize)]
pub struct Ops {
    /// Its address; none: not wanted.
    #[serde(deserialize_with = "parsed_unless_empty")]
    pub listen: Option<SocketAddr>,
}

/// The database.
#[derive(Clone, Deserialize)]
pub struct Database {
    /// Postgres, if set.
    #[serde(default, deserialize_with = "secret")]
    pub url: Option<Secret>,
    /// File of the embedded database, if set.
    pub(super) path: Option<PathBuf>,
    /// Most connections of the pool.
    pub max_connections: u32,
    /// A PEM file with the authority of Postgres, if set.
    pub ca_file: Option<PathBuf>,
    /// Whether migrations are applied at start, if set.
    pub(super) auto_migrate: Option<bool>,
}

/// The keys above all keys.
#[derive(Clone, Deserialize)]
pub struct Secrets {
    /// 32 bytes in hex or base64, if set.
    #[serde(default, deserialize_with = "secret")]
    pub master_key: Option<Secret>,
    /// The one before, if set.
    #[serde(default, deserialize_with = "secret")]
    pub previous_master_key: Option<Secret>,
}

/// The password hashing pool.
#[derive(Debug, Clone, Deserialize)]
pub struct Hashing {
    /// Threads; 0: one per core.
    pub threads: usize,
    /// Most hashes waiting.
    pub queue: usize,
}

/// Outgoing requests.
#[derive(Debug, Clone, Deserialize)]
pub struct Egress {
    /// `host:port` pairs excepted from the address rules.
    #[serde(deserialize_with = "each_parsed")]
    pub allow: Vec<HostPort>,
    /// PEM files of further authorities.
    pub extra_roots: Vec<PathBuf>,
}

/// Mail to real servers.
#[derive(Clone, Deserialize)]
pub struct Mail {
    /// The host, if mail is sent.
    pub server: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// A PEM file with the authority of the server, if set.
    pub ca_file: Option<PathBuf>,
    /// Signs in with this name, if set.
    pub username: Option<String>,
    /// And this password.
    #[serde(default, deserialize_with = "secret")]
    pub password: Option<Secret>,
    /// The address mail comes from.
    pub sender: Option<Email>,
    /// Domains that realms may name a sender in.
    pub sender_domains: Vec<String>,
    /// Longest time for one message, in seconds.
    pub timeout_seconds: u64,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// STARTTLS is demanded.
    Starttls,
    /// From the first byte.
    Implicit,
    /// Not at all, to this machine only.
    None,
}

/// Text messages by a provider.
#[derive(Clone, Deserialize)]
pub struct Sms {
    /// How it is spoken to, if there is one.
    pub provider: Option<SmsProtocol>,
    /// Its address, if set.
    pub url: Option<Url>,
    /// The name of the account with it.
    pub account: String,
    /// What messages come from.
    pub sender: String,
    /// The key of the signature, or the password.
    #[serde(default, deserialize_with = "secret")]
    pub secret: Option<Secret>,
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize)]
pub struct Telemetry {
    /// A tracing filter.
    pub log: String,
    /// Form of the log.
    pub format: LogFormat,
    /// Where traces go.
    pub otlp_endpoint: Option<Url>,
    /// `service.name`.
    pub service_name: String,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Pretty on a terminal, else JSON.
    Auto,
    /// A JSON object per line.
    Json,
    /// For reading.
    Pretty,
}

/// Developer features.
#[derive(Debug, Clone, Deserialize)]
pub struct Dev {
    /// Whether they are there.
    pub enabled: bool,
}

/// Background work.
#[derive(Debug, Clone, Deserialize)]
pub struct Worker {
    /// Whether it runs inside the server, if set.
    pub(super) in_process: Option<bool>,
    /// Jobs run at the same time.
    pub concurrency: u16,
}

/// A host name or address with a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// The host as it stands in a URL.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl FromStr for HostPort {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not host:port");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port.parse().map_err(|_cause: std::num::ParseIntError| wrong())?;
        if host.is_empty() || host.contains('/') {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(Secret::new))
}

fn each_parsed<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(|e| D::Error::custom(format!("{text:?}: {e}")))).collect()
}

fn parsed_unless_empty<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|e| D::Error::custom(format!("{text:?}: {e}")))
}
