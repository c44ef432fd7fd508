//! The client against small hostile servers on the loopback address.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;
use vestibule_egress::{AllowedTarget, Egress, EgressConfig, EgressConfigError, JwksCache};
use vestibule_kernel::{Timestamp, ports::Clock};
use vestibule_oauth::{FetchError, JwksSource, LogoutSender};

/// Serves one scripted answer per connection and reports each request it read.
struct Server {
    address: SocketAddr,
    requests: mpsc::UnboundedReceiver<String>,
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if count == 0 {
                return text;
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .unwrap_or(0);
        if count == 0 || body.len() >= length {
            return text;
        }
    }
}

async fn serve(answers: Vec<Answer>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _gone = sender.send(read_request(&mut stream).await);
            answer.send(&mut stream).await;
        }
    });
    Server { address, requests }
}

enum Answer {
    Text(&'static str, String),
    /// Headers, then a byte now and then, for ever.
    Drip,
    /// Says nothing and keeps the connection.
    Silent,
    /// More than a megabyte without saying so.
    Flood,
}

impl Answer {
    fn ok(body: impl ToString) -> Self {
        Self::Text("200 OK", body.to_string())
    }

    async fn send(self, stream: &mut (impl AsyncWrite + Unpin)) {
        match self {
            Self::Text(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _gone = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _gone = stream.shutdown().await;
            }
            Self::Drip => {
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
                let mut tick = tokio::time::interval(Duration::from_millis(20));
                while stream.write_all(b" ").await.is_ok() {
                    tick.tick().await;
                }
            }
            Self::Silent => std::future::pending().await,
            Self::Flood => {
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
                while stream.write_all(&[b' '; 8_192]).await.is_ok() {}
            }
        }
    }
}

fn allowing(address: SocketAddr) -> EgressConfig {
    let target = AllowedTarget { host: address.ip().to_string(), port: address.port() };
    EgressConfig { allow: vec![target], ..EgressConfig::default() }
}

fn failed(outcome: Result<impl Sized, FetchError>) -> String {
    match outcome {
        Err(FetchError::Failed(why)) => why,
        Err(FetchError::Refused(why)) => panic!("refused: {why}"),
        Ok(_) => panic!("it worked"),
    }
}

#[tokio::test]
async fn a_logout_token_is_posted_as_a_form() {
    let mut server = serve(vec![Answer::Text("204 No Content", String::new())]).await;
    let egress = Egress::new(&allowing(server.address)).unwrap();
    egress.send_logout(&format!("http://{}/bye?x=1", server.address), "a.b.c").await.unwrap();
    let request = server.requests.recv().await.unwrap();
    assert!(request.starts_with("POST /bye?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nlogout_token=a.b.c"), "{request}");
}

#[tokio::test]
async fn an_error_or_a_redirect_is_a_failure_and_is_not_followed() {
    let target = serve(vec![Answer::ok("")]).await;
    let redirect = format!("302 Found\r\nlocation: http://{}/secret", target.address);
    let redirect: &'static str = redirect.leak();
    let answers = vec![
        Answer::Text(redirect, String::new()),
        Answer::Text(redirect, String::new()),
        Answer::Text("400 Bad Request", "{}".to_owned()),
        Answer::Text("500 Oops", String::new()),
    ];
    let server = serve(answers).await;
    let mut config = allowing(server.address);
    config.allow.extend(allowing(target.address).allow);
    let egress = Egress::new(&config).unwrap();
    let uri = format!("http://{}/", server.address);
    assert_eq!(failed(egress.get(&uri, "*/*").await), "status 302");
    assert_eq!(failed(egress.send_logout(&uri, "t").await), "status 302");
    assert_eq!(failed(egress.send_logout(&uri, "t").await), "status 400");
    assert_eq!(failed(egress.send_logout(&uri, "t").await), "status 500");
    let mut requests = target.requests;
    assert!(requests.try_recv().is_err(), "the redirect was followed");
}

#[tokio::test]
async fn nobody_is_waited_for_beyond_the_deadline() {
    let server = serve(vec![Answer::Drip]).await;
    let silent = serve(vec![Answer::Silent]).await;
    let mut config = allowing(server.address);
    config.allow.extend(allowing(silent.address).allow);
    config.deadline = Duration::from_millis(200);
    let egress = Egress::new(&config).unwrap();
    for address in [server.address, silent.address] {
        assert_eq!(failed(egress.get(&format!("http://{address}/"), "*/*").await), "no answer in time");
    }
}

#[tokio::test]
async fn at_most_a_megabyte_is_read() {
    let announced = Answer::Text("200 OK", " ".repeat(1_048_577));
    let fits = Answer::ok(" ".repeat(1_048_576));
    let server = serve(vec![announced, Answer::Flood, fits]).await;
    let egress = Egress::new(&allowing(server.address)).unwrap();
    let uri = format!("http://{}/", server.address);
    assert_eq!(failed(egress.get(&uri, "*/*").await), "the answer is too large");
    assert_eq!(failed(egress.get(&uri, "*/*").await), "the answer is too large");
    assert_eq!(egress.get(&uri, "*/*").await.unwrap().len(), 1_048_576);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    let server = serve(vec![Answer::ok("")]).await;
    let port = server.address.port();
    let config = EgressConfig { ports: vec![port], ..EgressConfig::default() };
    let egress = Egress::new(&config).unwrap();
    // Resolvers differ in whether they know the name with its final dot; no connection is made either way.
    assert!(egress.get(&format!("https://localhost.:{port}/"), "*/*").await.is_err());
    for host in ["localhost", "LOCALHOST"] {
        assert_eq!(
            egress.get(&format!("https://{host}:{port}/"), "*/*").await,
            Err(FetchError::Refused("the address is not public")),
            "{host}"
        );
    }
    let mut requests = server.requests;
    assert!(requests.try_recv().is_err(), "a connection was made");
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_look_alike() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let egress = Egress::new(&allowing(address)).unwrap();
    assert_eq!(failed(egress.get(&format!("http://{address}/"), "*/*").await), "no connection");
    assert_eq!(failed(egress.get("https://does-not-exist.invalid/", "*/*").await), "no connection");
}

#[tokio::test]
async fn an_extra_authority_is_trusted_and_others_are_not() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                read_request(&mut stream).await;
                Answer::ok("hello").send(&mut stream).await;
            }
        }
    });
    let uri = format!("https://localhost:{port}/");
    let allow = vec![AllowedTarget { host: "localhost".to_owned(), port }];
    let trusting = EgressConfig {
        allow: allow.clone(),
        extra_root_certificates: vec![made.cert.pem().into_bytes()],
        ..EgressConfig::default()
    };
    assert_eq!(Egress::new(&trusting).unwrap().get(&uri, "*/*").await.unwrap(), b"hello");
    let distrusting = EgressConfig { allow, ..EgressConfig::default() };
    assert_eq!(failed(Egress::new(&distrusting).unwrap().get(&uri, "*/*").await), "no connection");
}

