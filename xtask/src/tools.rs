//! Tools of other people's making that tests look at us with: axe-core, the rules of accessibility in a script for the
//! browser, and an OpenID provider in Python. Each is fetched once, in a fixed version, into the target folder; nothing
//! of them is in the repository or in what we ship.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

use crate::process;

const AXE_VERSION: &str = "4.14.1";
const AXE_SHA256: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";
const PROVIDER_VERSION: &str = "0.2.9";

/// Where the tools are.
#[derive(Debug)]
pub(crate) struct Tools {
    /// The script of axe-core.
    pub(crate) axe: PathBuf,
    /// A Python that knows the module `oidc_provider_mock`.
    pub(crate) provider_python: PathBuf,
}

/// Fetches what is not there yet.
pub(crate) fn prepare(root: &Path) -> Result<Tools> {
    let target = MetadataCommand::new().current_dir(root).no_deps().exec()?.target_directory;
    let folder = target.into_std_path_buf().join("test-tools");
    Ok(Tools { axe: axe(&folder)?, provider_python: provider(root, &folder)? })
}

fn axe(folder: &Path) -> Result<PathBuf> {
    let home = folder.join(format!("axe-core-{AXE_VERSION}"));
    let script = home.join("package/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    std::fs::create_dir_all(&home)?;
    let archive = home.join("axe.tgz");
    let address = format!("https://registry.npmjs.org/axe-core/-/axe-core-{AXE_VERSION}.tgz");
    let curl = ["-fsSL", "--proto", "=https", "--retry", "3", "--max-time", "120", "-o"];
    process::run(Command::new("curl").args(curl).arg(&archive).arg(address))?;
    let digest = process::output(Command::new("sha256sum").arg(&archive))?;
    if !digest.starts_with(AXE_SHA256) {
        std::fs::remove_file(&archive)?;
        bail!("axe-core {AXE_VERSION} is not what it was: {digest}");
    }
    process::run(
        Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&home).arg("package/axe.min.js"),
    )?;
    Ok(script)
}

fn provider(root: &Path, folder: &Path) -> Result<PathBuf> {
    let home = folder.join(format!("oidc-provider-mock-{PROVIDER_VERSION}"));
    let python = home.join("bin/python");
    let complete = home.join("complete");
    if complete.is_file() {
        return Ok(python);
    }
    std::fs::create_dir_all(folder)?;
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    let requirements = root.join("xtask/assets/provider-requirements.txt");
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary",
        ":all:",
    ];
    process::run(Command::new(&python).args(pip).arg("-r").arg(requirements))?;
    std::fs::write(complete, PROVIDER_VERSION)?;
    Ok(python)
}
