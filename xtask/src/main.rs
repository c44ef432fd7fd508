//! The project's own commands: `cargo xtask <command>`. Everything a pipeline or a newcomer runs is Rust in here, so
//! that it is the same on every machine. Knows the workspace's layout; nothing of the product depends on it.

mod bench;
mod check;
mod codegen;
mod postgres;
mod process;
mod screenshots;
mod system;
mod test;
mod tidy;
mod tools;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  test [FILTER] [-p CRATE] [-- ARGS]   run every test, with a private Postgres and a browser
  tidy                                 check the rules of the code that a program can check
  check                                formatting, clippy, tidy, deny (if installed), tests: as the pipeline does
  codegen [--check]                    write (or compare) the generated files
  bench [--users N] [--seconds S] [--json FILE]
                                       measure a release build over HTTP, next to the machine's limits
  screenshots [FOLDER]                 a picture of every page, light and dark, wide and narrow
  postgres                             start a private Postgres, print its address, stop it at Ctrl-C";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (command, rest) =
        args.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    let root = root()?;
    match command {
        "bench" => bench::run(&root, rest),
        "test" => test::run(&root, rest),
        "tidy" => tidy::run(&root),
        "check" => check::run(&root),
        "codegen" => codegen::run(&root, rest),
        "screenshots" => screenshots::run(&root, rest),
        "postgres" => postgres::serve(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("unknown command '{other}'\n\n{USAGE}"),
    }
}

/// The folder of the workspace's manifest.
fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().context("xtask lies in the workspace")?.to_path_buf())
}
