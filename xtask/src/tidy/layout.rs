//! Rules of the tree: what may stand at the top, what a recipe of the justfile is, and links in documents that lead
//! somewhere.

use std::path::Path;

use anyhow::Result;

use super::{Finding, shown, walk};

const FOLDERS: &[&str] = &["apps", "crates", "deploy", "docs", "migrations", "themes", "xtask"];
const FILES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "deny.toml",
    "justfile",
    "rustfmt.toml",
];
/// Made by running things; not in the repository.
const MADE: &[&str] = &["target", "data"];
const MAX_RECIPES: usize = 15;

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        findings.extend(top(&name, entry.file_type()?.is_dir()));
    }
    if let Ok(text) = std::fs::read_to_string(root.join("justfile")) {
        findings.extend(recipes(&text));
    }
    let mut documents = Vec::new();
    walk(&root.join("docs"), &mut documents)?;
    documents.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root.join(name)));
    for document in
        documents.iter().filter(|file| file.extension().is_some_and(|end| end == "md") && file.is_file())
    {
        let folder = document.parent().unwrap_or(root);
        let text = std::fs::read_to_string(document)?;
        findings.extend(links(&shown(root, document), &text, |target| folder.join(target).exists()));
    }
    Ok(findings)
}

fn top(name: &str, is_folder: bool) -> Option<Finding> {
    let allowed = if is_folder { FOLDERS } else { FILES };
    let fine = name.starts_with('.') || allowed.contains(&name) || MADE.contains(&name);
    (!fine).then(|| Finding::new(name, 1, "top-level", "does not belong at the top of the tree"))
}

fn recipes(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut count = 0;
    for (index, line) in text.lines().enumerate() {
        let at = index + 1;
        if line.starts_with([' ', '\t']) {
            let call = line.trim().trim_start_matches('@');
            if !call.starts_with("cargo ") || call.contains("&&") || call.contains(';') || call.contains('|')
            {
                findings.push(Finding::new("justfile", at, "justfile", "a recipe is one call of cargo"));
            }
        } else if !line.is_empty()
            && !line.starts_with('#')
            && !line.starts_with("set ")
            && line.contains(':')
        {
            count += 1;
        }
    }
    if count > MAX_RECIPES {
        findings.push(Finding::new(
            "justfile",
            1,
            "justfile",
            format!("{count} recipes; at most {MAX_RECIPES}"),
        ));
    }
    let calls = text.lines().filter(|line| line.starts_with([' ', '\t'])).count();
    if calls > count {
        findings.push(Finding::new("justfile", 1, "justfile", "a recipe has more than one line"));
    }
    findings
}

/// Relative links of a document that lead nowhere.
fn links(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("](") {
            let target = line.get(at + 2..).and_then(|rest| rest.split(')').next()).unwrap_or_default();
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") || exists(target)
            {
                continue;
            }
            findings.push(Finding::new(path, index + 1, "link", format!("'{target}' does not exist")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_at_the_top_are_found() {
        assert!(top("scripts", true).is_some() && top("notes.txt", false).is_some());
        assert!(
            top("crates", true).is_none() && top(".github", true).is_none() && top("target", true).is_none()
        );
    }

    #[test]
    fn a_recipe_that_is_more_than_a_call_is_found() {
        assert!(recipes("# run\ntest *args:\n    cargo xtask test {{args}}\n").is_empty());
        assert_eq!(recipes("a:\n    rm -rf x\n").len(), 1);
        assert_eq!(recipes("a:\n    cargo fmt\n    cargo test\n").len(), 1);
        assert_eq!(recipes(&"a:\n    cargo fmt\n".repeat(16)).len(), 1);
    }

    #[test]
    fn a_dead_link_is_found() {
        let text = "[a](there.md#part) [b](gone.md) [c](https://example.org) [d](#here)";
        assert_eq!(links("README.md", text, |target| target == "there.md").len(), 1);
    }
}
