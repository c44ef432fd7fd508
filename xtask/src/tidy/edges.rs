//! Who may depend on whom: the table of docs/architecture.md, checked against what cargo sees. The folder is the ring.

use std::path::Path;

use anyhow::Result;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::Finding;

const DOMAIN: &[&str] =
    &["kernel", "realms", "users", "authn", "sessions", "consent", "oauth", "events", "federation"];

/// Ours that each of ours may use, short names; `@domain` stands for all of the domain. Crates of `crates/testing` and
/// `apps` may use everything.
const EDGES: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("realms", &["kernel"]),
    ("users", &["kernel"]),
    ("consent", &["kernel"]),
    ("events", &["kernel"]),
    ("federation", &["kernel"]),
    ("authn", &["kernel"]),
    ("sessions", &["kernel", "authn"]),
    ("oauth", &["kernel", "sessions", "consent"]),
    ("storage", &["@domain"]),
    ("usecases", &["@domain", "storage"]),
    ("templates", &["@domain", "storage", "usecases"]),
    ("http", &["@domain", "storage", "usecases", "templates"]),
    ("database", &["@domain", "storage"]),
    ("crypto", &["@domain", "usecases"]),
    ("egress", &["kernel", "oauth", "usecases"]),
    ("idp", &["kernel", "federation", "oauth", "egress"]),
    ("limits", &["kernel"]),
    ("smtp", &["kernel"]),
    ("sms", &["kernel", "oauth", "egress"]),
    ("webauthn", &["kernel", "authn"]),
    ("runtime", &["kernel", "storage", "database", "egress", "sms", "smtp"]),
    ("pictures", &["realms"]),
    ("conformance", &["@domain", "storage"]),
];

/// What a domain crate may use from outside; a new one needs an ADR.
const DOMAIN_EXTERNALS: &[&str] = &[
    "async-trait",
    "base64",
    "chrono",
    "data-encoding",
    "idna",
    "secrecy",
    "serde",
    "serde_json",
    "sha2",
    "subtle",
    "thiserror",
    "totp-rs",
    "unicode-normalization",
    "url",
    "uuid",
    "zeroize",
];

/// Heavy or dangerous crates and the only ones of ours that may use them directly, apart from tests.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("diesel", &["database"]),
    ("diesel-async", &["database"]),
    ("diesel_migrations", &["database"]),
    ("libsqlite3-sys", &["database"]),
    ("tokio-postgres", &["database", "testkit", "bench"]),
    ("tokio-postgres-rustls", &["database"]),
    ("actix-web", &["http", "api-server"]),
    ("reqwest", &["egress", "testkit"]),
    ("lettre", &["smtp"]),
    ("phonenumber", &["sms"]),
    ("josekit", &["crypto"]),
    ("openssl", &["crypto"]),
    ("openssl-sys", &["crypto"]),
    ("argon2", &["crypto"]),
    ("webauthn-rs", &["webauthn"]),
    ("serde_cbor_2", &["webauthn"]),
    ("image", &["pictures"]),
    ("roxmltree", &["pictures"]),
    ("minijinja", &["templates", "api-server"]),
    ("anyhow", &["api-server", "worker", "migrator", "bench", "xtask"]),
];

/// A crate of ours and one of its direct dependencies.
#[derive(Debug)]
struct Edge<'a> {
    from: &'a str,
    folder: &'a str,
    to: &'a str,
    dev: bool,
}

pub(crate) fn check(root: &Path) -> Result<Vec<Finding>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    Ok(edges(&metadata, root).iter().filter_map(|(file, edge)| judge(file, &edge.borrowed())).collect())
}

/// An [`Edge`] that owns its names.
#[derive(Debug)]
struct OwnedEdge {
    from: String,
    folder: String,
    to: String,
    dev: bool,
}

impl OwnedEdge {
    fn borrowed(&self) -> Edge<'_> {
        Edge { from: &self.from, folder: &self.folder, to: &self.to, dev: self.dev }
    }
}

