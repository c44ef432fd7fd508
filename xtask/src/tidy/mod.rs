//! `cargo xtask tidy`: the rules of docs/architecture.md that a program can check. Each rule is a function from what it
//! reads to findings, with a test on a text that breaks it. Knows no exception list beyond what each rule names.

mod confinement;
mod edges;
mod events;
mod files;
mod layout;
mod lexer;
mod licences;
mod manifests;
mod migrations;
mod purity;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use lexer::Source;

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    file: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl Finding {
    fn new(file: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, rule, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, message } = self;
        write!(f, "{file}:{line}: {rule}: {message}")
    }
}

/// Checks the whole tree.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut findings = Vec::new();
    let sources = sources(root)?;
    for source in &sources {
        findings.extend(files::check(source));
        findings.extend(confinement::check(source));
        findings.extend(purity::check(source));
    }
    findings.extend(events::check(&sources));
    findings.extend(edges::check(root)?);
    findings.extend(licences::check(root)?);
    findings.extend(manifests::check(root)?);
    findings.extend(migrations::check(root)?);
    findings.extend(layout::check(root)?);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings", findings.len());
    }
    println!("tidy: {} source files, no findings", sources.len());
    Ok(())
}

/// Every Rust file of the workspace, in a fixed order.
fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut files = Vec::new();
    for folder in ["apps", "crates", "xtask"] {
        walk(&root.join(folder), &mut files)?;
    }
    files.sort();
    let rust = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|file| Ok(Source::parse(&shown(root, file), &std::fs::read_to_string(file)?))).collect()
}

/// Files below a folder, hidden ones and build output left out.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// A path relative to the workspace, as findings show it.
fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/")
}
