//! What tests need from the operating system: Postgres, a browser with its driver, Python and curl. Installs them where it may
//! (Debian, root); elsewhere says exactly what is missing.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Programs found on this machine.
#[derive(Debug)]
pub(crate) struct Programs {
    /// The folder of `initdb` and `postgres`.
    pub(crate) postgres_bin: PathBuf,
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// A Debian package and how to see that what it brings is there.
struct Package {
    name: &'static str,
    present: fn() -> bool,
}

const POSTGRES: Package = Package { name: "postgresql", present: || postgres_bin().is_some() };
const CHROMIUM: Package = Package { name: "chromium", present: || chromium().is_some() };
const CHROMEDRIVER: Package = Package { name: "chromium-driver", present: || chromedriver().is_some() };

const CURL: Package = Package { name: "curl", present: || process::find_program("curl").is_some() };
/// With `venv` and the `pip` that it brings along.
const PYTHON: Package = Package { name: "python3-venv", present: has_venv };

/// Everything tests need, installed if need be.
pub(crate) fn prepare() -> Result<Programs> {
    install_missing(&[POSTGRES, CHROMIUM, CHROMEDRIVER, CURL, PYTHON])?;
    Ok(Programs {
        postgres_bin: postgres_bin().context("no initdb and postgres after installing postgresql")?,
        chromium: chromium().context("no chromium after installing it")?,
        chromedriver: chromedriver().context("no chromedriver after installing chromium-driver")?,
    })
}

/// The folder of Postgres's programs, installed if need be.
pub(crate) fn prepare_postgres() -> Result<PathBuf> {
    install_missing(&[POSTGRES])?;
    postgres_bin().context("no initdb and postgres after installing postgresql")
}

fn install_missing(packages: &[Package]) -> Result<()> {
    let missing: Vec<&str> =
        packages.iter().filter(|package| !(package.present)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() || process::find_program("apt-get").is_none() {
        bail!(
            "tests need these packages: {list}\n\
             on Debian or Ubuntu:  sudo apt-get install --no-install-recommends {list}\n\
             elsewhere: a PostgreSQL server (initdb and postgres in PATH), Chromium and chromedriver, curl, \
             Python 3.10 or newer with venv",
            list = missing.join(" ")
        );
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null());
        command
    };
    process::run(apt().args(["update", "-qq"]))?;
    process::run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing))
}

fn has_venv() -> bool {
    process::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// Whether we run as root.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn postgres_bin() -> Option<PathBuf> {
    let complete = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| (entry.file_name().to_string_lossy().parse().unwrap_or(0), entry.path().join("bin")))
        .filter(|(_, folder)| complete(folder))
        .collect();
    found.sort();
    let in_path = || process::find_program("initdb").and_then(|file| Some(file.parent()?.to_path_buf()));
    found.pop().map(|(_, folder)| folder).or_else(|| in_path().filter(|folder| complete(folder)))
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| process::find_program(name))
}

fn chromedriver() -> Option<PathBuf> {
    process::find_program("chromedriver")
}