fn edges(metadata: &Metadata, root: &Path) -> Vec<(String, OwnedEdge)> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        let file = super::shown(root, package.manifest_path.as_std_path());
        let folder = file.trim_end_matches("/Cargo.toml").to_owned();
        for dependency in &package.dependencies {
            let edge = OwnedEdge {
                from: short(&package.name).to_owned(),
                folder: folder.clone(),
                to: dependency.name.clone(),
                dev: dependency.kind == DependencyKind::Development,
            };
            edges.push((file.clone(), edge));
        }
    }
    edges
}

fn short(name: &str) -> &str {
    name.strip_prefix("vestibule-").unwrap_or(name)
}

fn judge(file: &str, edge: &Edge<'_>) -> Option<Finding> {
    let message = match edge.to.strip_prefix("vestibule-") {
        Some(ours) => own_edge(edge, ours),
        None => external(edge),
    }?;
    Some(Finding::new(file, 1, "edge", message))
}

fn own_edge(edge: &Edge<'_>, to: &str) -> Option<String> {
    let Edge { from, folder, dev, .. } = *edge;
    let free =
        folder.starts_with("apps/") || folder == "xtask" || matches!(from, "testkit" | "bench" | "reference");
    // Tests of the outer rings may build what they need; a domain crate's may not even see the outer rings.
    if free || (dev && !folder.starts_with("crates/domain/")) {
        return None;
    }
    if dev && DOMAIN.contains(&to) {
        return None;
    }
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == from) else {
        return Some(format!("'{from}' has no line in the table of edges (xtask/src/tidy/edges.rs)"));
    };
    let fine = allowed.contains(&to) || (allowed.contains(&"@domain") && DOMAIN.contains(&to));
    (!fine).then(|| format!("{from} may not depend on {to}"))
}

fn external(edge: &Edge<'_>) -> Option<String> {
    let Edge { from, folder, to, dev } = *edge;
    if dev {
        return None;
    }
    if folder.starts_with("crates/domain/") && !DOMAIN_EXTERNALS.contains(&to) {
        return Some(format!("the domain may not depend on {to}"));
    }
    let (_, allowed) = WRAPPERS.iter().find(|(name, _)| *name == to)?;
    (!allowed.contains(&from)).then(|| format!("only {} may depend on {to} directly", allowed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(from: &str, folder: &str, to: &str, dev: bool) -> bool {
        judge("Cargo.toml", &Edge { from, folder, to, dev }).is_some()
    }

    #[test]
    fn rings_point_inwards() {
        assert!(refused("users", "crates/domain/users", "vestibule-storage", false));
        assert!(refused("users", "crates/domain/users", "vestibule-storage", true));
        assert!(refused("usecases", "crates/application/usecases", "vestibule-database", false));
        assert!(refused("database", "crates/adapters/database", "vestibule-http", false));
        assert!(!refused("http", "crates/adapters/http", "vestibule-templates", false));
    }

    #[test]
    fn siblings_of_the_domain_have_three_edges() {
        assert!(!refused("sessions", "crates/domain/sessions", "vestibule-authn", false));
        assert!(!refused("oauth", "crates/domain/oauth", "vestibule-consent", false));
        assert!(refused("users", "crates/domain/users", "vestibule-authn", false));
        assert!(refused("authn", "crates/domain/authn", "vestibule-oauth", false));
    }

    #[test]
    fn a_crate_without_a_line_is_found() {
        assert!(refused("novel", "crates/adapters/novel", "vestibule-kernel", false));
    }

    #[test]
    fn heavy_crates_have_one_home() {
        assert!(refused("usecases", "crates/application/usecases", "diesel", false));
        assert!(refused("templates", "crates/adapters/templates", "actix-web", false));
        assert!(refused("users", "crates/domain/users", "tokio", false));
        assert!(!refused("database", "crates/adapters/database", "diesel", false));
        assert!(!refused("api-server", "apps/api-server", "reqwest", true));
    }
}
