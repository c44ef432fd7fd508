//! TLS to Postgres: verified, and never given up for a plain connection. In front of the real server stands a small one
//! that speaks TLS, as a load balancer would.
#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rustls::pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use url::Url;
use vestibule_database::{
    DatabaseConfig, DbStore,
    testing::{TempPostgres, temp_postgres},
};
use vestibule_kernel::{Secret, StoreError};
use vestibule_storage::Store as _;

/// What a client sends first when it wants TLS: the length of the message and the agreed number.
const WANTS_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

struct Front {
    url: String,
    /// The authority of its certificate.
    ca: PathBuf,
    /// Connections that came through.
    through: Arc<AtomicUsize>,
    /// Bytes sent after TLS was refused.
    in_clear: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
    _database: TempPostgres,
}

impl Front {
    /// `offers_tls`: whether it says yes to TLS.
    async fn start(offers_tls: bool) -> Self {
        let (DatabaseConfig::Postgres(config), database) = temp_postgres().await else {
            panic!("not Postgres")
        };
        let mut url = Url::parse(config.url.expose()).unwrap();
        let behind = format!("127.0.0.1:{}", url.port().unwrap());
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("localhost")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        url.set_query(Some("sslmode=verify-full"));
        let (through, in_clear) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (through.clone(), in_clear.clone());
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                let (through, in_clear) = counters.clone();
                tokio::spawn(async move {
                    if offers_tls {
                        forward(client, &acceptor, &behind, &through).await
                    } else {
                        refuse(client, &in_clear).await
                    }
                });
            }
        });
        Self { url: url.into(), ca, through, in_clear, _folder: folder, _database: database }
    }

    fn config(&self, ca: Option<&PathBuf>) -> DatabaseConfig {
        let mut config = DatabaseConfig::from_url(&self.url).unwrap();
        if let DatabaseConfig::Postgres(postgres) = &mut config {
            postgres.url = Secret::new(self.url.clone());
            postgres.max_connections = 1;
            // Enough for several handshakes on a busy machine.
            postgres.acquire_timeout = Duration::from_secs(10);
            postgres.ca_file = ca.cloned();
        }
        config
    }
}

async fn asked(client: &mut TcpStream) -> std::io::Result<()> {
    let mut first = [0; 8];
    client.read_exact(&mut first).await?;
    assert_eq!(first, WANTS_TLS, "something was sent before TLS");
    Ok(())
}

async fn forward(
    mut client: TcpStream,
    acceptor: &TlsAcceptor,
    behind: &str,
    through: &AtomicUsize,
) -> std::io::Result<()> {
    asked(&mut client).await?;
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    through.fetch_add(1, Ordering::SeqCst);
    let mut server = TcpStream::connect(behind).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn refuse(mut client: TcpStream, in_clear: &AtomicUsize) -> std::io::Result<()> {
    asked(&mut client).await?;
    client.write_all(b"N").await?;
    let mut rest = Vec::new();
    let sent = client.read_to_end(&mut rest).await?;
    in_clear.fetch_add(sent, Ordering::SeqCst);
    Ok(())
}

async fn opened(config: DatabaseConfig) -> Result<DbStore, StoreError> {
    let store = DbStore::open(config).await?;
    store.ready().await?;
    Ok(store)
}

#[tokio::test]
async fn a_verified_server_is_spoken_to_through_tls() {
    let front = Front::start(true).await;
    opened(front.config(Some(&front.ca))).await.unwrap();
    assert!(front.through.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_refused() {
    let front = Front::start(true).await;
    let other = Front::start(true).await;
    assert!(opened(front.config(Some(&other.ca))).await.is_err());
    assert!(opened(front.config(None)).await.is_err(), "the system does not know it either");
    assert_eq!(front.through.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let front = Front::start(false).await;
    assert!(opened(front.config(Some(&front.ca))).await.is_err());
    assert_eq!(front.in_clear.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_missing_authority_file_is_an_error() {
    let front = Front::start(true).await;
    assert!(opened(front.config(Some(&front.ca.with_extension("none")))).await.is_err());
}
