//! A private Postgres cluster in a temporary folder, on a free loopback port, gone when dropped. Never touches a
//! server that already runs on the machine.

use std::{
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{process, system};

const START_DEADLINE: Duration = Duration::from_mins(1);

/// Whether an acknowledged commit must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// For tests: nothing waits for the disk.
    Off,
    /// As Postgres comes.
    On,
}

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    user: Option<Account>,
    port: u16,
    server: Child,
}

/// The account Postgres runs as when we are root, which it refuses.
#[derive(Debug, Clone)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Creates and starts a cluster; it answers when this returns.
    pub(crate) fn start(bin: &Path, durability: Durability) -> Result<Self> {
        process::survive_interrupts();
        let user = if system::is_root() { Some(unprivileged()?) } else { None };
        let folder = std::env::temp_dir().join(format!("vestibule-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder)?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        if let Some(user) = &user {
            chown(&folder, Some(user.uid), Some(user.gid))?;
        }
        let data = folder.join("data");
        let mut initdb = as_user(user.as_ref(), &bin.join("initdb"));
        initdb.arg("-D").arg(&data).current_dir(&folder);
        initdb.args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        if let Err(error) = process::output(&mut initdb) {
            let _ = std::fs::remove_dir_all(&folder);
            return Err(error);
        }
        let port = free_port()?;
        let log = std::fs::File::create(folder.join("log"))?;
        let mut postgres = as_user(user.as_ref(), &bin.join("postgres"));
        postgres.arg("-D").arg(&data).args(settings(port, durability)).current_dir(&folder);
        postgres.stdin(Stdio::null()).stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log));
        let server = postgres.spawn().context("cannot start postgres")?;
        let mut cluster = Self { folder, bin: bin.to_path_buf(), user, port, server };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The address of the superuser, database `postgres`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The process id of the server.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        let port = self.port.to_string();
        while started.elapsed() < START_DEADLINE && !process::interrupted() {
            if let Some(status) = self.server.try_wait()? {
                let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("postgres ended at start ({status}):\n{log}");
            }
            let mut probe = Command::new(self.bin.join("pg_isready"));
            if process::output(probe.args(["-q", "-h", "127.0.0.1", "-p", &port])).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres did not answer within {START_DEADLINE:?}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_user(self.user.as_ref(), &self.bin.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "-w", "stop"]);
        stop.current_dir(&self.folder);
        if process::output(&mut stop).is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// `cargo xtask postgres`: a cluster for as long as the developer wants it.
pub(crate) fn serve() -> Result<()> {
    let cluster = Cluster::start(&system::prepare_postgres()?, Durability::Off)?;
    println!("export VESTIBULE_TEST_POSTGRES={}", cluster.url());
    while !process::interrupted() {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn settings(port: u16, durability: Durability) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=128MB".to_owned(),
        "log_min_messages=warning".to_owned(),
    ];
    match durability {
        Durability::Off => settings
            .extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(ToOwned::to_owned)),
        Durability::On => settings.push("max_wal_size=4GB".to_owned()),
    }
    settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]).collect()
}

/// A program as the given account; it ends when we do, however we end.
fn as_user(user: Option<&Account>, program: &Path) -> Command {
    let Some(setpriv) = process::find_program("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    if let Some(Account { uid, gid }) = user {
        command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command.env("HOME", "/nonexistent").env("LC_ALL", "C");
    command
}

fn unprivileged() -> Result<Account> {
    if process::find_program("setpriv").is_none() {
        bail!(
            "Postgres refuses to run as root and there is no setpriv (package util-linux) to step down with"
        );
    }
    let number = |flag: &str, name: &str| -> Result<u32> {
        Ok(process::output(Command::new("id").args([flag, name]))?.trim().parse()?)
    };
    for name in ["postgres", "nobody"] {
        if let (Ok(uid), Ok(gid)) = (number("-u", name), number("-g", name)) {
            return Ok(Account { uid, gid });
        }
    }
    bail!("neither account 'postgres' nor 'nobody' exists to run Postgres as")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
