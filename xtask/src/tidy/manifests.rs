//! Rules of the members' manifests: lints are the workspace's, and a dependency's version is written once.

use std::path::Path;

use anyhow::Result;

use super::{Finding, shown, walk};

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut files = Vec::new();
    for folder in ["apps", "crates", "xtask"] {
        walk(&root.join(folder), &mut files)?;
    }
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.ends_with("Cargo.toml")) {
        findings.extend(manifest(&shown(root, file), &std::fs::read_to_string(file)?));
    }
    Ok(findings)
}

fn manifest(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut section = "";
    let mut lints = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if section == "lints" {
            lints |= line.replace(' ', "") == "workspace=true";
        } else if section.ends_with("dependencies") && line.contains('=') && !line.starts_with('#') {
            let line = line.replace(' ', "");
            if !line.contains("workspace=true") {
                let message = "declare it in the root manifest and write `workspace = true` here";
                findings.push(Finding::new(path, index + 1, "dependency", message));
            }
        }
    }
    if !lints {
        findings.push(Finding::new(path, 1, "lints", "opt in: `[lints] workspace = true`"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_versions_and_missing_lints_are_found() {
        let good = "[dependencies]\nserde.workspace = true\na = { workspace = true, features = [\"x\"] }\n[lints]\nworkspace = true\n";
        assert!(manifest("a/Cargo.toml", good).is_empty());
        let bad = "[package]\nname = \"a\"\n[dev-dependencies]\nserde = \"1\"\n";
        let rules: Vec<_> =
            manifest("a/Cargo.toml", bad).into_iter().map(|finding| (finding.line, finding.rule)).collect();
        assert_eq!(rules, [(4, "dependency"), (1, "lints")]);
    }
}
