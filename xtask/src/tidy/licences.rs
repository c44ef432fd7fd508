//! Licences, sources and banned crates of the whole dependency graph, as `deny.toml` has them: the same lists that
//! `cargo deny` reads, held in every run without that program.

use std::path::Path;

use anyhow::{Context as _, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use spdx::{Expression, LicenseReq, ParseMode};
use toml::{Table, Value};

use super::Finding;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What `deny.toml` allows and bans.
struct Policy {
    allowed: Vec<String>,
    /// A crate and who may depend on it directly; nobody: it is not to be there at all.
    banned: Vec<(String, Vec<String>)>,
}

impl Policy {
    fn read(text: &str) -> Result<Self> {
        let table: Table = text.parse().context("deny.toml")?;
        let allowed = table.get("licenses").and_then(|section| section.get("allow"));
        let banned = table.get("bans").and_then(|section| section.get("deny")).and_then(Value::as_array);
        let banned = banned.context("deny.toml has no bans.deny")?.iter().map(|ban| {
            let name = ban.get("crate").and_then(Value::as_str).unwrap_or_default().to_owned();
            (name, words(ban.get("wrappers")))
        });
        Ok(Self { allowed: words(allowed), banned: banned.collect() })
    }

    fn allows(&self, licence: &str) -> bool {
        Expression::parse_mode(licence, ParseMode::LAX)
            .is_ok_and(|expression| expression.evaluate(|one| self.allows_one(one)))
    }

    fn allows_one(&self, requirement: &LicenseReq) -> bool {
        self.allowed.iter().any(|allowed| *allowed == requirement.to_string())
    }
}

fn words(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let policy = Policy::read(&std::fs::read_to_string(root.join("deny.toml"))?)?;
    let options = ["--locked".to_owned()];
    let metadata = MetadataCommand::new().current_dir(root).other_options(options).exec()?;
    let mut findings = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let licence = package.license.as_deref().unwrap_or("none");
        let source = package.source.as_ref().map(ToString::to_string).unwrap_or_default();
        findings.extend(judge(&policy, &package.name, licence, &source));
    }
    findings.extend(bans(&policy, &metadata));
    Ok(findings)
}

fn finding(message: String) -> Finding {
    Finding::new("Cargo.lock", 1, "dependency", message)
}

fn judge(policy: &Policy, name: &str, licence: &str, source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !policy.allows(licence) {
        findings.push(finding(format!("{name} has the licence {licence}, which deny.toml does not allow")));
    }
    if source != REGISTRY {
        findings.push(finding(format!("{name} comes from {source}, not from crates.io")));
    }
    findings
}

/// Who depends on a banned crate without being named. Dependencies of tests of ours are theirs.
fn bans(policy: &Policy, metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(resolve) = &metadata.resolve else { return findings };
    for node in &resolve.nodes {
        let from = &metadata[&node.id].name;
        for dependency in &node.deps {
            let to = &metadata[&dependency.pkg].name;
            let only_tests = dependency.dep_kinds.iter().all(|kind| kind.kind == DependencyKind::Development);
            if !only_tests && is_banned(policy, to, from) {
                findings.push(finding(format!("{from} depends on {to}, which deny.toml does not let it")));
            }
        }
    }
    findings
}

fn is_banned(policy: &Policy, name: &str, by: &str) -> bool {
    let ban = policy.banned.iter().find(|(banned, _)| banned == name);
    ban.is_some_and(|(_, wrappers)| !wrappers.iter().any(|wrapper| wrapper == by))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = "[licenses]\nallow = [\"MIT\", \"ISC\", \"Apache-2.0 WITH LLVM-exception\"]\n\
                        [bans]\ndeny = [{ crate = \"diesel\", wrappers = [\"ours\"] }, { crate = \"bad\" }]\n";

    #[test]
    fn expressions_are_judged_as_a_whole() {
        let policy = Policy::read(DENY).unwrap();
        for good in
            ["MIT", "MIT/Apache-2.0", "GPL-2.0-only OR MIT", "MIT AND ISC", "Apache-2.0 WITH LLVM-exception"]
        {
            assert!(policy.allows(good), "{good}");
        }
        for bad in ["AGPL-3.0", "MIT AND GPL-2.0-only", "Apache-2.0", "none", ""] {
            assert!(!policy.allows(bad), "{bad}");
        }
    }

    #[test]
    fn foreign_sources_and_banned_crates_are_found() {
        let policy = Policy::read(DENY).unwrap();
        assert!(judge(&policy, "a", "MIT", REGISTRY).is_empty());
        assert_eq!(judge(&policy, "a", "GPL-3.0-only", "git+https://example.test").len(), 2);
        assert!(!is_banned(&policy, "diesel", "ours") && is_banned(&policy, "diesel", "other"));
        assert!(is_banned(&policy, "bad", "ours") && !is_banned(&policy, "good", "ours"));
    }
}
