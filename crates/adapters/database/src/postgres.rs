//! Connections to Postgres: how they are made, checked and given back. Nothing is asked of the server when a
//! connection is taken from the pool; a closed one is known by its driver.

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Config, Connection, NoTls, Socket, config::SslMode, tls::TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::PostgresConfig;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why no connection was made. Never holds the address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the database address is not valid")]
    Address,
    #[error("the certificate authority cannot be read: {0}")]
    Authority(String),
    #[error("the connection is closed")]
    Closed,
    #[error("{0}")]
    Server(String),
}

impl ConnectError {
    /// An error of the driver, with the server's own message for a refused login or a missing database.
    pub(crate) fn from_driver(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) => Self::Server(format!("the server refused: {}", refusal.code().code())),
            None => Self::Server(error.to_string()),
        }
    }
}

/// Everything needed to connect, parsed once.
#[derive(Clone)]
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    setup: String,
    runtime: Handle,
}

impl Connector {
    pub(crate) fn new(settings: &PostgresConfig, runtime: Handle) -> Result<Self, ConnectError> {
        let url = settings.url.expose().replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config =
            url.parse().map_err(|_error: tokio_postgres::Error| ConnectError::Address)?;
        config.connect_timeout(CONNECT_TIMEOUT).application_name("vestibule");
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(MakeRustlsConnect::new(tls_config(settings.ca_file.as_deref())?)),
            _ => {
                config.ssl_mode(SslMode::Disable);
                None
            }
        };
        let setup = format!(
            "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = 15000; SET jit = off",
            settings.statement_timeout.as_millis()
        );
        Ok(Self { config, tls, setup, runtime })
    }

    /// A connection whose driver runs on the store's own runtime, whatever thread asks for it.
    pub(crate) async fn connect(&self) -> Result<PgConn, ConnectError> {
        let this = self.clone();
        let task = self.runtime.spawn(async move {
            let (client, closed) = match &this.tls {
                Some(tls) => drive(this.config.connect(tls.clone()).await, |_| {}),
                None => drive(this.config.connect(NoTls).await, |_| {}),
            }?;
            let mut inner = AsyncPgConnection::try_from(client)
                .await
                .map_err(|error| ConnectError::Server(error.to_string()))?;
            inner
                .batch_execute(&this.setup)
                .await
                .map_err(|error| ConnectError::Server(error.to_string()))?;
            Ok(PgConn { inner, closed, busy: AtomicBool::new(false), warm: Mutex::default() })
        });
        task.await.map_err(|_error: tokio::task::JoinError| ConnectError::Closed)?
    }

    /// A connection that only listens: `on_message` is called for each notification, and with true when it closes.
    pub(crate) async fn listen(
        &self,
        channel: &str,
        on_message: impl Fn(bool) + Send + 'static,
    ) -> Result<Client, ConnectError> {
        let (client, _) = match &self.tls {
            Some(tls) => drive(self.config.connect(tls.clone()).await, on_message),
            None => drive(self.config.connect(NoTls).await, on_message),
        }?;
        client
            .batch_execute(&format!("LISTEN {channel}"))
            .await
            .map_err(|error| ConnectError::from_driver(&error))?;
        Ok(client)
    }
}

/// Runs the driver of a connection until it ends and remembers that it did.
fn drive<S>(
    connected: Result<(Client, Connection<Socket, S>), tokio_postgres::Error>,
    on_message: impl Fn(bool) + Send + 'static,
) -> Result<(Client, Arc<AtomicBool>), ConnectError>
where
    S: TlsStream + Unpin + Send + 'static,
{
    let (client, mut connection) = connected.map_err(|error| ConnectError::from_driver(&error))?;
    let closed = Arc::new(AtomicBool::new(false));
    let flag = closed.clone();
    tokio::spawn(async move {
        let mut messages = futures::stream::poll_fn(move |cx| connection.poll_message(cx));
        while let Some(message) = futures::StreamExt::next(&mut messages).await {
            match message {
                Ok(tokio_postgres::AsyncMessage::Notification(_)) => on_message(false),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        flag.store(true, Ordering::Release);
        on_message(true);
    });
    Ok((client, closed))
}

fn tls_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConnectError> {
    let authority = |error: &dyn std::fmt::Display| ConnectError::Authority(error.to_string());
    let Some(path) = ca_file else {
        return ClientConfig::with_platform_verifier().map_err(|error| authority(&error));
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| authority(&error))? {
        let certificate = certificate.map_err(|error| authority(&error))?;
        roots.add(certificate).map_err(|error| authority(&error))?;
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// One connection of the pool.
pub(crate) struct PgConn {
    pub(crate) inner: AsyncPgConnection,
    closed: Arc<AtomicBool>,
    busy: AtomicBool,
    warm: Mutex<HashSet<&'static str>>,
}

impl PgConn {
    /// Says that a transaction may be open from now on, or no longer is. A busy connection is never reused.
    pub(crate) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Release);
    }

    /// Whether the statement with this label was prepared here before, so that it can be sent without waiting.
    pub(crate) fn is_warm(&self, label: &'static str) -> bool {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner).contains(label)
    }

    /// Remembers that the statement with this label is prepared.
    pub(crate) fn set_warm(&self, label: &'static str) {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner).insert(label);
    }
}

/// Makes connections for the pool.
pub(crate) struct PgManager(pub(crate) Connector);

impl bb8::ManageConnection for PgManager {
    type Connection = PgConn;
    type Error = ConnectError;

    async fn connect(&self) -> Result<PgConn, ConnectError> {
        self.0.connect().await
    }

    async fn is_valid(&self, conn: &mut PgConn) -> Result<(), ConnectError> {
        if conn.closed.load(Ordering::Acquire) { Err(ConnectError::Closed) } else { Ok(()) }
    }

    fn has_broken(&self, conn: &mut PgConn) -> bool {
        conn.closed.load(Ordering::Acquire) || conn.busy.load(Ordering::Acquire)
    }
}
