//! A proxy between a server and its Postgres that counts round trips: how often the server, having got an answer, sends
//! something again. Independent of how the server makes its queries.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use url::Url;

/// How long an answer takes at least.
const LATENCY: Duration = Duration::from_millis(2);

/// A running proxy; it ends with the runtime of the test.
#[derive(Debug)]
pub struct SqlProxy {
    url: String,
    trips: Arc<AtomicU32>,
}

impl SqlProxy {
    /// A proxy to the database at this address.
    ///
    /// # Panics
    /// If the address is none or there is no free port.
    pub async fn start(database: &str) -> Self {
        let mut url = Url::parse(database).expect("a database's address is a URL");
        let host = url.host_str().expect("a host").to_owned();
        let upstream = format!("{host}:{}", url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let port = listener.local_addr().expect("its address").port();
        url.set_host(Some("127.0.0.1")).expect("a host can be set");
        url.set_port(Some(port)).expect("a port can be set");
        let trips = Arc::new(AtomicU32::new(0));
        tokio::spawn(accept(listener, upstream, Arc::clone(&trips)));
        Self { url: url.into(), trips }
    }

    /// The database's address through the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Round trips since the last call.
    pub fn take(&self) -> u32 {
        self.trips.swap(0, Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, upstream: String, trips: Arc<AtomicU32>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(relay(client, upstream.clone(), Arc::clone(&trips)));
    }
}

/// Relays one connection until either side ends it.
async fn relay(mut client: TcpStream, upstream: String, trips: Arc<AtomicU32>) {
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut asked, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut waiting = false;
    loop {
        let done = tokio::select! {
            read = client.read(&mut asked) => {
                if !waiting {
                    trips.fetch_add(1, Ordering::SeqCst);
                }
                waiting = true;
                pass_on(read, &asked, &mut server).await
            }
            read = server.read(&mut answered) => {
                // As on a real network, an answer takes a while: what is sent meanwhile did not wait for it.
                while let Ok(read) = timeout(LATENCY, client.read(&mut asked)).await {
                    if pass_on(read, &asked, &mut server).await.is_none() {
                        return;
                    }
                }
                waiting = false;
                pass_on(read, &answered, &mut client).await
            }
        };
        if done.is_none() {
            return;
        }
    }
}

async fn pass_on(read: std::io::Result<usize>, buffer: &[u8], to: &mut TcpStream) -> Option<()> {
    let bytes = buffer.get(..read.ok().filter(|length| *length > 0)?)?;
    to.write_all(bytes).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::TempDatabase;

    #[tokio::test]
    async fn a_query_is_one_round_trip() {
        let database = TempDatabase::create().await;
        let proxy = SqlProxy::start(&database.url()).await;
        let (client, connection) = tokio_postgres::connect(proxy.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("SELECT 1").await.unwrap();
        proxy.take();
        client.batch_execute("SELECT 1; SELECT 2").await.unwrap();
        assert_eq!(proxy.take(), 1);
    }
}
