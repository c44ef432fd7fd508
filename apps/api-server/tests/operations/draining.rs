//! Stopping: what is in hand is finished, idle connections are not waited for, readiness goes first.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use vestibule_testkit::Visitor;

use crate::process::Server;

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_hand_are_finished_after_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[], &["demo", "--data", "d"], "6  Health");
    let ready = Visitor::new().get(&server.ops_url("/readyz")).await;
    assert_eq!(ready.status.as_u16(), 200, "{}", ready.body);

    // A request whose body is still on its way.
    let body = "grant_type=client_credentials&client_id=nobody&client_secret=x";
    let mut slow = connect(&server);
    write!(
        slow,
        "POST /realms/acme/oauth/token HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..10]
    )
    .unwrap();
    // An idle connection that had an answer.
    let mut idle = connect(&server);
    write!(idle, "GET /realms/acme/oauth/jwks HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");

    server.terminate();
    let draining = vestibule_testkit::wait::until(Duration::from_secs(10), "readiness goes off", || async {
        let answer = Visitor::new().get(&server.ops_url("/readyz")).await;
        (answer.status.as_u16() == 503).then_some(answer.body)
    })
    .await;
    assert!(draining.contains("\"draining\":true"), "{draining}");

    slow.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("invalid_client"), "{answer}");
    let began = Instant::now();
    let (status, _) = server.wait();
    assert!(status.success(), "{status}");
    assert!(began.elapsed() < Duration::from_secs(10), "the idle connection was waited for");
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_answered_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("SERVER__REQUEST_SECONDS", "1")];
    let server = Server::start(folder.path(), &settings, &["demo", "--data", "d"], "6  Health");
    let mut slow = connect(&server);
    write!(
        slow,
        "POST /realms/acme/oauth/token HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 50\r\n\r\ngrant_type="
    )
    .unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(head.contains("application/problem+json") && head.contains("nosniff"), "{head}");
    assert!(body.contains("VST-006"), "{body}");
    let metrics = Visitor::new().get(&server.ops_url("/metrics")).await.body;
    assert!(metrics.contains(r#"method="POST",route="given up",status="408"} 1"#), "{metrics}");
}
