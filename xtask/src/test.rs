//! `cargo xtask test`: everything the tests need, then every test, then one summary. A suite that lacks a service
//! fails; none is skipped.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::Stdio,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    postgres::{Cluster, Durability},
    process, system, tools,
};

/// What `cargo test` said, added up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    binaries: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
    failures: Vec<String>,
}

/// Runs the tests; fails if one fails or one is ignored.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let started = Instant::now();
    process::survive_interrupts();
    let programs = system::prepare()?;
    let tools = tools::prepare(root)?;
    let (selection, filter) = split(args);

    // With all targets, so that programs and tests are built from one resolution of features, once.
    let mut build = process::cargo();
    build.current_dir(root).args(["build", "--all-targets", "--locked"]).args(&selection);
    if selection.iter().any(|word| word == "vestibule-api-server") {
        build.args(
            ["vestibule-worker", "vestibule-migrator", "vestibule-reference"].map(|name| format!("-p{name}")),
        );
    }
    process::run(&mut build)?;

    let cluster = Cluster::start(&programs.postgres_bin, Durability::Off)?;
    let mut cargo = process::cargo();
    cargo.current_dir(root).args(["test", "--locked", "--no-fail-fast"]).args(&selection).args(&filter);
    cargo.env("VESTIBULE_TEST_POSTGRES", cluster.url());
    cargo.env("VESTIBULE_TEST_CHROMIUM", &programs.chromium);
    cargo.env("VESTIBULE_TEST_CHROMEDRIVER", &programs.chromedriver);
    cargo.env("VESTIBULE_TEST_AXE", &tools.axe);
    cargo.env("VESTIBULE_TEST_PROVIDER_PYTHON", &tools.provider_python);
    cargo.stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot start cargo test")?;
    let output = child.stdout.take().context("cargo's output")?;
    let reader = std::thread::spawn(move || Tally::read(output));
    let status = process::wait(&mut child)?;
    let tally = reader.join().ok().context("cargo's output could not be read")?;
    drop(cluster);

    println!("\n{} in {} s", tally.summary(), started.elapsed().as_secs());
    if !status.success() {
        bail!("tests failed ({status})");
    }
    if tally.ignored > 0 {
        bail!("ignored tests are not allowed");
    }
    if tally.passed == 0 {
        bail!("no test ran: does the filter name one?");
    }
    Ok(())
}

/// What to test (packages) and which tests of it (filter and arguments of the test programs).
fn split(args: &[String]) -> (Vec<String>, Vec<String>) {
    let mut selection = Vec::new();
    let mut filter = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--" => {
                filter.push(arg.clone());
                filter.extend(args.by_ref().cloned());
            }
            "-p" | "--package" | "--test" => {
                selection.extend([Some(arg), args.next()].into_iter().flatten().cloned());
            }
            flag if flag.starts_with("--") => selection.push(arg.clone()),
            _ => filter.push(arg.clone()),
        }
    }
    if !selection.iter().any(|arg| arg == "-p" || arg == "--package") {
        selection.insert(0, "--workspace".to_owned());
    }
    (selection, filter)
}

impl Tally {
    /// Passes the output on and adds it up.
    fn read(output: impl std::io::Read) -> Self {
        let mut tally = Self::default();
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            tally.note(&line);
        }
        tally
    }

    fn note(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.binaries += 1;
            for part in counts.split([';', '.']) {
                let mut words = part.split_whitespace();
                if let (Some(number), Some(word)) =
                    (words.next().and_then(|word| word.parse().ok()), words.next())
                {
                    self.count(number, word);
                }
            }
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        }
    }

    fn count(&mut self, number: u32, word: &str) {
        match word {
            "passed" => self.passed += number,
            "failed" => self.failed += number,
            "ignored" => self.ignored += number,
            _ => {}
        }
    }

    fn summary(&self) -> String {
        let Self { binaries, passed, failed, ignored, failures } = self;
        let mut text =
            format!("{passed} passed, {failed} failed, {ignored} ignored, in {binaries} test programs");
        for name in failures {
            text.push_str("\n  failed: ");
            text.push_str(name);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "test a::b ... ok",
            "test a::c ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s",
        ] {
            tally.note(line);
        }
        let failures = vec!["a::c".to_owned()];
        assert_eq!(tally, Tally { binaries: 2, passed: 13, failed: 1, ignored: 1, failures });
    }

    #[test]
    fn a_package_replaces_the_workspace() {
        let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        assert_eq!(split(&words("race")), (words("--workspace"), words("race")));
        assert_eq!(
            split(&words("-p xtask race -- --nocapture")),
            (words("-p xtask"), words("race -- --nocapture"))
        );
    }
}
