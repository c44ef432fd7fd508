//! `cargo xtask codegen`: files made from the code, checked in so that a change of them is seen in review. With
//! `--check` nothing is written and a difference is an error.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// A generated file and the arguments of `api-server` that print it.
const OUTPUTS: &[(&str, &[&str])] = &[];

pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("usage: cargo xtask codegen [--check]"),
    };
    let mut stale = Vec::new();
    for (file, arguments) in OUTPUTS {
        let mut server = process::cargo();
        server.current_dir(root).args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "vestibule-api-server",
            "--",
        ]);
        let fresh = process::output(server.args(*arguments)).with_context(|| format!("making {file}"))?;
        let path = root.join(file);
        if std::fs::read_to_string(&path).is_ok_and(|stored| stored == fresh) {
            continue;
        }
        if check {
            stale.push(*file);
        } else {
            std::fs::create_dir_all(path.parent().context("a generated file lies in a folder")?)?;
            std::fs::write(&path, fresh)?;
            println!("wrote {file}");
        }
    }
    if !stale.is_empty() {
        bail!("not up to date: {}\nrun: cargo xtask codegen", stale.join(", "));
    }
    Ok(())
}
