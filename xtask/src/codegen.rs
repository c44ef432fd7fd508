//! `cargo xtask codegen`: files made from the code, checked in so that a change of them is seen in review. With
//! `--check` nothing is written and a difference is an error.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// A generated file, and the package and arguments of the program that prints it.
struct Output {
    file: &'static str,
    package: &'static str,
    arguments: &'static [&'static str],
}

const SERVER: &str = "vestibule-api-server";
const REFERENCE: &str = "vestibule-reference";

/// The same list is checked by the server's tests (`apps/api-server/tests/suite/reference.rs`).
const OUTPUTS: &[Output] = &[
    Output { file: "docs/reference/openapi.json", package: SERVER, arguments: &["openapi"] },
    Output {
        file: "docs/reference/configuration.schema.json",
        package: SERVER,
        arguments: &["config", "schema"],
    },
    Output { file: "docs/reference/events.md", package: REFERENCE, arguments: &["events"] },
    Output { file: "docs/reference/flow.md", package: REFERENCE, arguments: &["flow"] },
    Output { file: "docs/reference/errors.md", package: REFERENCE, arguments: &["errors"] },
];

pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("usage: cargo xtask codegen [--check]"),
    };
    let mut stale = Vec::new();
    for Output { file, package, arguments } in OUTPUTS {
        let mut program = process::cargo();
        program.current_dir(root).args(["run", "--quiet", "--locked", "--package", package, "--"]);
        let fresh = process::output(program.args(*arguments)).with_context(|| format!("making {file}"))?;
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
