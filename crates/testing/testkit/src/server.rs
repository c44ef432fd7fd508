//! The real `api-server` as a process of its own, on free ports, over a temporary SQLite file or Postgres database.
//! Killed with the value; its log is kept for reading.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use url::Url;

use crate::{
    database::TempDatabase,
    programs::{free_port, program},
    realm::RealmDoc,
    visitor::{Answer, Visitor},
    wait,
};

const START_DEADLINE: Duration = Duration::from_secs(30);
const STOP_DEADLINE: Duration = Duration::from_secs(30);
/// Any key will do; servers that share a database share it.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// What a server is started with: its folder, database and settings. Several servers may share one.
#[derive(Debug, Clone)]
pub struct Settings {
    folder: Arc<TempDir>,
    database: Option<Arc<TempDatabase>>,
    environment: Vec<(String, String)>,
}

impl Settings {
    /// Over a fresh SQLite file.
    ///
    /// # Panics
    /// If there is no temporary folder to be had.
    pub fn sqlite() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        Self { folder, database: None, environment: Vec::new() }
            .with("SECRETS__MASTER_KEY", MASTER_KEY)
            .with("TELEMETRY__FORMAT", "json")
            .with("TELEMETRY__LOG", "info")
    }

    /// Over a fresh, migrated Postgres database, with the worker inside the server.
    pub async fn postgres() -> Self {
        let database = TempDatabase::create().await;
        let url = database.url();
        let settings = Self { database: Some(Arc::new(database)), ..Self::sqlite() };
        settings.with("DATABASE__URL", &url).with("WORKER__IN_PROCESS", "true")
    }

    /// Sets one setting: `SECTION__NAME`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name = format!("VESTIBULE__{name}");
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
        self
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The Postgres database, if it is one.
    pub fn database(&self) -> Option<&TempDatabase> {
        self.database.as_deref()
    }

    /// A program of the workspace in this setting, with nothing else in its environment that could configure it.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("VESTIBULE__") {
                command.env_remove(variable);
            }
        }
        command.env("VESTIBULE__SERVER__DATA_DIR", self.folder()).envs(self.environment.iter().cloned());
        command.env("RUST_BACKTRACE", "0").current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    /// Runs a command of a program to its end and returns what it printed.
    ///
    /// # Panics
    /// If it fails.
    pub fn run(&self, name: &str, args: &[&str]) -> String {
        let output = self.command(name).args(args).output().expect("the program starts");
        let (stdout, stderr) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name} {args:?}: {}\n{stdout}\n{stderr}", output.status);
        stdout.into_owned()
    }

    /// Creates or changes a realm as a document says.
    ///
    /// # Panics
    /// If the document is refused.
    pub fn import(&self, document: &RealmDoc) {
        let file = document.write(self.folder());
        self.run("api-server", &["realm", "import", file.to_str().expect("a path is text")]);
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(&self) -> TestServer {
        TestServer::start(self.clone(), free_port()).await
    }
}

/// A running server.
#[derive(Debug)]
pub struct TestServer {
    settings: Settings,
    port: u16,
    ops_port: u16,
    log: PathBuf,
    process: Child,
}

impl TestServer {
    /// Starts a server on this port and waits until it is ready. Its public address stays that of the first server
    /// started with these settings if they name one.
    ///
    /// # Panics
    /// If it ends or is not ready in time; its log is shown.
    pub async fn start(settings: Settings, port: u16) -> Self {
        let ops_port = free_port();
        let log = settings.folder().join(format!("server-{port}.log"));
        let file = File::options().create(true).append(true).open(&log).expect("a log file");
        let mut command = settings.command("api-server");
        command.env("VESTIBULE__SERVER__LISTEN", format!("127.0.0.1:{port}"));
        command.env("VESTIBULE__OPS__LISTEN", format!("127.0.0.1:{ops_port}"));
        command.stdout(file.try_clone().expect("a log file")).stderr(file);
        let process = command.spawn().expect("the server starts");
        let mut server = Self { settings, port, ops_port, log, process };
        server.wait_until_ready().await;
        server
    }

    async fn wait_until_ready(&mut self) {
        let ready = self.ops_url("/readyz");
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let started = std::time::Instant::now();
        loop {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("the server ended ({status}):\n{}", self.log());
            }
            if client.get(ready.clone()).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(started.elapsed() < START_DEADLINE, "the server is not ready:\n{}", self.log());
            wait::step().await;
        }
    }

    /// What it was started with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Its origin.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// An address on the main listener.
    ///
    /// # Panics
    /// If the path is none.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.origin())).expect("a path of a test")
    }

    /// An address on the second listener.
    ///
    /// # Panics
    /// If the path is none.
    pub fn ops_url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.ops_port)).expect("a path of a test")
    }

    /// The issuer of a realm on the shared host.
    pub fn issuer(&self, realm: &str) -> String {
        format!("{}/realms/{realm}", self.origin())
    }

    /// One GET.
    pub async fn get(&self, path: &str) -> Answer {
        Visitor::new().get(&self.url(path)).await
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Panics
    /// If it cannot be ended.
    pub fn kill(mut self) -> Settings {
        self.process.kill().expect("the server can be killed");
        self.process.wait().expect("the server ends");
        self.settings.clone()
    }

    /// Asks it to end and waits until it has.
    ///
    /// # Panics
    /// If it does not end in time or reports a failure.
    pub async fn stop(mut self) -> Settings {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server can be signalled");
        let started = std::time::Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().expect("the server's status") {
                break status;
            }
            assert!(started.elapsed() < STOP_DEADLINE, "the server does not stop:\n{}", self.log());
            wait::step().await;
        };
        assert!(status.success(), "the server ended with {status}:\n{}", self.log());
        self.settings.clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("last lines of the server's log:");
            for line in tail.iter().rev() {
                eprintln!("  {line}");
            }
        }
    }
}
