//! Spans leave for a collector over OTLP, and continue the trace of a proxy that is trusted.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use vestibule_testkit::Visitor;

use crate::process::Server;

/// A collector that keeps everything it is sent.
struct Collector {
    address: String,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || collect(stream, &kept));
            }
        });
        Self { address, bodies }
    }

    fn has(&self, wanted: &[u8]) -> bool {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().any(|body| body.windows(wanted.len()).any(|window| window == wanted))
    }
}

/// Answers every request of a connection.
fn collect(mut stream: TcpStream, kept: &Mutex<Vec<Vec<u8>>>) {
    let mut buffer = Vec::new();
    let mut chunk = [0; 16_384];
    loop {
        while let Some((end, length)) = framed(&buffer) {
            let rest = buffer.split_off(end + length);
            let body = std::mem::replace(&mut buffer, rest).split_off(end);
            kept.lock().unwrap().push(body);
            if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
                return;
            }
        }
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 => buffer.extend(chunk.iter().take(read)),
            _ => return,
        }
    }
}

/// Where the head ends and how long the body is, once both are there.
fn framed(buffer: &[u8]) -> Option<(usize, usize)> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(buffer.get(..end)?).to_lowercase();
    assert!(head.starts_with("post /v1/traces "), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    (buffer.len() >= end + length).then_some((end, length))
}

const TRACE: [u8; 16] = [0xAB; 16];

fn traced(folder: &std::path::Path, collector: &Collector, proxies: &str) {
    let settings = [
        ("TELEMETRY__OTLP_ENDPOINT", collector.address.as_str()),
        ("TELEMETRY__SERVICE_NAME", "storefront-door"),
        ("SERVER__TRUSTED_PROXIES", proxies),
    ];
    let server = Server::start(folder, &settings, &["demo", "--data", "d"], "6  Health");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let parent = format!("00-{}-00f067aa0ba902b7-01", "ab".repeat(16));
    let mut visitor = Visitor::new().with_header("traceparent", &parent);
    let url = server.url("/realms/acme/oauth/jwks");
    runtime.block_on(async { visitor.get(&url).await.expect(200) });
    server.terminate();
    // Spans in hand are sent before the process ends.
    assert!(server.wait().0.success());
}

#[test]
fn spans_are_exported_and_continue_the_trace_of_a_trusted_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let collector = Collector::start();
    traced(folder.path(), &collector, "127.0.0.0/8");
    assert!(collector.has(b"storefront-door") && collector.has(b"http.request"));
    assert!(collector.has(b"/realms/{realm}/oauth/jwks"));
    assert!(collector.has(&TRACE), "the trace of the proxy");
}

#[test]
fn the_trace_of_a_stranger_is_not_continued() {
    let folder = tempfile::tempdir().unwrap();
    let collector = Collector::start();
    traced(folder.path(), &collector, "");
    assert!(collector.has(b"http.request") && !collector.has(&TRACE));
}
