//! `cargo xtask check`: what the pipeline demands, in the order in which mistakes are cheapest to find.

use std::path::Path;

use anyhow::Result;

use crate::{process, test, tidy};

pub(crate) fn run(root: &Path) -> Result<()> {
    let cargo = || {
        let mut cargo = process::cargo();
        cargo.current_dir(root);
        cargo
    };
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run(root)?;
    if process::find_program("cargo-deny").is_some() {
        process::run(cargo().args(["deny", "check", "bans", "licenses", "sources"]))?;
    } else {
        eprintln!("cargo-deny is not installed: its licence, source and ban checks were left out");
    }
    process::run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    test::run(root, &[])
}
