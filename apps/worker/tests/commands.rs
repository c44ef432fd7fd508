//! The program as an operator runs it, on an embedded database of its own.
#![expect(clippy::expect_used, reason = "helpers of tests fail loudly")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output, Stdio},
};

/// The program in a folder, with no setting but those given.
fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_worker"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VESTIBULE__") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).stdin(Stdio::null()).env("RUST_BACKTRACE", "0").args(args);
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    program(folder, args).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn once_does_what_is_due_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let done = run(folder.path(), &["run", "--once"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(text(&done.stdout), "0 jobs carried out, 0 expired rows removed, keys rotated in 0 realms\n");
}

#[test]
fn the_queue_is_shown_and_an_unknown_job_is_not_retried() {
    let folder = tempfile::tempdir().unwrap();
    let listed = run(folder.path(), &["jobs", "list", "--state", "all"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    assert_eq!(text(&listed.stdout), "no jobs\n");
    let json = run(folder.path(), &["jobs", "list", "--json"]);
    assert!(json.status.success() && json.stdout.is_empty());
    let retried = run(folder.path(), &["jobs", "retry", "job_aaaaaaaaaaaaaaaaaaaaaaaaaa"]);
    assert_eq!(retried.status.code(), Some(1));
    assert!(text(&retried.stderr).contains("no parked job job_aaaaaaaaaaaaaaaaaaaaaaaaaa"));
    let malformed = run(folder.path(), &["jobs", "list", "--realm", "No Slug"]);
    assert_eq!(malformed.status.code(), Some(1));
}

#[test]
fn a_configuration_that_cannot_be_used_is_reported_with_its_own_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("worker.toml"), "[worker]\nconcurency = 2\n").unwrap();
    let done = run(folder.path(), &["run", "--config", "worker.toml"]);
    assert_eq!(done.status.code(), Some(7));
    assert!(text(&done.stderr).contains("concurrency"), "{}", text(&done.stderr));
}

#[test]
fn a_worker_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), &["run"]);
    command.env("VESTIBULE__TELEMETRY__FORMAT", "json").stderr(Stdio::piped());
    let mut worker = command.spawn().expect("the program starts");
    let mut log = BufReader::new(worker.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(log.any(|line| line.contains("\"working\"")), "it never began to work");
    let told = Command::new("kill").args(["-TERM", &worker.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(worker.wait().unwrap().success());
    assert!(log.any(|line| line.contains("\"stopped\"")));
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a listener");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn probes_and_metrics_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = program(folder.path(), &["run"]);
    command.env("VESTIBULE__OPS__LISTEN", format!("127.0.0.1:{port}")).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap());
    let listens = log.lines().map_while(Result::ok).any(|line| line.contains("probes and metrics"));
    assert!(listens, "the listener was not announced");
    assert!(get(port, "/livez").starts_with("HTTP/1.1 200"));
    assert!(get(port, "/startupz").starts_with("HTTP/1.1 200"));
    let metrics = get(port, "/metrics");
    assert!(metrics.contains("vestibule_"), "{metrics}");
    // No server has made the realm of operators yet, so nothing could be signed.
    let ready = get(port, "/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains(r#""database":"ok""#), "{ready}");
    child.kill().unwrap();
    child.wait().unwrap();
}
