//! One run of the program with an environment of its own.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use vestibule_testkit::programs::free_port;

/// The program in a folder, with no setting but those given (`SECTION__NAME`).
pub(crate) fn command(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_api-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VESTIBULE__") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).stdin(Stdio::null()).env("RUST_BACKTRACE", "0");
    command.envs(settings.iter().map(|(name, value)| (format!("VESTIBULE__{name}"), *value)));
    command
}

/// Runs a command to its end.
pub(crate) fn run(folder: &Path, settings: &[(&str, &str)], args: &[&str]) -> Output {
    command(folder, settings).args(args).output().expect("the program starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running server, killed with the value.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) port: u16,
    pub(crate) ops_port: u16,
    /// What it printed until it was ready.
    pub(crate) greeting: String,
}

impl Server {
    /// Starts `demo` or `serve` and reads what it prints up to the line that starts with `last`.
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)], args: &[&str], last: &str) -> Self {
        let (port, ops_port) = (free_port(), free_port());
        let mut command = command(folder, settings);
        command.env("VESTIBULE__OPS__LISTEN", format!("127.0.0.1:{ops_port}"));
        match args.first() {
            Some(&"demo") => command.args(args).args(["--port", &port.to_string()]),
            _ => command.args(args).args(["--listen", &format!("127.0.0.1:{port}")]),
        };
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, stdout, port, ops_port, greeting: String::new() };
        server.greet(last, folder);
        server
    }

    fn greet(&mut self, last: &str, folder: &Path) {
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).unwrap();
            self.greeting.push_str(&line);
            if line.trim_start().starts_with(last) {
                return;
            }
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(read > 0, "the program ended early:\n{}\n{log}", self.greeting);
        }
    }

    pub(crate) fn url(&self, path: &str) -> url::Url {
        url::Url::parse(&format!("http://localhost:{}{path}", self.port)).unwrap()
    }

    pub(crate) fn ops_url(&self, path: &str) -> url::Url {
        url::Url::parse(&format!("http://127.0.0.1:{}{path}", self.ops_port)).unwrap()
    }

    pub(crate) fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    /// Waits for the end and returns what was printed since the greeting.
    pub(crate) fn wait(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