#[test]
fn an_extra_authority_that_is_none_stops_the_start() {
    let config = EgressConfig { extra_root_certificates: vec![b"x".to_vec()], ..EgressConfig::default() };
    assert_eq!(Egress::new(&config).err(), Some(EgressConfigError::Certificate));
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        chrono::DateTime::UNIX_EPOCH
    }
}

#[tokio::test]
async fn key_documents_are_fetched_once_for_many_callers() {
    let keys = json!({"keys": []});
    let mut server = serve(vec![Answer::ok(&keys), Answer::ok(&keys)]).await;
    let egress = Egress::new(&allowing(server.address)).unwrap();
    let cache = JwksCache::new(egress, Arc::new(Noon));
    let uri = format!("http://{}/jwks", server.address);
    let calls = (0..20).map(|_| cache.jwks(&uri, false));
    for outcome in futures::future::join_all(calls).await {
        assert_eq!(outcome, Ok(keys.clone()));
    }
    assert!(server.requests.recv().await.is_some_and(|request| request.starts_with("GET /jwks ")));
    assert!(server.requests.try_recv().is_err(), "fetched twice");
    cache.jwks(&uri, true).await.unwrap();
    cache.jwks(&uri, true).await.unwrap();
    assert!(server.requests.recv().await.is_some());
}

#[tokio::test]
async fn what_is_no_key_document_is_refused() {
    let server = serve(vec![Answer::ok("<html>"), Answer::ok(json!({"keys": 1}))]).await;
    let egress = Egress::new(&allowing(server.address)).unwrap();
    let uri = |path: &str| format!("http://{}/{path}", server.address);
    let cache = JwksCache::new(egress, Arc::new(Noon));
    assert_eq!(failed(cache.jwks(&uri("a"), false).await), "the answer is not JSON");
    assert_eq!(failed(cache.jwks(&uri("b"), false).await), "the answer is not a JWK set");
    assert!(matches!(cache.jwks("http://127.0.0.1/x", false).await, Err(FetchError::Refused(_))));
}
