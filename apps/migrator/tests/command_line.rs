//! The program as a pipeline sees it: exit codes, JSON, two at once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail loudly"
)]

use std::process::{Command, Output};

use vestibule_database::{
    DatabaseConfig,
    testing::{empty_postgres, temp_sqlite},
};

fn migrator(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_migrator"))
        .env_clear()
        .args(["--database-url", url])
        .args(arguments)
        .output()
        .unwrap()
}

fn code(url: &str, arguments: &[&str]) -> i32 {
    migrator(url, arguments).status.code().unwrap()
}

fn json(url: &str, arguments: &[&str]) -> serde_json::Value {
    let output = migrator(url, &[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn forwards_and_back(url: &str) {
    assert_eq!(code(url, &["status"]), 3, "pending");
    let pending = json(url, &["status"])["pending"].clone();
    assert!(!pending.as_array().unwrap().is_empty());
    assert_eq!(json(url, &["up"])["applied"], pending);
    assert_eq!(code(url, &["status"]), 0);
    assert_eq!(json(url, &["status"])["applied"], pending);
    assert_eq!(code(url, &["up"]), 0);
    let check = migrator(url, &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", String::from_utf8_lossy(&check.stdout));
    assert_eq!(
        json(url, &["down", "--steps", "99"])["reverted"].as_array().unwrap().len(),
        pending.as_array().unwrap().len()
    );
    assert_eq!(code(url, &["check"]), 1, "pending again");
}

fn sqlite() -> (String, impl Drop) {
    let (DatabaseConfig::Sqlite(config), guard) = temp_sqlite() else { panic!("not SQLite") };
    (format!("sqlite:{}", config.path.display()), guard)
}

#[test]
fn sqlite_goes_forwards_and_back() {
    let (url, _guard) = sqlite();
    forwards_and_back(&url);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_goes_forwards_and_back() {
    let (DatabaseConfig::Postgres(config), _guard) = empty_postgres().await else { panic!("not Postgres") };
    forwards_and_back(config.url.expose());
}

#[test]
fn asking_for_the_status_makes_no_database() {
    let (url, _guard) = sqlite();
    assert_eq!(code(&url, &["status"]), 3);
    assert!(!std::path::Path::new(url.strip_prefix("sqlite:").unwrap()).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_both_succeed() {
    let (DatabaseConfig::Postgres(postgres), _postgres) = empty_postgres().await else {
        panic!("not Postgres")
    };
    let (file, _sqlite) = sqlite();
    for url in [postgres.url.expose(), file.as_str()] {
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_migrator"));
            command.env_clear().args(["--database-url", url, "up"]).spawn().unwrap()
        };
        let (mut one, mut other) = (start(), start());
        assert!(one.wait().unwrap().success() && other.wait().unwrap().success());
        assert_eq!(code(url, &["status"]), 0);
    }
}

#[test]
fn what_cannot_be_reached_or_understood_has_its_own_code() {
    assert_eq!(code("postgres://u:hunter2@127.0.0.1:1/d", &["status"]), 5);
    let output = migrator("postgres://u:hunter2@127.0.0.1:1/d", &["status"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("VST-931") && !said.contains("hunter2"), "{said}");
    assert_eq!(code("mysql://x", &["status"]), 7);
    assert_eq!(code("sqlite:x", &["sideways"]), 2);
}

#[test]
fn the_database_may_be_named_by_the_environment() {
    let (url, _guard) = sqlite();
    let path = url.strip_prefix("sqlite:").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_migrator"))
        .env_clear()
        .env("VESTIBULE__DATABASE__PATH", path)
        .arg("up")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(code(&url, &["status"]), 0);
}
